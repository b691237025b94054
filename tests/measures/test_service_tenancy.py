"""Homes let in return for community work, worked by hand."""

import numpy as np
import pytest

from mechlin.core.codes import Tenure
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.measures import service_tenancy

# Adults, age of the oldest, tenure (0 owner, 1 private, 2 social, -1 none): may the household sign?
SERVICE = [
    (1, 18.0, 1, True),
    (2, 59.9, 2, True),
    (1, 60.0, 1, False),  # the limit itself is outside
    (1, 17.9, 1, False),
    (2, 40.0, 0, False),  # owners have a home
    (0, 30.0, -1, False),
]


@pytest.mark.parametrize(("adults", "age", "tenure", "answer"), SERVICE)
def test_who_may_sign_for_a_service_tenancy(adults, age, tenure, answer):
    assert service_tenancy.qualifies(adults, age, tenure) is answer


def test_contracts_never_exceed_the_homes_asked_for_and_end_at_their_term(toy):
    package = {"service_tenancy": {"homes": 6, "estates": 3, "months_max": 12}}
    sim = Simulation(RunSpec(city="toy", months=60, package=package), toy)
    ended = 0
    for clock in sim.months:
        sim.month(clock)
        state = sim.state
        held = state["households.alive"] & (state["households.tenure"] == Tenure.SERVICE)
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
    held = np.flatnonzero(state["households.alive"] & (state["households.tenure"] == Tenure.SERVICE))
    assert held.size
    home = state["households.home"][held]
    market = state["homes.value_eur"][home] * state["areas.rent_index"][state["homes.area"][home]]
    assert (state["households.cost_eur"][held] < 0.6 * market).all()
    assert sum(c.city_running_eur for c in costs) > 0
