"""The loops behind demography: what happens to a resident and their household in a month.

First every resident's event is drawn from the state at the start of the month (see ``events``); then the events are
carried out, kind by kind, so that the order of rows never decides anything.
"""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.ages import stage_of, years
from mechlin.core.calendar import CHANCE, LOG_QUIET, next_named
from mechlin.core.codes import MAJORITY, Role
from mechlin.core.compiled import compiled, fetch
from mechlin.core.rows import STRETCH, any_within, anyone
from mechlin.core.state import release_row, take_row
from mechlin.mechanisms.demography.events import (
    BIRTH,
    DEATH,
    HOME,
    NOTHING,
    PARTNER,
    SEPARATION,
    draw_events,
    open_calendars,
)
from mechlin.mechanisms.demography.members import add_member, move_all_members, remove_member

_MOST = 127  # no mark is higher


class Salts(NamedTuple):
    """The addresses of a month's draws."""

    event: np.uint64
    away: np.uint64
    depart: np.uint64
    place: np.uint64
    match: np.uint64
    trait: np.uint64
    arrive: np.uint64
    calendar: np.uint64


@compiled
def lives_month(people, households, city, p, year, cells, expected, foreign_share, group_share, salts, renewed, t, end):
    """Let a month of lives pass: one call, because handing over every column costs as much as many an event."""
    if renewed:
        open_calendars(people, households, year, salts.calendar, t, end)
    events = draw_events(people, year, p.birth_unpartnered, salts.event, salts.calendar, renewed, t, end)
    carry_out(people, households, city, events, p.away_share, salts.away, t)
    depart_households(people, households, city, year, salts.depart, salts.calendar, renewed, t, end)
    form_couples(people, households, city, p, events, cells, salts.place, salts.match, salts.trait, t)
    arrive(people, households, city, p, expected, foreign_share, group_share, salts.arrive, t)


@compiled
def carry_out(people, households, city, events, away_share, salt, t):
    """Carry out deaths, separations, leaving home and births, in that order."""
    for n in range(events):
        h = people.household[people.event_row[n]]
        fetch((households.first, households.changed_month), h)
    for n in range(events):
        i = people.event_row[n]
        if people.event[i] == DEATH and people.alive[i]:  # a child left alone this month is no longer in the city
            city.deaths[0] += 1
            _end_life(people, households, city, i, t)
    for n in range(events):
        i = people.event_row[n]
        if people.event[i] == SEPARATION and people.alive[i] and people.partner[i] >= 0:
            people.partner[people.partner[i]] = -1
            people.partner[i] = -1
            _found_household(people, households, city, i, t)
        elif people.event[i] == HOME and people.alive[i] and people.role[i] == Role.CHILD:
            if rng.draw(salt, people.key[i], 0) < away_share:
                city.leavers[0] += 1
                _count_departure(people, city, i, t)
                group = max(people.education[i], 0) * 3
                city.leavers_by_group[0, group] += 1
                _remove_person(people, households, i, t)
            else:
                _found_household(people, households, city, i, t)
    for n in range(events):
        i = people.event_row[n]
        if people.event[i] == BIRTH and people.alive[i]:
            _give_birth(people, households, city, i, t)


@compiled
def _remove_person(people, households, i, t):
    """Let a resident leave the tables; an emptied household ends."""
    h = people.household[i]
    if people.partner[i] >= 0:
        people.partner[people.partner[i]] = -1
        people.partner[i] = -1
    remove_member(households.first, people.next, people.household, i)
    households.changed_month[h] = t
    release_row(people.free_row, people.freed_month, people.queue, people.alive, i, t)
    if households.first[h] < 0:
        _end_household(households, h, t)


@compiled
def _end_household(households, h, t):
    release_row(households.free_row, households.freed_month, households.queue, households.alive, h, t)


@compiled
def _end_life(people, households, city, i, t):
    """Let a resident die; adult children take over, children left alone move to relatives elsewhere."""
    h = people.household[i]
    _remove_person(people, households, i, t)
    if not households.alive[h]:
        return
    adults = 0
    j = households.first[h]
    while j >= 0:
        adults += people.role[j] != Role.CHILD
        j = people.next[j]
    if adults > 0:
        return
    j = households.first[h]
    while j >= 0:
        if years(t, people.born_month[j]) >= MAJORITY:
            people.role[j] = Role.HEAD
            adults += 1
        j = people.next[j]
    if adults == 0:
        _remove_household(people, households, city, h, t)


@compiled
def _count_departure(people, city, i, t):
    """Count one who leaves the city for reasons of their own, by five-year age band."""
    city.departures_by_age[0, min(years(t, people.born_month[i]) // 5, 19)] += 1


@compiled
def _remove_household(people, households, city, h, t):
    """Let every member of a household leave the city."""
    oldest_age = years(t, households.oldest_born_month[h])
    group = max(households.education[h], 0) * 3 + stage_of(households.children[h], oldest_age)
    i = households.first[h]
    while i >= 0:
        after = people.next[i]
        if households.leaving[h] == 0:  # those that housing marks have been counted there
            _count_departure(people, city, i, t)
        people.partner[i] = -1
        people.next[i] = -1
        release_row(people.free_row, people.freed_month, people.queue, people.alive, i, t)
        city.leavers[0] += 1
        city.leavers_by_group[0, group] += 1
        i = after
    households.first[h] = -1
    _end_household(households, h, t)


@compiled
def _new_household(households, city, key, origin, t):
    """Return the row of a new household without a home, or -1 when no row is free."""
    h = take_row(households.free_row, households.freed_month, households.queue, households.alive, t)
    if h < 0:
        city.no_room[0] += 1
        return h
    households.key[h] = key
    households.first[h] = -1
    households.entered_month[h] = households.changed_month[h] = t
    households.from_household[h] = origin
    households.depart_month[h] = t + 1
    return h


@compiled
def _found_household(people, households, city, i, t):
    """Let resident ``i`` move out and found a household, still without a home of its own."""
    origin = people.household[i]
    h = _new_household(households, city, rng.join(people.key[i], np.uint64(t + 1)), origin, t)
    if h < 0:
        return
    remove_member(households.first, people.next, people.household, i)
    add_member(households.first, people.next, people.household, i, h)
    households.changed_month[origin] = t
    people.role[i] = Role.HEAD
    if households.first[origin] < 0:
        _end_household(households, origin, t)


@compiled
def _new_person(people, households, city, key, h, born_month, role, background, t):
    """Return the row of somebody new in household ``h``, or -1 when no row is free."""
    i = take_row(people.free_row, people.freed_month, people.queue, people.alive, t)
    if i < 0:
        city.no_room[0] += 1
        return i
    people.key[i] = key
    people.born_month[i] = born_month
    people.female[i] = (rng.mix(key) >> np.uint64(11)) % np.uint64(2) == 0
    people.background[i] = background
    people.role[i] = role
    people.partner[i] = -1
    people.births[i] = 0
    people.entered_month[i] = t
    people.event[i] = NOTHING
    people.event_month[i] = t + 1
    add_member(households.first, people.next, people.household, i, h)
    households.changed_month[h] = t
    return i


@compiled
def _give_birth(people, households, city, i, t):
    """Let resident ``i`` have a child, who counts as of foreign origin when either parent does."""
    people.births[i] += 1
    background = people.background[i]
    if background == 0 and people.partner[i] >= 0:
        background = people.background[people.partner[i]]
    key = rng.child_key(people.key[i], people.births[i])
    if _new_person(people, households, city, key, people.household[i], t, Role.CHILD, background, t) >= 0:
        city.births[0] += 1


@compiled
def _list_departing(households, t):
    """List in ``depart_row`` who may go this month, and ask for what is read of them; return how many."""
    n = 0
    for stretch in range(0, households.alive.size, STRETCH):
        marked = any_within(households.leaving, 1, _MOST, stretch)
        if not marked and not anyone(households.depart_month, t, stretch):
            continue
        for h in range(stretch, min(stretch + STRETCH, households.alive.size)):
            if households.depart_month[h] == t or households.leaving[h] > 0:
                households.depart_row[n] = h
                fetch(
                    (
                        households.alive,
                        households.entered_month,
                        households.key,
                        households.oldest_born_month,
                        households.first,
                        households.education,
                        households.children,
                    ),
                    h,
                )
                n += 1
    return n


@compiled
def depart_households(people, households, city, year, salt, calendar_salt, renewed, t, end):
    """Let households go that housing marked as leaving, or that go for reasons of their own."""
    listed = _list_departing(households, t)
    for n in range(listed):
        i = households.first[households.depart_row[n]]
        fetch((people.next, people.born_month, people.partner, people.alive), i)
    for n in range(listed):
        h = households.depart_row[n]
        if not households.alive[h] or households.entered_month[h] == t:
            continue
        if households.leaving[h] == 0:
            key, log_quiet, named = households.key[h], year.households[LOG_QUIET], True
            if households.entered_month[h] == t - 1 and not renewed:  # new ones have no calendar yet
                named = next_named(calendar_salt, key, log_quiet, t - 1, end) == t
            households.depart_month[h] = next_named(calendar_salt, key, log_quiet, t, end)
            age = years(t, households.oldest_born_month[h])
            if not named or rng.draw(salt, key, 0) * year.households[CHANCE] >= year.departing[age]:
                continue
        _remove_household(people, households, city, h, t)


@compiled
def _wants(people, i, share, salt):
    """Return whether resident ``i`` looks for a woman (True) or a man."""
    same = rng.draw(salt, people.key[i], 1) < share
    return people.female[i] == same


@compiled
def form_couples(people, households, city, p, events, cells, place_salt, match_salt, trait_salt, t):
    """Match those who look for a partner: in drawn order, each with the likeliest one still free in the cell."""
    n = 0
    for e in range(events):  # who looks is written over the list from its front, never past ``e``
        i = people.event_row[e]
        if people.event[i] == PARTNER and people.alive[i] and people.partner[i] < 0:
            cell = rng.bits(place_salt, people.key[i], 0) % np.uint64(cells)
            order = rng.bits(place_salt, people.key[i], 1) >> np.uint64(20)
            people.event_row[n] = i
            people.seeker_priority[n] = (cell << np.uint64(44)) | order
            n += 1
    rng.sort_by_priority(people.seeker_priority, people.event_row, n)
    for a in range(n):
        i = people.event_row[a]
        people.seeker_trait[a] = 2 * people.female[i] + _wants(people, i, p.same_sex_share, trait_salt)
    for a in range(n):
        i = people.event_row[a]
        if i < 0:
            continue
        best, best_liking, wanted = -1, -np.inf, people.seeker_trait[a] // 2 + people.seeker_trait[a] % 2 * 2
        b = a + 1
        while b < n and people.seeker_priority[b] >> np.uint64(44) == people.seeker_priority[a] >> np.uint64(44):
            j = people.event_row[b]
            if j >= 0 and wanted == people.seeker_trait[b] and people.household[i] != people.household[j]:
                months_apart = abs(np.int64(people.born_month[i]) - np.int64(people.born_month[j]))
                liking = -p.alike_age * months_apart / 12.0
                if people.education[i] == people.education[j]:
                    liking += p.alike_education
                if people.background[i] == people.background[j]:
                    liking += p.alike_background
                if liking + 2.0 > best_liking:  # else no draw makes this one the likeliest
                    liking += 2.0 * rng.draw(match_salt, people.key[i] ^ people.key[j], 0)
                if liking > best_liking:
                    best, best_liking = b, liking
            b += 1
        if best >= 0:
            _move_in(people, households, city, i, people.event_row[best], t)
            people.event_row[best] = -1


@compiled
def _move_in(people, households, city, i, j, t):
    """Let two residents live together: in the home that one has, else as a new household without one."""
    if people.role[i] == Role.CHILD and people.role[j] == Role.CHILD:
        _found_household(people, households, city, i, t)
        if people.role[i] == Role.CHILD:
            return
    i_hosts = people.role[i] != Role.CHILD and households.home[people.household[i]] >= 0
    j_hosts = people.role[j] != Role.CHILD and households.home[people.household[j]] >= 0
    if (
        (j_hosts and not i_hosts)
        or (people.role[i] == Role.CHILD)
        or (i_hosts == j_hosts and people.role[j] != Role.CHILD and people.key[j] > people.key[i])
    ):
        i, j = j, i
    target, source = people.household[i], people.household[j]
    households.changed_month[target] = households.changed_month[source] = t
    if people.role[j] == Role.CHILD:
        remove_member(households.first, people.next, people.household, j)
        add_member(households.first, people.next, people.household, j, target)
    else:
        move_all_members(households.first, people.next, people.household, source, target)
    if households.first[source] < 0:
        _end_household(households, source, t)
    people.role[j] = Role.HEAD
    people.partner[i] = j
    people.partner[j] = i


@compiled
def arrive(people, households, city, p, expected, foreign_share, group_share, salt, t):
    """Let the month's arrivals come in: household after household from the queue, until enough have come."""
    came, place = 0, 0
    target = np.int64(expected + rng.draw(salt, np.uint64(0), 0))
    while came < target:
        key = rng.join(salt, np.uint64(place))
        h = _new_household(households, city, key, -1, t)
        if h < 0:
            return
        background = _background(rng.draw(salt, key, 1), rng.draw(salt, key, 2), foreign_share, group_share)
        kind = rng.draw(salt, key, 3)
        age = p.arrive_age - p.arrive_spread * np.log(1.0 - rng.draw(salt, key, 4))
        adults = 1 if kind < p.arrive_single else 2
        children = 0
        if kind >= p.arrive_single + p.arrive_couple:
            children = 1 + np.int64(2.0 * (p.arrive_children - 1.0) * rng.draw(salt, key, 5) + 0.5)
            age += 6.0
        first = -1
        for member in range(adults + children):
            own = rng.child_key(key, member)
            years_old = min(max(age, MAJORITY), 90.0) + 4.0 * (rng.draw(salt, own, 6) - 0.5) * (member > 0)
            if member >= adults:
                years_old = 17.0 * rng.draw(salt, own, 6) ** 1.5
            born = t - np.int64(years_old * 12.0)
            role = Role.CHILD if member >= adults else Role.HEAD
            i = _new_person(people, households, city, own, h, born, role, background, t)
            if i < 0:
                return
            if member == 0:
                first = i
            elif member == 1 and adults == 2:
                people.female[i] = people.female[first] == (rng.draw(salt, own, 7) < p.same_sex_share)
                people.partner[i] = first
                people.partner[first] = i
        came += adults + children
        place += 1
    city.arrivals[0] += came


@compiled
def _background(u, v, foreign_share, group_share):
    """Return the background code of an arriving household; code 0 is the city's majority."""
    if u >= foreign_share or group_share.size < 2:
        return 0
    total = 0.0
    for g in range(group_share.size):
        total += group_share[g]
        if v < total:
            return g
    return group_share.size - 1
