"""Levels that fit the record in each of many different worlds: an ensemble smoother with repeated assimilation.

Every member of the ensemble holds beliefs of its own, which stay as they are; only its levels are moved, by how outputs
follow levels over all members, towards a record that is held against it again and again with its errors made larger.
What is left is one set of levels a member: levels and beliefs are drawn together, and no belief was fitted.

Sources: Emerick & Reynolds 2013, Computers & Geosciences 55:3 (ES-MDA); Luo, Bhakta & Naevdal 2018, SPE J 23:396
(what a small ensemble shows by luck is left out).
"""

from collections.abc import Callable

import numpy as np

from mechlin.statistics.emulate import Observed

_BY_LUCK = 2.0  # standard errors of a slope, or of a correlation, below which it is taken for luck

Simulate = Callable[[np.ndarray, int], np.ndarray]


def assimilate(
    simulate: Simulate,
    start: np.ndarray,
    observed: Observed,
    chance: np.ndarray,
    rounds: int,
    seed: int = 1,
    known: np.ndarray | None = None,
) -> np.ndarray:
    """Return the points (n, dims) to which ``start`` is led; ``simulate`` takes points and the round's number.

    What ``simulate`` returns, shape (n, m), holds each member's own beliefs and chance; ``chance`` is the standard
    deviation of each output by chance alone, of which the record holds as much. ``known`` are outputs at ``start`` of one
    and the same belief: how outputs follow levels is then read there once, where no other belief blurs it.
    """
    points, rng = start.copy(), np.random.default_rng(seed)
    luck = (observed.in_doubts(observed.values + np.diag(chance)) ** 2).sum(axis=0)  # variances, in the record's doubt
    fixed = None if known is None else _answer(start, observed.in_doubts(known))
    for number in range(rounds):
        distances = observed.in_doubts(simulate(points, number))
        slopes, cov = fixed or _answer(points, distances)
        points = points + _step(slopes, cov, distances, luck, float(rounds), rng)
    return points


def _answer(points: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how outputs follow levels, and how levels vary together."""
    x = points - points.mean(axis=0)
    return _slopes(x, distances - distances.mean(axis=0)), _covariance(x)


def _step(
    slopes: np.ndarray,
    cov: np.ndarray,
    distances: np.ndarray,
    luck: np.ndarray,
    larger: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return by how much each member's levels move; errors of the record count ``larger`` times in variance."""
    errors = larger * (1.0 + luck)
    gain = np.linalg.solve(slopes.T @ cov @ slopes + np.diag(errors), slopes.T @ cov).T
    wanted = np.sqrt(errors - luck) * rng.standard_normal(distances.shape)  # each run has its own luck already
    return np.asarray((wanted - distances) @ gain.T)


def _covariance(x: np.ndarray) -> np.ndarray:
    """Return how levels vary together over the members; what may be luck is zero, so that no level moves with another by it."""
    cov = np.atleast_2d(np.cov(x.T))
    sizes = np.sqrt(np.diag(cov))
    lucky = np.abs(cov) < _BY_LUCK / np.sqrt(len(x)) * np.outer(sizes, sizes)
    values, vectors = np.linalg.eigh(np.where(lucky, 0.0, cov))
    return np.asarray(vectors * np.maximum(values, 0.0) @ vectors.T)


def _slopes(x: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return how far each output follows each level, shape (dims, m), by least squares; what may be luck is zero."""
    n, dims = x.shape
    inner = np.linalg.inv(x.T @ x + 1e-6 * n * np.eye(dims))
    slopes = inner @ x.T @ d
    left = ((d - x @ slopes) ** 2).sum(axis=0) / max(n - dims, 1)
    error = np.sqrt(np.outer(np.diag(inner), left))
    return np.where(np.abs(slopes) > _BY_LUCK * error, slopes, 0.0)
