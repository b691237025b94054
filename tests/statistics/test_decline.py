"""The link between diversity and decline: worked by hand, and its range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.statistics.decline import decline_index, link, standard_scores, standardised_slope

PEOPLE = np.array([400, 800, 600, 900, 300, 700])
DIVERSE = np.array([0.1, 0.3, 0.2, 0.5, 0.15, 0.4])
EVEN = np.ones(6)


def test_scores_have_no_mean_and_one_spread_by_residents():
    scores = standard_scores(DIVERSE, PEOPLE)
    assert PEOPLE @ scores == pytest.approx(0.0, abs=1e-9)
    assert PEOPLE @ scores**2 / PEOPLE.sum() == pytest.approx(1.0)
    assert (standard_scores(EVEN, PEOPLE) == 0).all()


def test_a_missing_part_counts_as_the_mean_and_an_even_one_as_zero():
    part = np.array([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0])
    assert standard_scores(part, PEOPLE)[0] == 0.0
    np.testing.assert_allclose(
        decline_index([(DIVERSE, 0.0), (EVEN, 0.0)], PEOPLE), standard_scores(DIVERSE, PEOPLE) / 2
    )


def test_differences_too_small_to_notice_stay_small():
    small = standard_scores(0.001 * DIVERSE, PEOPLE, 0.01)
    np.testing.assert_allclose(small, 0.1 * (DIVERSE - PEOPLE @ DIVERSE / PEOPLE.sum()))
    np.testing.assert_allclose(standard_scores(DIVERSE, PEOPLE, 0.01), standard_scores(DIVERSE, PEOPLE))


def test_the_slope_is_a_weighted_correlation():
    part = np.array([0.3, 0.2, 0.6, 0.7, 0.1, 0.4])
    weights = PEOPLE / PEOPLE.sum()
    x, y = DIVERSE - weights @ DIVERSE, part - weights @ part
    expected = weights @ (x * y) / np.sqrt((weights @ x**2) * (weights @ y**2))
    assert standardised_slope(DIVERSE, [(part, 0.01)], PEOPLE) == pytest.approx(expected)
    assert standardised_slope(DIVERSE, [(2 * DIVERSE + 1, 0.01)], PEOPLE) == pytest.approx(1.0)
    assert np.isnan(standardised_slope(DIVERSE, [(EVEN, 0.01)], PEOPLE))


def test_leaving_out_one_area_gives_what_the_others_give():
    part = np.array([0.3, 0.2, 0.6, 0.7, 0.1, 0.4])
    weights = PEOPLE * (1.0 - np.eye(6))
    rows = standardised_slope(DIVERSE, [(part, 0.01)], weights)
    for left_out in range(6):
        rest = np.arange(6) != left_out
        assert rows[left_out] == pytest.approx(standardised_slope(DIVERSE[rest], [(part[rest], 0.01)], PEOPLE[rest]))


def test_small_areas_do_not_count_and_too_few_give_no_number():
    part = np.array([0.3, 0.2, 0.6, 0.7, 9.0, 0.4])
    large = PEOPLE >= 350
    whole = link(DIVERSE, [(part, 0.01)], PEOPLE, 350)
    assert whole[0] == pytest.approx(standardised_slope(DIVERSE[large], [(part[large], 0.01)], PEOPLE[large]))
    assert all(np.isnan(link(DIVERSE, [(part, 0.01)], PEOPLE, 800)))


@given(st.integers(0, 10_000), st.integers(4, 60))
def test_the_range_holds_the_slope_and_stays_possible(seed, areas):
    rng = np.random.default_rng(seed)
    diversity, parts = rng.random(areas), [(rng.random(areas), 0.01) for _ in range(4)]
    slope, low, high = link(diversity, parts, rng.integers(200, 2000, areas), 200)
    assert -1 <= low <= slope <= high <= 1


def test_the_range_holds_the_truth_about_as_often_as_it_says():
    rng, held = np.random.default_rng(7), 0
    for _ in range(200):
        diversity = rng.normal(size=60)
        part = 0.5 * diversity + np.sqrt(0.75) * rng.normal(size=60)
        _, low, high = link(diversity, [(part, 0.01)], rng.integers(300, 1500, 60), 200)
        held += low <= 0.5 <= high
    assert 0.88 < held / 200 <= 1.0
