"""What can be wrong with a city's elections: dates, levels, results that the run must not see, no start."""

import re

import polars as pl

from mechlin.city.tables.check_tables import check_tags, rows_where
from mechlin.city.tables.elections import LEVELS, level_code
from mechlin.core.clock import month_number
from mechlin.core.errors import Problem, nearest

_FILE = "elections.csv"
_WHETHER = ("compulsory", "mayor_list", "incumbent")
_PERCENT = ("radical_right_country", "radical_right_city", "mayor_list_city")
_PULL = 5.0  # log-odds: nobody believes in a stronger rival


def check_elections(elections: pl.DataFrame, start: str) -> list[Problem]:
    """Return elections without a month or level, impossible numbers, and results in the wrong place."""
    has = set(elections.columns)
    if not {"date", "level", *_WHETHER, *_PERCENT, "rival_pull"} <= has or not elections.height:
        return []
    out = [*_numbers(elections), *check_tags(elections, _FILE)]
    months = [_month(text) for text in elections["date"]]
    levels = elections["level"].to_list()
    for at, (month, level) in enumerate(zip(months, levels, strict=True)):
        if elections["date"][at] and month is None:
            out.append(
                Problem(
                    f"{elections['date'][at]!r} is not a month",
                    file=_FILE,
                    row=at + 2,
                    column="date",
                    allowed="a month, as 2006-10",
                )
            )
        if level and level not in LEVELS:
            out.append(
                Problem(
                    f"{level!r} is not a level of elections",
                    file=_FILE,
                    row=at + 2,
                    column="level",
                    allowed=", ".join(LEVELS),
                    nearest=nearest(level, LEVELS),
                )
            )
    first = _month(start)
    if first is None or None in months or not set(levels) <= set(LEVELS):
        return out
    dates = elections.select("date", "level").to_struct()
    out += rows_where(elections, _FILE, "date", ~dates.is_first_distinct(), "{value} stands twice for its level")
    return out + _results(elections, pl.Series([m for m in months if m is not None]), first)


def _month(text: str) -> int | None:
    return month_number(text) if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text or "") else None


def _numbers(elections: pl.DataFrame) -> list[Problem]:
    out = []
    for column in (*_WHETHER, "radical_right_country", "rival_pull"):
        out += rows_where(elections, _FILE, column, elections[column].is_null(), "the cell is empty or no number")
    for column in _WHETHER:
        odd = ~elections[column].is_in([0.0, 1.0]) & elections[column].is_not_null()
        out += rows_where(elections, _FILE, column, odd, "{value} is neither 0 nor 1", "0 for no, 1 for yes")
    for column in _PERCENT:
        odd = (elections[column] <= 0) | (elections[column] >= 100)
        out += rows_where(
            elections, _FILE, column, odd, "{value} is not possible", "above 0 and below 100 (% of votes)"
        )
    odd = ~elections["rival_pull"].is_between(-_PULL, _PULL)
    return out + rows_where(elections, _FILE, "rival_pull", odd, "{value} is not possible", "-5 to 5 (log-odds)")


def _results(elections: pl.DataFrame, months: pl.Series, first: int) -> list[Problem]:
    """Return results given for elections the run has to work out, and levels that have none to start from."""
    out = []
    for column in ("radical_right_city", "mayor_list_city"):
        seen = elections[column].is_not_null() & (months >= first)
        out += rows_where(
            elections,
            _FILE,
            column,
            seen,
            "the run must not see this result",
            "empty from the start on",
            "move it to history.csv",
        )
    codes = pl.Series([level_code(level) for level in elections["level"]])
    for code in codes.unique().sort():
        known = (codes == code) & (months < first) & elections["radical_right_city"].is_not_null()
        later = ((codes == code) & (months >= first)).arg_true()
        mayors = (codes == code) & (months >= first) & (elections["mayor_list"] == 1)
        if known.any() and mayors.any() and not (known & elections["mayor_list_city"].is_not_null()).any():
            out.append(
                Problem(
                    "the mayor's list has no result before the start to begin from",
                    file=_FILE,
                    row=mayors.arg_true()[0] + 2,
                    column="mayor_list",
                    repair="give its result at the last election before the start, or 0",
                )
            )
        if len(later) and not known.any():
            out.append(
                Problem(
                    f"no {elections['level'][later[0]]} election before the start has a result",
                    file=_FILE,
                    row=later[0] + 2,
                    column="radical_right_city",
                    repair="add the last one before the start, with the city's result",
                )
            )
    unknown = (
        (elections["mayor_list"] == 1)
        & elections["radical_right_city"].is_not_null()
        & (months < first)
        & elections["mayor_list_city"].is_null()
    )
    out += rows_where(elections, _FILE, "mayor_list", unknown, "the mayor's list stood, but its result is missing")
    whole = elections["radical_right_city"] + elections["mayor_list_city"] >= 100
    return out + rows_where(elections, _FILE, "mayor_list_city", whole, "both lists together have all votes")
