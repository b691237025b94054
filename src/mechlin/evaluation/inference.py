"""How sure an effect on one town is: what the same estimator finds where there was no measure.

Every donor is taken in turn for the town. Its donors are all others; the town itself is never one. The town's effect is
then one of several that should look alike if nothing happened:

    p             the share of effects, its own included, that are at least as large (two-sided)
    set           every effect that, taken off the town, leaves p above 1 less the level (the test inverted)
    two out       with few donors: the share of trios with two donors, all three left out of one another's lines, in
                  which the town's effect is not the largest. Of N towns at most s can win all but a share a of their
                  trios, where s is the largest with a (N-1)(N-2)/2 >= (s-1)(s-2)/3 + (s-1)(N-s)/2; s/N is the bound
    visible       the smallest effect that four in five donors would have shown, had it been planted in them

No standard error is shown: with one town there is none.

Sources: Abadie et al. 2010 (placebos); Firpo & Possebom 2018, J. Causal Inference 6(2) (sets by inversion);
Lei & Sudijono 2024, arXiv 2401.07152 (two out); Benjamini & Hochberg 1995, JRSS B 57:289.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mechlin.evaluation.estimators import DID, centred, weights_of

_TIE = 1e-9  # of an effect: two that differ by less count as equal


class Placebos(NamedTuple):
    """One estimator on every town: effects (the town's first), misfits, and effects with one more donor left out.

    ``without[k, j]`` is the effect on donor k when donor j gives nothing to its line (NaN where k is j).
    """

    effects: np.ndarray
    misfits: np.ndarray
    without: np.ndarray

    @property
    def own(self) -> float:
        """The effect on the town."""
        return float(self.effects[0])

    @property
    def others(self) -> np.ndarray:
        """The effects on the donors."""
        return self.effects[1:]

    @property
    def worse_fit(self) -> float:
        """The share of donors whose past is told better than that of the town; rounding is no difference."""
        return float((self.misfits[1:] < self.misfits[0] - _TIE * (1.0 + np.abs(self.misfits).max())).mean())


class Visible(NamedTuple):
    """What could have been seen: the smallest effect by power, how often nothing is called something, and a curve."""

    effect: float  # infinite where the test can never be small enough
    size: float
    curve: list[tuple[float, float]]


def placebos(table: np.ndarray, before: int, method: str, penalty: float = 0.0, leave_out: bool = True) -> Placebos:
    """Return effects of one estimator on the town (row 0) and on every donor in its place (the other rows)."""
    compared = centred(table, before, method)
    after = compared[:, before:].mean(axis=1)
    n = table.shape[0] - 1
    effects, misfits = np.empty(n + 1), np.empty(n + 1)
    without = np.full((n, n), np.nan)
    donors = np.arange(1, n + 1)
    for town in range(n + 1):
        pool = donors[donors != town]
        weights = weights_of(compared, town, pool, before, method, penalty)
        effects[town] = after[town] - weights @ after[pool]
        misfits[town] = np.sqrt(((compared[town, :before] - weights @ compared[pool, :before]) ** 2).mean())
        if leave_out and town and n > 2:
            _leave_each_out(compared, after, town, pool, weights, before, method, penalty, without[town - 1])
    return Placebos(effects, misfits, without)


def _leave_each_out(
    compared: np.ndarray,
    after: np.ndarray,
    town: int,
    pool: np.ndarray,
    weights: np.ndarray,
    before: int,
    method: str,
    penalty: float,
    out: np.ndarray,
) -> None:
    """Write into ``out`` the effect on ``town`` without each of its donors; one without weight changes nothing."""
    if method == DID:
        out[pool - 1] = after[town] - (after[pool].sum() - after[pool]) / (pool.size - 1)
        return
    out[pool - 1] = after[town] - weights @ after[pool]
    for place in np.flatnonzero(weights):
        rest = np.delete(pool, place)
        fewer = weights_of(compared, town, rest, before, method, penalty)
        out[pool[place] - 1] = after[town] - fewer @ after[rest]


def left_out(
    table: np.ndarray, before: int, method: str, penalty: float = 0.0, pairs: bool = False
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the effect on the town (row 0) without each donor and, if asked, without each two (NaN on the diagonal).

    A donor without weight changes nothing when it goes, so that few lines have to be drawn anew.
    """
    compared = centred(table, before, method)
    after = compared[:, before:].mean(axis=1)
    n = table.shape[0] - 1
    drawn: dict[frozenset[int], tuple[np.ndarray, float]] = {}

    def line(gone: frozenset[int]) -> tuple[np.ndarray, float]:
        """Return the weights of all donors and the effect when those of ``gone`` give nothing."""
        if gone not in drawn:
            pool = np.array([d for d in range(1, n + 1) if d not in gone])
            weights = np.zeros(n)
            weights[pool - 1] = weights_of(compared, 0, pool, before, method, penalty)
            drawn[gone] = weights, float(after[0] - weights @ after[1:])
        return drawn[gone]

    def effect(*gone: int) -> float:
        """Return the effect without these donors, adding them one by one only where they would have weight."""
        out: frozenset[int] = frozenset()
        while heavy := [g for g in gone if g not in out and line(out)[0][g - 1] > 0.0]:
            out |= {heavy[0]}
        return line(out)[1]

    one = np.array([effect(d) for d in range(1, n + 1)]) if n > 1 else np.empty(0)
    if not pairs or n < 3:
        return one, None
    two = np.full((n, n), np.nan)
    for a in range(n):
        for b in range(a + 1, n):
            two[a, b] = two[b, a] = effect(a + 1, b + 1)
    return one, two


def _reaches(effects: np.ndarray, size: float) -> np.ndarray:
    """Return which effects are at least as large as ``size``, either way."""
    found: np.ndarray = np.abs(effects) >= size - _TIE * max(size, 1e-300)
    return found


def permutation_p(own: float, others: np.ndarray) -> float:
    """Return the share of effects, ``own`` included, at least as large as ``own``."""
    return float((1 + _reaches(others, abs(own)).sum()) / (others.size + 1))


def two_out_p(two: np.ndarray, without: np.ndarray) -> float:
    """Return the share of trios (the town and two donors) in which the town's effect is not the largest."""
    a, b = np.triu_indices(two.shape[0], 1)
    rivals = np.maximum(np.abs(without[a, b]), np.abs(without[b, a]))
    own = np.abs(two[a, b])
    return float((rivals >= own - _TIE * own).mean())


def two_out_bound(towns: int, level: float) -> float:
    """Return the largest share of ``towns`` that can have a two-out p of at most ``level``, whatever the figures."""
    trios = (towns - 1) * (towns - 2) / 2
    can = [s for s in range(1, towns + 1) if (s - 1) * (s - 2) / 3 + (s - 1) * (towns - s) / 2 <= level * trios]
    return max(can) / towns


def confidence_set(own: float, others: np.ndarray, level: float = 0.9) -> tuple[float, float]:
    """Return the ends of the set of effects that the permutation test does not reject at 1 less ``level``.

    Infinite where so few donors could not reject anything.
    """
    places = math.floor((1.0 - level) * (others.size + 1) + 1e-9)
    if places < 1:
        return -math.inf, math.inf
    wide = float(np.sort(np.abs(others))[-places])
    return own - wide, own + wide


def smallest_visible(found: Placebos, level: float = 0.05, power: float = 0.8, points: int = 41) -> Visible:
    """Return the smallest effect that the test at ``level`` shows in a share ``power`` of donors, planted in each.

    The town itself stays out. A donor with an effect planted is held against the other donors, whose lines do not use
    it; the answer is exact, because a planted effect moves nothing else. Both directions count alike.
    """
    n = found.others.size
    places = math.floor(level * n + 1e-9)
    if places < 1 or n < 3:
        return Visible(math.inf, 0.0, [])
    bars = np.array([np.sort(np.abs(np.delete(found.without[:, j], j)))[-places] for j in range(n)])
    up, down = bars - found.others, bars + found.others  # planted effects from which on each donor stands out
    needed = np.maximum(np.concatenate([up, down]), 0.0)
    least = float(np.sort(needed)[min(math.ceil(power * needed.size), needed.size) - 1])
    size = float((np.abs(found.others) > bars).mean())
    grid = np.linspace(0.0, 2.0 * least, points)
    seen = [float((_stands_out(found.others, bars, d) + _stands_out(found.others, bars, -d)) / 2) for d in grid]
    return Visible(least, size, list(zip(grid.tolist(), seen, strict=True)))


def _stands_out(effects: np.ndarray, bars: np.ndarray, planted: float) -> float:
    return float((np.abs(effects + planted) > bars).mean())


class Regression(NamedTuple):
    """Regression to the mean: the change that any town with that past may expect, what is beyond it, and its p."""

    expected: float
    beyond: float
    p: float


def regression_to_the_mean(table: np.ndarray, before: int) -> Regression:
    """Return what towns with the past of row 0 may expect, by a line through the other rows.

    The change from the mean of before to the mean of after, on that mean and on how far the last periods before lay
    from it. A town chosen because it stood out is carried along by what every town that stood out did next. Residuals
    are set on one scale by their leverage, so that a town at the edge is not held to the middle's exactness.
    """
    level = table[:, :before].mean(axis=1)
    late = max(1, before // 4)
    turn = table[:, before - late : before].mean(axis=1) - level
    change = table[:, before:].mean(axis=1) - level
    past = np.stack([level - level[1:].mean(), turn], axis=1)
    past = past[:, [bool(np.ptp(past[1:, c]) > 0.0) for c in range(2)]]
    design = np.concatenate([np.ones((table.shape[0], 1)), past], axis=1)
    others = design[1:]
    slopes, *_ = np.linalg.lstsq(others, change[1:], rcond=None)
    spread = np.linalg.pinv(others.T @ others)
    leverage = np.einsum("ij,jk,ik->i", design, spread, design)
    residual = change - design @ slopes
    scaled = residual / np.sqrt(np.where(np.arange(change.size) == 0, 1.0 + leverage, np.maximum(1.0 - leverage, 1e-9)))
    expected = float(design[0] @ slopes - change[1:].mean())
    return Regression(expected, float(residual[0]), permutation_p(float(scaled[0]), scaled[1:]))


def fake_starts(before: int, least: int = 5, most: int = 3) -> list[int]:
    """Return up to ``most`` places before the start at which one may pretend that it began; none without ``least``."""
    possible = range(least, before)
    if len(possible) <= most:
        return list(possible)
    return sorted({possible[round(k * len(possible) / (most + 1))] for k in range(1, most + 1)})


def adjusted(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted for how many there are (Benjamini-Hochberg), in the order given."""
    order = sorted(range(len(ps)), key=lambda k: ps[k])
    out, least = [1.0] * len(ps), 1.0
    for place in range(len(ps), 0, -1):
        least = min(least, ps[order[place - 1]] * len(ps) / place)
        out[order[place - 1]] = least
    return out
