"""Siting: never worse than any other choice, the same every time, and what stands stays."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin.measures.siting.cameras import numbers_by_kind, site_cameras
from mechlin.measures.siting.siting import demand_of, most_covered, outermost, seen_share, spots


def covered(demand, covers, chosen):
    return demand[covers[chosen].any(axis=0)].sum()


def best_of_all(demand, covers, number, kept):
    """Try every choice that holds what is kept."""
    sites = range(len(covers))
    choices = (set(c) | kept for n in range(number + 1) for c in combinations(sites, n))
    return max(covered(demand, covers, sorted(c)) for c in choices if len(c) <= number)


@st.composite
def markets(draw):
    sites, places = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    covers = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=places, max_size=places), min_size=sites, max_size=sites))
    )
    demand = np.array(draw(st.lists(st.integers(0, 9), min_size=places, max_size=places)), float)
    kept = draw(st.sets(st.integers(0, sites - 1), max_size=3))
    return demand, covers, draw(st.integers(len(kept), sites)), kept


@pytest.mark.slow
@settings(max_examples=150)
@given(markets())
def test_no_choice_covers_more(market):
    demand, covers, number, kept = market
    stands = np.isin(np.arange(len(covers)), sorted(kept))
    chosen = most_covered(demand, covers, number, stands)
    assert chosen.sum() <= number
    if demand.sum() > 0:
        assert chosen[stands].all()
        assert covered(demand, covers, chosen) == best_of_all(demand, covers, number, kept)
    assert (most_covered(demand, covers, number, stands) == chosen).all()


def test_worked_by_hand():
    """Site 1 covers the most alone, but sites 0 and 2 together cover everything."""
    demand = np.array([4.0, 3.0, 3.0, 4.0])
    covers = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool)
    covers[1, 0] = True
    assert most_covered(demand, covers, 1).tolist() == [False, True, False]
    assert most_covered(demand, covers, 2).tolist() == [True, False, True]


def test_among_equals_the_earlier_and_only_where_allowed():
    demand, covers = np.ones(5), np.eye(5, dtype=bool)
    assert most_covered(demand, covers, 2).tolist() == [True, True, False, False, False]
    allowed = np.array([False, True, False, True, True])
    assert most_covered(demand, covers, 2, allowed=allowed).tolist() == [False, True, False, True, False]
    assert most_covered(demand, covers, 9, allowed=allowed).tolist() == allowed.tolist()


def test_fewer_than_stand_keeps_the_best_of_them():
    demand, covers = np.array([1.0, 9.0, 5.0, 8.0]), np.eye(4, dtype=bool)
    stands = np.array([True, False, True, True])
    assert most_covered(demand, covers, 2, stands).tolist() == [False, False, True, True]


@pytest.mark.parametrize("number", [0, -1])
def test_nothing_to_site(number):
    assert not most_covered(np.ones(3), np.eye(3, dtype=bool), number).any()
    assert not most_covered(np.zeros(3), np.eye(3, dtype=bool), 2).any()


def test_spots_share_out_their_area_and_the_first_hold_most():
    at = spots(np.array([0.0, 9.0]), np.array([0.0, 0.0]), np.array([0.05, 0.01]), 0.06, 0.6)
    assert at.area.tolist() == [0, 0, 0, 0, 0, 1]
    assert np.bincount(at.area, weights=at.share) == pytest.approx([1.0, 1.0])
    assert (np.diff(at.share[:5]) < 0).all() and at.sees.diagonal().all()
    everywhere = np.ones(6, bool)
    assert seen_share(at, everywhere, 2) == pytest.approx([1.0, 1.0])
    assert seen_share(at, at.area == 1, 2).tolist() == [0.0, 1.0]


def test_entries_are_the_outermost_areas_in_each_direction():
    x, y = np.array([0.0, 5.0, 0.0, -5.0, 0.0]), np.array([0.0, 0.0, 5.0, 0.0, -5.0])
    assert outermost(x, y, 4, 10, np.ones(5, bool)).tolist() == [0, 3, 3, 2, 2]
    assert outermost(x, y, 4, 4, np.arange(5) != 1).sum() == 4


def test_demand_is_offences_once_they_are_known():
    people = np.array([100, 200])
    assert demand_of(np.array([0.0, 0.0]), people, people).tolist() == [100.0, 200.0]
    assert demand_of(np.array([9.0, 3.0]), people, people).tolist() == [9.0, 6.0]


def test_cameras_by_kind_add_up_and_stand_where_their_offences_are():
    from mechlin.core.views import Table
    from mechlin.measures.cameras import Params

    p = Params(cameras=9, carpark_share=0.34, home_share=0.33, entry_share=0.0)
    assert numbers_by_kind(p) == (3, 3, 3, 0)
    rate = np.zeros((3, 5))
    rate[0, 0], rate[1, 2], rate[2, 1] = 5.0, 5.0, 5.0  # burglary, vehicle, theft
    shown = {"x_km": np.array([0.0, 3.0, 6.0]), "y_km": np.zeros(3), "area_km2": np.full(3, 0.5)}
    shown |= {"people": np.full(3, 800), "shops": np.zeros(3, int), "offence_rate": rate}
    areas, turned = Table(shown), Table({**shown, "offence_rate": rate[::-1].copy()})
    first = site_cameras(areas, np.ones(3, bool), p, 0, None)
    assert (first.home > 0).tolist() == [True, False, False]
    assert (first.carpark > 0).tolist() == [False, True, False]
    assert (first.street > 0).tolist() == [False, False, True]
    assert first.added == 9
    later = site_cameras(turned, np.ones(3, bool), p._replace(cameras=12), 12, first)
    assert later.added == 3
    assert all((old <= new).all() for old, new in zip(first.chosen, later.chosen, strict=True))
