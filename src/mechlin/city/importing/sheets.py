"""Excel and Parquet: cells as text, rows as a spreadsheet numbers them."""

from pathlib import Path
from typing import Any

import polars as pl

from mechlin.city.importing.grid import Grid, grid_of
from mechlin.core.errors import InputError, Problem, nearest
from mechlin.core.extras import extra


def read_sheet(path: Path, sheet: str = "") -> Grid:
    """Return a sheet of an Excel or OpenDocument file; raise InputError when it is not said which of several."""
    fastexcel = extra("fastexcel", "import")
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise InputError([Problem(f"not a spreadsheet that can be read ({error})", file=path.name)]) from None
    names = book.sheet_names
    if sheet and sheet not in names:
        raise InputError(
            [
                Problem(
                    f"there is no sheet {sheet!r}",
                    file=path.name,
                    allowed=", ".join(names),
                    nearest=nearest(sheet, names),
                )
            ]
        )
    if not sheet and len(names) > 1:
        raise InputError(
            [Problem("it has several sheets", file=path.name, allowed=", ".join(names), repair='write sheet = "..."')]
        )
    name = sheet or names[0]
    table = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    records = [[_plain(cell) for cell in row] for row in table.iter_rows()]
    if not records:
        raise InputError([Problem("the sheet is empty", file=_said(path, names, name))])
    return grid_of(_said(path, names, name), records)


def fullest_sheet(path: Path) -> tuple[str, list[str]]:
    """Return the sheet with the most filled cells and the names of the others; an empty name where there is only one."""
    fastexcel = extra("fastexcel", "import")
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError:  # a broken one: whoever reads it says so
        return "", []
    filled = {name: _filled(book, name) for name in book.sheet_names}
    if len(filled) < 2:
        return "", []
    best = max(filled, key=lambda name: filled[name])
    return best, [name for name in filled if name != best]


def _filled(book: Any, name: str) -> int:
    table = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    return int(table.height * table.width - sum(table.null_count().row(0))) if table.width else 0


def _said(path: Path, names: list[str], sheet: str) -> str:
    return path.name if len(names) == 1 else f"{path.name}, sheet {sheet}"


def _plain(cell: str | None) -> str:
    """Return a cell as it is shown: whole numbers without the zero that a spreadsheet keeps behind them."""
    return "" if cell is None else cell.removesuffix(".0")


def read_parquet(path: Path) -> Grid:
    """Return a Parquet file as a grid."""
    try:
        table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError([Problem(f"not a Parquet file that can be read ({error})", file=path.name)]) from None
    cells = table.select(pl.all().cast(pl.String).fill_null(""))
    return Grid(path.name, cells, pl.Series(range(2, table.height + 2), dtype=pl.Int64))
