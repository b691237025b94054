"""The quality guarantee of mixed schools, worked by hand."""

import numpy as np
import pytest

from mechlin.measures import school_guarantee
from tests.measures.conftest import SEPTEMBER, of


def test_mixed_schools_may_take_part_at_and_above_the_line():
    view, out = of(schools={"indicator_share": np.array([0.39, 0.4, 0.9])}), np.zeros(3, bool)
    school_guarantee.eligible(view, school_guarantee.Params(), SEPTEMBER, out)
    assert out.tolist() == [False, True, True]


def test_the_guarantee_pays_a_teacher_for_every_class_more():
    """100 pupils, 40 at entry: two classes of 20 become three of at most 16; the other school is not enrolled."""
    view = of(schools={"pupils": np.array([100, 100]), "class_size": np.array([20, 20], np.int16)})
    p = school_guarantee.Params(class_size_cut=4.0, teacher_eur=60_000.0, coaching_eur=6_000.0)
    cost = school_guarantee.costs(view, np.array([True, False]), None, p, SEPTEMBER)
    assert cost.city_running_eur == pytest.approx((60_000 + 6_000) / 12)


def test_a_cut_that_leaves_no_pupil_in_a_class_is_refused(toy):
    p = school_guarantee.Params()
    assert school_guarantee.check(p, 0, toy) == []
    (wrong,) = school_guarantee.check(p._replace(class_size_cut=22.0), 0, toy)
    assert "21 or less" in wrong.repair
