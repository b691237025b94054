"""The rules and loops behind upkeep: how homes age, and which are renovated."""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled

_POOR = np.float32(0.3)  # quality below which a home counts as poor, as in the city's table
_NEED_UNITS = 1024.0  # need is added up in whole units, so that the order of homes cannot move a digit


@compiled
def need_of(quality, p):
    """Return how much a home needs renovation: 0 when in order, towards 1 when ruinous."""
    if quality >= p.need_below:
        return 0.0
    lack = (p.need_below - quality) / p.need_below
    return lack if p.need_power == 1.0 else lack**p.need_power


@compiled
def renovation_chance(need, total_need, added, homes_in_area, months, p):
    """Return the chance that a home is renovated in so many months, with ``added`` beside the usual."""
    if need <= 0.0 or total_need <= 0.0:
        return 0.0
    return min((p.usual_rate * months / 12.0 * homes_in_area + added) * need / total_need, 1.0)


@compiled
def homes_months(homes, areas, city, p, months, salt, t):
    """Let every home age some months, and renovate those whose turn it is."""
    areas.next_need[:] = 0.0
    areas.renewed[:] = 0
    areas.renewed_share[:] = 0.0
    areas.next_standing[:] = 0
    areas.homes_empty[:] = 0
    areas.homes_poor[:] = 0
    for h in range(homes.area.size):
        if homes.built_month[h] > t:
            continue
        area = homes.area[h]
        areas.next_standing[area] += 1
        areas.homes_empty[area] += homes.occupant[h] < 0
        quality = homes.quality[h] - p.decay * months / 12.0
        need = need_of(quality, p)
        if need > 0.0:
            areas.next_need[area] += int(need * _NEED_UNITS + 0.5)
            chance = renovation_chance(
                need, areas.need[area], areas.renovations_due[area], areas.standing_homes[area], months, p
            )
            if chance > 0.0 and rng.draw(salt, homes.key[h], 0) < chance:
                quality = min(quality + p.gain, 1.0)
                areas.renewed[area] += 1
                city.renovations[0] += 1
        homes.quality[h] = max(quality, 0.0)
        areas.homes_poor[area] += homes.quality[h] < _POOR
    for a in range(areas.need.size):
        areas.need[a] = areas.next_need[a] / _NEED_UNITS
        areas.standing_homes[a] = areas.next_standing[a]
        areas.renovations_due[a] = 0.0
        areas.renewed_share[a] = areas.renewed[a] / max(areas.standing_homes[a], 1)
