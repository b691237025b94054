"""School choice, worked by hand; and the assignment for real pupils, with everything it refuses."""

import numpy as np
import polars as pl
import pytest

from mechlin.core import rng
from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, scheduled
from mechlin.law.school_enrolment import assign_places
from mechlin.law.school_places import Market, deferred_acceptance, split_places
from mechlin.mechanisms.economy.work import school_gain
from mechlin.mechanisms.schools import choice as rule
from mechlin.mechanisms.schools.mechanism import Params
from mechlin.mechanisms.schools.roll import schools_near

P = Params()

# Equivalised income, mother's education: an indicator pupil?
LEGAL = [(900.0, 2, False), (899.9, 2, True), (3000.0, 0, True), (3000.0, 1, False), (500.0, 0, True)]


@pytest.mark.parametrize(("income_eur", "mother", "answer"), LEGAL)
def test_who_is_an_indicator_pupil_by_law(income_eur, mother, answer):
    assert rule.is_indicator_pupil(income_eur, mother, P) == answer


def test_distaste_is_that_of_advantaged_parents_and_of_nobody_who_is_committed():
    assert rule.composition_distaste(True, False, 2, P) == 0.0
    assert rule.composition_distaste(False, True, 2, P) == 0.0
    low, middle, high = (rule.composition_distaste(False, False, level, P) for level in (0, 1, 2))
    assert low < middle == P.composition_weight < high


def test_liking_falls_with_distance_composition_and_class_size_and_rises_with_quality_and_friends():
    base = rule.liking(1.0, 0.3, 2.0, 0.5, 21.0, 0.1, P)
    assert rule.liking(2.0, 0.3, 2.0, 0.5, 21.0, 0.1, P) == pytest.approx(base - P.distance_weight)
    assert rule.liking(1.0, 0.4, 2.0, 0.5, 21.0, 0.1, P) == pytest.approx(base - 0.2)
    assert rule.liking(1.0, 0.6, 2.0, 0.5, 21.0, 0.1, P) < base - 2.0 * 0.3  # steeper above the half
    assert rule.liking(1.0, 0.3, 2.0, 1.0, 21.0, 0.1, P) == pytest.approx(base + 0.5 * P.quality_weight)
    assert rule.liking(1.0, 0.3, 2.0, 0.5, 18.0, 0.1, P) == pytest.approx(base + 3 * P.class_size_weight)
    assert rule.liking(1.0, 0.3, 2.0, 0.5, 21.0, 0.3, P) > base


def test_the_educated_come_earlier_to_a_queue_with_the_same_luck():
    assert rule.camp_ticket(2, 0.5, P) < rule.camp_ticket(1, 0.5, P) < rule.camp_ticket(0, 0.5, P)
    assert rule.camp_ticket(0, 0.5, P._replace(camp_weight=0.0)) == rule.camp_ticket(
        2, 0.5, P._replace(camp_weight=0.0)
    )


def test_the_rim_pulls_those_without_a_wish_granted_most():
    assert rule.rim_pull(1, P) == 0.0
    assert 0.0 < rule.rim_pull(2, P) < rule.rim_pull(0, P)


def looking_at(score, km=0.5):
    """Return what families look at who like the schools 0, 1, ... as in ``score``, all of them ``km`` away."""
    schools = np.tile(np.arange(score.shape[1], dtype=np.int32), (score.shape[0], 1))
    return rule.Choice(schools, score, np.full(score.shape, km), np.empty((0, 0), dtype=np.int32))


def visit(families, apart, wanted=20, p=P):
    """Return how many of ``families``, who all prefer another school by ``apart``, choose school 0 after a visit."""
    score = np.tile([0.0, apart], (families, 1))
    keys = np.arange(1, families + 1, dtype=np.uint64)
    asked = np.ones(families, dtype=bool)
    moved = rule.visit_together(looking_at(score), keys, asked, np.array([float(wanted), 0.0]), p, np.uint64(7))
    assert (score[:, 0] > score[:, 1]).sum() == moved
    return moved


def test_a_group_goes_where_no_single_family_would():
    assert visit(5, 1.0) == 5  # four others at 0.3 each outweigh 1.0
    assert visit(4, 1.0) == 0  # below the smallest group that dares
    assert visit(5, 1.3) == 0  # four others do not outweigh 1.3
    assert visit(9, 1.3) == 9
    assert visit(30, 10.0) == 0
    assert visit(30, 1.0, wanted=8) == 8


def test_a_group_that_unravels_does_not_come():
    """Six families visit; two would need five others, but only with them do the rest reach the group they need."""
    score = np.array([[0.0, 1.6]] * 2 + [[0.0, 1.1]] * 4)
    keys, asked = np.arange(6, dtype=np.uint64) + 1, np.ones(6, dtype=bool)
    moved = rule.visit_together(looking_at(score), keys, asked, np.array([6.0, 0.0]), P, np.uint64(1))
    assert moved == 0 and (score[:, 0] == 0.0).all()


def test_families_out_of_reach_not_asked_or_with_the_school_off_their_list_do_not_come():
    for km, invited, others in ((P.tour_km + 0.1, True, 1), (0.5, False, 1), (0.5, True, P.wishes)):
        score, keys = np.tile([0.0] + [1.0] * others, (6, 1)), np.arange(6, dtype=np.uint64)
        asked, tours = np.full(6, invited), np.array([6.0] + [0.0] * others)
        assert rule.visit_together(looking_at(score, km), keys, asked, tours, P, np.uint64(1)) == 0


def test_a_family_that_does_not_know_a_school_does_not_visit_it():
    choice = looking_at(np.tile([0.0, 1.0], (6, 1)))
    choice.school[0, 0] = 7  # five are left, and four others are enough
    keys, asked = np.arange(6, dtype=np.uint64) + 1, np.ones(6, dtype=bool)
    assert rule.visit_together(choice, keys, asked, np.array([6.0, 0.0]), P, np.uint64(1)) == 5
    assert choice.score[0, 0] == 0.0


def test_parents_know_the_nearest_schools_the_nearest_first():
    x, none = np.array([0.0, 3.0]), np.zeros(2)
    at = np.array([0.5, 2.0, 2.9, 9.0])
    near = schools_near(3, x, none, np.full(2, 0.01), at, np.zeros(4))
    assert near.school.tolist() == [[0, 1, 2], [2, 1, 0]]
    assert near.nearest.tolist() == [1, 1]  # the next is farther by more than any home from the middle
    assert schools_near(9, x, none, np.full(2, 9.0), at, np.zeros(4)).nearest.tolist() == [3, 4]
    assert schools_near(2, x, none, none, np.zeros(4), np.zeros(4)).school.shape == (2, 2)


def test_wishes_are_the_best_liked_in_order():
    assert rule.list_wishes(np.array([[1.0, 3.0, 2.0]]), 2).tolist() == [[1, 2]]


@pytest.fixture(scope="module")
def run_once(toy):
    sim = Simulation(RunSpec(city="toy", months=24), toy)
    for clock in sim.months:
        sim.month(clock)
    return sim


def test_the_list_of_pupils_is_by_school_and_key(toy):
    sim = Simulation(RunSpec(city="toy", months=9), toy)
    for clock in sim.months:
        sim.month(clock)
    state = sim.state
    for s in range(state.sizes["schools"]):
        first, n = state["schools.first_pupil"][s], state["schools.pupils"][s]
        rows = state["people.pupil"][first : first + n]
        assert n > 0 and (state["people.school"][rows] == s).all()
        keys = state["people.key"][rows]
        assert (keys[1:] > keys[:-1]).all()


def test_everybody_of_school_age_who_was_here_in_september_has_a_school(run_once):
    state, t = run_once.state, 23
    age = t - 3 - state["people.born_month"].astype(int)  # in September
    here = state["people.alive"] & (state["people.entered_month"] <= t - 3)
    pupils = here & (age >= P.entry_months) & (age < P.entry_months + 12 * rule.YEARS)
    assert (state["people.school"][pupils] >= 0).mean() > 0.98
    assert (state["people.school"][state["people.alive"] & ~pupils] < 0).all()


def test_only_whom_school_disappoints_the_rim_pulls(toy):
    """Half the places are taken away: some get no wish, and their pull fades."""
    sim = Simulation(RunSpec(city="toy", months=22), toy)
    sim.state["schools.places"][:] = 8
    pull = []
    for clock in sim.months:
        if clock.month == 9:
            sim.state["households.school_rim_pull"][:] = 0
        sim.month(clock)
        pull.append(sim.state["households.school_rim_pull"][sim.state["households.alive"]].sum())
    assert max(pull[:8]) == 0.0 < pull[8]
    assert pull[19] < pull[8]


def test_smaller_classes_in_all_schools_count_against_the_rim(toy):
    """What makes every school better makes no area better than another, and still the city better than its rim."""
    usual, small = (Simulation(RunSpec(city="toy", months=9), toy) for _ in range(2))
    for sim, cut, shown in ((usual, 0.0, 0.0), (small, 5.0, 1.0)):
        for clock in sim.months:
            sim.levers.merged["schools.class_size_cut"][:] = cut
            sim.levers.merged["schools.guarantee"][:] = shown
            sim.month(clock)
    p = usual.params["schools"]
    gain = small.state["areas.school_appeal"] - usual.state["areas.school_appeal"]
    assert gain == pytest.approx(np.full(gain.size, 5.0 * p.class_size_weight + p.guarantee_weight), abs=0.25)
    assert abs(usual.state["areas.school_appeal"].mean()) < 0.2


def test_families_about_to_leave_are_counted_once_by_education(toy):
    sim = Simulation(RunSpec(city="toy", months=12), toy)
    state, schools = sim.state, sim.mechanisms["schools"]
    small = state["people.alive"] & (state["people.born_month"] > -60) & (state["people.born_month"] <= -24)
    h = state["people.household"][np.flatnonzero(small)[0]]
    empty = state["households.alive"] & (state["households.children"] == 0)
    for high, row in ((1, h), (0, h), (0, np.flatnonzero(empty)[0])):
        state["households.leaving"][:] = 0
        state["households.leaving"][row] = 1
        state["households.education"][row] = 2 * high
        before = state["city.school_age_families_left"][0].copy()
        schools.step(sim.views["schools"], sim.lever_views["schools"], sim.params["schools"], 1, sim.months[0])
        added = state["city.school_age_families_left"][0] - before
        assert added.tolist() == ([1 - high, high] if row == h else [0, 0])


def test_a_year_at_school_adds_what_class_quality_and_make_up_say():
    p = scheduled()["economy"].params()
    usual = school_gain(p.usual_class, 0.5, p.usual_share, p)
    assert usual == 0.0
    assert school_gain(p.usual_class - 10.0, 0.5, p.usual_share, p) == pytest.approx(10 * p.class_gain)
    assert school_gain(p.usual_class, 1.0, p.usual_share, p) == pytest.approx(0.5 * p.quality_gain)
    assert -0.01 < school_gain(p.usual_class, 0.5, p.usual_share + 0.1, p) < 0.0  # peers: weak
    lasting = p.class_gain / (1 - np.exp(-p.attainment_fade))  # gained every year, fading every year
    assert 0.0 < lasting < 0.025  # SD for each pupil fewer: the European prior


def test_digital_ranking_leaves_fewer_without_a_wish_than_a_queue():
    """Three schools of one place; who loses the first place in a queue finds the second one taken as well."""
    wishes = np.array([[0, 1], [0, 1], [1, 2]], dtype=np.int32)
    none, ticket = np.full(3, -1, dtype=np.int32), np.array([2, 1, 3], dtype=np.uint64)
    tried = np.tile([0.0, 1.0], (3, 1))
    queue = Market(wishes, tried, np.zeros(3, bool), none, none, split_places([1, 1, 1], 0.0, 1.0), ticket)
    assert deferred_acceptance(queue)[0].tolist() == [-1, 0, 1]
    ranked = queue._replace(km=np.ones((3, 2)), places=split_places([1, 1, 1], 0.0, 0.0))
    assert deferred_acceptance(ranked)[0].tolist() == [1, 0, 2]


REAL = {
    "id": ["An", "Bo", "Cas", "Dina"], "wishes": [["x"], ["x", "y"], ["x", "y"], ["x"]],
    "km": [[1.0], [2.0, 3.0], [0.5, 1.0], [9.0]], "indicator": [False, False, False, True],
    "sibling": [None, None, "x", None], "staff": [None, None, None, None],
}  # fmt: skip
SITES = {"id": ["x", "y"], "places": [2, 2]}
ORDER = {"distance": 1.0, "lottery": 0.0}


def test_real_pupils_get_a_place_and_a_reason():
    held = {"indicator": 0.5, "other": 0.5}
    out = assign_places(pl.DataFrame(REAL), pl.DataFrame(SITES), 1, ORDER, held)
    assert out["school"].to_list() == [None, "y", "x", "x"]
    assert out["wish"].to_list() == [None, 2, 1, 1]
    assert "brother or sister" in out["reason"][2]
    assert out["reason"][1].startswith("x: not granted") and "; y: granted" in out["reason"][1]
    without = assign_places(pl.DataFrame(REAL), pl.DataFrame(SITES), 1, ORDER)
    assert without["school"].to_list() == ["x", "y", "x", None]


def test_the_lottery_of_real_pupils_hangs_on_the_public_seed_alone():
    n = 40
    children = pl.DataFrame({
        "id": [f"c{i}" for i in range(n)], "wishes": [["x"]] * n, "km": [[1.0]] * n, "indicator": [False] * n,
        "sibling": pl.Series([None] * n, dtype=pl.String), "staff": pl.Series([None] * n, dtype=pl.String),
    })  # fmt: skip
    sites, lottery = pl.DataFrame({"id": ["x"], "places": [20]}), {"distance": 0.0, "lottery": 1.0}
    first, again, other = (assign_places(children, sites, seed, lottery) for seed in (5, 5, 6))
    assert first.equals(again) and not first.equals(other)
    assert first["school"].count() == other["school"].count() == 20
    backwards = assign_places(children.reverse(), sites, 5, lottery)
    assert first.sort("id").equals(backwards.sort("id"))


def test_everything_wrong_is_refused_at_once():
    wrong = pl.DataFrame({
        "id": ["An", "An", "Bo"], "wishes": [["x"], ["zz"], []], "km": [[1.0], [-1.0], []],
        "indicator": [True, False, None], "sibling": [None, "q", None], "staff": [None, None, None],
    })  # fmt: skip
    with pytest.raises(InputError) as caught:
        assign_places(wrong, pl.DataFrame({"id": ["x", "y"], "places": [0, 5]}), 1, {"distance": 0.9, "lottery": 0.2},
                      {"indicator": 0.5, "other": 0.6})  # fmt: skip
    text = str(caught.value)
    for said in ("order adds up to 1.1", "contingents adds up to 1.1", "school x has no places", "An stands in children",
                 "zz is not a school", "q is not a school", "Bo has no wishes", "one distance of 0 km", "yes or no"):  # fmt: skip
        assert said in text, said


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="no column places"):
        assign_places(pl.DataFrame(REAL), pl.DataFrame({"id": ["x"], "place": [1]}), 1, ORDER)


def test_a_taste_hangs_on_child_and_school_only():
    salt = rng.salted(1, rng.stream("schools.taste"), 0)
    draws = {rng.draw(salt, rng.join(np.uint64(key), np.uint64(s)), 0) for key in (1, 2) for s in (0, 1)}
    assert len(draws) == 4
