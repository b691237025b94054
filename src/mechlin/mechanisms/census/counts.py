"""The rules and loops of the census: two passes over households, one over residents, one over dwellings.

Everything is counted in whole people, households, homes and euros, so that the order of rows cannot move a
digit. Medians and fifths come from a histogram of whole euros: the line is the smallest whole euro that at
least the wanted share of residents does not exceed, and residents with exactly the same income share a fifth.

Source: equivalised income per resident, fifths, poverty below a share of the median and overburdening by
housing cost as in the EU statistics on income and living conditions (Eurostat, EU-SILC methodology).
"""

import numpy as np

from mechlin.core.codes import EDUCATIONS, MAJORITY, Tenure, Work
from mechlin.core.compiled import allocating, compiled
from mechlin.statistics.incomes import FIFTHS, HIGHEST_EUR, equivalised_eur, fifth_of

HIGHEST_PERMILLE = 2_000  # of income paid in rent: everybody above counts as paying this much


@compiled
def rent_permille(cost_eur, income_eur):
    """Return how many thousandths of a household's income go to its rent, within what the histogram holds."""
    burden = np.float64(cost_eur) / max(np.float64(income_eur), 1.0)
    return np.int64(min(np.floor(1000.0 * burden), HIGHEST_PERMILLE))


@compiled
def line_at(histogram, part, parts):
    """Return the smallest value that at least ``part`` out of ``parts`` of those counted do not exceed."""
    total, below = histogram.sum(), 0
    for value in range(histogram.size):
        below += histogram[value]
        if below * parts >= total * part:
            return value
    return histogram.size - 1


@allocating
def count_incomes(households, city, p):
    """Find the median, the fifths and the poverty line of incomes, and what private renters pay."""
    eur_of_people = np.zeros(HIGHEST_EUR + 1, dtype=np.int64)
    renters_at = np.zeros(HIGHEST_PERMILLE + 1, dtype=np.int64)
    overburdened = 0
    for h in range(households.alive.size):
        if not households.alive[h]:
            continue
        income = households.income_eur[h]
        eur_of_people[equivalised_eur(income, households.equivalent_adults[h])] += households.members[h]
        if households.tenure[h] == Tenure.PRIVATE:
            permille = rent_permille(households.cost_eur[h], income)
            renters_at[permille] += 1
            overburdened += permille > 1000.0 * p.overburden_share
    city.income_median_eur[0] = line_at(eur_of_people, 1, 2)
    city.poverty_line_eur[0] = np.int64(np.ceil(p.poverty_share * city.income_median_eur[0]))
    for limit in range(FIFTHS - 1):
        city.income_limits_eur[0, limit] = line_at(eur_of_people, limit + 1, FIFTHS)
    city.rent_burden_permille[0] = line_at(renters_at, 1, 2)
    city.overburdened_renters[0] = overburdened


@allocating
def count_households(households, areas, city):
    """Count households, and residents by income, from one row per household.

    Return, for each income fifth, the sum over households of their members squared.
    """
    areas.households[:] = 0
    areas.income_fifths[:] = 0
    areas.poor_people[:] = 0
    city.households_by_tenure[:] = 0
    squares = np.zeros(FIFTHS, dtype=np.int64)
    alone = poor_children = 0
    limits, line = city.income_limits_eur[0], city.poverty_line_eur[0]
    for h in range(households.alive.size):
        if not households.alive[h]:
            continue
        area, members = households.area[h], households.members[h]
        eur = equivalised_eur(households.income_eur[h], households.equivalent_adults[h])
        areas.households[area] += 1
        fifth = fifth_of(eur, limits)
        areas.income_fifths[area, fifth] += members
        squares[fifth] += np.int64(members) * members
        city.households_by_tenure[0, households.tenure[h] + 1] += 1
        alone += members == 1
        if eur < line:
            areas.poor_people[area] += members
            poor_children += households.children[h]
    city.households_one_person[0] = alone
    city.poor_children[0] = poor_children
    return squares


@allocating
def count_people(people, households, areas, city, t):
    """Count residents by area, age, background, education and work.

    Return each household's members by background, then those of 25 and over by education, as columns.
    """
    backgrounds = areas.backgrounds.shape[1]
    together = np.zeros((households.alive.size, backgrounds + EDUCATIONS), dtype=np.uint8)
    areas.people[:] = 0
    areas.backgrounds[:] = 0
    areas.educations[:] = 0
    areas.children[:] = 0
    areas.children_of_minorities[:] = 0
    city.people_by_age[:] = 0
    aged_20_64 = working_20_64 = working_18_64 = looking_18_64 = 0
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        age = (np.int64(t) - np.int64(people.born_month[i])) // 12
        h = people.household[i]
        area = households.area[h]
        areas.people[area] += 1
        areas.backgrounds[area, people.background[i]] += 1
        together[h, people.background[i]] += 1
        city.people_by_age[0, min(age // 5, 19)] += 1
        if age < MAJORITY:
            areas.children[area] += 1
            areas.children_of_minorities[area] += people.background[i] != 0
            continue
        if age >= 25:
            education = max(people.education[i], 0)
            areas.educations[area, education] += 1
            together[h, backgrounds + education] += 1
        if age < 65:
            working = people.work[i] == Work.WORKING
            working_18_64 += working
            looking_18_64 += people.work[i] == Work.LOOKING
            aged_20_64 += age >= 20
            working_20_64 += working and age >= 20
    city.people_20_64[0] = aged_20_64
    city.working_20_64[0] = working_20_64
    city.working_18_64[0] = working_18_64
    city.looking_18_64[0] = looking_18_64
    return together


@compiled
def count_homes(homes, areas, city, poor_quality, t):
    """Count the dwellings that stand, those of poor quality among them, and their tenure."""
    areas.homes[:] = 0
    areas.poor_homes[:] = 0
    city.homes_by_tenure[:] = 0
    for k in range(homes.area.size):
        if homes.built_month[k] > t:
            continue
        areas.homes[homes.area[k]] += 1
        areas.poor_homes[homes.area[k]] += homes.quality[k] < poor_quality
        city.homes_by_tenure[0, homes.tenure[k]] += 1
