"""Constants planted in simulators whose answer is known: a closed form, an interval that must hold them, a bent answer."""

import numpy as np
import pytest

from mechlin.statistics.emulate import IMPLAUSIBLE, Emulator, Observed, match, spread_out

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

SLOPES = np.array([[1.0, 0.3, 0.0, 0.0], [0.0, 1.0, -0.4, 0.0], [0.5, 0.5, 0.0, 0.0], [0.8, -0.6, 0.1, 0.0]])
NOISE = 0.3
COVARIANCE = np.diag(np.array([0.3, 0.5, 0.4, 0.6]) ** 2)


def linear(seed):
    """A simulator of four numbers, the last without any influence: outputs are a plane of them, and noise."""

    def simulate(points, done):
        return points @ SLOPES.T + NOISE * np.random.default_rng([seed, done]).standard_normal((len(points), 4))

    return simulate


def closed_form(values):
    """The posterior of a linear model with normal errors and standard normal numbers: its mean and covariance."""
    weight = np.linalg.inv(COVARIANCE + NOISE**2 * np.eye(4))
    covariance = np.linalg.inv(np.eye(4) + SLOPES.T @ weight @ SLOPES)
    return covariance @ SLOPES.T @ weight @ values, covariance


def planted(seed):
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal(4)
    errors = rng.multivariate_normal(np.zeros(4), COVARIANCE) + NOISE * rng.standard_normal(4)
    return truth, Observed(truth @ SLOPES.T + errors, COVARIANCE)


@pytest.fixture(scope="module")
def many():
    cases = []
    for seed in range(1, 7):
        truth, seen = planted(seed)
        cases.append((truth, seen, match(linear(seed), 4, seen, 60, seed)))
    return cases


def test_a_linear_simulator_gives_the_posterior_of_the_textbook(many):
    for _, seen, found in many[:3]:
        mean, covariance = closed_form(seen.values)
        spread = np.sqrt(np.diag(covariance))
        assert np.abs((found.draws.mean(axis=0) - mean) / spread).max() < 0.5
        assert np.abs(found.draws.std(axis=0) / spread - 1.0).max() < 0.25
        assert np.abs((found.middle - mean) / spread).max() < 0.75


def test_intervals_hold_planted_constants_as_often_as_they_say(many):
    inside = [
        (np.quantile(found.draws, 0.05, axis=0) <= truth) & (truth <= np.quantile(found.draws, 0.95, axis=0))
        for truth, _, found in many
    ]
    assert 0.75 <= np.mean(inside) <= 1.0  # 24 intervals of nine tenths; all but six, at worst


def test_what_has_no_influence_is_not_told(many):
    contraction = np.mean([found.contraction for _, _, found in many], axis=0)
    assert contraction[3] < 0.15 and contraction[:2].min() > 0.7


def test_the_last_wave_is_drawn_from_the_posterior_and_is_the_check(many):
    for _, seen, found in many[:2]:
        assert len(found.points) == len(found.outputs) == 60 == sum(w.runs for w in found.waves)
        after, before = (np.abs(seen.in_doubts(o)).mean() for o in (found.outputs[found.check], found.outputs[:24]))
        assert after < 0.8 * before


def test_the_same_runs_give_the_same_draws():
    _, seen = planted(3)
    one, other = (match(linear(3), 4, seen, 40, 3) for _ in range(2))
    assert np.array_equal(one.draws, other.draws) and np.array_equal(one.points, other.points)


def test_two_answers_are_both_found():
    """Of a number only the square is observed: it is as likely positive as negative."""

    def simulate(points, done):
        return points[:, :1] ** 2 + 0.1 * np.random.default_rng(done).standard_normal((len(points), 1))

    found = match(simulate, 2, Observed(np.array([1.0]), np.array([[0.01]])), 60)
    first = found.draws[:, 0]
    assert 0.2 < (first > 0).mean() < 0.8
    assert np.median(np.abs(first)) == pytest.approx(1.0, abs=0.15)


def test_a_truth_far_away_is_implausible_and_the_truth_itself_is_not():
    truth, seen = planted(5)
    points = spread_out(4, 64, 1)
    emulator = Emulator(points, seen.in_doubts(linear(5)(points, 0)))
    near, far = emulator.implausibility(np.array([truth, truth + np.array([4.0, -4.0, 0.0, 0.0])]))
    assert near < IMPLAUSIBLE < far


def test_rows_that_say_the_same_count_once():
    """Ten copies of one output with one shared error tell as much as one of them."""

    def simulate(points, done):
        return np.repeat(points[:, :1], 10, axis=1) + 0.01 * np.random.default_rng(done).standard_normal(
            (len(points), 10)
        )

    shared = np.full((10, 10), 0.25) + 0.0025 * np.eye(10)
    found = match(simulate, 1, Observed(np.full(10, 0.8), shared), 40)
    assert found.draws.std() == pytest.approx(np.sqrt(0.25 / 1.25), rel=0.2)
    assert found.draws.mean() == pytest.approx(0.8 / 1.25, abs=0.15)
