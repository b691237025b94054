"""A city's elections: when, at which level, under which rule, and what all of the region voted.

The table gives one row per election. Those before the start carry the city's own result: from it the lists'
standing is fixed once. Later rows carry none: what happened then is for the model to say.
"""

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
SCHEMA = {
    "date": pl.String,
    "level": pl.String,
    **dict.fromkeys(_NUMBERS, pl.Float64),
    "source": pl.String,
    "tag": pl.String,
    "note": pl.String,
}
_BASE = tuple(f"base_{what}" for what in ("month", *_NUMBERS))
# What mechanisms may read: this month's election (level 0 when there is none), and the one it started from.
ELECTION_SERIES = (
    "election_level",
    *(f"election_{n}" for n in _NUMBERS[:5]),
    *(f"{base}_{level}" for base in _BASE for level in ("municipal", "regional_federal")),
)


def no_elections() -> pl.DataFrame:
    """Return the table without rows."""
    return pl.DataFrame(schema=SCHEMA)


def level_code(level: str) -> int:
    """Return the code of a level: regional and federal (or national) elections count as one kind."""
    return MUNICIPAL if level == "municipal" else REGIONAL_FEDERAL


def election_series(elections: pl.DataFrame, name: str, start: str, months: int) -> np.ndarray:
    """Return one of :data:`ELECTION_SERIES` by month; zero without an election, NaN where no result is known."""
    first = month_number(start)
    if name.startswith("base_"):
        return np.full(months, _base(elections, name, first))
    column, out = name.removeprefix("election_"), np.zeros(months)
    for row in elections.iter_rows(named=True):
        t = month_number(row["date"]) - first
        if 0 <= t < months:
            out[t] = level_code(row["level"]) if column == "level" else (row.get(column) or 0.0)
    return out


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
