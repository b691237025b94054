"""Numbers by year, outside series and what was observed: from headings with a year in them or a column of years."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.mapping import Quantity
from mechlin.city.importing.source import Source
from mechlin.city.importing.units import UNITS
from mechlin.city.tables.origins import Origin
from mechlin.city.tables.series_values import impossible
from mechlin.core.errors import Problem

_A_THOUSAND = 1000.0
_RATE = "_per_1000"


class Series(NamedTuple):
    """Where numbers by year go: the table they stand in, the numbers, and the lines that say whence each is."""

    table: str
    numbers: dict[str, dict[int, float]]
    lines: list[Origin]

    def put(self, name: str, year: int, number: float, line: Origin) -> None:
        """Set the number of a year, instead of any before."""
        self.numbers.setdefault(name, {})[year] = number
        key = f"{name} {year}"
        self.lines[:] = [o for o in self.lines if o.row != key]
        self.lines.append(line._replace(table=self.table, row=key, column="value"))


def take_series(collector: Collector, draft: Draft) -> None:
    """Take every outside series of the mapping, all that was observed, and votes; counts become rates by people of their year."""
    for quantities, into in (
        (collector.mapping.context, Series("context.csv", draft.series, draft.series_lines)),
        (collector.mapping.history, Series("history.csv", draft.history, draft.history_lines)),
    ):
        for name, quantity in quantities.items():
            _take(collector, draft, name, quantity, into)
    for level, columns in collector.mapping.elections.items():
        for name, quantity in columns.items():
            votes = Series("", {}, [])
            _take(collector, draft, name, quantity, votes)
            by_year = {int(o.row.rpartition(" ")[2]): o for o in votes.lines}
            draft.votes.setdefault(level, {})[name] = votes.numbers.get(name, {}), by_year
    collector.problems += _impossible(collector, draft)


def _impossible(collector: Collector, draft: Draft) -> Iterator[Problem]:
    """Yield the outside numbers that a city's table would refuse, where each stands: in a file, or in the mapping itself."""
    for line in draft.series_lines:
        name, _, year = line.row.rpartition(" ")
        found = impossible(name, draft.series[name][int(year)])
        if found is None:
            continue
        if line.file in (s.file for s in collector.sources.values()):
            row = int(line.source_row) if line.source_row.isdigit() else None
            yield replace(found, file=line.file, row=row, column=line.source_column)
        else:
            yield replace(found, file=collector.mapping.path.name, column=f"context.{name}.years.{year}")


def _take(collector: Collector, draft: Draft, name: str, quantity: Quantity, into: Series) -> None:
    given = dict(quantity.years)
    if quantity.constant is not None:
        given = {quantity.year or collector.mapping.start_year: quantity.constant}
    if given:
        rule = quantity.said or "assumed"
        line = Origin("", "", "", quantity.tag, "mapping.toml", "", quantity.place, rule, quantity.spread)
        for year, value in given.items():
            into.put(name, year, value, line)
        return
    source = collector.source_of(quantity)
    found = _by_year(collector, quantity, source) if source is not None else {}
    if not found and source is not None:
        collector.wrong(
            f"{source.file} has no year of it",
            quantity.place,
            repair='say which column has the years with year = "..." in its file',
        )
    if source is not None:
        _put(draft, name, quantity, source, found, into)


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


def _put(
    draft: Draft, name: str, q: Quantity, source: Source, found: dict[int, tuple[float, str, str]], into: Series
) -> None:
    people = draft.series.get("population_1_january", {})
    factor = UNITS.get(q.unit, 1.0) * q.times
    if into.numbers is draft.series and name == "population_1_january":
        into.numbers.pop(name, None)
        into.lines[:] = [o for o in into.lines if not o.row.startswith(name)]
    for year, (value, row, heading) in sorted(found.items()):
        rule, tag, number = q.note, "counted", value * factor
        if name.endswith(_RATE) and q.unit == "people":
            if not people:
                continue
            near = min(people, key=lambda y: abs(y - year))
            number, tag, rule = number / people[near] * _A_THOUSAND, "derived", f"per 1,000 residents of {near}"
        elif factor != 1.0:
            rule = f"times {factor:.6g}"
        into.put(name, year, number, Origin("", "", "", tag, source.file, row, heading, rule))
