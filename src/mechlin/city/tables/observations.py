"""Observations in a file of their own: a table with the columns of a city's history, checked like it."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from mechlin.city.tables.check_tables import check_history
from mechlin.city.tables.reading import Folder
from mechlin.core.errors import InputError, Problem, UsageError

_TABLE = "history.csv"


def read_observations(path: str | Path) -> tuple[pl.DataFrame, list[Problem]]:
    """Return the observations in a CSV file, and everything that is wrong with the file in itself.

    The table has indicator, year, value, low, high, unit, what stands beside them, and ``row`` as a spreadsheet
    numbers them; rows with a problem are left out. Whether a value can be for its indicator is for others to say.
    Raises UsageError when there is no such file, InputError when it is no such table.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"there is no file {str(path)!r}; give a table with the columns of a city's history.csv")
    folder = Folder(file.parent, {_TABLE: file.name})
    table = folder.table(_TABLE)
    problems = [replace(p, file=file.name) for p in (*folder.problems, *check_history(table))]
    if not {"indicator", "year", "value", "low", "high", "unit"} <= set(table.columns) or table.is_empty():
        raise InputError(problems or [Problem("no rows", file=file.name)])
    bad = {p.row for p in problems}
    return table.with_row_index("row", offset=2).filter(~pl.col("row").is_in(bad)), problems
