"""Headings of several rows put together: groups in merged cells above, parts below, as offices print their tables."""

import re
from collections.abc import Sequence
from typing import NamedTuple

Records = Sequence[Sequence[str]]
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?")
_LEAST = 2  # filled cells of a row above the headings that belongs to them; a title fills one


class Headings(NamedTuple):
    """The names of a table's columns, and the first and last of the rows that they were put together from."""

    names: list[str]
    first: int
    last: int


def width_at(records: Records, at: int) -> int:
    """Return how many columns the headings in row ``at`` have, with the rows below that go on with them."""
    width, n = _extent(records[at]), at + 1
    while n < len(records) - 1 and _goes_on(_cells(records, n, len(records[n]))):
        width, n = max(width, _extent(records[n])), n + 1
    return width


def _extent(row: Sequence[str]) -> int:
    return max((c + 1 for c, cell in enumerate(row) if str(cell).strip()), default=0)


def headings_at(records: Records, at: int, width: int) -> Headings:
    """Return the headings in row ``at``, with the rows that belong to it where some of its cells are blank or alike.

    A cell that is blank in a row of groups belongs to the group left of it, for merged cells keep their word in the first.
    """
    own = _cells(records, at, width)
    last = at
    while last + 1 < len(records) - 1 and _goes_on(_cells(records, last + 1, width)):
        last += 1
    first = at
    while first and sum(map(bool, above := _cells(records, first - 1, width))) >= _LEAST and _words_only(above):
        first -= 1
    filled = [name for name in own if name]
    if last == at and (first == at or (len(filled) == width and len(set(filled)) == width)):
        return Headings(own, at, at)
    levels = [_cells(records, n, width) for n in range(at, last + 1)]
    names = [_joined(levels, c) for c in range(width)]
    for n in range(
        at - 1, first - 1, -1
    ):  # groups above, only where they are needed to tell columns apart or to name them
        above, groups = _cells(records, n, width), _filled_on(_cells(records, n, width))
        again = {name for name in names if names.count(name) > 1}
        names = [
            (above[c] if not name else f"{groups[c]}: {name}" if name in again and groups[c] else name)
            for c, name in enumerate(names)
        ]
    return Headings(names, first, last)


def _cells(records: Records, n: int, width: int) -> list[str]:
    row = [" ".join(str(cell).split()) for cell in records[n][:width]]
    return row + [""] * (width - len(row))


def _words_only(row: list[str]) -> bool:
    return not any(_NUMBER.fullmatch(cell) for cell in row)


def _goes_on(row: list[str]) -> bool:
    """Return whether a row below the headings still belongs to them: words, and no area in its first cell."""
    return (
        bool(row)
        and not row[0]
        and any(row)
        and _words_only(row)
        and any(any(c.isalpha() for c in cell) for cell in row)
    )


def _filled_on(row: list[str]) -> list[str]:
    """Return a row with every blank cell as the one left of it."""
    out: list[str] = []
    for cell in row:
        out.append(cell or (out[-1] if out else ""))
    return out


def _joined(levels: list[list[str]], column: int) -> str:
    """Return what the rows of headings say of a column from the top down: ``Immigrants: western``."""
    said = []
    for n, row in enumerate(levels):
        below = any(lower[column] for lower in levels[n + 1 :])
        said.append(row[column] or (_filled_on(row)[column] if below else ""))
    return ": ".join(dict.fromkeys(word for word in said if word))
