"""School tours, worked by hand."""

import numpy as np

from mechlin.measures import school_tours
from tests.measures.conftest import SEPTEMBER, of


def test_mixed_schools_may_take_part_at_and_above_the_line():
    view, out = of(schools={"indicator_share": np.array([0.39, 0.4, 0.9])}), np.zeros(3, bool)
    school_tours.eligible(view, school_tours.Params(), SEPTEMBER, out)
    assert out.tolist() == [False, True, True]


def test_families_are_spread_over_the_schools_that_invite():
    out = {"schools.tours": np.zeros(3)}
    school_tours.effects(None, np.array([True, False, True]), school_tours.Params(families=20.0), SEPTEMBER, out)
    assert out["schools.tours"].tolist() == [10.0, 0.0, 10.0]
