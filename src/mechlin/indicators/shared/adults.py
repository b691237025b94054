"""A count over adults that indicators share: who looks for work and who works."""

from mechlin.core.codes import Work
from mechlin.core.compiled import compiled


@compiled
def looking_and_working(alive, work, group, lowest, highest):
    """Return how many residents look for work and how many work, of those whose group lies between two codes."""
    looking = working = 0
    for i in range(alive.size):
        if alive[i] and lowest <= group[i] <= highest:
            looking += work[i] == Work.LOOKING
            working += work[i] == Work.WORKING
    return looking, working
