"""What a run would give, from runs of other packages: a smooth function that is zero where nothing is done.

The difference that a package makes in one world is f(x) + g(x, world) + chance, where x says how much of each measure
the package has. Both f and g are Gaussian processes known to be zero at x = 0: a plane, and smooth departures from it.
How much of the spread is departure, world and chance is chosen by the likelihood of the runs, on a small grid, so that
one set of factors serves all numbers. How sure it is of itself is held to packages left out (whole, all worlds of one),
and its ranges are widened by what these show, never narrowed.

Sources: Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, sections 2.7 and 5.4.2 (leave-one-out in
closed form); Vovk, Gammerman & Shafer 2005 (ranges from residuals of what was left out).
"""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import norm

from mechlin.statistics.intervals import INSIDE

FEWEST_PACKAGES = 8  # apart from one another, that were run: from fewer no range can be held to others (assumption)
FEWEST_WORLDS = 2  # in one world alone nobody knows what another would do
_LENGTH = 1.5  # over which an answer may bend, in units of the logarithm of a dose (assumption)
_BENDS = (0.0, 0.2, 0.5)  # share of what is no plane
_WORLDS = (0.1, 0.5, 1.5)  # variance between worlds, of that of the middle
_CHANCE = (0.03, 0.1, 0.3, 1.0, 3.0)  # variance of chance, likewise
_WIDEST = 3.0  # times: an emulator that needs more than this to hold what was left out is not to be asked
_TINY = 1e-12


class Told(NamedTuple):
    """What is expected of one number: its middle over worlds with the range of that, and the range of one world more.

    ``outside`` says that more of a measure is asked about than was ever run.
    """

    middle: float
    middle_low: float
    middle_high: float
    low: float
    high: float
    outside: bool


class _Fitted(NamedTuple):
    """One number's choice on the grid, what the runs weigh in it, and by how much its ranges are widened."""

    bend: float
    worlds: float
    inverse: np.ndarray
    weights: np.ndarray
    variance: float
    chance: float
    wider: float

    @property
    def choice(self) -> tuple[float, float, float]:
        """Where on the grid it stands."""
        return self.bend, self.worlds, self.chance


@dataclass(frozen=True)
class Runs:
    """Pairs of runs: ``x`` (n, doses), the ``world`` and ``package`` of each as numbers, ``y`` (n, numbers)."""

    x: np.ndarray
    world: np.ndarray
    package: np.ndarray
    y: np.ndarray

    @property
    def enough(self) -> bool:
        """Whether they are enough to say anything."""
        return np.unique(self.package).size >= FEWEST_PACKAGES and np.unique(self.world).size >= FEWEST_WORLDS


class Foretelling:
    """Processes fitted to pairs of runs, one for each number; asked by :meth:`tell`."""

    def __init__(self, runs: Runs) -> None:
        """Fit them; ``runs`` must be :attr:`Runs.enough`."""
        self.runs, count = runs, runs.y.shape[1]
        self._most = runs.x.max(axis=0, initial=0.0)
        plane, bends = _plane(runs.x, runs.x), _bends(runs.x, runs.x)
        self._sizes = max(float(np.diag(plane).mean()), _TINY), max(float(np.diag(bends).mean()), _TINY)
        same = runs.world[:, None] == runs.world[None, :]
        best: list[tuple[float, _Fitted | None]] = [(-np.inf, None)] * count
        for bend, worlds, chance in product(_BENDS, _WORLDS, _CHANCE):
            both = self._joined(plane, bends, bend)
            covariance = both * (1.0 + worlds * same) + chance * np.eye(len(both))
            solved = cho_factor(covariance, lower=True)
            weights = cho_solve(solved, runs.y)
            variance = np.maximum((runs.y * weights).sum(axis=0) / len(both), _TINY)
            height = -0.5 * len(both) * np.log(variance) - np.log(np.diag(solved[0])).sum()
            better = [n for n in range(count) if height[n] > best[n][0]]
            inverse = cho_solve(solved, np.eye(len(both))) if better else both
            for n in better:
                made = _Fitted(bend, worlds, inverse, weights[:, n], float(variance[n]), chance, 1.0)
                best[n] = (float(height[n]), made)
        self._fitted = [self._held(made) for _, made in best if made is not None]

    def tell(self, x: np.ndarray, worlds: np.ndarray, against: np.ndarray | None = None) -> list[Told | None]:
        """Return what doses ``x`` give in these ``worlds``, held against other doses (none: nothing is done).

        None for a number of which the runs that were left out show that it cannot be told.
        """
        ends = np.stack([x, np.zeros_like(x) if against is None else against])
        outside = bool((ends > self._most * (1.0 + 1e-9)).any())
        sign = np.array([1.0, -1.0])
        across = sign @ _plane(ends, self.runs.x), sign @ _bends(ends, self.runs.x)
        alone = sign @ _plane(ends, ends) @ sign, sign @ _bends(ends, ends) @ sign
        alike = worlds[:, None] == self.runs.world[None, :], worlds[:, None] == worlds[None, :]
        known: dict[tuple[float, float, float], tuple[np.ndarray, np.ndarray]] = {}
        for made in self._fitted:  # numbers with one choice on the grid share all but their weights and variance
            if made.choice not in known:
                known[made.choice] = self._open(made, across, alone, alike)
        return [
            self._tell(made, *known[made.choice], outside) if made.wider <= _WIDEST else None for made in self._fitted
        ]

    def _open(
        self,
        made: _Fitted,
        across: tuple[np.ndarray, np.ndarray],
        alone: tuple[np.ndarray, np.ndarray],
        alike: tuple[np.ndarray, np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the covariance of what is asked with the runs, and what of its own stays open, for a variance of one."""
        own = float(self._joined(*alone, made.bend))
        here = self._joined(*across, made.bend) * (1.0 + made.worlds * alike[0])
        left = own * (1.0 + made.worlds * alike[1]) - here @ made.inverse @ here.T
        return here, left + made.chance * np.eye(len(here)) * (own > 0.0)

    def _tell(self, made: _Fitted, here: np.ndarray, open_: np.ndarray, outside: bool) -> Told:
        mean = here @ made.weights
        left = open_ * made.variance * made.wider**2
        middle = float(mean.mean())
        of_middle = _INSIDE * float(np.sqrt(max(left.mean(), 0.0)))
        of_one = _INSIDE * float(np.sqrt(max(np.diag(left).mean() + mean.var(), 0.0)))
        return Told(middle, middle - of_middle, middle + of_middle, middle - of_one, middle + of_one, outside)

    def _joined(self, plane: np.ndarray, bends: np.ndarray, bend: float) -> np.ndarray:
        return np.asarray((1.0 - bend) * plane / self._sizes[0] + bend * bends / self._sizes[1])

    def _held(self, made: _Fitted) -> _Fitted:
        """Return the fit with its ranges as wide as packages that it had not seen show them to be."""
        far = [abs(told) for told in self.left_out(made)]
        place = min(int(np.ceil(INSIDE * (len(far) + 1))), len(far))
        return made._replace(wider=max(1.0, float(np.sort(far)[place - 1]) / _INSIDE))

    def left_out(self, made: _Fitted) -> list[float]:
        """Return by package how far its mean lies from what the others say of it, in standard deviations."""
        out = []
        for package in np.unique(self.runs.package):
            own = np.flatnonzero(self.runs.package == package)
            spread = np.linalg.inv(made.inverse[np.ix_(own, own)])
            missed = spread @ made.weights[own]
            out.append(float(missed.mean() / np.sqrt(made.variance * spread.mean())))
        return out


_INSIDE = float(norm.ppf(0.5 + INSIDE / 2.0))


def _plane(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(one @ other.T)


def _bends(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the covariance of smooth functions that are zero at the origin."""

    def near(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2) / (2.0 * _LENGTH**2)))

    zero = np.zeros((1, one.shape[1]))
    return np.asarray(near(one, other) - near(one, zero) - near(zero, other) + 1.0)
