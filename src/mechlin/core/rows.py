"""Finding the few rows that a month is about, without looking at more than one small column of the others."""

import numpy as np

from mechlin.core.compiled import compiled

STRETCH = 32  # rows looked at together: their months fit a few registers
AHEAD = 12  # rows: how far ahead memory is asked for in a list (`core.compiled.fetch`)


@compiled
def anyone(months, t, stretch):
    """Whether the ``months`` of some rows, from ``stretch`` on, hold month ``t``; at the very end always yes."""
    if stretch + STRETCH > months.size:
        return True
    found, month, first = False, np.int16(t), np.uint64(stretch)  # unsigned: no row is counted from the end
    for i in range(STRETCH):
        found |= months[first + np.uint64(i)] == month
    return found


@compiled
def any_above(values, most, stretch):
    """Whether some small ``values``, from ``stretch`` on, lie above ``most``; at the very end always yes."""
    if stretch + STRETCH > values.size:
        return True
    found, first = False, np.uint64(stretch)
    for i in range(STRETCH):
        found |= values[first + np.uint64(i)] > most
    return found


@compiled
def any_within(values, least, below, stretch):
    """Whether some small ``values``, from ``stretch`` on, are ``least`` or more and lie ``below``; at the end yes."""
    if stretch + STRETCH > values.size:
        return True
    found, first, low = False, np.uint64(stretch), np.uint8(least)
    wide = np.uint8(np.int64(below) - np.int64(least))
    for i in range(STRETCH):  # one comparison, unsigned: what is less than ``least`` comes out very large
        found |= np.uint8(np.uint8(values[first + np.uint64(i)]) - low) < wide
    return found


@compiled
def list_turns(phase, first, months, cycle, rows):
    """Write into ``rows``, in order, whose ``phase`` of a ``cycle`` falls in some ``months``; return how many."""
    n = 0
    for i in range(phase.size):  # no branch: whose turn it is cannot be foreseen
        since = np.int64(phase[i]) - first
        rows[n] = i
        n += ((since >= 0) & (since < months)) | (since + cycle < months)
    return n
