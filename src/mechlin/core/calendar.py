"""A calendar in place of a draw every month: in which months somebody is looked at, drawn once a year.

What may happen to somebody in a month has a highest chance through the calendar year. With that chance every month
is named in their calendar, independently of the others; only in a month that is named are they looked at, and there
what has a chance ``c`` happens with ``c`` out of the highest chance: together exactly ``c`` (thinning). The calendar
hangs only on who somebody is, on the year and on the highest chance, never on what happened in it, so that two
worlds have the same calendars.

Source: thinning of a point process (Lewis & Shedler 1979, doi:10.1002/nav.3800260304), in whole months.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.ages import AGES
from mechlin.core.compiled import compiled

YEAR = 12
CHANCE, LOG_QUIET, NAMED = 0, 1, 2  # rows of a calendar's table
_LEAST = 1e-12


def calendar_table(chance: np.ndarray | float) -> np.ndarray:
    """Return, for highest chances a month, the rows of a table: the chance, log(1 - chance), named in a whole year."""
    chance = np.clip(np.asarray(chance, dtype=float), _LEAST, 1.0 - _LEAST)
    log_quiet = np.log1p(-chance)
    return np.stack([chance, log_quiet, -np.expm1(YEAR * log_quiet)])


@compiled
def start_age(born_month, end):
    """Return the age under which a calendar is kept: that in the month before the year that ends at ``end``."""
    age = (np.int64(end) - YEAR - 1 - np.int64(born_month)) // YEAR
    return min(max(age, 0), AGES - 1)


@compiled
def next_named(salt, key, log_quiet, after, end):
    """Return the first month after ``after`` named in the calendar of the year before ``end``; else ``end``."""
    month, n = end - YEAR - 1, 0
    while month <= after:
        quiet = np.log(1.0 - rng.draw(salt, key, n)) / log_quiet  # months until the next one: geometric
        month += 1 + np.int64(min(quiet, np.float64(YEAR)))
        n += 1
        if month >= end:
            return end
    return month
