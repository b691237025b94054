"""Incomes of households made comparable, their fifths, and who lives together with whom."""

import numpy as np

from mechlin.core.compiled import compiled

FIFTHS = 5
HIGHEST_EUR = 20_000  # a month for one adult: everybody above counts as having this much


@compiled
def equivalised_eur(income_eur, equivalent_adults):
    """Return a household's income per equivalent adult in whole euros, within what the histogram holds."""
    eur = np.floor(np.float64(income_eur) / max(np.float64(equivalent_adults), 1.0))
    return np.int64(min(max(eur, 0.0), HIGHEST_EUR))


@compiled
def fifth_of(eur, limits):
    """Return the fifth (0 the lowest incomes) in which an income of ``eur`` falls, by the four ``limits``."""
    fifth = 0
    for limit in limits:
        fifth += eur > limit
    return fifth


@compiled
def live_together(together, squares, products):
    """Add up, over households, n n into ``squares`` and n m into ``products``, and return the sum of m m.

    n are the members of each kind, one column a kind, and m all of them.
    """
    sizes_squared = 0
    for h in range(together.shape[0]):
        size = 0
        for g in range(together.shape[1]):
            size += together[h, g]
        if size == 0:
            continue
        sizes_squared += size * size
        for g in range(together.shape[1]):
            n = np.int64(together[h, g])
            squares[g] += n * n
            products[g] += n * size
    return sizes_squared
