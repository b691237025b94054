"""What follows on an offence that succeeds: who is harmed, whether the police hear of it and solve it, what is counted.

The offences of a month stand in a list and are gone through in stages: homes, residents, consequences. Each stage
fetches from memory for many offences at a time what would have to be waited for one by one.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, Offence
from mechlin.core.compiled import compiled
from mechlin.law.parental_procedure import AGE_MIN
from mechlin.mechanisms.safety.parental_cases import find
from mechlin.mechanisms.safety.recording import clearance
from mechlin.mechanisms.safety.victims import burgle, harm_resident, household_in, member_of

FROM_ELSEWHERE = -1  # in place of the row of a resident
_BAND, _BANDS = 5, 20  # years
_MOST_COUNTED = 30_000
_MOST_CHARGES = 100
_SORT, _SOLVED, _DIVERTED, _RECORDED, _CUSTODY = range(4, 9)  # draws of one offence; offending.py has those before
_HOMES = 200  # the homes looked at take those from here on


@compiled
def share_after(share, drift, years):
    """Return what a share comes to where the log of its odds moves by ``drift`` a year.

    >>> round(share_after(0.5, -0.1, 10.0), 3), share_after(0.75, 0.0, 10.0)
    (0.269, 0.75)
    """
    return share / (share + (1.0 - share) * np.exp(-drift * years))


@compiled
def first_sort_share(kind, p, years):
    """Return the share of a kind that is of its first sort, ``years`` after 2001: homes, bicycles, from vehicles, robbery."""
    if kind == Offence.BURGLARY:
        return share_after(p.home_share, p.home_drift, years)
    if kind == Offence.THEFT:
        return share_after(p.bicycle_share, p.bicycle_drift, years)
    if kind == Offence.VEHICLE:
        return share_after(p.from_vehicle_share, p.from_vehicle_drift, years)
    return share_after(p.robbery_share, p.robbery_drift, years) if kind == Offence.VIOLENCE else 1.0


@compiled
def diverted_share(age, kind, p):
    """Return the chance that a charge ends in a warning or mediation instead of a court."""
    if age < MAJORITY:
        return p.diversion_young
    return 0.0 if kind == Offence.BURGLARY or kind == Offence.VIOLENCE else p.diversion_share


@compiled
def _charge(people, households, city, i, age, kind, form, p, salt, key, t):
    """Charge a resident: court, custody or diversion, and for minors the parental procedure when it is in force."""
    people.charged_month[i] = t
    people.charges[i] = min(people.charges[i] + 1, _MOST_CHARGES)
    people.diverted[i] = rng.draw(salt, key, _DIVERTED) < diverted_share(age, kind, p)
    if age >= MAJORITY and not people.diverted[i] and rng.draw(salt, key, _CUSTODY) < p.custody_share:
        people.held_until[i] = max(people.held_until[i], t + p.custody_months)
    if form == 0 or age >= MAJORITY or age < AGE_MIN[form] or (kind != Offence.NUISANCE and kind != Offence.THEFT):
        return
    find(people, households, city, i, kind == Offence.THEFT, form, t)


@compiled
def enlist(people, n, row, key, kind, area):
    """Write an offence that succeeds into place ``n`` of the list, and return the next place."""
    people.deed_row[n], people.deed_key[n] = row, key
    people.deed_kind[n], people.deed_area[n] = kind, area
    return n + 1


@compiled
def carry_out(people, households, homes, areas, city, levers, form, p, salt, deeds, t):
    """Carry out and count the first ``deeds`` of the list, and their victims."""
    for k in range(deeds):
        people.deed_household[k] = -1
        if people.deed_kind[k] != Offence.NUISANCE:
            area, key = np.int64(people.deed_area[k]), people.deed_key[k]
            people.deed_household[k] = household_in(households, homes, areas, area, salt, key, _HOMES)
    for k in range(deeds):
        h, kind = np.int64(people.deed_household[k]), people.deed_kind[k]
        people.deed_victim[k] = -1
        if h >= 0 and kind != Offence.BURGLARY:
            people.deed_victim[k] = member_of(people, households, h, salt, people.deed_key[k], t)
    for k in range(deeds):
        i, key, kind = np.int64(people.deed_row[k]), people.deed_key[k], np.int64(people.deed_kind[k])
        area, h, victim = np.int64(people.deed_area[k]), np.int64(people.deed_household[k]), people.deed_victim[k]
        age = np.int64(0)
        if i == FROM_ELSEWHERE:
            city.offences_from_elsewhere[0, kind] += 1
        else:
            age = (np.int64(t) - people.born_month[i]) // 12
            people.offences[i] = min(people.offences[i] + 1, _MOST_COUNTED)
            city.offences_by_age[0, min(age // _BAND, _BANDS - 1)] += 1
            city.offences_by_sex[0, np.int64(people.female[i])] += 1
        areas.next_offences[area, kind] += 1
        city.offences[0, kind] += 1
        first_sort = rng.draw(salt, key, _SORT) < city.first_sort_share[0, kind]
        if kind == Offence.BURGLARY:
            if first_sort:
                burgle(households, homes, areas, city, area, h, p, salt, key, _HOMES, t)
        elif kind != Offence.NUISANCE:
            harm_resident(people, households, homes, areas, city, area, h, victim, kind, salt, key, _HOMES, t)
        if rng.draw(salt, key, _RECORDED) >= areas.recorded[area, kind]:
            continue
        city.offences_recorded[0, kind] += 1
        city.facts[0, 2 * kind + (0 if first_sort else 1)] += 1
        if rng.draw(salt, key, _SOLVED) >= clearance(kind, levers.recorded_share[area], p):
            continue
        city.offences_solved[0, kind] += 1
        if i != FROM_ELSEWHERE:
            _charge(people, households, city, i, age, kind, form, p, salt, key, t)
