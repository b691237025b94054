"""Numbers made to fit one another, and how far they had to be moved: bands of ages, shares, totals, whole homes."""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

OLDEST = 105  # years: nobody of this age is left
_MOST_ROUNDS = 200
_ROUNDING = 0.003  # of everybody: parts rounded to tenths of a per cent add up to one within it
_CLOSE = 1e-9  # of the largest margin
# How far a count inside a band may be off once the curve has cut the band, as a share of it: assumption, about what
# single years of Mechelen's and the Netherlands' ages lie from such a curve.
REBIN_SPREAD = 0.08


class Shares(NamedTuple):
    """Shares that add up to one, the sums that stood there (1 for one, whatever the unit), and the unit recognised."""

    shares: np.ndarray
    sums: np.ndarray
    unit: str


def as_shares(parts: np.ndarray, people: np.ndarray | None = None) -> Shares:
    """Return parts, shape (areas, parts), as shares: they are counts, per cents or shares already, by what they add up to.

    Where all parts are known but one area's sum is zero, its shares are NaN. ``people`` tells counts from per cents in
    a city where areas have about a hundred residents.
    """
    sums = parts.sum(axis=1)
    known = sums[np.isfinite(sums) & (sums > 0)]
    middle = float(np.median(known)) if known.size else 1.0
    unit = "shares" if 0.8 < middle < 1.25 else "per cent" if 80 < middle < 125 else "counts"
    if unit == "per cent" and people is not None and np.nanmedian(np.abs(sums - people)) < 1:
        unit = "counts"
    if unit == "counts":
        whole = people if people is not None else sums
        relative = np.divide(sums, whole, out=np.full_like(sums, np.nan), where=(whole > 0) & np.isfinite(sums))
    else:
        relative = sums / (100.0 if unit == "per cent" else 1.0)
    shares = np.divide(parts, sums[:, None], out=np.full_like(parts, np.nan), where=(sums > 0)[:, None])
    return Shares(shares, relative, unit)


def edges_of(bands: list[tuple[int, int | None]]) -> tuple[list[int], list[str]]:
    """Return the ages at which bands begin and end, in order, and what is wrong with them: gaps, overlaps, no end.

    Bands that share one age (0 to 18, 18 to 26) are read as offices mean them: up to it, and from it on.
    """
    ordered, wrong = sorted(bands, key=lambda b: (b[0], b[1] or OLDEST)), []
    edges = [ordered[0][0]]
    for (first, last), (then, _) in zip(ordered, [*ordered[1:], (None, None)], strict=True):
        if then is None:
            edges.append(OLDEST)
            if last is not None and last < 90:
                wrong.append(f"nobody counts those older than {last}")
        elif last is None or then < last:
            wrong.append(f"the bands from {first} and from {then} overlap")
            edges.append(then)
        else:
            if then > last + 1:
                wrong.append(f"nobody counts ages {last + 1} to {then - 1}")
            edges.append(then)
    if edges[0] != 0:
        wrong.append(f"nobody counts those younger than {edges[0]}")
    return edges, wrong


def without_twice(
    shares: np.ndarray, sums: np.ndarray, bands: list[tuple[int, int | None]]
) -> tuple[np.ndarray, float]:
    """Return shares without those counted in two bands that share an age, and how many they are, as a mean share.

    Bands 0 to 18 and 18 to 26 that add up to more than everybody count those of 18 twice: what is too much is taken from
    the younger band. ``shares`` (areas, bands in order of age) add up to one, ``sums`` is what they added up to before.
    """
    both = [n for n, ((_, last), (first, _)) in enumerate(zip(bands, bands[1:], strict=False)) if last == first]
    over = np.where(np.isfinite(sums), np.clip(sums - 1, 0, None), 0.0)
    if not both or float(over.mean()) < _ROUNDING:
        return shares, 0.0
    out = shares * np.where(np.isfinite(sums), sums, 1.0)[:, None]
    for n in both:
        out[:, n] -= np.minimum(over / len(both), out[:, n] / 2)
    return out / out.sum(axis=1, keepdims=True), float(over.mean())


def rebinned(shares: np.ndarray, edges: list[int], wanted: list[int]) -> np.ndarray:
    """Return shares of bands between other ages: how many are younger is a smooth curve that never falls.

    ``shares`` has shape (areas, len(edges) - 1); the result has a column between each two of ``wanted``. The curve
    (Fritsch & Carlson 1980) goes through what was counted, so that bands that need no cutting keep their numbers.
    """
    younger = np.concatenate([np.zeros((len(shares), 1)), np.cumsum(shares, axis=1)], axis=1)
    out = np.full((len(shares), len(wanted) - 1), np.nan)
    known = np.isfinite(younger).all(axis=1)
    if known.any():
        out[known] = np.diff(PchipInterpolator(edges, younger[known], axis=1)(wanted), axis=1)
    found: np.ndarray = np.clip(out, 0.0, 1.0)
    return found


def fitted_to(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, float]:
    """Return ``seed`` scaled to its margins by turns (IPF, Deming & Stephan 1940), and the largest relative change.

    ``rows`` is what each row adds up to, ``columns`` each column; both are scaled to the same sum, the rows'.
    """
    table = np.maximum(seed, 0.0)
    goal = columns * rows.sum() / columns.sum()
    for _ in range(_MOST_ROUNDS):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(goal, table.sum(axis=0))[None]
        if np.abs(table.sum(axis=1) - rows).max() <= _CLOSE * rows.max():
            break
    before = seed * (rows.sum() / seed.sum())
    return table, float(np.abs(table - before).sum() / max(rows.sum(), 1.0))


def _ratio(wanted: np.ndarray, have: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.divide(wanted, have, out=np.ones_like(wanted, dtype=float), where=have > 0)
    return found


def whole_parts(totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to ``shares`` (areas, parts) that add up to ``totals`` (largest remainders)."""
    weight = np.nan_to_num(shares)
    sums = weight.sum(axis=1, keepdims=True)
    exact = np.rint(totals)[:, None] * np.divide(weight, sums, out=np.zeros_like(weight), where=sums > 0)
    out = np.floor(exact + 1e-9)
    left = np.rint(np.rint(totals) - out.sum(axis=1)).astype(int)
    order = np.argsort(-(exact - out), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    found: np.ndarray = out + ((rank < left[:, None]) & (sums > 0))
    return found
