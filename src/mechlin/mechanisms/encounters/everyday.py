"""Everyday encounters: whose turn it is looks at one other after another and meets whom they keep.

Residents are gone through in blocks and each block in stages (seat, point, turn, look, choose, settle), so that what has to be
fetched from memory is fetched for many at a time. The rules of who is like whom stand in `encounters`.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled, fetch
from mechlin.core.rows import list_turns
from mechlin.mechanisms.encounters.meet import (
    ADULT_CARD,
    AGE,
    ASSOCIATION,
    CLUB,
    GATE,
    SCHOOL,
    SHOWN,
    STREET,
    TICKET_BIT,
    dissimilarity,
    household_school,
    is_kept,
    lower,
    mark,
    place_of,
    salience_goal,
    setting_of,
    upper,
)

_SETTING_BIT, _SETTING_PART, _SCHOOL_BIT, _HOME_BIT, _AREA_PART = 16, 7, 19, 35, 0xFFFF  # in a visitor's note
BLOCK = 1024  # residents whose encounters are worked out together: what is noted about them stays close at hand


@compiled
def _seat(people, households, city, p, salt, t, begin, end):
    """Note for the turns of one block who seeks company and where; return how many, from the front and at the end.

    Adults who look among homes are noted from the front, all others (children, schools and their gates) from the
    back: where alike follows alike, the processor foresees what comes.
    """
    front, back = 0, BLOCK
    for n in range(begin, end):
        i = people.turn_row[n]
        mine = people.card[i]
        seeks = people.alive[i] & (people.entered_month[i] != t) & ((mine & AGE) != 0)
        h, school = people.household[i], np.int64(people.school[i])
        parent, adult = households.children[h] > 0, (mine & AGE) >= ADULT_CARD
        setting = setting_of(upper(rng.bits(salt, people.key[i], 0)), school >= 0, parent, (mine & CLUB) != 0, p)
        if (setting == GATE) & seeks:
            school = household_school(households.first, people.next, people.school, h)
            setting = STREET if school < 0 else GATE
        at_school = (setting == SCHOOL) | (setting == GATE)
        plain = adult & (not at_school)
        place = front if plain else back - 1  # whoever does not seek is written over by the next
        city.visitor[0, place] = i
        city.visitor_note[0, place] = (
            np.int64(households.area[h])
            + (np.int64(setting) << _SETTING_BIT)
            + ((school + 1 if at_school else 0) << _SCHOOL_BIT)
            + ((np.int64(households.home[h]) + 1) << _HOME_BIT)
        )
        front += seeks & plain
        back -= seeks & (not plain)
    return front, back


@compiled
def _point(people, homes, areas, schools, city, salt, attempt, waiting):
    """Point each of a block who still waits at a place in the list of pupils or of homes, by lot; -1 there is none."""
    for n in range(waiting):
        place = city.visitor_waits[0, n]
        i, note = city.visitor[0, place], city.visitor_note[0, place]
        draw = rng.bits(salt, people.key[i], 1 + attempt)
        near, area = (note >> _SETTING_BIT) & _SETTING_PART == STREET, note & _AREA_PART
        school = ((note >> _SCHOOL_BIT) & _AREA_PART) - 1
        if school >= 0:
            among = np.int64(schools.pupils[school])
            at = np.int64(schools.first_pupil[school]) + np.int64(upper(draw) * among)
            fetch(people.pupil, at)
        else:
            among = np.int64(areas.homes_listed[area]) if near else np.int64(homes.by_area.size)
            at = (np.int64(areas.first_home[area]) if near else np.int64(0)) + place_of(draw, among)
            fetch(homes.by_area, at)
        city.visitor_mine[0, n] = people.card[i]
        city.visitor_other[0, n] = at if among > 0 else np.int64(-1)
        city.visitor_lot[0, n] = lower(draw)


@compiled
def _turn(people, homes, city, waiting):
    """Turn each of a block who still waits from that place to the pupil or the home that stands there."""
    for n in range(waiting):
        note, at = city.visitor_note[0, city.visitor_waits[0, n]], city.visitor_other[0, n]
        if at < 0:
            continue
        if (note >> _SCHOOL_BIT) & _AREA_PART:
            j = np.int64(people.pupil[at])
            fetch((people.alive, people.school, people.card, people.household, people.entered_month), j)
            city.visitor_other[0, n] = j
        else:
            home = np.int64(homes.by_area[at])
            fetch((homes.adult_card, homes.child_card, homes.area), home)
            city.visitor_other[0, n] = home


@compiled
def _look(people, households, homes, city, t, waiting):
    """Show each of a block who still waits the card of that one; 0 nobody, or nobody who fits the setting."""
    for n in range(waiting):
        place = city.visitor_waits[0, n]
        i, note, mine = city.visitor[0, place], city.visitor_note[0, place], city.visitor_mine[0, n]
        setting, area = (note >> _SETTING_BIT) & _SETTING_PART, note & _AREA_PART
        school, own = ((note >> _SCHOOL_BIT) & _AREA_PART) - 1, (note >> _HOME_BIT) - 1
        home, other = city.visitor_other[0, n], np.int64(0)
        if school >= 0:
            j, home = home, np.int64(-1)
            there = j >= 0 and people.alive[j] and people.school[j] == school and people.entered_month[j] != t
            if there and people.household[j] != people.household[i]:
                other, home = people.card[j], np.int64(households.home[people.household[j]])
        if setting != SCHOOL:
            other = np.int64(0)
            if home >= 0:
                other = homes.adult_card[home] if (mine & AGE) >= ADULT_CARD else homes.child_card[home]
                other = (other & SHOWN) + (np.int64(homes.area[home] != area) << TICKET_BIT)
            other = other if home != own else np.int64(0)
        fits = ((other & AGE) != 0) & ((setting != ASSOCIATION) | ((other & CLUB) != 0))
        city.visitor_other[0, n] = other if fits else np.int64(0)


@compiled
def _choose(city, p, waiting):
    """Let each of a block who still waits keep the other or not; return how many wait on."""
    for n in range(waiting):
        mine, other = city.visitor_mine[0, n], city.visitor_other[0, n]
        kept = is_kept(dissimilarity(mine, other, (other >> TICKET_BIT) != 0, p), city.visitor_lot[0, n], p)
        city.visitor_other[0, n] = other if kept else np.int64(0)
    left = 0
    for n in range(waiting):
        place, other = city.visitor_waits[0, n], city.visitor_other[0, n]
        city.visitor_met[0, place] = other
        city.visitor_waits[0, left] = place
        left += other == 0
    return left


@compiled
def _settle(people, areas, city, p, pace, salt, dealings, stance, begin, end):
    """Let those of a block drift back a little, and whom they have met leave a mark."""
    for place in range(begin, end):
        i, other, note = city.visitor[0, place], city.visitor_met[0, place], city.visitor_note[0, place]
        trait, openness = np.float64(people.openness_trait[i]), np.float64(people.openness[i])
        people.openness[i] = openness + pace.fade * (trait - openness)
        salience = np.float64(people.salience[i])
        goal = salience_goal(trait, np.float64(people.bridging_share[i]), dealings, stance, p)
        people.salience[i] = salience + pace.salience_step * (goal - salience)
        if other != 0:
            setting, disorder = (note >> _SETTING_BIT) & _SETTING_PART, areas.disorder[note & _AREA_PART]
            mark(
                people.openness,
                people.bridging_share,
                city.meetings,
                city.meetings_across,
                i,
                people.card[i],
                other,
                setting,
                disorder,
                lower(rng.bits(salt, people.key[i], 0)),
                p,
            )


@compiled
def everyday(people, households, homes, areas, schools, city, levers, p, pace, salt, first, t):
    """Let everybody whose turn falls in the months from ``first`` on drift back a little and have an encounter."""
    turns = list_turns(people.meeting_phase, first, p.batch_months, p.cycle_months, people.turn_row)
    for begin in range(0, turns, BLOCK):
        front, back = _seat(people, households, city, p, salt, t, begin, min(begin + BLOCK, turns))
        for n in range(front):
            city.visitor_waits[0, n] = n
        for n in range(BLOCK - back):
            city.visitor_waits[0, front + n] = back + n
        waiting = front + BLOCK - back
        for attempt in range(p.attempts):
            _point(people, homes, areas, schools, city, salt, attempt, waiting)
            _turn(people, homes, city, waiting)
            _look(people, households, homes, city, t, waiting)
            waiting = _choose(city, p, waiting)
        dealings, stance = levers.group_dealings[0], levers.one_city_stance[0]
        _settle(people, areas, city, p, pace, salt, dealings, stance, 0, front)
        _settle(people, areas, city, p, pace, salt, dealings, stance, back, BLOCK)
