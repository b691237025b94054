"""Who is of school age: the roll that is called in September, and what is known of those on it.

The roll stands in the order of school years, so that a year's children are one stretch of it.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial import KDTree

from mechlin.core import rng
from mechlin.core.codes import Education, Role
from mechlin.core.compiled import allocating, compiled, fetch
from mechlin.core.rows import STRETCH, any_above
from mechlin.core.state import count_taken, taken
from mechlin.mechanisms.schools.choice import FAMILY_FROM, FAMILY_TO, YEARS, is_indicator_pupil, place_of

_ROWS_AHEAD, _HOUSEHOLDS_AHEAD, _HOMES_AHEAD = 24, 16, 8  # places on the roll
_MOTHER, _MOTHER_LOW, _HEAD_LOW = 1, 2, 4  # what is known of a household's heads, added up


class Roll(NamedTuple):
    """Children of school age in the order of their years: their row and home; where each year starts."""

    row: np.ndarray
    x_km: np.ndarray
    y_km: np.ndarray
    first: np.ndarray


class Near(NamedTuple):
    """The schools known in each area, arrays over areas and schools, nearest to the area's middle first.

    ``school``: rows of schools. ``nearest`` (areas): how many of the first can be the nearest to a home in the area.
    """

    school: np.ndarray
    nearest: np.ndarray


@compiled
def greet_newcomers(people, households, city, decay, t):
    """Give those who came this month nothing of who had their row before; count families about to leave."""
    for n in range(count_taken(people)):
        i = taken(people, n)
        if people.entered_month[i] == t:
            people.school[i] = -1
            people.school_rank[i] = 0
            people.indicator_pupil[i] = False
    for n in range(count_taken(households)):
        h = taken(households, n)
        if households.entered_month[h] == t:
            households.school_rim_pull[h] = 0.0
    for first in range(0, households.leaving.size, STRETCH):
        if any_above(households.leaving, 0, first):
            for h in range(first, min(first + STRETCH, households.leaving.size)):
                goes = (households.leaving[h] > 0) & households.alive[h] & (households.children[h] > 0)
                if goes and _at_school_entry(people, households, h, t):
                    city.school_age_families_left[0, 1 if households.education[h] == Education.HIGH else 0] += 1
    if decay < 1.0:
        for h in range(households.leaving.size):
            households.school_rim_pull[h] *= decay


@compiled
def _at_school_entry(people, households, h, t):
    """Return whether a child of 2 to 6 lives in the household."""
    i = households.first[h]
    while i >= 0:
        months = np.int64(t) - np.int64(people.born_month[i])
        if FAMILY_FROM <= months < FAMILY_TO:
            return True
        i = people.next[i]
    return False


@allocating
def call_the_roll(people, households, homes, areas, schools, city, p, salts, t):
    """Return the children of school age; let go those who have grown out of it, or moved too far to stay.

    Counts, too, the households with a child of 2 to 6, those with higher education apart.
    """
    rows, n = _who_may_matter(people, p, t)
    first, at = np.zeros(YEARS + 1, dtype=np.int64), np.zeros(YEARS, dtype=np.int64)
    family = np.zeros(households.alive.size, dtype=np.bool_)
    city.school_age_families[:] = 0
    for b in range(n):
        i = rows[b]
        months = np.int64(t) - np.int64(people.born_month[i])
        if FAMILY_FROM <= months < FAMILY_TO and not family[people.household[i]]:
            h = people.household[i]
            family[h] = True
            city.school_age_families[0, 1 if households.education[h] == Education.HIGH else 0] += 1
        year = (months - p.entry_months) // 12
        if 0 <= year < YEARS:
            first[year + 1] += 1
        elif people.school[i] >= 0:
            people.school[i] = -1
            people.school_rank[i] = 0
    for year in range(YEARS):
        first[year + 1] += first[year]
        at[year] = first[year]
    row = np.empty(first[YEARS], dtype=np.int32)
    for b in range(n):
        year = (np.int64(t) - np.int64(people.born_month[rows[b]]) - p.entry_months) // 12
        if 0 <= year < YEARS:
            row[at[year]] = rows[b]
            at[year] += 1
    x_km, y_km = np.empty(row.size), np.empty(row.size)
    mothers = _heads_schooling(people, households.alive.size)
    for c in range(row.size):
        _ask_ahead(people, households, homes, row, c)
        i = row[c]
        h = people.household[i]
        area, home = households.area[h], households.home[h]
        key = homes.key[home] if home >= 0 else households.key[h]
        side = np.sqrt(areas.area_km2[area])  # homes have no address: somewhere in a square as large as the area
        x_km[c] = areas.x_km[area] + side * (rng.draw(salts.home, key, 0) - 0.5)
        y_km[c] = areas.y_km[area] + side * (rng.draw(salts.home, key, 1) - 0.5)
        poor = households.income_eur[h] / max(households.equivalent_adults[h], np.float32(1.0))
        low = mothers[h] & _MOTHER_LOW if mothers[h] & _MOTHER else mothers[h] & _HEAD_LOW
        people.indicator_pupil[i] = is_indicator_pupil(poor, Education.LOW if low else Education.HIGH, p)
        s = people.school[i]
        if s >= 0 and households.moved_month[h] > t - 12:
            if np.hypot(x_km[c] - schools.x_km[s], y_km[c] - schools.y_km[s]) > p.change_km:
                people.school[i] = -1
                people.school_rank[i] = 0
    return Roll(row, x_km, y_km, first)


@compiled
def _ask_ahead(people, households, homes, row, c):
    """Ask for what is read of those who come later on the roll: their row, then their household, then their home."""
    last = row.size - 1
    i = row[min(c + _ROWS_AHEAD, last)]
    fetch((people.household, people.school), i)
    h = people.household[row[min(c + _HOUSEHOLDS_AHEAD, last)]]
    fetch(
        (households.area, households.home, households.income_eur, households.equivalent_adults, households.moved_month),
        h,
    )
    fetch(homes.key, max(households.home[people.household[row[min(c + _HOMES_AHEAD, last)]]], 0))


@allocating
def _who_may_matter(people, p, t):
    """Return the rows, and how many, of all who are or were of school age or around entering school."""
    rows, n = np.empty(people.alive.size, dtype=np.int32), 0
    least, below = min(np.int64(p.entry_months), FAMILY_FROM), max(p.entry_months + 12 * YEARS, FAMILY_TO)
    for i in range(people.alive.size):  # no branch: who is of that age cannot be foreseen
        months = np.int64(t) - np.int64(people.born_month[i])
        rows[n] = i
        n += people.alive[i] & (((months >= least) & (months < below)) | (people.school[i] >= 0))
    return rows, n


@allocating
def _heads_schooling(people, households):
    """Return for each household whether a woman heads it, and whether such a woman, or any head, has no diploma."""
    known = np.zeros(households, dtype=np.uint8)
    for i in range(people.alive.size):
        head = people.alive[i] & (people.role[i] != Role.CHILD) & (people.education[i] >= 0)
        low = head & (people.education[i] == Education.LOW)
        told = (_MOTHER * (head & people.female[i])) | (_MOTHER_LOW * (low & people.female[i])) | (_HEAD_LOW * low)
        known[people.household[i]] |= np.uint8(told)
    return known


def schools_near(
    known: int,
    x_km: np.ndarray,
    y_km: np.ndarray,
    area_km2: np.ndarray,
    school_x_km: np.ndarray,
    school_y_km: np.ndarray,
) -> Near:
    """Return the ``known`` schools nearest to each area; of those as near as one another the first in the table."""
    schools = np.stack([school_x_km, school_y_km], axis=1)
    _, rows = KDTree(schools).query(np.stack([x_km, y_km], axis=1), k=range(1, min(known, len(schools)) + 1))
    rows.sort(axis=1)
    km = np.hypot(x_km[:, None] - school_x_km[rows], y_km[:, None] - school_y_km[rows])
    order = np.argsort(km, axis=1, kind="stable")
    km = np.take_along_axis(km, order, axis=1)
    reach = km[:, :1] + 2.0 * np.sqrt(area_km2)[:, None]  # more than twice a home's distance from the middle
    return Near(np.take_along_axis(rows, order, axis=1).astype(np.int32), (km <= reach).sum(axis=1))


@allocating
def neighbours_at(people, households, roll, near):
    """Return, by area and the schools known there, the share of the area's pupils who go to that school."""
    share, pupils = np.zeros(near.school.shape), np.zeros(near.nearest.size)
    for c in roll.row:
        if people.school[c] >= 0:
            area = households.area[people.household[c]]
            at = place_of(people.school[c], near.school[area])
            pupils[area] += 1.0  # whole numbers: exact in any order
            if at >= 0:
                share[area, at] += 1.0
    for area in range(pupils.size):
        for at in range(share.shape[1]):
            share[area, at] /= max(pupils[area], 1.0)
    return share


@compiled
def note_siblings(people, rows, school, who):
    """Write by household the school where a child of it goes: of several that of the smallest key, ``who``."""
    for c in rows:
        h = people.household[c]
        if people.school[c] >= 0 and (school[h] < 0 or people.key[c] < who[h]):
            school[h], who[h] = people.school[c], people.key[c]
