"""Whom an offence hits: a home of the area, or a resident in one of its homes.

A home is drawn from the list of homes by area, and of its residents the one with the smallest
draw. Where the homes drawn stand empty the victim is a shop, a visitor or nobody.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import Offence
from mechlin.core.compiled import compiled
from mechlin.statistics.incomes import equivalised_eur, fifth_of

_TRIES = 8
YOUNGEST_MONTHS = 12 * 12  # younger children are not counted as victims or stopped in the street


@compiled
def household_in(households, homes, areas, area, salt, key, n):
    """Return the household in a home of ``area`` drawn with number ``n``, or -1 when it stands empty."""
    if areas.homes_listed[area] == 0:
        return np.int64(-1)
    place = areas.first_home[area] + np.int64(rng.draw(salt, key, n) * areas.homes_listed[area])
    h = np.int64(homes.occupant[homes.by_area[place]])
    return h if h >= 0 and households.alive[h] else np.int64(-1)


@compiled
def member_of(people, households, h, salt, key, t):
    """Return the member of 12 and over with the smallest draw, or -1."""
    found, smallest = np.int64(-1), np.uint64(0)
    i = np.int64(households.first[h])
    while i >= 0:
        bits = rng.bits(salt, rng.join(people.key[i], key), 0)
        if np.int64(t) - people.born_month[i] >= YOUNGEST_MONTHS and (found < 0 or bits < smallest):
            found, smallest = i, bits
        i = np.int64(people.next[i])
    return found


@compiled
def fifth(households, city, h):
    """Return the fifth of incomes in which a household falls."""
    eur = equivalised_eur(households.income_eur[h], households.equivalent_adults[h])
    return fifth_of(eur, city.income_limits_eur[0])


@compiled
def burgled_last_month(victim_month, victim_before, t):
    """Return whether a home was broken into last month, whatever has happened to it in this one."""
    return victim_month == t - 1 or (victim_month == t and victim_before == t - 1)


@compiled
def burgle(households, homes, areas, city, area, drawn, p, salt, key, first, t):
    """Break into a home of ``area``, the household ``drawn`` first; one broken into last month is likelier."""
    h = np.int64(-1)
    for n in range(_TRIES):
        found = drawn
        if n > 0:
            found = household_in(households, homes, areas, area, salt, key, first + 2 * n)
        if found < 0:
            continue
        h = found
        again = burgled_last_month(households.victim_month[h], households.victim_before[h], t)
        if again or rng.draw(salt, key, first + 2 * n + 1) < 1.0 / p.repeat_risk:
            break
    if h < 0:
        return
    if households.victim_month[h] != t:
        households.victim_before[h] = households.victim_month[h]
        households.victim_month[h] = t
    city.victims[0, Offence.BURGLARY] += 1
    city.victims_by_fifth[0, fifth(households, city, h)] += 1


@compiled
def harm_resident(people, households, homes, areas, city, area, drawn, victim, kind, salt, key, first, t):
    """Let a resident of ``area`` be harmed: the ``victim`` of the household ``drawn`` first, or of one drawn later."""
    for n in range(_TRIES):
        h, i = drawn, np.int64(victim)
        if n > 0:
            h = household_in(households, homes, areas, area, salt, key, first + n)
            i = np.int64(-1)
            if h >= 0:
                i = member_of(people, households, h, salt, key, t)
        if i >= 0:
            people.victim_month[i] = t
            city.victims[0, kind] += 1
            city.victims_by_fifth[0, fifth(households, city, h)] += 1
            return
