"""What an outside series may be: one rule and one wording, whether a number stands in a city's table, a mapping or a file."""

import math
from collections.abc import Iterator

import polars as pl

from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.city.tables.price_level import PRICE_LEVEL
from mechlin.city.tables.price_level import UNIT as PRICE_UNIT
from mechlin.core.errors import Problem

_RANGES: dict[str, tuple[float, float, str]] = {
    **REQUIRED_SERIES,
    **{name: (low, high, unit) for name, (low, high, unit, _) in OPTIONAL_SERIES.items()},
}


def impossible(name: str, value: float) -> Problem | None:
    """Return why a series cannot have a value, without where it stands; None where it can, or for a series of one's own.

    >>> impossible("price_level", 0.0).allowed
    'above 0 (index, any base year)'
    >>> impossible("inflation", -0.5) is None
    True
    """
    allowed = repair = ""
    if name == PRICE_LEVEL and not value > 0:
        allowed = f"above 0 ({PRICE_UNIT})"
        repair = "give the index itself; yearly changes in per cent are the series inflation"
    elif name == "new_dwellings" and not value >= 0:
        allowed = "0 or more dwellings a year"
    elif name in _RANGES and not _RANGES[name][0] <= value <= _RANGES[name][1]:
        low, high, unit = _RANGES[name]
        allowed = f"{low:g} to {high:g} ({unit})"
    return Problem(f"{name} = {value:.10g} is not possible", allowed=allowed, repair=repair) if allowed else None


def rows_impossible(context: pl.DataFrame) -> Iterator[tuple[int, Problem]]:
    """Yield the rows of a table of series, the first being 2, whose value cannot be, each with why."""
    for row, (name, value) in enumerate(context.select("indicator", "value").iter_rows(), 2):
        if value is not None and not math.isnan(value) and (found := impossible(name, value)) is not None:
            yield row, found
