"""The rules and loops behind schools: who seeks a place, what parents like, what is left, who sits where.

A school year is one of ten, from the entry year (children born two calendar years ago) to the last of primary
school. Children without a school choose within their own year, for the places left in it; the oldest year
goes first, so that brothers and sisters are known.
"""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import Education
from mechlin.core.compiled import allocating, compiled

YEARS = 10  # school years from entry to the end of primary school
YOUNG_YEARS = 4  # of these ten, years before compulsory school: what "at entry" means for class size
SCALE = 1024  # attainment is added up in whole parts of an SD, so that the order of rows cannot matter
_CAMP_SCALE = 4294967296.0  # arrival times in a queue, as whole numbers
METRES = 1000.0
FAMILY_FROM, FAMILY_TO = 24, 84  # months of age around entering school
_TASTE_BITS = np.uint64(56)  # a taste's first eight bits tell the most that it can be, a little room for rounding left
_TASTE_MOST = -np.log(-np.log(np.append(np.arange(1, 256) / 256.0, 1.0 - 2.0**-53))) + 1e-6
_TO_53, _OF_53 = np.uint64(11), 2.0**-53  # bits of a draw, as in `core/rng.py`
_STEPS, _TAIL = 4096, 64  # steps of equal chance between which a taste is read off; in the tails it is worked out
_TASTES = -np.log(-np.log(np.clip(np.arange(_STEPS + 1) / _STEPS, 0.5 / _STEPS, 1.0 - 0.5 / _STEPS)))


class Salts(NamedTuple):
    """Addresses of the random numbers; all but the lottery and the queue are lasting."""

    home: np.uint64
    taste: np.uint64
    committed: np.uint64
    told: np.uint64
    lottery: np.uint64
    camp: np.uint64
    tour: np.uint64


@compiled
def is_indicator_pupil(equivalised_eur, mother_education, p):
    """Return whether the law counts a child as an indicator pupil: school allowance, or mother without diploma."""
    return equivalised_eur < p.allowance_eur or mother_education == Education.LOW


@compiled
def composition_distaste(indicator, committed, education, p):
    """Return how much parents dislike a share of indicator pupils (education of the household 0, 1 or 2)."""
    if indicator or committed:
        return 0.0
    return p.composition_weight * max(1.0 + p.composition_educated * (education - 1.0), 0.0)


@compiled
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
def taste(u):
    """Return parents' own taste for a school (Gumbel: the noise of a logit choice) from a draw in [0, 1)."""
    place = u * _STEPS
    step = np.int64(place)
    if step < _TAIL or step >= _STEPS - _TAIL:
        return rng.gumbel(u)
    return _TASTES[step] + (place - step) * (_TASTES[step + 1] - _TASTES[step])


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


class Choice(NamedTuple):
    """What the parents of some children look at: arrays over children and the schools that they know, nearest first.

    ``school``: rows of schools. ``score``: how much they like each. ``km``: its distance from home. ``wishes``
    (children, longest list): the best liked in order, as places among the schools that they know; -1 after the last.
    """

    school: np.ndarray
    score: np.ndarray
    km: np.ndarray
    wishes: np.ndarray


@allocating
def score_schools(
    people, households, schools, near, class_size, guarantee, friends, siblings, roll, seekers, longest, p, salts
):
    """Return what each seeker's parents look at.

    Only the schools that can be among the ``longest`` best liked are worked out: whatever the parents' own taste, the
    others stand behind these (minus infinity).
    """
    n, size = seekers.size, near.school.shape[1]
    seen = np.empty((n, size), dtype=np.int32)
    score, km = np.empty((n, size)), np.empty((n, size))
    alike = np.empty((schools.backgrounds.shape[1], schools.x_km.size))
    for s in range(schools.x_km.size):
        for b in range(alike.shape[0]):
            alike[b, s] = schools.backgrounds[s, b] / max(schools.pupils[s], 1)
    drawn, best = np.empty(size, dtype=np.uint64), np.empty(longest)
    wishes = np.full((n, longest), -1, dtype=np.int32)
    for a in range(n):
        c = seekers[a]
        i = roll.row[c]
        h = people.household[i]
        area, background, education = households.area[h], people.background[i], max(households.education[h], 0)
        committed = rng.draw(salts.committed, households.key[h], 0) < p.committed_share
        distaste = composition_distaste(people.indicator_pupil[i], committed, education, p)
        told = rng.draw(salts.told, households.key[h], 0)
        own_weight = 0.0 if committed else p.own_weight
        for b in range(size):
            s = seen[a, b] = near.school[area, b]
            far = np.sqrt((roll.x_km[c] - schools.x_km[s]) ** 2 + (roll.y_km[c] - schools.y_km[s]) ** 2)
            value = liking(
                far, schools.indicator_share[s], distaste, schools.quality_in_use[s], class_size[s], friends[area, b], p
            )
            value += own_weight * alike[background, s]
            value += p.guarantee_weight * (told < guarantee[s]) + p.sibling_weight * (siblings[h] == s)
            km[a, b], score[a, b] = far, value
        key = people.key[i]
        for b in range(size):
            drawn[b] = rng.bits(salts.taste, rng.join(key, np.uint64(seen[a, b])), 0)
        mixed = _nearest_mixed(schools, seen[a], km[a], p) if committed and not people.indicator_pupil[i] else -1
        best[:] = -np.inf
        for b in range(size):
            extra = p.committed_weight if b == mixed else 0.0
            if score[a, b] + extra + _TASTE_MOST[drawn[b] >> _TASTE_BITS] < best[longest - 1]:
                score[a, b] = -np.inf
                continue
            score[a, b] = score[a, b] + taste(np.float64(drawn[b] >> _TO_53) * _OF_53) + extra
            rank = longest - 1
            if score[a, b] > best[rank]:
                while rank > 0 and best[rank - 1] < score[a, b]:
                    best[rank], wishes[a, rank] = best[rank - 1], wishes[a, rank - 1]
                    rank -= 1
                best[rank], wishes[a, rank] = score[a, b], b
    return Choice(seen, score, km, wishes)


@compiled
def _nearest_mixed(schools, seen, km, p):
    """Return the place of the nearest school that counts as mixed among those ``seen``, or -1."""
    nearest = -1
    for b in range(seen.size):
        if schools.indicator_share[seen[b]] >= p.mixed_from_share and (nearest < 0 or km[b] < km[nearest]):
            nearest = b
    return nearest


@compiled
def _would_join(score, at, ties, p):
    """Return whether a family prefers the school at place ``at`` once it counts on ``ties`` other families there."""
    there = score[at] + p.tie_weight * min(ties, p.ties_most)
    for other in range(score.size):
        if other != at and score[other] >= there:
            return False
    return True


@compiled
def _might_come(score, at, longest):
    """Return whether a family has the school at place ``at`` among its wishes, but not first."""
    better = 0
    for liked in score:
        better += liked > score[at]
    return 0 < better < longest


@compiled
def place_of(school, seen):
    """Return the place of a school among those ``seen``, or -1."""
    for b in range(seen.size):
        if seen[b] == school:
            return b
    return -1


@allocating
def visit_together(choice, keys, asked, tours, p, salt):
    """Let families who visited a school together count on one another; return how many now put it first.

    Those come who are ``asked``, live near and have the school among their wishes, but not first. A group starts
    from all its members and loses those who would not stay with the others; below the smallest group that dares
    nobody stays. Their scores change in place.
    """
    score, km = choice.score, choice.km
    n, moved = score.shape[0], 0
    guided = np.zeros(n, dtype=np.bool_)
    draws, order = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int32)
    at = np.empty(n, dtype=np.int64)
    for s in range(tours.size):
        wanted = np.int64(np.rint(tours[s]))
        if wanted < p.group_min:
            continue
        found = 0
        for a in range(n):
            if not asked[a] or guided[a]:
                continue
            at[a] = place_of(s, choice.school[a])
            if at[a] >= 0 and km[a, at[a]] <= p.tour_km and _might_come(score[a], at[a], p.wishes):
                draws[found], order[found] = rng.bits(salt, keys[a], 0), a
                found += 1
        rng.sort_by_priority(draws, order, found)
        found = min(found, wanted)
        count, before = found, -1
        while count != before:
            before, count = count, 0
            for b in range(found):
                count += _would_join(score[order[b]], at[order[b]], before - 1, p)
        for b in range(found):
            guided[order[b]] = True
        if count < p.group_min:
            continue
        for b in range(found):
            a = order[b]
            if _would_join(score[a], at[a], count - 1, p):
                score[a, at[a]] += p.tie_weight * min(count - 1, p.ties_most)
                moved += 1
    return moved


@allocating
def list_wishes(score, longest):
    """Return each family's best-liked schools in order, as places among those that it knows."""
    n = score.shape[0]
    wishes = np.full((n, longest), -1, dtype=np.int32)
    for a in range(n):
        found = 0
        for s in range(score.shape[1]):  # insert each school in its place among the best so far
            rank = found
            if found == longest:
                rank = longest - 1
                if not score[a, s] > score[a, wishes[a, rank]]:
                    continue
            else:
                found += 1
            while rank > 0 and score[a, s] > score[a, wishes[a, rank - 1]]:
                wishes[a, rank] = wishes[a, rank - 1]
                rank -= 1
            wishes[a, rank] = s
    return wishes


@allocating
def draw_tickets(people, households, rows, queued, p, salts):
    """Return every seeker's number: the lottery's, or the place in the queue of those who can camp."""
    tickets = np.empty(rows.size, dtype=np.uint64)
    for a in range(rows.size):
        i = rows[a]
        if queued:
            education = max(households.education[people.household[i]], 0)
            tickets[a] = camp_ticket(education, rng.draw(salts.camp, people.key[i], 0), p)
        else:
            tickets[a] = rng.bits(salts.lottery, people.key[i], 0)
    return tickets


@allocating
def settle(people, households, rows, assigned, rank, tickets, choice, left, p, entering):
    """Write who goes where; those without a wish granted take the nearest place left that they know, within reach.

    Return (first wishes granted, any wish granted, without a place).
    """
    firsts = listed = unplaced = waiting = 0
    draws, order = np.empty(rows.size, dtype=np.uint64), np.empty(rows.size, dtype=np.int32)
    for a in range(rows.size):
        i = rows[a]
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
        a, least, best = order[b], p.reach_km, -1
        for k in range(choice.school.shape[1]):
            s, km = choice.school[a, k], choice.km[a, k]
            if left[s] > 0 and (km < least or (best < 0 and km == least)):
                least, best = km, s
        people.school[rows[a]] = best
        if best >= 0:
            left[best] -= 1
        else:
            unplaced += 1
    return firsts, listed, unplaced
