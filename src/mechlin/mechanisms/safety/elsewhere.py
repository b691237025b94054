"""Offences by people who live elsewhere: they go where there is most to find, and meet the same guardianship.

What measures do to residents (youth work, plans, therapy) does not reach them. How many attempts they make hangs on
the city as it was at the start and on the country's tide, so that it is the same with a measure and without.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import OFFENCES
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.deeds import FROM_ELSEWHERE, carry_out, enlist
from mechlin.mechanisms.safety.guardianship import opportunity_share
from mechlin.mechanisms.safety.offending import where_it_succeeds

_MANY = 30.0  # expected: from here on a Poisson number is as good as a normal one
_COUNT = 9  # number of the draw; an offence takes those before


@compiled
def poisson(u, mean):
    """Return a Poisson number by inversion of one draw, so that a little more expected is rarely one more.

    >>> poisson(0.5, 2.0), poisson(0.5, 100.0)
    (2, 100)
    """
    if mean > _MANY:
        return np.int64(max(np.floor(mean + np.sqrt(mean) * rng.normal(u) + 0.5), 0.0))
    n, chance = np.int64(0), np.exp(-mean)
    below = chance
    while u >= below and n < 10 * _MANY:
        n += 1
        chance *= mean / n
        below += chance
    return n


@compiled
def elsewhere_month(people, households, homes, areas, city, levers, p, level, salt, t):
    """Let people from elsewhere make this month's attempts; ``level`` is theirs, by kind."""
    deeds = 0
    for kind in range(OFFENCES):
        for a in range(areas.people.size):
            here = rng.join(np.uint64(a + 1), np.uint64(kind))
            mean = city.inclination[0] * level[kind] * opportunity_share(areas, a, kind)
            for n in range(poisson(rng.draw(salt, here, _COUNT), mean)):
                key = rng.join(here, np.uint64(n))
                area = where_it_succeeds(areas, city, np.int64(a), np.int64(a), kind, p, salt, key)
                if area < 0:
                    continue
                deeds = enlist(people, deeds, FROM_ELSEWHERE, key, kind, area)
                if deeds == people.deed_row.size:  # the list is full
                    carry_out(people, households, homes, areas, city, levers, np.int64(0), p, salt, deeds, t)
                    deeds = 0
    carry_out(people, households, homes, areas, city, levers, np.int64(0), p, salt, deeds, t)
