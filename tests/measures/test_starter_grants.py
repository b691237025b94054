"""Help to start a project, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.measures import starter_grants
from mechlin.measures.starter_grants import Params

VIEW = SimpleNamespace(areas=SimpleNamespace(people=np.array([300, 0, 100])))
EVERYWHERE = np.array([True, False, True])


def test_every_area_where_people_live_may_take_part():
    out = np.zeros(3, dtype=bool)
    starter_grants.eligible(VIEW, Params(), None, out)
    assert out.tolist() == EVERYWHERE.tolist()


def test_places_in_additional_projects_follow_residents():
    """24 grants a year, half of them for what would have been held anyway: 12 x 10 people x 2 meetings = 240 places."""
    p = Params(grants_per_year=24.0, additional_share=0.5, participants=10.0, meetings=2.0)
    out = {"encounters.mixed_places": np.zeros(3)}
    starter_grants.effects(VIEW, EVERYWHERE, p, None, out)
    assert out["encounters.mixed_places"] == pytest.approx([15.0, 0.0, 5.0])


def test_the_city_pays_grants_and_staff_and_residents_what_they_bring():
    p = Params(grants_per_year=24.0, grant_eur=500.0, own_eur=300.0, staff_eur=12_000.0)
    paid = starter_grants.costs(VIEW, EVERYWHERE, EVERYWHERE, p, None)
    assert paid.city_running_eur == pytest.approx(2 * 500 + 1000)
    assert paid.residents_running_eur == pytest.approx(2 * 300)


@pytest.mark.parametrize(("grants", "additional", "some"), [(30.0, 0.6, True), (0.0, 0.6, False), (30.0, 0.0, False)])
def test_no_places_when_no_project_is_added(grants, additional, some):
    p = Params(grants_per_year=grants, additional_share=additional)
    assert (starter_grants.places(p) > 0) is some
