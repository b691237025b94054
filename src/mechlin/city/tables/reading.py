"""Read the tables of a city's folder: text first, then numbers, remembering everything wrong with the reading.

Rows are numbered as a spreadsheet shows them: the heading is row 1. A row that cannot be read keeps its place,
empty, so that the numbers of all others stay true.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from mechlin.city.tables.cells import typed
from mechlin.city.tables.elections import RANGES
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, HOME_COLUMNS
from mechlin.city.tables.nobody import where_nobody_lives
from mechlin.city.tables.price_level import with_inflation
from mechlin.city.tables.sums import total_rows
from mechlin.city.tables.text import text_of
from mechlin.core.errors import InputError, Problem, nearest
from mechlin.core.toml import read_toml

_NO_TABLES = (
    "city.toml",
    "outlines.geojson",
    "calibration.toml",
    "reactions.csv",
    "attribution.json",
    "draws.json",
    "other_towns.toml",
    "README.md",
)
SIZE_MAX = 50_000_000  # bytes of one file
_OWNED = re.compile(r"[a-z]\w*\.[a-z]\w*")  # owner.number
# Names that tables of earlier versions have: of columns, and of outside series.
_FORMER = {
    "people_2001": "people",
    "households_2001": "households",
    "wijk12": "quarter",
    "radical_right_flanders": "radical_right_country",
    "radical_right_vote_flanders_last": "radical_right_country_last",
    "unemployment_rate_flanders": "unemployment_rate_region",
    "house_price_index_flanders": "house_price_index_region",
    "inflation_belgium": "inflation",
}
_FORMER_WORD = re.compile(rf"\b({'|'.join(_FORMER)})\b")
_MISSING_SAID = 3  # columns that are missing, said one by one; more are one problem
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Table(NamedTuple):
    """Which columns a table has: text that must be filled in, numbers, and what it may have beside them."""

    filled: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    optional_numbers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    gaps: bool = False  # whether a cell of ``numbers`` may be empty, but for the year's
    needed: bool = False  # whether there is no city without it
    bare: bool = False  # whether it may have a heading and no rows yet

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that must be there."""
        return (*self.filled, *self.numbers, *self.text)

    @property
    def known(self) -> tuple[str, ...]:
        """Columns that may be there."""
        return (*self.required, *self.optional_numbers, *self.optional)


TABLES = {
    "areas.csv": Table(
        filled=("code", "name", "kind"),
        numbers=(
            "x_km",
            "y_km",
            "area_km2",
            "people",
            "households",
            *AGE_COLUMNS,
            *EDUCATION_COLUMNS,
            "income_median_eur",
            "homes",
            *HOME_COLUMNS,
            "homes_poor_quality_share",
        ),
        optional_numbers=("people_25_up", "group_quarters", "shops", "shops_vacant", "disorder"),
        optional=("district", "quarter", "geometry_tag", "source"),
        needed=True,
    ),
    "context.csv": Table(("indicator",), ("year", "value"), optional=("unit", "source", "tag", "note"), needed=True),
    "schools.csv": Table(
        ("id", "school", "sector"),
        ("x_km", "y_km", "entry_places", "class_size", "quality"),
        optional=("district", "network", "queue_reported", "name_tag", "network_tag", "place_tag", "note", "source"),
    ),
    "history.csv": Table(
        ("indicator",), ("year", "value", "low", "high"), ("unit",), optional=("source", "tag", "note"), gaps=True
    ),
    "elections.csv": Table(
        ("date", "level"),
        (
            "compulsory",
            "radical_right_country",
            "mayor_list",
            "incumbent",
            "rival_pull",
            "radical_right_city",
            "mayor_list_city",
        ),
        optional_numbers=RANGES,
        optional=("source", "tag", "note"),
        gaps=True,
    ),
    "totals.csv": Table(("quantity",), ("total",), optional=("tag", "note")),
    "indicator_map.csv": Table(("observed",), text=("simulated", "note")),
    "calibration.csv": Table(),  # a column for each calibrated number, called owner.number
    "sources.csv": Table(
        ("table", "column", "status"),
        text=("method",),
        optional_numbers=("spread",),
        optional=("row", "source_file", "source_row", "source_column"),
        gaps=True,
    ),
}


class Folder:
    """A city's folder: reads each file once and remembers what is wrong with the reading."""

    def __init__(
        self, path: Path, names: dict[str, str] | None = None, tables: Mapping[str, Table] | None = None
    ) -> None:
        """Remember the path; nothing is read yet. ``names`` says which tables go by another file's name.

        ``tables`` are those of another kind of folder than a city's.
        """
        self.path, self.names, self.tables = path, names or {}, TABLES if tables is None else tables
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []  # what was taken in though it is unusual, and how
        self.left_out: list[int] = []  # places of rows of areas.csv that are no areas
        self._tables: dict[str, pl.DataFrame] = {}
        self._read: set[str] = set()
        self.head_text = ""

    def table(self, file: str) -> pl.DataFrame:
        """Return a table with numbers as numbers; an empty one when the file is absent or unreadable."""
        if file not in self._tables:
            text = self._text(file, self.tables[file].needed)
            rows = None if text is None else self._rows(file, text)
            self._tables[file] = _nothing(self.tables[file]) if rows is None else self._typed(file, rows)
        return self._tables[file]

    def readable(self, file: str) -> bool:
        """Return whether the table is there and could be read, so that others can be held against it."""
        return self.table(file).height > 0 and file in self._read

    @cached_property
    def head(self) -> dict[str, Any]:
        """What city.toml says, empty when it cannot be read."""
        text = self._text("city.toml", needed=True)
        if text is None:
            return {}
        self.head_text = text
        try:
            return read_toml(text, "city.toml")
        except InputError as error:
            self.problems += error.problems
            return {}

    @cached_property
    def outlines(self) -> dict[str, Any] | None:
        """The outlines of areas (GeoJSON, coordinates in kilometres), or None when the city has none."""
        file = "outlines.geojson"
        text = self._text(file)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            self._wrong(f"not valid GeoJSON: {error}", file, row=getattr(error, "lineno", None))
            return None
        if not isinstance(found, dict):
            self._wrong("not valid GeoJSON: a list or value", file, allowed="a FeatureCollection")
            return None
        return found

    def _wrong(self, what: str, file: str, **rest: Any) -> None:
        self.problems.append(Problem(what, file=file, **rest))

    def _text(self, file: str, needed: bool = False) -> str | None:
        """Return what stands in a file, or None after noting why it cannot be read."""
        path = self.path / self.names.get(file, file)
        if not path.is_file():
            if path.exists():
                self._wrong("is a folder, not a file", file)
            elif needed:
                others = [p.name for p in self.path.iterdir() if p.name not in (*self.tables, *_NO_TABLES)]
                self._wrong(
                    "the file is missing",
                    file,
                    nearest=nearest(file, others),
                    repair="`mechlin new city NAME` writes a small one to start from",
                )
            return None
        if path.stat().st_size > SIZE_MAX:
            self._wrong(
                f"the file is too large ({path.stat().st_size / 1e6:.0f} MB)",
                file,
                allowed=f"{SIZE_MAX // 10**6} MB",
                repair="a city's tables are counts by area",
            )
            return None
        start = f"start with: {','.join(self.tables[file].required)}" if file in self.tables else ""
        text = text_of(path.read_bytes(), file, start)
        if isinstance(text, Problem):
            self.problems.append(text)
            return None
        return text

    def _rows(self, file: str, text: str) -> list[list[str]] | None:
        """Return the rows of a file of commas, the heading first; None when it is no such file."""
        rows: list[list[str]] = []
        try:
            rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))  # keeps the rows before an error
        except csv.Error as error:
            self._wrong(
                f"a quotation mark is out of place ({error})",
                file,
                row=len(rows) + 1,
                repair='write text with a comma as "one, two"; a quotation mark inside it twice',
            )
            return None
        while rows and not any(cell.strip() for cell in rows[-1]):
            rows.pop()
        head = rows[0]
        for mark, name in _OTHER_SEPARATORS.items():
            if len(head) < len(self.tables[file].required) and sum(cell.count(mark) for cell in head) > len(head):
                self._wrong(
                    f"the columns are separated by {name}",
                    file,
                    row=1,
                    allowed="commas",
                    repair="export it with the comma as separator and the point for decimals",
                )
                return None
        if len(rows) == 1 and not self.tables[file].bare:
            self._wrong("the table has headings but no rows", file, row=1)
        return rows

    def _typed(self, file: str, rows: list[list[str]]) -> pl.DataFrame:
        """Return the rows as a table, noting every heading, row and cell that is not possible."""
        head = [_FORMER.get(h.strip(), h.strip()) for h in rows[0]]
        while head and not head[-1] and not any("".join(row[len(head) - 1 :]).strip() for row in rows[1:]):
            head.pop()
        broken = self._shape(file, rows, len(head))
        self._headings(file, head)
        texts = []
        for at, name in enumerate(head):
            if name in head[:at] or not (name in self.tables[file].known or _is_named_freely(file, name)):
                continue
            cells = [None if n in broken else row[at].strip() for n, row in enumerate(rows[1:], 2)]
            if (file, name) in (("context.csv", "indicator"), ("sources.csv", "column"), ("sources.csv", "row")):
                cells = [None if cell is None else _FORMER_WORD.sub(lambda m: _FORMER[m[0]], cell) for cell in cells]
            texts.append(pl.Series(name, cells, dtype=pl.String))
        table = self.tables[file]
        numbers = [
            t.name
            for t in texts
            if t.name in (*table.numbers, *table.optional_numbers) or _is_named_freely(file, t.name)
        ]
        found = typed(file, texts, numbers, table.filled, table.gaps)
        self.problems += found.problems
        if found.readable:
            self._read.add(file)
        if file == "context.csv":
            return with_inflation(found.table)
        return self._areas(found.table) if file == "areas.csv" else found.table

    def _areas(self, areas: pl.DataFrame) -> pl.DataFrame:
        """Leave out rows that are totals of the others, and fill what cannot be known where nobody lives."""
        totals = total_rows(areas)
        for at in totals:
            self.problems = [p for p in self.problems if (p.file, p.row) != ("areas.csv", at + 2)]
            self.notes.append(
                Problem(
                    f"{_called(areas, at)} is the sum of the other rows; it is left out and counted nowhere",
                    file="areas.csv",
                    row=at + 2,
                )
            )
        self.left_out = totals
        return where_nobody_lives(areas.filter(~pl.int_range(pl.len()).is_in(totals)))

    def _shape(self, file: str, rows: list[list[str]], width: int) -> set[int]:
        """Note rows that are empty or not as wide as the heading; return their numbers."""
        broken = set()
        for n, row in enumerate(rows[1:], 2):
            if not any(cell.strip() for cell in row):
                self._wrong("the row is empty", file, row=n, repair="remove it")
            elif len(row) < width or any(cell.strip() for cell in row[width:]):
                self._wrong(
                    f"the row has {len(row)} cells, the heading has {width}",
                    file,
                    row=n,
                    repair="put text with a comma in it between quotation marks"
                    if len(row) > width
                    else "write a comma for every cell, an empty one too",
                )
            else:
                continue
            broken.add(n)
        return broken

    def _headings(self, file: str, head: list[str]) -> None:
        table = self.tables[file]
        missing, meant = [c for c in table.required if c not in head], set()
        for at, column in enumerate(head):
            if not column:
                self._wrong(f"column {at + 1} has no heading", file, row=1, repair="name it, or remove it")
            elif column in head[:at]:
                self._wrong(f"the column {column!r} stands twice", file, row=1, column=column, repair="remove one")
            elif column not in table.known and not _is_named_freely(file, column):
                likely = nearest(column.lower(), [c for c in missing if c not in meant])
                lacks = f", and {likely!r} is missing" if likely else ""
                self._wrong(
                    f"{column!r} is not a known column{lacks}",
                    file,
                    row=1,
                    column=column,
                    nearest=likely or nearest(column, table.known),
                    repair="rename it, or remove it",
                )
                meant.add(likely)  # a misspelt heading is one mistake, not two
        missing = [c for c in missing if c not in meant]
        lent = (
            "`mechlin city import` takes them from published files, `mechlin city borrow` fills what nobody published"
        )
        repair = lent if file == "areas.csv" else ""
        if len(missing) > _MISSING_SAID:
            what = f"{len(missing)} columns are missing: {', '.join(missing)}"
            self._wrong(what, file, row=1, column=missing[0], repair=repair)
            return
        for column in missing:
            self._wrong(f"the column {column!r} is missing", file, row=1, column=column, repair=repair)


def _is_named_freely(file: str, column: str) -> bool:
    """Return whether a city may choose such a column of numbers: one of its backgrounds, or a number it calibrated."""
    if file == "calibration.csv":
        return bool(_OWNED.fullmatch(column))
    return file == "areas.csv" and column.startswith(BACKGROUND) and len(column) > len(BACKGROUND)


def _called(areas: pl.DataFrame, at: int) -> str:
    """Return an area's name, or else its code."""
    return str(areas["name"][at] if "name" in areas.columns else areas["code"][at])


def _nothing(table: Table) -> pl.DataFrame:
    """Return a table of that kind without rows."""
    return pl.DataFrame(schema={c: pl.Float64 if c in table.numbers else pl.String for c in table.required})
