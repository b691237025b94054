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

_BARE_MONTH = re.compile(r"^(\s*[\w.\"-]+\s*=\s*)(\d{4}-\d{2})(\s*(?:#.*)?)$", re.MULTILINE)
_HEADING = re.compile(r"\s*\[(\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
_ROW = re.compile(r"line (\d+)")


def read_toml(text: str, file: str) -> dict[str, Any]:
    """Return what ``text`` says; raise InputError with the row where it is no TOML."""
    try:
        return tomllib.loads(_BARE_MONTH.sub(r'\1"\2"\3', text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said, row = str(error), _ROW.search(str(error))
        repair = 'write text between quotation marks: title = "Mechelen"' if "Invalid value" in said else ""
        if " twice" in said:
            repair = "write [[measure]] above the settings of each phase"
        what, at = f"not valid TOML: {said}", int(row[1]) if row else len(text.splitlines())
        raise InputError([Problem(what, file=file, row=at, repair=repair)]) from None


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
                found.setdefault(f"{name}.{key[1]}" if name else key[1], row)
    return found


def _row_of(column: str, rows: dict[str, int]) -> int | None:
    """Return the row of a setting, or of the table in which it should have stood."""
    while column not in rows and "." in column:
        column = column.rpartition(".")[0]
    return rows.get(column)
