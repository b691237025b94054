"""The rules of attitudes, worked by hand, and what must hold for any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core.monitor import ITEM, PARTS
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.mechanisms.attitudes.mechanism import Params
from mechlin.mechanisms.attitudes.monitor import age_band, ticket
from mechlin.mechanisms.attitudes.surroundings import (
    chance_of_saying,
    crime_against_country,
    discrimination_chance,
    diversity_of_street,
    mood_shift,
    record_of_city,
    safety_of_area,
    service_of_area,
    some_months,
    weighed,
)
from mechlin.mechanisms.attitudes.trust import (
    belonging_target,
    consulted,
    harm_when_explained,
    moved,
    pride_target,
    safety_news,
    safety_target,
    trust_news,
    trust_target,
)

P = Params()
small = st.floats(-1, 1)
share = st.floats(0, 1)


def test_a_loss_weighs_twice_as_much_as_a_gain():
    assert weighed(0.1, 2.0) == 0.1
    assert weighed(-0.1, 2.0) == -0.2
    assert service_of_area(0.2, 0.0, P) == pytest.approx(0.1)
    assert service_of_area(-0.2, 0.0, P) == pytest.approx(-0.2)
    assert service_of_area(0.0, 0.2, P) == pytest.approx(-0.2)


def test_moving_goes_a_part_of_the_way():
    assert moved(0.0, 1.0, 0.06, 0.0) == pytest.approx(0.06)
    assert moved(1.0, 1.0, 0.06, 0.25) == pytest.approx(1.25)


def test_what_an_area_gives_to_safety():
    assert safety_of_area(0.5, 0.5, 0.0, 0.0, 0.0, P) == pytest.approx(-0.5 * 0.8 + 0.5 * 0.4)
    assert safety_of_area(0.0, 0.0, 1.0, 10.0, 0.0, P) == pytest.approx(-0.2 - 0.1)
    assert safety_of_area(0.0, 0.0, 0.0, 0.0, 40.0, P) == pytest.approx(0.08)  # half of what patrol can give
    assert safety_of_area(0.0, 0.0, 0.0, 0.0, -5.0, P) == 0.0


def test_targets_by_hand():
    assert safety_target(0.2, 2.0, 55.0, P) == pytest.approx(0.2 + 0.1 - 0.03)
    assert belonging_target(0.0, 0.5, 0.0, 45.0, P) == pytest.approx(0.25 - 0.4)  # came today
    assert belonging_target(0.0, 0.5, 5.0, 45.0, P) == pytest.approx(0.25 - 0.2)
    assert belonging_target(0.0, 0.5, 30.0, 45.0, P) == pytest.approx(0.25)
    assert trust_target(0.1, -0.02, 1.0, 1.0, 1.0, P) == pytest.approx(0.1 - 0.02 + 0.07 + 0.1)
    assert pride_target(0.1, 1.0, P) == pytest.approx(0.3)


def test_news_by_hand():
    assert safety_news(1.0, 0.0, P) == pytest.approx(-0.3)
    assert safety_news(0.0, 2.0, P) == pytest.approx(-0.18)
    assert trust_news(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, P) == pytest.approx(-0.25)
    assert trust_news(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, P) == pytest.approx(-0.125)  # fair conduct
    assert trust_news(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, P) == pytest.approx(-0.075)  # of a close one
    assert trust_news(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, P) == pytest.approx(0.08)
    assert trust_news(0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, P) == pytest.approx(-0.16)  # twice the gain
    assert trust_news(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, P) == pytest.approx(-0.3 * 0.6)  # explained


def test_being_asked_again_and_again_is_worth_no_more_than_once():
    assert consulted(30000, P) == pytest.approx(P.consulted_gain)  # for the first time
    assert consulted(0, P) == 0.0
    assert consulted(12, P) == pytest.approx(P.consulted_gain * (1 - 0.98**12))
    left = 0.0
    for _ in range(200):  # asked every half year: what is left of it, and what is added
        left = left * 0.98**6 + consulted(6, P)
    assert left == pytest.approx(P.consulted_gain)


def test_the_guess_about_consultation_cannot_carry_a_finding():
    """Everybody asked every half year for ever, at the high end of belief: less than five points of much trust."""
    from mechlin.core.declare import declared

    high = next(d for d in declared(Params) if d.name == "consulted_gain").param.likely[1]
    slip = some_months(P, 6, 1.0, 0.0, False).slip
    attitudes = np.random.default_rng(1).normal(size=20_000)
    shares = [np.mean([chance_of_saying(a + up, P.much_trust_above, slip) for a in attitudes]) for up in (0.0, high)]
    assert 0.0 < shares[1] - shares[0] < 0.05


def test_what_residents_see_of_the_city_by_hand():
    assert record_of_city(0.2, 0.0, 0.0, P) == pytest.approx(0.2 * P.record_streets)
    assert record_of_city(0.0, 0.2, 0.5, P) == pytest.approx(0.2 * P.record_centre + 0.5 * P.record_crime)
    assert record_of_city(-0.2, 0.0, 0.0, P) == pytest.approx(-2 * 0.2 * P.record_streets)  # losses weigh double
    assert record_of_city(0.0, 0.0, 0.0, P) == 0.0


def test_crime_counts_against_the_country_s():
    assert crime_against_country(10.7, 10.7, 1.0) == 0.0
    assert crime_against_country(8.0, 10.0, 0.8) == pytest.approx(0.0)  # fell as everywhere
    assert crime_against_country(8.0, 10.0, 1.0) == pytest.approx(np.log(1.25))
    assert crime_against_country(0.1, 10.0, 1.0) == pytest.approx(np.log(2))  # nobody tells more
    assert crime_against_country(0.0, 10.0, 0.8) == 0.0  # nothing counted yet


def test_a_street_is_diverse_when_two_neighbours_often_differ():
    assert diversity_of_street(0, 20) == 0.0
    assert diversity_of_street(20, 20) == 0.0
    assert diversity_of_street(10, 20) == 0.5
    assert diversity_of_street(0, 0) == 0.0


def test_discrimination_is_met_less_where_others_are_open():
    assert discrimination_chance(0.5, 3, P) == pytest.approx(0.06)
    assert discrimination_chance(0.75, 3, P) == pytest.approx(0.03)
    assert discrimination_chance(1.0, 12, P) == 0.0


def test_the_country_s_mood_in_standard_deviations():
    assert mood_shift(21.0, 21.0) == 0.0
    assert mood_shift(16.0, 21.0) == pytest.approx(-0.188, abs=0.001)


def test_bands_and_tickets():
    assert [age_band(a) for a in (17, 18, 34, 35, 64, 65)] == [0, 1, 1, 2, 2, 3]
    assert ticket(0.4, 0, P) == pytest.approx(0.5)
    assert ticket(0.4, 2, P) == 0.4


def test_shakes_keep_up_the_spread_that_is_not_lasting():
    q = some_months(P, 6, 1.0, 0.0, False)
    variance = (q.shake**2 / 12) / (1 - (1 - q.speed) ** 2)
    assert variance == pytest.approx(1 - P.trait_share)
    assert q.speed == pytest.approx(1 - 0.98**6)


@given(small, st.floats(-3, 3), st.floats(0.05, 1))
def test_a_chance_lies_between_zero_and_one_and_grows_with_the_attitude(step, attitude, slip):
    first = chance_of_saying(attitude, 0.5, slip)
    assert 0.0 <= first <= 1.0
    assert chance_of_saying(attitude + abs(step), 0.5, slip) >= first


@given(share, share, share, share)
def test_safety_falls_with_disorder_and_crime_never_with_patrol(disorder, more, violence, hours):
    here = safety_of_area(disorder, 0.5, violence, 0.0, hours, P)
    assert safety_of_area(min(disorder + more, 1.0), 0.5, violence, 0.0, hours, P) <= here
    assert safety_of_area(disorder, 0.5, violence + more, 0.0, hours, P) <= here
    assert safety_of_area(disorder, 0.5, violence, 0.0, hours + more, P) >= here


@given(st.floats(0, 1), st.floats(0, 1))
def test_explaining_never_makes_a_decision_worse_nor_turns_it_into_a_gift(harm, explained):
    assert 0.0 <= harm_when_explained(harm, explained, P) <= harm


# ------------------------------------------------------------------------------------------ in a whole city

ALONE = ("demography", "economy", "housing", "attitudes", "census")
QUIET = {"usual_victims": 0.0, "usual_stops": 0.0, "usual_violence": 0.0, "usual_offences": 0.0}


@pytest.fixture
def sim(toy):
    """Return a year of the toy city in which only tests make crimes, stops and fines happen."""
    return Simulation(RunSpec(city="toy", months=12, params={"attitudes": QUIET}), toy, ALONE)


def adults(state, t):
    return state["people.alive"] & (t - state["people.born_month"].astype(int) >= 216)


def test_mean_zero_and_spread_one_at_the_start(sim):
    state = sim.state
    for name in ("safety", "trust", "belonging", "pride"):
        values = state[f"people.{name}"][adults(state, 0)]
        assert abs(values.mean()) < 0.06, name
        assert 0.9 < values.std() < 1.15, name


def test_a_stop_costs_trust_of_the_one_stopped_and_a_little_of_those_at_home(toy, sim):
    other = Simulation(RunSpec(city="toy", months=12, params={"attitudes": QUIET}), toy, ALONE)
    state = other.state
    household = state["people.household"]
    grown = adults(state, 0)
    grown_at_home = np.bincount(household[grown], minlength=state["households.alive"].size)
    i = np.flatnonzero(grown & (grown_at_home[household] == 2))[0]
    j = next(j for j in np.flatnonzero(grown & (household == household[i])) if j != i)
    state["people.stopped_month"][i] = 1
    for one, two in zip(sim.months[:6], other.months[:6], strict=True):
        sim.month(one)
        other.month(two)
    change = state["people.trust"] - sim.state["people.trust"]
    p = other.params["attitudes"]
    harm = p.stop_harm * some_months(p, 6, 1.0, 0.0, False).fade
    assert change[i] == pytest.approx(-harm, abs=1e-5)
    assert change[j] == pytest.approx(-0.3 * harm, abs=1e-5)
    assert np.count_nonzero(np.delete(change, [i, j])) == 0


def test_a_better_kept_city_is_seen_by_those_whose_own_street_stayed_the_same(toy):
    params = {"attitudes": {**QUIET, "trust_belonging": 0.0}}  # a better centre moves belonging too
    sim, other = (Simulation(RunSpec(city="toy", months=6, params=params), toy, ALONE) for _ in range(2))
    other.state["areas.public_space"][1:] += 0.2
    for one, two in zip(sim.months[:6], other.months[:6], strict=True):
        sim.month(one)
        other.month(two)
    here = adults(other.state, 5) & (other.state["households.area"][other.state["people.household"]] == 0)
    change = (other.state["people.trust"] - sim.state["people.trust"])[here]
    record, p = other.state["city.record"][0], other.params["attitudes"]
    assert record > 0.0 == sim.state["city.record"][0]
    q = some_months(p, 6, 1.0, 0.0, False)
    np.testing.assert_allclose(change, q.speed * record, atol=1e-5)


def test_the_city_s_climate_moves_everybody_alike_and_hangs_on_the_seed_alone(toy):
    found = {}
    for seed in (1, 2):
        for climate in (0.0, 0.1):
            spec = RunSpec(city="toy", months=6, seed=seed, params={"attitudes": {**QUIET, "climate": climate}})
            city = Simulation(spec, toy, ALONE)
            for clock in city.months:
                city.month(clock)
            found[seed, climate] = city.state["people.trust"][adults(city.state, 5)].copy()
    moves = [found[seed, 0.1] - found[seed, 0.0] for seed in (1, 2)]
    for move in moves:
        assert np.ptp(move) < 1e-5 and abs(move.mean()) > 1e-3
    assert abs(moves[0].mean() - moves[1].mean()) > 1e-3


def test_the_survey_asks_adults_only_and_differs_from_the_register_by_luck(toy):
    counts = []
    for seed in (1, 2):
        spec = RunSpec(city="toy", months=12, seed=seed, params={"attitudes": {**QUIET, "respondents": 400}})
        city = Simulation(spec, toy, ALONE)
        for clock in city.months:
            city.month(clock)
        asked, much, unsafe, proud = city.state["city.surveyed"][0]
        register = city.state["areas.monitor"].sum(axis=0)
        assert asked == 400
        for answer, item in ((much, ITEM.trusting), (unsafe, ITEM.unsafe), (proud, ITEM.proud)):
            p = register[item] / PARTS / register[ITEM.adults]
            assert abs(answer / asked - p) < 4 * np.sqrt(p * (1 - p) / asked)
        assert register[ITEM.adults] == adults(city.state, 11).sum()
        counts.append(much)
    assert counts[0] != counts[1]


def test_counts_by_area_and_by_group_are_the_same_people(sim):
    for clock in sim.months:
        sim.month(clock)
    by_area = sim.state["areas.monitor"].sum(axis=0)
    by_group = sim.state["groups.monitor"].reshape(-1, len(by_area)).sum(axis=0)
    np.testing.assert_array_equal(by_area, by_group)
