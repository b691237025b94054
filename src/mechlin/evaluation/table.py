"""A table as somebody gives it, as cells of text: a file or a frame, of which only the columns asked for are read."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from mechlin.city.importing.delimited import told_separator
from mechlin.city.tables.encoding import read_text
from mechlin.core.errors import InputError, Problem

TABLE = "the table"  # what a table is called that came from memory, not from a file
SHOWN = 12  # problems of one kind that are told one by one
HEADING = 2  # the first row of figures: row 1 of a file is its heading
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LOOKED_AT = 65_536  # bytes from which the mark between cells is told
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*\n")  # which Excel heeds and some exports begin with
Chosen = Callable[[Sequence[str], str], Sequence[str]]


def read(source: str | Path | Any, chosen: Chosen | None = None) -> tuple[str, pl.DataFrame]:
    """Return a table as text cells, and its name; raise InputError where it is no table.

    ``source`` is a file (CSV with any usual mark between cells, or Parquet), a Polars frame or a pandas one. ``chosen``
    takes headings and name and returns the headings that are wanted: of a file of millions of rows nothing else is held.
    """
    if isinstance(source, str | Path):
        return _of_file(Path(source), chosen)
    if not hasattr(source, "columns"):
        what = f"a {type(source).__name__} is no table"
        raise InputError([Problem(what, allowed="the path of a file, a Polars frame, a pandas frame")])
    names = [str(c) for c in source.columns]
    wanted = list(chosen(names, TABLE)) if chosen else names
    if isinstance(source, pl.DataFrame):
        return TABLE, source.select(pl.col(wanted).cast(pl.String))
    by_name = dict(zip(names, source.columns, strict=True))
    return TABLE, pl.DataFrame({c: [str(v) for v in source[by_name[c]]] for c in wanted})


def _of_file(path: Path, chosen: Chosen | None) -> tuple[str, pl.DataFrame]:
    if not path.is_file():
        raise InputError([Problem(f"there is no file {path}", repair="write its path, or the name of a shipped panel")])
    if path.suffix == ".parquet":
        lazy = pl.scan_parquet(path)
        names = lazy.collect_schema().names()
        wanted = list(chosen(names, path.name)) if chosen else names
        return path.name, lazy.select(pl.col(wanted).cast(pl.String)).collect()
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if start.startswith(_SPREADSHEETS):
        what = "the file is a spreadsheet, not a table of text"
        raise InputError([Problem(what, file=path.name, repair="save its sheet as CSV, or as Parquet")])
    if not start.decode("utf-8-sig", errors="ignore").strip():
        raise InputError([Problem("the file is empty", file=path.name)])
    if b"\0" in start or b"\n" not in start.replace(b"\r\n", b"\n") or not _is_utf8(path):
        text, _ = read_text(path)
        return path.name, _cut(io.BytesIO(text.encode()), text[:_LOOKED_AT], path.name, chosen)
    return path.name, _cut(path, start.decode("utf-8-sig", errors="ignore"), path.name, chosen)


def _is_utf8(path: Path) -> bool:
    """Return whether a file is text in UTF-8, looking at one piece after another."""
    with path.open(encoding="utf-8", newline="") as file:
        try:
            while file.read(1 << 24):
                pass
        except UnicodeDecodeError:
            return False
    return True


def _cut(source: Path | io.BytesIO, start: str, file: str, chosen: Chosen | None) -> pl.DataFrame:
    """Return text cut into cells, of the columns asked for; ``start`` is its beginning."""
    said = _SEPARATOR_LINE.match(start)
    skipped = 1 if said else 0
    start = (start[said.end() :] if said else start).replace("\r\n", "\n")
    mark = said[1] if said else told_separator(start)
    top = list(islice(csv.reader(io.StringIO(start, newline=""), delimiter=mark), SHOWN))
    names = [n.strip() for n in top[0]]
    if len(names) == 1 and (fuller := [n for n, row in enumerate(top, 1 + skipped) if len(row) > 1]):
        what = f"the first row, {names[0]!r}, is no heading: row {fuller[0]} has more cells"
        raise InputError([Problem(what, file, 1 + skipped, repair="remove the rows above the heading")])
    twice = [n for n, many in Counter(names).items() if many > 1 and n]
    if twice:
        fix = "give each column a name of its own"
        raise InputError([Problem(f"two columns are named {n!r}", file, 1 + skipped, repair=fix) for n in twice])
    blank = [n or f"column {k}" for k, n in enumerate(names, 1)]
    texts = dict.fromkeys(blank, pl.String)
    lines = pl.scan_csv(source, separator=mark, has_header=False, schema=texts, skip_rows=1 + skipped, glob=False)
    wanted = list(chosen(blank, file)) if chosen else blank
    try:
        return lines.select(wanted).collect()
    except pl.exceptions.PolarsError:
        raise InputError(list(_uneven(source, mark, file, skipped))) from None


def _uneven(source: Path | io.BytesIO, mark: str, file: str, skipped: int) -> Iterator[Problem]:
    """Tell the rows that are not as wide as the heading, or why the text is no table."""
    opened = (
        source.open(encoding="utf-8-sig", newline="")
        if isinstance(source, Path)
        else io.StringIO(source.getvalue().decode(), newline="")
    )
    with opened as text:
        for _ in range(skipped):
            next(text)
        rows = csv.reader(text, delimiter=mark)
        width = len(next(rows))
        wide = ((n, row) for n, row in enumerate(rows, HEADING + skipped) if len(row) > width)
        found = list(islice(wide, SHOWN))
        more = sum(1 for _ in wide)
    fix = f"put text with a {mark!r} in it between quotation marks; the heading is the first row"
    for n, row in found:
        yield Problem(f"the row has {len(row)} cells, the heading {width}", file=file, row=n, repair=fix)
    if more:
        yield Problem(f"and {more:,} more such rows", file=file)
    if not found:
        what = "the file cannot be cut into rows and cells: a quotation mark may have no end"
        yield Problem(what, file=file, repair="save it as CSV again")
