"""Periods as tables write them: years, quarters and months, in order and without a calendar."""

import re
from typing import NamedTuple

import polars as pl

ALLOWED = "a year (2014), a quarter (2014Q2) or a month (2014-06)"
_QUARTERS, _MONTHS = 4, 12
_SHAPES = {
    "year": r"^([0-9]{4})$",
    "quarter": r"^([0-9]{4})[- ]?[QqKkTt]([1-4])$",
    "month": r"^([0-9]{4})-(0[1-9]|1[0-2])(?:-[0-9]{2})?$",
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


def numbered(column: pl.Expr, kind: str) -> pl.Expr:
    """Return the numbers of a column of text without blanks around it; null where one names no period of that kind."""
    if kind == "year":  # nearly always plain digits: by far the quickest way to read many
        plain = column.cast(pl.Int64, strict=False)
        return pl.when(plain.is_between(1000, 9999)).then(plain)
    return (
        column.str.extract(_SHAPES[kind], 1).cast(pl.Int64) * _STEPS[kind]
        + column.str.extract(_SHAPES[kind], 2).cast(pl.Int64)
        - 1
    )


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
