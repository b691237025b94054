"""A count over adults that indicators share: who looks for work and who works."""

from mechlin.core.compiled import compiled

_LOOKING, _WORKING = 1, 2


@compiled
def looking_and_working(alive, work, group, lowest, highest):
    """Return how many residents look for work and how many work, of those whose group lies between two codes."""
    looking = working = 0
    for i in range(alive.size):
        if alive[i] and lowest <= group[i] <= highest:
            looking += work[i] == _LOOKING
            working += work[i] == _WORKING
    return looking, working
