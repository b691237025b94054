"""One September: who seeks a school, the market of each school year, and the count afterwards."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlin.city.segregation import parties
from mechlin.rules.census import live_together
from mechlin.rules.school_counts import count_families, count_pupils, list_pupils, rate_areas
from mechlin.rules.school_places import Market, deferred_acceptance, split_places
from mechlin.rules.schools import (
    YEARS,
    Roll,
    Salts,
    call_the_roll,
    draw_tickets,
    list_wishes,
    neighbours_at,
    note_siblings,
    score_schools,
    settle,
    visit_together,
)  # fmt: skip

Array = NDArray[Any]
_DISTANCE_MOST = 0.8  # of places in the digital regime, at most by distance: the law


def school_year(view: Any, p: Any, salts: Salts, t: int, first: bool) -> None:
    """Place all who seek a school, the oldest year first, then count."""
    people, households, schools, areas, city, levers = (
        view.people, view.households, view.schools, view.areas, view.city, view.levers)  # fmt: skip
    if schools.places.size == 0:
        return
    class_size = np.maximum(schools.class_size - levers.class_size_cut, 1.0)
    roll = call_the_roll(people, households, view.homes, areas, schools, p, salts, t)
    if first and schools.pupils.sum() == 0:
        schools.indicator_share[:] = people.indicator_pupil[roll.row].mean() if roll.row.size else 0.0
    friends = neighbours_at(people, households, roll, areas.x_km.size, schools.x_km.size)
    kinds = city.pupils_by_kind[0]
    stated = float(levers.contingent_share[0])
    reserved = float(levers.contingents[0]) * (stated if stated > 0.0 else kinds[1] / max(kinds.sum(), 1))
    city.tour_families[0] = 0
    siblings, who = np.full(households.alive.size, -1, dtype=np.int32), np.zeros(households.alive.size, dtype=np.uint64)
    note_siblings(people, roll.row, siblings, who)
    for year in range(YEARS - 1, -1, -1):
        at = people.school[roll.row]
        of_year = roll.year == year
        seekers = np.flatnonzero(of_year & (at < 0))
        left = schools.places - np.bincount(at[of_year & (at >= 0)], minlength=schools.places.size)
        left = np.maximum(left, 0).astype(np.int64)
        score, km = score_schools(people, households, schools, class_size, levers.guarantee, friends, siblings, roll,
                                  seekers, p, salts)  # fmt: skip
        own = siblings[people.household[roll.row[seekers]]]
        if year == 0 and levers.tours.any():
            rows = roll.row[seekers]
            asked = (own < 0) & ~people.indicator_pupil[rows]  # those whose children would make the school more mixed
            city.tour_families[0] = visit_together(score, km, people.key[rows], asked, levers.tours, p, salts.tour)
        wishes, near = list_wishes(score, km, min(p.wishes, schools.places.size))
        queued = levers.regime[0] < 1.0
        tickets = draw_tickets(people, households, roll, seekers, queued, p, salts)
        market = _market(view, roll, seekers, wishes, near, own, left, tickets, queued, reserved)
        assigned, rank = deferred_acceptance(market)
        outcome = settle(people, households, roll, seekers, assigned, rank, tickets, km, left, p,
                         year == 0 and not first)  # fmt: skip
        note_siblings(people, roll.row[seekers], siblings, who)
    city.school_entrants[0] = seekers.size
    city.first_wishes[0], city.wishes_granted[0], city.unplaced[0] = outcome
    _count(view, roll, class_size, p, t)


def _market(
    view: Any,
    roll: Roll,
    seekers: Array,
    wishes: Array,
    near: Array,
    siblings: Array,
    left: Array,
    tickets: Array,
    queued: bool,
    reserved: float,
) -> Market:
    """Return the year's market. Without contingents the law knows no two kinds of pupils: all are alike.

    In a queue parents stand at one school at a time, so that who tried fewer schools before comes first, then who
    came earlier: ``km`` holds the number of schools tried.
    """
    levers = view.levers
    indicator = view.people.indicator_pupil[roll.row[seekers]] & (levers.contingents[0] > 0.0)
    if queued:
        near = np.ascontiguousarray(np.broadcast_to(np.arange(near.shape[1], dtype=float), near.shape))
    by_distance = 1.0 if queued else min(float(levers.distance_share[0]), _DISTANCE_MOST)
    nobody = np.full(seekers.size, -1, dtype=np.int32)
    return Market(wishes, near, indicator, siblings, nobody, split_places(left, reserved, by_distance), tickets)


def _count(view: Any, roll: Roll, class_size: Array, p: Any, t: int) -> None:
    """Count pupils, families and areas for the year."""
    people, households, schools, city = view.people, view.households, view.schools, view.city
    list_pupils(people, schools, roll)
    members = count_pupils(people, households, schools, class_size, city, roll, p)
    backgrounds = schools.backgrounds.shape[1]
    kinds = np.stack([schools.pupils - schools.indicator_pupils, schools.indicator_pupils], axis=1)
    city.pupils_together[0] = _parties(members[:, :backgrounds], schools.backgrounds)
    city.kinds_together[0] = _parties(members[:, backgrounds : backgrounds + 2], kinds)
    city.parents_together[0] = _parties(members[:, backgrounds + 2 :], schools.educations)
    count_families(people, households, city, t)
    rate_areas(view.areas, schools, class_size, p)


def _parties(members: Array, by_school: Array) -> Array:
    """Return how many pupils of each group count as one draw, by chance, because they share a household."""
    squares, products = np.zeros((2, members.shape[1]), dtype=np.int64)
    return parties(squares, products, live_together(members, squares, products), by_school.sum(axis=0))
