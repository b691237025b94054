"""Levels led to a record in many worlds at once: a linear simulator, whose posterior given each belief is known."""

import numpy as np
import pytest

from mechlin.statistics.emulate import Observed
from mechlin.statistics.smoother import assimilate

ERRORS, NOISE = np.array([0.4, 0.3]), 0.2
SEEN = Observed(np.array([1.5, -0.8]), np.diag(ERRORS**2))


def linear(beliefs, seed):
    """Two outputs: the first of a level and a belief together, the second of another level; a third level moves none."""

    def simulate(points, number):
        told = np.column_stack([points[:, 0] + beliefs, points[:, 1]])
        return told + NOISE * np.random.default_rng([seed, number]).standard_normal(told.shape)

    return simulate


@pytest.fixture(scope="module")
def led():
    rng = np.random.default_rng(5)
    beliefs, start = rng.standard_normal(2000), rng.standard_normal((2000, 3))
    return beliefs, start, assimilate(linear(beliefs, 1), start, SEEN, np.full(2, NOISE), 3, seed=2)


def test_given_each_belief_the_levels_are_those_of_the_textbook(led):
    """One normal level with prior 1 and doubt v about output minus belief: mean 1 / (1 + v) of it, spread v / (1 + v)."""
    beliefs, _, points = led
    doubt = ERRORS**2 + NOISE**2
    slope, level = np.polyfit(beliefs, points[:, 0], 1)
    assert slope == pytest.approx(-1.0 / (1.0 + doubt[0]), abs=0.08)
    assert level == pytest.approx(1.5 / (1.0 + doubt[0]), abs=0.08)
    assert points[:, 1].mean() == pytest.approx(-0.8 / (1.0 + doubt[1]), abs=0.05)
    assert points[:, 1].std() == pytest.approx(np.sqrt(doubt[1] / (1.0 + doubt[1])), rel=0.2)


def test_what_the_record_does_not_tell_stays_as_it_was(led):
    beliefs, start, points = led
    assert np.abs(points[:, 2] - start[:, 2]).mean() < 0.05
    assert abs(np.corrcoef(beliefs, points[:, 2])[0, 1]) < 0.06


def test_no_world_is_left_far_from_the_record_though_beliefs_alone_would_put_it_there(led):
    beliefs, start, points = led
    far = [np.abs(linear(beliefs, 9)(at, 0) - SEEN.values) / np.hypot(ERRORS, NOISE) for at in (start, points)]
    before, after = (np.mean(one > 3.0) for one in far)
    assert before > 0.1 and after < before / 20
