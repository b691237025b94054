"""Zero tolerance, worked by hand."""

import pytest

from mechlin.measures import zero_tolerance
from tests.measures.conftest import pulled


@pytest.mark.parametrize(("style", "lever"), [(0, "problem_solving"), (1, "aggressive_stops")])
def test_the_two_styles_pull_different_levers(toy, style, lever):
    package = {"zero_tolerance": {"officers": 2.0, "aggressive": style, "disorder_least": 0.0}}
    _, levers = pulled(toy, package)
    other = {"problem_solving": "aggressive_stops", "aggressive_stops": "problem_solving"}[lever]
    assert levers[f"safety.{other}"].sum() == 0
    p = zero_tolerance.Params()
    areas = toy.areas.height
    expected = areas * (2 * p.officer_spots / (p.area_spots * areas)) if style == 0 else 2 * p.officer_stops
    assert levers[f"safety.{lever}"].sum() == pytest.approx(expected)
