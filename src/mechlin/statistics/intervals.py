"""Intervals and verdicts: what is said of differences between pairs of runs, and of their mean.

One rule for the words: "up" or "down" is said of an interval that excludes zero. Three named methods make the interval:
`verdict` by order statistics of pairs (a single number), `interval_of_mean` by Student's t (a mean over worlds), `verdicts`
the same with the share of false discoveries held (many things compared at once).
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

INSIDE = 0.8  # share of pairs that the interval is to hold
FEWEST_PAIRS = 4  # three that agree in direction do so by chance one time in four; four, one time in eight
_LUCK = 0.1  # of the words "up" and "down" on one indicator, the part that may be luck
Verdict = Literal["up", "down", "cannot tell", "no change"]


def interval(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends that hold 80 % of pairs, for ``differences`` of shape (pairs, ...).

    Order statistics at the places 0.1 (n + 1) and 0.9 (n + 1): the next pair lies between them four times in five.
    With fewer than nine pairs these are the smallest and the largest, which hold less: see :func:`held`.
    A single pair has no interval (NaN).
    """
    if len(differences) <= 1:
        nothing = np.full(differences.shape[1:], np.nan)
        return nothing, nothing.copy()
    ranked, n = np.sort(differences, axis=0), len(differences)
    k, tenths = divmod(n + 1, 10)
    if k == 0:
        low, high = ranked[0], ranked[-1]
    else:
        low = ranked[k - 1] + (ranked[k] - ranked[k - 1]) * (tenths / 10)
        high = ranked[n - k] - (ranked[n - k] - ranked[n - k - 1]) * (tenths / 10)
    unknown = np.isnan(differences).any(axis=0)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def held(pairs: int) -> float:
    """Return the share of further pairs that the interval of so many pairs holds."""
    return min(INSIDE, (pairs - 1) / (pairs + 1)) if pairs > 0 else 0.0


def by_chance(pairs: int) -> float:
    """Return at most how often a package without any effect would be given a direction.

    Each pair then moves either way with equal chance; a direction takes all of them, or all but the few that
    lie outside the interval.
    """
    if pairs < FEWEST_PAIRS:
        return 0.0
    k, tenths = divmod(pairs + 1, 10)
    stray = max(k - (tenths == 0), 0)
    return float(2 * sum(math.comb(pairs, j) for j in range(stray + 1)) / 2**pairs)


def verdict(differences: np.ndarray) -> Verdict:
    """Return the word for the paired ``differences`` of one number.

    "no change" only when every difference is zero to the last bit; "up" or "down" only when there are
    enough pairs and the interval excludes zero.
    """
    if differences.size and not differences.any():
        return "no change"
    return _word(*interval(differences)) if differences.size >= FEWEST_PAIRS else "cannot tell"


def _word(low: np.ndarray | float, high: np.ndarray | float) -> Verdict:
    """Return the direction of an interval: a word only where it excludes zero, whatever method made it."""
    return "up" if low > 0 else "down" if high < 0 else "cannot tell"


def interval_of_mean(values: np.ndarray) -> tuple[float, float, float, Verdict]:
    """Return mean, ends of its 80 % interval (Student's t over worlds) and the verdict."""
    mean = float(values.mean())
    if not values.any():
        return 0.0, 0.0, 0.0, "no change"
    if values.size < 2:
        return mean, mean, mean, "cannot tell"
    from scipy.stats import t as student

    half = float(student.ppf(0.5 + INSIDE / 2, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size))
    low, high = mean - half, mean + half
    return mean, low, high, _word(low, high)


def verdicts(values: Sequence[np.ndarray]) -> list[Verdict]:
    """Return the verdict on each of several things compared at once, from the values of each over worlds.

    Of sixteen ranges that hold with 80 % three miss by luck. So "up" or "down" is said only where, of ten such words,
    at most one is expected to be luck (Benjamini & Hochberg 1995, J R Stat Soc B 57:289).
    """
    from scipy.stats import false_discovery_control

    words = [interval_of_mean(v)[3] for v in values]
    moved = [
        i for i, word in enumerate(words) if word != "no change" and values[i].size > 1 and np.isfinite(values[i]).all()
    ]
    sure = false_discovery_control([_by_luck(values[i]) for i in moved]) <= _LUCK if moved else ()
    for i, clear in zip(moved, sure, strict=True):
        words[i] = words[i] if clear else "cannot tell"
    return words


def _by_luck(values: np.ndarray) -> float:
    """Return how likely a mean this far from zero is by luck alone (Student's t, either side)."""
    from scipy.stats import t as student

    with np.errstate(divide="ignore"):
        far = np.abs(values.mean()) / (values.std(ddof=1) / np.sqrt(values.size))
    return float(2.0 * student.sf(far, values.size - 1))
