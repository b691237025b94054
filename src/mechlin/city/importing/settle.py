"""The last steps of a draft: city totals that are known better, and homes that are whole and house their households."""

import numpy as np

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.fit import fitted_to, whole_parts
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS
from mechlin.city.tables.origins import Origin

_COUNTS = (
    "people",
    "households",
    "homes",
    "homes_owner",
    "homes_private_rent",
    "homes_social",
    "homes_vacant",
    "shops",
)
_TENURES = ("homes_owner", "homes_private_rent", "homes_social")
_MOST = 0.25  # of a total: areas further off than this count something else, and are not scaled
_MOST_MOVED = 0.1  # of a number: what fitting adds to how far it may be off; the seed's own spread says the rest
_SAID = 0.0005  # of a total: less is rounding


def apply_totals(collector: Collector, draft: Draft) -> None:
    """Scale areas to the city's totals that the mapping gives: counts by a factor, groups of shares by IPF."""
    totals = collector.mapping.totals
    groups = {
        "age": {c.removeprefix("share_"): c for c in AGE_COLUMNS},
        "education": {c.removeprefix("share_"): c for c in EDUCATION_COLUMNS},
        "background": {c.removeprefix("share_"): c for c in draft.columns if c.startswith(BACKGROUND)},
    }
    known = {*_COUNTS, *(name for group in groups.values() for name in group)}
    for name in totals:
        if name not in known:
            collector.wrong(
                f"{name!r} is nothing that areas add up to", f"totals.{name}", allowed=", ".join(sorted(known))
            )
    together = {*_TENURES, "homes_vacant"} <= set(totals)  # fitted as a group below
    for name in (n for n in _COUNTS if n in totals and not (together and n in (*_TENURES, "homes_vacant"))):
        _scaled(collector, draft, name, totals[name])
    for group, columns in groups.items():
        given = {column: totals[name] for name, column in columns.items() if name in totals}
        if given and set(given) != set(columns.values()):
            absent = sorted(n for n, c in columns.items() if c not in given)
            collector.wrong(
                f"of {group} only some totals are given",
                f"totals.{next(iter(columns))}",
                repair=f"add {', '.join(absent)}",
            )
        elif given and set(given) <= set(draft.columns):
            _fitted(draft, group, given)
    tenures = {c: totals[c] for c in (*_TENURES, "homes_vacant") if c in totals}
    if len(tenures) > len(_TENURES) and set(tenures) <= set(draft.columns):
        _fitted_homes(draft, tenures)


def _scaled(collector: Collector, draft: Draft, column: str, total: float) -> None:
    values = draft.columns.get(column)
    if values is None:
        return
    have = float(np.nansum(values))
    off = total / have - 1 if have else np.inf
    if abs(off) > _MOST:
        collector.wrong(
            f"the areas add up to {have:,.0f}, the total says {total:,.0f}: both do not count the same",
            f"totals.{column}",
            repair="correct the total, or say why the areas count others",
        )
        return
    known = np.isfinite(values)
    values[known] = whole_parts(np.array([total]), values[known][None])[0]
    if abs(off) > _SAID:
        draft.notes.append(f"{column}: areas scaled by {1 + off:.4f} to the city's total of {total:,.0f}")
        _retold(draft, column, f"scaled by {1 + off:.4f} to the city's total", abs(off))


def _fitted(draft: Draft, group: str, given: dict[str, float]) -> None:
    """Fit shares of areas to the people of each area and to the city's totals."""
    columns = list(given)
    shares = np.stack([draft.columns[c] for c in columns], axis=1)
    people = np.nan_to_num(draft.columns["people"])
    known = np.isfinite(shares).all(axis=1) & (people > 0)
    table, moved = fitted_to(shares[known] * people[known, None], people[known], np.array(list(given.values())))
    shares[known] = table / table.sum(axis=1, keepdims=True)
    for n, column in enumerate(columns):
        draft.columns[column] = shares[:, n]
        if moved > _SAID:
            _retold(draft, column, f"fitted to the city's totals (IPF, {moved:.1%} moved)", moved)
    if moved > _SAID:
        draft.notes.append(
            f"{group}: shares fitted to the city's totals (IPF), which moved {moved:.1%} of the residents"
        )


def _fitted_homes(draft: Draft, given: dict[str, float]) -> None:
    """Fit homes by tenure to the homes of each area and to the city's totals."""
    columns = list(given)
    parts = np.stack([draft.columns[c] for c in columns], axis=1)
    known = np.isfinite(parts).all(axis=1) & (parts.sum(axis=1) > 0)
    table, moved = fitted_to(parts[known], parts[known].sum(axis=1), np.array(list(given.values())))
    parts[known] = whole_parts(table.sum(axis=1), table)
    for n, column in enumerate(columns):
        draft.columns[column] = parts[:, n]
        _retold(draft, column, f"fitted to the city's totals (IPF, {moved:.1%} moved)", moved)
    draft.notes.append(f"homes: tenures fitted to the city's totals (IPF), which moved {moved:.1%} of the homes")


def _retold(draft: Draft, column: str, rule: str, spread: float) -> None:
    """Add to the origin of every number of a column what was done with it."""
    draft.lines[column] = [
        o._replace(
            rule="; ".join(r for r in (o.rule, rule) if r),
            tag="derived" if o.tag == "counted" else o.tag,
            spread=max(o.spread, round(min(spread, _MOST_MOVED), 4)),
        )
        for o in draft.lines.get(column, ())
    ]


def settle_homes(draft: Draft) -> None:
    """Make homes whole and of one sum, each household in one, where tenures are known; say what had to be moved.

    Where nobody counted households there is one for each occupied home. What is not known stays so.
    """
    if not set(_TENURES) <= set(draft.columns):
        return
    n = len(draft.codes)
    parts = np.stack([np.rint(draft.columns[c]) for c in _TENURES], axis=1)
    vacant = np.rint(draft.columns.get("homes_vacant", np.full(n, np.nan)))
    occupied, people = parts.sum(axis=1), draft.columns["people"]
    known, counted = np.isfinite(occupied), draft.columns.get("households", np.full(n, np.nan))
    households = np.where(np.isfinite(counted), np.rint(counted), occupied)
    households = np.where(people > 0, np.maximum(households, 1), 0)
    households = np.minimum(households, _adults(draft, people))
    moved = known & (occupied != households)
    if moved.any():
        vacant[moved] = (
            np.where(np.isnan(vacant[moved]), 0, vacant[moved]) + np.maximum(occupied - households, 0)[moved]
        )
        shares = np.where((occupied == 0)[:, None], np.nansum(parts, axis=0, keepdims=True), parts)
        parts[moved] = whole_parts(households[moved], shares[moved])
        gone = (occupied - households)[moved].sum()
        draft.notes.append(
            f"homes and households differed in {moved.sum()} areas ({gone:+,.0f} homes in all): every household has one"
            " home; homes without one count as vacant"
        )
    for at, column in enumerate(_TENURES):
        draft.columns[column] = parts[:, at]
    for column, values, rule in (
        ("households", np.where(known, households, counted), "one in each occupied home"),
        ("homes_vacant", vacant, "homes without a household"),
        (
            "homes",
            np.where(np.isfinite(vacant), parts.sum(axis=1) + vacant, np.nan),
            "sum of its tenures and vacant homes",
        ),
    ):
        draft.columns[column] = values
        had = {o.row: o for o in draft.lines.get(column, ())}
        there = [code for code, v in zip(draft.codes, values, strict=True) if np.isfinite(v)]
        new = {code: Origin("areas.csv", code, column, "derived", rule=rule) for code in there}
        draft.lines[column] = [had.get(code, new[code]) for code in there]


def _adults(draft: Draft, people: np.ndarray) -> np.ndarray:
    """Return how many of 18 and over live in each area, everybody where ages are not known."""
    young = draft.columns.get("share_age_0_17")
    share = np.zeros(len(people)) if young is None else np.nan_to_num(young)
    found: np.ndarray = np.floor(np.nan_to_num(people) * (1 - share))
    return found
