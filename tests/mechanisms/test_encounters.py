"""The rules of encounters, worked by hand: whom people meet, and what a meeting leaves behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.mechanisms.encounters import meet as rules
from mechlin.mechanisms.encounters.mechanism import Params

P = Params()
SHARE = st.floats(0, 1)


def card(background=0, education=1, band=4, family=2, fluent=1, club=0, salience=0.5, openness=0.5):
    return rules.card_of(background, education, band, family, fluent, club, salience, openness)


@given(SHARE, SHARE, st.integers(0, 255), st.integers(-1, 2), st.integers(0, 6), st.integers(0, 7))
def test_a_card_shows_what_was_written_on_it(salience, openness, background, education, band, club):
    shown = rules.card_of(background, education, band, 3, 1, club, salience, openness)
    assert abs(rules.salience_on(shown) - salience) <= 0.5 / 1023 + 1e-12
    assert abs(rules.openness_on(shown) - openness) <= 0.5 / 1023 + 1e-12
    assert shown & rules.BACKGROUND == background
    assert (shown & rules.EDUCATION) // 0x100 == education + 1
    assert (shown & rules.AGE) // 0x400 == band
    assert (shown & rules.CLUB) // 0x10000 == club


def test_two_alike_are_not_apart_and_two_unlike_in_all_are_wholly_apart():
    assert rules.dissimilarity(card(), card(), False, P) == 0.0
    other = card(1, 2, 5, 3, 0, 4)
    assert rules.dissimilarity(card(), other, True, P) == pytest.approx(1.0)


def test_background_weighs_the_mean_salience_of_the_two():
    apart = rules.dissimilarity(card(salience=0.2), card(background=3, salience=0.6), False, P)
    assert apart == pytest.approx(0.4, abs=1e-3)


def test_when_background_weighs_less_other_identities_weigh_more():
    """Without salience people of another background and the same education are nearer than the reverse."""
    low = [card(salience=0.0), card(background=1, salience=0.0), card(education=2, salience=0.0)]
    assert rules.dissimilarity(low[0], low[1], False, P) == 0.0
    assert rules.dissimilarity(low[0], low[2], False, P) == pytest.approx(0.25)


@pytest.mark.slow
def test_odds_of_a_tie_within_one_background_are_about_two():
    """Classes in four countries (van Tubergen & Smith 2018): odds of about 2, range 1.5 to 3."""
    lots = (np.arange(20_000) + 0.5) / 20_000
    same = np.mean([rules.is_kept(rules.dissimilarity(card(), card(), False, P), u, P) for u in lots])
    across = np.mean([rules.is_kept(rules.dissimilarity(card(), card(1), False, P), u, P) for u in lots])
    assert 1.5 < same / across < 3.0
    assert across == pytest.approx(np.exp(-P.homophily * 0.5), abs=2e-3)


@given(st.floats(0, 1), st.floats(0, 5))
def test_the_short_cut_keeps_whom_the_exponential_would_keep(lot, homophily):
    p = P._replace(homophily=homophily)
    assert rules.is_kept(0.7, lot, p) == (lot < np.exp(-homophily * 0.7))


@pytest.mark.parametrize(
    ("age", "band"), [(0, 0), (5, 0), (6, 1), (11, 1), (12, 2), (17, 2), (18, 3), (29, 3), (30, 4), (45, 5), (65, 6)]
)
def test_age_bands(age, band):
    assert rules.age_band(age) == band


def test_a_good_encounter_opens_and_a_bad_one_closes_more():
    """By hand, close cooperation, no talk: 0.5 + 0.09 x 0.5 and 0.5 - 1.7 x 0.09 x 0.5."""
    p = P._replace(influence=0.0)
    good, bad = (rules.openness_after(0.5, 0.9, True, g, 1.0, p) for g in (True, False))
    assert good == pytest.approx(0.545)
    assert bad == pytest.approx(0.4235)
    assert rules.openness_after(0.5, 0.9, False, True, 1.0, p) == 0.5


@given(SHARE, SHARE, st.booleans(), st.booleans(), SHARE)
def test_openness_stays_a_share_and_talk_draws_together(openness, other, across, good, weight):
    after = rules.openness_after(openness, other, across, good, weight, P)
    assert 0.0 <= after <= 1.0
    talk = rules.openness_after(openness, other, False, good, weight, P)
    assert abs(talk - other) <= abs(openness - other)


def test_good_encounters_are_likelier_in_cooperation_and_rarer_in_disorder():
    street = [rules.positive_chance(rules.STREET, d, P) for d in (0.0, 1.0)]
    assert street == pytest.approx([0.83, 0.68])
    order = [rules.positive_chance(s, 0.0, P) for s in (rules.STREET, rules.SCHOOL, rules.ACTIVITY)]
    assert order == sorted(order) and order[0] < order[-1]


def test_salience_falls_with_ties_and_stance_and_rises_with_dealings_by_group():
    level = rules.salience_goal(0.5, 0.0, 0.0, 0.0, P)
    assert level == P.salience_base
    assert rules.salience_goal(0.5, 0.5, 0.0, 0.0, P) == pytest.approx(level - 0.05)
    assert rules.salience_goal(0.5, 0.0, 0.0, 1.0, P) == pytest.approx(level - 0.03)
    assert rules.salience_goal(0.5, 0.0, 1.0, 0.0, P) == pytest.approx(level + 0.04)
    assert rules.salience_goal(0.5, 0.0, 0.0, 1.0, P._replace(stance_effect=0.0)) == level


def test_pupils_meet_at_school_and_only_members_in_associations():
    draws = np.linspace(0, 1, 1000, endpoint=False)
    pupil = [rules.setting_of(u, True, False, False, P) for u in draws]
    assert np.mean(np.equal(pupil, rules.SCHOOL)) == pytest.approx(P.school_share, abs=2e-3)
    alone = {rules.setting_of(u, False, False, False, P) for u in draws}
    assert alone == {rules.STREET, rules.CENTRE}
    parent = [rules.setting_of(u, False, True, True, P) for u in draws]
    assert np.mean(np.equal(parent, rules.GATE)) == pytest.approx(P.gate_share, abs=2e-3)
    assert np.mean(np.equal(parent, rules.ASSOCIATION)) == pytest.approx(P.club_share, abs=2e-3)


def test_pupils_of_one_school_and_their_parents_meet(toy):
    """With pupils written into schools by hand, school and gate become settings, and children meet children there."""
    sim = Simulation(RunSpec(city="toy", months=12, params={"encounters": {"cycle_months": 1, "batch_months": 1}}), toy)
    for clock in sim.months[:3]:
        sim.month(clock)
    state = sim.state
    ages = (3 - state["people.born_month"].astype(int)) // 12
    pupils = np.flatnonzero(state["people.alive"] & (ages >= 6) & (ages < 12))
    pupils = pupils[np.argsort(state["people.key"][pupils])]
    state["people.school"][pupils] = 0
    state["people.pupil"][: pupils.size] = pupils
    state["schools.pupils"][0], state["schools.first_pupil"][0] = pupils.size, 0
    before = state["city.meetings"][0].copy()
    sim.month(sim.months[3])
    met = state["city.meetings"][0] - before
    assert met[rules.SCHOOL] == pytest.approx(0.6 * pupils.size, rel=0.25)
    assert met[rules.GATE] > 0
