"""The rules and loops behind the economy: school levels, work, language, incomes and household accounts."""

from typing import NamedTuple

import numpy as np

from mechlin.city.residents.income import household_allowance, person_income
from mechlin.core import rng
from mechlin.core.ages import AGES
from mechlin.core.calendar import CHANCE, LOG_QUIET, NAMED, YEAR, calendar_table, next_named, start_age
from mechlin.core.codes import EDUCATIONS, MAJORITY, MAJORITY_MONTHS, Education, Work
from mechlin.core.compiled import compiled, fetch
from mechlin.core.rows import STRETCH, any_within, anyone
from mechlin.mechanisms.economy.params import Params

_YOUNG_CHILD = 14
_RETIRING = 58  # age from which those who stop working count as retired
_STARTS = 22  # age from which those outside the labour force start to look
_QUARTER = 3  # months
_LAST_RISE = 52  # age of the last rise of wages over a career
_SETTLED = 55  # age from which nobody outside the labour force starts to look
_SCHOOL = 6  # age at which school begins
_YOUNG = 45 * 12  # months: a household whose oldest member is younger counts as young


@compiled
def level_of(attainment, parents, missing_language, u, p):
    """Return the education level of somebody who comes of age (ordered logit, ``u`` the draw)."""
    score = p.attainment_weight * attainment + p.parents_weight * (parents - 1.0) - p.language_weight * missing_language
    score += np.log((u + 1e-12) / (1.0 - u + 1e-12))
    if score < p.low_cut:
        return Education.LOW
    return Education.MIDDLE if score < p.high_cut else Education.HIGH


@compiled
def study_end(education):
    """Return the age in years at which somebody with this level leaves education."""
    return MAJORITY + 2 * education


@compiled
def next_work(work, age, education, language, foreign, cycle, u, p):
    """Return the work status of an adult next month (``u`` is the month's draw)."""
    if age < study_end(education) or age >= p.retire_age:
        return Work.OUTSIDE
    if work == Work.WORKING:
        factor = p.low_loss if education == Education.LOW else (1.0 if education == Education.MIDDLE else p.high_loss)
        most = p.loss_rate * factor * cycle / 12.0  # 1 - exp(-x) < x: most need no exponential
        if u >= most + (p.retire_rate / 12.0 if age >= _RETIRING else 0.0):
            return Work.WORKING
        leave = 1.0 - np.exp(-most)
        if u < leave:
            return Work.LOOKING
        return Work.OUTSIDE if age >= _RETIRING and u < leave + p.retire_rate / 12.0 else Work.WORKING
    if work == Work.LOOKING:
        factor = p.low_find if education == Education.LOW else (1.0 if education == Education.MIDDLE else p.high_find)
        factor *= 1.0 - p.language_find * (1.0 - language)
        if foreign:
            factor *= 1.0 - p.callback_gap
        find = 1.0 - np.exp(-p.find_rate * factor / cycle / 12.0)
        if u < find:
            return Work.WORKING
        quit_rate = p.retire_rate if age >= _RETIRING else p.give_up_rate
        return Work.OUTSIDE if u < find + quit_rate / 12.0 else Work.LOOKING
    if age == study_end(education) and u < 0.5:
        return Work.LOOKING
    return Work.LOOKING if _STARTS <= age < _SETTLED and u < p.take_up_rate / 12.0 else Work.OUTSIDE


@compiled
def newcomer(people, i, age, p, salt):
    """Set what a newborn or an arrival brings: everything hangs on who they are, not on the month's state."""
    key = people.key[i]
    foreign = people.background[i] > 0
    people.earning_sd[i] = rng.normal(rng.draw(salt, key, 0))
    people.attainment_sd[i] = rng.normal(rng.draw(salt, key, 1))
    people.tutored_sd[i] = 0.0
    people.income_eur[i] = 0.0
    people.local_language_share[i] = 1.0
    people.education[i] = Education.NONE
    people.work[i] = Work.OUTSIDE
    if age > 0 and foreign:
        people.local_language_share[i] = p.newcomer_language
    elif foreign:
        people.local_language_share[i] = 0.7
    if age >= MAJORITY:
        u = rng.draw(salt, key, 2)
        people.education[i] = Education.MIDDLE
        if u < p.arrival_low:
            people.education[i] = Education.LOW
        elif u > 1.0 - p.arrival_high:
            people.education[i] = Education.HIGH
        if age >= study_end(people.education[i]) and age < _RETIRING:
            people.work[i] = Work.WORKING if rng.draw(salt, key, 3) < p.arrival_work else Work.LOOKING


class Salts(NamedTuple):
    """The addresses of draws: of entering, of each month of a year and this one, of education, of calendars."""

    newcomer: np.uint64
    work: np.ndarray
    month: np.uint64
    level: np.uint64
    calendar: np.uint64


class Chances(NamedTuple):
    """The highest chances that work changes in a month, the same all through a calendar year (see ``calendar``)."""

    steady: np.ndarray  # table of the calendars of those who do not look for work, by education + 1 and age
    looking: np.ndarray  # highest chance of those who look for work, by education + 1


def highest_chances(p: Params, cycle: float) -> Chances:
    """Return chances a month never below the chance that a resident's work changes."""
    age = np.arange(AGES)
    steady, looking = np.zeros((EDUCATIONS + 1, AGES)), np.zeros(EDUCATIONS + 1)
    for education in range(EDUCATIONS):
        loss = p.loss_rate * (p.low_loss, 1.0, p.high_loss)[education] * cycle / 12.0
        find = p.find_rate * (p.low_find, 1.0, p.high_find)[education] / cycle / 12.0
        start = ((age >= _STARTS) & (age < _SETTLED)) * p.take_up_rate / 12.0
        working = loss + (age >= _RETIRING) * p.retire_rate / 12.0
        steady[education + 1] = np.maximum(working, start) * ((age >= MAJORITY) & (age < p.retire_age))
        looking[education + 1] = find + max(p.retire_rate, p.give_up_rate) / 12.0
    steady[:, :-1] = np.maximum(steady[:, :-1], steady[:, 1:])  # there is a birthday in the year
    table = calendar_table(steady)
    table[NAMED, 0, [_YOUNG_CHILD - 1, MAJORITY - 1]] = 1.0  # these all have a date in the year, that of a birthday
    for education in range(EDUCATIONS):
        end = study_end(education)
        table[NAMED, education + 1, [end - 1, end, p.retire_age - 1]] = 1.0
    return Chances(table, looking)


@compiled
def _on_date(months, work, education, p):
    """Return whether somebody of this age, with this work so far, is looked at whatever a calendar says."""
    studied = months - 12 * study_end(education)
    birthday = months == MAJORITY_MONTHS or months == _YOUNG_CHILD * 12 or studied == 0 or months == p.retire_age * 12
    return birthday or (work == Work.OUTSIDE and education >= 0 and 0 <= studied < 12)


@compiled
def _next_look(people, i, p, chances, salts, after, end):
    """Return the month after ``after`` in which work, or what hangs on age, may change; ``end`` for none before."""
    born, education, work = np.int64(people.born_month[i]), np.int64(people.education[i]), people.work[i]
    studied, retired = born + 12 * study_end(education), born + 12 * p.retire_age
    if work == Work.OUTSIDE and education >= 0 and studied <= after + 1 < studied + 12:
        return after + 1
    soonest = end
    for date in (born + 12 * _YOUNG_CHILD, born + MAJORITY_MONTHS, studied, retired):
        soonest = min(soonest, date) if date > after else soonest
    if education < 0 or after + 1 >= retired:
        return soonest
    if work == Work.LOOKING:  # so often that every month's draw is looked at, up to the first that may bring something
        for month in range(after + 1, soonest):
            if rng.draw(salts.work[month + YEAR - end], people.key[i], 0) < chances.looking[education + 1]:
                return month
        return soonest
    log_quiet = chances.steady[LOG_QUIET, education + 1, start_age(born, end)]
    return min(soonest, next_named(salts.calendar, people.key[i], log_quiet, after, end))


@compiled
def _settle(people, households, i, age, p, rule, cycle, u, level_salt, t):
    """Bring one resident's education, work and income up to date; children have none of them."""
    if age < MAJORITY:
        return
    foreign, language = people.background[i] > 0, people.local_language_share[i]
    h = people.household[i]
    if people.education[i] < 0:
        origin = h
        if households.entered_month[h] == t:  # moved out this very month: the parents are where they came from
            origin = households.from_household[h]
        people.education[i] = level_of(
            people.attainment_sd[i] + people.tutored_sd[i],
            max(households.parents_education[origin], 0),
            1.0 - language,
            rng.draw(level_salt, people.key[i], 0),
            p,
        )
    people.work[i] = next_work(people.work[i], age, people.education[i], language, foreign, cycle, u, p)
    _earn(people, households, i, age, rule)


@compiled
def _earn(people, households, i, age, rule):
    income, h = np.rint(person_income(people.work[i], people.education[i], age, people.earning_sd[i], rule)), 0
    h = people.household[i]
    households.income_eur[h] += income - people.income_eur[i]  # whole euros, so nothing is rounded
    people.income_eur[i] = income


@compiled
def _renew(people, households, p, rule, chances, salts, t, end):
    """Start a year: renew the incomes that hang on age, and draw when each resident is looked at next."""
    named = chances.steady[NAMED]
    for i in range(people.alive.size):  # no jumps, and so quick: most are not looked at in the year
        draw = rng.draw(salts.calendar, people.key[i], 0)
        this = draw < named[people.education[i] + 1, start_age(people.born_month[i], end)]
        people.look_month[i] = t if this | (people.work[i] == Work.LOOKING) else end
    for i in range(people.alive.size):
        if people.look_month[i] == t:
            people.look_month[i] = _next_look(people, i, p, chances, salts, t - 1, end)
    for i in range(people.alive.size):
        age, work = (np.int64(t) - np.int64(people.born_month[i])) // 12, people.work[i]
        starts = (age - 1 < rule.student_age) & (age >= rule.student_age)
        starts |= (age - 1 < rule.pension_age) & (age >= rule.pension_age)
        if people.alive[i] and ((work == Work.WORKING and age <= _LAST_RISE) or (work == Work.OUTSIDE and starts)):
            _earn(people, households, i, age, rule)


@compiled
def _list_changing(people, households, t, everyone):
    """List in ``work_row`` who is looked at, and ask for what is read of them; return how many."""
    n = 0
    for stretch in range(0, people.alive.size, STRETCH):
        if not everyone and not anyone(people.look_month, t, stretch) and not anyone(people.entered_month, t, stretch):
            continue
        for i in range(stretch, min(stretch + STRETCH, people.alive.size)):
            if everyone or people.look_month[i] == t or people.entered_month[i] == t:
                people.work_row[n] = i
                n += 1
                fetch(
                    (
                        people.alive,
                        people.born_month,
                        people.key,
                        people.household,
                        people.education,
                        people.work,
                        people.background,
                        people.local_language_share,
                        people.earning_sd,
                        people.income_eur,
                    ),
                    i,
                )
    for k in range(n):
        fetch(households.income_eur, people.household[people.work_row[k]])
    return n


@compiled
def people_month(people, households, p, rule, chances, cycle, salts, renewed, t, end, first):
    """Let residents come of age, lose and find work, and note whose household must count again.

    Only those are looked at who have a date this month, look for work with a draw that may bring it, or whose
    calendar names the month; of what the calendar names, the month's draw decides what part comes about.
    """
    if renewed:
        _renew(people, households, p, rule, chances, salts, t, end)
    for k in range(_list_changing(people, households, t, first)):
        i = people.work_row[k]
        if not people.alive[i]:
            continue
        months = np.int64(t) - np.int64(people.born_month[i])
        age, new = min(months // 12, AGES - 1), people.entered_month[i] == t and not first
        if new:
            newcomer(people, i, age, p, salts.newcomer)
        u, education = rng.draw(salts.month, people.key[i], 0), people.education[i]
        if not new and people.work[i] != Work.LOOKING and not _on_date(months, people.work[i], education, p):
            u *= chances.steady[CHANCE, education + 1, start_age(people.born_month[i], end)]
        _settle(people, households, i, age, p, rule, cycle, 1.0 if first else u, salts.level, t)
        if first or months == MAJORITY_MONTHS or months == _YOUNG_CHILD * 12:
            households.counted[people.household[i]] = False
        people.look_month[i] = _next_look(people, i, p, chances, salts, t, end)


@compiled
def school_gain(pupils_per_class, quality, indicator_share, p):
    """Return what a year at a school adds to attainment, against a school of the usual class, quality and make-up."""
    return (
        p.class_gain * (p.usual_class - pupils_per_class)
        + p.quality_gain * (quality - 0.5)
        + p.peer_gain * (indicator_share - p.usual_share)
    )


@compiled
def learning_months(people, households, areas, schools, p, months, t):
    """Let residents learn the language, and pupils gain from their school and help with homework, months at once."""
    areas.next_learners[:] = 0
    areas.next_pupils[:] = 0
    quarterly = p.language_growth * _QUARTER / 12.0
    growth = 1.0 - (1.0 - quarterly) ** (months // _QUARTER)
    fade, half_faded = np.exp(-p.attainment_fade * months / 12.0), np.exp(-p.attainment_fade * months / 24.0)
    for area in range(areas.learners.size):  # from here on, hours for each of those who learn
        areas.lesson_hours[area] /= max(areas.learners[area], 1)
        areas.tutoring_hours[area] /= max(areas.pupils[area], 1)
    for i in range(people.alive.size):
        minor = t - people.born_month[i] < MAJORITY_MONTHS
        present = people.alive[i] & (people.entered_month[i] < t)
        people.learns[i] = present & (minor | (people.local_language_share[i] < 1))
    for i in range(people.alive.size):
        if not people.learns[i]:
            continue
        area, language = households.area[people.household[i]], people.local_language_share[i]
        if language < 1.0:
            begun = (t - people.entered_month[i] + _QUARTER - 1) // _QUARTER  # quarters begun here
            gain = growth if begun > 1 else min(growth, quarterly)
            gain += p.lesson_gain * areas.lesson_hours[area]
            people.local_language_share[i] = language + (1.0 - language) * min(gain, 1.0)
            areas.next_learners[area] += 1
        age = (np.int64(t) - np.int64(people.born_month[i])) // 12
        if age >= MAJORITY:
            continue
        school = people.school[i]
        if school >= 0:
            people.tutored_sd[i] += (
                months
                / 12.0
                * school_gain(
                    schools.pupils_per_class[school], schools.quality_in_use[school], schools.indicator_share[school], p
                )
            )
        if age >= _SCHOOL:  # help fades too, from the middle of the months on
            helped = p.tutoring_gain * p.homework_worth * areas.tutoring_hours[area] * half_faded
            people.tutored_sd[i] = people.tutored_sd[i] * fade + helped
            areas.next_pupils[area] += 1
    for area in range(areas.learners.size):
        areas.learners[area], areas.pupils[area] = areas.next_learners[area], areas.next_pupils[area]
        areas.lesson_hours[area] = areas.tutoring_hours[area] = 0.0


@compiled
def _count(people, households, h, rule, t):
    """Count a household again: who its members are, and what they have together in whole euros."""
    members = children = young = 0
    income, oldest, education = 0.0, np.int64(t), np.int64(Education.NONE)
    i = households.first[h]
    while i >= 0:
        months = t - people.born_month[i]
        members += 1
        children += months < MAJORITY_MONTHS
        young += months < _YOUNG_CHILD * 12
        income += people.income_eur[i]
        oldest = min(oldest, np.int64(people.born_month[i]))
        education = max(education, np.int64(people.education[i]))
        i = people.next[i]
    households.members[h], households.children[h], households.young[h] = members, children, young
    households.adults[h] = members - children
    households.oldest_born_month[h] = oldest
    households.education[h] = households.parents_education[h] = education
    households.equivalent_adults[h] = 1.0 + 0.5 * (members - young - 1) + 0.3 * young
    households.income_eur[h] = income + np.rint(household_allowance(children, rule))
    households.counted[h] = True


@compiled
def households_month(people, households, city, rule, t):
    """Count again each household in which something changed, and arrivals by education and family stage."""
    n = 0
    for stretch in range(0, households.alive.size, STRETCH):
        if not any_within(households.counted, 0, 1, stretch) and not anyone(households.changed_month, t, stretch):
            continue
        for h in range(stretch, min(stretch + STRETCH, households.alive.size)):
            if not households.counted[h] or households.changed_month[h] == t:
                households.count_row[n] = h
                n += 1
                fetch((households.alive, households.first, households.entered_month, households.income_eur), h)
    for k in range(n):
        i = households.first[households.count_row[k]]
        fetch((people.next, people.born_month, people.income_eur, people.education), i)
    for k in range(n):
        h = households.count_row[k]
        if not households.alive[h]:
            continue
        _count(people, households, h, rule, t)
        children, members = households.children[h], households.members[h]
        if households.entered_month[h] == t and households.from_household[h] < 0:
            stage = 1 if children > 0 else (0 if (t - households.oldest_born_month[h]) < _YOUNG else 2)
            city.arrivals_by_group[0, max(households.education[h], 0) * 3 + stage] += members
