"""Digital enrolment, worked by hand."""

import numpy as np

from mechlin.measures import digital_enrolment
from tests.measures.conftest import SEPTEMBER, crowded, entered_first


def test_digital_enrolment_by_distance_brings_the_nearest(toy):
    """Of those turned away from the full school, none got there by living farther: with distance as the order."""
    near = crowded(toy, {"digital_enrolment": {"distance_share": 0.8}})
    chance = crowded(toy, {"digital_enrolment": {"distance_share": 0.0}})
    assert near["city.school_metres"][0].sum() != chance["city.school_metres"][0].sum()
    assert entered_first(near)[1].sum() <= 6 and entered_first(chance)[1].sum() <= 6


def test_the_queue_is_replaced_by_the_stated_order():
    out = {"schools.regime": np.zeros(1), "schools.distance_share": np.zeros(1)}
    digital_enrolment.effects(None, np.array([True]), digital_enrolment.Params(distance_share=0.5), SEPTEMBER, out)
    assert out["schools.regime"].tolist() == [1.0] and out["schools.distance_share"].tolist() == [0.5]
    paid = digital_enrolment.costs(None, None, None, digital_enrolment.Params(software_eur=12_000.0), SEPTEMBER)
    assert paid.city_running_eur == 1000.0 == sum(paid)


def test_not_in_force_it_is_for_nobody():
    assert digital_enrolment.places(digital_enrolment.Params(in_force=0)) == 0
