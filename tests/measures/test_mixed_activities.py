"""Money only where people meet, worked by hand."""

import pytest

from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run
from mechlin.measures import mixed_activities


def test_a_plan_that_separates_is_refused_and_not_paid():
    """Half of the plans are for one group: the rule leaves half of the money unspent and nobody separated."""
    assert mixed_activities.paid_share(0.5, 1) == (0.5, 0.0)
    assert mixed_activities.paid_share(0.5, 0) == (0.5, 0.5)
    only = mixed_activities.Params(one_group_share=1.0)
    assert mixed_activities.places(only) == 0
    assert mixed_activities.places(only._replace(refuse_separate=0)) > 0


def test_the_rule_decides_whether_money_brings_together_or_keeps_apart(toy):
    plan = {"streets_per_year": 400.0, "one_group_share": 1.0}
    separate = run(RunSpec(city="toy", months=24, package={"mixed_activities": {**plan, "refuse_separate": 0}}), toy)
    with pytest.raises(InputError, match="only where people meet"):
        run(RunSpec(city="toy", months=24, package={"mixed_activities": plan}), toy)
    nothing = run(RunSpec(city="toy", months=24), toy)
    assert separate.series["bridging_share"][-1] < nothing.series["bridging_share"][-1]
    assert separate.series["salience"][-1] > nothing.series["salience"][-1]


def test_activities_are_measured_by_whom_they_bring_together(toy):
    package = {"mixed_activities": {"streets_per_year": 100.0}}
    sim = Simulation(RunSpec(city="toy", months=12, package=package), toy)
    for clock in sim.months:
        sim.month(clock)
    meetings, across = sim.state["city.activity_meetings"][0], sim.state["city.activity_across"][0]
    assert 0 < meetings <= 100 * 40 / 2
    assert (across <= meetings).all()
    assert across[2] > 0 and across[3] > 0
    assert 2 * meetings <= sim.state["city.participants"].sum() <= 100 * 40 + 12
