"""The effect of a package on an indicator, worked by hand."""

import numpy as np

from mechlin.statistics.effects import effect, level

NAN = np.nan


def test_what_adds_up_is_summed_and_anything_else_is_taken_last():
    series = np.array([[1.0, 2.0, NAN], [NAN, 4.0, 5.0], [NAN, NAN, NAN]])
    assert level(series, adds_up=True).tolist() == [3.0, 9.0, 0.0]
    assert level(series, adds_up=False).tolist() == [2.0, 5.0, 0.0]


def test_only_years_that_both_worlds_know_count():
    with_it, without = np.array([5.0, 7.0, 9.0]), np.array([4.0, 4.0, NAN])
    assert effect(with_it, without, adds_up=True) == 4.0
    assert effect(with_it, without, adds_up=False) == 3.0
    assert effect(with_it, np.full(3, NAN), adds_up=True) == 0.0
