"""What can be wrong with a city's elections: dates, levels, results that the run must not see, no start."""

import re

import polars as pl

from mechlin.city.tables.check_tables import check_tags, rows_where
from mechlin.city.tables.elections import LEVELS, RANGES, level_code
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
    out = [*_numbers(elections), *_ranges(elections), *check_tags(elections, _FILE)]
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


def _ranges(elections: pl.DataFrame) -> list[Problem]:
    """Return ranges that are impossible, stand half, or do not hold the number that they are about."""
    out: list[Problem] = []
    given = {name: elections[name] for name in RANGES if name in elections.columns}
    nothing = pl.Series([None] * elections.height, dtype=pl.Float64)
    for name, values in given.items():
        if name.startswith("radical_right"):
            odd, allowed = (values <= 0) | (values >= 100), "above 0 and below 100 (% of votes)"
        else:
            odd, allowed = ~values.is_between(-_PULL, _PULL), "-5 to 5 (log-odds)"
        out += rows_where(elections, _FILE, name, odd, "{value} is not possible", allowed)
    for about, stem in (("radical_right_country", "radical_right"), ("mayor_pull", "mayor_pull")):
        middle = elections[about] if about in elections.columns else nothing
        column = next((f"{stem}_{end}" for end in ("low", "high") if f"{stem}_{end}" in given), None)
        if column is None:
            continue
        low, high = (given.get(f"{stem}_{end}", nothing) for end in ("low", "high"))
        half = low.is_null() != high.is_null()
        out += rows_where(elections, _FILE, column, half, "a range needs both its ends", f"{stem}_low and _high")
        outside = ~((low <= middle.fill_null(0.0)) & (middle.fill_null(0.0) <= high)) & ~half & low.is_not_null()
        out += rows_where(elections, _FILE, column, outside, f"the range does not hold {about}")
    if "mayor_pull" in given:
        sharp = given["mayor_pull"].fill_null(0.0) != 0.0
        bare = sharp & given.get("mayor_pull_low", nothing).is_null()
        said = "what a person or a list adds is never known sharply"
        repair = "give mayor_pull_low and mayor_pull_high: nine tenths of what is believed"
        out += rows_where(elections, _FILE, "mayor_pull", bare, said, repair=repair)
    return out


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
