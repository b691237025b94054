"""Where a number of things does most good: a covering problem, solved to the optimum.

Places are spots within areas. Of what happens in an area, its first spots hold the most, as crime is concentrated
in few streets; where in the area they lie is not known, so they are laid out evenly, the first nearest the middle.
"""

from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

_SPOTS_MOST = 8  # of one area: more would slow the search and change little
_GOLDEN = np.pi * (np.sqrt(5.0) - 1.0)  # angle from one spot to the next: never twice the same direction
_FEW = 8  # sites that share places with one another: as many are tried in every combination
_UNITS = 1_000_000  # whole units into which demand is divided: their sums are the same on every machine


class Spots(NamedTuple):
    """Spots that can be seen: the area of each, its share of that area, and who sees whom (sites by spots)."""

    area: np.ndarray
    share: np.ndarray
    sees: np.ndarray


def spots(x_km: np.ndarray, y_km: np.ndarray, area_km2: np.ndarray, view_km: float, evenness: float) -> Spots:
    """Return the spots of every area, each as large as what can be seen within ``view_km``.

    The first n of N spots of an area hold (n/N) ** ``evenness`` of it: 1 when all are alike, less when few hold most.
    """
    return _spots(x_km.tobytes(), y_km.tobytes(), area_km2.tobytes(), view_km, evenness)


@lru_cache(maxsize=4)
def _spots(x: bytes, y: bytes, km2: bytes, view_km: float, evenness: float) -> Spots:
    """Return the same; areas stay where they are, so that a city needs it once."""
    x_km, y_km, area_km2 = (np.frombuffer(part) for part in (x, y, km2))
    whole = np.maximum(area_km2 / (np.pi * view_km**2), 1.0)
    count = np.minimum(np.ceil(whole), _SPOTS_MOST).astype(int)
    area = np.repeat(np.arange(count.size), count)
    rank = np.concatenate([np.arange(n) for n in count])
    held = np.minimum(np.stack([rank, rank + 1]) / whole[area], 1.0) ** evenness
    away = np.sqrt(area_km2 / np.pi)[area] * np.sqrt(rank / count[area])
    east, north = x_km[area] + away * np.cos(rank * _GOLDEN), y_km[area] + away * np.sin(rank * _GOLDEN)
    sees = np.hypot(east[:, None] - east, north[:, None] - north) <= view_km
    return Spots(area, held[1] - held[0], sees)


def most_covered(
    demand: np.ndarray,
    covers: np.ndarray,
    number: int,
    kept: np.ndarray | None = None,
    allowed: np.ndarray | None = None,
) -> np.ndarray:
    """Return which sites to take so that the demand covered by at least one of them is largest.

    ``covers[site, place]`` says what each site covers; at most ``number`` are taken. ``kept`` sites were taken before
    and stay, as far as the number reaches; sites that are not ``allowed`` are never taken. Among equals the earlier
    sites. This is the maximal covering location problem (Church & ReVelle 1974), solved by HiGHS.
    """
    sites = len(covers)
    can = np.ones(sites, dtype=bool) if allowed is None else allowed.copy()
    stay = np.zeros(sites, dtype=bool) if kept is None else kept & can
    if number <= 0 or demand.sum() <= 0 or not can.any():
        return np.zeros(sites, dtype=bool)
    if stay.sum() > number:
        can, stay = stay, np.zeros(sites, dtype=bool)
    if number >= can.sum():
        return can
    number -= int(stay.sum())
    if number == 0:
        return stay
    units = np.round(demand * (_UNITS / demand.sum()))
    site, place = np.divmod(np.flatnonzero(covers), covers.shape[1])
    left = units.copy()
    left[place[stay[site]]] = 0.0  # what stays needs no second site
    useful = (can & ~stay)[site] & (left > 0)[place]
    site, place = site[useful], place[useful]
    taking = _may_be_best(site, place, left, sites, number)
    within = np.zeros(left.size, dtype=bool)
    within[place[np.isin(site, taking)]] = True
    chosen = stay.copy()
    if taking.size:
        chosen[taking[_solved(left[within], covers[np.ix_(taking, np.flatnonzero(within))], number)]] = True
    return chosen


def _may_be_best(site: np.ndarray, place: np.ndarray, demand: np.ndarray, sites: int, number: int) -> np.ndarray:
    """Return the rows of the sites that can be in a best choice of ``number``; each ``site`` covers a ``place``.

    Of the sites that share no place with another, only the best ``number`` can; and no site that would cover less,
    even alone, than the last of these, because that one could always stand in its place.
    """
    worth = np.bincount(site, weights=demand[place], minlength=sites)
    alone = np.bincount(site, weights=np.bincount(place)[place] > 1, minlength=sites) == 0
    best = np.argsort(-np.where(alone, worth, -1.0), kind="stable")[: min(number, alone.sum())]
    least = worth[best[-1]] if best.size == number else 0.0
    able = ~alone & (worth >= least) & (worth > 0)
    able[best] = worth[best] > 0
    return np.flatnonzero(able)


def _solved(units: np.ndarray, covers: np.ndarray, number: int) -> np.ndarray:
    """Return the best choice of ``number`` sites; demand is in whole ``units``, and the earlier of equals is best.

    Groups of sites that share no place with other groups are tried in every combination where they are small, and
    the groups put together one by one (dynamic programming); otherwise HiGHS searches.
    """
    groups = _groups(covers)
    if max(len(group) for group in groups) > _FEW:
        return _searched(units, covers, number)
    sites = len(covers)
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}  # by number of sites: worth, sites
    for group in groups:
        found = dict(best)
        for some in (c for n in range(1, min(len(group), number) + 1) for c in combinations(group, n)):
            seen = int(units[covers[list(some)].any(axis=0)].sum())
            worth = seen * sites * (sites + 1) - sum(some) - len(some)  # of equals, the earlier: as in the search
            for taken, (before, chosen) in best.items():
                n = taken + len(some)
                if n <= number and (n not in found or before + worth > found[n][0]):
                    found[n] = before + worth, (*chosen, *some)
        best = found
    return np.isin(np.arange(sites), max(best.values(), key=lambda found: found[0])[1])


def _groups(covers: np.ndarray) -> list[list[int]]:
    """Return the sites in groups that share places, directly or through one another."""
    shares, left, groups = covers.astype(int) @ covers.T > 0, set(range(len(covers))), []
    while left:
        group, more = set(), {min(left)}
        while more:
            group |= more
            more = set(np.flatnonzero(shares[sorted(more)].any(axis=0)).tolist()) - group
        groups.append(sorted(group))
        left -= group
    return groups


def _searched(units: np.ndarray, covers: np.ndarray, number: int) -> np.ndarray:
    """Return the same by HiGHS, however large the groups."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    sites, places = covers.shape
    later = np.arange(1, sites + 1) / (sites * (sites + 1.0))  # all of them together are half a unit
    seen = hstack([csr_array(-covers.T.astype(float)), eye_array(places)])  # a place is covered by some site taken
    taken = csr_array(np.concatenate([np.ones(sites), np.zeros(places)])[None, :])
    found = milp(
        np.concatenate([later, -units]),
        constraints=[LinearConstraint(seen, -np.inf, 0.0), LinearConstraint(taken, 0.0, number)],
        integrality=np.concatenate([np.ones(sites), np.zeros(places)]),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 0.0},
    )
    out: np.ndarray = found.x[:sites] > 0.5
    return out


def seen_share(places: Spots, chosen: np.ndarray, areas: int) -> np.ndarray:
    """Return of each area the share that the ``chosen`` sites see."""
    seen = places.sees[chosen].any(axis=0)
    return np.minimum(np.bincount(places.area[seen], weights=places.share[seen], minlength=areas), 1.0)


def outermost(x_km: np.ndarray, y_km: np.ndarray, directions: int, number: int, allowed: np.ndarray) -> np.ndarray:
    """Return how many of ``number`` things stand in each area, when they stand where roads enter the city.

    Roads are not known: in each direction from the middle, the outermost of the ``allowed`` areas.
    """
    angle = 2.0 * np.pi * np.arange(directions) / directions
    far = np.outer(np.cos(angle), x_km - x_km.mean()) + np.outer(np.sin(angle), y_km - y_km.mean())
    at = np.argmax(np.where(allowed, far, -np.inf), axis=1)
    each = number // directions + (np.arange(directions) < number % directions)
    return np.bincount(at, weights=each, minlength=x_km.size)


def demand_of(rate: np.ndarray, people: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return what happens in each area: last year's offences, or, before any is known, the ``usual`` visitors.

    ``rate`` is by 100 residents and year.
    """
    counted = rate * people / 100.0
    return counted if counted.sum() > 0 else usual.astype(float)
