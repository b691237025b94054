"""Ages and stages of family life, from months of birth."""

import numpy as np

from mechlin.core.compiled import compiled

AGES = 110


@compiled
def years(t, born_month):
    """Return age in whole years, capped at the last age of the tables."""
    months = np.uint32(np.int64(t) - np.int64(born_month))
    return np.int64(min(months // np.uint32(12), np.uint32(AGES - 1)))


@compiled
def stage_of(children, oldest_age):
    """Return the family stage: 0 young without children, 1 with children under 18, 2 other."""
    if children > 0:
        return 1
    return 0 if oldest_age < 45 else 2
