"""A city's elections: when, at which level, under which rule, and what all of the region voted.

The table gives one row per election. Those before the start carry the city's own result: from it the lists'
standing is fixed once. Later rows carry none: what happened then is for the model to say.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from mechlin.core.clock import month_number

LEVELS = ("municipal", "regional", "federal", "national")
NONE, MUNICIPAL, REGIONAL_FEDERAL = 0, 1, 2
_NUMBERS = (
    "compulsory",
    "radical_right_country",
    "mayor_list",
    "incumbent",
    "rival_pull",
    "radical_right_city",
    "mayor_list_city",
)
# May be left out: nine tenths of belief in the region's share (%) as known then, and what a person or list adds (log-odds).
RANGES = ("radical_right_low", "radical_right_high", "mayor_pull", "mayor_pull_low", "mayor_pull_high")
SCHEMA = {
    "date": pl.String,
    "level": pl.String,
    **dict.fromkeys((*_NUMBERS, *RANGES), pl.Float64),
    "source": pl.String,
    "tag": pl.String,
    "note": pl.String,
}
_BASE = tuple(f"base_{what}" for what in ("month", *_NUMBERS, "mayor_pull"))
# What mechanisms may read: this month's election (level 0 when there is none), and the one it started from.
ELECTION_SERIES = (
    "election_level",
    *(f"election_{n}" for n in (*_NUMBERS[:5], *RANGES)),
    "election_years_since_vote",
    *(f"{base}_{level}" for base in _BASE for level in ("municipal", "regional_federal")),
)


def no_elections() -> pl.DataFrame:
    """Return the table without rows."""
    return pl.DataFrame(schema=SCHEMA)


def level_code(level: str) -> int:
    """Return the code of a level: regional and federal (or national) elections count as one kind."""
    return MUNICIPAL if level == "municipal" else REGIONAL_FEDERAL


def election_series(elections: pl.DataFrame, name: str, start: str, months: int) -> np.ndarray:
    """Return one of :data:`ELECTION_SERIES` by month; zero without an election, NaN where no result or range is known."""
    first = month_number(start)
    if name.startswith("base_"):
        return np.full(months, _base(elections, name, first))
    column, out = name.removeprefix("election_"), np.zeros(months)
    for row in elections.iter_rows(named=True):
        t = month_number(row["date"]) - first
        if 0 <= t < months:
            out[t] = _of_election(elections, row, column)
    return out


def _of_election(elections: pl.DataFrame, row: Mapping[str, Any], column: str) -> float:
    """Return a number about one election."""
    if column == "level":
        return level_code(row["level"])
    if column == "years_since_vote":
        return _years_since_vote(elections, row)
    value = row.get(column)
    if value is None:
        return float("nan") if column.endswith(("_low", "_high")) else 0.0
    return float(value)


def _years_since_vote(elections: pl.DataFrame, row: Mapping[str, Any]) -> float:
    """Return how old the region's last vote was at an election, in years; zero where the region itself votes."""
    now = month_number(row["date"])
    votes = [
        month_number(other["date"])
        for other in elections.iter_rows(named=True)
        if level_code(other["level"]) == REGIONAL_FEDERAL and month_number(other["date"]) <= now
    ]
    return (now - max(votes, default=now)) / 12.0


def _base(elections: pl.DataFrame, name: str, first: int) -> float:
    """Return a number about the last election of a level whose result in the city is given."""
    wanted = MUNICIPAL if name.endswith("_municipal") else REGIONAL_FEDERAL
    column = name.removeprefix("base_").removesuffix("_municipal").removesuffix("_regional_federal")
    known = [
        row
        for row in elections.iter_rows(named=True)
        if level_code(row["level"]) == wanted and row.get("radical_right_city") is not None
    ]
    if not known:
        return float("nan")
    row = max(known, key=lambda r: month_number(r["date"]))
    return float(month_number(row["date"]) - first) if column == "month" else float(row.get(column) or 0.0)
