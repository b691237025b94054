"""Who offends, how often, what and where: the rules for one resident, and the month's loop over all of them.

A resident's inclination is lasting and very unequal (gamma distributed), rises and falls with age, and is four
times higher for men. Most residents cost one draw a year: it says in which month somebody is tempted at a stored
bound that is never below their rate, and only then is their rate looked at. Background plays no part.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, OFFENCES, Work
from mechlin.core.compiled import allocating, compiled, fetch
from mechlin.core.rows import AHEAD, STRETCH, anyone
from mechlin.law.parental_procedure import NONE, PLAN
from mechlin.mechanisms.safety.deeds import carry_out, enlist
from mechlin.mechanisms.safety.params import Params
from mechlin.mechanisms.safety.reach import choose_area

NEVER = -30000
_MOST_AGES = 110
_MOST_A_MONTH = 12  # offences of one resident
_YEAR = 12
_PEER_SD = 2.0
# Numbers of the draws that belong to one offence; the areas looked at and the homes take those after.
_KIND, _SUCCESS, _MOVE_ON, _ELSEWHERE = range(4)  # deeds.py has the next
_AREAS, _OTHER_AREAS = 10, 100
_SURELY = 0.0331  # Marsaglia & Tsang's squeeze: what lies within needs no logarithm


@compiled
def gamma_of_mean_one(shape, salt, key):
    """Return a gamma number of this shape and mean one, addressed by ``salt`` and ``key``.

    Marsaglia & Tsang 2000, doi:10.1145/358407.358414, with their boost for shapes below one.
    """
    third, ninth = 1.0 / 3.0, 9.0
    d = shape + 1.0 - third
    c = 1.0 / np.sqrt(ninth * d)
    boost = rng.draw(salt, key, 0) ** (1.0 / shape)
    found = 1.0
    for n in range(1, 99, 2):
        x = rng.normal(rng.draw(salt, key, n))
        v = (1.0 + c * x) ** 3
        u = rng.draw(salt, key, n + 1)
        if v > 0.0 and (u < 1.0 - _SURELY * x**4 or np.log(u + 1e-300) < 0.5 * x * x + d - d * v + d * np.log(v)):
            found = v
            break
    return d * found * boost / shape


@compiled
def age_share(age, p):
    """Return offending at an age as a share of that at the peak: log-normal in age, nothing outside the limits."""
    if age < p.age_min or age > p.age_max:
        return 0.0
    distance = np.log((age + 0.5 - p.age_origin) / (p.age_peak + 0.5 - p.age_origin)) / p.age_spread
    return np.exp(-0.5 * distance * distance)


@compiled
def circumstances(looking, young, peer, reach, diverted, stopped, harm, in_plan, therapy, fined, p):
    """Return what circumstances make of a resident's rate: a product of relative risks, one for each that holds.

    ``reach`` is the share of young people reached; ``harm`` how much of the usual harm a stop does.
    """
    risk = 1.0 + p.unemployed_weight * looking
    if young:
        risk *= peer * (1.0 - min(reach, 1.0) * (1.0 - p.youth_risk))
    if diverted:
        risk *= p.diversion_risk
    if stopped:
        risk *= 1.0 + (p.stop_risk - 1.0) * harm
    if in_plan:
        risk *= p.plan_risk
    if therapy:
        risk *= p.therapy_risk
    if fined:
        risk *= p.income_risk * p.resentment_risk
    return risk


def ceiling(p: Params) -> float:
    """Return a number that :func:`circumstances` never exceeds."""
    peers = np.exp(abs(p.peer_weight) * _PEER_SD)
    stopped = 1.0 + (p.stop_risk - 1.0) * max(1.0 - p.training_gain, 1.0)
    risks = (p.youth_risk, p.diversion_risk, stopped, p.plan_risk, p.therapy_risk, p.income_risk, p.resentment_risk)
    return float((1.0 + max(p.unemployed_weight, 0.0)) * peers * np.prod(np.maximum(risks, 1.0)) * 1.0001)


def age_shares(p: Params) -> np.ndarray:
    """Return :func:`age_share` for every age."""
    return np.array([age_share(age, p) for age in range(_MOST_AGES)])


@compiled
def how_many(u, rate):
    """Return how many offences a month's draw means (Poisson, inverted): the smallest draws mean most."""
    none = np.exp(-rate)
    if u >= 1.0 - none:
        return 0
    n, chance, rest = 0, none, 1.0 - none
    while u < rest and n < _MOST_A_MONTH:
        n += 1
        chance *= rate / n
        rest -= chance
    return n


@compiled
def bound_of(propensity, female, months, shares, p):
    """Return a number never below the resident's rate in the coming year, before circumstances and level."""
    age = min(max(months // 12, 0), shares.size - 2)
    sex = p.women_ratio if female else 1.0
    return np.float32(propensity * sex * max(shares[age], shares[age + 1]) * 1.0001)


@compiled
def bound_in_year(people, i, shares, p, last):
    """Return :func:`bound_of` a resident until month ``last``, a December: as of January, or of their coming later."""
    since = max(last - _YEAR + 1, np.int64(people.entered_month[i]), 0)
    return bound_of(people.propensity[i], people.female[i], since - people.born_month[i], shares, p)


@allocating
def bounds(people, shares, p, last):
    """Return :func:`bound_in_year` of everybody."""
    found = np.zeros(people.alive.size, dtype=np.float32)
    for i in range(people.alive.size):
        if people.alive[i]:
            found[i] = bound_in_year(people, i, shares, p, last)
    return found


@compiled
def months_until(u, chance, months):
    """Return after how many of the coming ``months`` somebody is tempted, ``chance`` in each; all of them: in none.

    One draw for what would take one a month: the geometric distribution, inverted.
    """
    if u >= chance * months:
        return months
    if chance >= 1.0:
        return 0
    return min(np.int64(np.log(1.0 - u) / np.log(1.0 - chance)), months)


@compiled
def look_ahead(people, i, bound, highest, salt, first, last):
    """Draw in which month from ``first`` to ``last`` a resident of this ``bound`` is next tempted."""
    chance = min(np.float64(bound) * highest, 1.0)
    months = last + 1 - first
    wait = months_until(rng.draw(salt, people.key[i], np.uint64(first)), chance, months)
    people.tempted_month[i] = first + wait if wait < months else NEVER


@compiled
def newcomer(people, i, p, salt):
    """Set what a newborn, an arrival or a first resident brings."""
    people.propensity[i] = gamma_of_mean_one(p.propensity_shape, salt, people.key[i])
    people.charged_month[i] = people.victim_month[i] = people.stopped_month[i] = people.tempted_month[i] = NEVER
    people.warned_month[i] = people.case_month[i] = people.therapy_month[i] = people.held_until[i] = NEVER
    people.plan_months[i] = people.charges[i] = 0
    people.offences[i] = 0
    people.case_stage[i] = NONE
    people.case_form[i] = 0
    people.diverted[i] = False


@compiled
def everybody_comes(people, households, p, salt):
    """Set what those bring who are here before the first month."""
    for i in range(people.alive.size):
        if people.alive[i]:
            newcomer(people, i, p, salt)
    households.victim_month[:] = households.victim_before[:] = households.fined_month[:] = NEVER


@compiled
def new_year(people, households, areas, city, shares, p, look, t, last):
    """Draw when every resident is tempted, until month ``last``.

    Count young people, and those charged in the past year, by area.
    """
    areas.young[:] = 0
    areas.young_charged[:] = 0
    for i in range(people.alive.size):
        if not people.alive[i] or people.entered_month[i] == t:
            continue
        months = np.int64(t) - people.born_month[i]
        look_ahead(people, i, bound_in_year(people, i, shares, p, last), city.highest_level[0], look, t, last)
        if p.age_min * 12 <= months <= p.peer_age_max * 12:
            area = households.area[people.household[i]]
            areas.young[area] += 1
            areas.young_charged[area] += people.charged_month[i] > t - _YEAR


@compiled
def new_households(households, t):
    """Let households that were formed this month start with nothing behind them."""
    for first in range(0, households.alive.size, STRETCH):
        if not anyone(households.entered_month, t, first):
            continue
        for h in range(first, min(first + STRETCH, households.alive.size)):
            if households.entered_month[h] == t:
                households.victim_month[h] = households.victim_before[h] = households.fined_month[h] = NEVER


@compiled
def moves_on(displacement, u):
    """Return whether an attempt that measures stop is made elsewhere instead (a positive displacement)."""
    return u < displacement


@compiled
def stays_prevented(success, usual, displacement, u):
    """Return whether a spill-over of measures elsewhere stops an attempt here (a negative displacement)."""
    return displacement < 0.0 and u < -displacement * (1.0 - success / max(usual, 1e-9))


@compiled
def where_it_succeeds(areas, city, here, area, kind, p, salt, key):
    """Return where an attempt by somebody from ``here`` succeeds, or -1: in ``area``, or in one to which it moves on.

    An ``area`` of -1 has yet to be chosen. What succeeds only because measures raise a risk is taken off what they
    prevent.
    """
    u = rng.draw(salt, key, _SUCCESS)
    if u >= city.highest_success[0]:  # it would fail anywhere
        return np.int64(-1)
    if area < 0:
        area = choose_area(areas, here, kind, -1, p, salt, key, _AREAS)
    if u >= max(areas.usual_success[area, kind], areas.success[area, kind]):
        return np.int64(-1)
    by_itself = u < areas.usual_success[area, kind]  # it would succeed without any measure
    displacement = p.displacement if p.crime_moves > 0 else 0.0
    move_on = rng.draw(salt, key, _MOVE_ON)
    if u < areas.success[area, kind]:
        if move_on < -displacement:
            other = choose_area(areas, here, kind, area, p, salt, key, _OTHER_AREAS)
            if stays_prevented(areas.success[other, kind], areas.usual_success[other, kind], displacement, move_on):
                city.offences_prevented[0, kind] += by_itself
                return np.int64(-1)
        city.offences_prevented[0, kind] -= not by_itself
        return area
    if moves_on(displacement, move_on):
        other = choose_area(areas, here, kind, area, p, salt, key, _OTHER_AREAS)
        if other != area and rng.draw(salt, key, _ELSEWHERE) < areas.success[other, kind]:
            city.offences_moved[0, kind] += 1
            return other
    city.offences_prevented[0, kind] += 1
    return np.int64(-1)


@compiled
def _rate(people, households, areas, city, levers, i, age, shares, p, t):
    """Return a resident's rate this month against the level."""
    if t < people.held_until[i]:
        return 0.0
    h = people.household[i]
    area = households.area[h]
    stopped = people.stopped_month[i] > t - p.stop_months
    diverted = people.diverted[i] and people.charged_month[i] > t - p.diversion_months
    therapy = people.therapy_month[i] > t - p.therapy_lasts_months
    in_plan = people.case_stage[i] == PLAN
    fined = age < MAJORITY and households.fined_month[h] > t - _YEAR
    reach = levers.youth_reach[area] if age < p.youth_age_max else 0.0
    risk = circumstances(
        people.work[i] == Work.LOOKING,
        age <= p.peer_age_max,
        areas.peer[area],
        reach,
        diverted,
        stopped,
        city.stop_harm[0],
        in_plan,
        therapy,
        fined,
        p,
    )
    return people.propensity[i] * (p.women_ratio if people.female[i] else 1.0) * shares[age] * risk


@compiled
def _kind_of(u, level):
    """Return the kind of offence in which the draw ``u`` falls, on a scale as long as all levels together."""
    kind = 0
    while kind < OFFENCES - 1 and u >= level[kind]:
        u -= level[kind]
        kind += 1
    return kind


@compiled
def _welcome(people, city, shares, p, trait, look, t, last):
    """Set what this month's newborn and arrivals bring, and when they are tempted."""
    found = 0
    for first in range(0, people.alive.size, STRETCH):
        if anyone(people.entered_month, t, first):
            for i in range(first, min(first + STRETCH, people.alive.size)):
                people.tempted_row[found] = i
                found += (people.entered_month[i] == t) & people.alive[i]
    for k in range(found):
        if k + AHEAD < found:
            j = np.int64(people.tempted_row[k + AHEAD])
            fetch(
                (
                    people.key,
                    people.born_month,
                    people.female,
                    people.propensity,
                    people.charged_month,
                    people.victim_month,
                    people.stopped_month,
                    people.warned_month,
                    people.case_month,
                    people.therapy_month,
                    people.offences,
                ),
                j,
            )
        i = np.int64(people.tempted_row[k])
        newcomer(people, i, p, trait)
        look_ahead(people, i, bound_in_year(people, i, shares, p, last), city.highest_level[0], look, t, last)


@compiled
def _temptation(people, i, bound, highest, offend):
    """Return the month's draw of somebody tempted: as if drawn from all, and below the bound."""
    return rng.draw(offend, people.key[i], 0) * min(np.float64(bound) * highest, 1.0)


@compiled
def _tempted(people, households, city, shares, p, highest, offend, look, t, last):
    """List those whom this month's ``highest`` rate may let offend; draw for all tempted when they are next."""
    found = left = 0
    for first in range(0, people.alive.size, STRETCH):
        if anyone(people.tempted_month, t, first):
            for i in range(first, min(first + STRETCH, people.alive.size)):  # no branch: who it is cannot be foreseen
                people.tempted_row[found] = i
                found += (people.tempted_month[i] == t) & people.alive[i]
    for k in range(found):
        if k + AHEAD < found:
            j = np.int64(people.tempted_row[k + AHEAD])
            fetch(
                (
                    people.key,
                    people.entered_month,
                    people.household,
                    people.born_month,
                    people.work,
                    people.female,
                    people.propensity,
                    people.stopped_month,
                    people.diverted,
                    people.charged_month,
                    people.therapy_month,
                    people.case_stage,
                ),
                j,
            )
        i = np.int64(people.tempted_row[k])
        bound = bound_in_year(people, i, shares, p, last)
        u = _temptation(people, i, bound, city.highest_level[0], offend)
        look_ahead(people, i, bound, city.highest_level[0], look, t + 1, last)
        h = np.int64(people.household[i])
        fetch((households.area, households.fined_month), h)
        people.tempted_row[left] = i
        left += u < bound * highest
    return left


@compiled
def offending_month(
    people, households, homes, areas, city, levers, p, level, shares, highest, trait, offend, deed, look, t, last
):
    """Let residents offend who are tempted this month, and list what succeeds.

    They are gone through in stages, so that what has to be fetched from memory is fetched for many at a time;
    nobody's offences change what another does in the same month.
    """
    form, total, deeds = np.int64(levers.procedure[0]), level.sum(), 0
    _welcome(people, city, shares, p, trait, look, t, last)
    for k in range(_tempted(people, households, city, shares, p, highest, offend, look, t, last)):
        i = np.int64(people.tempted_row[k])
        age = (np.int64(t) - people.born_month[i]) // 12
        rate = total * _rate(people, households, areas, city, levers, i, age, shares, p, t)
        u = _temptation(people, i, bound_in_year(people, i, shares, p, last), city.highest_level[0], offend)
        if u >= rate:
            continue
        for n in range(how_many(u, rate)):
            key = rng.join(people.key[i], np.uint64(n))
            kind = _kind_of(rng.draw(deed, key, _KIND) * total, level)
            here = np.int64(households.area[people.household[i]])
            area = where_it_succeeds(areas, city, here, np.int64(-1), kind, p, deed, key)
            if area < 0:
                continue
            deeds = enlist(people, deeds, i, key, kind, area)
            if deeds == people.deed_row.size:  # the list is full
                carry_out(people, households, homes, areas, city, levers, form, p, deed, deeds, t)
                deeds = 0
    carry_out(people, households, homes, areas, city, levers, form, p, deed, deeds, t)
