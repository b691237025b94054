"""The loops that count pupils by school once a year: the class list, who sits with whom, how far they travel."""

import numpy as np

from mechlin.core.codes import EDUCATIONS
from mechlin.core.compiled import allocating, compiled, fetch
from mechlin.mechanisms.schools.choice import METRES, SCALE, YOUNG_YEARS, liking

TINY = 1e-30  # what no school within reach counts as
_HALF_BITS = np.uint64(32)
_ROWS_AHEAD, _HOUSEHOLDS_AHEAD = 16, 8  # places on the roll


@compiled
def _nearest(x_km, y_km, schools, rows):
    """Return the school, of some ``rows``, that is nearest to a place."""
    best, least = 0, np.inf
    for s in rows:
        apart = (x_km - schools.x_km[s]) ** 2 + (y_km - schools.y_km[s]) ** 2
        if apart < least:
            best, least = s, apart
    return best


@allocating
def list_pupils(people, schools, roll, only_count):
    """Write the list of pupils by school and, within a school, by key; or ``only_count`` them.

    Keys are spread evenly, so that each has a place to be expected at; what is left to sort are a few neighbours.
    """
    schools.pupils[:] = 0
    people.pupil[:] = -1
    for c in roll.row:
        if people.school[c] >= 0:
            schools.pupils[people.school[c]] += 1
    if only_count:
        return
    start = 0
    for s in range(schools.pupils.size):
        schools.first_pupil[s] = start
        start += schools.pupils[s]
    place, keys = np.zeros(start + 1, dtype=np.int32), np.empty(start, dtype=np.uint64)
    for c in roll.row:
        if people.school[c] >= 0:
            place[_expected(people, schools, c) + 1] += 1
    for b in range(start):
        place[b + 1] += place[b]
    for c in roll.row:
        if people.school[c] >= 0:
            b = _expected(people, schools, c)
            people.pupil[place[b]], keys[place[b]] = c, people.key[c]
            place[b] += 1
    for s in range(schools.pupils.size):
        first = schools.first_pupil[s]
        for b in range(first + 1, first + schools.pupils[s]):
            key, row = keys[b], people.pupil[b]
            while b > first and keys[b - 1] > key:
                keys[b], people.pupil[b] = keys[b - 1], people.pupil[b - 1]
                b -= 1
            keys[b], people.pupil[b] = key, row


@compiled
def _expected(people, schools, i):
    """Return where pupil ``i`` should stand in the list if keys were spread quite evenly."""
    s = people.school[i]
    part = (people.key[i] >> _HALF_BITS) * np.uint64(schools.pupils[s]) >> _HALF_BITS
    return schools.first_pupil[s] + np.int64(part)


@compiled
def _ask_ahead(people, households, place, row, c):
    """Ask for what is read of those who come later on the roll: their row, then their household."""
    last = row.size - 1
    i = row[min(c + _ROWS_AHEAD, last)]
    fetch(
        (
            people.household,
            people.school,
            people.indicator_pupil,
            people.background,
            people.attainment_sd,
            people.tutored_sd,
        ),
        i,
    )
    h = people.household[row[min(c + _HOUSEHOLDS_AHEAD, last)]]
    fetch((households.area, households.education, place), h)


@allocating
def count_pupils(people, households, schools, near, class_size, city, roll, p):
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
        _ask_ahead(people, households, place, roll.row, c)
        i = roll.row[c]
        s = people.school[i]
        if s < 0:
            continue
        h, kind = people.household[i], 1 if people.indicator_pupil[i] else 0
        area = households.area[h]
        schools.backgrounds[s, people.background[i]] += 1
        schools.indicator_pupils[s] += kind
        schools.educations[s, max(households.education[h], 0)] += 1
        young[s] += c < roll.first[YOUNG_YEARS]
        if place[h] < 0:
            place[h] = families
            families += 1
        together[place[h], people.background[i]] += 1
        together[place[h], backgrounds + kind] += 1
        together[place[h], backgrounds + 2 + max(households.education[h], 0)] += 1
        km = np.sqrt((roll.x_km[c] - schools.x_km[s]) ** 2 + (roll.y_km[c] - schools.y_km[s]) ** 2)
        nearest = _nearest(roll.x_km[c], roll.y_km[c], schools, near.school[area, : near.nearest[area]])
        city.pupils_not_nearest[0] += nearest != s
        schools.backgrounds_nearby[nearest, people.background[i]] += 1
        schools.kinds_nearby[nearest, kind] += 1
        schools.educations_nearby[nearest, max(households.education[h], 0)] += 1
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
def rate_areas(areas, schools, near, class_size, guarantee, city, p, first):
    """Write how good the schools known in an area are to a typical family: log of the sum of exp(liking).

    It is told against the city's mean at the start, before the ``first`` month. So what makes all its schools better or
    worse counts in the choice between the city and the rim, whose schools stay as they were.
    """
    for a in range(areas.x_km.size):
        total = 0.0
        for s in near.school[a]:
            km = np.hypot(areas.x_km[a] - schools.x_km[s], areas.y_km[a] - schools.y_km[s])
            value = liking(
                km, schools.indicator_share[s], p.composition_weight, schools.quality_in_use[s], class_size[s], 0.0, p
            )
            total += np.exp(value + p.guarantee_weight * guarantee[s])
        areas.school_appeal[a] = np.log(max(total, TINY))
    if first:
        city.school_appeal_start[0] = areas.school_appeal.mean()
    for a in range(areas.school_appeal.size):
        areas.school_appeal[a] -= city.school_appeal_start[0]
