"""The rules of safety worked by hand, and the mechanism on the small city under levers set by hand."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core import rng
from mechlin.core.codes import Offence, words
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run
from mechlin.law import parental_procedure
from mechlin.mechanisms.safety import (
    elsewhere,
    guardianship,
    offending,
    parental_cases,
    reach,
    recording,
    stops,
    victims,
)
from mechlin.mechanisms.safety.mechanism import MECHANISM, Params, level_at

P = MECHANISM.params()
P = P._replace(**{n: float(v) for n, v in P._asdict().items() if Params.__annotations__[n].__origin__ is float})


# ------------------------------------------------------------------------------------------ rules by hand


def test_cameras_work_by_setting_and_not_on_violence():
    assert guardianship.camera_risk(Offence.BURGLARY, 0.0, 0.0, 1.0, P) == pytest.approx(0.88)
    assert guardianship.camera_risk(Offence.THEFT, 0.5, 1.0, 1.0, P) == pytest.approx(1 - 0.5 * 0.05)
    assert guardianship.camera_risk(Offence.VEHICLE, 1.0, 1.0, 0.0, P) == pytest.approx(0.15 * 0.63 + 0.85)
    assert guardianship.camera_risk(Offence.VIOLENCE, 1.0, 1.0, 1.0, P) == 1.0


def test_twice_the_usual_officers_and_a_dose_past_the_largest():
    twice, most = guardianship.police_dose(3.0, 3.0, P), guardianship.police_dose(9e9, 3.0, P)
    assert guardianship.police_risk(Offence.THEFT, twice, P) == pytest.approx(2**-0.17)
    assert guardianship.police_risk(Offence.VIOLENCE, twice, P) == pytest.approx(2**-0.34)
    assert guardianship.police_risk(Offence.THEFT, most, P) == pytest.approx(4**-0.17)


def test_more_officers_record_more_of_violence_and_nuisance_and_no_more_thefts():
    assert recording.recording(Offence.THEFT, 2.0, P) == pytest.approx(0.45)
    assert recording.recording(Offence.VIOLENCE, 1.0, P) == pytest.approx(0.35)
    assert recording.recording(Offence.VIOLENCE, 2.0, P) == pytest.approx(0.35 * 2**0.2)
    assert recording.recording(Offence.NUISANCE, 4.0, P._replace(detection=2.0)) == 1.0


def test_solving_problems_works_at_spots_and_stops_hardly():
    assert guardianship.style_risk(Offence.NUISANCE, 1.0, 0.0, 5.0, P) == pytest.approx(0.85)
    assert guardianship.style_risk(Offence.THEFT, 1.0, 0.0, 5.0, P) == pytest.approx(1 - 0.4 * 0.15)
    assert guardianship.style_risk(Offence.BURGLARY, 1.0, 0.0, 5.0, P) == 1.0
    assert guardianship.style_risk(Offence.NUISANCE, 0.0, 5.0, 5.0, P) == pytest.approx(2**-0.02)


def test_light_keeps_property_and_not_people():
    assert guardianship.lighting_risk(Offence.BURGLARY, 0.5, P) == pytest.approx(0.93)
    assert guardianship.lighting_risk(Offence.VIOLENCE, 1.0, P) == 1.0


def test_disorder_invites_offences_only_when_that_alternative_is_chosen():
    assert guardianship.usual_success(Offence.THEFT, 0.9, 0.0, P) == pytest.approx(0.8)
    chosen = P._replace(disorder_to_crime=1)
    assert guardianship.usual_success(Offence.THEFT, 0.9, 0.0, chosen) == pytest.approx(
        0.8 * np.exp(P.disorder_weight * 0.6)
    )


def test_a_burglary_raises_the_risk_nearby_by_its_ground():
    assert reach.near_repeat(0, 0.1, P) == 1.0
    assert reach.near_repeat(2, 0.2, P) == pytest.approx(1 + 0.05 * 0.8 * 2 / 0.2)
    assert reach.near_repeat(50, 0.1, P) == P.near_repeat_max


@pytest.mark.parametrize("victim,before,again", [(9, -30000, True), (10, 9, True), (10, 8, False), (8, -30000, False)])
def test_last_months_burglary_is_remembered_through_this_months(victim, before, again):
    assert victims.burgled_last_month(victim, before, 10) == again


def test_recordings_solve_part_of_what_would_stay_unsolved():
    assert recording.clearance(Offence.THEFT, 0.0, P) == pytest.approx(0.08)
    assert recording.clearance(Offence.THEFT, 1.0, P) == pytest.approx(0.08 + 0.92 * 0.1)


def test_offending_peaks_at_eighteen_and_has_its_limits():
    by_age = offending.age_shares(P)
    assert by_age.argmax() == 18 and by_age[18] == pytest.approx(1.0)
    assert by_age[11] == by_age[66] == 0.0 < by_age[12] < by_age[14]


def test_inclination_has_mean_one_and_is_very_unequal():
    salt = np.uint64(7)
    drawn = np.sort([offending.gamma_of_mean_one(0.15, salt, np.uint64(rng.mix(np.uint64(k)))) for k in range(40_000)])
    assert drawn.mean() == pytest.approx(1.0, abs=0.05)
    assert 0.45 < drawn[-2000:].sum() / drawn.sum() < 0.75
    assert drawn.var() == pytest.approx(1 / 0.15, rel=0.15)


@pytest.mark.slow
@given(st.floats(0.0, 2.0))
def test_the_number_of_offences_has_the_mean_of_its_rate_and_falls_with_the_draw(rate):
    numbers = [offending.how_many((i + 0.5) / 4000, rate) for i in range(4000)]
    assert np.mean(numbers) == pytest.approx(rate, abs=0.002 + 0.001 * rate)
    assert sorted(numbers, reverse=True) == numbers
    assert offending.how_many(rate + 1e-9, rate) == 0  # the bound is safe: never more than the rate itself


yes = st.booleans()


@given(yes, yes, st.floats(-4, 4), st.floats(0, 2), yes, yes, st.floats(0, 1.2), yes, yes, yes)
def test_circumstances_never_exceed_their_ceiling(
    looking, young, z, reach, diverted, stopped, harm, plan, therapy, fined
):
    for p in (P, P._replace(plan_risk=1.4, resentment_risk=1.2, stop_risk=1.3, therapy_risk=1.1, training_gain=-0.2)):
        harm = min(harm, guardianship.stop_harm(1.0, p._replace(training_gain=min(p.training_gain, 0.0))))
        peer = guardianship.peer_risk(z, p.peer_weight)
        found = offending.circumstances(looking, young, peer, reach, diverted, stopped, harm, plan, therapy, fined, p)
        assert 0.0 < found <= offending.ceiling(p)


@pytest.mark.parametrize("mean", [0.3, 4.0, 29.0, 31.0, 400.0])
def test_offences_from_elsewhere_have_the_mean_expected_and_rise_with_the_draw(mean):
    drawn = [elsewhere.poisson((i + 0.5) / 4000, mean) for i in range(4000)]
    assert np.mean(drawn) == pytest.approx(mean, rel=0.01, abs=0.01) and drawn == sorted(drawn)
    assert np.var(drawn) == pytest.approx(mean, rel=0.03)


def test_nobody_is_reached_twice_by_youth_work():
    inside = offending.circumstances(False, True, 1.0, 1.0, False, False, 1.0, False, False, False, P)
    assert inside == pytest.approx(0.88)
    assert offending.circumstances(False, True, 1.0, 3.0, False, False, 1.0, False, False, False, P) == inside


def test_the_parental_paths_do_nothing_unless_somebody_says_so():
    assert offending.circumstances(False, True, 1.0, 0.0, False, False, 1.0, True, False, True, P) == 1.0


@pytest.mark.parametrize("displacement,u,expected", [(-0.1, 0.05, False), (-0.1, 0.01, True), (0.1, 0.01, False)])
def test_spill_over_spares_a_share_of_what_is_prevented_next_door(displacement, u, expected):
    assert offending.stays_prevented(0.6, 0.8, displacement, u) == expected  # a quarter is prevented there


def test_young_men_who_do_not_work_are_most_in_the_street():
    assert stops.exposure(20, False, False, P) == 1.0
    assert stops.exposure(20, True, True, P) == pytest.approx(0.25 * 0.6)
    assert stops.exposure(16, False, True, P) == 1.0
    assert stops.exposure(50, False, False, P) == 0.25
    assert stops.expected_stops(2.0, 100.0, 3.0, P) == pytest.approx(2 + 3 + 3)


def test_the_tide_and_locks_lower_the_level_in_any_world():
    assert level_at(P, 1.0, 0.0)[Offence.VEHICLE] == pytest.approx(P.vehicle_level / 12)
    assert level_at(P, 0.9, 10.0)[Offence.VEHICLE] == pytest.approx(P.vehicle_level / 12 * 0.9 * np.exp(-0.8))


def test_no_rule_reads_background_it_is_only_counted():
    for module in (offending, guardianship, victims, parental_procedure):
        assert ".background" not in inspect.getsource(module)
    for module in (stops, parental_cases):
        lines = [line for line in inspect.getsource(module).splitlines() if ".background" in line]
        assert lines and all("_by_background[0, people.background[i]] += 1" in line for line in lines)


# ------------------------------------------------------------------------------------- the small city


def simulated(toy, months=24, params=None, each_month=None, **levers):
    """Return the simulation after ``months`` with levers held by hand."""
    sim = Simulation(RunSpec(city="toy", months=months, params={"safety": params or {}}), toy)
    for clock in sim.months:
        for name, value in levers.items():
            sim.levers.merged[f"safety.{name}"][:] = value
        sim.month(clock)
        assert sim.broken() == []
        if each_month:
            each_month(sim, clock)
    return sim


@pytest.fixture(scope="module")
def usual(toy):
    return simulated(toy)


def test_without_measures_nothing_is_prevented_and_nobody_is_in_a_procedure(usual):
    city = usual.state
    assert city["city.offences"].sum() > 200
    for column in ("offences_prevented", "offences_moved", "procedure", "therapies", "fines_eur", "open_cases"):
        assert city[f"city.{column}"].sum() == 0
    assert not city["people.case_stage"].any() and city["city.stop_harm"][0] == 1.0


def test_measures_prevent_and_what_is_prevented_may_move(toy, usual):
    lit = simulated(toy, lighting=1.0, recorded_share=1.0, conduct_training=1.0)
    before, after = usual.state["city.offences"][0], lit.state["city.offences"][0]
    assert after[:3].sum() < 0.97 * before[:3].sum()
    assert lit.state["city.offences_prevented"][0, :3].sum() > 0 == lit.state["city.offences_moved"].sum()
    assert lit.state["city.offences_solved"][0].sum() > usual.state["city.offences_solved"][0].sum()
    assert lit.state["city.stop_harm"][0] == pytest.approx(0.6)
    half = np.zeros(usual.state.sizes["areas"])
    half[::2] = 1.0
    moved = simulated(toy, 12, {"displacement": 1.0, "lighting_risk": 0.2}, lighting=half)
    assert moved.state["city.offences_moved"][0].sum() > 0
    stays = simulated(toy, 12, {"displacement": 1.0, "lighting_risk": 0.2, "crime_moves": 0}, lighting=half)
    assert stays.state["city.offences_moved"].sum() == 0
    assert stays.state["city.offences"].sum() < moved.state["city.offences"].sum()


def test_a_measure_can_let_more_happen(toy, usual):
    worse = simulated(toy, 12, {"lighting_risk": 1.2}, lighting=1.0)
    worst = simulated(toy, 12, {"lighting_risk": 2.0}, lighting=1.0)
    assert worst.state["areas.success"][:, Offence.BURGLARY].tolist() == [1.0] * worst.state.sizes["areas"]
    done = [sim.state["city.offences"][0, :3].sum() for sim in (simulated(toy, 12), worse, worst)]
    assert done[0] < done[1] < done[2]
    added = -worst.state["city.offences_prevented"][0, :3].sum()
    assert added > 0 and done[2] - done[0] == pytest.approx(added, rel=0.25)


def test_help_for_residents_does_not_reach_those_from_elsewhere(toy):
    """Youth work that stops most young residents leaves the offences of the others as they were, one for one."""
    without, with_it = (simulated(toy, 12, {"youth_risk": 0.0}, youth_reach=reach) for reach in (0.0, 1.0))
    young = [sim.state["city.offences_by_age"][0, :4].sum() for sim in (without, with_it)]
    assert young[1] < 0.7 * young[0]
    np.testing.assert_array_equal(*(sim.state["city.offences_from_elsewhere"] for sim in (without, with_it)))


def test_about_the_share_stated_comes_from_elsewhere(toy):
    state = simulated(toy, 12, {"outside_share": 0.33, "nuisance_level": 8.0}).state
    assert state["city.offences_from_elsewhere"].sum() / state["city.offences"].sum() == pytest.approx(0.33, abs=0.06)


def test_whoever_is_in_custody_offends_against_nobody(toy):
    """All adults before a court are held for good: each of them has one such charge at most after which nothing follows."""
    held = {"custody_share": 1.0, "custody_months": 120, "violence_level": 3.0, "solved_violence": 1.0}
    free = simulated(toy, 24, {**held, "custody_share": 0.0}).state
    kept = simulated(toy, 24, held).state
    assert kept["city.offences_by_age"].sum() < free["city.offences_by_age"].sum()
    last_charge, held_until = kept["people.charged_month"], kept["people.held_until"]
    in_custody = kept["people.alive"] & (held_until > 24)
    assert in_custody.any() and (held_until[in_custody] == last_charge[in_custody] + 120).all()


def test_recording_more_is_not_suffering_more(toy):
    """With perfect detection and no deterrence, more officers fill the statistics and change nobody's life."""
    blind = {"police_property": 0.0, "police_violence": 0.0, "detection": 1.0, "solved_violence": 0.0}
    blind |= {"solved_nuisance": 0.0, "solved_theft": 0.0, "solved_burglary": 0.0, "solved_vehicle": 0.0}
    few, many = (simulated(toy, 12, {**blind, "evidence_gain": 0.0}, officers=n).state for n in (0.0, 5.0))
    np.testing.assert_array_equal(few["city.offences"], many["city.offences"])
    np.testing.assert_array_equal(few["areas.offence_rate"], many["areas.offence_rate"])
    assert many["city.offences_recorded"][0, Offence.NUISANCE] > few["city.offences_recorded"][0, Offence.NUISANCE]
    assert many["city.offences_recorded"][0, Offence.THEFT] == few["city.offences_recorded"][0, Offence.THEFT]


def test_more_stops_only_add_people_stopped(toy):
    first, second = set(), set()

    def noted(into):
        def note(sim, clock):
            rows = sim.state["people.alive"] & (sim.state["people.stopped_month"] == clock.t)
            into.update((clock.t, k) for k in sim.state["people.key"][rows].tolist())

        return note

    off = {"stop_risk": 1.0}
    simulated(toy, 6, off, noted(first))
    simulated(toy, 6, {**off, "stops_elasticity": 0.0}, noted(second), aggressive_stops=10.0)
    assert first < second


@pytest.mark.parametrize("form,fine_eur", [(1, 100.0), (2, 175.0)])
def test_the_procedure_in_the_city_keeps_its_places_and_its_law(toy, form, fine_eur):
    often = {"nuisance_level": 8.0}
    most = []

    def plans(sim, clock):
        following = sim.state["people.alive"] & (sim.state["people.case_stage"] == parental_procedure.PLAN)
        most.append(int(following.sum()))

    sim = simulated(toy, 36, often, plans, procedure=form, fine_eur=1000.0, plan_places=3.0)
    found, warned, offered, agreed, closed, fined, refused = sim.state["city.procedure"][0]
    assert found > offered > agreed > 0 < fined
    assert (warned > 0) == (form == 2)
    assert sim.state["city.fines_eur"][0] == fine_eur * fined
    assert refused + closed > 0 and max(most) == 3
    for part, rows in (("by_fifth", 5), ("by_age", 3)):
        by = sim.state[f"city.procedure_{part}"][0].reshape(parental_cases.OUTCOMES, rows)
        np.testing.assert_array_equal(by.sum(axis=1), sim.state["city.procedure"][0])
    assert sim.state["city.fines_by_background"].sum() == fined


def test_without_places_nobody_who_agreed_is_fined(toy):
    all_agree = {"nuisance_level": 8.0, "accept_share": 1.0}
    sim = simulated(toy, 24, all_agree, procedure=1, fine_eur=100.0, plan_places=0.0)
    _, _, _, agreed, closed, fined, _ = sim.state["city.procedure"][0]
    assert agreed > 0 < closed and fined == 0 == sim.state["city.fines_eur"][0]


def test_therapy_has_its_places_and_goes_to_those_charged_most(toy):
    counts = []

    def therapies(sim, clock):
        s = sim.state
        now = s["people.alive"] & (s["people.plan_months"] > 0)
        counts.append(int(now.sum()))
        assert (s["people.charges"][now] >= P.therapy_charges).all()

    sim = simulated(toy, 24, {"theft_level": 4.0}, therapies, therapy_places=2.0)
    assert max(counts) == 2 and sim.state["city.therapies"][0] > 2


def test_the_bound_is_never_below_anybodys_rate(usual):
    state, t = usual.state, usual.months[-1].t
    bound = offending.bounds(usual.views["safety"].people, offending.age_shares(P), P, t)
    alive = state["people.alive"]
    age = (t - state["people.born_month"][alive].astype(int)) // 12
    sex = np.where(state["people.female"][alive], P.women_ratio, 1.0)
    rate = state["people.propensity"][alive] * sex * offending.age_shares(P)[age]
    assert (rate <= bound[alive]).all()
    assert rate.sum() > 0.8 * bound[alive].sum()  # and close to it, or the draws are wasted


def test_indicators_say_what_was_counted(toy):
    result = run(RunSpec(city="toy", months=12), toy)
    last = {name: values[-1] for name, values in result.series.items()}
    assert last["offences"] == pytest.approx(sum(last[f"offences.{kind}"] for kind in words(Offence)))
    assert last["victims"] == pytest.approx(sum(last[f"victims.{kind}"] for kind in words(Offence)[:4]))
    sorts = ("home_burglary", "burglary_other_buildings", "bicycle_theft", "theft_from_vehicles", "theft_with_violence")
    assert 0 < sum(last[f"facts.{sort}"] for sort in sorts) < last["facts.theft_and_extortion"]
    stops_of = {name: last[f"stops.background_{name}"] for name in toy.backgrounds}
    assert min(stops_of.values()) < last["stops"] < max(stops_of.values())
    assert last["stops.age_20_29"] > last["stops.age_50_up"]
    assert last["procedure.findings"] == last["procedure.fines_eur"] == last["offences_prevented"] == 0
    assert 0.05 < last["solved_share"] < 0.4
