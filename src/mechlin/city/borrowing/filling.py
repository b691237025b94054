"""The areas of a city with what they lack filled in: from a lender, or by a model from the columns that are there.

Known cells are never touched. Parts are made to fit: shares to what is left of one, tenures to the households.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl

from mechlin.city.borrowing.donors import Donor, lent
from mechlin.city.tables.countries import Figures
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS
from mechlin.city.tables.origins import Origin

TENURES = ("homes_owner", "homes_private_rent", "homes_social")
_MODEL = "a model from the city's other columns"
_OTHER_AREAS = "the city's other areas"
_INCOME_SPREAD = (
    0.15  # of a modelled median income: tenure and education explain about half of what differs (assumption)
)
_SIZE_SPREAD = 0.12  # of people per household among areas of a city (assumption)


class Filling:
    """A table of areas on its way to being whole; notes of every cell that was filled, and by whom."""

    def __init__(self, areas: pl.DataFrame, donors: list[Donor]) -> None:
        """Take the table as it was read: what is missing is a null or an absent column."""
        self.areas, self.donors = areas, donors
        self.codes = areas["code"].to_list()
        self.lines: list[Origin] = []
        self.lacking: list[str] = []  # columns that nobody lends

    def known(self, column: str) -> np.ndarray:
        """Return a column with NaN where it is not known."""
        if column not in self.areas.columns:
            return np.full(self.areas.height, np.nan)
        return self.areas[column].cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()

    def put(
        self, column: str, values: np.ndarray, lender: str, rule: str, spread: float, tag: str = "borrowed"
    ) -> None:
        """Fill the unknown cells of a column, and note each."""
        before = self.known(column)
        unknown = np.isnan(before)
        gone = unknown & np.isfinite(values)
        if not gone.any():
            return
        self.areas = self.areas.with_columns(pl.Series(column, np.where(gone, values, before)))
        rows: Iterable[str] = ("*",) if gone.all() else (self.codes[i] for i in np.flatnonzero(gone))
        self.lines += [
            Origin("areas.csv", row, column, tag, lender, rule=rule, spread=round(spread, 3)) for row in rows
        ]


def fill_areas(areas: pl.DataFrame, donors: list[Donor]) -> Filling:
    """Return the areas filled as far as anybody lends; what stays missing is named in ``lacking``."""
    f = Filling(areas, donors)
    _texts(f)
    _people_and_households(f)
    _shares(f, "ages", AGE_COLUMNS)
    groups = tuple(c for c in areas.columns if c.startswith(BACKGROUND))
    _shares(f, "background", groups or _first_groups(donors))
    _shares(f, "education", EDUCATION_COLUMNS)
    _homes(f)
    _single(f, "homes_poor_quality_share", "poor_homes")
    _income(f)
    return f


def _first_groups(donors: list[Donor]) -> tuple[str, ...]:
    found = lent(donors, "background")
    return tuple(found[1].values) if found else ()


def _texts(f: Filling) -> None:
    """Name areas by their code where they have no name, and call their kind unknown where nobody says it."""
    for column, words in (("name", pl.col("code")), ("kind", pl.lit("not said"))):
        if column not in f.areas.columns:
            f.areas = f.areas.with_columns(words.alias(column))
            f.lines.append(Origin("areas.csv", "*", column, "assumed", rule="not said by the source"))
        else:
            f.areas = f.areas.with_columns(
                pl.when(pl.col(column) == "").then(words).otherwise(pl.col(column)).alias(column)
            )


def _people_and_households(f: Filling) -> None:
    """Fill residents from households and households from residents, by people per household of areas that have both.

    There are at least as many households as homes that somebody is known to own or rent.
    """
    people, households = f.known("people"), f.known("households")
    apart = np.nan_to_num(f.known("group_quarters"))
    both = np.isfinite(people) & np.isfinite(households) & (households > 0)
    if both.any():
        size, lender = float((people - apart)[both].sum() / households[both].sum()), _OTHER_AREAS
    elif found := lent(f.donors, "household_size"):
        size, lender = found[1].values["mean"], found[0].name
    else:
        f.lacking += [c for c in ("people", "households") if np.isnan(f.known(c)).any()]
        return
    rule = f"{size:.3g} people per household"
    f.put("people", np.rint(households * size + apart), lender, rule, _SIZE_SPREAD)
    private = f.known("people") - apart
    lived_in = np.nansum([f.known(c) for c in TENURES], axis=0)  # homes that were counted house a household each
    least = np.maximum(np.rint(private / size), np.maximum(lived_in, 1))
    f.put("households", np.where(private > 0, least, 0), lender, rule, _SIZE_SPREAD)


def _shares(f: Filling, kind: str, columns: tuple[str, ...]) -> None:
    """Fill shares that add up to one: lender's proportions in what the known ones leave."""
    table = np.stack([f.known(c) for c in columns], axis=1) if columns else np.zeros((f.areas.height, 0))
    if columns and not np.isnan(table).any():
        return
    weights, lender, figures = _proportions(f, kind, columns, table)
    if weights is None or figures is None:
        f.lacking += [c for c in columns if np.isnan(f.known(c)).any()] or [f"{BACKGROUND}..."]
        return
    gone = np.isnan(table)
    left = np.clip(1.0 - np.nansum(table, axis=1), 0.0, 1.0)
    part = np.where(gone, weights, 0.0)
    filled = part / np.maximum(part.sum(axis=1, keepdims=True), 1e-12) * left[:, None]
    for n, column in enumerate(columns):
        f.put(column, np.round(filled[:, n], 6), lender, f"shares: {figures.source}", figures.spread)


def _proportions(
    f: Filling, kind: str, columns: tuple[str, ...], table: np.ndarray
) -> tuple[np.ndarray | None, str, Figures | None]:
    """Return whose proportions fill the shares: the city's other areas where some are whole, else a lender's."""
    whole = ~np.isnan(table).any(axis=1) if columns else np.zeros(0, dtype=bool)
    people = np.nan_to_num(f.known("people"))
    if whole.any() and people[whole].sum() > 0:
        mean = np.average(table[whole], axis=0, weights=people[whole])
        spread = float(np.average(np.abs(table[whole] - mean).sum(axis=1), weights=people[whole]) / 2)
        return mean, _OTHER_AREAS, Figures({}, spread, "mean of the areas that have them", "")
    found = lent(f.donors, kind, set(columns))
    if found is None:
        return None, "", None
    return np.array([found[1].values[c] for c in columns]), found[0].name, found[1]


def _single(f: Filling, column: str, kind: str) -> None:
    """Fill one share with the mean of the city's other areas, or else a lender's."""
    values = f.known(column)
    if not np.isnan(values).any():
        return
    weights = np.nan_to_num(f.known("households"))
    there = ~np.isnan(values) & (weights > 0)
    found = lent(f.donors, kind)
    if there.any():
        mean = float(np.average(values[there], weights=weights[there]))
        spread = float(np.std(values[there])) / max(mean, 1e-9)
        f.put(
            column,
            np.full(values.size, round(mean, 6)),
            _OTHER_AREAS,
            "mean of the areas that have it",
            min(spread, 1.0),
        )
    elif found:
        figure = found[1]
        f.put(column, np.full(values.size, figure.values[column]), found[0].name, figure.source, figure.spread)
    else:
        f.lacking.append(column)


def _homes(f: Filling) -> None:
    """Fill tenures so that every household has a home, vacant homes by a lender's share, and the sum of all."""
    households = np.nan_to_num(f.known("households"))
    table = np.stack([f.known(c) for c in TENURES], axis=1)
    gone = np.isnan(table)
    if gone.any():
        found = lent(f.donors, "tenure", set(TENURES))
        whole = ~gone.any(axis=1)
        if whole.any() and table[whole].sum() > 0:
            shares, lender, rule, spread = (
                table[whole].sum(axis=0),
                _OTHER_AREAS,
                "tenures of the areas that have them",
                0.2,
            )
        elif found:
            shares = np.array([found[1].values[c] for c in TENURES])
            lender, rule, spread = found[0].name, found[1].source, found[1].spread
        else:
            f.lacking += [c for n, c in enumerate(TENURES) if gone[:, n].any()]
            return
        left = np.maximum(households - np.nansum(table, axis=1), 0)
        parts = np.stack([split(int(n), np.where(g, shares, 0.0)) for n, g in zip(left, gone, strict=True)])
        for n, column in enumerate(TENURES):
            f.put(column, parts[:, n], lender, rule, spread)
    homes, occupied = f.known("homes"), sum(f.known(c) for c in TENURES)
    f.put(
        "homes_vacant",
        np.where(homes >= occupied, homes - occupied, np.nan),
        "",
        "homes less occupied ones",
        0.0,
        "derived",
    )
    if np.isnan(f.known("homes_vacant")).any():
        found = lent(f.donors, "vacancy")
        if found is None:
            f.lacking.append("homes_vacant")
            return
        share = found[1].values["homes_vacant"]
        amount = np.rint(households * share / (1.0 - share))
        f.put("homes_vacant", amount, found[0].name, found[1].source, found[1].spread)
    f.put("homes", occupied + f.known("homes_vacant"), "", "sum of tenures and vacant homes", 0.0, "derived")


def _income(f: Filling) -> None:
    """Fill median incomes by a model from tenure and education, at the city's level where some incomes are known."""
    income = f.known("income_median_eur")
    if not np.isnan(income).any():
        return
    relative = _relative_income(f)
    there, people = ~np.isnan(income), np.nan_to_num(f.known("people"))
    found = lent(f.donors, "income")
    if there.any() and people[there].sum() > 0:
        level = float(np.average(income[there] / relative[there], weights=people[there]))
        lender, said = _MODEL, "level of the areas that have one"
    elif found:
        level, lender, said = found[1].values["median"], f"{_MODEL} and {found[0].name}", found[1].source
    else:
        f.lacking.append("income_median_eur")
        return
    f.put("income_median_eur", np.round(level * relative, 2), lender, f"tenure and education; {said}", _INCOME_SPREAD)


def _relative_income(f: Filling) -> np.ndarray:
    """Return each area's income against the lender's level, from the tenures and education of its residents."""
    out = np.ones(f.areas.height)
    education, tenure = lent(f.donors, "income_by_education"), lent(f.donors, "income_by_tenure")
    if education is not None:
        ratios = np.array([education[1].values[level] for level in ("low", "mid", "high")])
        shares = np.nan_to_num(np.stack([f.known(c) for c in EDUCATION_COLUMNS], axis=1))
        out *= _against(shares, ratios, lent(f.donors, "education"), EDUCATION_COLUMNS)
    if tenure is not None:
        ratios = np.array([tenure[1].values[c] for c in TENURES])
        counts = np.nan_to_num(np.stack([f.known(c) for c in TENURES], axis=1))
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        out *= np.sqrt(_against(shares, ratios, lent(f.donors, "tenure"), TENURES))  # half of it goes with education
    return np.asarray(out)


def _against(
    shares: np.ndarray, ratios: np.ndarray, usual: tuple[Donor, Figures] | None, columns: tuple[str, ...]
) -> np.ndarray:
    """Return the mean ratio of each area against that of the lender's own mix; 1 where nothing is known."""
    mix = np.array([usual[1].values[c] for c in columns]) if usual else np.ones(len(columns)) / len(columns)
    found = shares @ ratios / float(mix @ ratios)
    return np.asarray(np.where(shares.sum(axis=1) > 0, found, 1.0))


def split(total: int, weights: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to ``weights`` that add up to ``total`` (largest remainders)."""
    if total <= 0 or weights.sum() <= 0:
        return np.zeros(weights.size)
    exact = total * weights / weights.sum()
    out: np.ndarray = np.floor(exact)
    out[np.argsort(-(exact - out), kind="stable")[: int(round(total - out.sum()))]] += 1
    return np.asarray(out)
