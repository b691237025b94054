"""In which order runs are begun: those of one start after one another, so that one makes the city for all."""

from itertools import pairwise

import pytest

from mechlin.core.spec import RunSpec
from mechlin.experiments.ensemble import side_by_side

MORE = {"consultation": {"asked_share": 0.4}}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_runs_begun_together_have_different_seeds_and_none_is_left_out(at_once):
    specs = [RunSpec(city="toy", package=p, seed=seed) for seed in range(1, 7) for p in ({}, MORE)]
    order = list(side_by_side(specs, at_once))
    assert sorted(s.id() for s in order) == sorted(s.id() for s in specs)
    for first in range(0, len(order), at_once):
        assert len({s.seed for s in order[first : first + at_once]}) == min(at_once, 6)


def test_runs_of_one_start_follow_one_another():
    specs = [RunSpec(city="toy", package=p, seed=seed) for p in ({}, MORE) for seed in (1, 2, 3)]
    assert [s.seed for s in side_by_side(specs, 1)] == [1, 1, 2, 2, 3, 3]
    pair = [RunSpec(city="toy"), RunSpec(city="toy", package=MORE)]
    assert list(side_by_side(pair, 2)) == pair  # a single pair still runs on both


def test_other_numbers_are_another_start():
    specs = [
        RunSpec(city="toy", params={"attitudes": {"trait_share": x}}, package=p) for p in ({}, MORE) for x in (0.5, 0.6)
    ]
    assert all(one.params == other.params for one, other in list(pairwise(side_by_side(specs, 1)))[::2])
