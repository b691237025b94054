"""The state: what a mechanism may see and write, and how rows are taken, given back and used again."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import TypingError

from mechlin.core.compiled import compiled
from mechlin.core.declare import Field
from mechlin.core.state import REUSE_DELAY, build_state, release_row, row_queue, take_row, waiting_rows
from mechlin.core.views import view_class

FIELDS = (
    *row_queue("people"),
    Field("people.income_eur", np.float32, "EUR/month", -1, "Income"),
    Field("areas.backgrounds", np.int32, "people", 0, "Residents by background", width="backgrounds"),
    Field("areas.rent_eur", np.float64, "EUR/month", 0, "Rent"),
    Field("city.births", np.int64, "people", 0, "Births this year", flow=True),
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
    assert state.bytes() == sum(c.nbytes for c in state.columns.values())


def test_filling_what_nobody_declared_is_refused():
    with pytest.raises(KeyError, match="nobody declared"):
        build_state(FIELDS, {"people.hair": np.zeros(1)}, {"people": 1, "areas": 1}, {"backgrounds": 1})


def test_a_view_shows_only_what_was_asked_and_writes_only_what_was_declared():
    view = small_state().view(["areas.rent_eur", "people.key"], ["city.births"])
    assert view._fields == ("areas", "city", "people")
    assert view.areas._fields == ("rent_eur",)
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
    assert set(view.people._fields) >= {"alive", "free_row", "freed_month", "queue"}
    view.people.queue[1] -= 1


# ------------------------------------------------------------------------------------ rows and their reuse


def queue_of(state):
    return tuple(state[f"people.{c}"] for c in ("free_row", "freed_month", "queue", "alive"))


def test_a_freed_row_waits_before_somebody_else_gets_it():
    state = small_state()
    while state.spare("people"):
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
            state.grow()
        free, months, queue, _ = queue_of(state)
        waiting = waiting_rows(free, queue).tolist()
        assert set(np.flatnonzero(state["people.alive"]).tolist()) == alive
        assert sorted([*waiting, *alive]) == list(range(state.sizes["people"]))
        assert (np.diff(waiting_rows(months, queue)) >= 0).all(), "first freed, first used"


def test_growth_keeps_everybody_where_they_were():
    state = small_state()
    state["people.income_eur"][:20] = np.arange(20)
    before = state.sizes["people"]
    assert not state.grow(), "there is room"
    while state.spare("people") > 2:
        take_row(*queue_of(state), 0)
    assert state.grow()
    assert state.sizes["people"] > before
    assert state["people.income_eur"].size == state["people.key"].size == state.sizes["people"]
    assert state["people.income_eur"][:20].tolist() == list(range(20))
    assert state["people.key"][:20].tolist() == list(range(1, 21))
    assert (state["people.income_eur"][before:] == -1).all()


def test_growth_of_one_table_leaves_the_others():
    state = small_state()
    rents = state["areas.rent_eur"]
    while state.spare("people"):
        take_row(*queue_of(state), 0)
    state.grow()
    assert state["areas.rent_eur"] is rents


# ------------------------------------------------------------------------------------------- view classes


def test_a_view_class_is_one_class_and_is_found_again_by_its_name():
    first, second = view_class(("rent_eur", "people")), view_class(("rent_eur", "people"))
    assert first is second is not view_class(("people", "rent_eur"))
    view = first(1, 2)
    assert pickle.loads(pickle.dumps(view)) == view
    assert type(pickle.loads(pickle.dumps(view))) is first


def test_other_names_are_not_made_up():
    from mechlin.core import views

    with pytest.raises(AttributeError):
        views.no_such_thing
