"""A long table as somebody gives it: town, period, figure in each row; read once, and everything wrong told at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mechlin.city.importing.numerals import decimal_mark
from mechlin.city.tables.encoding import read_text
from mechlin.core.errors import InputError, Problem
from mechlin.evaluation import periods

TABLE = "the table"  # what a table is called that came from memory, not from a file
_SHOWN = 12  # problems of one kind that are told one by one
_HEADING = 2  # the first row of figures: row 1 of a file is its heading
_SHARE, _PERCENT = 1.0, 100.0
_BETWEEN = (30.0, 300.0)  # how many times larger per cents are than shares, both being of the same thing (assumption)
_CLOSE, _APART = 20.0, 5.0  # each kind lies within so many times, and the two are so many times apart (assumption)
_MOST_CELLS = 200_000_000  # towns times periods that are held at once (1.6 GB)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BLANK = ["", "na", "nan", "null", "none", ".", "-", "–"]


class Columns(NamedTuple):
    """Which column holds the town, the period, the figure, and (where towns merged) what a figure weighs."""

    unit: str
    time: str
    value: str
    weight: str = ""


class Grid(NamedTuple):
    """The table as towns (by name) by periods; NaN where it has nothing."""

    towns: list[str]
    kind: str
    numbers: np.ndarray
    values: np.ndarray
    weights: np.ndarray | None = None


class _Rows(NamedTuple):
    """The rows behind a grid, to find the row of a problem."""

    frame: pl.DataFrame
    file: str
    columns: Columns

    def row(self, town: str, number: int | None = None) -> int | None:
        """Return the first row of a town, or that of one of its periods."""
        found = self.frame.filter(pl.col("unit") == town)
        if number is not None:
            found = found.filter(pl.col("number") == number)
        return int(found["row"][0]) if found.height else None


def read(source: str | Path | pl.DataFrame | Any) -> tuple[str, pl.DataFrame]:
    """Return a table as text cells, and its name; raise InputError where it is no table.

    ``source`` is a file (CSV with any usual mark between cells, or Parquet), a Polars frame or a pandas one.
    """
    if isinstance(source, pl.DataFrame):
        return TABLE, source.select(pl.all().cast(pl.String))
    if not isinstance(source, str | Path):
        return TABLE, pl.DataFrame({str(c): [str(v) for v in source[c]] for c in source.columns})
    path = Path(source)
    if not path.is_file():
        raise InputError([Problem(f"there is no file {path}", repair="write its path, or the name of a shipped panel")])
    if path.suffix == ".parquet":
        return path.name, pl.read_parquet(path).select(pl.all().cast(pl.String))
    with path.open("rb") as file:
        head = file.readline()
    if head.startswith(_SPREADSHEETS):
        what = "the file is a spreadsheet, not a table of text"
        raise InputError([Problem(what, file=path.name, repair="save its sheet as CSV, or as Parquet")])
    mark = max(",;\t|", key=head.decode("utf-8-sig", errors="replace").count)
    try:
        frame = _cut(path, mark)
    except pl.exceptions.NoDataError:
        raise InputError([Problem("the file is empty", file=path.name)]) from None
    except pl.exceptions.ComputeError as error:
        said, fix = str(error).splitlines()[0], "give every row as many cells as the heading has"
        raise InputError([Problem(f"not a table: {said}", file=path.name, repair=fix)]) from None
    return path.name, frame.rename({c: c.strip().lstrip("\ufeff") for c in frame.columns})


def _cut(path: Path, mark: str) -> pl.DataFrame:
    """Return a file of text cut into cells; one that is not in UTF-8 is read in the older encoding it is likeliest in."""
    try:
        return pl.read_csv(path, separator=mark, infer_schema=False, truncate_ragged_lines=False)
    except pl.exceptions.ComputeError as error:
        if "utf" not in str(error).casefold():
            raise
    text, _ = read_text(path)
    return pl.read_csv(text.encode(), separator=mark, infer_schema=False, truncate_ragged_lines=False)


def looked_through(
    frame: pl.DataFrame, columns: Columns, file: str, crosswalk: str | Path | None = None
) -> tuple[Grid, list[Problem]]:
    """Return the table as towns by periods, and everything that is wrong with it."""
    rows, kind = _parsed(frame, columns, file)
    there = _Rows(rows, file, columns)
    problems = list(_cells(there, kind))
    fit = rows.filter(pl.col("number").is_not_null() & pl.col("unit").is_not_null() & (pl.col("unit") != ""))
    grid, wrong = _gridded(fit, kind, there)
    problems += wrong
    if crosswalk is not None and not wrong:
        grid, wrong = merged(grid, Path(crosswalk))
        problems += wrong
    return grid, problems + _mixed(grid, there)


def _parsed(frame: pl.DataFrame, columns: Columns, file: str) -> tuple[pl.DataFrame, str]:
    """Return row, unit, time, value as text, and number and figure as what they say; and the kind of period."""
    weight = [pl.col(columns.weight).alias("weight")] if columns.weight else []
    rows = frame.select(
        pl.col(columns.unit).str.strip_chars().alias("unit"),
        pl.col(columns.time).alias("time"),
        pl.col(columns.value).alias("value"),
        *weight,
    ).with_row_index("row", 1 if file == TABLE else _HEADING)
    kind = periods.kind_of(rows["time"])
    read_ = rows.with_columns(
        periods.numbered(pl.col("time"), kind).alias("number"),
        pl.col("value").cast(pl.Float64, strict=False).alias("figure"),
        *[pl.col("weight").str.strip_chars().cast(pl.Float64, strict=False)] * len(weight),
    )
    if read_["number"].null_count() or read_["figure"].null_count():  # blanks around a number: seldom, and slow to cut
        bare = pl.col("time").str.strip_chars()
        read_ = read_.with_columns(
            pl.col("number").fill_null(periods.numbered(bare, kind)),
            pl.col("figure").fill_null(pl.col("value").str.strip_chars().cast(pl.Float64, strict=False)),
        )
    if decimal_mark(read_.filter(pl.col("figure").is_null())["value"]) == ",":
        read_ = _with_commas(read_)
    return read_, kind


def _with_commas(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose figures have decimal commas, read so; as they were where some have points for decimals too."""
    if decimal_mark(rows["value"]) != ",":
        return rows
    text = pl.col("value").str.strip_chars().str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return rows.with_columns(text.cast(pl.Float64, strict=False).alias("figure"))


def _cells(there: _Rows, kind: str) -> Iterator[Problem]:
    """Tell each cell that says nothing or what it may not, a dozen of each sort."""
    rows, columns = there.frame, there.columns
    strange = rows.filter(pl.col("figure").is_null() | ~pl.col("figure").is_finite())
    blank = pl.col("value").is_null() | pl.col("value").str.strip_chars().str.to_lowercase().is_in(_BLANK)
    sorts = [
        (rows.filter(pl.col("unit").is_null() | (pl.col("unit") == "")), columns.unit, "no town is named", ""),
        (rows.filter(pl.col("number").is_null()), columns.time, "{time!r} is no " + kind, periods.ALLOWED),
        (
            strange.filter(pl.col("figure").is_null() & ~blank),
            columns.value,
            "{value!r} is no number",
            "write a point for decimals (or a comma in every row) and nothing for thousands; leave the cell empty if not known",
        ),
        (
            strange.filter(pl.col("figure").is_infinite()),
            columns.value,
            "{value} is no figure",
            "leave the cell empty where nothing is known; was something divided by zero?",
        ),
    ]
    for found, column, what, repair in sorts:
        for row in found.head(_SHOWN).to_dicts():
            yield Problem(what.format(**row), file=there.file, row=row["row"], column=column, repair=repair)
        if found.height > _SHOWN:
            yield Problem(f"and {found.height - _SHOWN:,} more rows of the same kind", file=there.file, column=column)


def _gridded(rows: pl.DataFrame, kind: str, there: _Rows) -> tuple[Grid, list[Problem]]:
    """Return rows as towns by periods, and the towns with two rows for one period."""
    towns = sorted(rows["unit"].unique().to_list())
    numbers, at = _places(rows["number"].to_numpy())
    cells = len(towns) * numbers.size
    empty = Grid([], kind, numbers[:0], np.empty((0, 0)))
    if cells == 0:
        return empty, [] if there.frame.height else [Problem("the table has no rows", file=there.file)]
    if cells > _MOST_CELLS:
        what = f"{len(towns):,} towns over {numbers.size:,} periods are too many for {rows.height:,} rows"
        return empty, [Problem(what, file=there.file, column=there.columns.unit, repair="is this the column of towns?")]
    units = rows["unit"].cast(pl.Enum(towns)).to_physical()
    flat = units.to_numpy().astype(np.int64) * numbers.size + at
    values = np.full(cells, np.nan)
    values[flat] = rows["figure"].to_numpy()
    values[np.isinf(values)] = np.nan
    weights: np.ndarray | None = None
    if "weight" in rows.columns:
        heavy = np.full(cells, np.nan)
        heavy[flat] = rows["weight"].to_numpy()
        weights = heavy.reshape(len(towns), -1)
    grid = Grid(towns, kind, numbers, values.reshape(len(towns), -1), weights)
    counts = np.bincount(flat, minlength=cells)
    twice = np.flatnonzero(counts > 1)
    return grid, list(_doubled(grid, twice, there)) if twice.size else []


def _places(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the periods there are, in order, and the place of each row's among them."""
    if numbers.size == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first = numbers.min()
    there = np.bincount(numbers - first) > 0
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[numbers - first]


def _doubled(grid: Grid, twice: np.ndarray, there: _Rows) -> Iterator[Problem]:
    """Tell the towns with two rows for one period."""
    for place in twice[:_SHOWN]:
        town, number = grid.towns[place // grid.numbers.size], int(grid.numbers[place % grid.numbers.size])
        rows = there.frame.filter((pl.col("unit") == town) & (pl.col("number") == number))["row"].to_list()
        also = ", ".join(str(n) for n in rows[:3])
        yield Problem(
            f"{town} has {len(rows)} rows for {periods.label(grid.kind, number)}: rows {also}",
            file=there.file,
            row=rows[1],
            column=there.columns.unit,
            repair="keep one row for each town and period; towns that merged are added up with --crosswalk",
        )
    if twice.size > _SHOWN:
        yield Problem(f"and {twice.size - _SHOWN:,} more doubled rows", file=there.file)


def _mixed(grid: Grid, there: _Rows) -> list[Problem]:
    """Return where per cents stand beside shares: between towns, or between the periods of one town.

    Only what can hardly be anything else is called so: nothing negative, nothing over 100, two kinds of figures a
    hundred times apart, each kind close together, and a gap between them.
    """
    values = grid.values
    if values.size == 0 or not (np.nanmin(values, initial=0.0) >= 0.0 and np.nanmax(values, initial=0.0) <= _PERCENT):
        return []
    advice = "write all in one unit: shares from 0 to 1, or per cents from 0 to 100"
    where = {"file": there.file, "column": there.columns.value, "repair": advice}
    known = ~np.isnan(values).all(axis=1)
    most = np.nanmax(np.where(known[:, None], values, 0.0), axis=1)
    shares, others = known & (most <= _SHARE), known & (most > _SHARE)
    middle = _middles(values)
    if shares.any() and others.any() and _two_kinds(middle[shares], middle[others]):
        few = shares if shares.sum() <= others.sum() else others
        rest = float(np.median(middle[others if few is shares else shares]))
        one, usual = ("shares", "per cents") if few is shares else ("per cents", "shares")
        return [
            Problem(
                f"{grid.towns[k]} has {one}, as {middle[k]:g}, where most have {usual}, as {rest:g}",
                row=there.row(grid.towns[k]),
                **where,
            )
            for k in np.flatnonzero(few)[:_SHOWN]
        ]
    return [
        Problem(
            f"{grid.towns[k]} has {values[k, c]:g} beside {rest:g}: a share beside per cents, or the reverse",
            row=there.row(grid.towns[k], int(grid.numbers[c])),
            **where,
        )
        for k, c, rest in _odd_cells(values, others)
    ][:_SHOWN]


def _two_kinds(low: np.ndarray, high: np.ndarray) -> bool:
    """Return whether two sets of figures look like the same things as shares and as per cents."""
    low = low[low > 0.0]
    if low.size == 0:
        return False
    times = float(np.median(high) / np.median(low))
    close = low.max() <= _CLOSE * low.min() and high.max() <= _CLOSE * high.min()
    return bool(_BETWEEN[0] <= times <= _BETWEEN[1] and close and high.min() >= _APART * low.max())


def _odd_cells(values: np.ndarray, mixed: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Give the cells of a town that are of the other kind than most of its cells, and what those are like."""
    with np.errstate(invalid="ignore"):
        below = (values > 0.0) & (values <= _SHARE)
        candidates = np.flatnonzero(mixed & below.any(axis=1))
    for k in candidates:
        row = values[k]
        low, high = below[k], row > _SHARE
        if not _two_kinds(row[low], row[high]):
            continue
        few, rest = (low, high) if low.sum() <= high.sum() else (high, low)
        for c in np.flatnonzero(few):
            yield int(k), int(c), float(np.median(row[rest]))


def _middles(sizes: np.ndarray) -> np.ndarray:
    """Return the (lower) median of each row, what is missing left out."""
    counted = (~np.isnan(sizes)).sum(axis=1)
    return np.asarray(np.sort(sizes, axis=1)[np.arange(sizes.shape[0]), np.maximum(counted - 1, 0) // 2])


def merged(grid: Grid, path: Path) -> tuple[Grid, list[Problem]]:
    """Return the grid with the towns that a crosswalk (old, new) names added up under their new name.

    Counts are added; with weights, figures are weighted means. A sum of which a part is missing is missing.
    """
    file, table = read(path)
    if missing := [c for c in ("old", "new") if c not in table.columns]:
        return grid, [
            Problem(f"there is no column {c!r}", file=file, row=1, allowed="old, new", repair="name it")
            for c in missing
        ]
    pairs = dict(zip(table["old"].str.strip_chars().to_list(), table["new"].str.strip_chars().to_list(), strict=True))
    place = {name: k for k, name in enumerate(grid.towns)}
    problems = [
        Problem(f"{old} is not in the panel", file=file, row=row, column="old", repair="write its name as in the panel")
        for row, old in enumerate(pairs, _HEADING)
        if old not in place
    ]
    groups: dict[str, list[int]] = {}
    for old, new in pairs.items():
        if old in place:
            groups.setdefault(new, []).append(place[old])
    towns = [t for t in grid.towns if t not in pairs]
    towns = sorted({*towns, *groups})
    values = np.full((len(towns), grid.numbers.size), np.nan)
    for k, name in enumerate(towns):
        own = grid.values[place[name]] if name in place else np.full(grid.numbers.size, np.nan)
        if name not in groups:
            values[k] = own
            continue
        parts = [p for p in groups[name] if grid.towns[p] != name]
        summed = _summed(grid, [*parts, *([place[name]] if name in pairs else [])])
        both = ~np.isnan(own) & ~np.isnan(grid.values[parts]).all(axis=0)
        if both.any() and name not in pairs:
            at = periods.label(grid.kind, int(grid.numbers[int(np.argmax(both))]))
            what = f"{name} has figures of its own and of towns that became it, in {at} for one"
            problems.append(Problem(what, file=file, repair="keep one of the two in each period"))
        values[k] = np.where(np.isnan(summed) if name not in pairs else False, own, summed)
    return Grid(towns, grid.kind, grid.numbers, values), problems


def _summed(grid: Grid, rows: list[int]) -> np.ndarray:
    parts = grid.values[rows]
    if grid.weights is None:
        return np.asarray(parts.sum(axis=0))
    weights = grid.weights[rows]
    return np.asarray((parts * weights).sum(axis=0) / weights.sum(axis=0))
