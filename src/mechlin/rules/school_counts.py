"""The loops that count pupils by school once a year: the class list, who sits with whom, how far they travel."""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import allocating, compiled
from mechlin.rules.schools import EDUCATIONS, FAMILY_FROM, FAMILY_TO, HIGH, METRES, SCALE, YOUNG_YEARS, liking

TINY = 1e-30  # what no school within reach counts as


@compiled
def nearest(x_km, y_km, schools):
    """Return the school nearest to a place."""
    best, least = 0, np.inf
    for s in range(schools.x_km.size):
        apart = (x_km - schools.x_km[s]) ** 2 + (y_km - schools.y_km[s]) ** 2
        if apart < least:
            best, least = s, apart
    return best


@allocating
def list_pupils(people, schools, roll):
    """Write the list of pupils by school and, within a school, by key."""
    schools.pupils[:] = 0
    people.pupil[:] = -1
    for c in roll.row:
        if people.school[c] >= 0:
            schools.pupils[people.school[c]] += 1
    start = 0
    for s in range(schools.pupils.size):
        schools.first_pupil[s] = start
        start += schools.pupils[s]
    place, keys = schools.first_pupil.copy(), np.empty(start, dtype=np.uint64)
    for c in roll.row:
        s = people.school[c]
        if s >= 0:
            people.pupil[place[s]], keys[place[s]] = c, people.key[c]
            place[s] += 1
    for s in range(schools.pupils.size):
        first, n = schools.first_pupil[s], schools.pupils[s]
        rng.sort_by_priority(keys[first : first + n], people.pupil[first : first + n], n)


@allocating
def count_pupils(people, households, schools, class_size, city, roll, p):
    """Count pupils by school; return members of each household among the pupils: by background, kind and parents."""
    backgrounds = schools.backgrounds.shape[1]
    together = np.zeros((roll.row.size, backgrounds + 2 + EDUCATIONS), dtype=np.uint8)
    place, families = np.full(households.alive.size, -1, dtype=np.int32), 0
    young = np.zeros(schools.pupils.size, dtype=np.int64)
    schools.backgrounds[:] = 0
    schools.indicator_pupils[:] = 0
    schools.educations[:] = 0
    schools.backgrounds_nearby[:] = 0
    schools.kinds_nearby[:] = 0
    schools.educations_nearby[:] = 0
    city.school_metres[:] = 0
    city.pupils_by_kind[:] = 0
    city.attainment_sums[:] = 0
    city.pupils_not_nearest[0] = 0
    for c in range(roll.row.size):
        i = roll.row[c]
        s = people.school[i]
        if s < 0:
            continue
        h, kind = people.household[i], 1 if people.indicator_pupil[i] else 0
        schools.backgrounds[s, people.background[i]] += 1
        schools.indicator_pupils[s] += kind
        schools.educations[s, max(households.education[h], 0)] += 1
        young[s] += roll.year[c] < YOUNG_YEARS
        if place[h] < 0:
            place[h] = families
            families += 1
        together[place[h], people.background[i]] += 1
        together[place[h], backgrounds + kind] += 1
        together[place[h], backgrounds + 2 + max(households.education[h], 0)] += 1
        km = np.hypot(roll.x_km[c] - schools.x_km[s], roll.y_km[c] - schools.y_km[s])
        near = nearest(roll.x_km[c], roll.y_km[c], schools)
        city.pupils_not_nearest[0] += near != s
        schools.backgrounds_nearby[near, people.background[i]] += 1
        schools.kinds_nearby[near, kind] += 1
        schools.educations_nearby[near, max(households.education[h], 0)] += 1
        city.pupils_by_kind[0, kind] += 1
        city.school_metres[0, kind] += np.int64(METRES * km)
        home = p.home_sd * (max(households.education[h], 0) - 1.0)
        score = np.float64(people.attainment_sd[i]) + np.float64(people.tutored_sd[i]) + home
        city.attainment_sums[0, kind] += np.int64(np.floor(SCALE * score + 0.5))
    mean = city.pupils_by_kind[0, 1] / max(city.pupils_by_kind[0].sum(), 1)
    for s in range(schools.pupils.size):
        n = schools.pupils[s]
        schools.indicator_share[s] = schools.indicator_pupils[s] / n if n > 0 else mean
        at_entry, usual = max(class_size[s], 1.0), max(schools.class_size[s], 1)
        schools.classes[s] = np.int64(np.ceil(young[s] / at_entry) + np.ceil((n - young[s]) / usual))
        schools.pupils_per_class[s] = n / max(schools.classes[s], 1)
    return together[:families]


@allocating
def count_families(people, households, city, t):
    """Count households with a child of 2 to 6, those with higher education apart."""
    has = np.zeros(households.alive.size, dtype=np.bool_)
    for i in range(people.alive.size):
        months = np.int64(t) - np.int64(people.born_month[i])
        if people.alive[i] and FAMILY_FROM <= months < FAMILY_TO:
            has[people.household[i]] = True
    city.school_age_families[:] = 0
    for h in range(has.size):
        if has[h]:
            city.school_age_families[0, 1 if households.education[h] == HIGH else 0] += 1


@allocating
def rate_areas(areas, schools, class_size, p):
    """Write how good the schools nearby are to a typical family: the log of the sum of exp(liking), centred."""
    for a in range(areas.x_km.size):
        total = 0.0
        for s in range(schools.x_km.size):
            km = np.hypot(areas.x_km[a] - schools.x_km[s], areas.y_km[a] - schools.y_km[s])
            total += np.exp(liking(km, schools.indicator_share[s], p.composition_weight, schools.quality_in_use[s],
                                   class_size[s], 0.0, p))  # fmt: skip
        areas.school_appeal[a] = np.log(max(total, TINY))
    areas.school_appeal[:] -= areas.school_appeal.mean()
