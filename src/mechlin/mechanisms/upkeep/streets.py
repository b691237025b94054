"""The rules behind streets: disorder, public space, and what is felt of the surroundings."""

import numpy as np

from mechlin.core.codes import Offence
from mechlin.core.compiled import compiled

_REACH = 2.0  # halvings past which a place is not felt: the effect was found mainly within 250 m
_WALKS = 5.0  # walking distances past which nobody comes to buy
_MEAN_APART = 0.9054  # mean distance of two points of a disc, in radii (128 / 45 pi)
_HUNDRED = 100.0  # residents to whom nuisance and cleaning refer
_NONE = 1e-9


@compiled
def distance_inside(area_km2):
    """Return how far apart two places of one area are on average: those of a disc of its size."""
    return _MEAN_APART * np.sqrt(area_km2 / np.pi)


@compiled
def felt(km, halving_km):
    """Return what is felt at a distance: all of it at the spot, half as much every ``halving_km``."""
    return 2.0 ** (-km / halving_km)


@compiled
def empty_share(homes_empty, homes, shops_vacant, shops, p):
    """Return the share of doors behind which there is nobody; a shop counts as several homes."""
    return (homes_empty + p.shop_doors * shops_vacant) / max(homes + p.shop_doors * shops, 1.0)


@compiled
def disorder_level(structural, nuisance, empty, space_gain, rise, hours, p):
    """Return the level to which disorder moves.

    ``nuisance`` and ``hours`` of cleaning a month are for 100 residents; ``space_gain`` is what public space has
    gained since the start and ``rise`` by how much disorder has risen since then.
    """
    seen = structural + p.nuisance_weight * nuisance + p.vacancy_weight * empty
    seen += p.spread * rise - p.space_weight * space_gain
    cleaned = p.cleaning_most * (1.0 - np.exp(-hours / p.cleaning_scale))
    return min(max(seen, 0.0) * (1.0 - cleaned), 1.0)


@compiled
def public_space_next(quality, renewed, p):
    """Return next month's quality of public space of which the share ``renewed`` was renewed beside the usual."""
    worn = max(quality - p.space_decay / 12.0, 0.0)
    return worn + min(renewed + p.space_usual / 12.0, 1.0) * max(p.space_new - worn, 0.0)


@compiled
def streets_month(areas, levers, p):
    """Let public space wear and be renewed, and disorder move towards its level."""
    for a in range(areas.disorder.size):
        renewed = min(levers.public_space[a], 1.0)
        areas.public_space[a] = public_space_next(areas.public_space[a], renewed, p)
        areas.space_renewed[a] += renewed
        empty = empty_share(areas.homes_empty[a], areas.standing_homes[a], areas.shops_vacant[a], areas.shops[a], p)
        hundreds = max(areas.people[a] / _HUNDRED, 1.0)
        level = disorder_level(
            areas.disorder_structural[a],
            areas.offence_rate[a, Offence.NUISANCE],
            empty,
            areas.public_space[a] - areas.space_start[a],
            areas.disorder[a] - areas.disorder_start[a],
            levers.cleaning_hours[a] / hundreds,
            p,
        )
        areas.disorder[a] += (level - areas.disorder[a]) * (1.0 - np.exp(-p.fade / 12.0))


@compiled
def settle(areas, p):
    """Remember the first month, so that an area in which nothing changes keeps the disorder and shops it has."""
    shops = vacant = 0
    for a in range(areas.disorder.size):
        shops += areas.shops[a]
        vacant += areas.shops_vacant[a]
    usual = max(vacant, 1) / max(shops, 1)
    for a in range(areas.disorder.size):
        empty = empty_share(areas.homes_empty[a], areas.standing_homes[a], areas.shops_vacant[a], areas.shops[a], p)
        explained = p.nuisance_weight * areas.offence_rate[a, Offence.NUISANCE] + p.vacancy_weight * empty
        areas.disorder_structural[a] = areas.disorder[a] - explained
        areas.disorder_start[a] = areas.disorder[a]
        areas.space_start[a] = areas.public_space[a]
        areas.unsafe_start[a] = areas.unsafe_share[a]
        areas.vacant_nearby_start[a] = areas.vacant_nearby[a]
        areas.spending_start_eur[a] = max(areas.spending_eur[a], 1.0)
        share = (areas.shops_vacant[a] + p.shops_pool * usual) / max(areas.shops[a] + p.shops_pool, 1.0)
        share = min(max(share, _NONE), 1.0)
        areas.letting_rate[a] = p.closing_rate * (1.0 - share) / share


@compiled
def look_around(areas, p):
    """Find what is renewed and what stands empty around each area; nearer homes and shops count more."""
    reach = _REACH * p.halving_km
    for a in range(areas.x_km.size):
        homes = renewed = shops = vacant = 0.0
        for b in range(areas.x_km.size):
            x, y = abs(areas.x_km[b] - areas.x_km[a]), abs(areas.y_km[b] - areas.y_km[a])
            if x > reach or y > reach:
                continue
            km = np.hypot(x, y)
            if km > reach:
                continue
            weight = felt(km if a != b else distance_inside(areas.area_km2[a]), p.halving_km)
            share = areas.renewed_share[b] + p.space_counts * areas.space_renewed[b]
            homes += weight * areas.standing_homes[b]
            renewed += weight * areas.standing_homes[b] * share
            shops += weight * areas.shops[b]
            vacant += weight * areas.shops_vacant[b]
        areas.renewal_nearby[a] = renewed / max(homes, _NONE)
        areas.vacant_nearby[a] = vacant / max(shops, _NONE)
    areas.space_renewed[:] = 0.0


@compiled
def sum_spending(households, areas, p):
    """Add up the incomes of those who live within walking distance of each area's shops; the near count more."""
    areas.incomes_eur[:] = 0
    for h in range(households.alive.size):
        if households.alive[h]:
            areas.incomes_eur[households.area[h]] += np.int64(households.income_eur[h] + 0.5)
    reach = _WALKS * p.walking_km
    for a in range(areas.x_km.size):
        total = 0.0
        for b in range(areas.x_km.size):
            x, y = abs(areas.x_km[b] - areas.x_km[a]), abs(areas.y_km[b] - areas.y_km[a])
            if x <= reach and y <= reach:
                km = np.hypot(x, y) if a != b else distance_inside(areas.area_km2[a])
                total += areas.incomes_eur[b] * np.exp(-km / p.walking_km)
        areas.spending_eur[a] = total
