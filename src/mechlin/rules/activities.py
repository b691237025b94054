"""The rules of organised meetings: who comes to an activity, whom they meet there, pairs of buddies; the yearly count.

Only those who take part cost anything: participants are drawn for each place, not looked for among everybody.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled, inner
from mechlin.rules.encounters import (
    ACTIVITY,
    AGE,
    BACKGROUND,
    BUDDY,
    FINE,
    LANGUAGE,
    home_in,
    household_at,
    mark,
    member_of,
    school_of,
)

_ANYBODY = 3 * 0x400  # identities of an adult about whom nothing else is known
_ACROSS_BACKGROUND, _ACROSS_SCHOOL, _ACROSS_AREA, _ACROSS_AGE = range(4)


@compiled
def comes(openness, u, p):
    """Whether somebody who is invited comes: the more open come more often (``u`` the draw)."""
    return u < 1.0 - p.selection * (1.0 - openness)


@inner
def _visitor(people, households, homes, areas, area, ticket, p):
    """Return an adult who comes to an activity in ``area``, or -1; ``ticket`` is the address of the place."""
    for attempt in range(p.attempts):
        u = rng.draw(ticket, np.uint64(attempt), 0)
        if rng.draw(ticket, np.uint64(attempt), 1) < p.elsewhere_share:
            home = np.int64(u * homes.occupant.size)
        else:
            home = np.int64(home_in(homes, areas, area, u))
        h = household_at(households, homes, home) if home >= 0 else np.int32(-1)
        if h < 0:
            continue
        i = member_of(people, households, h, _ANYBODY, rng.bits(ticket, np.uint64(attempt), 2))
        if i >= 0 and comes(np.float64(people.openness_before[i]), rng.draw(ticket, people.key[i], 3), p):
            return i
    return np.int32(-1)


@inner
def _count_across(people, households, city, i, j):
    """Count whom an activity has brought together: nobody is asked, the model simply knows."""
    apart = people.identities[i] ^ people.identities[j]
    one, other = school_of(people, households, i), school_of(people, households, j)
    city.activity_across[0, _ACROSS_BACKGROUND] += (apart & BACKGROUND) != 0
    city.activity_across[0, _ACROSS_SCHOOL] += one >= 0 and other >= 0 and one != other
    city.activity_across[0, _ACROSS_AREA] += (
        households.area[people.household[i]] != households.area[people.household[j]]
    )
    city.activity_across[0, _ACROSS_AGE] += (apart & AGE) != 0
    city.activity_meetings[0] += 1


@inner
def _joint_activity(people, households, homes, areas, city, area, places, salt, p):
    """Fill the places of activities open to all, and let those who come meet in pairs."""
    waiting = np.int32(-1)
    for place in range(places):
        ticket = rng.bits(salt, np.uint64(area + 1), 1 + place)
        i = _visitor(people, households, homes, areas, area, ticket, p)
        if i < 0 or (waiting >= 0 and people.household[i] == people.household[waiting]):
            continue
        city.participants[0, people.background[i]] += 1
        if waiting < 0:
            waiting = i
            continue
        mark(people, city, i, waiting, ACTIVITY, 0.0, rng.draw(ticket, people.key[i], 0), p)
        mark(people, city, waiting, i, ACTIVITY, 0.0, rng.draw(ticket, people.key[waiting], 0), p)
        _count_across(people, households, city, i, waiting)
        waiting = np.int32(-1)


@inner
def _separate_activity(people, households, homes, areas, city, area, places, salt, p):
    """Fill the places of activities for one group: those who come meet only their like."""
    for place in range(places):
        ticket = rng.bits(salt, np.uint64(area + 1), 1 + place)
        i = _visitor(people, households, homes, areas, area, ticket, p)
        if i >= 0:
            city.participants[0, people.background[i]] += 1
            people.bridging_share[i] -= p.bridging_speed * np.float64(people.bridging_share[i])
            people.salience[i] += p.separate_effect * (1.0 - np.float64(people.salience[i]))


@compiled
def activities(people, households, homes, areas, city, levers, p, salt, separate_salt):
    """Hold this month's activities in every area: places of programmes, and those that service tenants make."""
    for area in range(areas.first_home.size):
        hours = p.service_joint * areas.service_hours[area]
        joint = levers.mixed_places[area] + hours * p.places_an_hour
        if joint > 0.0:
            places = np.int64(joint + rng.draw(salt, np.uint64(area + 1), 0))
            _joint_activity(people, households, homes, areas, city, area, places, salt, p)
        apart = levers.single_group_places[area]
        if apart > 0.0:
            places = np.int64(apart + rng.draw(separate_salt, np.uint64(area + 1), 0))
            _separate_activity(people, households, homes, areas, city, area, places, separate_salt, p)


@inner
def _paired(people, buddy, i):
    """Whether resident ``i`` is one of a pair that still meets."""
    j = people.buddy[i]
    if j < 0 or not people.alive[j] or people.buddy[j] != i:
        return False
    return buddy[i] > 0.0 or buddy[j] > 0.0


@compiled
def pairs(people, households, homes, areas, city, levers, p, salt, lasting, t):
    """Find a resident for every enrolled newcomer without one, in an order drawn by key; then let pairs meet."""
    buddy, waiting, paired = levers.buddy, 0, 0
    for i in range(people.alive.size):
        if buddy[i] > 0.0 and people.alive[i]:
            if not _paired(people, buddy, i):
                people.buddy[i] = np.int32(-1)
            people.pair_row[waiting] = i
            people.pair_priority[waiting] = rng.bits(salt, people.key[i], 0)
            waiting += 1
    rng.sort_by_priority(people.pair_priority, people.pair_row, waiting)
    for n in range(waiting):
        i = people.pair_row[n]
        key, h = people.key[i], people.household[i]
        if people.buddy[i] < 0:
            ticket = rng.bits(salt, key, 1)
            j = _visitor(people, households, homes, areas, households.area[h], ticket, p)
            established = j >= 0 and people.entered_month[j] < t - p.established_months and buddy[j] <= 0.0
            if established and people.household[j] != h and not _paired(people, buddy, j):
                people.buddy[i], people.buddy[j] = j, i
                people.buddy_months[i] = 0
                city.pairs_started[0] += 1
        if people.buddy[i] >= 0:
            j = people.buddy[i]
            people.buddy_months[i] = min(people.buddy_months[i] + 1, 100)
            paired += 1
            if rng.draw(lasting, rng.join(key, people.key[j]), 0) < p.pair_success:
                mark(people, city, i, j, BUDDY, 0.0, rng.draw(salt, key, 2), p)
                mark(people, city, j, i, BUDDY, 0.0, rng.draw(salt, people.key[j], 2), p)
    city.pairs[0] = paired


@compiled
def count_year(people, households, areas, city, p):
    """Count, by area, adults and what encounters have made of them; in whole parts, so that sums are exact."""
    areas.adults_met[:] = 0
    areas.openness_parts[:] = 0
    areas.salience_parts[:] = 0
    areas.bridging_parts[:] = 0
    areas.without_contact[:] = 0
    city.learners_once[0] = 0
    city.learners_fluent[0] = 0
    for i in range(people.alive.size):
        if not people.alive[i] or (people.identities[i] & AGE) < _ANYBODY:
            continue
        area = households.area[people.household[i]]
        areas.adults_met[area] += 1
        areas.openness_parts[area] += np.int64(people.openness[i] * FINE + 0.5)
        areas.salience_parts[area] += np.int64(people.salience[i] * FINE + 0.5)
        areas.bridging_parts[area] += np.int64(people.bridging_share[i] * FINE + 0.5)
        areas.without_contact[area] += people.bridging_share[i] < p.regular_contact
        if people.background[i] > 0:
            city.learners_once[0] += 1
            city.learners_fluent[0] += (people.identities[i] & LANGUAGE) != 0
