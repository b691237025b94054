"""The rules and loops behind schools: who seeks a place, what parents like, what is left, who sits where.

A school year is one of ten, from the entry year (children born two calendar years ago) to the last of primary
school. Children without a school choose within their own year, for the places left in it; the oldest year
goes first, so that brothers and sisters are known.
"""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import allocating, compiled, fused, rule
from mechlin.rules.rows import STRETCH, anyone

YEARS = 10  # school years from entry to the end of primary school
CHILD = 1  # role of somebody who lives with parents
EDUCATIONS, HIGH = 3, 2  # levels of education, and the highest
_NOBODY = 9  # above any level of education
YOUNG_YEARS = 4  # of these ten, years before compulsory school: what "at entry" means for class size
SCALE = 1024  # attainment is added up in whole parts of an SD, so that the order of rows cannot matter
_CAMP_SCALE = 4294967296.0  # arrival times in a queue, as whole numbers
METRES = 1000.0
FAMILY_FROM, FAMILY_TO = 24, 84  # months of age around entering school


class Roll(NamedTuple):
    """Children of school age: their row, school year, place of home, and whether they seek a school."""

    row: np.ndarray
    year: np.ndarray
    x_km: np.ndarray
    y_km: np.ndarray


class Salts(NamedTuple):
    """Addresses of the random numbers; all but the lottery and the queue are lasting."""

    home: np.uint64
    taste: np.uint64
    committed: np.uint64
    told: np.uint64
    lottery: np.uint64
    camp: np.uint64
    tour: np.uint64


@rule
def is_indicator_pupil(equivalised_eur, mother_education, p):
    """Return whether the law counts a child as an indicator pupil: school allowance, or mother without diploma."""
    return equivalised_eur < p.allowance_eur or mother_education == 0


@rule
def composition_distaste(indicator, committed, education, p):
    """Return how much parents dislike a share of indicator pupils (education of the household 0, 1 or 2)."""
    if indicator or committed:
        return 0.0
    return p.composition_weight * max(1.0 + p.composition_educated * (education - 1.0), 0.0)


@rule
def liking(km, indicator_share, distaste, quality, class_size, friends_share, p):
    """Return how much parents like a school, before what is theirs alone (siblings, guarantee, taste)."""
    crowd = indicator_share + p.composition_steeper * max(indicator_share - p.steeper_from_share, 0.0)
    return (
        -p.distance_weight * km
        - distaste * crowd
        + p.quality_weight * (quality - 0.5)
        - p.class_size_weight * (class_size - p.usual_class)
        + p.friends_weight * friends_share
    )


@compiled
def camp_ticket(education, u, p):
    """Return when parents join the queue, as a whole number: the more educated on average earlier."""
    return np.uint64(_CAMP_SCALE * -np.log(1.0 - u) * np.exp(-p.camp_weight * (education - 1.0)))


@compiled
def rim_pull(rank, p):
    """Return what the outcome adds to the pull of the rim: nothing at the first wish (rank 1), most at none (0)."""
    if rank == 1:
        return 0.0
    return p.pull_unplaced if rank == 0 else p.pull_disappointed


@fused
def _mother_education(people, households, h):
    """Return the lowest education of the women who head the household, of all its heads when there is none."""
    women, heads = _NOBODY, _NOBODY
    i = households.first[h]
    while i >= 0:
        if people.role[i] != CHILD and people.education[i] >= 0:
            heads = min(heads, people.education[i])
            if people.female[i]:
                women = min(women, people.education[i])
        i = people.next[i]
    return women if women < _NOBODY else heads


@compiled
def greet_newcomers(people, households, city, decay, t):
    """Give those who came this month nothing of who had their row before; count families about to leave."""
    for first in range(0, people.entered_month.size, STRETCH):
        if anyone(people.entered_month, t, first):
            for i in range(first, min(first + STRETCH, people.entered_month.size)):
                if people.entered_month[i] == t:
                    people.school[i] = -1
                    people.school_rank[i] = 0
                    people.indicator_pupil[i] = False
    for first in range(0, households.entered_month.size, STRETCH):
        if anyone(households.entered_month, t, first):
            for h in range(first, min(first + STRETCH, households.entered_month.size)):
                if households.entered_month[h] == t:
                    households.school_rim_pull[h] = 0.0
    for h in range(households.leaving.size):
        if households.leaving[h] > 0 and households.alive[h] and _at_school_entry(people, households, h, t):
            city.school_age_families_left[0, 1 if households.education[h] == HIGH else 0] += 1
    if decay < 1.0:
        for h in range(households.leaving.size):
            households.school_rim_pull[h] *= decay


@fused
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
def call_the_roll(people, households, homes, areas, schools, p, salts, t):
    """Return the children of school age; let go those who have grown out of it, or moved too far to stay."""
    n, found = 0, np.empty(people.alive.size, dtype=np.int32)
    for i in range(people.alive.size):
        months = np.int64(t) - np.int64(people.born_month[i]) - p.entry_months
        if not people.alive[i]:
            continue
        if 0 <= months < 12 * YEARS:
            found[n] = i
            n += 1
        elif people.school[i] >= 0:
            people.school[i] = -1
            people.school_rank[i] = 0
    row, year = found[:n].copy(), np.empty(n, dtype=np.int32)
    x_km, y_km = np.empty(n), np.empty(n)
    for n in range(row.size):
        i = row[n]
        months = np.int64(t) - np.int64(people.born_month[i]) - p.entry_months
        h = people.household[i]
        area, home = households.area[h], households.home[h]
        key = homes.key[home] if home >= 0 else households.key[h]
        side = np.sqrt(areas.area_km2[area])  # homes have no address: somewhere in a square as large as the area
        year[n] = months // 12
        x_km[n] = areas.x_km[area] + side * (rng.draw(salts.home, key, 0) - 0.5)
        y_km[n] = areas.y_km[area] + side * (rng.draw(salts.home, key, 1) - 0.5)
        poor = households.income_eur[h] / max(households.equivalent_adults[h], np.float32(1.0))
        people.indicator_pupil[i] = is_indicator_pupil(poor, _mother_education(people, households, h), p)
        s = people.school[i]
        if s >= 0 and households.moved_month[h] > t - 12:
            if np.hypot(x_km[n] - schools.x_km[s], y_km[n] - schools.y_km[s]) > p.change_km:
                people.school[i] = -1
                people.school_rank[i] = 0
    return Roll(row, year, x_km, y_km)


@allocating
def neighbours_at(people, households, roll, areas, schools):
    """Return, by area and school, the share of the area's pupils who go to that school."""
    share = np.zeros((areas, schools))
    for c in roll.row:
        if people.school[c] >= 0:
            share[households.area[people.household[c]], people.school[c]] += 1.0  # whole numbers: exact in any order
    for a in range(areas):
        share[a] /= max(share[a].sum(), 1.0)
    return share


@compiled
def note_siblings(people, rows, school, who):
    """Write by household the school where a child of it goes: of several that of the smallest key, ``who``."""
    for c in rows:
        h = people.household[c]
        if people.school[c] >= 0 and (school[h] < 0 or people.key[c] < who[h]):
            school[h], who[h] = people.school[c], people.key[c]


@allocating
def score_schools(people, households, schools, class_size, guarantee, friends, siblings, roll, seekers, p, salts):
    """Return how much each seeker's parents like every school, and its distance."""
    n, size = seekers.size, schools.x_km.size
    score, km = np.empty((n, size)), np.empty((n, size))
    for a in range(n):
        c = seekers[a]
        i = roll.row[c]
        h = people.household[i]
        area = households.area[h]
        committed = rng.draw(salts.committed, households.key[h], 0) < p.committed_share
        distaste = composition_distaste(people.indicator_pupil[i], committed, max(households.education[h], 0), p)
        told = rng.draw(salts.told, households.key[h], 0)
        nearest_mixed = -1
        for s in range(size):
            km[a, s] = np.sqrt((roll.x_km[c] - schools.x_km[s]) ** 2 + (roll.y_km[c] - schools.y_km[s]) ** 2)
            value = liking(km[a, s], schools.indicator_share[s], distaste, schools.quality_in_use[s], class_size[s],
                           friends[area, s], p)  # fmt: skip
            if not committed:
                alike = schools.backgrounds[s, people.background[i]] / max(schools.pupils[s], 1)
                value += p.own_weight * alike
            value += p.guarantee_weight * (told < guarantee[s]) + p.sibling_weight * (siblings[h] == s)
            score[a, s] = value + rng.gumbel(rng.draw(salts.taste, rng.join(people.key[i], np.uint64(s)), 0))
            if schools.indicator_share[s] >= p.mixed_from_share:
                if nearest_mixed < 0 or km[a, s] < km[a, nearest_mixed]:
                    nearest_mixed = s
        if committed and nearest_mixed >= 0 and not people.indicator_pupil[i]:
            score[a, nearest_mixed] += p.committed_weight
    return score, km


@compiled
def _would_join(score, a, s, ties, p):
    """Return whether family ``a`` prefers school ``s`` once it counts on ``ties`` other families there."""
    there = score[a, s] + p.tie_weight * min(ties, p.ties_most)
    for other in range(score.shape[1]):
        if other != s and score[a, other] >= there:
            return False
    return True


@compiled
def _might_come(score, a, s, longest):
    """Return whether family ``a`` has school ``s`` among its wishes, but not first."""
    better = 0
    for other in range(score.shape[1]):
        better += score[a, other] > score[a, s]
    return 0 < better < longest


@allocating
def visit_together(score, km, keys, asked, tours, p, salt):
    """Let families who visited a school together count on one another; return how many now put it first.

    Those come who are ``asked``, live near and have the school among their wishes, but not first. A group starts
    from all its members and loses those who would not stay with the others; below the smallest group that dares
    nobody stays. Their scores change in place.
    """
    n, moved = score.shape[0], 0
    guided = np.zeros(n, dtype=np.bool_)
    draws, order = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int32)
    for s in range(score.shape[1]):
        wanted = np.int64(np.rint(tours[s]))
        if wanted < p.group_min:
            continue
        found = 0
        for a in range(n):
            if asked[a] and not guided[a] and km[a, s] <= p.tour_km and _might_come(score, a, s, p.wishes):
                draws[found], order[found] = rng.bits(salt, keys[a], 0), a
                found += 1
        rng.sort_by_priority(draws, order, found)
        found = min(found, wanted)
        count, before = found, -1
        while count != before:
            before, count = count, 0
            for b in range(found):
                count += _would_join(score, order[b], s, before - 1, p)
        for b in range(found):
            guided[order[b]] = True
        if count < p.group_min:
            continue
        for b in range(found):
            if _would_join(score, order[b], s, count - 1, p):
                score[order[b], s] += p.tie_weight * min(count - 1, p.ties_most)
                moved += 1
    return moved


@allocating
def list_wishes(score, km, longest):
    """Return each family's best-liked schools in order, and their distances."""
    n = score.shape[0]
    wishes, near = np.full((n, longest), -1, dtype=np.int32), np.zeros((n, longest))
    for a in range(n):
        for s in range(score.shape[1]):  # insert each school in its place among the best so far
            rank = longest
            while rank > 0 and (wishes[a, rank - 1] < 0 or score[a, s] > score[a, wishes[a, rank - 1]]):
                rank -= 1
                if rank + 1 < longest:
                    wishes[a, rank + 1] = wishes[a, rank]
            if rank < longest:
                wishes[a, rank] = s
        for rank in range(longest):
            near[a, rank] = km[a, wishes[a, rank]]
    return wishes, near


@allocating
def draw_tickets(people, households, roll, seekers, queued, p, salts):
    """Return every seeker's number: the lottery's, or the place in the queue of those who can camp."""
    tickets = np.empty(seekers.size, dtype=np.uint64)
    for a in range(seekers.size):
        i = roll.row[seekers[a]]
        if queued:
            education = max(households.education[people.household[i]], 0)
            tickets[a] = camp_ticket(education, rng.draw(salts.camp, people.key[i], 0), p)
        else:
            tickets[a] = rng.bits(salts.lottery, people.key[i], 0)
    return tickets


@allocating
def settle(people, households, roll, seekers, assigned, rank, tickets, km, left, p, entering):
    """Write who goes where; those without a wish granted take the nearest place left, within reach.

    Return (first wishes granted, any wish granted, without a place).
    """
    firsts = listed = unplaced = waiting = 0
    draws, order = np.empty(seekers.size, dtype=np.uint64), np.empty(seekers.size, dtype=np.int32)
    for a in range(seekers.size):
        i = roll.row[seekers[a]]
        people.school[i], people.school_rank[i] = assigned[a], rank[a] + 1
        firsts += rank[a] == 0
        if assigned[a] >= 0:
            left[assigned[a]] -= 1
            listed += 1
        else:
            draws[waiting], order[waiting] = tickets[a], a
            waiting += 1
        if entering:
            h = people.household[i]
            households.school_rim_pull[h] = max(households.school_rim_pull[h], rim_pull(rank[a] + 1, p))
    rng.sort_by_priority(draws, order, waiting)
    for b in range(waiting):
        a, best = order[b], -1
        for s in range(left.size):
            if left[s] > 0 and km[a, s] <= p.reach_km and (best < 0 or km[a, s] < km[a, best]):
                best = s
        people.school[roll.row[seekers[a]]] = best
        if best >= 0:
            left[best] -= 1
        else:
            unplaced += 1
    return firsts, listed, unplaced
