"""Who gets which school: student-proposing deferred acceptance, written once for simulated and real pupils.

Every child has a list of schools in order of liking. Every school has places in four pools: for indicator
pupils and for others, and within each by distance or by lottery, in the stated mix. Brothers and sisters of
pupils come first, then children of staff, then the rest: each on the places held for their own group, and then
on any that are left, so that no reserved place stays empty while somebody wants it. One lottery number per child, from a
public seed, breaks every tie in every school (a single tie-break).

Children apply to their first choice; a school holds the best and rejects the rest, who apply to their next
choice; what is held when nobody is rejected any more is the assignment. No child and school would both rather
have each other, and no child can gain by listing other wishes than the true ones.

Sources: Gale & Shapley 1962; Abdulkadiroglu & Sonmez 2003, AER 93:729; reserves by slot: Kominers & Sonmez 2016,
Theoretical Economics 11:653; single tie-break: Ashlagi & Nikzad 2020.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mechlin.core import rng
from mechlin.core.compiled import allocating, compiled

POOLS = 4  # indicator pupils by distance, by lottery; others by distance, by lottery
DISTANCE_MOST = 0.8  # of places, at most by distance where enrolment is digital
UNPLACED = -1
_SIBLING, _STAFF, _REST = 0, 1, 2


class Market(NamedTuple):
    """One year's market: arrays over children and schools.

    ``wishes`` (children, longest list): school rows in order of liking, -1 after the last.
    ``km`` (children, longest list): distance to each of these. ``indicator``: whether the child is an
    indicator pupil (a legal category: school allowance, or a mother without a secondary diploma).
    ``sibling`` and ``staff``: school row where the child has that priority, -1 none.
    ``places`` (schools, pools): places in each pool. ``ticket``: the child's lottery number.
    """

    wishes: np.ndarray
    km: np.ndarray
    indicator: np.ndarray
    sibling: np.ndarray
    staff: np.ndarray
    places: np.ndarray
    ticket: np.ndarray


class Reason(NamedTuple):
    """Why a child has the place it has: one line for each wish down to the one granted."""

    school: int
    rank: int
    granted: bool
    text: str


def split_places(places: ArrayLike, indicator_share: float, distance_share: float) -> np.ndarray:
    """Return places by pool, shape (schools, pools); every school's pools add up to its places."""
    pools: np.ndarray = pools_of(np.asarray(places, dtype=np.int64), float(indicator_share), float(distance_share))
    return pools


@allocating
def pools_of(places, indicator_share, distance_share):
    """Return :func:`split_places` of whole numbers, for compiled code."""
    out = np.zeros((places.size, POOLS), dtype=np.int32)
    for s in range(places.size):
        reserved = np.int64(np.rint(places[s] * min(max(indicator_share, 0.0), 1.0)))
        for first in range(0, POOLS, 2):
            group = reserved if first == 0 else places[s] - reserved
            out[s, first] = np.int64(np.rint(group * distance_share))
            out[s, first + 1] = group - out[s, first]
    return out


def tickets(keys: ArrayLike, public_seed: int) -> np.ndarray:
    """Return every child's lottery number from the public seed."""
    salt = rng.salted(public_seed, rng.stream("schools.lottery"), 0)
    return np.array([rng.bits(salt, key, 0) for key in np.asarray(keys)], dtype=np.uint64)


@compiled
def _may_take(market, child, school, pool, turn, anybody):
    """Return whether it is the child's turn for a place of this pool: its own group's, or ``anybody``'s."""
    if turn == _SIBLING and market.sibling[child] != school:
        return False
    if turn == _STAFF and market.staff[child] != school:
        return False
    return anybody == 1 or market.indicator[child] == (pool < 2)


@compiled
def _comes_before(market, child, rank, other, other_rank, pool):
    """Return whether ``child`` comes before ``other`` in this pool (ranks are places in their wish lists)."""
    if pool % 2 == 0:
        near, far = market.km[child, rank], market.km[other, other_rank]
        if near != far:
            return near < far
    return market.ticket[child] < market.ticket[other]


@compiled
def _choose(market, school, applicants, n, rank, kept, taken, left):
    """Fill the school's places from ``applicants``; mark in ``taken`` who is held, return how many.

    Brothers and sisters first, then children of staff, then the rest; each time first on the places of their own
    group and then on any. So priority counts against the group it belongs to, and no place stays empty.
    """
    held = total = 0
    for pool in range(POOLS):
        left[pool] = market.places[school, pool]
        total += left[pool]
    for a in range(n):
        taken[a] = n <= total  # room for all: nobody has to be compared
        if n <= total:
            kept[a] = applicants[a]
    if n <= total:
        return n
    for turn in range(_REST + 1):
        for anybody in range(2):
            for pool in range(POOLS):
                while left[pool] > 0:
                    best = -1
                    for a in range(n):
                        child = applicants[a]
                        if taken[a] or not _may_take(market, child, school, pool, turn, anybody):
                            continue
                        if best < 0 or _comes_before(
                            market, child, rank[child], applicants[best], rank[applicants[best]], pool
                        ):
                            best = a
                    if best < 0:
                        break
                    taken[best] = True
                    kept[held] = applicants[best]
                    held += 1
                    left[pool] -= 1
    return held


@allocating
def deferred_acceptance(market):
    """Return (school of each child or -1, place of that school in the child's list or -1)."""
    children, longest = market.wishes.shape
    schools = market.places.shape[0]
    rank = np.full(children, -1, dtype=np.int32)
    held = np.zeros(schools, dtype=np.int32)
    most = 0
    for s in range(schools):
        most = max(most, market.places[s].sum())
    holds = np.full((schools, most), -1, dtype=np.int32)
    applies = np.ones(children, dtype=np.bool_)
    pile, pile_start = np.empty(children, dtype=np.int32), np.zeros(schools + 1, dtype=np.int32)
    applicants = np.empty(children + most, dtype=np.int32)
    taken = np.empty(children + most, dtype=np.bool_)
    kept, left = np.empty(most, dtype=np.int32), np.empty(POOLS, dtype=np.int32)
    moving = True
    while moving:
        moving = False
        pile_start[:] = 0
        for c in range(children):
            if applies[c]:
                rank[c] += 1
                if rank[c] >= longest or market.wishes[c, rank[c]] < 0:
                    applies[c] = False
                    rank[c] = longest
                else:
                    pile_start[market.wishes[c, rank[c]] + 1] += 1
                    moving = True
        for s in range(schools):
            pile_start[s + 1] += pile_start[s]
        place = pile_start.copy()
        for c in range(children):
            if applies[c]:
                s = market.wishes[c, rank[c]]
                pile[place[s]] = c
                place[s] += 1
        for s in range(schools):
            new = pile_start[s + 1] - pile_start[s]
            if new == 0:
                continue
            n = 0
            for a in range(held[s]):
                applicants[n] = holds[s, a]
                n += 1
            for a in range(pile_start[s], pile_start[s + 1]):
                applicants[n] = pile[a]
                n += 1
            count = _choose(market, s, applicants, n, rank, kept, taken, left)
            for a in range(n):
                applies[applicants[a]] = not taken[a]
            held[s] = count
            for a in range(count):
                holds[s, a] = kept[a]
    assigned = np.full(children, UNPLACED, dtype=np.int32)
    for s in range(schools):
        for a in range(held[s]):
            assigned[holds[s, a]] = s
    for c in range(children):
        if assigned[c] < 0:
            rank[c] = -1
    return assigned, rank


def would_take(market: Market, assigned: np.ndarray, child: int, school: int) -> bool:
    """Return whether ``school`` would hold ``child`` next to or in place of those it has been assigned."""
    wishes = market.wishes
    there = np.append(np.flatnonzero(assigned == school), child).astype(np.int32)
    rank = np.zeros(wishes.shape[0], dtype=np.int32)
    for c in there:
        rank[c] = int(np.flatnonzero(wishes[c] == school)[0])
    taken = np.zeros(there.size, dtype=np.bool_)
    kept = np.empty(max(int(market.places[school].sum()), 1), dtype=np.int32)
    _choose(market, school, there, there.size, rank, kept, taken, np.empty(POOLS, dtype=np.int32))
    return bool(taken[-1])


def reasons(market: Market, assigned: np.ndarray, child: int) -> list[Reason]:
    """Return for one child why each wish down to the granted one was or was not granted."""
    out = []
    for rank, school in enumerate(market.wishes[child]):
        if school < 0:
            break
        if assigned[child] == school:
            text = "granted: " + (
                "a brother or sister goes there"
                if market.sibling[child] == school
                else "a parent works there"
                if market.staff[child] == school
                else "a place was free or the order of distance or lottery gave it"
            )
            out.append(Reason(int(school), rank + 1, True, text))
            break
        full = int((assigned == school).sum()), int(market.places[school].sum())
        out.append(
            Reason(
                int(school), rank + 1, False, f"not granted: all {full[1]} places went to children with higher priority"
            )
        )
    return out
