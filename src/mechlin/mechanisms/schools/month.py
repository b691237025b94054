"""One September: who seeks a school, the market of each school year, and the count afterwards."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mechlin.core.compiled import allocating
from mechlin.core.views import View
from mechlin.law.school_places import DISTANCE_MOST, Market, deferred_acceptance, pools_of
from mechlin.mechanisms.schools.choice import (
    YEARS,
    Salts,
    draw_tickets,
    list_wishes,
    score_schools,
    settle,
    visit_together,
)
from mechlin.mechanisms.schools.counts import count_pupils, list_pupils, rate_areas
from mechlin.mechanisms.schools.roll import Near, call_the_roll, neighbours_at, note_siblings, schools_near
from mechlin.statistics.incomes import live_together
from mechlin.statistics.segregation import parties

Array = NDArray[Any]


class Order(NamedTuple):
    """How places go this September: by queue or lists, held for whom; whether it is the first before the start."""

    queued: bool
    contingents: bool
    reserved: float
    by_distance: float
    touring: bool
    first: bool


def school_year(view: View, p: Any, salts: Salts, t: int, first_rounds: int = 0) -> None:
    """Place all who seek a school, the oldest year first, then count.

    Before the first month everybody chooses a few times over (``first_rounds``), each time looking at the make-up of
    schools that the last choice has given.
    """
    people, households, schools, areas, city = view.people, view.households, view.schools, view.areas, view.city
    if schools.places.size == 0:
        return
    class_size = np.maximum(schools.class_size - view.levers.class_size_cut, 1.0)
    if first_rounds:
        people.school[:] = -1
    roll = call_the_roll(people, households, view.homes, areas, schools, city, p, salts, t)
    if first_rounds and schools.pupils.sum() == 0:
        schools.indicator_share[:] = people.indicator_pupil[roll.row].mean() if roll.row.size else 0.0
    near = _near(p.known, *(c.tobytes() for c in (areas.x_km, areas.y_km, areas.area_km2, schools.x_km, schools.y_km)))
    for turn in range(max(first_rounds, 1)):
        if turn:
            people.school[:] = -1
        outcome = place_children(
            people, households, schools, near, class_size, view.levers, roll, _order(view, first_rounds > 0), p, salts
        )
        list_pupils(people, schools, roll, turn + 1 < first_rounds)
        members = count_pupils(people, households, schools, near, class_size, city, roll, p)
    city.school_entrants[0], city.first_wishes[0], city.wishes_granted[0], city.unplaced[0] = outcome[:4]
    city.tour_families[0], city.children_of_school_age[0] = outcome[4], roll.row.size
    _sum_up(view, members)
    rate_areas(areas, schools, near, class_size, view.levers.guarantee, city, p, first_rounds > 0)


@lru_cache(maxsize=4)
def _near(known: int, *places: bytes) -> Near:
    """Return :func:`schools_near` of a city, whose areas and schools stand where they stand."""
    found: Near = schools_near(known, *(np.frombuffer(at) for at in places))
    return found


def _order(view: View, first: bool) -> Order:
    """Return the year's order. Without contingents the law knows no two kinds of pupils: all are alike.

    Contingents hold what is stated, or else a share in proportion to last year's pupils.
    """
    levers, kinds = view.levers, view.city.pupils_by_kind[0]
    held, stated = float(levers.contingents[0]), float(levers.contingent_share[0])
    queued = bool(levers.regime[0] < 1.0)
    return Order(
        queued=queued,
        contingents=held > 0.0,
        reserved=held * float(stated if stated > 0.0 else kinds[1] / max(kinds.sum(), 1)),
        by_distance=1.0 if queued else min(float(levers.distance_share[0]), DISTANCE_MOST),
        touring=bool(levers.tours.any()),
        first=first,
    )


@allocating
def place_children(people, households, schools, near, class_size, levers, roll, order, p, salts):
    """Let all without a school choose and be placed, year by year, the oldest first.

    Return of the entry year: who sought a place, got the first wish, got any wish, got none; families moved by a visit.
    """
    friends = neighbours_at(people, households, roll, near)
    siblings, who = np.full(households.alive.size, -1, dtype=np.int32), np.zeros(households.alive.size, dtype=np.uint64)
    note_siblings(people, roll.row, siblings, who)
    longest = min(p.wishes, near.school.shape[1])
    sought = firsts = listed = unplaced = moved = 0
    for year in range(YEARS - 1, -1, -1):
        seekers, left = _who_seeks(people, schools, roll, year)
        rows = roll.row[seekers]
        choice = score_schools(
            people,
            households,
            schools,
            near,
            class_size,
            levers.guarantee,
            friends,
            siblings,
            roll,
            seekers,
            longest,
            p,
            salts,
        )
        wishes = choice.wishes
        own = siblings[people.household[rows]]
        if year == 0 and order.touring:
            asked = (own < 0) & ~people.indicator_pupil[rows]  # those whose children would make the school more mixed
            moved = visit_together(choice, people.key[rows], asked, levers.tours, p, salts.tour)
            wishes = list_wishes(choice.score, longest)
        tickets = draw_tickets(people, households, rows, order.queued, p, salts)
        market = _market(people, rows, wishes, choice, own, left, tickets, order)
        assigned, rank = deferred_acceptance(market)
        entering = year == 0 and not order.first
        firsts, listed, unplaced = settle(people, households, rows, assigned, rank, tickets, choice, left, p, entering)
        sought = seekers.size
        note_siblings(people, rows, siblings, who)
    return sought, firsts, listed, unplaced, moved


@allocating
def _who_seeks(people, schools, roll, year):
    """Return the places on the roll of a year's children without a school, and the places that its others leave."""
    first, end = roll.first[year], roll.first[year + 1]
    seekers, n = np.empty(end - first, dtype=np.int64), 0
    left = schools.places.astype(np.int64)
    for c in range(first, end):
        s = people.school[roll.row[c]]
        if s < 0:
            seekers[n] = c
            n += 1
        else:
            left[s] -= 1
    return seekers[:n].copy(), np.maximum(left, 0)


@allocating
def _market(people, rows, wishes, choice, siblings, left, tickets, order):
    """Return the year's market.

    In a queue parents stand at one school at a time, so that who tried fewer schools before comes first, then who
    came earlier: ``km`` holds the number of schools tried.
    """
    listed, near = np.full(wishes.shape, -1, dtype=np.int32), np.empty(wishes.shape)
    for a in range(rows.size):
        for rank in range(near.shape[1]):
            at = wishes[a, rank]
            if at >= 0:
                listed[a, rank] = choice.school[a, at]
                near[a, rank] = rank if order.queued else choice.km[a, at]
    indicator = people.indicator_pupil[rows] & order.contingents
    nobody = np.full(rows.size, -1, dtype=np.int32)
    places = pools_of(left, order.reserved, order.by_distance)
    return Market(listed, near, indicator, siblings, nobody, places, tickets)


def _sum_up(view: View, members: Array) -> None:
    """Say how many pupils count as one draw, by background, kind and parents."""
    schools, city = view.schools, view.city
    backgrounds = schools.backgrounds.shape[1]
    kinds = np.stack([schools.pupils - schools.indicator_pupils, schools.indicator_pupils], axis=1)
    city.pupils_together[0] = _parties(members[:, :backgrounds], schools.backgrounds)
    city.kinds_together[0] = _parties(members[:, backgrounds : backgrounds + 2], kinds)
    city.parents_together[0] = _parties(members[:, backgrounds + 2 :], schools.educations)


def _parties(members: Array, by_school: Array) -> Array:
    """Return how many pupils of each group count as one draw, by chance, because they share a household."""
    squares, products = np.zeros((2, members.shape[1]), dtype=np.int64)
    return parties(squares, products, live_together(members, squares, products), by_school.sum(axis=0))
