"""Cells of text as numbers: what is empty, what is a sign of an office, what is written in another dialect.

A blank where nobody lives is no gap: there is nothing to count. Signs are told apart by kind, for a figure that was
suppressed can be borrowed and one that is zero must not be.
"""

import math
import re
from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from mechlin.city.tables.grouping import listed
from mechlin.city.tables.signs import GENERAL, NONE, NOT_ASKED, SUPPRESSED, UNSAID
from mechlin.core.errors import Problem

_EMPTY = "the cell is empty"
_ROW_GAPS = 3  # empty cells of one row that are said as one problem
_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$")  # 0,21 and 1.931,21
_BORROW = "give the figure, or leave the cell empty and let `mechlin city borrow` fill it and mark it"
# What stands in place of a number, in words; the keys of single offices differ: the import asks whose table it is.
_KINDS = {
    SUPPRESSED: "a figure that was suppressed",
    NOT_ASKED: "a figure that is not available",
    NONE: "a figure that cannot be",
    UNSAID: "zero, or no figure: offices differ",
}
_CODES = re.compile(r"-9{3,}\d*(?:\.0*)?")  # -999, -9999, -99997
_SIGNS = {sign: _KINDS[kind] for sign, kind in GENERAL.signs.items() if not _CODES.fullmatch(sign)}
_ZERO = "write 0 where the office's key says zero, else leave the cell empty and let `mechlin city borrow` fill it"
_CODE_MOST = -999.0  # the largest number that stands for a missing one
_ALWAYS = ("x_km", "y_km", "area_km2", "people", "households", "group_quarters")  # counted where nobody lives, too


class Typed(NamedTuple):
    """A table with numbers as numbers, everything wrong with its cells, and whether other tables can be held against it."""

    table: pl.DataFrame
    problems: list[Problem]
    readable: bool


def typed(file: str, texts: list[pl.Series], numbers: Collection[str], filled: Collection[str], gaps: bool) -> Typed:
    """Return columns of text (null in rows that were broken) as a table.

    ``numbers`` names the columns of numbers, ``filled`` those of text that must not be empty; ``gaps`` says whether
    a number may be missing, but for a year.
    """
    counted = [t for t in texts if t.name in numbers]
    dialect = _dialect(file, counted)
    if dialect:
        return Typed(pl.DataFrame(texts).select(t.name for t in texts if t.name not in numbers), [dialect], False)
    problems: list[Problem] = []
    empty: dict[int, list[str]] = {}
    nobody = _nobody(file, counted)
    columns = []
    for text in texts:
        may_be_empty = text.name not in filled
        if text.name not in numbers:
            columns.append(text.fill_null(""))
        else:
            values, wrong = _numbers(file, text)
            columns.append(values)
            problems += wrong
            may_be_empty = gaps and text.name != "year"
        spared = nobody if text.name in numbers and text.name not in _ALWAYS else ()
        for at in () if may_be_empty else (n for n, cell in enumerate(text.to_list()) if cell == ""):
            if at not in spared:
                empty.setdefault(at, []).append(text.name)
    table = pl.DataFrame(columns)
    return Typed(table, [*problems, *_gaps(file, empty, table, numbers)], True)


def _dialect(file: str, texts: list[pl.Series]) -> Problem | None:
    """Return one problem for numbers with a decimal comma: then a point means thousands, and nothing can be told."""
    found = [(at, t.name, c) for t in texts for at, c in enumerate(t.to_list()) if c and "," in c and _COMMA.match(c)]
    if not found:
        return None
    at, column, cell = min(found)
    others = listed([f"{c!r} in row {n + 2}" for n, _, c in sorted(found)[1:]])
    return Problem(
        f"{cell!r} is not a number: it has a decimal comma{f' (so have {others})' if others else ''}",
        file=file,
        row=at + 2,
        column=column,
        allowed="a point for decimals, and nothing between thousands",
        repair="write a point for the decimal comma and leave out points between thousands, or let `mechlin city import` "
        "read the table as it is",
    )


def _nobody(file: str, texts: list[pl.Series]) -> Collection[int]:
    """Return in which rows of areas.csv no household lives; none for another table."""
    by_name = {t.name: t.cast(pl.Float64, strict=False) for t in texts}
    if file != "areas.csv" or "people" not in by_name:
        return ()
    people = by_name["people"] - by_name.get("group_quarters", by_name["people"] * 0).fill_null(0)
    return set((people == 0).fill_null(value=False).arg_true())


def _numbers(file: str, text: pl.Series) -> tuple[pl.Series, list[Problem]]:
    """Return a column of numbers and what in it is none: one problem for each kind of sign, one for any other cell."""
    values = text.cast(pl.Float64, strict=False)
    least = values.min()
    sound = values.null_count() == text.null_count() and isinstance(least, float) and least > _CODE_MOST
    if sound and math.isfinite(values.abs().sum()):
        return values, []
    values = values.set(~values.is_finite(), None)
    coded = text.str.contains(f"^{_CODES.pattern}$") if file == "areas.csv" else text.is_null()
    values = values.set(coded.fill_null(value=False), None)
    bad = (values.is_null() & text.is_not_null() & (text != "")).arg_true()
    signs: dict[str, list[int]] = {}
    out = []
    for at in bad:
        sign = text[at].lower()
        if sign in _SIGNS or (coded[at] and _CODES.fullmatch(sign)):
            signs.setdefault(sign, []).append(at)
            continue
        what = f"{text[at]!r} is not a number"
        out.append(Problem(what, file, at + 2, text.name, allowed="a number", repair=_number_repair(text[at])))
    return values, [*out, *(_sign_problem(file, text, rows) for rows in signs.values())]


def _sign_problem(file: str, text: pl.Series, rows: list[int]) -> Problem:
    sign = text[rows[0]]
    kind = _SIGNS.get(sign.lower(), f"{_KINDS[NOT_ASKED]}, by code")
    more = f"; so in rows {listed([str(at + 2) for at in rows[1:]])}" if len(rows) > 1 else ""
    repair = _ZERO if "zero" in kind else _BORROW
    return Problem(
        f"{sign!r} is not a number: it stands for {kind}{more}",
        file,
        rows[0] + 2,
        text.name,
        allowed="a number",
        repair=repair if file == "areas.csv" else "give the figure, or leave out the row",
    )


def _number_repair(cell: str) -> str:
    """Return how to write what was probably meant."""
    if cell.endswith("%"):
        return "divide per cents by 100 and leave out the sign"
    if "," in cell:
        return "leave out the comma between thousands"
    return "leave out what is no digit" if cell[:1].isdigit() else ""


def _gaps(file: str, empty: dict[int, list[str]], table: pl.DataFrame, numbers: Collection[str]) -> list[Problem]:
    """Return empty cells: a whole column as one problem, several of one row as one, others one by one."""
    out = []
    by_column: dict[str, list[int]] = {}
    for at, names in empty.items():
        for name in names:
            by_column.setdefault(name, []).append(at)
    whole = {name for name, rows in by_column.items() if len(rows) == table.height > _ROW_GAPS}
    for name in sorted(whole):
        repair = _BORROW if file == "areas.csv" and name in numbers else ""
        out.append(Problem(f"every one of the {table.height} cells is empty", file, 2, name, repair=repair))
    for at, names in empty.items():
        left = [n for n in names if n not in whole]
        repair = _BORROW if file == "areas.csv" and set(left) <= set(numbers) else ""
        if len(left) >= _ROW_GAPS:
            what = f"{len(left)} cells of the row are empty: {', '.join(left)}"
            out.append(Problem(what, file, at + 2, left[0], allowed="a number in each", repair=repair))
            continue
        for name in left:
            allowed = "a number" if name in numbers else ""
            out.append(Problem(_EMPTY, file, at + 2, name, allowed=allowed, repair=repair))
    return out
