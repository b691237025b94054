"""Cameras, worked by hand."""

import numpy as np
import pytest

from mechlin.core.clock import month_number
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.measures import cameras
from tests.measures.conftest import pulled


def test_cameras_that_nobody_watches_record_but_do_not_guard(toy):
    _, seen = pulled(toy, {"cameras": {"cameras": 20}})
    _, blind = pulled(toy, {"cameras": {"cameras": 20, "watched": 0}})
    assert seen["safety.camera_share"].sum() > 0 and blind["safety.camera_share"].sum() == 0
    assert np.array_equal(seen["safety.recorded_share"], blind["safety.recorded_share"])
    assert (seen["safety.recorded_share"] > 0).all()  # the entries of a small city reach every area


def test_cameras_stand_only_in_the_areas_named(toy):
    _, levers = pulled(toy, {"cameras": {"cameras": 20, "areas": ["Area 2"]}})
    assert np.flatnonzero(levers["safety.recorded_share"]).tolist() == [1]


def test_cameras_cost_once_when_put_up_and_every_month_after(toy):
    p = cameras.Params()
    dose = {"cameras": {"cameras": {"2001-01": 10, "2002-01": 14}, "watched": 0}}
    rows = run(RunSpec(city="toy", package=dose, months=24), toy).ledger
    spent = {(r["year"], r["kind"]): r["eur"] for r in rows}
    assert spent[2001, "investment"] == 10 * p.camera_eur and spent[2002, "investment"] == 4 * p.camera_eur
    assert spent[2001, "running"] == pytest.approx(10 * p.upkeep_eur)


def test_cameras_are_sited_in_january_not_every_month(toy, monkeypatch):
    asked = []
    real = cameras.site_cameras
    monkeypatch.setattr(cameras, "site_cameras", lambda *given: asked.append(given[3]) or real(*given))
    pulled(toy, {"cameras": {"cameras": 20, "start": "2001-04"}}, months=26)
    assert asked == [3, 12, 24]


@pytest.mark.parametrize(
    ("settings", "month", "wrong"),
    [
        ({}, "2010-01", []),
        ({"council_advice": 0}, "2007-05", []),
        ({"council_advice": 0}, "2007-06", ["council_advice"]),
        ({"council_advice": 0, "police_advice": 0}, "2012-01", ["council_advice", "police_advice"]),
        ({"cameras": 0, "police_advice": 0}, "2012-01", []),
        ({"carpark_share": 0.4, "home_share": 0.2}, "2001-01", ["entry_share"]),
    ],
)
def test_legal_conditions_of_cameras(settings, month, wrong):
    found = cameras.check(cameras.Params()._replace(**settings), month_number(month), None)
    assert [problem.column for problem in found] == wrong and all(problem.repair for problem in found)
