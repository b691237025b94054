"""Worlds: nested, addressed by what they vary, and the spread of a difference divided among the three doubts."""

from typing import Annotated, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.city.toy import toy_city
from mechlin.core.declare import Param, declared
from mechlin.core.errors import InputError, UsageError
from mechlin.evidence.priors import beliefs, knowledge_draws, quantile, structure_draws, switches
from mechlin.study.worlds import KNOWLEDGE, World, dose_times, fixed, kinds, owners, shares, with_draws, worlds


class Numbers(NamedTuple):
    """A belief, a whole number, a switch and a definition."""

    pull: Annotated[float, Param("1", 0, 10, "A belief", likely=(1.0, 5.0))] = 2.0
    homes: Annotated[int, Param("homes", 0, 9, "A whole number", likely=(2, 8))] = 4
    kink: Annotated[int, Param("0 or 1", 0, 1, "A switch", structure=True)] = 0
    line: Annotated[float, Param("share", 0, 1, "A definition")] = 0.6


class Owner(NamedTuple):
    params: type = Numbers


PULL, HOMES, KINK, _ = declared(Numbers)


def test_the_middle_is_the_default_and_nine_tenths_lie_within_what_is_likely():
    assert quantile(PULL, 0.5) == 2.0
    assert quantile(PULL, 0.05) == pytest.approx(1.0) and quantile(PULL, 0.95) == pytest.approx(5.0)
    assert quantile(HOMES, 0.95) == 8 and isinstance(quantile(HOMES, 0.3), int)
    assert (quantile(KINK, 0.49), quantile(KINK, 0.5)) == (0, 1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_and_stay_possible(u, v):
    low, high = sorted((u, v))
    assert 0.0 <= quantile(PULL, low) <= quantile(PULL, high) <= 10.0


def test_definitions_are_not_drawn_and_switches_are_coins():
    assert [d.name for _, d in beliefs({"x": Owner()})] == ["pull", "homes"]
    assert [d.name for _, d in switches({"x": Owner()})] == ["kink"]
    coins = [draw["x"]["kink"] for draw in structure_draws({"x": Owner()}, 64)]
    assert sum(coins) == 32


def test_draws_fill_the_prior_and_more_draws_only_add():
    few, many = (knowledge_draws({"x": Owner()}, n) for n in (8, 256))
    assert many[:8] == few
    pulls = np.array([draw["x"]["pull"] for draw in many])
    assert abs(np.mean((pulls > 1.0) & (pulls < 5.0)) - 0.9) < 0.02
    assert abs(np.median(pulls) - 2.0) < 0.05


def test_every_declared_belief_has_its_default_inside_and_itself_inside_what_is_possible():
    for owner, d in beliefs(owners()):
        low, high = d.param.likely
        assert d.param.low <= low < high <= d.param.high, (owner, d.name)
        assert low <= d.default <= high, (owner, d.name)


def test_worlds_are_nested_four_to_a_structure_two_to_a_belief():
    seen = worlds(toy_city(), 16)
    assert [w.seed for w in seen] == list(range(1, 17))
    assert all(seen[n].params == seen[n + 1].params for n in range(0, 16, 2))
    assert seen[0].params != seen[2].params
    assert worlds(toy_city(), 32)[:16] == seen
    tipping = [w.params["housing"]["tipping"] for w in seen]
    assert all(len(set(tipping[n : n + 4])) == 1 for n in range(0, 16, 4)) and len(set(tipping)) == 2


def test_what_is_not_varied_stays():
    alone = worlds(toy_city(), 8, ("chance",))
    assert {repr((w.params, w.measures)) for w in alone} == {"({}, {})"} and len({w.seed for w in alone}) == 8
    assert len({w.seed for w in worlds(toy_city(), 8, ("knowledge",))}) == 1
    assert kinds("all") == ("chance", "knowledge", "structure") and kinds("structure, chance") == (
        "chance",
        "structure",
    )
    with pytest.raises(UsageError, match="luck"):
        kinds("luck")


def test_what_a_package_says_outweighs_the_draw():
    world = World(1, {}, {"a": {"x": 2, "y": 3}, "b": {"z": 4}})
    assert with_draws({"a": {"x": 1}}, world) == {"a": {"x": 1, "y": 3}}


def test_a_number_can_be_fixed_in_every_world_and_nonsense_is_refused_at_once():
    world = fixed(worlds(toy_city(), 1)[0], {"transport.factor": 1.0, "home_renovation.additional_share": 0.5})
    assert world.params["transport"]["factor"] == 1.0 and world.measures["home_renovation"]["additional_share"] == 0.5
    with pytest.raises(InputError) as caught:
        fixed(world, {"transport.facto": 1.0, "housing.own_weight": 99.0})
    assert "transport.factor" in str(caught.value) and "0 to 10" in str(caught.value)


def made(chance, knowledge, structure, blocks=400):
    """Return differences with these spreads (standard deviations), nested as worlds are."""
    rng = np.random.default_rng(5)
    s = np.repeat(rng.normal(0, structure, blocks), 4)
    k = np.repeat(rng.normal(0, knowledge, 2 * blocks), 2)
    return s + k + rng.normal(0, chance, 4 * blocks)


@pytest.mark.parametrize("spreads", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 2.0, 1.0), (0.5, 0.5, 2.0)])
def test_the_spread_is_divided_as_it_was_made(spreads):
    found = shares(made(*spreads))
    squares = np.square(spreads)
    np.testing.assert_allclose(list(found.values()), squares / squares.sum(), atol=0.09)
    assert sum(found.values()) == pytest.approx(1.0)


def test_too_few_worlds_or_no_spread_divide_nothing():
    assert shares(np.arange(7.0)) is None and shares(np.zeros(16)) is None


# ------------------------------------------------------------------------------------------------ doses

PATROL = {"visible_patrol": {"officers": {"2001-01": 10.0, "2003-01": 20.0}, "doubt": {"officers": [0.5, 1.2]}}}


def test_a_doubtful_dose_is_drawn_with_the_beliefs_and_all_its_months_move_together():
    seen = worlds(toy_city(), 64)
    times = np.array([with_draws(PATROL, world)["visible_patrol"]["officers"]["2003-01"] / 20.0 for world in seen])
    assert (times[::2] == times[1::2]).all() and len(
        {*times.tolist()}
    ) == 32  # two worlds in a row share what is believed
    assert abs(np.mean((times > 0.5) & (times < 1.2)) - 0.9) < 0.07 and abs(np.median(times) - 1.0) < 0.05
    for world in seen:
        drawn = with_draws(PATROL, world)["visible_patrol"]
        assert drawn["officers"]["2001-01"] == pytest.approx(drawn["officers"]["2003-01"] / 2) and "doubt" not in drawn


def test_a_dose_is_as_written_where_knowledge_does_not_vary_and_another_measure_moves_no_dose():
    (world, *_) = worlds(toy_city(), 2, ("chance",))
    assert with_draws(PATROL, world)["visible_patrol"]["officers"] == PATROL["visible_patrol"]["officers"]
    one = worlds(toy_city(), 2, (KNOWLEDGE,))[0]
    both = {**PATROL, "cameras": {"cameras": 12, "doubt": {"cameras": [0.5, 2.0]}}}
    assert with_draws(both, one)["visible_patrol"] == with_draws(PATROL, one)["visible_patrol"]
    assert isinstance(with_draws(both, one)["cameras"]["cameras"], int)


@given(st.floats(0, 1), st.floats(1, 10), st.floats(0, 1))
def test_a_dose_is_never_negative_and_its_middle_is_what_is_written(low, high, share):
    assert dose_times((low, high), share) >= 0.0
    assert dose_times((low, high), 0.5) == dose_times((low, high), None) == 1.0
