"""School places: stable, without waste, without gain from other lists, and explained."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin.law.school_places import Market, deferred_acceptance, reasons, split_places, tickets, would_take


def random_market(seed, children, schools, longest=6, tight=1.0, indicator=0.4, distance_share=0.8):
    r = np.random.default_rng(seed)
    places = np.maximum(r.multinomial(max(int(children * tight), 1), np.ones(schools) / schools), 0)
    at, site = r.random((children, 2)) * 5, r.random((schools, 2)) * 5
    km = np.hypot(*(at[:, None] - site[None]).transpose(2, 0, 1))
    liking = -km + r.gumbel(size=km.shape)
    longest = min(longest, schools)
    wishes = np.argsort(-liking, axis=1)[:, :longest].astype(np.int32)
    length = r.integers(1, longest + 1, children)
    wishes[np.arange(longest)[None] >= length[:, None]] = -1
    near = np.take_along_axis(km, np.maximum(wishes, 0), axis=1)
    sibling = np.where(r.random(children) < 0.3, wishes[:, 0], -1).astype(np.int32)
    staff = np.where(r.random(children) < 0.03, wishes[:, 0], -1).astype(np.int32)
    keys = np.arange(1, children + 1, dtype=np.uint64)
    return Market(wishes, near, r.random(children) < indicator, sibling, staff,
                  split_places(places, indicator, distance_share), tickets(keys, seed))  # fmt: skip


def blocking(market, assigned, rank, children):
    """Return pairs of a child and a school it prefers that would take it."""
    found = []
    for c in children:
        better = market.wishes[c] if rank[c] < 0 else market.wishes[c][: rank[c]]
        found += [(c, int(s)) for s in better if s >= 0 and would_take(market, assigned, c, s)]
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 8), st.floats(0.3, 1.5))
def test_no_blocking_pair_and_no_empty_place_with_a_claimant(seed, children, schools, tight):
    market = random_market(seed, children, schools, tight=tight)
    assigned, rank = deferred_acceptance(market)
    assert blocking(market, assigned, rank, range(children)) == []
    counts = np.bincount(assigned[assigned >= 0], minlength=schools)
    assert (counts <= market.places.sum(axis=1)).all()
    for c in np.flatnonzero(assigned < 0):
        wanted = market.wishes[c][market.wishes[c] >= 0]
        assert (counts[wanted] == market.places[wanted].sum(axis=1)).all()


@pytest.mark.slow
def test_a_market_of_ten_thousand_pupils_is_stable():
    market = random_market(7, 10_000, 300, longest=5, tight=1.02)
    assigned, rank = deferred_acceptance(market)
    unhappy = np.flatnonzero(rank != 0)
    assert unhappy.size > 500
    assert blocking(market, assigned, rank, unhappy[:400]) == []


def test_equal_to_the_matching_library_where_priorities_are_one_order():
    """With a single pool by lottery and no reserves the schools' order is one list: the textbook case."""
    matching = pytest.importorskip("matching.games")
    for seed in range(8):
        market = random_market(seed, 30, 5, longest=5, indicator=0.0, distance_share=0.0)
        market = market._replace(sibling=np.full(30, -1, np.int32), staff=np.full(30, -1, np.int32))
        assigned, _ = deferred_acceptance(market)
        wishes = {c: [int(s) for s in market.wishes[c] if s >= 0] for c in range(30)}
        order = {s: sorted((c for c in wishes if s in wishes[c]), key=lambda c: market.ticket[c]) for s in range(5)}
        order = {s: children for s, children in order.items() if children and market.places[s].sum()}
        wishes = {c: [s for s in w if s in order] for c, w in wishes.items()}
        wishes = {c: w for c, w in wishes.items() if w}
        game = matching.HospitalResident.create_from_dictionaries(
            wishes, order, {s: int(market.places[s].sum()) for s in order})  # fmt: skip
        solved = game.solve(optimal="resident")
        theirs = {r.name: h.name for h, rs in solved.items() for r in rs}
        assert theirs == {c: int(assigned[c]) for c in range(30) if assigned[c] >= 0}


def test_nobody_gains_by_leaving_out_or_reordering_wishes():
    r = np.random.default_rng(3)
    market = random_market(11, 40, 5, longest=5, tight=0.8)
    _, true_rank = deferred_acceptance(market)
    for _ in range(60):
        c = int(r.integers(40))
        order = np.flatnonzero(market.wishes[c] >= 0)
        mixed = r.permutation(order)[: r.integers(1, order.size + 1)]
        wishes, km = market.wishes.copy(), market.km.copy()
        wishes[c], km[c] = -1, 0
        wishes[c, : mixed.size], km[c, : mixed.size] = market.wishes[c][mixed], market.km[c][mixed]
        lied, _ = deferred_acceptance(market._replace(wishes=wishes, km=km))
        if lied[c] >= 0:
            place = int(np.flatnonzero(market.wishes[c] == lied[c])[0])
            assert true_rank[c] >= 0 and true_rank[c] <= place


def test_reserved_places_by_hand():
    """Three places, one reserved for indicator pupils; the indicator pupil lives furthest and still gets it."""
    wishes = np.zeros((4, 1), np.int32)
    km = np.array([[1.0], [2.0], [3.0], [9.0]])
    indicator = np.array([False, False, False, True])
    none = np.full(4, -1, np.int32)
    market = Market(wishes, km, indicator, none, none, split_places([3], 1 / 3, 1.0), np.arange(4, dtype=np.uint64))
    assigned, _ = deferred_acceptance(market)
    assert assigned.tolist() == [0, 0, -1, 0]
    without, _ = deferred_acceptance(market._replace(places=split_places([3], 0.0, 1.0)))
    assert without.tolist() == [0, 0, 0, -1]
    nobody = market._replace(indicator=np.zeros(4, bool))
    assert deferred_acceptance(nobody)[0].tolist() == [0, 0, 0, -1]  # the reserve does not stay empty


def test_brothers_and_sisters_come_first_and_the_reason_is_said():
    wishes = np.zeros((2, 1), np.int32)
    sibling = np.array([-1, 0], np.int32)
    market = Market(wishes, np.array([[0.1], [5.0]]), np.zeros(2, bool), sibling, np.full(2, -1, np.int32),
                    split_places([1], 0.0, 1.0), np.arange(2, dtype=np.uint64))  # fmt: skip
    assigned, _ = deferred_acceptance(market)
    assert assigned.tolist() == [-1, 0]
    assert "brother or sister" in reasons(market, assigned, 1)[0].text
    assert "higher priority" in reasons(market, assigned, 0)[0].text


def test_pools_add_up_and_the_order_of_children_does_not_matter():
    places = split_places([22, 0, 7], 0.31, 0.8)
    assert places.sum(axis=1).tolist() == [22, 0, 7] and (places >= 0).all()
    market = random_market(5, 200, 9, tight=0.9)
    assigned, _ = deferred_acceptance(market)
    order = np.random.default_rng(1).permutation(200)
    mixed = Market(*(getattr(market, f)[order] if f != "places" else market.places for f in Market._fields))
    np.testing.assert_array_equal(deferred_acceptance(mixed)[0], assigned[order])
