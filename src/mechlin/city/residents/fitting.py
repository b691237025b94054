"""Whole people in a table whose margins are known: fitted, then rounded by lottery.

The table of shares is scaled to its margins in turn until it fits (iterative proportional fitting, Deming & Stephan
1940, doi:10.1214/aoms/1177731829), then made whole: every cell keeps its whole part, and the persons still missing
from each row and column are dealt to cells drawn in proportion to their fraction. Margins hold exactly; rare
combinations keep their share over many areas, which rounding to the nearest would take from them.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled

_ROUNDS = 200  # of scaling, at most
_SHIFT, _FINE = 1000.0, 1e12  # tickets become whole numbers, for sorting
_NEAR = 1e-6  # persons: close enough to round


def fitted(start: np.ndarray, rows: np.ndarray, columns: np.ndarray, salt: np.uint64, key: int) -> np.ndarray:
    """Return whole numbers with these row and column sums, close to ``start`` scaled to them.

    ``rows`` and ``columns`` are whole numbers with one sum; ``salt`` and ``key`` address the lottery. Raise
    ValueError when the sums differ.
    """
    if rows.sum() != columns.sum():
        raise ValueError(f"the rows hold {rows.sum()} people and the columns {columns.sum()}")
    shares = np.ascontiguousarray(start, dtype=np.float64).copy()
    whole = np.zeros(start.shape, dtype=np.int64)
    left = (rows.astype(np.int64), columns.astype(np.int64))
    _scale(shares, *left)
    ticket, cell = np.zeros(whole.size, dtype=np.uint64), np.zeros(whole.size, dtype=np.int32)
    _round(shares, left[0].copy(), left[1].copy(), whole, np.uint64(salt), np.uint64(key), ticket, cell)
    return whole


@compiled
def _scale(shares, rows, columns):
    """Scale ``shares`` in place until its rows and columns sum to these."""
    for _ in range(_ROUNDS):
        for j in range(columns.size):
            total = 0.0
            for i in range(rows.size):
                total += shares[i, j]
            for i in range(rows.size):
                shares[i, j] *= columns[j] / total if total > 0.0 else 0.0
        worst = 0.0
        for i in range(rows.size):
            total = 0.0
            for j in range(columns.size):
                total += shares[i, j]
            worst = max(worst, abs(total - rows[i]))
            for j in range(columns.size):
                shares[i, j] *= rows[i] / total if total > 0.0 else 0.0
        if worst < _NEAR:
            return


@compiled
def _round(shares, rows, columns, whole, salt, key, ticket, cell):
    """Fill ``whole``; ``rows`` and ``columns`` end at zero, the last two are working space."""
    width = columns.size
    for i in range(rows.size):
        for j in range(width):
            at = i * width + j
            kept = min(np.int64(shares[i, j] + _NEAR), rows[i], columns[j])
            whole[i, j] = kept
            rows[i] -= kept
            columns[j] -= kept
            fraction = max(shares[i, j] - kept, 1e-12)
            ticket[at] = np.uint64((_SHIFT - np.log(fraction) - rng.gumbel(rng.draw(salt, key, at))) * _FINE)
            cell[at] = at
    rng.sort_by_priority(ticket, cell, cell.size)
    for most in (1, 1 << 62):  # one person a cell; then, should any be left, wherever there is room
        for k in range(cell.size):
            i, j = cell[k] // width, cell[k] % width
            more = min(rows[i], columns[j], most)
            whole[i, j] += more
            rows[i] -= more
            columns[j] -= more
