"""Whom the police stop: young men most, as they are most in the street; never by background, which is only counted.

An area's stops are the usual ones, those that come with extra patrol, and those of an aggressive style. More of
them only add stops: nobody who was stopped before is then left alone.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, Offence, Work
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.reach import place_at
from mechlin.mechanisms.safety.victims import YOUNGEST_MONTHS, fifth, household_in

AGE_LIMITS = (20, 30, 50)  # years: the age groups by which stops are counted
_TRIES = 30
_COUNT, _LIVES_HERE, _ELSEWHERE = range(3)
_HOMES = 10


@compiled
def exposure(age, female, working, p):
    """Return how exposed to stops somebody is, as a share of a young man who is much in the street."""
    risk = 1.0 if age < p.stop_young_age else p.stop_older
    risk *= p.stop_women if female else 1.0
    return risk * (1.0 if age < MAJORITY or not working else p.stop_working)


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
def _in_the_street(people, first, p, salt, key, t):
    """Return the member of a household who is met: smallest draw against exposure, or -1 when nobody is out."""
    found, least = np.int64(-1), 1.0
    i = np.int64(first)
    while i >= 0:
        months = np.int64(t) - people.born_month[i]
        if months >= YOUNGEST_MONTHS:
            out = exposure(months // 12, people.female[i], people.work[i] == Work.WORKING, p)
            u = rng.draw(salt, rng.join(people.key[i], key), 0)
            if u < out * least:
                found, least = i, u / out
        i = np.int64(people.next[i])
    return found


@compiled
def stops_month(people, households, homes, areas, city, levers, p, salt, t):
    """Carry out this month's stops of those who live in the area or elsewhere, from a list."""
    n = 0
    for a in range(areas.people.size):
        area_key = np.uint64(a + 1)
        expected = expected_stops(areas.usual_stops[a], levers.patrol_hours[a], levers.aggressive_stops[a], p)
        for k in range(np.int64(expected + rng.draw(salt, area_key, _COUNT))):
            key, home = rng.join(area_key, np.uint64(k)), np.int64(a)
            if rng.draw(salt, key, _LIVES_HERE) >= p.stop_near_home:
                home = place_at(areas.opportunity[:, Offence.NUISANCE], rng.draw(salt, key, _ELSEWHERE))
            people.deed_key[n], people.deed_area[n] = key, home
            n += 1
            if n == people.deed_key.size:  # the list is full
                _stop(people, households, homes, areas, city, p, salt, n, t)
                n = 0
    _stop(people, households, homes, areas, city, p, salt, n, t)


@compiled
def _stop(people, households, homes, areas, city, p, salt, stops, t):
    """Stop somebody for each of the list; nobody is counted when only visitors were met.

    Where nobody was met another home is tried, for the whole list at once: so what has to be fetched from memory is
    fetched for many at a time.
    """
    left = stops
    for n in range(_TRIES):
        for k in range(left):
            area, key = np.int64(people.deed_area[k]), people.deed_key[k]
            people.deed_household[k] = household_in(households, homes, areas, area, salt, key, _HOMES + n)
        looked, left = left, 0
        for k in range(looked):
            h, i, key = np.int64(people.deed_household[k]), np.int64(-1), people.deed_key[k]
            if h >= 0:
                i = _in_the_street(people, households.first[h], p, salt, key + np.uint64(n), t)
            if i < 0:
                people.deed_key[left], people.deed_area[left] = key, people.deed_area[k]
                left += 1
                continue
            people.stopped_month[i] = t
            city.stops_by_age[0, age_group((np.int64(t) - people.born_month[i]) // 12)] += 1
            city.stops_by_fifth[0, fifth(households, city, h)] += 1
            city.stops_by_background[0, people.background[i]] += 1
        if left == 0:
            break
