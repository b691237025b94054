"""Every mechanism, found by itself: what must hold for each without anybody editing a list."""

from dataclasses import replace

import numpy as np
import pytest

from mechlin import measures
from mechlin.city.toy import toy_city
from mechlin.core import state as state_module
from mechlin.core.declare import declared
from mechlin.core.spec import RunSpec
from mechlin.core.state import REUSE_DELAY, waiting_rows
from mechlin.engine import simulation as engine
from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.simulation import Simulation, scheduled
from mechlin.engine.world import STATIC_FIELDS, Starts
from mechlin.evidence.registry import evidence
from mechlin.indicators import catalogue as indicators
from mechlin.mechanisms import catalogue

MECHANISMS = catalogue()
EVERY = pytest.mark.parametrize("mechanism", MECHANISMS.values(), ids=MECHANISMS)


def test_every_mechanism_has_its_place_in_the_month():
    assert set(SCHEDULE) == set(MECHANISMS)


@EVERY
def test_parameters_have_unit_range_meaning_and_evidence_that_exists(mechanism):
    for d in declared(mechanism.params):
        assert d.param.unit and d.param.doc and d.param.low < d.param.high, d.name
        assert d.param.problem(d.name, d.default) is None, d.name
        assert not d.param.evidence or d.param.evidence in evidence(), d.param.evidence


@EVERY
def test_only_the_owner_writes_a_column(mechanism):
    owned = {f.name for f in mechanism.fields}
    assert set(mechanism.writes) <= owned
    assert not set(mechanism.reads) & set(mechanism.writes)


SCRATCH = {f.name for m in MECHANISMS.values() for f in m.fields if f.scratch}


def test_working_columns_are_their_owners_alone(toy):
    others = [*measures.catalogue().values(), *indicators(toy.backgrounds).values(), *MECHANISMS.values()]
    assert not SCRATCH & {name for d in others for name in d.reads}
    stages = {(m.name, f.scratch.partition(".")[0]) for m in MECHANISMS.values() for f in m.fields if f.scratch}
    assert all(owner == stage for owner, stage in stages)


def _each_its_own_space(mechanism):
    fields = (replace(f, scratch=f.scratch and f"{mechanism.name}.all") for f in mechanism.fields)
    return replace(mechanism, fields=tuple(fields))


def _spoiled_before(job):
    """Return ``job`` preceded by garbage in all the working columns it may see."""

    def spoiled(view, *more):
        chance = np.random.default_rng(1)
        for name in SCRATCH:
            table, _, column = name.partition(".")
            if table in view and column in getattr(view, table):
                found = getattr(getattr(view, table), column)
                span = np.iinfo(found.dtype) if found.dtype.kind in "iu" else None
                found[...] = chance.integers(span.min, span.max, found.shape, found.dtype) if span else np.nan
        return job(view, *more)

    return job and spoiled


@pytest.mark.slow
def test_nothing_is_found_in_the_working_space(toy, monkeypatch):
    """Whose space it was before, and whether stages share it, changes no column that lasts."""
    found, whole = [], engine.scheduled()
    apart = {name: _each_its_own_space(m) for name, m in whole.items()}
    spoiled = {
        name: replace(m, start=_spoiled_before(m.start), step=_spoiled_before(m.step)) for name, m in whole.items()
    }
    monkeypatch.setattr(engine, "_STARTS", Starts(room=0))
    for mechanisms in (apart, spoiled):
        monkeypatch.setattr(engine, "scheduled", lambda mechanisms=mechanisms: mechanisms)
        sim = Simulation(RunSpec(city="toy", months=26, package=ALL_ON), toy)
        for clock in sim.months:
            sim.month(clock)
        found.append({name: sim.state[name].copy() for name, f in sim.state.fields.items() if not f.scratch})
        assert "people.deed_row" in sim.state and "people.deed_row" not in found[-1]
    for name, column in found[0].items():
        np.testing.assert_array_equal(column, found[1][name], err_msg=name)


def test_every_column_has_one_owner():
    names = [f.name for m in MECHANISMS.values() for f in m.fields] + [f.name for f in STATIC_FIELDS]
    assert len(names) == len(set(names))


@EVERY
def test_columns_read_exist_and_defaults_fit_their_type(mechanism):
    known = {f.name for m in MECHANISMS.values() for f in m.fields} | {f.name for f in STATIC_FIELDS}
    assert set(mechanism.reads) <= known
    for f in mechanism.fields:
        assert np.array(f.empty).astype(f.dtype) == f.empty, f.name


@EVERY
def test_levers_are_called_after_their_mechanism_and_matched_groups_exist(mechanism):
    names = {lever.name for lever in mechanism.levers}
    assert all(name.startswith(f"{mechanism.name}.") for name in names)
    assert all(set(group) <= names for group in mechanism.matched)


@pytest.mark.slow
def test_invariants_hold_for_ten_years(toy):
    sim = Simulation(RunSpec(city="toy", months=120, package=ALL_ON), toy)
    for clock in sim.months:
        sim.month(clock)
        assert sim.broken() == []
    assert sim.state["people.alive"].sum() > 0.5 * sim.city.areas["people"].sum()


ALL_ON = {name: dict(programme.large) for name, programme in measures.catalogue().items()}


QUEUES = {"queue", "free_row", "freed_month", "alive"}
CAME_FROM = "households.from_household"  # means something in the month of coming only


def snapshot(sim):
    """Every number that lasts, people, households and homes found by identity and not by row."""
    state, out, rows = sim.state, {}, {}
    for table in ("people", "households", "homes"):
        alive = state[f"{table}.alive"] if f"{table}.alive" in state else np.ones(state.sizes[table], bool)
        rows[table] = np.flatnonzero(alive)[np.argsort(state[f"{table}.key"][alive])]
    for name, f in state.fields.items():
        if f.scratch or f.column in QUEUES or f.unit.endswith("in a list") or name in (*ORDERED, CAME_FROM):
            continue
        found = state[name][rows.get(f.table, slice(None))]
        if f.table in rows and f.unit.startswith("row of ") and (table := f.unit.split()[2]) in rows:
            found = _identities(state, name, table, rows[f.table], found)
        out[name] = found
    return out


ORDERED = ("households.first", "people.next")  # members are a list in no order


def _identities(state, name, table, owners, found):
    """Return the keys of those referred to, 0 for nobody; somebody who has gone is nobody."""
    there = found >= 0
    if f"{table}.alive" in state:
        there[there] = state[f"{table}.alive"][found[there]]
    if name == "people.buddy":  # a pair is one only while each is the other's
        there[there] = state[name][found[there]] == owners[there]
    return np.where(there, state[f"{table}.key"][np.where(there, found, 0)], np.uint64(0))


LISTS = {"queue", "free_row", "freed_month", "pupil"}  # not one entry per row: these stay where they are


def shuffled(sim, seed):
    """Give people and households other rows; nothing else changes."""
    rng = np.random.default_rng(seed)
    state = sim.state
    for table in ("people", "households"):
        old_alive = state[f"{table}.alive"].copy()
        rows = np.flatnonzero(old_alive)
        new = rng.permutation(rows)
        move = np.arange(state.sizes[table])
        move[rows] = new
        for name, f in state.fields.items():
            if f.table == table and f.column not in LISTS and not f.scratch:
                column = state[name].copy()
                state[name][move] = column
        for name, f in state.fields.items():
            if f.unit.startswith(f"row of {table}") and f.column != "free_row" and not f.scratch:
                column = state[name]
                known = column >= 0
                column[known] = move[column[known]]
    return sim


@pytest.mark.slow
def test_row_order_does_not_matter(toy):
    spec = RunSpec(city="toy", months=36, package=ALL_ON)
    plain, moved = Simulation(spec, toy), shuffled(Simulation(spec, toy), 3)
    for clock in plain.months:
        plain.month(clock)
        moved.month(clock)
    first, second = snapshot(plain), snapshot(moved)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def spoil_free_rows(state, t, chance):
    """Leave garbage in every row that somebody may get this month."""
    for table in ("people", "households"):
        ring, queue = state[f"{table}.free_row"], state[f"{table}.queue"]
        ready = waiting_rows(state[f"{table}.freed_month"], queue) + REUSE_DELAY <= t
        free = waiting_rows(ring, queue)[ready]
        for name, f in state.fields.items():
            if f.table == table and f.column not in LISTS | {"alive"} and not f.scratch:
                column = state[name]
                column[free] = chance.integers(0, 2, (free.size, *column.shape[1:])).astype(column.dtype)


@pytest.mark.slow
def test_nothing_depends_on_rows_that_nobody_has(toy, monkeypatch):
    """However many rows are spare, and whatever is left in those that somebody will get."""
    spec, chance = RunSpec(city="toy", months=48, package=ALL_ON), np.random.default_rng(1)
    monkeypatch.setattr(engine, "_STARTS", Starts(room=0))
    plain = Simulation(spec, toy)
    monkeypatch.setattr(state_module, "_SPARE_ROWS", 1000)
    dirty = Simulation(spec, toy)
    monkeypatch.undo()
    for clock in plain.months:
        spoil_free_rows(dirty.state, clock.t, chance)
        plain.month(clock)
        dirty.month(clock)
    assert plain.state.sizes["people"] != dirty.state.sizes["people"]
    first, second = snapshot(plain), snapshot(dirty)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


@pytest.mark.slow
def test_there_is_room_however_many_come_and_go():
    """As many leave and come as a city's tables may say: four years empty it, two fill it again."""
    city = toy_city(12_000)
    leave = {y: 500.0 if y < 2005 else 0.0 for y in city.series["leavers_per_1000"]}
    come = {y: 0.0 if y < 2005 else 500.0 for y in leave}
    series = {**city.series, "leavers_per_1000": leave, "arrivals_per_1000": come}
    sim = Simulation(RunSpec(city="toy", months=72), replace(city, series=series))
    people = []
    for clock in sim.months:
        sim.month(clock)
        people.append(int(sim.state["people.alive"].sum()))
        rings = [sim.state[f"{t}.queue"][1] / sim.state[f"{t}.free_row"].size for t in ("people", "households")]
        assert max(rings) < 0.75
    assert sim.broken() == []
    assert people[47] < 0.6 * people[0] and people[-1] > 1.3 * people[47]
    let_go = sim.state.sizes["people"] - people[-1] - sim.state["people.queue"][1]
    assert let_go > 1000, "the queue holds no more than it has places for"


@pytest.mark.slow
def test_yearly_counts_follow_the_outside_series(toy):
    sim = Simulation(RunSpec(city="toy", months=12), toy)
    people = sim.state["people.alive"].sum()
    for clock in sim.months:
        sim.month(clock)
    expected = sim.views["demography"].series.births_per_1000[0] * people / 1000
    assert abs(sim.state["city.births"][0] - expected) < 4 * np.sqrt(expected)


def test_an_undeclared_write_does_not_compile(toy):
    from numba.core.errors import TypingError

    from mechlin.mechanisms.upkeep.homes import homes_months

    sim = Simulation(RunSpec(city="toy", months=1), toy)
    m = scheduled()["upkeep"]
    view = sim.state.view((*m.reads, *m.writes))  # everything read-only
    with pytest.raises(TypingError, match="readonly"):
        homes_months(view.homes, view.areas, view.city, m.params(), 3, np.uint64(1), 0)
