"""Which event, if any, happens to a resident this month, and the calendars that say who is looked at.

Every resident's event is drawn from the state at the start of the month: competing risks, one draw.
"""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.ages import years
from mechlin.core.calendar import CHANCE, LOG_QUIET, NAMED, calendar_table, next_named, start_age
from mechlin.core.codes import MAJORITY, Role
from mechlin.core.compiled import compiled, fetch
from mechlin.core.rows import STRETCH, anyone

KINDS = 6
DEATH, BIRTH, SEPARATION, PARTNER, HOME, DEPARTURE = range(KINDS)
NOTHING = -1


class Year(NamedTuple):
    """What holds all through a calendar year, drawn from by calendars and in the months that they name."""

    hazards: np.ndarray  # chance a month, (2 [men, women], ages, event kinds)
    departing: np.ndarray  # chance a month that a household goes, by age of its oldest
    residents: np.ndarray  # table of the calendars of residents, by sex and age
    households: np.ndarray  # table of the calendar of every household, whoever its members come to be


def year_of(hazards: np.ndarray, birth_unpartnered: float) -> Year:
    """Return what holds through a year with these chances a month, shape (event kinds, 2 [men, women], ages)."""
    alone = hazards[BIRTH] * birth_unpartnered + hazards[PARTNER] + hazards[HOME]
    most = hazards[DEATH] + np.maximum(alone, hazards[BIRTH] + hazards[SEPARATION])
    most[:, :-1] = np.maximum(most[:, :-1], most[:, 1:])  # there is a birthday in the year
    departing = np.ascontiguousarray(hazards[DEPARTURE, 0])
    by_age = np.ascontiguousarray(hazards.transpose(1, 2, 0))
    return Year(by_age, departing, calendar_table(most), calendar_table(departing.max()))


@compiled
def open_calendars(people, households, year, salt, t, end):
    """Draw for a year, up to month ``end``, when each resident and each household is looked at (see ``calendar``).

    A first pass without jumps, and so quick, marks whose calendar names any month: most name none.
    """
    named, departing = year.residents[NAMED], year.households
    for i in range(people.alive.size):
        sex, age = np.int64(people.female[i]), start_age(people.born_month[i], end)
        people.event_month[i] = t if rng.draw(salt, people.key[i], 0) < named[sex, age] else end
    for i in range(people.alive.size):
        if people.event_month[i] == t:
            sex, age = np.int64(people.female[i]), start_age(people.born_month[i], end)
            log_quiet = year.residents[LOG_QUIET, sex, age]
            people.event_month[i] = next_named(salt, people.key[i], log_quiet, t - 1, end)
    for h in range(households.alive.size):
        households.depart_month[h] = t if rng.draw(salt, households.key[h], 0) < departing[NAMED] else end
    for h in range(households.alive.size):
        if households.depart_month[h] == t:
            after = next_named(salt, households.key[h], departing[LOG_QUIET], t - 1, end)
            households.depart_month[h] = after


@compiled
def _list_named(people, t):
    """List in ``event_row`` whose calendar may name this month, and ask for what is read of them; return how many."""
    n = 0
    for stretch in range(0, people.event_month.size, STRETCH):
        if not anyone(people.event_month, t, stretch):
            continue
        for i in range(stretch, min(stretch + STRETCH, people.event_month.size)):
            if people.event_month[i] == t:
                people.event_row[n] = i
                fetch(
                    (
                        people.alive,
                        people.female,
                        people.born_month,
                        people.key,
                        people.entered_month,
                        people.partner,
                        people.role,
                    ),
                    i,
                )
                n += 1
    return n


@compiled
def draw_events(people, year, birth_unpartnered, salt, calendar_salt, renewed, t, end):
    """Decide for each resident whose calendar names this month which event, if any, happens (competing risks).

    Return how many residents have one; ``event_row`` lists them. Who came last month has no calendar yet, unless all
    have been ``renewed``: they are looked up first.
    """
    n = 0
    for named in range(_list_named(people, t)):
        i = people.event_row[named]
        if not people.alive[i]:
            continue
        sex, first_age = np.int64(people.female[i]), start_age(people.born_month[i], end)
        chance, log_quiet = year.residents[CHANCE, sex, first_age], year.residents[LOG_QUIET, sex, first_age]
        if people.entered_month[i] == t - 1 and not renewed:
            people.event_month[i] = next_named(calendar_salt, people.key[i], log_quiet, t - 1, end)
            if people.event_month[i] != t:
                continue
        people.event_month[i] = next_named(calendar_salt, people.key[i], log_quiet, t, end)
        age, u = years(t, people.born_month[i]), rng.draw(salt, people.key[i], 0) * chance
        partnered, with_parents = people.partner[i] >= 0, people.role[i] == Role.CHILD
        event = _event_of(u, year.hazards[sex, age], partnered, with_parents, age, birth_unpartnered)
        if event != NOTHING:
            people.event_row[n] = i
            people.event[i] = event
            n += 1
            fetch((people.household, people.next, people.births, people.background), i)
    return n


@compiled
def _event_of(u, hazard, partnered, with_parents, age, birth_unpartnered):
    """Return which event the draw ``u`` brings to somebody with these hazards, or NOTHING."""
    level = hazard[DEATH]
    if u < level:
        return DEATH
    level += hazard[BIRTH] * (1.0 if partnered else birth_unpartnered)
    if u < level:
        return BIRTH
    if partnered:
        return SEPARATION if u < level + hazard[SEPARATION] else NOTHING
    if age < MAJORITY:
        return NOTHING
    level += hazard[PARTNER]
    if u < level:
        return PARTNER
    return HOME if with_parents and u < level + hazard[HOME] else NOTHING
