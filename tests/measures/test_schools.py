"""The rules of the measures about schools, worked by hand as a caseworker would."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.core.clock import Clock
from mechlin.core.spec import RunSpec
from mechlin.engine.run import Simulation
from mechlin.measures import double_contingents, homework_help, school_guarantee, school_tours

SEPTEMBER, JULY = Clock(8, 2001, 9), Clock(6, 2001, 7)


def of(**tables):
    return SimpleNamespace(**{name: SimpleNamespace(**columns) for name, columns in tables.items()})


@pytest.mark.parametrize("programme", [school_guarantee, school_tours])
def test_mixed_schools_may_take_part_at_and_above_the_line(programme):
    view, out = of(schools={"indicator_share": np.array([0.39, 0.4, 0.9])}), np.zeros(3, bool)
    programme.eligible(view, programme.Params(), SEPTEMBER, out)
    assert out.tolist() == [False, True, True]


def test_the_guarantee_pays_a_teacher_for_every_class_more():
    """100 pupils, 40 at entry: two classes of 20 become three of at most 16; the other school is not enrolled."""
    view = of(schools={"pupils": np.array([100, 100]), "class_size": np.array([20, 20], np.int16)})
    p = school_guarantee.Params(class_size_cut=4.0, teacher_eur=60_000.0, coaching_eur=6_000.0)
    cost = school_guarantee.costs(view, np.array([True, False]), None, p, SEPTEMBER)
    assert cost.city_running_eur == pytest.approx((60_000 + 6_000) / 12)


def test_families_are_spread_over_the_schools_that_invite():
    out = {"schools.tours": np.zeros(3)}
    school_tours.effects(None, np.array([True, False, True]), school_tours.Params(families=20.0), SEPTEMBER, out)
    assert out["schools.tours"].tolist() == [10.0, 0.0, 10.0]


def test_homework_help_goes_to_the_poorest_areas_with_pupils():
    areas = {"poor_people": np.array([5, 30, 20, 10]), "people": np.array([100, 100, 100, 100]),
             "pupils": np.array([10, 0, 30, 10])}  # fmt: skip
    p, out = homework_help.Params(areas_share=0.5), np.ones(4, bool)
    homework_help.eligible(of(areas=areas), p, SEPTEMBER, out)
    assert out.tolist() == [False, False, True, False]


def test_homework_help_rests_in_summer_and_gives_the_hours_it_pays_for():
    view, enrolled = of(areas={"pupils": np.array([10, 30])}), np.array([True, True])
    p = homework_help.Params(pupils=20.0, hours_a_week=2.0, weeks_a_month=4.0)
    out = {"economy.tutoring_hours": np.zeros(2)}
    homework_help.effects(view, enrolled, p, JULY, out)
    assert out["economy.tutoring_hours"].sum() == 0.0
    homework_help.effects(view, enrolled, p, SEPTEMBER, out)
    assert out["economy.tutoring_hours"].tolist() == [40.0, 120.0]
    september, july = (homework_help.costs(view, enrolled, None, p, month) for month in (SEPTEMBER, JULY))
    assert september.city_running_eur - july.city_running_eur == pytest.approx(160.0 * p.volunteer_eur)


def test_a_rule_is_in_force_or_not():
    assert double_contingents.places(double_contingents.Params(in_force=0)) == 0
    assert double_contingents.places(double_contingents.Params()) > 0


def crowded(toy, package, months=21):
    """Return a run in which one school has room for a few only, after its second September."""
    sim = Simulation(RunSpec(city="toy", months=months, package=package), toy)
    for clock in sim.months:
        if clock.t == 8:
            sim.state["schools.places"][:] = (6, 60, 60)
        sim.month(clock)
    return sim.state


def entered_first(state, school=0):
    """Return those who entered the small school with its last September: (indicator pupil, entry)."""
    months = 20 - state["people.born_month"].astype(int) - 21
    here = state["people.alive"] & (months >= 0) & (months < 12)
    return here, here & (state["people.school"] == school)


def test_contingents_hold_places_for_indicator_pupils(toy):
    """Six places; the share held is the city's, so that both groups are there when both want to be."""
    state = crowded(toy, {"double_contingents": {}})
    _, there = entered_first(state)
    kinds = state["city.pupils_by_kind"][0]
    held = round(6 * kinds[1] / kinds.sum())
    assert 1 <= held <= 5
    assert there.sum() <= 6
    assert state["people.indicator_pupil"][there].sum() >= min(held - 1, 1)


def test_digital_enrolment_by_distance_brings_the_nearest(toy):
    """Of those turned away from the full school, none got there by living farther: with distance as the order."""
    near = crowded(toy, {"digital_enrolment": {"distance_share": 0.8}})
    chance = crowded(toy, {"digital_enrolment": {"distance_share": 0.0}})
    assert near["city.school_metres"][0].sum() != chance["city.school_metres"][0].sum()
    assert entered_first(near)[1].sum() <= 6 and entered_first(chance)[1].sum() <= 6


def test_contingents_that_are_not_the_whole_are_refused_with_the_repair():
    p = double_contingents.Params()
    assert double_contingents.check(p, 0, None) == []
    assert double_contingents.check(p._replace(indicator_share=0.27, other_share=0.73), 0, None) == []
    (wrong,) = double_contingents.check(p._replace(indicator_share=0.7, other_share=0.7), 0, None)
    assert "1.4" in wrong.what and "other_share = 0.3" in wrong.repair


def test_a_cut_that_leaves_no_pupil_in_a_class_is_refused(toy):
    p = school_guarantee.Params()
    assert school_guarantee.check(p, 0, toy) == []
    (wrong,) = school_guarantee.check(p._replace(class_size_cut=22.0), 0, toy)
    assert "21 or less" in wrong.repair
