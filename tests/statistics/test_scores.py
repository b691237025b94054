"""Scores of forecasts: known answers, and what must hold for any forecast."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import digamma, ndtri
from scipy.stats import norm

from mechlin.statistics.scores import (
    Misfit,
    Score,
    Seen,
    Spread,
    crps,
    forecast,
    interval_score,
    naive,
    rolling_misses,
    score,
    score_shares,
    spread_of,
    summary,
)

YEARS = np.arange(2001, 2011)


@pytest.mark.parametrize("observed", [-1.0, 0.0, 0.4, 2.5])
def test_crps_of_a_normal_forecast_is_the_closed_form(observed):
    """Gneiting & Raftery 2007, eq. 21: z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)."""
    values = ndtri((np.arange(4000) + 0.5) / 4000)
    known = observed * (2 * norm.cdf(observed) - 1) + 2 * norm.pdf(observed) - 1 / math.sqrt(math.pi)
    assert crps(values, observed) == pytest.approx(known, abs=2e-3)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=9), st.floats(-100, 100))
def test_crps_is_what_its_definition_says(values, observed):
    x = np.array(values)
    apart = np.abs(x[:, None] - x[None, :]).sum() / (x.size * (x.size - 1))
    assert crps(x, observed) == pytest.approx(np.abs(x - observed).mean() - 0.5 * apart, abs=1e-9)


def test_crps_of_one_value_is_the_error():
    assert crps(np.array([3.0]), 5.0) == 2.0


def test_the_interval_score_adds_a_penalty_outside():
    assert interval_score(1, 3, 2) == 2
    assert interval_score(1, 3, 4) == pytest.approx(2 + 10 * 1)
    assert interval_score(1, 3, 0.5) == pytest.approx(2 + 10 * 0.5)


def seen(*pairs):
    return [Seen(y, v, v, v) for y, v in pairs]


def test_naive_forecasts():
    before = seen((2001, 10.0), (2003, 14.0))
    assert naive(before, 2006) == (14.0, pytest.approx(20.0))
    assert naive(before[:1], 2006) == (10.0, 10.0) and naive([], 2006) == (None, None)


def test_the_level_is_the_record_s_and_the_change_the_model_s():
    runs = np.array([[100.0 + 2 * t for t in range(10)], [110.0 + 4 * t for t in range(10)]])
    values = forecast(YEARS, runs, seen((2002, 50.0)), 2005, 2002, Spread(0.0, 0.0), Misfit())
    assert np.median(values) == pytest.approx(50.0 + 3 * 3)  # the median run rises by 3 a year


def test_the_spread_grows_with_the_years_and_stays_within_bounds():
    runs = np.full((4, 10), 7.0)
    near, far = (
        forecast(YEARS, runs, seen((2001, 100.0)), y, 2001, Spread(0.05, 0.15), Misfit()) for y in (2002, 2005)
    )
    assert np.std(far) == pytest.approx(4 * np.std(near))
    assert forecast(YEARS, runs, seen((2001, 1.0)), 2009, 2001, Spread(3.0, 0.0), Misfit(), (0.0, 1.0)).min() == 0.0


def test_misses_are_shares_of_the_level_and_shrink_towards_the_others():
    runs = np.full((3, 10), 20.0)
    misses = rolling_misses(YEARS, runs, seen((2001, 100.0), (2005, 120.0)))
    assert misses == [pytest.approx((20 / 120 / 4) ** 2)]


def test_misses_are_of_every_origin_and_per_year():
    """From 2001, 2002 and 2006: 10 in one year, 10 in five and 0 in four, of a level of 110; the runs stay where they are."""
    runs = np.zeros((3, YEARS.size))
    misses = rolling_misses(YEARS, runs, seen((2001, 100.0), (2002, 110.0), (2006, 110.0)))
    assert misses == pytest.approx([(10 / 110) ** 2, (10 / 110 / 5) ** 2, 0.0])


def test_what_the_runs_own_spread_explains_is_not_counted_twice():
    runs = np.array([[100.0 + rise * t for t in range(10)] for rise in (-4.0, 0.0, 4.0)])
    (one,) = rolling_misses(YEARS, runs, seen((2001, 100.0), (2003, 110.0)))
    assert one == pytest.approx((10**2 - 8**2) / (110 * 2) ** 2)
    assert rolling_misses(YEARS, runs, seen((2001, 100.0), (2003, 101.0)))[0] < 0.0
    assert spread_of([one, -one], [], [], Misfit(), 0.0) < 1e-5, "nothing is left to be learnt but the judgement"
    assert spread_of([one, -one], [], [], Misfit(), 0.012) < 0.012


@pytest.mark.slow
def test_forecasts_of_a_model_that_knows_its_doubt_hold_four_fifths():
    """Rises that nobody knows, drawn alike for the city and for its sixteen runs: the middle 80 % holds about 80 %."""
    rng, t, held = np.random.default_rng(7), np.arange(YEARS.size), []
    for _ in range(400):
        truth, *rises = rng.normal(0.0, 2.0, 17)
        runs = 100.0 + np.outer(rises, t)
        past = seen(*((int(y), 100.0 + truth * n) for n, y in enumerate(YEARS[:5])))
        spread = spread_of(rolling_misses(YEARS, runs, past), [], [], Misfit(), 0.0)
        values = forecast(YEARS, runs, past, 2010, 2005, Spread(spread, 0.0), Misfit())
        held.append(score(values, seen((2010, 100.0 + truth * 9))[0], past).inside)
    assert 0.74 < np.mean(held) < 0.88


def test_the_spread_is_learnt_in_the_family_and_no_long_series_outvotes_a_short_one():
    p = Misfit(weight=1.0)
    one_step = math.log(0.5) - digamma(0.5)  # what the logarithm of one squared normal lacks, 1.27
    half_way = math.sqrt(math.exp((math.log(0.09) + one_step + math.log(0.01)) / 2))
    assert spread_of([0.09], [], [], p, 0.1) == pytest.approx(half_way)  # one step against the judgement
    assert spread_of([], [[0.09]], [], p, 0.1) == pytest.approx(half_way)  # one relative against the judgement
    assert spread_of([], [], [], p, 0.1) == pytest.approx(0.1)
    ten_steps = [0.09] * 55
    long, longer = (spread_of([], [ten_steps * n], [], p, 0.1) for n in (1, 9))
    assert longer == pytest.approx(long, rel=0.02), "a longer series has one vote too"
    near, far = [[0.09], [0.09]], [[0.0001], [0.0001], [25.0]]
    assert spread_of([], near, far, p, 0.1) > 2 * spread_of([], [], far, p, 0.1)
    assert 0.1 < spread_of([0.01], [[0.09]] * 3, [], Misfit(), 0.02) < 0.4


def test_a_waiting_list_that_doubles_does_not_widen_the_forecast_of_residents():
    calm, wild = [[1e-6] * 6, [4e-6] * 6], [[0.8] * 3]
    without, beside = (spread_of([1e-6] * 15, family, [], Misfit(), 0.012) for family in (calm, calm + wild))
    assert without < beside < 0.012, "below the judgement; the mean of squares would make it a third of all residents"


def test_what_is_learnt_from_many_indicators_is_what_they_miss_by():
    """Spreads around 3 % that differ by a factor of two: from a few steps each, the middle one is found, or a little more."""
    rng = np.random.default_rng(5)
    true = 0.03 * np.exp(rng.normal(0.0, 0.7, 4000))
    for steps in (1, 4):
        squares = (rng.normal(0.0, true[:, None], (true.size, steps)) ** 2).mean(axis=1)
        origins = steps * (steps + 1) // 2
        found = spread_of([], [[float(s)] * origins for s in squares], [], Misfit(), 0.03)
        assert 0.0295 < found < 0.036


def test_how_much_of_the_score_hangs_on_one_indicator():
    easy, hard = [one(True, 0.0, 90.0, 90.0)] * 2, [one(False, 12.0, 10.0, 10.0)] * 2
    told = score_shares({"easy": easy, "hard": hard}, {"easy": 1.0, "hard": 1.0})
    assert told["easy"]["score_share"] == pytest.approx(0.9)
    assert told["easy"]["skill_last_value_without_it"] == pytest.approx(-0.2)
    assert told["hard"]["skill_last_value_without_it"] == 1.0


def one(inside, crps_, last, line):
    return Score(Seen(2005, 1.0, 1.0, 1.0), 0.0, 1.0, 2.0, inside, crps_, 1.0, last, line)


def test_skill_and_the_verdict_word():
    s = summary([one(True, 1.0, 2.0, 4.0), one(False, 1.0, 2.0, 4.0)])
    assert (s.coverage_80, s.crps, s.skill_last_value, s.skill_linear_trend, s.verdict) == (
        0.5,
        1.0,
        0.5,
        0.75,
        "better",
    )
    assert summary([one(True, 3.0, 2.0, 4.0)] * 2).verdict == "mixed"
    assert summary([one(True, 9.0, 2.0, 4.0)] * 2).verdict == "worse"
    assert summary([one(True, 1.0, 2.0, 4.0)]).verdict == summary([]).verdict == "cannot tell"


@pytest.mark.slow
def test_an_observation_s_own_doubt_is_part_of_the_forecast():
    """Truths known but for a spread of one, counted with a doubt as wide: the middle 80 % holds 80 % of what is counted."""
    values = ndtri((np.arange(99) + 0.5) / 99)
    sure, unsure = (score(values, Seen(2005, 0.0, -half, half), []) for half in (0.0, 2.0))
    assert (sure.low, sure.high) == (pytest.approx(-1.27, abs=0.03), pytest.approx(1.27, abs=0.03))
    assert unsure.high == pytest.approx(1.28 * math.sqrt(1 + 2.0**2 / 6), rel=0.03), "a triangle's variance is a sixth"
    rng, held = np.random.default_rng(3), []
    for truth, missed in zip(rng.normal(size=3000), rng.triangular(-2, 0, 2, 3000), strict=True):
        held.append(score(values, Seen(2005, truth + missed, truth + missed - 2, truth + missed + 2), []).inside)
    assert np.mean(held) == pytest.approx(0.8, abs=0.03)
    assert not score(values, Seen(2005, 3.0, 1.0, 3.0), []).inside, "a range that reaches in is no hit"
