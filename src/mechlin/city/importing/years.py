"""Years in headings and cells: ``Antal 2020``, ``2016M01``, ``2019-2020``, a column called Tid or Perioden."""

import re
from typing import NamedTuple

_YEAR = re.compile(r"(?<![0-9])((?:18|19|20|21)[0-9]{2})(?![0-9])(?:[-/]?(?:M|K|Q|JJ)?[0-9]{0,2}\b)?", re.I)
_ALONE = re.compile(r"^\s*((?:18|19|20|21)[0-9]{2})(?:JJ00|[-/](?:0?1|01[-/]01)|M01)?\s*$", re.I)


class YearColumns(NamedTuple):
    """Headings of one quantity in several years: what they have in common, and the heading by year."""

    stem: str
    by_year: dict[int, str]


def year_of(cell: str) -> int | None:
    """Return the year that a cell is, or None."""
    found = _ALONE.match(cell)
    return int(found[1]) if found else None


def year_columns(headings: list[str]) -> dict[str, YearColumns]:
    """Return by stem the headings that differ in their year only; a year alone has the empty stem."""
    out: dict[str, YearColumns] = {}
    for heading in headings:
        found = list(_YEAR.finditer(heading))
        if len(found) != 1:
            continue
        stem = re.sub(r"[\s_.\-]+$|^[\s_.\-]+", "", heading[: found[0].start()] + heading[found[0].end() :])
        out.setdefault(stem, YearColumns(stem, {})).by_year[int(found[0][1])] = heading
    return {stem: columns for stem, columns in out.items() if len(columns.by_year) > 1 or stem == ""}


def nearest_year(wanted: int, known: list[int]) -> int:
    """Return the known year nearest to the one wanted; of two as near, the earlier."""
    return min(known, key=lambda y: (abs(y - wanted), y))
