"""The rules behind shops: what a place brings, who closes, which empty shop is let, merged or made a home.

The shops of an area are numbered; the first so many are let, the others vacant. Every shop has its own draw each
month, found by its area and number, so that one shop more or less changes nothing for the others.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled

_LEVY_EUR = 100.0  # of levy a month, to which the gain refers
_FEWEST = 1e-6  # passers-by against the start


@compiled
def footfall(spending, lost, unsafe_rise, vacant_rise, p):
    """Return the passers-by against the start, from what is spent around, fear, and empty shops nearby."""
    return spending * lost * np.exp(-p.unsafe_weight * unsafe_rise - p.empty_weight * vacant_rise)


@compiled
def margin(passing, rent, p):
    """Return by how much (log) what a place brings exceeds the rent asked, both against the start."""
    return p.footfall_rent * np.log(max(passing, _FEWEST)) - np.log(rent)


@compiled
def rent_next(rent, passing, p):
    """Return next month's rent asked: it follows what the place brings, slowly."""
    return rent + (max(passing, _FEWEST) ** p.footfall_rent - rent) * (1.0 - np.exp(-p.rent_follows / 12.0))


@compiled
def closing_chance(gap, p):
    """Return the chance that a shop closes this month, by its margin."""
    return 1.0 - np.exp(-p.closing_rate * np.exp(-p.margin_weight * gap) / 12.0)


@compiled
def letting_chance(usual, gap, levy_eur, p):
    """Return the chance that a vacant shop is let this month, without any other help."""
    rate = usual * np.exp(p.margin_weight * gap + p.levy_gain * levy_eur / _LEVY_EUR)
    return 1.0 - np.exp(-rate / 12.0)


@compiled
def helped_chance(grants, vacant, shops, p):
    """Return the chance that a vacant shop is helped this month: ever fewer are left that stand empty for long."""
    for_long = max(1.0 - p.empty_between * shops / vacant, 0.0)
    return min(grants, vacant) / vacant * for_long


@compiled
def shops_month(areas, city, levers, p, salt, t):
    """Close, let, merge and convert shops, one draw each."""
    lost = (1.0 - p.spending_lost) ** (t / 12.0)
    for a in range(areas.shops.size):
        if areas.shops[a] == 0:
            continue
        passing = footfall(
            areas.spending_eur[a] / areas.spending_start_eur[a],
            lost,
            areas.unsafe_share[a] - areas.unsafe_start[a],
            areas.vacant_nearby[a] - areas.vacant_nearby_start[a],
            p,
        )
        gap = margin(passing, areas.shop_rent[a], p)
        areas.shop_rent[a] = rent_next(areas.shop_rent[a], passing, p)
        closes = closing_chance(gap, p)
        vacant = max(areas.shops_vacant[a], 1)
        let = letting_chance(areas.letting_rate[a], gap, levers.vacancy_levy_eur[a], p)
        helped = helped_chance(levers.shop_grants[a], vacant, areas.shops[a], p)
        let += helped * (1.0 - p.merged_share)
        merged = let + helped * p.merged_share
        converted = merged + p.converted_usual / 12.0 + levers.shops_converted[a] / vacant
        opened = closed = joined = gone = 0
        trading = areas.shops[a] - areas.shops_vacant[a]
        for k in range(areas.shops[a]):
            u = rng.draw(salt, rng.join(np.uint64(a + 1), np.uint64(k)), 0)
            if k < trading:
                closed += u < closes
            elif u < let:
                opened += 1
            elif u < merged:
                joined += 1
            elif u < converted:
                gone += 1
        areas.shops[a] -= joined + gone
        areas.shops_vacant[a] += closed - opened - joined - gone
        city.shops_let[0] += opened
        city.shops_closed[0] += closed
        city.shops_merged[0] += joined
        city.shops_converted[0] += gone
