"""Who gets a social home: the waiting list, and homes let in return for community work (service tenancies).

A service tenancy is a home let outside the social system at a lower rent, to a household of any income that
signs for some hours of community work a week. Missed months give warnings, two end the contract; it ends
anyway at its term. Every such home is one less for the waiting list.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled, inner
from mechlin.rules.housing import (
    NOT_REGISTERED,
    SERVICE,
    SOCIAL,
    TERM_REACHED,
    WARNED_TWICE,
    move_in,
    social_rent,
    vacate,
)  # fmt: skip

_WARNINGS_END = 2
_MONTH_BITS = np.uint64(40)
_LONG_AGO = 4096  # months added so that registrations from before the start sort first


@compiled
def review_contracts(households, homes, areas, city, levers, p, salt, t):
    """Count the month's hours of community work, give warnings, and end contracts that are over."""
    areas.service_hours[:] = 0.0
    areas.service_in_force[:] = 0
    city.service_homes[0] = 0
    for h in range(households.alive.size):
        if not households.alive[h] or households.tenure[h] != SERVICE:
            continue
        k = households.service_programme[h]
        running = k < levers.service_hours_week.shape[0] and households.home[h] >= 0
        if running and rng.draw(salt, households.key[h], 0) < p.hours_missed:
            households.warnings[h] += 1
        elif running:
            hours = np.rint(levers.service_hours_week[k, 0] * p.weeks_a_month)
            areas.service_hours[households.area[h]] += hours
            city.service_hours[0] += np.int64(hours)
        households.service_months_left[h] -= 1
        over = households.service_months_left[h] <= 0 or not running
        if over or households.warnings[h] >= _WARNINGS_END:
            city.service_ended[0, TERM_REACHED if over else WARNED_TWICE] += 1
            vacate(households, homes, h)
            continue
        if running:
            areas.service_in_force[households.area[h], k] += 1
            city.service_homes[0] += 1


@inner
def _best_candidate(households, levers, k, area, salt, p):
    """Return the willing household with the luckiest draw among those offered a place, or -1."""
    best, luck = -1, 2.0
    for h in range(households.alive.size):
        if households.alive[h] and levers.service_offer[k, h] > 0.0 and households.tenure[h] != SERVICE:
            u = rng.draw(salt, households.key[h], area)
            if u < luck:
                best, luck = h, u
    return best


@inner
def waiting_list(households, salt):
    """List the households that wait for a social home, longest first; return how many."""
    n = 0
    for h in range(households.alive.size):
        if households.alive[h] and households.registered_month[h] != NOT_REGISTERED and households.leaving[h] == 0:
            months = np.uint64(np.int64(households.registered_month[h]) + _LONG_AGO)
            households.looker[n] = h
            households.looker_priority[n] = (months << _MONTH_BITS) | (
                rng.bits(salt, households.key[h], 0) >> np.uint64(24)
            )
            n += 1
    rng.sort_by_priority(households.looker_priority, households.looker, n)
    return n


@compiled
def let_social_homes(people, households, homes, areas, city, levers, p, wait_salt, luck_salt, t):
    """Let every vacant social home: to a service tenant where a programme asks for one, else to the waiting list."""
    waiting = waiting_list(households, wait_salt)
    start = 0
    for home in range(homes.area.size):
        if homes.tenure[home] != SOCIAL or homes.occupant[home] >= 0 or homes.built_month[home] > t:
            continue
        area = homes.area[home]
        served = False
        for k in range(levers.service_homes.shape[0]):
            wanted = levers.service_homes[k, area]
            if areas.service_in_force[area, k] + 1 > wanted:
                continue
            h = _best_candidate(households, levers, k, area, luck_salt, p)
            if h >= 0:
                rent = homes.value_eur[home] * areas.rent_index[area] * (1.0 - levers.service_discount_share[k, 0])
                move_in(
                    people,
                    households,
                    homes,
                    areas,
                    city,
                    np.int64(h),
                    np.int64(home),
                    np.int8(SERVICE),
                    np.float64(rent),
                    t,
                )
                households.service_programme[h] = k
                households.service_months_left[h] = np.int16(levers.service_months_max[k, 0])
                households.warnings[h] = 0
                areas.service_in_force[area, k] += 1
                city.service_homes[0] += 1
                served = True
                break
        if served:
            continue
        while start < waiting and households.looker[start] < 0:
            start += 1
        for n in range(start, waiting):
            h = households.looker[n]
            if (
                h >= 0
                and homes.rooms[home] + 1 >= households.members[h]
                and homes.rooms[home] <= households.members[h] + p.spare_rooms
            ):
                move_in(people, households, homes, areas, city, np.int64(h), np.int64(home), np.int8(SOCIAL),
                        np.float64(social_rent(households.income_eur[h], p)), t)  # fmt: skip
                city.social_lettings[0] += 1
                households.looker[n] = -1
                break
