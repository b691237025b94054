"""The rules of the measures of meeting, worked by hand."""

import numpy as np
import pytest

from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.engine.run import Simulation, run
from mechlin.measures import buddies, mixed_activities

# Age, months here, language, months done: may the newcomer join?
NEWCOMERS = [
    (18.0, 0, 0.4, 0, True),  # the lower limits are inside
    (40.0, 60, 0.89, 5, True),
    (17.9, 10, 0.5, 0, False),
    (40.0, 61, 0.5, 0, False),
    (40.0, 10, 0.39, 0, False),
    (40.0, 10, 0.9, 0, False),  # speaks it well already
    (40.0, 10, 0.5, 6, False),  # has had the six months
]


@pytest.mark.parametrize(("age", "here", "language", "done", "answer"), NEWCOMERS)
def test_who_may_have_a_buddy(age, here, language, done, answer):
    assert buddies.qualifies(age, here, language, done, buddies.Params()) is answer


def test_pairs_are_a_newcomer_and_a_resident_meet_six_months_and_end(toy):
    package = {"buddies": {"pairs_per_year": 60, "language_from_share": 0.2}}
    sim = Simulation(RunSpec(city="toy", months=48, package=package), toy)
    begun, longest = 0, 0
    for clock in sim.months:
        sim.month(clock)
        state, enrolled = sim.state, sim.enrolments[0].enrolled
        paired = np.flatnonzero(enrolled & state["people.alive"] & (state["people.buddy"] >= 0))
        other = state["people.buddy"][paired]
        assert state["city.pairs"][0] == paired.size <= 30
        assert (state["people.buddy"][other] == paired).all()  # nobody has two
        assert (state["people.household"][other] != state["people.household"][paired]).all()
        assert not enrolled[other].any()
        longest = max(longest, int(state["people.buddy_months"].max()))
        begun += int(state["city.pairs_started"][0]) if clock.is_december else 0
    assert begun > 20
    assert longest == 6


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


def test_lessons_are_given_where_learners_live_and_counted(toy):
    result = run(RunSpec(city="toy", months=24, package={"language_lessons": {"hours_per_year": 6000.0}}), toy)
    assert result.series["lesson_hours"][-1] == pytest.approx(0.6 * 6000.0)
    assert sum(row["eur"] for row in result.ledger if row["payer"] == "region") == pytest.approx(2 * 6000 * 6.0)
