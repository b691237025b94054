"""Shares beside per cents in one table, between towns or within one."""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from mechlin.core.errors import Problem
from mechlin.evaluation.table import SHOWN

_SHARE, _PERCENT = 1.0, 100.0
_BETWEEN = (30.0, 300.0)  # how many times larger per cents are than shares, both being of the same thing (assumption)
_CLOSE, _APART = 20.0, 5.0  # each kind lies within so many times, and the two are so many times apart (assumption)


def mixed(
    towns: list[str], values: np.ndarray, column: str, file: str, row: Callable[[int, int | None], int]
) -> list[Problem]:
    """Return where per cents stand beside shares: between towns, or between the periods of one town.

    Only what can hardly be anything else is called so: nothing negative, nothing over 100, two kinds of figures a
    hundred times apart, each kind close together, and a gap between them. ``row`` gives the row of a town, or of one of
    its periods.
    """
    if values.size == 0 or not (np.nanmin(values, initial=0.0) >= 0.0 and np.nanmax(values, initial=0.0) <= _PERCENT):
        return []
    advice = "write all in one unit: shares from 0 to 1, or per cents from 0 to 100"
    where = {"file": file, "column": column, "repair": advice}
    known = ~np.isnan(values).all(axis=1)
    most = np.nanmax(np.where(known[:, None], values, 0.0), axis=1)
    shares, others = known & (most <= _SHARE), known & (most > _SHARE)
    middle = _middles(values)
    if shares.any() and others.any() and _two_kinds(middle[shares], middle[others]):
        few = shares if shares.sum() <= others.sum() else others
        rest = float(np.median(middle[others if few is shares else shares]))
        one, usual = ("shares", "per cents") if few is shares else ("per cents", "shares")
        return [
            Problem(
                f"{towns[k]} has {one}, as {middle[k]:g}, where most have {usual}, as {rest:g}",
                row=row(k, None),
                **where,
            )
            for k in np.flatnonzero(few)[:SHOWN].tolist()
        ]
    return [
        Problem(
            f"{towns[k]} has {values[k, c]:g} beside {rest:g}: a share beside per cents, or the reverse",
            row=row(k, c),
            **where,
        )
        for k, c, rest in islice(_odd_cells(values, others), SHOWN)
    ]


def _two_kinds(low: np.ndarray, high: np.ndarray) -> bool:
    """Return whether two sets of figures look like the same things as shares and as per cents."""
    low = low[low > 0.0]
    if low.size == 0:
        return False
    times = float(np.median(high) / np.median(low))
    close = low.max() <= _CLOSE * low.min() and high.max() <= _CLOSE * high.min()
    return bool(_BETWEEN[0] <= times <= _BETWEEN[1] and close and high.min() >= _APART * low.max())


def _odd_cells(values: np.ndarray, mixed: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Give the cells of a town that are of the other kind than most of its cells, and what those are like."""
    with np.errstate(invalid="ignore"):
        below = (values > 0.0) & (values <= _SHARE)
        candidates = np.flatnonzero(mixed & below.any(axis=1))
    for k in candidates:
        row = values[k]
        low, high = below[k], row > _SHARE
        if not _two_kinds(row[low], row[high]):
            continue
        few, rest = (low, high) if low.sum() <= high.sum() else (high, low)
        for c in np.flatnonzero(few):
            yield int(k), int(c), float(np.median(row[rest]))


def _middles(sizes: np.ndarray) -> np.ndarray:
    """Return the (lower) median of each row, what is missing left out."""
    counted = (~np.isnan(sizes)).sum(axis=1)
    return np.asarray(np.sort(sizes, axis=1)[np.arange(sizes.shape[0]), np.maximum(counted - 1, 0) // 2])
