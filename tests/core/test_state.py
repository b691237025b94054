"""The state: what a mechanism may see and write, and how rows are taken, given back and used again."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import TypingError

from mechlin.core.compiled import compiled
from mechlin.core.declare import Field
from mechlin.core.state import REUSE_DELAY, build_state, release_row, row_queue, take_row, waiting_rows
from mechlin.core.views import Table, View

FIELDS = (
    *row_queue("people"),
    Field("people.income_eur", np.float32, "EUR/month", -1, "Income"),
    Field("areas.backgrounds", np.int32, "people", 0, "Residents by background", width="backgrounds"),
    Field("areas.rent_eur", np.float64, "EUR/month", 0, "Rent"),
    Field("city.births", np.int64, "people", 0, "Births this year", flow=True),
    Field("people.caller", np.int32, "row of people", 0, "Who calls", scratch="calls.morning"),
    Field("people.caller_order", np.uint64, "bits", 0, "In which order", scratch="calls.morning"),
    Field("people.guest", np.int32, "row of people", 0, "Who comes", scratch="calls.evening", rows_per_entry=4),
)


def small_state(people=20):
    keys = np.arange(1, people + 1, dtype=np.uint64)
    filled = {"people.key": keys, "people.alive": np.ones(people, dtype=np.bool_)}
    return build_state(FIELDS, filled, {"people": people, "areas": 3}, {"backgrounds": 5})


@compiled
def raise_rents(areas):
    for i in range(areas.rent_eur.size):
        areas.rent_eur[i] += 10.0


def test_columns_are_as_declared():
    state = small_state()
    assert state["areas.backgrounds"].shape == (3, 5)
    assert state["people.income_eur"].dtype == np.float32
    assert (state["people.income_eur"] == -1).all()
    assert state["city.births"].shape == (1,)
    assert "people.income_eur" in state and "people.hair" not in state
    assert state.bytes() == state.space.nbytes + sum(c.nbytes for n, c in state.columns.items() if not CALLS & {n})


CALLS = {"people.caller", "people.caller_order", "people.guest"}


def test_columns_of_different_stages_share_memory_and_those_of_one_stage_do_not():
    state = small_state()
    for _ in range(2):  # as made, and when grown
        caller, order, guest = (state[name] for name in sorted(CALLS))
        assert np.shares_memory(caller, guest) and not np.shares_memory(caller, order)
        rows = state.sizes["people"]
        assert caller.size == order.size == rows and guest.size == rows // 4 + 1024
        assert max(12 * rows, guest.nbytes) <= state.space.nbytes < 12 * rows + guest.nbytes
        while state.spare("people", 0):
            take_row(*queue_of(state), 0)
        state.grow(0)
    other = state.copy()
    assert other["people.caller"].size == state.sizes["people"] and not np.shares_memory(other.space, state.space)


def test_filling_what_nobody_declared_is_refused():
    with pytest.raises(KeyError, match="nobody declared"):
        build_state(FIELDS, {"people.hair": np.zeros(1)}, {"people": 1, "areas": 1}, {"backgrounds": 1})


def test_a_view_shows_only_what_was_asked_and_writes_only_what_was_declared():
    view = small_state().view(["areas.rent_eur", "people.key"], ["city.births"])
    assert tuple(view) == ("areas", "city", "people")
    assert tuple(view.areas) == ("rent_eur",)
    view.city.births[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        view.areas.rent_eur[0] = 3.0


def test_writing_through_a_view_writes_the_state():
    state = small_state()
    raise_rents(state.view([], ["areas.rent_eur"]).areas)
    assert (state["areas.rent_eur"] == 10.0).all()


def test_an_undeclared_write_does_not_compile():
    with pytest.raises(TypingError, match=r"(?i)readonly|cannot modify"):
        raise_rents(small_state().view(["areas.rent_eur"]).areas)


def test_flows_start_again_and_stocks_stay():
    state = small_state()
    state["city.births"][0], state["areas.rent_eur"][:] = 9, 500.0
    state.zero_flows()
    assert state["city.births"][0] == 0 and (state["areas.rent_eur"] == 500.0).all()


def test_a_growing_view_shows_the_queue():
    view = small_state().view(["people.income_eur"], grows=["people"])
    assert set(view.people) >= {"alive", "free_row", "freed_month", "queue"}
    view.people.queue[1] -= 1


# ------------------------------------------------------------------------------------ rows and their reuse


def queue_of(state):
    return tuple(state[f"people.{c}"] for c in ("free_row", "freed_month", "queue", "alive"))


def test_a_freed_row_waits_before_somebody_else_gets_it():
    state = small_state()
    while state.spare("people", 0):
        assert take_row(*queue_of(state), 0) >= 0
    assert state["people.alive"].all()
    assert take_row(*queue_of(state), 0) == -1
    release_row(*queue_of(state), np.int32(4), 10)
    assert not state["people.alive"][4]
    for t in range(10, 10 + REUSE_DELAY):
        assert take_row(*queue_of(state), t) == -1
    assert take_row(*queue_of(state), 10 + REUSE_DELAY) == 4
    assert state["people.alive"][4]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["take", "release", "grow"]), st.integers(0, 10**6)), max_size=400))
def test_no_row_is_lost_or_given_twice(actions):
    state = small_state()
    alive = {int(r) for r in np.flatnonzero(state["people.alive"])}
    freed: dict[int, int] = {}
    for t, (action, pick) in enumerate(actions):
        if action == "take":
            for _ in range(pick % 40):
                row = int(take_row(*queue_of(state), t))
                if row == -1:
                    break
                assert row not in alive and t - freed.get(row, -REUSE_DELAY) >= REUSE_DELAY
                alive.add(row)
        elif action == "release" and alive:
            row = sorted(alive)[pick % len(alive)]
            release_row(*queue_of(state), np.int32(row), t)
            alive.discard(row)
            freed[row] = t
        elif action == "grow":
            state.grow(t)
        free, months, queue, _ = queue_of(state)
        waiting = waiting_rows(free, queue).tolist()
        assert set(np.flatnonzero(state["people.alive"]).tolist()) == alive
        assert sorted([*waiting, *alive]) == list(range(state.sizes["people"]))
        assert (np.diff(waiting_rows(months, queue)) >= 0).all(), "first freed, first used"


def test_growth_keeps_everybody_where_they_were():
    state = small_state()
    state["people.income_eur"][:20] = np.arange(20)
    before = state.sizes["people"]
    assert not state.grow(0), "there is room"
    while state.spare("people", 0) > 2:
        take_row(*queue_of(state), 0)
    assert state.grow(0)
    assert state.sizes["people"] > before
    assert state["people.income_eur"].size == state["people.key"].size == state.sizes["people"]
    assert state["people.income_eur"][:20].tolist() == list(range(20))
    assert state["people.key"][:20].tolist() == list(range(1, 21))
    assert (state["people.income_eur"][before:] == -1).all()


def test_growth_of_one_table_leaves_the_others():
    state = small_state()
    rents = state["areas.rent_eur"]
    while state.spare("people", 0):
        take_row(*queue_of(state), 0)
    state.grow(0)
    assert state["areas.rent_eur"] is rents


def test_a_view_goes_on_when_the_state_has_grown():
    state = small_state()
    view = state.view([], ["areas.rent_eur", "people.income_eur"])
    people, areas = view.people, view.areas
    while state.spare("people", 0):
        take_row(*queue_of(state), 0)
    state.grow(0)
    set_incomes(people)
    assert (state["people.income_eur"] == 7).all() and people.income_eur.size == state.sizes["people"]
    assert view.people is people and view.areas is areas
    assert state.view([], ["people.income_eur"]).people is people, "who asks for the same columns gets the same table"


@compiled
def set_incomes(people):
    for i in range(people.income_eur.size):
        people.income_eur[i] = 7


# ------------------------------------------------------------------------------------------- tables and views


def test_a_table_is_the_same_type_in_every_thread_and_process():
    columns = {"rent_eur": np.zeros(3), "people": np.zeros(3, np.int32)}
    first, second = Table(columns), Table({name: a.copy() for name, a in columns.items()})
    assert first._numba_type_ is second._numba_type_
    assert Table(dict(reversed(columns.items())))._numba_type_ != first._numba_type_
    for away in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="of its own process"):
            away(first)


def test_what_a_table_or_view_does_not_show_is_named_with_what_it_shows():
    table = Table({"rent_eur": np.zeros(3)})
    with pytest.raises(AttributeError, match=r"no column 'rents', only rent_eur"):
        _ = table.rents
    with pytest.raises(AttributeError, match=r"no table 'homes', only areas"):
        _ = View(areas=table).homes


def test_a_table_goes_on_with_columns_of_the_same_kinds_only():
    table = Table({"rent_eur": np.zeros(3)})
    table.point_to({"rent_eur": np.ones(5)})
    assert table.rent_eur.sum() == 5
    for other in ({"rent_eur": np.zeros(3, np.float32)}, {"rents": np.zeros(3)}, {}):
        with pytest.raises(ValueError, match="same names and kinds"):
            table.point_to(other)
    with pytest.raises(ValueError, match="contiguous"):
        Table({"rent_eur": np.zeros(6)[::2]})
