"""Help with homework, worked by hand."""

import numpy as np
import pytest

from mechlin.measures import homework_help
from tests.measures.conftest import JULY, SEPTEMBER, of


def test_homework_help_goes_to_the_poorest_areas_with_pupils():
    areas = {"poor_people": np.array([5, 30, 20, 10]), "people": np.array([100, 100, 100, 100]),
             "pupils": np.array([10, 0, 30, 10])}  # fmt: skip
    p, out = homework_help.Params(areas_share=0.5), np.ones(4, bool)
    homework_help.eligible(of(areas=areas), p, SEPTEMBER, out)
    assert out.tolist() == [False, False, True, False]


def test_homework_help_rests_in_summer_and_gives_the_hours_it_pays_for():
    view, enrolled = of(areas={"pupils": np.array([10, 30])}), np.array([True, True])
    p = homework_help.Params(pupils=20.0, hours_a_week=2.0, weeks_a_month=4.0)
    out = {"economy.tutoring_hours": np.zeros(2)}
    homework_help.effects(view, enrolled, p, JULY, out)
    assert out["economy.tutoring_hours"].sum() == 0.0
    homework_help.effects(view, enrolled, p, SEPTEMBER, out)
    assert out["economy.tutoring_hours"].tolist() == [40.0, 120.0]
    september, july = (homework_help.costs(view, enrolled, None, p, month) for month in (SEPTEMBER, JULY))
    assert september.city_running_eur - july.city_running_eur == pytest.approx(160.0 * p.volunteer_eur)
