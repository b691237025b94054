"""What can go wrong, and how it is said.

    MechlinError           anything Mechlin refuses (exit code 1)
    ├── UsageError         the command or call itself is wrong (exit code 2)
    └── InputError         invalid files or values (exit code 3), all problems at once

A problem says what is wrong, where it stands, what is allowed, the nearest known thing and the repair.
"""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, SupportsIndex


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in what a person wrote."""

    what: str
    file: str = ""
    row: int | None = None
    column: str = ""
    allowed: str = ""
    nearest: str = ""
    repair: str = ""

    @property
    def where(self) -> str:
        """Return file, row and column as one phrase, leaving out what is unknown."""
        row = f"row {self.row}" if self.row is not None else ""
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (self.file, row, column) if part)

    def __str__(self) -> str:
        """Return the problem as one line of plain text."""
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.allowed:
            lines.append(f"allowed: {self.allowed}")
        if self.nearest:
            lines.append(f"did you mean {self.nearest!r}?")
        if self.repair:
            lines.append(f"repair: {self.repair}")
        return "; ".join(lines)


class MechlinError(Exception):
    """Anything that Mechlin refuses to do."""

    exit_code = 1


class UsageError(MechlinError):
    """A command or call that cannot mean anything."""

    exit_code = 2


class InputError(MechlinError):
    """Invalid input; carries every problem found, not only the first."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems`` and say them one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> "tuple[type[InputError], tuple[tuple[Problem, ...]]]":
        """Be the same error in another process."""
        return type(self), (self.problems,)


def all_of(*makers: Callable[[], Any]) -> list[Any]:
    """Return what each of these gives; raise InputError with the problems of all that fail, each told once."""
    made, problems = [], dict[Problem, None]()
    for make in makers:
        try:
            made.append(make())
        except InputError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise InputError(problems)
    return made


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word closest to ``word``, capital letters or not, or an empty string when none is close."""
    by_small = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), list(by_small), n=1)
    return by_small[found[0]] if found else ""


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Return ``value``, NumPy's included, as a whole number; raise UsageError unless it is one from ``low`` to ``high``."""
    if isinstance(value, SupportsIndex) and not isinstance(value, bool) and low <= value.__index__() <= high:
        return value.__index__()
    raise UsageError(f"{name} = {value!r} is not possible; write a whole number from {low} to {high}")
