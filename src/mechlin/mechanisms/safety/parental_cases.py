"""The parental procedure at work in the simulated city: findings, answers, plans within the places there are, fines.

What may follow on what stands in :mod:`mechlin.law.parental_procedure`; here families answer. Plans and therapy
are scarce: places go by a drawn order, therapy to those charged most often first. Every step is counted by income,
age and background: that is measurement, and nothing is decided by it.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY
from mechlin.core.compiled import compiled
from mechlin.core.rows import STRETCH, any_within
from mechlin.law import parental_procedure as law
from mechlin.law.parental_procedure import next_stage
from mechlin.mechanisms.safety.victims import fifth

FOUND, WARNED, OFFERED, AGREED, CLOSED, FINED, REFUSED = range(7)  # what is counted
OUTCOMES, AGES = 7, 3
_FIFTHS = 5
_AGES_FROM, _AGES_WIDE = 12, 2  # years: 12 and 13, 14 and 15, 16 and over
_DAYS_A_MONTH = 30
_CHARGE_BITS, _ORDER_BITS = 3, 61  # of a place in the order: how often charged, then as drawn
_YEAR = 12
_MOST_CHARGES = 7
_MOST = 127  # months or charges: no more are kept


@compiled
def _count(people, households, city, i, outcome, t):
    """Count one step by the family's income and the minor's age and background."""
    age = (np.int64(t) - people.born_month[i]) // 12
    band = min(max(age - _AGES_FROM, 0) // _AGES_WIDE, AGES - 1)
    city.procedure[0, outcome] += 1
    city.procedure_by_fifth[0, outcome * _FIFTHS + fifth(households, city, people.household[i])] += 1
    city.procedure_by_age[0, outcome * AGES + band] += 1
    if outcome == FOUND:
        city.findings_by_background[0, people.background[i]] += 1
    elif outcome == AGREED:
        city.plans_by_background[0, people.background[i]] += 1
    elif outcome == FINED:
        city.fines_by_background[0, people.background[i]] += 1
    elif outcome == REFUSED:
        city.refusals_by_background[0, people.background[i]] += 1


@compiled
def _enter(people, households, city, i, stage, fine_eur, t):
    """Let a case enter a stage; count what the family meets there, and fine the parents at the end of the road."""
    people.case_stage[i] = stage
    people.case_month[i] = t
    if stage == law.WARNED:
        people.warned_month[i] = t
        _count(people, households, city, i, WARNED, t)
    elif stage == law.OFFERED:
        _count(people, households, city, i, OFFERED, t)
    elif stage == law.AGREED:
        _count(people, households, city, i, AGREED, t)
    elif stage == law.FINED:
        fine = min(fine_eur, law.FINE_MAX_EUR[people.case_form[i]])
        if fine > 0.0:
            households.fined_month[people.household[i]] = t
            city.fines_eur[0] += np.int64(fine + 0.5)
            city.fines_month_eur[0, people.case_form[i]] += np.int64(fine + 0.5)
            _count(people, households, city, i, FINED, t)
    elif stage >= law.KEPT:
        _count(people, households, city, i, CLOSED, t)


@compiled
def find(people, households, city, i, grave, form, t):
    """Report that a minor was found; a case opens, goes on, or only a warning follows."""
    _count(people, households, city, i, FOUND, t)
    stage = people.case_stage[i]
    since = (np.int64(t) - people.warned_month[i]) * _DAYS_A_MONTH
    opens = stage >= law.KEPT or stage <= law.WARNED
    after = next_stage(form if opens else people.case_form[i], stage, law.FINDING, grave, since)
    if opens:
        people.case_form[i] = form
        _enter(people, households, city, i, after, 0.0, t)


@compiled
def answer(stage, u, p):
    """Return what a family does this month in this stage, ``u`` the draw; -1 when nothing is asked of it."""
    if stage == law.ASKED:
        return law.ENOUGH if u < p.enough_share else law.STARTED
    if stage == law.OFFERED:
        return law.ACCEPTED if u < p.accept_share else law.REFUSED
    if stage == law.SERVICE_OFFERED:
        return law.ACCEPTED if u < p.service_share else law.REFUSED
    if stage == law.PLAN or stage == law.SERVING:
        return law.KEEPS if u < p.kept_share else law.BREAKS
    return -1


@compiled
def _go_on(people, households, city, i, fine_eur, p, salt, t):
    """Take one case a month further."""
    stage = people.case_stage[i]
    if people.case_month[i] == t:
        return
    event = answer(stage, rng.draw(salt, people.key[i], 0), p)
    if stage == law.PLAN:
        people.plan_months[i] -= 1
        if people.plan_months[i] > 0:
            return
        people.plan_months[i] = 0
    elif stage == law.AGREED:
        if t - people.case_month[i] < p.place_wait_months:
            return
        event = law.LACKS_PLACE
    if event == law.REFUSED:
        _count(people, households, city, i, REFUSED, t)
    _enter(people, households, city, i, next_stage(people.case_form[i], stage, event, 0, -1), fine_eur, t)


@compiled
def _hand_out(people, n, places):
    """Put the first ``n`` of the waiting in order; return how many get a place."""
    rng.sort_by_priority(people.case_priority, people.case_row, n)
    return min(max(places, 0), n)


@compiled
def cases_month(people, households, city, levers, p, salt, order, t):
    """Take every open case a month further and hand out places in plans and in therapy."""
    fine_eur, waiting, plans, therapies, open_cases = levers.fine_eur[0], 0, 0, 0, 0
    for stretch in range(0, people.alive.size, STRETCH):
        going_on = any_within(people.case_stage, law.ASKED, law.KEPT, stretch)
        if not going_on and not any_within(people.plan_months, 1, _MOST, stretch):
            continue
        for i in range(stretch, min(stretch + STRETCH, people.alive.size)):
            stage = people.case_stage[i]
            if (
                not people.alive[i]
                or people.entered_month[i] == t
                or (stage == law.NONE and people.plan_months[i] == 0)
            ):
                continue
            if law.ASKED <= stage < law.KEPT:
                _go_on(people, households, city, i, fine_eur, p, salt, t)
            elif people.plan_months[i] > 0:
                people.plan_months[i] -= 1
                therapies += people.plan_months[i] > 0
            stage = people.case_stage[i]
            plans += stage == law.PLAN
            open_cases += law.ASKED <= stage < law.KEPT
            if stage == law.AGREED:
                people.case_row[waiting], people.case_priority[waiting] = i, rng.bits(order, people.key[i], 0)
                waiting += 1
    for k in range(_hand_out(people, waiting, np.int64(levers.plan_places[0]) - plans)):
        i = people.case_row[k]
        people.plan_months[i] = p.plan_term_months
        _enter(people, households, city, i, next_stage(people.case_form[i], law.AGREED, law.PLACE, 0, -1), fine_eur, t)
    places = np.int64(levers.therapy_places[0]) - therapies
    city.open_cases[0] = open_cases + therapies
    if places > 0:
        _start_therapy(people, city, places, p, order, t)


@compiled
def needs_therapy(age, charges, months_since_charge, p):
    """Return whether a minor has been charged so often, and lately, that the family is offered therapy."""
    return age < MAJORITY and charges >= p.therapy_charges and months_since_charge < _YEAR


@compiled
def _start_therapy(people, city, places, p, order, t):
    """Offer therapy to the families of minors charged most often; equals in a drawn order, each family once."""
    waiting, least = 0, max(np.int64(p.therapy_charges), 1)
    for stretch in range(0, people.alive.size, STRETCH):
        if not any_within(people.charges, least, _MOST, stretch):
            continue
        for i in range(stretch, min(stretch + STRETCH, people.alive.size)):
            if not people.alive[i] or people.entered_month[i] == t or people.charges[i] < least:
                continue
            if (
                people.plan_months[i] > 0
                or law.ASKED <= people.case_stage[i] < law.KEPT
                or people.therapy_month[i] >= 0
            ):
                continue
            age = (np.int64(t) - people.born_month[i]) // 12
            if needs_therapy(age, people.charges[i], np.int64(t) - people.charged_month[i], p):
                first = np.uint64(_MOST_CHARGES - min(people.charges[i], _MOST_CHARGES))
                people.case_row[waiting] = i
                people.case_priority[waiting] = (first << np.uint64(_ORDER_BITS)) | (
                    rng.bits(order, people.key[i], 1) >> np.uint64(_CHARGE_BITS)
                )
                waiting += 1
    for k in range(_hand_out(people, waiting, places)):
        i = people.case_row[k]
        people.plan_months[i] = p.therapy_term_months
        people.therapy_month[i] = t
        city.therapies[0] += 1
        city.open_cases[0] += 1
