"""Which homes stand empty, and how a looker comes upon one of them.

A vacant home is found by walking the table of homes from a drawn place to the next one for sale or for rent. The
table's order is drawn once, so this is a fair pick, and one more or one less vacant home changes the choice of only
those few who would have come upon it. The walk is short: the month's vacant homes are listed, and it is known
for every stretch of the table where in the list it begins.
"""

import numpy as np

from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled
from mechlin.core.rows import STRETCH, anyone

FOR_SALE, FOR_RENT = 0, 1
SPAN = 3  # bits: so many rows (as a power of two) share an entry in the list's index


@compiled
def _stand_at_the_start(homes, areas):
    """Note the homes that stand at the start, and which of them are empty."""
    for k in range(homes.area.size):
        standing = homes.built_month[k] <= 0
        homes.vacant[k] = standing & (homes.occupant[k] < 0)
        areas.built_homes[homes.area[k]] += standing


@compiled
def _build_new(homes, areas, t):
    """Add the homes that are built this month."""
    for stretch in range(0, homes.area.size, STRETCH):
        if anyone(homes.built_month, t, stretch):
            for k in range(stretch, min(stretch + STRETCH, homes.area.size)):
                if homes.built_month[k] == t:
                    homes.vacant[k] = homes.occupant[k] < 0
                    areas.built_homes[homes.area[k]] += 1


@compiled
def _empty_of_the_ended(households, homes, t):
    """Empty the homes of households that have ended this month: their rows were the last to be freed."""
    ring, count = households.free_row.size, households.queue[1]
    for back in range(count):
        place = (households.queue[0] + count - 1 - back) % ring
        if households.freed_month[place] != t:
            return
        h = households.free_row[place]
        home = households.home[h]
        if home >= 0 and homes.occupant[home] == h:
            homes.occupant[home] = -1
            homes.vacant[home] = True


@compiled
def find_vacant(households, homes, areas, city, t):
    """Empty the homes of households that have ended, and list the vacant homes for sale and for rent by row."""
    if t == 0:
        areas.built_homes[:] = 0
        _stand_at_the_start(homes, areas)
    else:
        _build_new(homes, areas, t)
    _empty_of_the_ended(households, homes, t)
    areas.vacant_homes[:] = 0
    size, vacant = homes.area.size, 0
    for k in range(size):  # no branch: which homes stand empty cannot be foreseen
        homes.listed[vacant] = k
        vacant += homes.vacant[k]
    sale = rent = begun = 0
    for n in range(vacant):
        k = homes.listed[n]
        area, tenure = homes.area[k], homes.tenure[k]
        areas.vacant_homes[area] += 1
        while begun <= k >> SPAN:
            homes.offers_before[begun, FOR_SALE], homes.offers_before[begun, FOR_RENT] = sale, rent
            begun += 1
        if tenure == Tenure.OWNER:
            homes.offer[sale, FOR_SALE], homes.offer_area[sale, FOR_SALE] = k, area
            sale += 1
        elif tenure == Tenure.PRIVATE:
            homes.offer[rent, FOR_RENT], homes.offer_area[rent, FOR_RENT] = k, area
            rent += 1
        homes.may_let[k] = tenure == Tenure.SOCIAL
    while begun <= size >> SPAN:
        homes.offers_before[begun, FOR_SALE], homes.offers_before[begun, FOR_RENT] = sale, rent
        begun += 1
    city.offers[0, FOR_SALE], city.offers[0, FOR_RENT] = sale, rent


@compiled
def next_offer(homes, place, kind, offers):
    """Return which of the ``offers`` of a ``kind`` comes next at or after ``place``; after the last, the first."""
    n, column = np.uint64(homes.offers_before[np.uint64(place >> SPAN), np.uint64(kind)]), np.uint64(kind)
    while homes.offer[n, column] < place and n < np.uint64(offers):
        n += np.uint64(1)
    return n if n < np.uint64(offers) else np.uint64(0)
