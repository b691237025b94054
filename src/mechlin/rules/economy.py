"""The rules and loops behind the economy: school levels, work, language, incomes and household accounts."""

import numpy as np

from mechlin.city.income import household_allowance, person_income
from mechlin.core import rng
from mechlin.core.compiled import compiled, fused, inner, rule
from mechlin.rules.ages import AGES

OUTSIDE, LOOKING, WORKING = 0, 1, 2
_ADULT = 18
_YOUNG_CHILD = 14
_RETIRING = 58  # age from which those who stop working count as retired
_STUDIED = 23  # age from which everybody has left education
_SETTLED = 55  # age from which nobody outside the labour force starts to look
_SCHOOL = 6  # age at which school begins
_YOUNG = 45 * 12  # months: a household whose oldest member is younger counts as young


@rule
def level_of(attainment, parents, missing_language, u, p):
    """Return the education level of somebody who comes of age (ordered logit, ``u`` the draw)."""
    score = p.attainment_weight * attainment + p.parents_weight * (parents - 1.0) - p.language_weight * missing_language
    score += np.log((u + 1e-12) / (1.0 - u + 1e-12))
    if score < p.low_cut:
        return 0
    return 1 if score < p.high_cut else 2


@rule
def study_end(education):
    """Return the age in years at which somebody with this level leaves education."""
    return 18 + 2 * education


@rule
def next_work(work, age, education, language, foreign, cycle, u, p):
    """Return the work status of an adult next month (``u`` is the month's draw)."""
    if age < study_end(education) or age >= p.retire_age:
        return OUTSIDE
    if work == WORKING:
        factor = p.low_loss if education == 0 else (1.0 if education == 1 else p.high_loss)
        most = p.loss_rate * factor * cycle / 12.0  # 1 - exp(-x) < x: most need no exponential
        if u >= most + (p.retire_rate / 12.0 if age >= _RETIRING else 0.0):
            return WORKING
        leave = 1.0 - np.exp(-most)
        if u < leave:
            return LOOKING
        return OUTSIDE if age >= _RETIRING and u < leave + p.retire_rate / 12.0 else WORKING
    if work == LOOKING:
        factor = p.low_find if education == 0 else (1.0 if education == 1 else p.high_find)
        factor *= 1.0 - p.language_find * (1.0 - language)
        if foreign:
            factor *= 1.0 - p.callback_gap
        find = 1.0 - np.exp(-p.find_rate * factor / cycle / 12.0)
        if u < find:
            return WORKING
        quit_rate = p.retire_rate if age >= _RETIRING else p.give_up_rate
        return OUTSIDE if u < find + quit_rate / 12.0 else LOOKING
    if age == study_end(education) and u < 0.5:
        return LOOKING
    return LOOKING if 22 <= age < _SETTLED and u < p.take_up_rate / 12.0 else OUTSIDE


@inner
def newcomer(people, i, age, p, salt):
    """Set what a newborn or an arrival brings: everything hangs on who they are, not on the month's state."""
    key = people.key[i]
    foreign = people.background[i] > 0
    people.earning_sd[i] = rng.normal(rng.draw(salt, key, 0))
    people.attainment_sd[i] = rng.normal(rng.draw(salt, key, 1))
    people.tutored_sd[i] = 0.0
    people.income_eur[i] = 0.0
    people.local_language_share[i] = 1.0
    people.education[i] = -1
    people.work[i] = OUTSIDE
    if age > 0 and foreign:
        people.local_language_share[i] = p.newcomer_language
    elif foreign:
        people.local_language_share[i] = 0.7
    if age >= 18:
        u = rng.draw(salt, key, 2)
        people.education[i] = 0 if u < p.arrival_low else (2 if u > 1.0 - p.arrival_high else 1)
        if age >= study_end(people.education[i]) and age < _RETIRING:
            people.work[i] = WORKING if rng.draw(salt, key, 3) < p.arrival_work else LOOKING


@fused
def _settle(people, households, i, age, p, rule, cycle, u, level_salt, t):
    """Bring one resident's education, work and income up to date; children have none of them."""
    if age < _ADULT:
        return
    foreign, language = people.background[i] > 0, people.local_language_share[i]
    if people.education[i] < 0:
        h = people.household[i]
        if households.entered_month[h] == t:  # moved out this very month: the parents are where they came from
            h = households.from_household[h]
        people.education[i] = level_of(
            people.attainment_sd[i] + people.tutored_sd[i], max(households.parents_education[h], 0),
            1.0 - language, rng.draw(level_salt, people.key[i], 0), p)  # fmt: skip
    people.work[i] = next_work(people.work[i], age, people.education[i], language, foreign, cycle, u, p)
    income = person_income(people.work[i], people.education[i], age, people.earning_sd[i], rule)
    people.income_eur[i] = np.rint(income)


@inner
def _most(bounds, work, first_age, last_age):
    """Return the highest of the bounds for this work between two ages."""
    most = 0.0
    for age in range(first_age, last_age):
        for level in range(bounds.shape[2]):
            most = max(most, bounds[work, age, level])
    return most


@inner
def _mark(people, p, bounds, work_salt, t, everyone, first):
    """Mark who may change this month: a first pass without jumps, the same for everybody and so quick."""
    outside, senior_outside = _most(bounds, OUTSIDE, _STUDIED, _RETIRING), _most(bounds, OUTSIDE, _RETIRING, AGES)
    looking, working = _most(bounds, LOOKING, _ADULT, p.retire_age), _most(bounds, WORKING, _ADULT, _RETIRING)
    senior_working = _most(bounds, WORKING, _RETIRING, p.retire_age)
    for i in range(people.alive.size):
        work, months = people.work[i], t - people.born_month[i]
        if_outside = outside if months < _RETIRING * 12 else senior_outside
        if_working = working if months < _RETIRING * 12 else senior_working
        most = looking if work == LOOKING else (if_working if work == WORKING else if_outside)
        most = most if months >= _ADULT * 12 else 0.0
        studied = months - 12 * study_end(people.education[i])
        due = (studied >= 0) & (studied < 12) & (work == OUTSIDE)
        due |= (months >= p.retire_age * 12) & (work != OUTSIDE)
        due |= (months == _ADULT * 12) | (months == _YOUNG_CHILD * 12) | (people.entered_month[i] == t) & (not first)
        below = rng.draw(work_salt, people.key[i], 0) < most
        people.may_change[i] = people.alive[i] & (below | due | everyone)


@compiled
def people_month(people, households, p, rule, bounds, cycle, entry_salt, work_salt, level_salt, t, everyone, first):
    """Let residents come of age, lose and find work, and note whose household must count again.

    ``bounds`` (work, age, education + 1) is never below the chance that anything changes for such a resident:
    most draws lie above it and need no closer look. ``everyone`` looks closer at all, as once a year.
    """
    _mark(people, p, bounds, work_salt, t, everyone, first)
    for i in range(people.alive.size):
        if not people.may_change[i]:
            continue
        months = np.uint32(np.int64(t) - np.int64(people.born_month[i]))
        age = np.int64(min(months // np.uint32(12), np.uint32(bounds.shape[1] - 1)))
        new = people.entered_month[i] == t and not first
        if new:
            newcomer(people, i, age, p, entry_salt)
        u = 1.0 if first else rng.draw(work_salt, people.key[i], 0)
        due = everyone or new or months == _ADULT * 12
        if due or u < bounds[people.work[i], age, people.education[i] + 1]:
            before, h = people.income_eur[i], people.household[i]
            _settle(people, households, i, age, p, rule, cycle, u, level_salt, t)
            households.income_eur[h] += people.income_eur[i] - before  # whole euros, so nothing is rounded
        if first or months == _ADULT * 12 or months == _YOUNG_CHILD * 12:
            households.counted[people.household[i]] = False


def change_bounds(p, cycle, ages):
    """Return, by work, age and education + 1, a number never below the chance that a resident's work changes."""
    age = np.arange(ages)
    out = np.zeros((3, ages, 4))
    for education in (0, 1, 2):
        loss = p.loss_rate * (p.low_loss, 1.0, p.high_loss)[education] * cycle / 12.0
        find = p.find_rate * (p.low_find, 1.0, p.high_find)[education] / cycle / 12.0
        adult = age >= _ADULT
        out[WORKING, :, education + 1] = loss + (age >= _RETIRING) * p.retire_rate / 12.0
        out[LOOKING, :, education + 1] = find + np.where(age >= _RETIRING, p.retire_rate, p.give_up_rate) / 12.0
        start = (age >= 22) & (age < _SETTLED)
        out[OUTSIDE, :, education + 1] = np.where(age == study_end(education), 1.0, start * p.take_up_rate / 12.0)
        out[1:, :, education + 1] = np.where(age >= p.retire_age, 1.0, out[1:, :, education + 1])
        out[:, :, education + 1] *= adult
    return out


@rule
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
    fade = np.exp(-p.attainment_fade * months / 12.0)
    for area in range(areas.learners.size):  # from here on, hours for each of those who learn
        areas.lesson_hours[area] /= max(areas.learners[area], 1)
        areas.tutoring_hours[area] /= max(areas.pupils[area], 1)
    for i in range(people.alive.size):
        if not people.alive[i] or people.entered_month[i] >= t:
            continue
        age = (np.int64(t) - np.int64(people.born_month[i])) // 12
        language = people.local_language_share[i]
        if language < 1.0:
            area = households.area[people.household[i]]
            gain = p.language_growth * months / 12.0 + p.lesson_gain * areas.lesson_hours[area]
            people.local_language_share[i] = language + (1.0 - language) * min(gain, 1.0)
            areas.next_learners[area] += 1
        school = people.school[i] if age < _ADULT else -1
        if school >= 0:
            people.tutored_sd[i] += months / 12.0 * school_gain(
                schools.pupils_per_class[school], schools.quality_in_use[school], schools.indicator_share[school], p)  # fmt: skip
        if _SCHOOL <= age < _ADULT:
            area = households.area[people.household[i]]
            people.tutored_sd[i] = people.tutored_sd[i] * fade + p.tutoring_gain * areas.tutoring_hours[area]
            areas.next_pupils[area] += 1
    for area in range(areas.learners.size):
        areas.learners[area], areas.pupils[area] = areas.next_learners[area], areas.next_pupils[area]
        areas.lesson_hours[area] = areas.tutoring_hours[area] = 0.0


@fused
def _count(people, households, h, rule, t):
    """Count a household again: who its members are, and what they have together in whole euros."""
    members = children = young = 0
    income, oldest, education = 0.0, np.int64(t), np.int64(-1)
    i = households.first[h]
    while i >= 0:
        months = t - people.born_month[i]
        members += 1
        children += months < _ADULT * 12
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
    for h in range(households.alive.size):
        if not households.alive[h] or (households.counted[h] and households.changed_month[h] != t):
            continue
        _count(people, households, h, rule, t)
        children, members = households.children[h], households.members[h]
        if households.entered_month[h] == t and households.from_household[h] < 0:
            stage = 1 if children > 0 else (0 if (t - households.oldest_born_month[h]) < _YOUNG else 2)
            city.arrivals_by_group[0, max(households.education[h], 0) * 3 + stage] += members
