"""How closely decline follows diversity over the areas of a city: an index, a standardised slope, its error.

Sources: mean of standard scores as a deprivation index (as in the Townsend index, Townsend, Phillimore & Beattie
1988); the delete-one jackknife for the error of a ratio (Efron & Tibshirani 1993, chapter 11).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mechlin.core.compiled import compiled

_PARTS = 200  # as many as are left out in turn, one area each unless there are more
_EVEN = 1e-9  # a spread below this is none
Part = tuple[Any, float]
_WITHIN_95 = 1.96  # standard errors on either side that hold 95 of 100


def standard_scores(values: Any, weights: Any, least: float = _EVEN) -> Any:
    """Return ``values`` less their mean, in standard deviations, both weighted; zero where nothing differs.

    A missing value (NaN) counts as the mean. A spread below ``least`` counts as that much: differences too small
    to notice stay small. ``weights`` may have a row for every weighting wanted.
    """
    weights = np.asarray(weights, dtype=float)
    rows = np.atleast_2d(weights)
    found = np.empty(rows.shape)
    _scores(np.broadcast_to(np.asarray(values, dtype=float), rows.shape), rows, max(least, _EVEN), found)
    return found.reshape(weights.shape)


@compiled
def _scores(values, weights, least, found):
    """Write the standard scores of each row of ``values`` into ``found``."""
    for w in range(weights.shape[0]):
        total = mean = spread = 0.0
        for n in range(weights.shape[1]):
            if np.isfinite(values[w, n]):
                total += weights[w, n]
                mean += weights[w, n] * values[w, n]
        mean /= max(total, _EVEN)
        for n in range(weights.shape[1]):
            if np.isfinite(values[w, n]):
                spread += weights[w, n] * (values[w, n] - mean) ** 2
        spread = np.sqrt(spread / max(total, _EVEN))
        for n in range(weights.shape[1]):
            differs = spread > _EVEN and np.isfinite(values[w, n])
            found[w, n] = (values[w, n] - mean) / max(spread, least) if differs else 0.0


def decline_index(parts: Sequence[Part], weights: Any) -> Any:
    """Return the mean of the standard scores of ``parts`` by area; each comes with its least spread."""
    scores = [standard_scores(values, weights, least) for values, least in parts]
    return sum(scores) / len(scores)


def standardised_slope(diversity: Any, parts: Sequence[Part], weights: Any) -> Any:
    """Return by how many standard deviations the index rises with one of ``diversity``; NaN if either is even."""
    index = standard_scores(decline_index(parts, weights), weights)
    other = standard_scores(diversity, weights)
    slope = (weights * index * other).sum(axis=-1) / weights.sum(axis=-1)
    return np.where(index.any(axis=-1) & other.any(axis=-1), slope, np.nan)[()]


def link(diversity: Any, parts: Sequence[Part], people: Any, fewest: int) -> tuple[float, float, float]:
    """Return the slope over areas of at least ``fewest`` residents, weighted by them, and its 95 % range.

    The range is that of leaving out one area after the other, or one part of a country's areas after the other; no
    value below three areas.
    """
    large = people >= fewest
    n = int(large.sum())
    if n <= 2:
        return np.nan, np.nan, np.nan
    weights = people[large].astype(float)
    diversity, parts = diversity[large], [(values[large], least) for values, least in parts]
    slope = float(standardised_slope(diversity, parts, weights))
    left_out = min(n, _PARTS)
    kept = np.arange(n) % left_out != np.arange(left_out)[:, None]
    without_one = _stretched(standardised_slope(diversity, parts, weights * kept))
    error = np.sqrt((left_out - 1) / left_out * ((without_one - without_one.mean()) ** 2).sum())
    low, high = (float(np.tanh(_stretched(slope) + side * _WITHIN_95 * error)) for side in (-1, 1))
    return slope, low, high


def _stretched(slope: Any) -> Any:
    """Return the slope on Fisher's scale, where no range leaves what a slope of two standard scores can be."""
    return np.arctanh(np.clip(slope, _EVEN - 1.0, 1.0 - _EVEN))
