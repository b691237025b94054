"""Who carried the effect: Shapley values of the measures of a package, exact or from sampled orders.

The value of a set of measures is what an indicator is with exactly these. A measure's share is what it adds, averaged
over every order in which the measures could have been brought in; shares add up to the whole effect.

Sources: Shapley 1953; antithetic sampling of orders: Mitchell, Cooper, Frank & Holmes 2022, JMLR 23(43); pairwise
interaction index: Grabisch & Roubens 1999, Int J Game Theory 28:547.
"""

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np

from mechlin.core import rng

ORDER = rng.stream("attribute.order")


def exact_shares(values: np.ndarray) -> np.ndarray:
    """Return the Shapley value of each of n measures from the values of all 2**n sets (bit i: measure i is in)."""
    n = int(values.size).bit_length() - 1
    sets = np.arange(values.size)
    sizes = np.array([int(s).bit_count() for s in sets])
    weight = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)] + [0.0])
    out = np.empty(n)
    for i in range(n):
        without = sets[(sets >> i) & 1 == 0]
        out[i] = weight[sizes[without]] @ (values[without | (1 << i)] - values[without])
    return out


def exact_synergies(values: np.ndarray) -> np.ndarray:
    """Return the pairwise interaction index, shape (n, n): above zero two measures do more together than apart."""
    n = int(values.size).bit_length() - 1
    sets = np.arange(values.size)
    sizes = np.array([int(s).bit_count() for s in sets])
    weight = np.array([factorial(k) * factorial(n - k - 2) / factorial(n - 1) for k in range(n - 1)] + [0.0, 0.0])
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            rest = sets[((sets >> i) & 1 == 0) & ((sets >> j) & 1 == 0)]
            a, b = 1 << i, 1 << j
            delta = values[rest | a | b] - values[rest | a] - values[rest | b] + values[rest]
            out[i, j] = out[j, i] = weight[sizes[rest]] @ delta
    return out


def order_of(names: Sequence[str], world: int) -> list[int]:
    """Return a drawn order of the measures for this world; it hangs on their names, not on their places."""
    salt = rng.salted(world, ORDER, 0)
    drawn = [int(rng.bits(salt, rng.stream(f"attribute.{name}"), 0)) for name in names]
    return sorted(range(len(names)), key=lambda i: drawn[i])


def sampled_shares(names: Sequence[str], world: int, value: Callable[[frozenset[int]], np.ndarray]) -> np.ndarray:
    """Return what each measure adds, averaged over a drawn order and its reverse; shape (n, numbers measured)."""
    order = order_of(names, world)
    out = np.zeros((len(names), value(frozenset()).size))
    for one in (order, order[::-1]):
        before, base = frozenset[int](), value(frozenset())
        for i in one:
            after = before | {i}
            out[i] += value(after) - base
            before, base = after, value(after)
    return out / 2.0


def sets_needed(names: Sequence[str], world: int) -> set[frozenset[int]]:
    """Return every set of measures that :func:`sampled_shares` asks for in this world."""
    order = order_of(names, world)
    return {frozenset(one[:k]) for one in (order, order[::-1]) for k in range(len(one) + 1)}
