"""How far the words may be trusted, in small: the full numbers are those of benchmarks/measure.py."""

import math

import pytest

from benchmarks import measure as bench
from mechlin.evaluation.estimators import DID, LEVELS, METHODS
from mechlin.evaluation.verdict import HOLDS


def most(share, panels):
    """Return the largest rate that luck makes of ``share`` in 998 of 1,000 trials."""
    return share + 3.0 * math.sqrt(share * (1.0 - share) / panels)


@pytest.mark.slow
def test_nothing_is_seldom_called_something():
    """Size: 0.05 by construction where towns are drawn at random."""
    said = bench.sizes(bench.a_table, 100, 30, 4, seed=11)
    assert all(said[m] <= most(0.05, 100) for m in METHODS) and said[HOLDS] <= most(0.02, 100)


@pytest.mark.slow
def test_a_town_that_stands_out_misleads_the_plain_test_and_not_the_verdict():
    said = bench.sizes(bench.alike, 80, 30, 4, 12, 0.0)
    assert said[LEVELS] > 0.2, "synthetic control on levels takes the way back of its donors for an effect"
    assert said[DID] <= most(0.05, 80) and said[HOLDS] <= most(0.02, 80)


@pytest.mark.slow
def test_a_town_chosen_because_its_last_years_were_extreme_seldom_holds():
    assert bench.sizes(bench.chosen, 80, 30, 10, 13, 0.5)[HOLDS] <= most(0.02, 80)


def test_with_few_towns_two_left_out_err_no_more_than_their_bound():
    said = bench.few_towns(30, 12)
    assert all(said[m] <= most(said["bound"], 30) for m in METHODS) and said["bound"] == 0.0833


@pytest.mark.slow
def test_sets_hold_what_was_planted_and_what_is_visible_is_seen():
    found = bench.planted(25, 30, 10, seed=14)
    assert all(abs(v - 0.9) <= 3 * math.sqrt(0.09 / 25) for v in found["coverage"].values())
    assert all(abs(v - 0.8) <= 3 * math.sqrt(0.16 / 25) for v in found["power"].values())
