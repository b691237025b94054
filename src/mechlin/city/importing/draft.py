"""A city's tables as far as published files give them: gaps are gaps, and each number knows where it was read."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from mechlin.city.importing.collect import Collector, missing_said
from mechlin.city.importing.fit import REBIN_SPREAD, as_shares, edges_of, rebinned, without_twice
from mechlin.city.importing.mapping import Quantity, band_of
from mechlin.city.importing.taken import Taken
from mechlin.city.importing.units import CONCEPTS, median_eur
from mechlin.city.tables.model import AGE_BANDS, AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS
from mechlin.city.tables.origins import Origin

AREAS = "areas.csv"
_AGE_EDGES = [first for first, _ in AGE_BANDS] + [105]
_COUNTS = ("people", "households", "homes", "shops", "shops_vacant", "people_25_up", "group_quarters")
_GROUP = 1000.0  # a mark between thousands read as a decimal mark makes a count so many times too small
_MOST_SAID = 4  # examples in one message
_WHOLE = (0.8, 1.25)  # of the residents, between which parts are taken for all of them and scaled
_OFF = 0.005  # of one: sums nearer to it than this are rounding, and not worth a word


@dataclass(eq=False)
class Draft:
    """Columns of ``areas.csv`` by name, NaN where nothing was published; ``lines`` say of every number whence it is.

    ``series`` holds outside series as name -> year -> number, ``history`` what was observed in the same form, ``votes``
    results by level and column with whence they are, ``notes`` what was recognised and made to fit.
    """

    codes: list[str]
    names: list[str]
    words: dict[str, list[str]]
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    lines: dict[str, list[Origin]] = field(default_factory=dict)
    series: dict[str, dict[int, float]] = field(default_factory=dict)
    series_lines: list[Origin] = field(default_factory=list)
    history: dict[str, dict[int, float]] = field(default_factory=dict)
    history_lines: list[Origin] = field(default_factory=list)
    votes: dict[str, dict[str, tuple[dict[int, float], dict[int, Origin]]]] = field(default_factory=dict)
    schools: pl.DataFrame | None = None
    school_file: str = ""
    school_rows: list[str] = field(default_factory=list)
    outlines: str = ""
    shapes: np.ndarray | None = None
    projection: str = ""
    notes: list[str] = field(default_factory=list)

    def put(
        self, column: str, values: np.ndarray, taken: Taken, rule: str = "", tag: str = "", spread: float = 0.0
    ) -> None:
        """Set a column to ``values``, with an origin for every number; ``rule`` is what was done beside reading it."""
        self.columns[column] = values
        said = "; ".join(r for r in (taken.rule, rule) if r)
        self.lines[column] = [
            Origin(
                AREAS,
                code,
                column,
                tag or taken.tag,
                taken.file,
                taken.rows[n],
                taken.column,
                said,
                max(spread, taken.spread),
            )
            for n, code in enumerate(self.codes)
            if np.isfinite(values[n])
        ]

    def table(self) -> pl.DataFrame:
        """Return the areas as a table, null where nothing was published."""
        head = {"code": self.codes, "name": self.names, **self.words}
        return pl.DataFrame({**head, **{c: pl.Series(v, nan_to_null=True) for c, v in self.columns.items()}})

    def origins(self) -> list[Origin]:
        """Return every line, column by column in the order of the areas."""
        return [*(line for lines in self.lines.values() for line in lines), *self.series_lines, *self.history_lines]


def take_people(collector: Collector, draft: Draft) -> np.ndarray | None:
    """Take how many live in each area, and in the city in every year that was counted; return it by area."""
    taken = collector.take(collector.mapping.areas["people"])
    if taken is None:
        return None
    for said in missing_said(taken, draft.names, None):
        draft.notes.append(said)
    _grouped(draft, "people", taken, collector.mapping.areas["people"])
    part = _is_part(taken.values)
    if part.any():
        n = int(np.flatnonzero(part)[0])
        collector.wrong(
            f"{draft.names[n]}: {taken.values[n]:g} people is not a whole number",
            "areas.people",
            repair='say which mark stands before decimals with decimal = "," in its file, or the unit with unit = "thousand"',
        )
    draft.put("people", taken.values, taken)
    collector.people = np.nan_to_num(taken.values)
    _population(collector, draft)
    return taken.values


def _is_part(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(values - np.rint(values)) > 1e-6)


def _grouped(draft: Draft, column: str, taken: Taken, q: Quantity) -> None:
    """Read ``1.234`` among whole counts as 1,234: nobody counts parts of people, so the mark groups thousands."""
    values = taken.values
    if q.times != 1.0 or q.unit or q.less or q.more or not (np.isfinite(values) & ~_is_part(values)).any():
        return
    at = np.flatnonzero(_is_part(values) & ~_is_part(values * _GROUP))
    if at.size:
        said = ", ".join(f"{draft.names[n]} {values[n]:.3f} as {values[n] * _GROUP:,.0f}" for n in at[:_MOST_SAID])
        told = f"{column}: a count is whole, so the mark stands between thousands: {said}"
        draft.notes += [told] if told not in draft.notes else []
        values[at] = np.rint(values[at] * _GROUP)


def _population(collector: Collector, draft: Draft) -> None:
    """Take the city's population in every year that the file of its people counts, as an outside series."""
    q = collector.mapping.areas["people"]
    if q.more or q.less or q.constant is not None:
        return
    source = collector.source_of(q)
    if source is None:
        return
    years: set[int] = set(source.row_years.drop_nulls())
    for column in q.columns:
        years |= set(source.years[column].by_year) if column in source.years else set()
    series = draft.series.setdefault("population_1_january", {})
    for year in sorted(years or {collector.mapping.start_year}):
        taken = collector.take(Quantity(**{**q.__dict__, "year": year})) if years else collector.take(q)
        if taken is None or not np.isfinite(taken.values).any():
            continue
        _grouped(draft, "people", taken, q)
        series[year] = float(np.nansum(taken.values))
        gap = int(np.isnan(taken.values).sum())
        rule = "sum of areas" + (f", of which {gap} without a count" if gap else "")
        key = f"population_1_january {year}"
        draft.series_lines.append(Origin("context.csv", key, "value", "derived", taken.file, "", taken.column, rule))


def take_columns(collector: Collector, draft: Draft, people: np.ndarray | None) -> None:
    """Take every column of the areas that the mapping speaks of."""
    _columns(collector, draft, people)
    _ages(collector, draft, people)
    _parts(collector, draft, people)


def _columns(collector: Collector, draft: Draft, people: np.ndarray | None) -> None:
    """Take the plain columns: counts, incomes, places."""
    for column, quantity in collector.mapping.areas.items():
        if column == "people":
            continue
        taken = collector.take(quantity)
        if taken is None:
            continue
        draft.notes += missing_said(taken, draft.names, people)
        concept = CONCEPTS.get(quantity.concept)
        if column == "income_median_eur" and concept is not None and quantity.concept:
            _other_income(draft, taken, quantity, people, str(collector.mapping.head["country"]))
        elif column.endswith("share") or column == "disorder":
            per_cent = np.nanmax(taken.values, initial=0) > 1
            draft.put(column, taken.values / (100 if per_cent else 1), taken, "per cent as a share" if per_cent else "")
        else:
            if column in _COUNTS:
                _grouped(draft, column, taken, quantity)
                taken.values = np.rint(taken.values)
            elif column == "income_median_eur":
                _no_income_of_zero(draft, taken, people)
            draft.put(column, taken.values, taken)


def _no_income_of_zero(draft: Draft, taken: Taken, people: np.ndarray | None) -> None:
    """Take an income of zero where people live for none: a sign that an office's key calls zero, or a placeholder."""
    zero = (taken.values == 0) & (np.nan_to_num(people) > 0 if people is not None else True)
    if zero.any():
        told = ", ".join(draft.names[n] for n in np.flatnonzero(zero)[:_MOST_SAID])
        draft.notes.append(
            f"{taken.column}: an income of 0 in {zero.sum()} areas ({told}) is none, and counts as missing"
        )
        taken.values[zero] = np.nan


def _other_income(draft: Draft, taken: Taken, q: Quantity, people: np.ndarray | None, country: str) -> None:
    """Turn another notion of income into the city's: areas differ less in it, round the level that the mapping gives."""
    concept = CONCEPTS[q.concept]
    known = np.isfinite(taken.values) & (taken.values > 0)
    weight = np.where(known, np.nan_to_num(people) if people is not None else 1.0, 0.0)
    middle = float(np.average(np.log(np.where(known, taken.values, 1.0)), weights=weight)) if weight.sum() else 0.0
    level = next((x for x in (q.level, median_eur(country)) if x is not None), float(np.exp(middle)))
    values = np.full(len(known), np.nan)
    values[known] = level * np.exp(concept.steepness * (np.log(taken.values[known]) - middle))
    rule = (
        f"from the {concept.meaning}: areas differ by its power {concept.steepness:g} round {level:,.0f} euros a month"
        f" ({concept.source})"
    )
    draft.put("income_median_eur", values.round(0), taken, rule, "derived", concept.spread)
    draft.notes.append(
        f"income_median_eur: {rule}; each area may be off by {concept.spread:.0%}"
        + ("" if q.level is not None else "; no level was given, so the country's median stands")
    )


def _taken_group(
    collector: Collector, draft: Draft, group: Dict[str, Quantity], people: np.ndarray | None
) -> list[Taken] | None:
    taken = [collector.take(q) for q in group.values()]
    if any(t is None for t in taken) or not taken:
        return None
    for t in taken:
        if t is not None:
            draft.notes += missing_said(t, draft.names, people)
    return [t for t in taken if t is not None]


def _ages(collector: Collector, draft: Draft, people: np.ndarray | None) -> None:
    """Take ages in the bands of the file, and turn them into the city's."""
    group = collector.mapping.groups["age"]
    taken = _taken_group(collector, draft, group, people)
    if taken is None:
        return
    bands = [band_of(label) for label in group]
    order = sorted(range(len(bands)), key=lambda n: bands[n] or (0, 0))
    edges, wrong = edges_of([b for b in bands if b is not None])
    for what in wrong:
        collector.wrong(what, "areas.age", allowed="bands that together count everybody once")
    if wrong:
        return
    parts = as_shares(np.stack([taken[n].values for n in order], axis=1), people)
    if not _are_all(collector, draft, "age", parts.sums):
        return
    _say_sums(draft, "ages", parts.sums, parts.unit)
    kept, twice = without_twice(parts.shares, parts.sums, [bands[n] or (0, 0) for n in order])
    if twice:
        draft.notes.append(
            f"ages: bands share an age, whose {twice:.1%} of residents were counted twice; counted once now"
        )
    shares = rebinned(kept, edges, _AGE_EDGES)
    cut = [e for e in _AGE_EDGES if e not in edges]
    for n, column in enumerate(AGE_COLUMNS):
        within = cut and (_AGE_EDGES[n] in cut or _AGE_EDGES[n + 1] in cut)
        whole = {"rule": _whole_rule(parts.sums, parts.unit)}
        first, last = _AGE_EDGES[n], _AGE_EDGES[n + 1]
        used = [taken[order[i]] for i in range(len(edges) - 1) if edges[i] < last and edges[i + 1] > first]
        both = _joined(used)
        if within:
            rule = f"bands from {', '.join(map(str, edges[:-1]))} cut at {', '.join(map(str, cut))} by a smooth curve"
            draft.put(column, shares[:, n], both, rule, "derived", REBIN_SPREAD)
        else:
            draft.put(column, shares[:, n], both, whole["rule"])
    if cut:
        draft.notes.append(
            f"ages: bands from {', '.join(map(str, edges[:-1]))} cut at {', '.join(map(str, cut))} by a smooth curve;"
            f" each cut share may be off by {REBIN_SPREAD:.0%}"
        )


def _joined(taken: list[Taken]) -> Taken:
    """Return the record of several quantities that were read together."""
    first = taken[0]
    rows = [", ".join(dict.fromkeys(r for r in each if r)) for each in zip(*(t.rows for t in taken), strict=True)]
    column = " + ".join(dict.fromkeys(t.column for t in taken))
    tag = "counted" if all(t.tag == "counted" for t in taken) else "derived"
    return Taken(
        first.values, first.kinds, rows, first.file, column, first.rule, tag, max(t.spread for t in taken), first.year
    )


def _parts(collector: Collector, draft: Draft, people: np.ndarray | None) -> None:
    """Take backgrounds, education and tenures: parts that together are a whole."""
    groups = collector.mapping.groups
    names = {k: f"share_education_{k}" for k in ("low", "mid", "high")}
    for group, wanted in (("background", {k: BACKGROUND + k for k in groups["background"]}), ("education", names)):
        taken = _taken_group(collector, draft, groups[group], people)
        if taken is None:
            continue
        if group == "education" and len(taken) < len(EDUCATION_COLUMNS):
            absent = [k for k in names if k not in groups[group]]
            collector.wrong(f"{' and '.join(absent)} is missing", "areas.education", allowed="low, mid and high")
            continue
        parts = as_shares(np.stack([t.values for t in taken], axis=1), people if group == "background" else None)
        if not _are_all(collector, draft, group, parts.sums):
            continue
        _say_sums(draft, group, parts.sums, parts.unit)
        for n, key in enumerate(groups[group]):
            draft.put(wanted[key], parts.shares[:, n], taken[n], _whole_rule(parts.sums, parts.unit))
    _homes(collector, draft)


def _homes(collector: Collector, draft: Draft) -> None:
    """Take homes by tenure: counts as they stand, shares of the homes where these are counted too."""
    group = dict(collector.mapping.groups["homes"])
    total = group.pop("total", None)
    whole = collector.take(total) if total is not None else None
    if whole is not None:
        draft.put("homes", np.rint(whole.values), whole)
    taken = _taken_group(collector, draft, group, None)
    if taken is None:
        return
    parts = np.stack([t.values for t in taken], axis=1)
    unit = as_shares(parts).unit
    if unit != "counts" and whole is None:
        collector.wrong(
            f"tenures stand in {unit}, and nothing says how many homes there are",
            "areas.homes",
            repair="add total = ..., or give tenures as counts",
        )
        return
    if unit != "counts" and whole is not None:
        parts = as_shares(parts).shares * whole.values[:, None]
    for n, key in enumerate(group):
        draft.put(f"homes_{key}", np.rint(parts[:, n]), taken[n], "" if unit == "counts" else "share of the homes")


def _are_all(collector: Collector, draft: Draft, group: str, sums: np.ndarray) -> bool:
    """Return whether parts are about all residents, after noting where they are not: then one is missing, or one too many."""
    lived_in = sums[np.isfinite(sums) & (np.nan_to_num(draft.columns["people"]) > 0)]
    middle = float(np.median(lived_in)) if lived_in.size else 1.0
    if _WHOLE[0] < middle < _WHOLE[1]:
        return True
    collector.wrong(
        f"the parts of {group} do not make up the residents: together they are {middle:.3g} times as many",
        f"areas.{group}",
        allowed=f"{_WHOLE[0]:g} to {_WHOLE[1]:g}, in counts, per cents or shares of one",
        repair='add the others, as the rest: { value = 100, less = "that column" } of per cents, '
        '{ column = "all", less = "that column" } of counts',
    )
    return False


def _whole_rule(sums: np.ndarray, unit: str) -> str:
    off = np.nanmax(np.abs(sums - 1), initial=0.0)
    return f"as a share of their sum ({unit})" + ("" if off <= _OFF or unit == "counts" else ", scaled to one")


def _say_sums(draft: Draft, what: str, sums: np.ndarray, unit: str) -> None:
    """Say that parts did not add up to their whole, by how much, and that they were scaled."""
    sums = np.where(np.nan_to_num(draft.columns["people"]) > 0, sums, np.nan)  # where nobody lives nothing adds up
    at = np.flatnonzero(np.abs(np.nan_to_num(sums, nan=1.0) - 1) > _OFF)
    if not len(at):
        return
    worst = at[np.argmax(np.abs(sums[at] - 1))]
    whole = "the residents" if unit == "counts" else "one" if unit == "shares" else "100"
    low, high = np.nanmin(sums), np.nanmax(sums)
    factor = 100 if unit == "per cent" else 1
    draft.notes.append(
        f"{what}: parts add up to {low * factor:.4g} to {high * factor:.4g} of {whole} in {len(at)} areas"
        f" (furthest: {draft.names[worst]}), and were scaled to make one"
    )
