"""The city monitor: what everybody would answer, counted; and a sample that is really asked.

The sample is the adults with the lowest tickets of the year, whoever stands in which row; those with little
schooling answer less often. Register and survey use one rule, so that both mean the same and differ only by the
luck and the make-up of the sample.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, MAJORITY_MONTHS, Education, Tenure
from mechlin.core.compiled import allocating, compiled
from mechlin.core.monitor import AGE_BANDS, ITEM, ITEMS
from mechlin.mechanisms.attitudes.surroundings import PARTS, chance_of_saying
from mechlin.statistics.incomes import equivalised_eur, fifth_of

_YOUNG, _OLD = 35, 65  # ages at which the next band starts
BANDS = len(AGE_BANDS)
_PLENTY = 2.0  # times the sample: tickets kept before the lowest are found
_TO_BITS, _OF_53 = 2.0**53, np.uint64(11)  # a draw as whole bits, as in `core/rng.py`
(RESIDENTS, ADULTS, TRUSTING, UNSAFE, PROUD, BELONGING, VICTIMS, HOUSED, PLACED, FIRST_WISH) = ITEM


@compiled
def age_band(age):
    """Return the band of an age in years: under 18, 18 to 34, 35 to 64, 65 and over."""
    if age < MAJORITY:
        return 0
    return 1 if age < _YOUNG else (2 if age < _OLD else 3)


@compiled
def ticket(u, education, p):
    """Return somebody's place in the draw of respondents: lowest first; who answers less often stands higher."""
    return u / p.low_education_answers if education == Education.LOW else u


@compiled
def _was_housed(households, h, year):
    moved = households.moved_month[h]
    return households.tenure[h] == Tenure.SOCIAL and moved > 0 and moved > year


@compiled
def _count(by_area, by_group, area, group, cell, item, number):
    by_area[area, item] += number
    by_group[group, np.uint64(cell + item)] += number


@allocating
def count_everybody(people, households, areas, groups, city, p, slip, t):
    """Count what everybody would answer and what was done to whom this year, by area, income, age, background."""
    areas.monitor[:] = 0
    groups.monitor[:] = 0
    year = t - 12
    fifth, seen = np.zeros(households.alive.size, dtype=np.uint8), np.zeros(households.alive.size, dtype=np.bool_)
    for h in range(households.alive.size):
        if households.alive[h]:
            eur = equivalised_eur(households.income_eur[h], households.equivalent_adults[h])
            fifth[h] = fifth_of(eur, city.income_limits_eur[0])
            seen[h] = households.victim_month[h] > year or _was_housed(households, h, year)
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        h = np.uint64(people.household[i])  # unsigned: no row is counted from the end
        months = t - np.int64(people.born_month[i])
        area, group = np.uint64(households.area[h]), np.uint64(people.background[i])
        cell = (fifth[h] * BANDS + age_band(months // 12)) * ITEMS
        _count(areas.monitor, groups.monitor, area, group, cell, RESIDENTS, 1)
        if months >= MAJORITY_MONTHS:
            trusting = np.int64(chance_of_saying(people.trust[i], p.much_trust_above, slip) * PARTS + 0.5)
            unsafe = np.int64(chance_of_saying(-people.safety[i], -p.often_unsafe_below, slip) * PARTS + 0.5)
            proud = np.int64(chance_of_saying(people.pride[i], p.proud_above, slip) * PARTS + 0.5)
            belonging = np.int64(np.floor(people.belonging[i] * PARTS + 0.5))
            _count(areas.monitor, groups.monitor, area, group, cell, ADULTS, 1)
            _count(areas.monitor, groups.monitor, area, group, cell, TRUSTING, trusting)
            _count(areas.monitor, groups.monitor, area, group, cell, UNSAFE, unsafe)
            _count(areas.monitor, groups.monitor, area, group, cell, PROUD, proud)
            _count(areas.monitor, groups.monitor, area, group, cell, BELONGING, belonging)
        rank, own_victim = people.school_rank[i], people.victim_month[i] > year
        if seen[h] or own_victim or rank > 0:
            victim = own_victim or households.victim_month[h] > year
            _count(areas.monitor, groups.monitor, area, group, cell, VICTIMS, victim)
            _count(areas.monitor, groups.monitor, area, group, cell, HOUSED, _was_housed(households, h, year))
            _count(areas.monitor, groups.monitor, area, group, cell, PLACED, rank > 0)
            _count(areas.monitor, groups.monitor, area, group, cell, FIRST_WISH, rank == 1)


@allocating
def ask_a_sample(people, city, p, slip, draw_salt, answer_salt, adults, t):
    """Ask as many adults as respond in the real monitor, and count their answers."""
    city.surveyed[:] = 0
    wanted = min(np.int64(p.respondents), adults)
    below = _PLENTY * wanted / max(adults, 1)
    if below > 0.5:
        below = 2.0 / p.low_education_answers
    may, rows, kept = np.empty(people.alive.size, dtype=np.bool_), np.empty(people.alive.size, dtype=np.int64), 0
    born_by, drawn_below = np.int16(t - MAJORITY_MONTHS), np.uint64(min(below, 1.0) * _TO_BITS)
    for i in range(people.alive.size):  # no branch; a ticket is never less than the number drawn for it
        drawn = rng.bits(draw_salt, people.key[i], 0) >> _OF_53
        may[i] = people.alive[i] & (people.born_month[i] <= born_by) & (drawn <= drawn_below)
    for i in range(people.alive.size):
        rows[kept] = i
        kept += may[i]
    tickets = np.empty(kept)
    for n in range(kept):
        i = rows[n]
        tickets[n] = ticket(rng.draw(draw_salt, people.key[i], 0), people.education[i], p)
    order = np.argsort(tickets)
    for place in range(min(wanted, kept)):
        i = rows[order[place]]
        key = people.key[i]
        city.surveyed[0, 0] += 1
        chance = chance_of_saying(people.trust[i], p.much_trust_above, slip)
        city.surveyed[0, 1] += rng.draw(answer_salt, key, 0) < chance
        chance = chance_of_saying(-people.safety[i], -p.often_unsafe_below, slip)
        city.surveyed[0, 2] += rng.draw(answer_salt, key, 1) < chance
        chance = chance_of_saying(people.pride[i], p.proud_above, slip)
        city.surveyed[0, 3] += rng.draw(answer_salt, key, 2) < chance
