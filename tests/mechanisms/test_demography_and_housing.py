"""Rules worked by hand: what a resident or caseworker would reckon, the code must."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core.codes import Work
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.mechanisms.demography.lives import BIRTH, DEATH, HOME, PARTNER, carry_out, stage_of, years
from mechlin.mechanisms.demography.mechanism import Params as DemographyParams
from mechlin.mechanisms.demography.mechanism import yearly_rates
from mechlin.mechanisms.economy.mechanism import Params as EconomyParams
from mechlin.mechanisms.economy.work import level_of, next_work, study_end
from mechlin.mechanisms.housing.appeal import (
    appeal,
    looking_rate,
    own_group_liking,
    search_reach,
    social_income_limit,
    social_rent,
    surroundings,
)
from mechlin.mechanisms.housing.mechanism import Params as HousingParams
from mechlin.mechanisms.housing.prices import nobody_is_turned_away_from_empty_homes
from mechlin.mechanisms.upkeep.homes import need_of, renovation_chance
from mechlin.mechanisms.upkeep.mechanism import Params as UpkeepParams

shares = st.floats(0, 1)


def test_age_in_whole_years():
    assert years(24, 0) == 2
    assert years(0, -11) == 0
    assert years(0, -12 * 200) == 109


def test_family_stages():
    assert [stage_of(0, 30), stage_of(2, 30), stage_of(0, 60), stage_of(1, 80)] == [0, 1, 2, 1]


def test_men_die_sooner_and_only_women_of_bearing_age_give_birth():
    rates = yearly_rates(DemographyParams())
    assert (rates[DEATH, 0, 20:] >= rates[DEATH, 1, 20:]).all()
    assert np.diff(rates[DEATH, 0, 30:100]).min() > 0
    assert rates[BIRTH, 0].sum() == 0 and rates[BIRTH, 1, :15].sum() == 0 and rates[BIRTH, 1, 50:].sum() == 0
    assert rates[PARTNER, :, :18].sum() == 0 and rates[HOME, :, :18].sum() == 0


@given(st.integers(18, 90), st.integers(-1, 3), st.booleans())
def test_owners_look_less_than_renters_and_the_crowded_more(age, tenure, crowded):
    p = HousingParams()
    assert looking_rate.py_func(age, 0, crowded, p) < looking_rate.py_func(age, 1, crowded, p)
    assert looking_rate.py_func(age, tenure, True, p) >= looking_rate.py_func(age, tenure, False, p)


@given(shares, shares, shares, st.floats(0, 20), shares, shares, shares, st.integers(0, 5), st.booleans())
def test_a_dearer_or_more_disordered_home_never_appeals_more(
    burden, quality, disorder, km, same, own, salience, lack, owns
):
    p = HousingParams()
    rest = (same, own, salience, lack, owns, p)
    here = appeal.py_func(burden, quality, disorder, km, *rest)
    assert appeal.py_func(burden + 0.1, quality, disorder, km, *rest) < here
    assert appeal.py_func(burden, quality, disorder + 0.1, km, *rest) < here
    assert appeal.py_func(burden, quality, disorder, km + 1, *rest) < here


def test_without_salience_background_does_not_enter_the_appeal():
    p = HousingParams()
    first = appeal.py_func(0.2, 0.5, 0.3, 1.0, 0.4, 0.1, 0.0, 0, True, p)
    assert first == appeal.py_func(0.2, 0.5, 0.3, 1.0, 0.4, 0.9, 0.0, 0, True, p)
    assert first != appeal.py_func(0.2, 0.5, 0.3, 1.0, 0.4, 0.9, 0.5, 0, True, p)


def test_surroundings_by_hand():
    """Feeling safer by one SD is worth 0.1, ten offences a year cost 0.01, schools count for those who need one."""
    p = HousingParams()._replace(safety_weight=0.1, offence_weight=0.001, school_weight=0.15)
    assert surroundings.py_func(1.0, 10.0, 2.0, False, p) == pytest.approx(0.1 - 0.01)
    assert surroundings.py_func(1.0, 10.0, 2.0, True, p) == pytest.approx(0.1 - 0.01 + 0.3)
    assert surroundings.py_func(0.0, 0.0, 0.0, True, p) == 0.0


def test_the_kink_drops_liking_past_the_tipping_share_only():
    p = HousingParams()._replace(tipping=1, tipping_share=0.2, tipping_drop=0.5)
    assert own_group_liking.py_func(0.85, p) == 0.85
    assert own_group_liking.py_func(0.75, p) == pytest.approx(0.25)
    assert own_group_liking.py_func(0.75, p._replace(tipping=0)) == 0.75


def test_social_rent_and_limit_by_hand():
    p = HousingParams()
    assert social_rent.py_func(2000.0, p) == pytest.approx(400.0)
    assert social_rent.py_func(100.0, p) == p.social_rent_low_eur
    assert social_rent.py_func(9000.0, p) == p.social_rent_high_eur
    assert social_income_limit.py_func(1, p) == p.social_limit_single_eur
    assert social_income_limit.py_func(3, p) == p.social_limit_single_eur + 2 * p.social_limit_person_eur


def test_a_sound_home_is_not_in_need_and_the_worst_is_first():
    p = UpkeepParams()
    assert need_of.py_func(p.need_below, p) == 0.0
    assert need_of.py_func(0.0, p) == 1.0
    assert renovation_chance.py_func(0.0, 10.0, 5.0, 100, 1, p) == 0.0
    assert renovation_chance.py_func(0.5, 10.0, 2.0, 0, 1, p) == pytest.approx(0.1)
    assert renovation_chance.py_func(1.0, 1.0, 50.0, 100, 1, p) == 1.0


@pytest.mark.parametrize("education", [0, 1, 2])
def test_students_and_the_old_are_outside_the_labour_force(education):
    p = EconomyParams()
    assert study_end(education) == 18 + 2 * education
    assert next_work.py_func(Work.WORKING, p.retire_age, education, 1.0, False, 1.0, 0.5, p) == Work.OUTSIDE
    assert next_work.py_func(Work.OUTSIDE, study_end(education) - 1, education, 1.0, False, 1.0, 0.0, p) == Work.OUTSIDE


def monthly_finding(p, **given):
    values = {"work": Work.LOOKING, "age": 35, "education": 1, "language": 1.0, "foreign": False, "cycle": 1.0, **given}
    grid = (np.arange(4000) + 0.5) / 4000
    return np.mean([next_work.py_func(*values.values(), u, p) == Work.WORKING for u in grid])


def test_yearly_rate_of_finding_work_is_what_was_declared():
    p = EconomyParams()
    assert (1 - monthly_finding(p)) ** 12 == pytest.approx(math.exp(-p.find_rate), abs=2e-3)


def test_callbacks_language_and_hard_times_slow_finding_work():
    p = EconomyParams()
    base = monthly_finding(p)
    assert monthly_finding(p, foreign=True) < base
    assert monthly_finding(p, language=0.2) < base
    assert monthly_finding(p, cycle=1.5) < base
    assert monthly_finding(p, education=2) > base > monthly_finding(p, education=0)
    assert monthly_finding(p._replace(callback_gap=0.0), foreign=True) == base


@given(st.floats(-3, 3), st.integers(0, 2), shares, st.floats(0.001, 0.999))
def test_more_attainment_never_lowers_the_level(attainment, parents, missing, u):
    p = EconomyParams()
    low = level_of.py_func(attainment, parents, missing, u, p)
    assert low <= level_of.py_func(attainment + 0.5, parents, missing, u, p)
    assert low <= level_of.py_func(attainment, parents, 0.0, u, p)


def test_compiled_and_plain_python_agree():
    p = HousingParams()
    args = (0.3, 0.6, 0.4, 2.0, 0.3, 0.8, 0.5, 1, False, p)
    assert appeal(*args) == appeal.py_func(*args)
    assert looking_rate(30.0, 1, False, p) == looking_rate.py_func(30.0, 1, False, p)


@pytest.mark.parametrize("empty,turned_away,broken", [(0.2, 500, True), (0.2, 90, False), (0.1, 500, False)])
def test_a_city_where_homes_stand_empty_beside_hundreds_turned_away_is_refused(toy, empty, turned_away, broken):
    state = Simulation(RunSpec(city="toy", months=1), toy).state
    state["homes.vacant"][:] = False
    state["homes.occupant"][:] = 0
    few = int(empty * state["homes.vacant"].size)
    state["homes.vacant"][:few], state["homes.occupant"][:few] = True, -1
    state["city.turned_away"][0] = turned_away
    assert bool(nobody_is_turned_away_from_empty_homes(state)) == broken


def test_who_has_found_nothing_for_long_looks_farther():
    assert search_reach(0.0, 0, HousingParams()) == 0.0
    assert search_reach(1 - np.exp(-1.0), 0, HousingParams()) == pytest.approx(1.0)
    assert search_reach(1 - np.exp(-1.0), 6, HousingParams()) == pytest.approx(1 + 6 * 0.15)


def test_a_lone_parent_and_a_child_may_die_in_the_same_month(toy):
    """The child's household has ended by then: once this left a loop without an end, one run in some hundreds."""
    sim = Simulation(RunSpec(city="toy", months=2), toy)
    s, view, t = sim.state, sim.views["demography"], 1
    child = next(
        int(i)
        for i in np.flatnonzero(s["people.alive"] & (t - s["people.born_month"] < 12 * 10))
        if s["people.partner"][s["households.first"][s["people.household"][i]]] < 0
    )
    members = np.flatnonzero(s["people.alive"] & (s["people.household"] == s["people.household"][child]))
    rows = [*(m for m in members if m != child), child]
    view.people.event[rows], view.people.event_row[: len(rows)] = DEATH, rows
    carry_out(view.people, view.households, view.city, len(rows), 0.0, np.uint64(1), t)
    assert not s["people.alive"][rows].any() and s["city.deaths"][0] == len(rows) - 1
    assert sim.broken() == []
