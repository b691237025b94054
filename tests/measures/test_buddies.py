"""Buddies, worked by hand."""

import numpy as np
import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.measures import buddies

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
