"""The reference loop: what other times are measured against."""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled


@compiled
def gather_and_mix(values, rows, rounds):
    """Look up another row and scramble what stands there, ``rounds`` times for every row."""
    total = np.uint64(0)
    for turn in range(rounds):
        for i in range(rows.size):
            total ^= rng.mix(values[rows[i]] + np.uint64(turn))
    return total
