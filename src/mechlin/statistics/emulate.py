"""Constants found from few runs: history matching with emulators, wave by wave, then draws from what is left.

An emulator is a Gaussian process that says, from the runs made so far, what a run would give and how sure that is. The
first wave of runs spreads over the whole prior; the next ones go where, by the emulators, the record is not implausible;
the last is drawn from the posterior itself and is the check: real runs, not emulated ones. Outputs are divided by the
observations' own doubt (their Cholesky factor) and turned to their principal components, so that ten rows that say the
same count once. Numbers are standard normal here; what they mean is for others to say.

Sources: Craig et al. 1997 and Vernon, Goldstein & Bower 2010, Bayesian Analysis 5:619 (implausibility, refocusing);
Higdon et al. 2008, JASA 103:570 (components of many outputs); Del Moral, Doucet & Jasra 2006, JRSS B 68:411 (sampler).
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import ndtri
from scipy.stats import qmc

IMPLAUSIBLE = 3.0  # Pukelsheim's three-sigma rule: at least 95 % of any distribution with one peak lies within
WAVES = (0.4, 0.2, 0.2, 0.2)  # of the runs, in each wave
_WIDER = 4.0  # while refocusing, a region this many times the posterior in variance is looked at
_FAR = 10.0  # runs this implausible no longer teach the emulators about the region that is left
_KEPT = 0.2  # components that move less than this share of the observations' doubt tell nothing
_COMPONENTS = 20
_SHORTEST = 1.5  # standard deviations of a prior over which an answer may bend; less would take chance for a bend
_PARTICLES = 512
_MOVES = 8
_EVEN = 0.5  # share of particles that a step of the sampler may lose

Simulate = Callable[[np.ndarray, int], np.ndarray]


class Observed(NamedTuple):
    """What was observed: values of shape (m,), and their covariance, of errors in the record and in the model."""

    values: np.ndarray
    covariance: np.ndarray

    def in_doubts(self, outputs: np.ndarray) -> np.ndarray:
        """Return outputs (n, m) as distances from the observed, in units of its doubt, uncorrelated."""
        root = np.linalg.cholesky(self.covariance)
        return np.asarray(solve_triangular(root, (outputs - self.values).T, lower=True).T)


class Wave(NamedTuple):
    """What a wave of runs taught: how many, and the share of the prior that is not implausible after it."""

    runs: int
    left: float


@dataclass(frozen=True)
class Found:
    """Draws from the posterior (standard normal scale), its middle, and every run on the way."""

    draws: np.ndarray
    middle: np.ndarray
    points: np.ndarray
    outputs: np.ndarray
    waves: tuple[Wave, ...]

    @property
    def check(self) -> slice:
        """The runs of the last wave, at draws from a posterior that had not seen them."""
        return slice(len(self.points) - self.waves[-1].runs, None)

    @property
    def contraction(self) -> np.ndarray:
        """By number, the share of its prior variance that the record took away: 0 nothing, 1 all."""
        return np.asarray(np.clip(1.0 - self.draws.var(axis=0), 0.0, 1.0))


class Emulator:
    """Gaussian processes of the components of outputs, fitted to runs."""

    def __init__(self, points: np.ndarray, distances: np.ndarray) -> None:
        """Fit to runs at ``points`` (n, dims) that gave ``distances`` (n, m) from the observed."""
        middle = distances.mean(axis=0)
        _, sizes, directions = np.linalg.svd(distances - middle, full_matrices=False)
        spread = sizes / np.sqrt(len(points) - 1)
        count = max(1, min(int((spread > _KEPT).sum()), _COMPONENTS))
        turn = directions[:count].T
        scores = (distances - middle) @ turn
        self.scale = np.maximum(scores.std(axis=0), 1e-12)
        self.target = -(middle @ turn)
        self.processes = [_fitted(points, column) for column in (scores / self.scale).T]

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what a run at each point gives, and its variance: of the emulator and of chance."""
        told = [process.predict(points, return_std=True) for process in self.processes]
        mean, spread = (np.stack([t[n] for t in told], axis=1) * self.scale for n in (0, 1))
        return mean, spread**2

    def log_likelihood(self, points: np.ndarray) -> np.ndarray:
        """Return the log likelihood of the record at each point, but for a constant."""
        mean, variance = self.predict(points)
        return np.asarray(-0.5 * ((mean - self.target) ** 2 / (1.0 + variance) + np.log1p(variance)).sum(axis=1))

    def implausibility(self, points: np.ndarray) -> np.ndarray:
        """Return the largest distance of any component from the observed, in standard deviations of all doubt."""
        mean, variance = self.predict(points)
        return np.asarray((np.abs(mean - self.target) / np.sqrt(1.0 + variance)).max(axis=1))


def _fitted(points: np.ndarray, scores: np.ndarray) -> Any:
    """Return a process: a plane, smooth departures from it with a length for each number, and chance."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    lengths = np.full(points.shape[1], 3.0)
    plane = ConstantKernel(0.5, (1e-3, 1e3)) * DotProduct(1.0, "fixed")
    bends = ConstantKernel(0.2, (1e-4, 1e2)) * RBF(lengths, (_SHORTEST, 50.0))
    process = GaussianProcessRegressor(plane + bends + WhiteKernel(0.3, (1e-6, 2.0)), random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound says: this number moves nothing
        return process.fit(points, scores)


def match(
    simulate: Simulate, dims: int, observed: Observed, runs: int, seed: int = 1, shares: Sequence[float] = WAVES
) -> Found:
    """Return draws of ``dims`` standard normal numbers that agree with ``observed``, from ``runs`` runs.

    ``simulate`` takes points (n, dims) and how many came before, and returns outputs (n, m).
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):  # small matrices: more threads only wait for one another
        return _match(simulate, dims, observed, runs, seed, shares)


def _match(simulate: Simulate, dims: int, observed: Observed, runs: int, seed: int, shares: Sequence[float]) -> Found:
    rng = np.random.default_rng(seed)
    sizes = [max(2, round(runs * share)) for share in shares[1:]]
    prior = spread_out(dims, max(runs - sum(sizes), 2), seed)
    points, outputs = prior, simulate(prior, 0)
    emulator = Emulator(points, observed.in_doubts(outputs))
    everywhere = spread_out(dims, 1024, seed + 1)
    waves = [Wave(len(points), _left(emulator, everywhere))]
    for n, size in enumerate(sizes, 1):
        power = 1.0 if n == len(sizes) else 1.0 / _WIDER
        some = _some(posterior(emulator, dims, rng, power), size, rng)
        points, outputs = np.vstack([points, some]), np.vstack([outputs, simulate(some, len(points))])
        emulator = Emulator(*_near(emulator, points, observed.in_doubts(outputs)))
        waves.append(Wave(size, _left(emulator, everywhere)))
    draws = rng.permutation(posterior(emulator, dims, rng))  # so that the first few stand for all
    likeliest = np.vstack([draws.mean(axis=0), draws])
    height = emulator.log_likelihood(likeliest) - 0.5 * (likeliest**2).sum(axis=1)
    return Found(draws, likeliest[int(np.argmax(height))], points, outputs, tuple(waves))


def spread_out(dims: int, count: int, seed: int) -> np.ndarray:
    """Return ``count`` points spread evenly over the prior: a scrambled Sobol sequence, made standard normal."""
    sequence = qmc.Sobol(dims, scramble=True, rng=np.random.default_rng(seed))
    unit = sequence.random_base2(int(np.ceil(np.log2(max(count, 2)))))[:count]
    return np.asarray(ndtri(np.clip(unit, 1e-6, 1.0 - 1e-6)))


def _left(emulator: Emulator, points: np.ndarray) -> float:
    return float((emulator.implausibility(points) < IMPLAUSIBLE).mean())


def _near(emulator: Emulator, points: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs that the last emulators do not hold for very implausible; all when these are few."""
    near = emulator.implausibility(points) < _FAR
    enough = max(len(points) // 2, 3 * points.shape[1])
    return (points[near], distances[near]) if near.sum() >= enough else (points, distances)


def _some(draws: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return draws[rng.choice(len(draws), count, replace=count > len(draws))]


def posterior(emulator: Emulator, dims: int, rng: np.random.Generator, power: float = 1.0) -> np.ndarray:
    """Return draws from prior times likelihood to a ``power``: particles led from the prior to it step by step."""
    at = spread_out(dims, _PARTICLES, int(rng.integers(2**31)))
    height, reached, stride = emulator.log_likelihood(at), 0.0, 1.0
    while reached < power:
        step = _step(height, power - reached)
        reached = power if reached + step >= power * (1.0 - 1e-9) else reached + step
        weight = np.exp(step * (height - height.max()))
        chosen = np.searchsorted(
            np.cumsum(weight) / weight.sum(), (rng.random() + np.arange(len(at))) / len(at), side="right"
        )
        chosen = np.minimum(chosen, len(at) - 1)
        at, height = at[chosen], height[chosen]
        for _ in range(_MOVES if reached < power else 3 * _MOVES):
            root = np.linalg.cholesky(np.atleast_2d(np.cov(at.T)) + 1e-9 * np.eye(dims))
            new = at + stride * 2.38 / np.sqrt(dims) * rng.standard_normal(at.shape) @ root.T
            higher = emulator.log_likelihood(new)
            gain = reached * (higher - height) - 0.5 * ((new**2).sum(axis=1) - (at**2).sum(axis=1))
            taken = np.log(rng.random(len(at))) < gain
            at, height = np.where(taken[:, None], new, at), np.where(taken, higher, height)
            stride = float(np.clip(stride * np.exp(taken.mean() - 0.25), 0.05, 3.0))
    return at


def _step(height: np.ndarray, most: float) -> float:
    """Return the step by which half of the particles still count (effective sample size)."""

    def even(step: float) -> float:
        weight = np.exp(step * (height - height.max()))
        return float(weight.sum() ** 2 / (weight**2).sum() / len(height))

    if even(most) >= _EVEN:
        return most
    low, high = 0.0, most
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if even(middle) >= _EVEN else (low, middle)
    return max(low, 1e-9 * most)
