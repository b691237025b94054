"""Results of elections before the start, by level and year, put into the elections that a city's country lends."""

from pathlib import Path

import polars as pl

from mechlin.city.importing.draft import Draft
from mechlin.city.tables.check import check_folder
from mechlin.city.tables.origins import FILE, Origin, origins_of, write_origins
from mechlin.city.tables.reading import Folder
from mechlin.core.clock import month_number
from mechlin.core.errors import InputError, Problem

_ELECTIONS = "elections.csv"


def put_votes(draft: Draft, made: Path) -> None:
    """Write the results into the elections of a folder; raise InputError for a year without an election of that level."""
    if not draft.votes:
        return
    folder = Folder(made)
    table = folder.table(_ELECTIONS) if (made / _ELECTIONS).is_file() else pl.DataFrame()
    if table.is_empty():
        what = "nothing says when there were elections: the country has no profile"
        raise InputError([Problem(what, column="elections", repair=f"put {_ELECTIONS} into the city's folder first")])
    lines, problems = list[Origin](), list[Problem]()
    for level, columns in draft.votes.items():
        for column, (numbers, said) in columns.items():
            for year, value in sorted(numbers.items()):
                dates = table.filter(pl.col("level") == level)["date"].to_list()
                here = [date for date in dates if str(date).startswith(f"{year}-")]
                if not here:
                    place, known = f"elections.{level}.{column}", ", ".join(map(str, dates)) or "no such level"
                    problems.append(Problem(f"there was no {level} election in {year}", column=place, allowed=known))
                    continue
                if month_number(str(here[0])) >= month_number(str(folder.head["start"])):
                    what = f"the run must not see the result of {here[0]}, which is after its start"
                    fix = "put it into [history]: the run is held against it there"
                    problems.append(Problem(what, column=f"elections.{level}.{column}", repair=fix))
                    continue
                at = (pl.col("level") == level) & (pl.col("date") == here[0])
                table = table.with_columns(pl.when(at).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))
                lines.append(said[year]._replace(table=_ELECTIONS, row=f"{here[0]} {level}", column=column))
    if problems:
        raise InputError(problems)
    table.write_csv(made / _ELECTIONS)
    before = origins_of(folder.table(FILE)) if (made / FILE).is_file() else []
    write_origins(made, dict.fromkeys([*before, *lines]))
    if wrong := check_folder(Folder(made)):
        raise InputError(wrong)
