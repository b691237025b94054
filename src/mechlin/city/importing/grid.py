"""A table as an office published it: every cell as the text that stands there, every row with its number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from mechlin.city.importing.headings import headings_at, width_at
from mechlin.core.errors import InputError, Problem

_LEAST_FILLED = 0.5  # of the columns: a line above the headings has fewer words than the headings have
_LOOKED_AT = 200  # rows, to see how wide the table is
_FOOT = 0.3  # of the columns: a note below the table fills fewer


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one file, sheet or layer as text, its headings apart.

    ``rows`` has the number of every row as a spreadsheet shows it (of a document without rows, of the observation);
    ``notes`` what had to be recognised to read it; ``decimal`` the mark that its separator makes likely, or "".
    ``shapes`` are the outlines of its rows, where it is a map, with the name of their projection.
    """

    file: str
    cells: pl.DataFrame
    rows: pl.Series
    notes: tuple[str, ...] = ()
    decimal: str = ""
    heading_row: int = 1
    shapes: Any = None
    crs: str = ""
    problems: tuple[Problem, ...] = field(default=())

    @property
    def headings(self) -> list[str]:
        """The headings as they stand; of two alike the second has (2) behind it."""
        return self.cells.columns


def grid_of(
    file: str, records: Sequence[Sequence[str]], notes: Sequence[str] = (), decimal: str = "", first: int = 1
) -> Grid:
    """Return records as a grid: titles above the headings and notes below the table are set apart.

    ``first`` is the number of the first record. Raises InputError when there is no table in them.
    """
    at = _headings_at(records)
    if at is None:
        raise InputError([Problem("there is no table in it: no row of headings above rows", file=file)])
    width = width_at(records, at)
    found = headings_at(records, at, width)
    names = _unique(found.names)
    said = list(notes)
    if found.first < found.last:
        said.append(f"headings put together from rows {found.first + first} to {found.last + first}")
    if above := [i for i in range(found.first) if any(c.strip() for c in records[i])]:
        said.append(f"row{'s' if len(above) > 1 else ''} above the headings left out: {_numbers(above, first)}")
    below = _foot(records, found.last, width)
    if feet := [i for i in range(below, len(records)) if any(c.strip() for c in records[i])]:
        said.append(f"note{'s' if len(feet) > 1 else ''} below the table left out: row {_numbers(feet, first)}")
    kept, numbers, problems = [], [], []
    for n in range(found.last + 1, below):
        record = records[n]
        if not any(record):
            continue
        if len(record) != width and (len(record) < width or any(c.strip() for c in record[width:])):
            problems.append(
                Problem(
                    f"the row has {len(record)} cells, the headings {width}",
                    file=file,
                    row=n + first,
                    repair="put text with a separator in it between quotation marks",
                )
            )
            continue
        kept.append(record[:width])
        numbers.append(n + first)
    if not kept:
        raise InputError(problems or [Problem("there are headings but no rows", file=file, row=at + first)])
    columns = [
        pl.Series(name, cells, dtype=pl.String) for name, cells in zip(names, zip(*kept, strict=True), strict=True)
    ]
    return Grid(
        file,
        pl.DataFrame(columns),
        pl.Series(numbers, dtype=pl.Int64),
        tuple(said),
        decimal,
        at + first,
        problems=tuple(problems),
    )


def _headings_at(records: Sequence[Sequence[str]]) -> int | None:
    """Return which record has the headings: the first that fills about as many cells as the rows have."""
    widths = Counter(sum(bool(c.strip()) for c in r) for r in records[:_LOOKED_AT] if any(c.strip() for c in r))
    if not widths:
        return None
    usual = max(widths, key=lambda w: (widths[w] * (w > 1), w))
    for n, record in enumerate(records[:-1]):
        if sum(bool(c.strip()) for c in record) >= max(1, _LEAST_FILLED * usual, 2 if usual > 1 else 1):
            return n
    return None


def _foot(records: Sequence[Sequence[str]], at: int, width: int) -> int:
    """Return where notes below the table begin: rows at its end with words in hardly any cell."""
    end = len(records)
    while end > at + 2 and sum(bool(c.strip()) for c in records[end - 1]) <= max(1, _FOOT * width) and width > 2:
        if sum(bool(c.strip()) for c in records[end - 1]) > 1 and len(records[end - 1]) == width:
            break
        end -= 1
    return end


def _numbers(found: list[int], first: int) -> str:
    shown = ", ".join(str(i + first) for i in found[:3])
    return shown if len(found) <= 3 else f"{shown} and {len(found) - 3} more"


def _unique(names: list[str]) -> list[str]:
    out: list[str] = []
    for n, name in enumerate(names, 1):
        word, again = name or f"column {n}", 2
        while word in out:
            word, again = f"{name or f'column {n}'} ({again})", again + 1
        out.append(word)
    return out
