"""Intervals and verdicts: what is said of differences between pairs of runs, and of their mean.

One rule for the words. "Up" or "down" is said of an interval that excludes zero, of a number of which, among all that
are shown, at most one in ten so called is expected to be luck, and of a difference large enough to matter; and only
once there are enough pairs for the interval to hold what it says. Pairs that share what is believed are not independent
of one another: they count as fewer.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

INSIDE, _OUTSIDE = 0.8, 0.1  # share of pairs that the interval is to hold, and that below and above it
FULL_PAIRS = 16  # four structures, each with two sets of beliefs; before that everything is provisional
FEWEST_APART = 9  # pairs, were they independent, from which on order statistics can hold four fifths
_UNSURE = 0.15  # chance of so many draws beyond the smallest difference that matters, where the middle one lies on it
_LUCK = 0.1  # of the words "up" and "down" on one page, the part that may be luck
Verdict = Literal["up", "down", "too small to matter", "cannot tell", "no change", "provisional"]


def interval(differences: np.ndarray, together: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends that hold 80 % of pairs, for ``differences`` of shape (pairs, ...).

    Order statistics at the places 0.1 (n + 1) and 0.9 (n + 1): the next pair lies between them four times in five. So
    many pairs in a row as ``together`` share what is believed; the more alike they are, the fewer they count for, and
    the further out the places lie (Kish 1965, Survey Sampling, design effect). Where they count for fewer than nine
    these are the smallest and the largest, which hold less: see :func:`held`. A single pair has no interval (NaN).
    """
    if len(differences) <= 1:
        nothing = np.full(differences.shape[1:], np.nan)
        return nothing, nothing.copy()
    ranked, n = np.sort(differences, axis=0), len(differences)
    apart = independent(differences, together)
    rank = _OUTSIDE * (apart + 1.0)  # among pairs independent of one another
    place = np.where(apart < FEWEST_APART, 1.0, (rank - 0.5) * n / apart + 0.5)
    unknown = np.isnan(differences).any(axis=0)
    low, high = _ranked_at(ranked, place), _ranked_at(ranked, n + 1.0 - place)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _ranked_at(ranked: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the value at a place from 1 to n, between two of them on a straight line."""
    below = np.clip(np.floor(place).astype(int), 1, len(ranked) - 1)
    one, next_ = (np.take_along_axis(ranked, np.asarray(at)[None], axis=0)[0] for at in (below - 1, below))
    found: np.ndarray = one + (next_ - one) * (place - below)
    return found


def independent(differences: np.ndarray, together: int) -> np.ndarray:
    """Return for how many independent pairs these count, by how alike those ``together`` in a row are."""
    n, blocks = len(differences), len(differences) // together
    if together == 1 or blocks < 2:
        return np.full(differences.shape[1:], float(n) / together)
    d = differences[: blocks * together].reshape(blocks, together, *differences.shape[1:])
    between = together * d.mean(axis=1).var(axis=0, ddof=1)
    within = d.var(axis=1, ddof=1).mean(axis=0)
    spread = between + (together - 1) * within
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.where(spread > 0.0, np.clip((between - within) / spread, 0.0, 1.0), 0.0)
    return np.asarray(n / (1.0 + (together - 1) * np.nan_to_num(alike)))


def held(pairs: float) -> float:
    """Return the share of further pairs that the interval of so many independent pairs holds."""
    return min(INSIDE, (pairs - 1) / (pairs + 1)) if pairs > 1 else 0.0


def _means(differences: np.ndarray, together: int) -> np.ndarray:
    """Return the means of ``together`` pairs in a row, which alone are independent."""
    return np.stack([differences[n : n + together].mean(axis=0) for n in range(0, len(differences), together)])


def by_luck(differences: np.ndarray, together: int = 1) -> np.ndarray:
    """Return how likely a mean this far from zero is by luck alone, for ``differences`` of shape (pairs, ...).

    Student's t, either side, over the means of those ``together`` in a row, which alone are independent. 1 where there
    are too few to tell.
    """
    from scipy.stats import t as student

    if len(differences) <= together:
        return np.ones(differences.shape[1:])
    means = _means(differences, together)
    groups = len(means)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(means.mean(axis=0)) / (means.std(axis=0, ddof=1) / np.sqrt(groups))
    return np.asarray(np.where(np.isnan(far), 1.0, 2.0 * student.sf(far, groups - 1)))


def luck_limit(odds: Sequence[float] | np.ndarray) -> float:
    """Return up to which likelihood by luck a number may be given a direction, of all those shown together.

    Of ten so called at most one is then expected to be luck (Benjamini & Hochberg 1995, J R Stat Soc B 57:289).
    """
    ranked = np.sort(np.asarray(odds, float))
    sure = np.flatnonzero(ranked <= _LUCK * np.arange(1, ranked.size + 1) / ranked.size)
    return float(ranked[sure[-1]]) if sure.size else 0.0


def matters(differences: np.ndarray, together: int, least: float) -> bool:
    """Return whether more draws would hardly find a middle difference below ``least``: a sign test, one-sided.

    Over the means of those ``together`` in a row: of eight, six lie beyond ``least`` on one side, of sixteen eleven.

    >>> beyond, below = np.full(6, 2.0), np.full(2, 0.5)
    >>> matters(np.concatenate([beyond, below]), 1, 1.0), matters(np.concatenate([beyond[1:], below, below[1:]]), 1, 1.0)
    (True, False)
    """
    from scipy.stats import binom

    means = _means(differences, together)
    count = max(int((means >= least).sum()), int((means <= -least).sum()))
    return bool(binom.sf(count - 1, len(means), 0.5) <= _UNSURE)


def verdict(
    differences: np.ndarray,
    together: int = 1,
    limit: float = 1.0,
    least: float = 0.0,
    ends: tuple[float, float] | None = None,
) -> Verdict:
    """Return the word for the paired ``differences`` of one number.

    "no change" only when every difference is zero to the last bit. ``together`` pairs in a row share what is believed,
    ``limit`` is that of :func:`luck_limit`, ``least`` the smallest difference that matters, ``ends`` those of
    :func:`interval` where they are known.
    """
    if differences.size and not differences.any():
        return "no change"
    if differences.size < FULL_PAIRS:
        return "provisional"
    low, high = ends or (float(end) for end in interval(differences, together))
    if -least < low and high < least:
        return "too small to matter"
    word = word_of(low, high)
    if word == "cannot tell" or float(by_luck(differences, together)) > limit:
        return "cannot tell"
    if abs(float(np.median(differences))) < least:
        return "too small to matter"
    return word if matters(differences, together, least) else "cannot tell"


def word_of(low: float, high: float) -> Verdict:
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
    return mean, low, high, word_of(low, high)


def verdicts(values: Sequence[np.ndarray]) -> list[Verdict]:
    """Return the verdict on each of several things compared at once, from the values of each over worlds.

    Of sixteen ranges that hold with 80 % three miss by luck, so a direction also asks for :func:`luck_limit`.
    """
    words = [interval_of_mean(v)[3] for v in values]
    odds = [float(by_luck(v)) for v in values]
    limit = luck_limit([p for p, word in zip(odds, words, strict=True) if word != "no change"])
    return [word if word == "no change" or p <= limit else "cannot tell" for word, p in zip(words, odds, strict=True)]
