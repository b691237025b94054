"""The rules of organised meetings: who comes to an activity, whom they meet there, pairs of buddies; the yearly count.

Only those who take part cost anything: participants are drawn for each place, not looked for among everybody.
"""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled
from mechlin.mechanisms.encounters.meet import (
    ACTIVITY,
    ADULT_CARD,
    AGE,
    BACKGROUND,
    BUDDY,
    LANGUAGE,
    home_in,
    household_school,
    mark,
    openness_on,
    receive,
)


class Salts(NamedTuple):
    """The addresses of a month's draws."""

    lasting: np.uint64
    join: np.uint64
    apart: np.uint64
    pair: np.uint64
    match: np.uint64


FINE = 1024  # shares are counted in this many parts, so that sums are whole numbers
_ACROSS_BACKGROUND, _ACROSS_SCHOOL, _ACROSS_AREA, _ACROSS_AGE = range(4)


@compiled
def comes(openness, u, p):
    """Whether somebody who is invited comes: the more open come more often (``u`` the draw)."""
    return u < 1.0 - p.selection * (1.0 - openness)


@compiled
def _adult_at(people, households, homes, home, bits):
    """Return one of the adults who live in ``home``, by lot; -1 none."""
    best, found = np.uint64(0), np.int32(-1)
    h = homes.occupant[home]
    if h < 0 or not households.alive[h] or households.home[h] != home:
        return found
    j = households.first[h]
    while j >= 0:
        if (people.card[j] & AGE) >= ADULT_CARD:
            ticket = rng.mix(people.key[j] ^ bits)
            if found < 0 or ticket > best:
                best, found = ticket, j
        j = people.next[j]
    return found


@compiled
def _visitor(people, households, homes, areas, area, ticket, p):
    """Return an adult who comes to an activity in ``area``, or -1; ``ticket`` is the address of the place."""
    for attempt in range(p.attempts):
        u = rng.draw(ticket, np.uint64(attempt), 0)
        if rng.draw(ticket, np.uint64(attempt), 1) < p.elsewhere_share:
            home = np.int64(u * homes.occupant.size)
        else:
            home = home_in(homes, areas, area, u)
        if home < 0:
            continue
        i = _adult_at(people, households, homes, home, rng.bits(ticket, np.uint64(attempt), 2))
        if i >= 0 and comes(openness_on(people.card[i]), rng.draw(ticket, people.key[i], 3), p):
            return i
    return np.int32(-1)


@compiled
def _count_across(people, households, city, i, j):
    """Count whom an activity has brought together: nobody is asked, the model simply knows."""
    apart = people.card[i] ^ people.card[j]
    one = household_school(households.first, people.next, people.school, people.household[i])
    other = household_school(households.first, people.next, people.school, people.household[j])
    city.activity_across[0, _ACROSS_BACKGROUND] += (apart & BACKGROUND) != 0
    city.activity_across[0, _ACROSS_SCHOOL] += one >= 0 and other >= 0 and one != other
    city.activity_across[0, _ACROSS_AREA] += (
        households.area[people.household[i]] != households.area[people.household[j]]
    )
    city.activity_across[0, _ACROSS_AGE] += (apart & AGE) != 0
    city.activity_meetings[0] += 1


@compiled
def together(people, city, i, j, setting, ticket, p):
    """Let two residents meet: it leaves its mark on both."""
    mine, other = people.card[i], people.card[j]
    one, two = rng.draw(ticket, people.key[i], 4), rng.draw(ticket, people.key[j], 4)
    mark(
        people.openness,
        people.bridging_share,
        city.meetings,
        city.meetings_across,
        i,
        mine,
        other,
        setting,
        0.0,
        one,
        p,
    )
    mark(
        people.openness,
        people.bridging_share,
        city.meetings,
        city.meetings_across,
        j,
        other,
        mine,
        setting,
        0.0,
        two,
        p,
    )


@compiled
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
        together(people, city, i, waiting, ACTIVITY, ticket, p)
        _count_across(people, households, city, i, waiting)
        people.joined[i] += 1
        people.joined[waiting] += 1
        waiting = np.int32(-1)


@compiled
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


@compiled
def _paired(people, buddy, i):
    """Whether resident ``i`` is one of a pair that still meets."""
    j = people.buddy[i]
    if j < 0 or not people.alive[j] or people.buddy[j] != i:
        return False
    return buddy[i] > 0.0 or buddy[j] > 0.0


@compiled
def pairs(people, households, homes, areas, city, levers, p, salt, lasting, t):
    """Find a resident for every enrolled newcomer without one, in an order drawn by key; then let pairs meet."""
    buddy, waiting, paired, enrolled = levers.buddy, 0, 0, False
    for i in range(people.alive.size):
        enrolled |= buddy[i] > 0.0
    for i in range(people.alive.size if enrolled else 0):
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
                together(people, city, i, j, BUDDY, salt, p)
    city.pairs[0] = paired


@compiled
def organised(people, households, homes, areas, city, levers, p, salts, t):
    """Receive those who are new, hold this month's activities, and let pairs meet."""
    receive(people, households, p, salts.lasting, t)
    activities(people, households, homes, areas, city, levers, p, salts.join, salts.apart)
    pairs(people, households, homes, areas, city, levers, p, salts.pair, salts.match, t)


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
        if not people.alive[i] or (people.card[i] & AGE) < ADULT_CARD:
            continue
        area = households.area[people.household[i]]
        areas.adults_met[area] += 1
        areas.openness_parts[area] += np.int64(people.openness[i] * FINE + 0.5)
        areas.salience_parts[area] += np.int64(people.salience[i] * FINE + 0.5)
        areas.bridging_parts[area] += np.int64(people.bridging_share[i] * FINE + 0.5)
        areas.without_contact[area] += people.bridging_share[i] < p.regular_contact
        if people.background[i] > 0:
            city.learners_once[0] += 1
            city.learners_fluent[0] += (people.card[i] & LANGUAGE) != 0
