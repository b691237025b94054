"""Outside series: a number for every year, from headings with a year in them or a column of years."""

import numpy as np

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.mapping import Quantity
from mechlin.city.importing.source import Source
from mechlin.city.importing.units import UNITS
from mechlin.city.tables.origins import Origin

_A_THOUSAND = 1000.0
_RATE = "_per_1000"


def take_series(collector: Collector, draft: Draft) -> None:
    """Take every series of the mapping; counts become rates by the population of their year."""
    for name, quantity in collector.mapping.context.items():
        given = dict(quantity.years)
        if quantity.constant is not None:
            given = {quantity.year or collector.mapping.start_year: quantity.constant}
        if given:
            series = draft.series.setdefault(name, {})
            for year, value in given.items():
                series[year] = value
                key, rule = f"{name} {year}", quantity.said or "assumed"
                origin = Origin("context.csv", key, "value", quantity.tag, "mapping.toml", "", quantity.place, rule)
                draft.series_lines = [o for o in draft.series_lines if o.row != key]
                draft.series_lines.append(origin._replace(spread=quantity.spread))
            continue
        source = collector.source_of(quantity)
        found = _by_year(collector, quantity, source) if source is not None else {}
        if not found and source is not None:
            collector.wrong(
                f"{source.file} has no year of it",
                quantity.place,
                repair='say which column has the years with year = "..." in its file',
            )
        if source is not None:
            _put(draft, name, quantity, source, found)


def _by_year(collector: Collector, q: Quantity, source: Source) -> dict[int, tuple[float, str, str]]:
    """Return year -> (number, row, heading)."""
    found = collector.rows_of(q, source, year=-1)
    if found is None:
        return {}
    mask, rows = found[0], source.grid.rows
    out: dict[int, tuple[float, str, str]] = {}
    for column in q.columns:
        headings = source.years[column].by_year if column in source.years else {}
        for year, heading in headings.items():
            values = source.numbers(heading).values.filter(mask)
            _add(out, year, values.to_numpy(), rows.filter(mask).to_list(), heading)
        if column in source.grid.headings and source.year_heading:
            for year in sorted(set(source.row_years.filter(mask).drop_nulls())):
                here = mask & (source.row_years == year).fill_null(value=False)
                _add(
                    out,
                    year,
                    source.numbers(column).values.filter(here).to_numpy(),
                    rows.filter(here).to_list(),
                    column,
                )
        elif column not in source.years:
            collector.headings(q, source)
    return out


def _add(out: dict[int, tuple[float, str, str]], year: int, values: np.ndarray, rows: list[int], heading: str) -> None:
    if values.size and np.isfinite(values).all():
        before = out.get(year, (0.0, "", ""))
        out[year] = (before[0] + float(values.sum()), ", ".join(map(str, rows)), heading)


def _put(draft: Draft, name: str, q: Quantity, source: Source, found: dict[int, tuple[float, str, str]]) -> None:
    people = draft.series.get("population_1_january", {})
    factor = UNITS.get(q.unit, 1.0) * q.times
    series = draft.series.setdefault(name, {})
    if name == "population_1_january":
        series.clear()
        draft.series_lines = [o for o in draft.series_lines if not o.row.startswith(name)]
    for year, (value, row, heading) in sorted(found.items()):
        rule, tag, number = q.note, "counted", value * factor
        if name.endswith(_RATE) and q.unit == "people":
            if not people:
                continue
            near = min(people, key=lambda y: abs(y - year))
            number, tag, rule = number / people[near] * _A_THOUSAND, "derived", f"per 1,000 residents of {near}"
        elif factor != 1.0:
            rule = f"times {factor:.6g}"
        series[year] = number
        draft.series_lines.append(
            Origin("context.csv", f"{name} {year}", "value", tag, source.file, row, heading, rule)
        )
