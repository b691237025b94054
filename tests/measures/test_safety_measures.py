"""The rules of the measures about safety, worked by hand."""

import numpy as np
import pytest

from mechlin.core.clock import month_number
from mechlin.core.spec import RunSpec
from mechlin.engine.run import Simulation, run
from mechlin.measures import (
    cameras,
    family_therapy,
    parental_involvement,
    visible_patrol,
    youth_workers,
    zero_tolerance,
)


def pulled(toy, package, months=1):
    """Return the simulation after some months, and what its measures pull by lever."""
    sim = Simulation(RunSpec(city="toy", package=package, months=months), toy)
    for clock in sim.months:
        sim.month(clock)
    return sim, sim.levers.merged


def euros(toy, package, months=12):
    return {
        (r["payer"], r["kind"]): r["eur"] for r in run(RunSpec(city="toy", package=package, months=months), toy).ledger
    }


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


@pytest.mark.parametrize(
    ("form", "fine", "month", "wrong"),
    [
        (1, 100.0, "2006-09", []),
        (1, 100.5, "2006-09", ["fine_eur"]),
        (1, 100.0, "2019-03", ["procedure"]),
        (2, 175.0, "2013-12", ["procedure"]),
        (2, 175.0, "2014-01", []),
        (2, 175.5, "2020-03", ["fine_eur"]),
        (0, 900.0, "2020-03", []),
    ],
)
def test_forms_and_fines_of_their_date(form, fine, month, wrong):
    p = parental_involvement.Params(procedure=form, fine_eur=fine)
    assert [problem.column for problem in parental_involvement.check(p, month_number(month), None)] == wrong


def test_parents_pay_their_fines_and_the_city_the_places(toy):
    p = parental_involvement.Params()
    sim, levers = pulled(toy, {"parental_involvement": {}})
    assert levers["safety.procedure"].tolist() == [1.0] and levers["safety.fine_eur"].tolist() == [100.0]
    households = sim.state["households.fined_month"]
    households[:] = -30000
    households[np.flatnonzero(sim.state["households.alive"])[:3]] = 0
    paid = sim.enrolments[0].pay(sim.months[0])
    assert paid.residents_running_eur == 3 * p.fine_eur
    assert paid.city_running_eur == pytest.approx((p.plan_places * p.place_eur + p.staff * p.staff_eur) / 12)


def test_patrol_hours_add_up_to_those_worked(toy):
    p = visible_patrol.Params(officers=10.0)
    _, levers = pulled(toy, {"visible_patrol": {"officers": 10.0, "trained_share": 0.5}})
    assert levers["safety.patrol_hours"].sum() == pytest.approx(10 * p.patrol_share * p.duty_hours)
    assert (levers["safety.patrol_hours"] > 0).all() and levers["safety.conduct_training"].tolist() == [0.5]


def test_patrol_follows_the_offences(toy):
    sim, _ = pulled(toy, {"visible_patrol": {"hotspot_share": 1.0}})
    rate = sim.state["areas.offence_rate"]
    rate[:] = 0.0
    rate[2] = 4.0
    sim.enrolments[0].pull(sim.months[0], sim.first)
    hours = sim.enrolments[0].pulls["safety.patrol_hours"][0]
    assert np.flatnonzero(hours).tolist() == [2]


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


def test_youth_reach_is_those_reached_out_of_those_at_risk(toy):
    package = {"youth_workers": {"workers": 0.0, "centre_reach": 30.0, "risk_share": 0.2, "found_share": 0.5}}
    sim, levers = pulled(toy, package)
    young = sim.enrolments[0].planned
    assert young.sum() > 200
    assert levers["safety.youth_reach"] == pytest.approx(30 / young.sum() * 0.5 / 0.2)
    _, all_reached = pulled(toy, {"youth_workers": {"workers": 900.0}})
    assert all_reached["safety.youth_reach"].max() == 1.0


def test_what_workers_centre_and_therapy_cost(toy):
    p, t = youth_workers.Params(), family_therapy.Params()
    spent = euros(toy, {"youth_workers": {"building_eur": 960000.0}})
    assert spent["city", "running"] == pytest.approx(p.workers * p.worker_eur + p.centre_eur)
    assert spent["city", "investment"] == pytest.approx(960000.0)
    assert euros(toy, {"family_therapy": {}}) == {("region", "running"): pytest.approx(t.families * t.family_eur)}


def test_therapy_places_are_families_by_their_stay(toy):
    _, levers = pulled(toy, {"family_therapy": {"families": 24.0, "stay_months": 3.0}})
    assert levers["safety.therapy_places"].tolist() == [6.0]
