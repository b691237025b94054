"""Renovation of homes, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run
from mechlin.measures import home_renovation


def test_renovations_follow_the_dose_and_the_need(toy):
    dose = {"home_renovation": {"homes_per_year": 60.0, "additional_share": 1.0}}
    done = []
    for package in ({}, dose):
        sim = Simulation(RunSpec(city="toy", months=36, package=package), toy)
        total = 0
        for clock in sim.months:
            sim.month(clock)
            total += int(sim.state["city.renovations"][0]) if clock.is_december else 0
        done.append(total)
    assert 0.6 * 180 < done[1] - done[0] < 1.4 * 180


def test_grants_cost_what_was_paid_out(toy):
    p = home_renovation.Params()
    result = run(RunSpec(city="toy", months=12, package={"home_renovation": {}}), toy)
    paid = {(row["payer"], row["kind"]): row["eur"] for row in result.ledger}
    assert paid["city", "investment"] == pytest.approx(p.homes_per_year * p.grant_eur)
    assert paid["city", "running"] == pytest.approx(p.inspectors * p.inspector_eur)
    assert paid["residents", "investment"] == pytest.approx(p.homes_per_year * (p.work_eur - p.grant_eur))


def test_what_is_ordered_is_paid_by_residents_alone(toy):
    package = {"home_renovation": {"homes_per_year": 0.0, "inspectors": 2.0, "ordered_per_inspector": 6.0}}
    paid = {
        (row["payer"], row["kind"]): row["eur"]
        for row in run(RunSpec(city="toy", months=12, package=package), toy).ledger
    }
    assert paid["residents", "investment"] == pytest.approx(12 * home_renovation.Params().work_eur)
    assert paid["city", "running"] == pytest.approx(2 * home_renovation.Params().inspector_eur)
    assert ("city", "investment") not in paid


def test_grants_are_paid_also_to_those_who_would_have_renovated_anyway(toy):
    package = {"home_renovation": {"additional_share": 0.0}}
    with_it, without = (run(RunSpec(city="toy", months=24, package=given), toy) for given in (package, {}))
    assert np.array_equal(with_it.series["renovations"], without.series["renovations"])
    assert with_it.ledger


def test_no_more_grants_than_poor_homes():
    view, clock = SimpleNamespace(areas=SimpleNamespace(homes_poor=np.array([1, 0]))), SimpleNamespace(t=5)
    p, out = home_renovation.Params(homes_per_year=1200.0, additional_share=0.5), np.zeros(2, dtype=bool)
    home_renovation.eligible(view, p, clock, out)
    assert out.tolist() == [True, False]
    pulls = {"upkeep.homes_renovated": np.zeros(2)}
    home_renovation.effects(view, out, p, clock, pulls)
    assert pulls["upkeep.homes_renovated"].tolist() == [0.5, 0.0]
    assert home_renovation.costs(view, out, out, p, clock).city_investment_eur == p.grant_eur
