"""TOML as people write it: months need no quotation marks, and what is wrong is told with its row.

The standard library reads TOML but does not say where a value stood; the row of a setting is found by looking for its
key below its table's heading.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mechlin.core.errors import InputError, Problem

_BARE_MONTH = re.compile(r"^(\s*[\w.\"-]+\s*=\s*)([0-9]{4}-[0-9]{2})(\s*(?:#.*)?)$", re.MULTILINE)
_HEADING = re.compile(r"\s*\[(\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+|\"[^\"]*\")\s*=")
_ROW = re.compile(r"\(at line (\d+)[^)]*\)|\(at end of document\)")
_LONG_NUMBER = re.compile(r"[0-9_]{1000,}")  # more digits than anything in a city can have
_DECIMAL_COMMA = re.compile(r"=\s*[+-]?([0-9]+),([0-9]+)\s*(?:#.*)?$")
_SLASHED_MONTH = re.compile(r"=\s*\"?(?:[0-9]{1,2}[/.])?([0-9]{1,2})[/.]([0-9]{4})\b")
_TEXT_UNQUOTED = 'write text between quotation marks: title = "Mechelen"'


def decoded(data: bytes, file: str) -> str:
    """Return a file's bytes as text, without the mark that some editors put first; raise InputError unless it is UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise InputError(
            [Problem("the file is not UTF-8 text", file=file, row=row, repair="save it as UTF-8")]
        ) from None


def read_toml(text: str, file: str) -> dict[str, Any]:
    """Return what ``text`` says; raise InputError with the row where it is no TOML."""
    if long := _LONG_NUMBER.search(text):
        raise InputError(
            [
                Problem(
                    f"a number of {len(long[0]):,} digits is not possible", file=file, row=_row_at(text, long.start())
                )
            ]
        )
    try:
        return tomllib.loads(_BARE_MONTH.sub(r'\1"\2"\3', text))
    except RecursionError:
        raise InputError([Problem("not valid TOML: brackets within too many brackets", file=file)]) from None
    except ValueError as error:
        raise InputError([_explained(str(error), text, file)]) from None


def _explained(said: str, text: str, file: str) -> Problem:
    """Return what is wrong with a file that the parser refuses, in words for whoever wrote it."""
    found, lines = _ROW.search(said), text.splitlines() or [""]
    row = int(found[1]) if found and found[1] else len(lines)
    line, what = lines[min(row, len(lines)) - 1], f"not valid TOML: {_ROW.sub('', said).strip()}"
    key = _KEY.match(line)
    if key and "overwrite a value" in said:
        name = key[1].strip('"')
        return Problem(f"{name} is written twice", file=file, row=row, column=name, repair="remove one of the two")
    if "overwrite a value" in said or "twice" in said:
        heading = _HEADING.match(line)
        what = f"[{heading[2]}] is written twice" if heading else "the same key is written twice"
        return Problem(what, file=file, row=row, repair="write [[measure]] above the settings of each phase")
    if comma := _DECIMAL_COMMA.search(line):
        return Problem(
            f"{comma[0].lstrip('= ')} has a decimal comma",
            file=file,
            row=row,
            column=key[1] if key else "",
            repair=f"write a point: {comma[1]}.{comma[2]}",
        )
    if slashed := _SLASHED_MONTH.search(line):
        return Problem(
            f"{slashed[0].lstrip('= ')} is not a month",
            file=file,
            row=row,
            column=key[1] if key else "",
            repair=f"write the year first: {slashed[2]}-{int(slashed[1]):02d}",
        )
    return Problem(what, file=file, row=row, repair=_TEXT_UNQUOTED if "Invalid value" in said else "")


def _row_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def with_rows(problems: Iterable[Problem], text: str) -> list[Problem]:
    """Return the problems in the order of the rows of ``text``: where the setting stands that each names as its column."""
    rows = _rows(text)
    found = [replace(p, row=_row_of(p.column, rows)) if p.row is None else p for p in problems]
    return sorted(found, key=lambda p: p.row or 0)


def _rows(text: str) -> dict[str, int]:
    """Return the row of every heading and key; of a heading that repeats, each is also called ``name[n]``."""
    found: dict[str, int] = {}
    names, times = [""], dict[str, int]()
    for row, line in enumerate(text.splitlines(), 1):
        if heading := _HEADING.match(line):
            names = [heading[2]]
            if heading[1]:
                times[heading[2]] = times.get(heading[2], 0) + 1
                names.append(f"{heading[2]}[{times[heading[2]]}]")
            for name in names:
                found.setdefault(name, row)
        elif key := _KEY.match(line):
            for name in names:
                word = key[1].strip('"')
                found.setdefault(f"{name}.{word}" if name else word, row)
    return found


def _row_of(column: str, rows: dict[str, int]) -> int | None:
    """Return the row of a setting, or of the table in which it should have stood."""
    while column not in rows and "." in column:
        column = column.rpartition(".")[0]
    return rows.get(column)
