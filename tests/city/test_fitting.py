"""Whole people that fit two margins: exactly, near the scaled table, and without a bias against the rare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mechlin.city.residents.fitting import fitted
from mechlin.core import rng

SALT = rng.salted(1, rng.stream("test.fitting"), 0)


@st.composite
def tables(draw):
    """A whole table to take margins from, and a positive table to start from."""
    shape = draw(st.tuples(st.integers(1, 8), st.integers(1, 6)))
    whole = draw(st.lists(st.integers(0, 40), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    start = draw(st.lists(st.floats(0.1, 5), min_size=len(whole), max_size=len(whole)))
    return np.array(whole).reshape(shape), np.array(start).reshape(shape)


@given(tables(), st.integers(0, 2**32))
def test_margins_hold_exactly_and_nobody_is_negative(table, key):
    whole, start = table
    found = fitted(start, whole.sum(axis=1), whole.sum(axis=0), SALT, key)
    np.testing.assert_array_equal(found.sum(axis=1), whole.sum(axis=1))
    np.testing.assert_array_equal(found.sum(axis=0), whole.sum(axis=0))
    assert (found >= 0).all()


def test_a_table_that_fits_already_is_kept():
    whole = np.array([[12, 3, 0], [5, 40, 7]])
    np.testing.assert_array_equal(fitted(whole + 0.0, whole.sum(axis=1), whole.sum(axis=0), SALT, 1), whole)


def test_odds_between_cells_are_those_of_the_start():
    """Scaling rows and columns leaves odds ratios as they were; worked for twice the odds."""
    start = np.array([[2.0, 1.0], [1.0, 1.0]])
    found = fitted(start, np.array([600_000, 400_000]), np.array([500_000, 500_000]), SALT, 1)
    odds = found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0])
    assert odds == pytest.approx(2.0, rel=1e-4)


def test_rare_combinations_keep_their_share_over_many_areas():
    """In each small area 0.2 person is expected in a cell; over 4,000 areas that is 800, not none."""
    rows, columns = np.array([8, 2]), np.array([9, 1])
    sums = sum(fitted(np.ones((2, 2)), rows, columns, SALT, area) for area in range(4000))
    assert stats.binomtest(int(sums[1, 1]), 4000, 0.2).pvalue > 1e-4


def test_another_key_is_another_draw_and_the_same_key_the_same():
    rows, columns = np.array([5, 6, 7]), np.array([9, 9])
    first = fitted(np.ones((3, 2)), rows, columns, SALT, 1)
    np.testing.assert_array_equal(first, fitted(np.ones((3, 2)), rows, columns, SALT, 1))
    assert any((fitted(np.ones((3, 2)), rows, columns, SALT, k) != first).any() for k in range(2, 30))


def test_margins_that_contradict_one_another_are_refused():
    with pytest.raises(ValueError, match="10 people and the columns 9"):
        fitted(np.ones((2, 2)), np.array([5, 5]), np.array([5, 4]), SALT, 1)
