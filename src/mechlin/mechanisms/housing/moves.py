"""Moving: to the city, out of a home, into one, and who is counted with it."""

import numpy as np

from mechlin.core.codes import MAJORITY, Tenure
from mechlin.core.compiled import compiled
from mechlin.statistics.incomes import equivalised_eur, fifth_of

NOT_REGISTERED = 32767
_BAND, _BANDS = 60, 20  # months: five-year age bands
_GROWN, _SENIOR = 35, 65  # years: parts of life by which the displaced are counted


@compiled
def count_before(areas):
    """Count for each area how many residents of each background live in it and in those before it, by the last census."""
    for group in range(areas.backgrounds.shape[1]):
        total = 0
        for area in range(areas.people.size):
            total += areas.backgrounds[area, group]
            areas.backgrounds_before[area, group] = total


@compiled
def near_whom(areas, group, u):
    """Return the area where an arriving household first stays: near residents of its background (chain migration).

    Areas are drawn by how many of them the last census found there; evenly where it found none (a binary search).
    """
    size = areas.people.size
    total = areas.backgrounds_before[size - 1, group]
    if total == 0:
        return np.int64(u * size)
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        if u * total < areas.backgrounds_before[middle, group]:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def vacate(households, homes, h):
    """Let household ``h`` give up its home."""
    home = households.home[h]
    if home >= 0:
        homes.occupant[home] = -1
        homes.vacant[home] = True
        homes.may_let[home] = homes.tenure[home] == Tenure.SOCIAL
    if households.tenure[h] == Tenure.SERVICE:
        households.service_months_left[h] = 0
        households.service_programme[h] = -1
    households.home[h] = -1
    households.tenure[h] = Tenure.LODGING
    households.cost_eur[h] = 0.0


@compiled
def move_in(people, households, homes, areas, city, h, home, tenure, cost, t):
    """Let household ``h`` live in ``home`` from this month on, and count who moved."""
    vacate(households, homes, h)
    homes.occupant[home] = h
    homes.vacant[home] = homes.may_let[home] = False
    households.home[h] = home
    households.area[h] = homes.area[home]
    households.tenure[h] = tenure
    households.cost_eur[h] = cost
    households.rent_base_eur[h] = cost / areas.rent_index[homes.area[home]]
    households.moved_month[h] = t
    households.lodging_months[h] = 0
    households.registered_month[h] = NOT_REGISTERED
    if households.priced_out[h]:
        count_displaced(people, households, city, h, t)
        households.priced_out[h] = False
    count_move(people, households, city, h, t)


@compiled
def count_displaced(people, households, city, h, t):
    """Count the members of a household that loses its rental after a rise: how many, and who they are."""
    eur = equivalised_eur(households.income_eur[h], households.equivalent_adults[h])
    fifth = fifth_of(eur, city.income_limits_eur[0])
    i = households.first[h]
    while i >= 0:
        age = (np.int64(t) - people.born_month[i]) // 12
        part = (age >= MAJORITY) + (age >= _GROWN) + (age >= _SENIOR)
        city.displaced[0] += 1
        city.displaced_by_fifth[0, fifth] += 1
        city.displaced_by_age[0, part] += 1
        city.displaced_by_background[0, people.background[i]] += 1
        i = people.next[i]


@compiled
def count_move(people, households, city, h, t):
    """Count the members of a household that changes home or leaves, by five-year age band."""
    i = households.first[h]
    while i >= 0:
        band = min((np.int64(t) - people.born_month[i]) // _BAND, _BANDS - 1)
        city.moves[0] += 1
        city.moves_by_age[0, band] += 1
        i = people.next[i]
