"""Where offenders go: areas by what there is to find and how near they are, burglars also by what has just happened."""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import fused, rule
from mechlin.rules.guardianship import BURGLARY

_TRIES = 24  # areas drawn before staying in one's own


@fused
def place_at(opportunity, kind, u):
    """Return the area in which the draw ``u`` falls, by the kind's opportunities (a binary search)."""
    low, left = 0, opportunity.shape[0]
    while left > 1:  # a sum in place of a branch, which nobody could foresee
        half = left // 2
        low += half * (u >= opportunity[low + half - 1, kind])
        left -= half
    return low


@rule
def near_repeat(burglaries, area_km2, p):
    """Return how much likelier a home of the area is chosen after last month's burglaries there.

    Each raises the risk nearby: ``near_repeat_km2`` is that rise, added up over the ground around a burgled home.
    """
    return min(1.0 + p.near_repeat_km2 * burglaries / max(area_km2, 1e-3), p.near_repeat_max)


@rule
def nearness(km2, p):
    """Return the chance of going as far as the root of ``km2``: a half at ``distance_km``, ever slower beyond."""
    return 1.0 / (1.0 + km2 / (p.distance_km * p.distance_km))


@fused
def choose_area(areas, here, kind, avoid, p, salt, key, first):
    """Return where an offender from area ``here`` goes: an area drawn by opportunity, kept if near enough.

    No table of all pairs of areas is kept: a country has too many.
    """
    for n in range(_TRIES):
        area = place_at(areas.opportunity, kind, rng.draw(salt, key, first + 2 * n))
        if area == avoid:
            continue
        east, north = areas.x_km[area] - areas.x_km[here], areas.y_km[area] - areas.y_km[here]
        kept = nearness(east * east + north * north, p)
        if kind == BURGLARY:
            kept *= near_repeat(areas.offences[area, BURGLARY], areas.area_km2[area], p) / p.near_repeat_max
        if rng.draw(salt, key, first + 2 * n + 1) < kept:
            return area
    return np.int64(here)
