"""The calendar: one step is one month for everyone."""

import re
from typing import NamedTuple

from mechlin.core.errors import UsageError

MONTHS = 12
SEPTEMBER = 9


class Clock(NamedTuple):
    """One month of a run: how many months since its start, and which month of which year it is."""

    t: int
    year: int
    month: int

    @property
    def is_january(self) -> bool:
        """Whether a calendar year starts."""
        return self.month == 1

    @property
    def is_december(self) -> bool:
        """Whether a calendar year ends: the month in which the city is measured."""
        return self.month == MONTHS

    @property
    def next_january(self) -> int:
        """The first month after this calendar year, counted from the start of the run."""
        return self.t + MONTHS + 1 - self.month

    @property
    def is_school_start(self) -> bool:
        """Whether a school year starts."""
        return self.month == SEPTEMBER


def clock_at(start: str, t: int) -> Clock:
    """Return the clock ``t`` months after ``start`` ("2001-01")."""
    month = month_number(start) + t
    return Clock(t, month // MONTHS, month % MONTHS + 1)


def month_number(text: str) -> int:
    """Return months since year 0 for "2001-06" (or "2001"); raise UsageError when it is no month."""
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", text.strip())
    month = int(found[2] or 1) if found else 0
    if not found or not 1 <= month <= MONTHS:
        raise UsageError(f"{text!r} is not a month; write it like 2003-01")
    return int(found[1]) * MONTHS + month - 1


def month_text(number: int) -> str:
    """Return "2001-06" for months since year 0."""
    return f"{number // MONTHS:04d}-{number % MONTHS + 1:02d}"
