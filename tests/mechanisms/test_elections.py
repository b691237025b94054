"""Voting rules worked by hand: who may vote, what draws to a list, expected shares, and how a result is taken apart."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.mechanisms.elections import turnout as rules
from mechlin.mechanisms.elections.mechanism import Params
from mechlin.mechanisms.elections.vote_shares import (
    cell_shares,
    expected_shares,
    fit_standing,
    make_up,
    shapley,
    shares_of,
)

P = Params()
SHAPE = (rules.CELLS, rules.RIGHT_BINS, rules.MAYOR_BINS)


def voters(seed=1, size=4000):
    """Return a made-up table of voters with every cell and a spread of pushes."""
    rng = np.random.default_rng(seed)
    out = np.zeros(SHAPE, dtype=np.int32)
    spread = [rng.integers(0, rules.CELLS, size), rng.binomial(rules.RIGHT_BINS - 1, 0.5, size),
              rng.binomial(rules.MAYOR_BINS - 1, 0.5, size)]  # fmt: skip
    np.add.at(out, tuple(spread), 1)
    return out


def test_nationality_comes_with_the_years_and_is_never_lost():
    p = P._replace(citizen_arrival=0.2, naturalisation_rate=0.1, citizen_born=0.9, citizen_start=0.5)
    assert rules.citizen_share(0.0, False, False, p) == pytest.approx(0.2)
    assert rules.citizen_share(10.0, False, False, p) == pytest.approx(1 - 0.8 * np.exp(-1.0))
    assert rules.citizen_share(0.0, False, True, p) == pytest.approx(0.5)
    assert rules.citizen_share(3.0, True, False, p) == 0.9
    shares = [rules.citizen_share(float(y), False, False, p) for y in range(60)]
    assert shares == sorted(shares)


def test_turnout_hangs_on_age_and_education_only_where_nobody_has_to_vote():
    assert rules.turnout(20, 0, True, P) == rules.turnout(60, 2, True, P) == P.turnout_compulsory
    assert rules.turnout(20, 1, False, P) == pytest.approx(0.635 - 0.08)
    assert rules.turnout(40, 2, False, P) - rules.turnout(40, 0, False, P) == pytest.approx(2 * P.turnout_education)


def test_the_tide_is_the_swing_of_the_region_and_a_drift_towards_it():
    logit = rules.logit
    still = rules.tide(logit(0.15), 0.15, 0.25, 0.0, False, P)
    assert still == pytest.approx(0.0)
    gap = np.log(0.25 / 0.75) - np.log(0.15 / 0.85)
    assert rules.tide(logit(0.15), 0.15, 0.25, 5.0, False, P) == pytest.approx((0.85 - 1) * gap)
    swing = np.log(0.24 / 0.76) - np.log(0.15 / 0.85)
    assert rules.tide(logit(0.24), 0.15, 0.15, 9.0, False, P) == pytest.approx(swing)
    assert rules.tide(logit(0.24), 0.15, 0.15, 9.0, True, P) == pytest.approx(0.8 * swing)


def test_a_range_holds_nine_tenths_of_belief():
    nan = float("nan")
    assert rules.ranged(0.1, -0.1, 0.4, 0.0) == 0.1
    assert rules.ranged(0.1, -0.1, 0.4, rules.NINE_TENTHS) == pytest.approx(0.4)
    assert rules.ranged(0.1, -0.1, 0.4, -rules.NINE_TENTHS) == pytest.approx(-0.1)
    assert rules.ranged(0.1, nan, nan, 2.0) == 0.1


def test_a_municipal_election_knows_the_region_from_a_poll_or_from_a_vote_that_has_aged():
    nan, logit = float("nan"), rules.logit
    assert rules.known_region(0.12, nan, nan, 0.0, 1.7, P) == logit(0.12)  # the region itself votes: counted
    old = rules.known_region(0.12, nan, nan, 4.0, 1.0, P)
    assert old == pytest.approx(logit(0.12) + 2 * P.tide_drift)  # the root of four years
    poll = [rules.known_region(0.12, 0.08, 0.16, 4.0, z * rules.NINE_TENTHS, P) for z in (-1, 0, 1)]
    assert poll == pytest.approx([logit(0.08), logit(0.12), logit(0.16)])  # however old the vote is


def test_a_place_keeps_a_part_of_its_own_way_and_its_spread_does_not_grow_for_ever():
    assert rules.own_way(0.4, 1.0, 0.2, 0.0, P) == pytest.approx(0.85 * 0.4)
    assert rules.own_way(0.0, 1.0, 0.2, 1.0, P) == pytest.approx(0.2)
    assert rules.own_way(0.0, 0.5, 0.2, 1.0, P) < 0.2 < rules.own_way(0.0, 3.0, 0.2, 1.0, P)
    assert rules.own_way(0.0, 1000.0, 0.2, 1.0, P) == pytest.approx(0.2 / np.sqrt(1 - 0.85**2))
    assert rules.own_way(0.4, 4.0, 0.2, 1.0, P._replace(gap_kept=1.0)) == pytest.approx(0.4 + 0.2 * 2)


def test_contact_or_threat_is_a_switch_and_each_answers_to_its_own_cause():
    threat, contact = P._replace(contact_first=0), P._replace(contact_first=1)
    assert rules.nearby_push(0.1, 0.9, threat) == pytest.approx(0.1 * P.threat_pull)
    assert rules.nearby_push(0.1, 0.5, contact) == pytest.approx(-0.5 * P.contact_pull)
    assert rules.nearby_push(0.0, 0.9, threat) == 0.0 == rules.nearby_push(0.9, 0.0, contact)


def test_the_sizes_of_contact_and_threat_are_those_of_their_studies():
    """One point more others: 0.16 points of votes at 15 % (Halla 2017); lasting contact: 4 points off at 18 %."""

    def points(push, share):
        odds = share / (1 - share) * np.exp(push)
        return 100 * (odds / (1 + odds) - share)

    assert points(rules.nearby_push(0.01, 0.0, P), 0.15) == pytest.approx(0.16, abs=0.05)
    assert points(rules.nearby_push(0.0, 1.0, P._replace(contact_first=1)), 0.18) == pytest.approx(-4.0, abs=0.5)


@given(st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.floats(0, 30))
def test_more_votes_in_the_region_never_mean_a_lower_tide(one, other, city, years):
    low, high = sorted((one, other))
    low, high = rules.logit(low), rules.logit(high)
    assert rules.tide(low, 0.2, city, years, True, P) <= rules.tide(high, 0.2, city, years, True, P)


def test_what_draws_to_a_list():
    assert rules.right_push(0.5, 0.0, 0.0, 0.0, P) == 0.0
    assert rules.right_push(0.9, 0.0, 0.0, 0.0, P) == pytest.approx(-0.4 * P.openness_weight)
    assert rules.right_push(0.5, -1.0, -1.0, 0.1, P) == pytest.approx(0.1 + P.trust_weight + P.safety_weight)
    assert rules.mayor_push(1.0, -1.0, 0.5, P) == pytest.approx(
        P.mayor_trust - P.mayor_belonging + 0.5 * P.mayor_record
    )
    assert rules.decline_push(0.2, 0.1, -0.3, P) == pytest.approx(
        0.2 * P.disorder_pull + 0.1 * P.vacancy_pull + 0.3 * P.price_pull
    )
    low, high = rules.cell_of(False, 0, False), rules.cell_of(False, 2, True)
    assert rules.standing_pull(low, P) == P.low_pull
    assert rules.standing_pull(high, P) == pytest.approx(P.high_pull + P.looking_pull)
    assert rules.standing_pull(rules.cell_of(True, 1, False), P) == P.foreign_pull
    every = itertools.product((False, True), (0, 1, 2), (False, True))
    assert sorted(rules.cell_of(*who) for who in every) == list(range(rules.CELLS))


@given(st.floats(-2.5, 2.5))
def test_rounding_to_steps_keeps_the_mean(push):
    draws = (np.arange(400) + 0.5) / 400
    bins = np.array([rules.bin_of(push, 24, 48, u) for u in draws]) - 24
    assert abs(bins.mean() * rules.BIN - push) < 0.002
    assert np.ptp(bins) <= 1


def test_choices_have_the_shares_of_the_logit_and_a_new_list_only_takes():
    draws = np.random.default_rng(2).random((40_000, 3))
    two = np.array([rules.chosen(np.exp(0.4), 0.0, *u) for u in draws])
    three = np.array([rules.chosen(np.exp(0.4), np.exp(0.2), *u) for u in draws])
    weights = np.exp([0.0, 0.4, 0.2])
    np.testing.assert_allclose(np.bincount(three) / draws.shape[0], weights / weights.sum(), atol=0.01)
    moved = two != three
    assert moved.any() and (three[moved] == rules.MAYOR).all()


def test_the_standing_gives_back_the_base_result():
    table = voters()
    right, mayor = fit_standing(table, 0.2558, 0.247, P)
    np.testing.assert_allclose(shares_of(table, right, mayor, True, P), [0.4972, 0.2558, 0.247], atol=1e-9)
    right, _ = fit_standing(table, 0.2399, 0.0, P)
    np.testing.assert_allclose(shares_of(table, right, 0.0, False, P), [0.7601, 0.2399, 0.0], atol=1e-9)


def test_an_empty_cell_behaves_as_it_did():
    table, other = voters(), voters(2)
    table[3] = 0
    room, alone = np.zeros((3, rules.CELLS)), np.zeros((3, rules.CELLS))
    cell_shares(table, other, -1.0, 0.0, True, P, room)
    cell_shares(other, other, -1.0, 0.0, True, P, alone)
    assert room[1, 3] == alone[1, 3]


def test_parts_add_up_and_each_answers_only_to_its_own_input():
    base, now = voters(1), voters(5)
    standing = fit_standing(base, 0.25, 0.25, P)

    def lists(tide, rivals):
        return standing[0] + 0.5 * tide - 0.3 * rivals, standing[1] + 0.4 * rivals, True

    found = {k: float(v[1]) for k, v in expected_shares(now, base, lists, P).items()}
    parts = shapley(found)
    assert sum(parts) == pytest.approx(found[1, 1, 1, 1] - found[0, 0, 0, 0], abs=1e-12)
    assert found[0, 0, 0, 0] == pytest.approx(0.25, abs=1e-9)
    assert parts[0] > 0.05 and parts[2] < -0.05
    same = {k: float(v[1]) for k, v in expected_shares(base, base, lists, P).items()}
    assert np.allclose([shapley(same)[1], shapley(same)[3]], 0.0)


def test_who_votes_and_how_they_feel_are_told_apart():
    base = voters(1)
    fewer = base.copy()
    fewer[: rules.CELLS // 2] //= 2  # half the voters of majority origin stay away, their mood is the same
    moodier = np.roll(base, 4, axis=1)  # the same people, pushed half a log-odd to the right
    standing = fit_standing(base, 0.25, 0.25, P)

    def lists(tide, rivals):
        return (*standing, True)

    away = shapley({k: float(v[1]) for k, v in expected_shares(fewer, base, lists, P).items()})
    mood = shapley({k: float(v[1]) for k, v in expected_shares(moodier, base, lists, P).items()})
    assert away[1] < -0.01 and abs(away[3]) < 0.004
    assert mood[3] > 0.05 and abs(mood[1]) < 1e-12
    assert make_up(fewer)[0] < make_up(base)[0]


@given(st.lists(st.floats(-1, 1), min_size=16, max_size=16))
def test_shapley_parts_always_add_up(numbers):
    values = dict(zip(itertools.product((0, 1), repeat=4), numbers, strict=True))
    assert sum(shapley(values)) == pytest.approx(numbers[-1] - numbers[0], abs=1e-9)
