"""Finding the few rows that a month is about, without looking at more than one small column of the others."""

import numpy as np

from mechlin.core.compiled import fused

STRETCH = 32  # rows looked at together: their months fit a few registers


@fused
def anyone(months, t, stretch):
    """Whether the ``months`` of some rows, from ``stretch`` on, hold month ``t``; at the very end always yes."""
    if stretch + STRETCH > months.size:
        return True
    found, month = False, np.int16(t)
    for i in range(STRETCH):
        found |= months[stretch + i] == month
    return found


@fused
def any_from(values, least, stretch):
    """Whether one of some small ``values``, from ``stretch`` on, is ``least`` or more; at the very end always yes."""
    if stretch + STRETCH > values.size:
        return True
    found, wanted = False, np.int8(least)
    for i in range(STRETCH):
        found |= values[stretch + i] >= wanted
    return found


@fused
def list_turns(phase, first, months, cycle, rows):
    """Write into ``rows``, in order, whose ``phase`` of a ``cycle`` falls in some ``months``; return how many."""
    n = 0
    for i in range(phase.size):  # no branch: whose turn it is cannot be foreseen
        since = np.int64(phase[i]) - first
        rows[n] = i
        n += ((since >= 0) & (since < months)) | (since + cycle < months)
    return n
