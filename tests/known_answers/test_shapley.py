"""Shapley values with known answers, exact and sampled; synergies; what must hold for any game."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.statistics.intervals import interval_of_mean, verdicts
from mechlin.statistics.shapley import exact_shares, exact_synergies, order_of, sampled_shares, sets_needed

NAMES = ("cameras", "buddies", "tours", "lessons")
games = st.lists(st.floats(-100, 100), min_size=16, max_size=16).map(np.array)


def test_the_glove_game():
    """One left glove, two right ones, a pair is worth 1: the left one carries 2/3, the right ones 1/6 each."""
    worth = np.array([0, 0, 0, 1, 0, 1, 0, 1.0])  # bit 0 the left glove
    np.testing.assert_allclose(exact_shares(worth), [2 / 3, 1 / 6, 1 / 6])


def test_a_product_of_two_is_shared_equally_and_is_all_synergy():
    worth = np.array([0, 0, 0, 8.0])
    np.testing.assert_allclose(exact_shares(worth), [4, 4])
    assert exact_synergies(worth)[0, 1] == 8.0


@given(games)
def test_shares_add_up_to_the_whole(worth):
    assert exact_shares(worth).sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


@given(st.lists(st.floats(-10, 10), min_size=4, max_size=4))
def test_what_only_adds_is_shared_exactly_without_synergy_in_any_sampled_order(parts):
    worth = np.array([sum(p for i, p in enumerate(parts) if bits >> i & 1) for bits in range(16)])
    np.testing.assert_allclose(exact_shares(worth), parts, atol=1e-9)
    np.testing.assert_allclose(exact_synergies(worth), 0, atol=1e-9)
    found = sampled_shares(NAMES, 7, lambda s: np.array([sum(parts[i] for i in s)]))
    np.testing.assert_allclose(found[:, 0], parts, atol=1e-9)


def test_sampled_orders_come_near_the_exact_shares_and_each_adds_up():
    rng = np.random.default_rng(4)
    worth = rng.normal(0, 1, 16)

    def value(members):
        return np.array([worth[sum(1 << i for i in members)]])

    found = np.stack([sampled_shares(NAMES, w, value)[:, 0] for w in range(3000)])
    np.testing.assert_allclose(found.sum(axis=1), worth[-1] - worth[0])
    np.testing.assert_allclose(found.mean(axis=0), exact_shares(worth), atol=0.06)


def test_orders_hang_on_names_and_worlds_and_only_the_sets_they_need_are_run():
    assert sorted(order_of(NAMES, 1)) == [0, 1, 2, 3]
    assert len({tuple(order_of(NAMES, w)) for w in range(50)}) > 12
    first = [NAMES[i] for i in order_of(NAMES, 3)]
    shuffled = NAMES[::-1]
    assert [shuffled[i] for i in order_of(shuffled, 3)] == first
    assert len(sets_needed(NAMES, 1)) == 2 * len(NAMES)


def test_the_interval_of_the_mean_and_its_verdict():
    values = np.array([1.0, 2.0, 3.0, 2.0])
    mean, low, high, verdict = interval_of_mean(values)
    half = 1.6377 * values.std(ddof=1) / 2  # Student's t, 3 degrees of freedom, 90th percentile
    assert (
        (mean, verdict) == (2.0, "up")
        and high - mean == pytest.approx(half, rel=1e-4)
        and mean - low == pytest.approx(high - mean)
    )
    assert interval_of_mean(np.array([1.0, -1.0]))[3] == "cannot tell"
    assert interval_of_mean(np.zeros(4))[3] == "no change"


def test_of_many_measures_compared_at_once_luck_gives_few_verdicts():
    rng = np.random.default_rng(5)
    alone = together = real = 0
    for _ in range(50):
        values = [*rng.normal(0.0, 1.0, (12, 12)), *(rng.normal(3.0, 1.0, (4, 12)))]  # twelve do nothing, four do
        alone += sum(interval_of_mean(v)[3] in ("up", "down") for v in values[:12])
        words = verdicts(values)
        together += sum(word in ("up", "down") for word in words[:12])
        real += words[12:].count("up")
    assert real == 200  # what is real is still seen
    assert alone > 80  # of 600: one in five, by luck
    assert together / (together + real) < 0.12  # of those said, about one in ten at most


def test_a_single_measure_or_none_that_moved_is_judged_as_before():
    clear = np.array([1.0, 2.0, 3.0, 2.0])
    assert verdicts([clear]) == ["up"] and verdicts([-clear, np.zeros(4)]) == ["down", "no change"]
    assert verdicts([np.full(4, 2.0)]) == ["up"]  # no spread at all
    assert verdicts([np.array([1.0])]) == ["cannot tell"] and verdicts([]) == []
    assert verdicts([clear, np.array([1.0, np.nan, 3.0, 2.0])]) == ["up", "cannot tell"]  # no number in one world
