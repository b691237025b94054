"""The reference loop: what other times are measured against."""

import numba
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


def compile_reference() -> float:
    """Return the processor seconds that Numba takes for six small functions: what a cold start is measured against."""
    import time

    def weigh(a, b, c):  # type: ignore[no-untyped-def]
        total = 0.0
        for i in range(a.size):
            x = a[i] * 1.5 + b[i]
            if x > c[i, 0]:
                total += np.sqrt(x) * np.exp(-c[i, 1])
            elif b[i] > 3:
                total -= min(x, a[i])
                c[i, 0] = max(total, 0.0)
            else:
                for j in range(c.shape[1]):
                    c[i, j] += x * j
        return total

    began = time.process_time()
    for _ in range(6):
        numba.njit(weigh)(np.ones(3), np.ones(3), np.ones((3, 2)))
    return time.process_time() - began
