"""The rules of the measures about homes, worked by hand as a caseworker would."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.run import Simulation, run
from mechlin.measures import home_renovation, middle_class_incentive, service_tenancy

# Adults, age of the oldest, tenure (0 owner, 1 private, 2 social, -1 none): may the household sign?
SERVICE = [
    (1, 18.0, 1, True),
    (2, 59.9, 2, True),
    (1, 60.0, 1, False),  # the limit itself is outside
    (1, 17.9, 1, False),
    (2, 40.0, 0, False),  # owners have a home
    (0, 30.0, -1, False),
]

# Income, tenure, adults: is the household offered support to buy?
BUYERS = [
    (2400.0, 1, 1, True),  # both limits are inside
    (4800.0, 1, 2, True),
    (2399.9, 1, 1, False),
    (4800.1, 2, 1, False),
    (3000.0, 0, 1, False),
    (3000.0, 1, 0, False),
]


@pytest.mark.parametrize(("adults", "age", "tenure", "answer"), SERVICE)
def test_who_may_sign_for_a_service_tenancy(adults, age, tenure, answer):
    assert service_tenancy.qualifies(adults, age, tenure) is answer


@pytest.mark.parametrize(("income_eur", "tenure", "adults", "answer"), BUYERS)
def test_who_is_offered_support_to_buy(income_eur, tenure, adults, answer):
    assert middle_class_incentive.qualifies(income_eur, tenure, adults, middle_class_incentive.Params()) is answer


def test_contracts_never_exceed_the_homes_asked_for_and_end_at_their_term(toy):
    package = {"service_tenancy": {"homes": 6, "estates": 3, "months_max": 12}}
    sim = Simulation(RunSpec(city="toy", months=60, package=package), toy)
    ended = 0
    for clock in sim.months:
        sim.month(clock)
        state = sim.state
        held = state["households.alive"] & (state["households.tenure"] == 3)
        assert held.sum() <= 6
        assert (state["households.service_months_left"][held] <= 12).all()
        if clock.is_december:
            ended += int(state["city.service_ended"][0, 0])
    assert ended > 0


def test_a_service_tenant_pays_less_than_the_market_and_the_city_the_difference(toy):
    package = {"service_tenancy": {"homes": 8, "estates": 3, "discount_share": 0.5}}
    sim = Simulation(RunSpec(city="toy", months=36, package=package), toy)
    costs = [sim.month(clock)[0] for clock in sim.months]
    state = sim.state
    held = np.flatnonzero(state["households.alive"] & (state["households.tenure"] == 3))
    assert held.size
    home = state["households.home"][held]
    market = state["homes.value_eur"][home] * state["areas.rent_index"][state["homes.area"][home]]
    assert (state["households.cost_eur"][held] < 0.6 * market).all()
    assert sum(c.city_running_eur for c in costs) > 0


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


def test_support_is_paid_only_for_homes_bought_in_poor_areas(toy):
    none = {"middle_class_incentive": {"support_eur": 300.0, "offers": 500, "areas_share": 0.0}}
    assert run(RunSpec(city="toy", months=24, package=none), toy).ledger == ()
    some = {"middle_class_incentive": {"support_eur": 300.0, "offers": 500, "areas_share": 0.5}}
    rows = run(RunSpec(city="toy", months=24, package=some), toy).ledger
    assert rows and all(row["eur"] % 12000.0 == 0 for row in rows)
