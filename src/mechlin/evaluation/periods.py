"""Periods as tables write them: years, quarters and months, in order and without a calendar."""

import re
from typing import NamedTuple

import polars as pl

ALLOWED = "a year (2014), a quarter (2014Q2), a month (2014-06) or a date (2014-06-30)"
_QUARTERS, _MONTHS = 4, 12
_SHAPES = {  # beside the plain ones: figures with a point that some tables have, and the codes of CBS and Eurostat
    "year": r"^([0-9]{4})(?:\.0+|JJ00)?$",
    "quarter": r"^([0-9]{4})(?:[- ]?[QqKkTt]|KW0)([1-4])$",
    "month": r"^([0-9]{4})(?:[-/]|MM?|)(0[1-9]|1[0-2])(?:[-/][0-9]{2}(?:[ T][0-9:.]+)?)?$",
}
_STEPS = {"year": 1, "quarter": _QUARTERS, "month": _MONTHS}


class Period(NamedTuple):
    """A period: its kind, and its number among all of that kind."""

    kind: str
    number: int


def period(text: str) -> Period | None:
    """Return the period that ``text`` names, or None."""
    for kind, shape in _SHAPES.items():
        if found := re.match(shape, text.strip()):
            return Period(kind, int(found[1]) * _STEPS[kind] + (int(found[2]) - 1 if kind != "year" else 0))
    return None


def label(kind: str, number: int) -> str:
    """Return how a period is written: "2014", "2014Q2", "2014-06"."""
    if kind == "year":
        return str(number)
    year, part = divmod(number, _STEPS[kind])
    return f"{year}Q{part + 1}" if kind == "quarter" else f"{year}-{part + 1:02d}"


def months(kind: str, number: int) -> tuple[int, int]:
    """Return the first and last month of a period, counted from year 0."""
    long = _MONTHS // _STEPS[kind]
    return number * long, number * long + long - 1


def numbered(cells: pl.Series, kind: str) -> pl.Series:
    """Return the numbers of cells without blanks around them; None where one names no period of that kind."""
    if kind == "year":  # nearly always plain digits: by far the quickest way to read many
        plain = cells.cast(pl.Int64, strict=False)
        plain = plain.set(~plain.is_between(1000, 9999), None)
        if plain.null_count() == cells.null_count():
            return plain
        return plain.fill_null(cells.str.extract(_SHAPES[kind], 1).cast(pl.Int64))
    first, part = (cells.str.extract(_SHAPES[kind], k).cast(pl.Int64) for k in (1, 2))
    return first * _STEPS[kind] + part - 1


def coarser(kind: str, numbers: pl.Series) -> tuple[str, pl.Series]:
    """Return the kind of period and the numbers, as years or quarters where dates name one month of each alone."""
    for wider, step in (("year", _MONTHS), ("quarter", _MONTHS // _QUARTERS)):
        if kind == "month" and numbers.n_unique() > 1 and (numbers % step).drop_nulls().n_unique() == 1:
            return wider, numbers // step
    return kind, numbers


def kind_of(texts: pl.Series) -> str:
    """Return the kind of period that most of these texts name."""
    said = [found.kind for text in texts.drop_nulls().head(200).to_list() if (found := period(text))]
    return max(_SHAPES, key=said.count) if said else "year"


def first_of(start: str | int, kind: str) -> int | None:
    """Return the number of the first period of ``kind`` in ``start``: a year also names its first quarter or month."""
    found = period(str(start))
    if found is None:
        return None
    if found.kind == "year" and kind != "year":
        return found.number * _STEPS[kind]
    return found.number if found.kind == kind else None


def around(text: str, kind: str) -> int | None:
    """Return the number of the period of ``kind`` in which ``text`` begins: 2008-05 lies in the year 2008."""
    found = period(text)
    return None if found is None else months(*found)[0] * _STEPS[kind] // _MONTHS
