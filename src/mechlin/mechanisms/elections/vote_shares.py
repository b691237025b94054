"""What share of the votes each list is expected to get from a table of voters, and how a result is taken apart.

From the table (cell, push to the right, push to the mayor's list) the expected shares follow for any tide, supply
of lists, make-up or mood: so a result is taken apart without asking anybody to vote again.

Source: the mean over all orders of replacing one input after the other is the Shapley value (Shapley 1953), as
Shorrocks 2013 (J Econ Inequal 11:99) uses it to take a number apart; its parts add up exactly.
"""

from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import numpy as np

from mechlin.core.compiled import compiled
from mechlin.mechanisms.elections.turnout import (
    BIN,
    CELLS,
    MAYOR,
    MAYOR_BINS,
    MAYOR_MIDDLE,
    OTHERS,
    RADICAL_RIGHT,
    RIGHT_BINS,
    RIGHT_MIDDLE,
    standing_pull,
)

_FIT_ROUNDS = 60
_CLOSE = 1e-12  # log-odds
Switches = tuple[int, ...]


@compiled
def cell_shares(voters, instead, right, mayor, mayor_stands, p, out):
    """Write what share of each cell is expected to choose the radical right and the mayor's list.

    A cell without anybody in ``voters`` behaves as it does in ``instead``: nobody knows of a change there.
    """
    for cell in range(CELLS):
        counts = voters[cell] if voters[cell].sum() > 0 else instead[cell]
        total, to_right, to_mayor = 0, 0.0, 0.0
        for r in range(RIGHT_BINS):
            for m in range(MAYOR_BINS):
                n = counts[r, m]
                if n > 0:
                    a = np.exp(right + standing_pull(cell, p) + (r - RIGHT_MIDDLE) * BIN)
                    b = np.exp(mayor + (m - MAYOR_MIDDLE) * BIN) if mayor_stands else 0.0
                    total += n
                    to_right += n * a / (1.0 + a + b)
                    to_mayor += n * b / (1.0 + a + b)
        out[RADICAL_RIGHT, cell] = to_right / max(total, 1)
        out[MAYOR, cell] = to_mayor / max(total, 1)


def shares_of(voters: np.ndarray, right: float, mayor: float, mayor_stands: bool, p: Any) -> np.ndarray:
    """Return the shares that others, the radical right and the mayor's list are expected to get of ``voters``."""
    room = np.zeros((MAYOR + 1, CELLS))
    cell_shares(voters, voters, right, mayor, mayor_stands, p, room)
    out = room @ make_up(voters)
    out[OTHERS] = 1.0 - out[RADICAL_RIGHT] - out[MAYOR]
    found: np.ndarray = out
    return found


def make_up(voters: np.ndarray) -> np.ndarray:
    """Return the share of each cell among ``voters``."""
    found: np.ndarray = voters.sum(axis=(1, 2)) / max(voters.sum(), 1)
    return found


def fit_standing(voters: np.ndarray, right_share: float, mayor_share: float, p: Any) -> tuple[float, float]:
    """Return the standing of both lists at which ``voters`` are expected to give them these shares of their votes."""
    standing = np.zeros(2)
    stands = mayor_share > 0.0
    wanted = np.array([right_share, mayor_share if stands else 1.0]) / (1.0 - right_share - mayor_share)
    for _ in range(_FIT_ROUNDS):
        found = shares_of(voters, standing[0], standing[1], stands, p)
        odds = found[[RADICAL_RIGHT, MAYOR]] / found[OTHERS]
        missing = np.where([True, stands], np.log(wanted) - np.log(np.where(odds > 0.0, odds, 1.0)), 0.0)
        standing += missing
        if np.abs(missing).max() < _CLOSE:
            break
    return float(standing[0]), float(standing[1])


def expected_shares(
    now: np.ndarray, base: np.ndarray, lists: Callable[[int, int], tuple[float, float, bool]], p: Any
) -> dict[Switches, np.ndarray]:
    """Return the expected share of every list by (tide, electorate, rivals, local), each 0 as then or 1 as now.

    ``lists`` gives the standing of both lists, and whether the mayor's stands, for a tide and a supply of lists.
    """
    out: dict[Switches, np.ndarray] = {}
    room, sizes = np.zeros((MAYOR + 1, CELLS)), (make_up(base), make_up(now))
    for with_tide, rivals, local in product((0, 1), (0, 1), (0, 1)):
        mood, instead = (now, base) if local else (base, now)
        cell_shares(mood, instead, *lists(with_tide, rivals), p, room)
        for electorate in (0, 1):
            out[with_tide, electorate, rivals, local] = room @ sizes[electorate]
    return out


def shapley(values: dict[Switches, float]) -> list[float]:
    """Return what each switch adds, the mean over all orders of turning them from 0 to 1."""
    size = len(next(iter(values)))
    added, orders = [0.0] * size, list(permutations(range(size)))
    for order in orders:
        on = [0] * size
        for switch in order:
            before = values[tuple(on)]
            on[switch] = 1
            added[switch] += (values[tuple(on)] - before) / len(orders)
    return added
