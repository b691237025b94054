"""Who lives with whom: each household is a linked list of residents, so that an event costs only its own size.

``first[h]`` is the first member of household ``h``, ``following[i]`` the next after resident ``i`` (-1 ends).
No rule may depend on the order of the list.
"""

import numpy as np

from mechlin.core.compiled import compiled


@compiled
def add_member(first, following, household, i, h):
    """Let resident ``i`` belong to household ``h``."""
    following[i] = first[h]
    first[h] = i
    household[i] = h


@compiled
def remove_member(first, following, household, i):
    """Take resident ``i`` out of their household's list."""
    h = household[i]
    if first[h] == i:
        first[h] = following[i]
    else:
        j = first[h]
        while following[j] != i:
            j = following[j]
        following[j] = following[i]
    following[i] = np.int32(-1)


@compiled
def move_all_members(first, following, household, source, target):
    """Let every member of household ``source`` belong to household ``target``."""
    i = first[source]
    while i >= 0:
        after = following[i]
        add_member(first, following, household, i, target)
        i = after
    first[source] = np.int32(-1)
