"""A long table as towns by periods; whatever is wrong with its cells and rows is told at once, each with its row."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from mechlin.city.importing.numerals import MIXED, parse
from mechlin.city.tables.signs import GENERAL
from mechlin.core.errors import Problem
from mechlin.evaluation import periods
from mechlin.evaluation.mixed_units import mixed
from mechlin.evaluation.table import HEADING, SHOWN, TABLE

_MOST_CELLS = 200_000_000  # towns times periods that are held at once (1.6 GB)
_TOP = 1e18  # no count or sum of a town is larger, whatever its money
_SOME = 10_000  # cells that nearly always tell whether a column has figures as offices write them
_MOSTLY = 0.5  # of the rows: what is wrong with more of them is said once, of the column
_CODES = tuple(float(sign) for sign in GENERAL.signs if sign.startswith("-9"))  # figures that stand for "not known"
_SIGNS = {sign: kind for sign, kind in GENERAL.signs.items() if not sign.startswith("-9")}
_ROUNDING = 1e-6  # of a thousandth
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"  # 1.234 or 1,234: decimals in one country, thousands in another


class Columns(NamedTuple):
    """Which column holds the town, the period, the figure, and (where towns merged) what a figure weighs.

    ``others`` are the columns that are not read.
    """

    unit: str
    time: str
    value: str
    weight: str = ""
    others: tuple[str, ...] = ()


class Grid(NamedTuple):
    """The table as towns (by name) by periods; NaN where it has nothing."""

    towns: list[str]
    kind: str
    numbers: np.ndarray
    values: np.ndarray
    weights: np.ndarray | None = None


class _Rows(NamedTuple):
    """The rows behind a grid: row, town, period and figure as text and as what they say; ``bad`` marks no figure."""

    frame: pl.DataFrame
    kind: str
    unsure: bool  # whether figures with three digits behind a mark may be thousands
    file: str
    columns: Columns

    def of(self, town: str, number: int | None = None) -> list[int]:
        """Return the rows of a town, or of one of its periods."""
        found = self.frame.filter(pl.col("unit") == town)
        return (found if number is None else found.filter(pl.col("number") == number))["row"].to_list()


def looked_through(frame: pl.DataFrame, columns: Columns, file: str) -> tuple[Grid, list[Problem]]:
    """Return the table as towns by periods, and everything that is wrong with it."""
    there = _parsed(frame, columns, file)
    problems = [*_cells(there), *_unclear(there)]
    grid, wrong = _gridded(there)
    named = mixed(grid.towns, grid.values, columns.value, file, lambda k, c: _first(there, grid, k, c))
    return grid, [*problems, *wrong, *named]


def _first(there: _Rows, grid: Grid, town: int, period: int | None) -> int:
    return there.of(grid.towns[town], None if period is None else int(grid.numbers[period]))[0]


def named(text: str) -> str:
    """Return a town's name in one form: é is one letter, however it was typed, and a blank is a blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


# ------------------------------------------------------------------------------------------------- cells


def _parsed(frame: pl.DataFrame, columns: Columns, file: str) -> _Rows:
    """Return the rows with what their cells say; a row in which nothing stands is none."""
    weight = [pl.col(columns.weight).alias("weight")] if columns.weight else []
    text = frame.select(
        pl.col(columns.unit).alias("unit"),
        pl.col(columns.time).alias("time"),
        pl.col(columns.value).alias("value"),
        *weight,
    ).with_row_index("row", 1 if file == TABLE else HEADING)
    text = text.with_columns(_towns(text["unit"]))
    if text["unit"].null_count():
        empty = [pl.col(c).is_null() | (pl.col(c).str.strip_chars() == "") for c in ("time", "value")]
        text = text.filter(~(pl.col("unit").is_null() & empty[0] & empty[1]))
    kind, number = _periods(text["time"])
    said = _figures(text["value"])
    rows = text.with_columns(
        number.alias("number"), *(s.alias(name) for name, s in said._asdict().items() if name != "unsure")
    )
    if weight:
        rows = rows.with_columns(pl.col("weight").str.strip_chars().cast(pl.Float64, strict=False))
    return _Rows(rows, kind, said.unsure, file, columns)


def _towns(cells: pl.Series) -> pl.Series:
    """Return names of towns, each in one form and held once; None where none stands."""
    written = cells.drop_nulls().unique().to_list()
    clean = [named(text) for text in written]
    known = pl.Enum(sorted({*clean} - {""}))
    if written == clean:
        return cells.replace("", None).cast(known)
    return cells.replace_strict(written, [c or None for c in clean], default=None, return_dtype=known)


def _periods(cells: pl.Series) -> tuple[str, pl.Series]:
    """Return the kind of period, and each cell's number; dates of which each year has one are years."""
    kind = periods.kind_of(cells)
    number = pl.select(periods.numbered(cells, kind)).to_series()
    if number.null_count() > cells.null_count():
        number = number.fill_null(pl.select(periods.numbered(cells.str.strip_chars(), kind)).to_series())
    return periods.coarser(kind, number)


class _Figures(NamedTuple):
    """A column of figures: what each cell says, where one says none, where one has no end, and whether it is clear."""

    figure: pl.Series
    bad: pl.Series
    endless: pl.Series
    unsure: bool


def _figures(cells: pl.Series) -> _Figures:
    """Read a column of figures: most are plain numbers, others are read as offices write them, if all in one way."""
    figure = cells.cast(pl.Float64, strict=False)
    endless = (figure.abs() > _TOP).fill_null(False) & figure.is_not_nan().fill_null(False)
    figure = figure.set(endless | figure.is_nan().fill_null(False), None)
    odd = cells.filter(figure.is_null() & cells.is_not_null() & ~endless).unique()
    unsure = _points_for_thousands(cells, figure)
    if any(parse(some, _SIGNS).values.is_not_null().any() for some in (odd.head(_SOME), odd[_SOME:])):
        whole = parse(cells, _SIGNS)
        if whole.decimal != MIXED:
            unsure = whole.unsure and (unsure or bool(cells.str.contains(",", literal=True).any()))
            endless |= (whole.values.abs() > _TOP).fill_null(False)
            return _Figures(whole.values.set(endless, None), whole.bad & ~endless, endless, unsure)
    blank = odd.filter(parse(odd, _SIGNS).kinds.is_not_null())
    bad = figure.is_null() & cells.is_not_null() & ~endless & ~cells.is_in(blank.to_list())
    return _Figures(figure, bad, endless, unsure)


def _points_for_thousands(cells: pl.Series, figure: pl.Series) -> bool:
    """Return whether every point has three digits behind it and other figures have none: 980, 1.020."""
    thousandths = 1000.0 * figure
    if not ((thousandths - thousandths.round()).abs() < _ROUNDING).all() or (figure == figure.round()).all():
        return False  # quick to see, and nearly always so
    text = cells.str.strip_chars()
    pointed = text.str.contains(".", literal=True)
    bare = text.filter(~pointed & (figure != 0.0))
    return bool(text.filter(pointed).str.contains(_GROUPED).all() and bare.len() and (bare.str.len_chars() <= 4).all())


def _cells(there: _Rows) -> Iterator[Problem]:
    """Tell each cell that says nothing or what it may not, a dozen of each sort, or once what is wrong with most."""
    rows, columns = there.frame, there.columns
    decimals = (
        "write digits with a point for decimals (or a comma in every row), nothing for thousands and no unit; "
        "leave the cell empty if not known"
    )
    sorts = [
        (pl.col("unit").is_null(), columns.unit, "no town is named", "", "write the town in every row"),
        (
            pl.col("number").is_null() & pl.col("time").is_null(),
            columns.time,
            "no period is named",
            periods.ALLOWED,
            "",
        ),
        (
            pl.col("number").is_null() & pl.col("time").is_not_null(),
            columns.time,
            "{time!r} is no " + there.kind,
            periods.ALLOWED,
            "write all periods in one way",
        ),
        (pl.col("bad"), columns.value, "{value!r} is no number", "", decimals),
        (
            pl.col("endless"),
            columns.value,
            "{value} is no figure",
            "",
            "leave the cell empty where nothing is known; was something divided by zero?",
        ),
    ]
    for which, column, what, allowed, repair in sorts:
        found = rows.filter(which)
        mostly = found.height > SHOWN and found.height > _MOSTLY * rows.height
        for row in found.head(1 if mostly else SHOWN).to_dicts():
            said = what.format(**row)
            if mostly:
                said += f", and so in {found.height:,} of {rows.height:,} rows"
            yield Problem(said, there.file, row["row"], column, allowed, repair=repair)
        if found.height > SHOWN and not mostly:
            yield Problem(f"and {found.height - SHOWN:,} more rows of the same kind", file=there.file, column=column)


def _unclear(there: _Rows) -> Iterator[Problem]:
    """Tell figures that can be read in two ways: 1.234 beside 980, and -999 where nothing else is below zero."""
    rows, file, column = there.frame, there.file, there.columns.value
    if there.unsure:
        row, cell = rows.filter(pl.col("value").str.strip_chars().str.contains(_GROUPED)).select("row", "value").row(0)
        digits = "".join(c for c in cell if c.isdigit())
        what = f"{cell.strip()!r} may be {digits[:-3]}.{digits[-3:]} or {digits}: no cell of the column says which"
        fix = "write nothing for thousands and a point for decimals, as many decimals in every row"
        yield Problem(what, file, row, column, repair=fix)
    below = rows.filter(pl.col("figure") < 0.0)
    if below.height and bool(below["figure"].is_in(_CODES).all()):
        for row, cell in below.select("row", "value").head(SHOWN).rows():
            what = f"{cell.strip()} stands alone below zero: is it a code for what is not known?"
            yield Problem(what, file, row, column, repair="leave the cell empty where nothing is known")


# ------------------------------------------------------------------------------------------------- the grid


def _gridded(there: _Rows) -> tuple[Grid, list[Problem]]:
    """Return rows as towns by periods, and the towns with two rows for one period."""
    rows = there.frame
    if rows["unit"].null_count() or rows["number"].null_count():
        rows = rows.filter(pl.col("unit").is_not_null() & pl.col("number").is_not_null())
    named_ = rows["unit"].dtype
    towns = named_.categories.to_list() if isinstance(named_, pl.Enum) else []
    numbers, at = _places(rows["number"].to_numpy())
    cells = len(towns) * numbers.size
    empty = Grid([], there.kind, numbers[:0], np.empty((0, 0)))
    if cells == 0:
        return empty, [] if there.frame.height else [Problem("the table has no rows", file=there.file)]
    if cells > _MOST_CELLS:
        what = f"{len(towns):,} towns over {numbers.size:,} periods are too many for {rows.height:,} rows"
        return empty, [Problem(what, file=there.file, column=there.columns.unit, repair="is this the column of towns?")]
    flat = rows["unit"].to_physical().to_numpy().astype(np.int64) * numbers.size + at
    values = np.full(cells, np.nan)
    values[flat] = rows["figure"].to_numpy()
    weights: np.ndarray | None = None
    if "weight" in rows.columns:
        heavy = np.full(cells, np.nan)
        heavy[flat] = rows["weight"].to_numpy()
        weights = heavy.reshape(len(towns), -1)
    grid = Grid(towns, there.kind, numbers, values.reshape(len(towns), -1), weights)
    twice = np.flatnonzero(np.bincount(flat, minlength=cells) > 1)
    return grid, list(_doubled(grid, twice, there)) if twice.size else []


def _places(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the periods there are, in order, and the place of each row's among them."""
    if numbers.size == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first = numbers.min()
    there = np.bincount(numbers - first) > 0
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[numbers - first]


def _doubled(grid: Grid, twice: np.ndarray, there: _Rows) -> Iterator[Problem]:
    """Tell the towns with two rows for one period; where most have, once, for then a row is something else."""
    mostly = twice.size > SHOWN and twice.size > _MOSTLY * np.isfinite(grid.values).sum()
    fix = "keep one row for each town and period; towns that merged are added up with --crosswalk"
    if mostly:
        others = f"; or keep the rows of one value of {', '.join(there.columns.others)}" if there.columns.others else ""
        fix = f"a row is not a town in a period here: count or add up the rows of each first{others}"
    for place in twice[: 1 if mostly else SHOWN]:
        town, number = grid.towns[place // grid.numbers.size], int(grid.numbers[place % grid.numbers.size])
        rows = there.of(town, number)
        said = f"{town} has {len(rows):,} rows for {periods.label(grid.kind, number)}: rows "
        said += ", ".join(str(n) for n in rows[:3]) + (" and more" if len(rows) > 3 else "")
        said += f"; so it is in {twice.size:,} of {grid.values.size:,} towns and periods" if mostly else ""
        yield Problem(said, file=there.file, row=rows[1], column=there.columns.unit, repair=fix)
    if twice.size > SHOWN and not mostly:
        yield Problem(f"and {twice.size - SHOWN:,} more doubled rows", file=there.file)
