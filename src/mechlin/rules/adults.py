"""Counts over adults that indicators share: who looks for work, who commands the language. Whole numbers only."""

import numpy as np

from mechlin.core.compiled import compiled

_LOOKING, _WORKING = 1, 2
STEPS = 1024  # shares are added up in whole steps, so that the order of residents cannot move a digit


@compiled
def looking_and_working(alive, work, group, lowest, highest):
    """Return how many residents look for work and how many work, of those whose group lies between two codes."""
    looking = working = 0
    for i in range(alive.size):
        if alive[i] and lowest <= group[i] <= highest:
            looking += work[i] == _LOOKING
            working += work[i] == _WORKING
    return looking, working


@compiled
def language_of_adults(alive, education, language, fluent):
    """Return how many adults there are, their command of the language in whole steps, and how many are fluent."""
    adults = steps = able = 0
    for i in range(alive.size):
        if alive[i] and education[i] >= 0:
            adults += 1
            steps += np.int64(np.rint(np.float64(language[i]) * STEPS))
            able += language[i] >= fluent
    return adults, steps, able
