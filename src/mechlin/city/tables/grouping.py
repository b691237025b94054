"""Problems of one kind said once: a list of five hundred like rows is read by nobody."""

import re
from dataclasses import replace
from itertools import groupby

from mechlin.core.errors import Problem

_LEAST = 4  # like problems that are said as one; fewer stand one by one
_SHOWN = 8  # rows named before "and so many more"
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\d,.]*")


def grouped(problems: list[Problem]) -> list[Problem]:
    """Return the problems with those of one kind in one column as one: the first, and in which rows the others stand."""
    out = []
    for _, like in groupby(sorted(problems, key=_kind), key=_kind):
        same = sorted(like, key=lambda p: p.row or 0)
        if len(same) < _LEAST or any(p.row is None for p in same):
            out += same
            continue
        first = same[0]
        others = listed([str(p.row) for p in same[1:]])
        out.append(replace(first, what=f"{first.what}; so in {len(same) - 1} more rows: {others}"))
    return sorted(out, key=order)


def order(problem: Problem) -> tuple[str, int, str, str]:
    """Return where a problem stands among others: by file, row and column."""
    return problem.file, problem.row or 0, problem.column, problem.what


def listed(words: list[str]) -> str:
    """Return words in a row, the first eight of many."""
    rest = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _kind(problem: Problem) -> tuple[str, ...]:
    """Return what like problems have in common: all but row, name and numbers."""
    what = problem.what.partition(": ")[2] or problem.what
    return (
        problem.file,
        problem.column,
        _PARTICULAR.sub("#", what),
        problem.allowed,
        _PARTICULAR.sub("#", problem.repair),
    )
