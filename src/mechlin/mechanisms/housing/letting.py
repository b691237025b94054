"""Who gets a social home: the waiting list, and homes let in return for community work (service tenancies).

A service tenancy is a home let outside the social system at a lower rent, to a household of any income that
signs for some hours of community work a week. Missed months give warnings, two end the contract; it ends
anyway at its term. Every such home is one less for the waiting list. The terms: :mod:`mechlin.law.service_tenancy`.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled
from mechlin.law.service_tenancy import GOES_ON, hours_month, rent_eur, review
from mechlin.mechanisms.housing.appeal import social_rent
from mechlin.mechanisms.housing.moves import NOT_REGISTERED, move_in, vacate

_HOMES_OFFERED = 64  # to one household at a time
_MONTH_BITS = np.uint64(40)
_LONG_AGO = 4096  # months added so that registrations from before the start sort first


@compiled
def review_contracts(households, homes, areas, city, levers, p, salt, t):
    """Count the month's hours of community work, give warnings, and end contracts that are over."""
    areas.service_hours[:] = 0.0
    areas.service_in_force[:] = 0
    city.service_homes[0] = 0
    for h in range(households.alive.size):
        if households.tenure[h] != Tenure.SERVICE or not households.alive[h]:
            continue
        k = households.service_programme[h]
        running = k < levers.service_hours_week.shape[0] and households.home[h] >= 0
        if running and rng.draw(salt, households.key[h], 0) < p.hours_missed:
            households.warnings[h] += 1
        elif running:
            hours = hours_month(levers.service_hours_week[k, 0], p.weeks_a_month)
            areas.service_hours[households.area[h]] += hours
            city.service_hours[0] += np.int64(hours)
        households.service_months_left[h] -= 1
        said = review(households.service_months_left[h], households.warnings[h], running)
        if said != GOES_ON:
            city.service_ended[0, said] += 1
            vacate(households, homes, h)
            continue
        if running:
            areas.service_in_force[households.area[h], k] += 1
            city.service_homes[0] += 1


@compiled
def _best_candidate(households, levers, k, area, salt, p):
    """Return the willing household with the luckiest draw among those offered a place, or -1."""
    best, luck = -1, 2.0
    for h in range(households.alive.size):
        if households.alive[h] and levers.service_offer[k, h] > 0.0 and households.tenure[h] != Tenure.SERVICE:
            u = rng.draw(salt, households.key[h], area)
            if u < luck:
                best, luck = h, u
    return best


@compiled
def waiting_list(households, salt):
    """List the households that wait for a social home, as a heap with the longest first; return how many.

    Few are reached in a month, so that a heap (:func:`rng.next_in_heap` takes the next) costs less than sorting.
    """
    n = 0
    for h in range(households.alive.size):
        if households.alive[h] and households.registered_month[h] != NOT_REGISTERED and households.leaving[h] == 0:
            months = np.uint64(np.int64(households.registered_month[h]) + _LONG_AGO)
            households.looker[n] = h
            households.looker_priority[n] = (months << _MONTH_BITS) | (
                rng.bits(salt, households.key[h], 0) >> np.uint64(24)
            )
            n += 1
    rng.make_heap(households.looker_priority, households.looker, n)
    return n


@compiled
def _let_for_service(people, households, homes, areas, city, levers, p, home, salt, t):
    """Let ``home`` to a service tenant where a programme asks for one there; return whether it did."""
    area = homes.area[home]
    for k in range(levers.service_homes.shape[0]):
        if areas.service_in_force[area, k] + 1 > levers.service_homes[k, area]:
            continue
        h = np.int64(_best_candidate(households, levers, k, area, salt, p))
        if h < 0:
            continue
        market = np.float64(homes.value_eur[home]) * areas.rent_index[area]
        rent = rent_eur(market, levers.service_discount_share[k, 0])
        move_in(people, households, homes, areas, city, h, np.int64(home), np.int8(Tenure.SERVICE), rent, t)
        households.service_programme[h] = k
        households.service_months_left[h] = np.int16(levers.service_months_max[k, 0])
        households.warnings[h] = 0
        areas.service_in_force[area, k] += 1
        city.service_homes[0] += 1
        return True
    return False


@compiled
def _liked_most(households, homes, h, vacant, salt, p):
    """Return which of the ``vacant`` social homes (their place in the list) suits household ``h`` best, or -1.

    Taste belongs to the pair of household and home, so that one home more or less changes few lettings.
    """
    best, liking = -1, -1.0
    for v in range(min(vacant, _HOMES_OFFERED)):
        home = homes.listed[v]
        if home < 0:
            continue
        spare = homes.rooms[home] - households.members[h]
        if -1 <= spare <= p.spare_rooms:
            u = rng.draw(salt, rng.join(households.key[h], homes.key[home]), 0)
            if u > liking:
                best, liking = v, u
    return best


@compiled
def let_social_homes(people, households, homes, areas, city, levers, p, wait_salt, luck_salt, t):
    """Let the vacant social homes: first to service tenants where asked for, then to those waiting, longest first."""
    vacant = 0
    for home in range(homes.area.size):
        if homes.may_let[home]:
            if not _let_for_service(people, households, homes, areas, city, levers, p, home, luck_salt, t):
                homes.listed[vacant] = home
                vacant += 1
    if vacant == 0:
        return
    waiting = waiting_list(households, wait_salt)
    left = vacant
    for n in range(waiting):
        h = np.int64(rng.next_in_heap(households.looker_priority, households.looker, waiting - n))
        if households.registered_month[h] == NOT_REGISTERED:
            continue
        v = _liked_most(households, homes, h, vacant, wait_salt, p)
        if v < 0:
            continue
        rent = np.float64(social_rent(households.income_eur[h], p))
        city.social_waited_months[0] += t - households.registered_month[h]
        move_in(people, households, homes, areas, city, h, np.int64(homes.listed[v]), np.int8(Tenure.SOCIAL), rent, t)
        city.social_lettings[0] += 1
        left -= 1
        if left == 0:
            return
        if vacant > _HOMES_OFFERED:  # keep what is offered full: the last of the list takes the place
            homes.listed[v] = homes.listed[vacant - 1]
            vacant -= 1
        else:
            homes.listed[v] = -1
