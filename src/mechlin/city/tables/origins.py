"""Where every cell of a city's tables comes from: ``sources.csv``, line by line and cell by cell.

A line is about one cell, or about many: ``row`` is the key of a row (:data:`KEYS`; empty or ``*`` for every row,
``births_per_1000 *`` for every year of a series), ``column`` one or more columns, with ``*`` in them where several are
meant. Where two lines are about the same cell the later one holds. ``status`` says how the cell came to be,
``method`` by which rule; ``source_file``, ``source_row`` and ``source_column`` where it was read, ``spread`` how far it
may be off: one standard deviation as a share of the value.

Rows of the source are numbered as a spreadsheet shows them. A line about every row may give them as ``2-98`` or, where
the source has four rows for each area, ``2-362/4``: in the order of the table.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from mechlin.core.files import write_text

FILE = "sources.csv"
TAGS = ("counted", "derived", "borrowed", "assumed")
BY_ROW = "by row"  # the table has a column ``tag`` that says it for each row
# Words that a table may use for how a figure came to be, and the tag each counts as.
_TAG_OF = {
    **dict.fromkeys(("counted", "official", "found", "press", "self_report"), "counted"),
    "derived": "derived",
    "borrowed": "borrowed",
    **dict.fromkeys(("assumed", "recalled", "reconstructed"), "assumed"),
}
STATUSES = tuple(_TAG_OF)
# The columns that together name a row of a table.
KEYS = {
    "areas.csv": ("code",),
    "schools.csv": ("id",),
    "context.csv": ("indicator", "year"),
    "history.csv": ("indicator", "year"),
    "elections.csv": ("date", "level"),
    "totals.csv": ("quantity",),
}
_BESIDE = ("source", "tag", "note", "unit", "geometry_tag", "name_tag", "network_tag", "place_tag")
_RUN = re.compile(r"(\d+)-(\d+)(?:/(\d+))?")
_LEAST_RUN = 3  # cells in a line; fewer are written one by one


class Origin(NamedTuple):
    """One line of ``sources.csv``."""

    table: str
    row: str
    column: str
    tag: str
    file: str = ""
    source_row: str = ""
    source_column: str = ""
    rule: str = ""
    spread: float = 0.0


_HEADINGS = ("table", "row", "column", "status", "source_file", "source_row", "source_column", "method", "spread")


def tag_of(status: str) -> str:
    """Return which of :data:`TAGS` a status counts as; what is not known is assumed."""
    return _TAG_OF.get(status, "assumed")


def row_keys(file: str, table: pl.DataFrame) -> list[str]:
    """Return what each row of a table is called in ``sources.csv``."""
    parts = [table[c].cast(pl.Int64, strict=False) if table[c].dtype.is_float() else table[c] for c in KEYS[file]]
    return [" ".join("" if v is None else str(v) for v in row) for row in zip(*parts, strict=True)]


def origins_of(sources: pl.DataFrame) -> list[Origin]:
    """Return the lines of a ``sources.csv`` that was read; a tag is the status as it stands there."""
    has = set(sources.columns)
    columns = [sources[c].to_list() if c in has else [None] * sources.height for c in _HEADINGS]
    return [Origin._make([*(v or "" for v in words), spread or 0.0]) for *words, spread in zip(*columns, strict=True)]


def cell_origins(file: str, table: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return one row for every cell of a table: row, column, tag, source_file, source_row, source_column, rule, spread.

    ``row`` is the key of the cell's row. A cell that no line is about is assumed, by the rule "not said".
    """
    keys = row_keys(file, table)
    at, columns = {key: n for n, key in enumerate(keys)}, [c for c in table.columns if c not in _BESIDE]
    lines = [Origin(file, "*", "*", "assumed", rule="not said"), *(o for o in origins_of(sources) if o.table == file)]
    held = {c: np.zeros(len(keys), np.int32) for c in columns}
    for n, line in enumerate(lines):
        rows = _rows_meant(line.row, at)
        for column in _columns_meant(line.column, columns):
            held[column][rows] = n
    return pl.concat([_column_origins(c, keys, lines, held[c], table) for c in columns]) if columns else _no_cells()


def _rows_meant(row: str, at: dict[str, int]) -> slice | list[int]:
    if row in ("", "*"):
        return slice(None)
    if row in at:
        return [at[row]]
    return [n for key, n in at.items() if _matches(row, key)] if "*" in row else []


def _columns_meant(said: str, columns: list[str]) -> list[str]:
    names = [name.strip() for name in said.split(",")]
    return [c for c in columns if any(c == name or ("*" in name and _matches(name, c)) for name in names)]


def _matches(pattern: str, word: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), word) is not None


def _column_origins(
    column: str, keys: list[str], lines: list[Origin], held: np.ndarray, table: pl.DataFrame
) -> pl.DataFrame:
    """Return the origin of every cell of one column, given which line holds for each."""
    which = pl.Series("line", held)
    by_row = [tag_of(t or "") for t in table["tag"]] if "tag" in table.columns else ["assumed"] * len(keys)
    tags = [by_row[n] if lines[i].tag == BY_ROW else tag_of(lines[i].tag) for n, i in enumerate(held)]
    out = {"row": pl.Series(keys, dtype=pl.String), "column": pl.Series([column] * len(keys), dtype=pl.String)}
    out["tag"] = pl.Series(tags, dtype=pl.String)
    for name, field in (("source_file", "file"), ("source_column", "source_column"), ("rule", "rule")):
        out[name] = pl.Series([getattr(o, field) for o in lines], dtype=pl.String).gather(which)
    out["source_row"] = pl.Series(_source_rows(lines, held), dtype=pl.String)
    out["spread"] = pl.Series([o.spread for o in lines], dtype=pl.Float64).gather(which)
    return pl.DataFrame(out).select(_no_cells().columns)


def _source_rows(lines: list[Origin], held: np.ndarray) -> list[str]:
    runs = {i: _RUN.fullmatch(lines[i].source_row) for i in np.unique(held)}
    out = []
    for n, i in enumerate(held):
        run = runs[i] if lines[i].row in ("", "*") else None
        out.append(str(int(run[1]) + n * int(run[3] or 1)) if run else lines[i].source_row)
    return out


def _no_cells() -> pl.DataFrame:
    names = ("row", "column", "tag", "source_file", "source_row", "source_column", "rule")
    return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "spread": pl.Float64})


def joined(origins: Iterable[Origin], keys: dict[str, list[str]]) -> Iterator[Origin]:
    """Yield the lines with those of a whole column as one, where their rows in the source go up by even steps.

    ``keys`` gives the keys of a table's rows, in their order; the lines of a column stand together, in that order too.
    """
    for (table, column), group in groupby(origins, lambda o: (o.table, o.column)):
        lines = list(group)
        whole = keys.get(table, [])
        same = len({line._replace(row="", source_row="") for line in lines}) == 1
        run = _run([line.source_row for line in lines]) if same and len(whole) >= _LEAST_RUN else None
        if run is not None and [line.row for line in lines] == whole:
            yield lines[0]._replace(table=table, column=column, row="*", source_row=run)
        else:
            yield from lines


def _run(rows: list[str]) -> str | None:
    """Return rows that go up by even steps as one word, the empty word where none is given, None for anything else."""
    if not any(rows):
        return ""
    if not all(row.isdigit() for row in rows):
        return rows[0] if len(set(rows)) == 1 else None
    numbers = [int(row) for row in rows]
    steps = {b - a for a, b in zip(numbers, numbers[1:], strict=False)}
    if len(steps) != 1 or min(steps) < 1:
        return rows[0] if steps == {0} else None
    step = steps.pop()
    return f"{numbers[0]}-{numbers[-1]}" + (f"/{step}" if step > 1 else "")


def origins_text(origins: Iterable[Origin]) -> str:
    """Return lines as the text of a ``sources.csv``."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(_HEADINGS)
    for o in origins:
        spread = f"{o.spread:.4g}" if o.spread else ""
        write((o.table, o.row, o.column, o.tag, o.file, o.source_row, o.source_column, o.rule, spread))
    return out.getvalue()


def write_origins(folder: Path, origins: Iterable[Origin]) -> Path:
    """Write the ``sources.csv`` of a city's folder, whole or not at all, and return its path."""
    return write_text(folder / FILE, origins_text(origins))
