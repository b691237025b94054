"""Where offenders go: areas by what there is to find and how near they are, burglars also by what has just happened.

In a city of up to ``NEAREST`` areas everywhere can be reached. A larger one falls into regions of a few areas each, and from
a region only the areas nearest to it can.
"""

import numpy as np
from scipy.spatial import KDTree

from mechlin.core import rng
from mechlin.core.codes import OFFENCES, Offence
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.guardianship import opportunities

NEAREST = 128  # areas that can be reached; assumption: about a hundred thousand residents live there
_REGION = 16  # areas of a region at most, where there is more than one
_TRIES = 24  # areas drawn before staying in one's own


def widths(areas: int) -> dict[str, int]:
    """Return how wide the columns are that hold what can be reached from a region, in a city of so many areas."""
    near = min(NEAREST, areas)
    return {"near_areas": near, "near_by_kind": near * OFFENCES}


def regions(x_km: np.ndarray, y_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the region of each area, and for each region the rows of the areas that can be reached from it."""
    places = np.stack([x_km, y_km], axis=1)
    near, region = min(NEAREST, len(places)), np.zeros(len(places), dtype=np.int32)
    tree = KDTree(places, leafsize=NEAREST if near == len(places) else _REGION)
    reached: list[np.ndarray] = []
    waiting = [tree.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, KDTree.innernode):
            waiting += [node.greater, node.less]
            continue
        region[node.idx] = len(reached)
        _, rows = tree.query(places[node.idx].mean(axis=0), k=range(1, near + 1))
        reached.append(np.sort(rows))
    return region, np.array(reached, dtype=np.int32)


@compiled
def open_regions(areas, count, p):
    """Add up each kind's opportunities over the areas that can be reached from each of ``count`` regions, once a year."""
    near = areas.near.shape[1]
    for region in range(count):
        for kind in range(OFFENCES):
            total, first = 0.0, kind * near
            for n in range(near):
                total += opportunities(areas, areas.near[region, n], kind, p)
                areas.near_opportunity[region, first + n] = total
            for n in range(near):
                areas.near_opportunity[region, first + n] /= max(total, 1.0)


@compiled
def place_at(shares, u):
    """Return the place in which the draw ``u`` falls, of places whose shares were added up in their order."""
    low, left = 0, shares.size
    while left > 1:  # a sum in place of a branch, which nobody could foresee; halving finds it
        half = left // 2
        low += half * (u >= shares[low + half - 1])
        left -= half
    return low


@compiled
def near_repeat(burglaries, area_km2, p):
    """Return how much likelier a home of the area is chosen after last month's burglaries there.

    Each that is usually recorded raises the risk nearby: ``near_repeat_km2`` is that rise, added up over the ground
    around a burgled home.
    """
    recorded = p.reported_burglary * burglaries
    return min(1.0 + p.near_repeat_km2 * recorded / max(area_km2, 1e-3), p.near_repeat_max)


@compiled
def nearness(km2, p):
    """Return the chance of going as far as the root of ``km2``: a half at ``distance_km``, ever slower beyond."""
    return 1.0 / (1.0 + km2 / (p.distance_km * p.distance_km))


@compiled
def choose_area(areas, here, kind, avoid, p, salt, key, first):
    """Return where an offender from area ``here`` goes: an area drawn by opportunity, kept if near enough."""
    near = areas.near[areas.region[here]]
    shares = areas.near_opportunity[areas.region[here], kind * near.size : (kind + 1) * near.size]
    for n in range(_TRIES):
        area = near[place_at(shares, rng.draw(salt, key, first + 2 * n))]
        if area == avoid:
            continue
        east, north = areas.x_km[area] - areas.x_km[here], areas.y_km[area] - areas.y_km[here]
        kept = nearness(east * east + north * north, p)
        if kind == Offence.BURGLARY:
            kept *= near_repeat(areas.offences[area, Offence.BURGLARY], areas.area_km2[area], p) / p.near_repeat_max
        if rng.draw(salt, key, first + 2 * n + 1) < kept:
            return area
    return np.int64(here)
