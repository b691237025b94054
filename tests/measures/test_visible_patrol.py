"""Visible patrol, worked by hand."""

import numpy as np
import pytest

from mechlin.measures import visible_patrol
from tests.measures.conftest import pulled


def test_patrol_hours_add_up_to_those_worked(toy):
    p = visible_patrol.Params(officers=10.0)
    _, levers = pulled(toy, {"visible_patrol": {"officers": 10.0, "trained_share": 0.5}})
    assert levers["safety.patrol_hours"].sum() == pytest.approx(10 * p.patrol_share * p.duty_hours)
    assert levers["safety.officers"].sum() == pytest.approx(10)
    assert (levers["safety.patrol_hours"] > 0).all() and levers["safety.conduct_training"].tolist() == [0.5]


def test_patrol_follows_the_offences(toy):
    sim, _ = pulled(toy, {"visible_patrol": {"hotspot_share": 1.0}})
    rate = sim.state["areas.offence_rate"]
    rate[:] = 0.0
    rate[2] = 4.0
    sim.enrolments[0].pull(sim.months[0], sim.first)
    hours = sim.enrolments[0].pulls["safety.patrol_hours"][0]
    assert np.flatnonzero(hours).tolist() == [2]
