"""Whom the police stop: young men most, as they are most in the street; never by background, which is only counted.

An area's stops are the usual ones, those that come with extra patrol, and those of an aggressive style. More of
them only add stops: nobody who was stopped before is then left alone.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled, fused
from mechlin.rules.guardianship import NUISANCE
from mechlin.rules.offending import place_at
from mechlin.rules.victims import YOUNGEST_MONTHS, fifth, household_in

AGE_LIMITS = (20, 30, 50)  # years: the age groups by which stops are counted
_WORKING = 2
_ADULT = 18
_TRIES = 30
_COUNT, _LIVES_HERE, _ELSEWHERE = range(3)
_HOMES = 10


@compiled
def exposure(age, female, working, p):
    """Return how exposed to stops somebody is, as a share of a young man who is much in the street."""
    risk = 1.0 if age < p.stop_young_age else p.stop_older
    risk *= p.stop_women if female else 1.0
    return risk * (1.0 if age < _ADULT or not working else p.stop_working)


@compiled
def expected_stops(usual, patrol_hours, aggressive, p):
    """Return the stops expected in an area this month."""
    return usual + p.stops_per_hour * max(patrol_hours, 0.0) + max(aggressive, 0.0)


@compiled
def age_group(age):
    """Return the age group by which stops are counted."""
    group = 0
    for limit in AGE_LIMITS:
        group += age >= limit
    return group


@compiled
def stops_month(people, households, homes, areas, city, levers, p, salt, t):
    """Carry out this month's stops."""
    for a in range(areas.people.size):
        area_key = np.uint64(a + 1)
        expected = expected_stops(areas.usual_stops[a], levers.patrol_hours[a], levers.aggressive_stops[a], p)
        for n in range(np.int64(expected + rng.draw(salt, area_key, _COUNT))):
            _stop(people, households, homes, areas, city, a, p, salt, rng.join(area_key, np.uint64(n)), t)


@fused
def _in_the_street(people, first, p, salt, key, t):
    """Return the member of a household who is met: smallest draw against exposure, or -1 when nobody is out."""
    found, least = np.int64(-1), 1.0
    i = np.int64(first)
    while i >= 0:
        months = np.int64(t) - people.born_month[i]
        if months >= YOUNGEST_MONTHS:
            out = exposure(months // 12, people.female[i], people.work[i] == _WORKING, p)
            u = rng.draw(salt, rng.join(people.key[i], key), 0)
            if u < out * least:
                found, least = i, u / out
        i = np.int64(people.next[i])
    return found


@fused
def _stop(people, households, homes, areas, city, a, p, salt, key, t):
    """Stop somebody who lives here or elsewhere; nobody is counted when only visitors were met."""
    home = np.int64(a)
    if rng.draw(salt, key, _LIVES_HERE) >= p.stop_near_home:
        home = place_at(areas.opportunity, NUISANCE, rng.draw(salt, key, _ELSEWHERE))
    for n in range(_TRIES):
        h = household_in(households, homes, areas, home, salt, key, _HOMES + n)
        if h < 0:
            continue
        i = _in_the_street(people, households.first[h], p, salt, key + np.uint64(n), t)
        if i >= 0:
            people.stopped_month[i] = t
            city.stops_by_age[0, age_group((np.int64(t) - people.born_month[i]) // 12)] += 1
            city.stops_by_fifth[0, fifth(households, city, h)] += 1
            city.stops_by_background[0, people.background[i]] += 1
            return
