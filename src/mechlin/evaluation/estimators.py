"""What would have come anyway, told from other towns in three ways: the mean of all, and two weighted mixes.

A table has a row for each town and a column for each period, the first ``before`` of them from before the measure. Each
estimator builds from the other towns (the donors) a line for one town; the gap is what the town has more than its line.

    did       difference-in-differences: the mean of all donors, moved to the town's own level of before
    levels    synthetic control: the mix of donors (weights of 0 or more that add up to 1) nearest to the town's past
    changes   the same after each town's own level of before is taken off: only the movement is matched

The weights are exact. The nearest point of a simplex is found as the least norm in a cone: for the rows B of donors
less the town, minimise |B u|² + (1'u - 1)² over u >= 0, then w = u / 1'u. For weights that add up to 1, |B w|² is the
misfit q, and the best multiple of w leaves q / (1 + q), which rises with q: both problems have the same answer.

Sources: Abadie, Diamond & Hainmueller 2010, JASA 105:493 (levels); Ferman & Pinto 2021, Quant. Econ. 12:1197, and
Doudchenko & Imbens 2016, NBER 22791 (own level taken off); Lawson & Hanson 1974, ch. 23 (the solver, in SciPy).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog, nnls

DID, LEVELS, CHANGES = "did", "levels", "changes"
METHODS = (DID, LEVELS, CHANGES)
MATCHED = (LEVELS, CHANGES)
_ROUNDS = 50  # of the solver, for each donor; it needs two or three
_ZERO = 1e-12  # a weight below it is rounding
_SAME_FIT = 1e-7  # of the spread of the donors: lines that differ by less fit equally well


class Fit(NamedTuple):
    """One town told from others: their weights, the town's line, and the gap in each period."""

    weights: np.ndarray
    line: np.ndarray
    gap: np.ndarray
    before: int

    @property
    def effect(self) -> float:
        """The mean gap from the start on."""
        return float(self.gap[self.before :].mean())

    @property
    def misfit(self) -> float:
        """The root of the mean squared gap before the start."""
        return float(np.sqrt((self.gap[: self.before] ** 2).mean()))


def centred(table: np.ndarray, before: int, method: str) -> np.ndarray:
    """Return the table as ``method`` compares it: each row less its own mean of before, or as it stands (levels)."""
    return table if method == LEVELS else table - table[:, :before].mean(axis=1, keepdims=True)


def simplex_weights(donors: np.ndarray, target: np.ndarray, penalty: float = 0.0) -> np.ndarray:
    """Return weights, of 0 or more and adding up to 1, of the rows of ``donors`` whose mix is nearest to ``target``.

    ``penalty`` above 0 draws the weights towards equal ones: it multiplies the sum of their squares, in units of the
    mean squared distance between a donor and the target. The answer is then the only one.
    """
    apart = (donors - target).T
    n = apart.shape[1]
    size = np.sqrt((apart**2).mean())
    if n == 1 or size == 0.0:
        return np.full(n, 1.0 / n)
    rows = [apart / size]
    if penalty > 0.0:
        rows.append(np.sqrt(penalty * apart.shape[0]) * np.eye(n))
    rows.append(np.ones((1, n)))
    system = np.vstack(rows)
    aim = np.zeros(system.shape[0])
    aim[-1] = 1.0
    found, _ = nnls(system, aim, maxiter=_ROUNDS * n)
    found[found < _ZERO] = 0.0
    return np.asarray(found / found.sum())


def weights_of(
    compared: np.ndarray, town: int, donors: np.ndarray, before: int, method: str, penalty: float = 0.0
) -> np.ndarray:
    """Return the weights of ``donors`` (rows of a table as `centred` gives it) for the past of ``town``."""
    if method == DID:
        return np.full(donors.size, 1.0 / donors.size)
    return simplex_weights(compared[donors, :before], compared[town, :before], penalty)


def fit(table: np.ndarray, town: int, donors: Sequence[int], before: int, method: str, penalty: float = 0.0) -> Fit:
    """Return the line of row ``town`` told from the rows ``donors`` by one estimator."""
    chosen = np.asarray(donors, int)
    compared = centred(table, before, method)
    weights = weights_of(compared, town, chosen, before, method, penalty)
    gap = compared[town] - weights @ compared[chosen]
    return Fit(weights, table[town] - gap, gap, before)


def equal_fits(
    table: np.ndarray, town: int, donors: Sequence[int], before: int, method: str, weights: np.ndarray
) -> tuple[float, float]:
    """Return the least and the largest effect among all weights that fit the past as well as ``weights`` do.

    The fitted line of before is unique, the weights need not be: those that give it are the points of a polytope, and
    the effect is linear in them (two linear programmes).
    """
    chosen = np.asarray(donors, int)
    compared = centred(table, before, method)
    past = compared[chosen, :before].T
    size = max(float(np.abs(past - past.mean()).max()), _ZERO)
    after = compared[chosen, before:].mean(axis=1)
    own = float(compared[town, before:].mean())
    here = own - float(weights @ after)
    line = past @ weights
    same = np.vstack([past, -past]) / size
    bounds = np.concatenate([line, -line]) / size + _SAME_FIT
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * after, A_ub=same, b_ub=bounds, A_eq=np.ones((1, chosen.size)), b_eq=[1.0], method="highs"
        )
        ends.append(own - sign * float(found.fun) if found.status == 0 else here)
    return min(*ends, here), max(*ends, here)
