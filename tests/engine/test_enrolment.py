"""What the engine notes of a measure: where it acts, and what it planned for the year."""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

from mechlin import measures
from mechlin.core.clock import clock_at
from mechlin.core.declare import Costs, Lever, Param, Programme
from mechlin.core.spec import RunSpec
from mechlin.engine.enrolment import Enrolment
from mechlin.engine.plan import Dated, Phase, Plan, where_lever
from mechlin.engine.simulation import Simulation, run


class Size(NamedTuple):
    """A measure of a few places."""

    many: Annotated[int, Param("places", 0, 100, "Places")] = 7


def everybody(view, p, clock, out):
    out[:] = True


MADE_UP = Programme(
    title="Made up", pillar="meeting", params=Size, table="households", reads=(), levers=(), inert={}, large={},
    expects={}, eligible=everybody, places=lambda p: p.many, effects=lambda *given: None,
    costs=lambda *given: Costs(), name="made_up",
)  # fmt: skip


def enrolled(sim, table, **changes):
    programme = replace(MADE_UP, table=table, **changes)
    plan = Plan(programme, (Phase(Size(), sim.first),))
    enrolment = Enrolment(plan, sim.state, {}, 1)
    enrolment.pull(sim.months[0], sim.first)
    return enrolment


@pytest.fixture(scope="module")
def sim(toy):
    return Simulation(RunSpec(city="toy", months=24), toy)


@pytest.mark.parametrize("table", ["households", "people", "homes", "schools"])
def test_a_measure_without_areas_acts_where_those_it_holds_are(sim, table):
    enrolment = enrolled(sim, table)
    rows = np.flatnonzero(enrolment.enrolled)
    state = sim.state
    home = {
        "households": lambda: state["households.area"][rows],
        "people": lambda: state["households.area"][state["people.household"][rows]],
        "homes": lambda: state["homes.area"][rows],
        "schools": lambda: state["schools.area"][rows],
    }[table]()
    assert enrolment.acts_somewhere and rows.size == min(7, state.sizes[table])
    assert enrolment.acted.tolist() == np.bincount(home, minlength=state.sizes["areas"]).tolist()


def test_a_measure_on_the_city_acts_nowhere_in_particular(sim, toy):
    assert not enrolled(sim, "city").acts_somewhere
    result = run(RunSpec(city="toy", package={"family_therapy": {}}, months=12), toy)
    assert result.acted == {} and result.reached == {"family_therapy": [1]}


def test_where_is_told_by_the_first_lever_with_a_number_for_each_area():
    levers = {
        n: Lever(n, table, "1", "add", "x")
        for n, table in (("a.one", "city"), ("a.two", "areas"), ("a.three", "areas"))
    }
    assert where_lever(replace(MADE_UP, levers=("a.one", "a.two", "a.three")), levers).name == "a.two"
    assert where_lever(replace(MADE_UP, levers=("a.one",)), levers) is None


def test_acted_is_the_mean_of_the_months_lived(toy):
    """Half of 2001 is half the pull; of 2002 only six months are lived, all of them with the measure."""
    dose = {"visible_patrol": {"officers": 10.0, "start": "2001-07"}}
    acted = run(RunSpec(city="toy", package=dose, months=18), toy).acted["visible_patrol"]
    assert acted.shape == (2, toy.areas.height)
    assert acted[1].sum() == pytest.approx(2 * acted[0].sum())


def test_a_year_plan_is_made_in_january_and_when_a_phase_starts(sim):
    asked = []

    def plan_year(view, enrolled, p, clock, before):
        asked.append((clock.t, before))
        return clock.t

    seen = []
    programme = replace(
        MADE_UP, year_plan=plan_year, effects=lambda view, enrolled, p, clock, out: seen.append(view.year_plan)
    )
    phases = (Phase(Size(), sim.first + 3, sim.first + 13), Phase(Size(), sim.first + 16))
    enrolment = Enrolment(Plan(programme, phases), sim.state, {}, 1)
    for t in range(20):
        enrolment.pull(clock_at("2001-01", t), sim.first + t)
    assert asked == [(3, None), (12, 3), (16, 12)]
    assert seen == [3] * 9 + [12] * 2 + [16] * 4


def looks(sim, table, phase, months):
    """Return the months, from the start, in which a measure looks at where it acts."""
    asked = []
    programme = replace(
        MADE_UP, table=table, eligible=lambda view, p, clock, out: (asked.append(clock.t), out.fill(True))
    )
    enrolment = Enrolment(Plan(programme, (phase,)), sim.state, {}, 1)
    for t in range(months):
        enrolment.pull(clock_at("2001-01", t), sim.first + t)
    return asked


def test_where_a_measure_acts_is_looked_at_each_quarter_and_when_its_settings_turn(sim):
    first = sim.first
    assert looks(sim, "areas", Phase(Size(), first), 12) == [0, 3, 6, 9]
    assert looks(sim, "areas", Phase(Size(), first + 1), 8) == [1, 3, 6]
    assert looks(sim, "areas", Phase(Size(), first + 1, ramp_months=3), 8) == [1, 2, 3, 6]
    dated = Phase(Size(), first, dated={"many": Dated((first, first + 4, first + 5), (7.0, 7.0, 7.0))})
    assert looks(sim, "schools", dated, 8) == [0, 3, 4, 5, 6]


def test_whom_a_measure_holds_is_looked_at_every_month(sim):
    for table in ("people", "households", "homes"):
        assert looks(sim, table, Phase(Size(), sim.first), 5) == [0, 1, 2, 3, 4]


def test_only_a_month_of_joining_says_who_joined(sim):
    enrolment = enrolled(sim, "schools")
    assert enrolment.joined.sum() == min(7, sim.state.sizes["schools"])
    enrolment.pull(sim.months[1], sim.first + 1)
    assert not enrolment.joined.any() and enrolment.enrolled.sum() == min(7, sim.state.sizes["schools"])


def test_growth_moves_no_measure_and_what_is_pulled_stands(toy, monkeypatch):
    package = {name: dict(programme.large) for name, programme in measures.catalogue().items()}
    sim = Simulation(RunSpec(city="toy", months=6, package=package), toy)
    for clock in sim.months[:2]:
        sim.month(clock)
    people, pulled = sim.state.sizes["people"], {n: stack.copy() for n, stack in sim.levers.stacks.items()}
    acted = [(e.stale, e.enrolled.copy(), e.acted.copy()) for e in sim.enrolments]
    monkeypatch.setattr(sim.state, "grow", lambda t: sim.state._lengthen("people", 50) or True)
    sim._grow(2)
    assert sim.state.sizes["people"] == people + 50
    for name, before in pulled.items():
        after = sim.levers.stacks[name]
        assert after.shape[1] == sim.state.sizes[sim.levers.levers[name].table]
        np.testing.assert_array_equal(after[:, : before.shape[1]], before)
        assert (after[:, before.shape[1] :] == sim.levers.levers[name].neutral).all()
    for e, (stale, enrolled, where) in zip(sim.enrolments, acted, strict=True):
        assert (e.stale, e.enrolled.sum()) == (stale, enrolled.sum()) and (e.acted == where).all()
        assert all(np.shares_memory(e.pulls[name][0], sim.levers.stacks[name]) for name in e.pulls)
