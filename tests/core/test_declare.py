"""Declarations: parameters checked all at once, levers that combine without an order."""

from typing import Annotated, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core.declare import Field, Lever, Param, declared, fill


class Params(NamedTuple):
    homes: Annotated[int, Param("homes", 0, 500, "How many homes")] = 20
    rent_share: Annotated[float, Param("share", 0, 1, "Rent that is asked", "housing.rent")] = 0.5
    months: Annotated[int, Param("months", 1, 240, "How long")] = 12


def test_parameters_are_listed_in_order_with_unit_range_and_meaning():
    names = [(d.name, d.type, d.default, d.param.unit) for d in declared(Params)]
    assert names == [("homes", int, 20, "homes"), ("rent_share", float, 0.5, "share"), ("months", int, 12, "months")]


def test_a_parameter_without_its_declaration_is_refused():
    class Bare(NamedTuple):
        size: float = 1.0

    with pytest.raises(TypeError, match="no Param"):
        declared(Bare)


def test_given_values_replace_defaults_and_keep_one_type():
    params, problems = fill(Params, {"homes": 30.0, "rent_share": 1})
    assert not problems
    assert params == Params(homes=30, rent_share=1.0, months=12)
    assert [type(v) for v in params] == [int, float, int]


def test_every_problem_is_said_at_once_with_place_range_and_nearest():
    given_values = {"homse": 3, "rent_share": 1.5, "months": 2.5, "homes": "many"}
    params, problems = fill(Params, given_values, file="plan.toml", prefix="service.")
    assert params == Params(), "what is wrong leaves the default"
    said = {p.column: p for p in problems}
    assert set(said) == {"service.homse", "service.rent_share", "service.months", "service.homes"}
    assert said["service.homse"].nearest == "homes"
    assert said["service.rent_share"].allowed == "0 to 1 share"
    assert "rent_share = 1 " in said["service.rent_share"].repair
    assert "whole" in said["service.months"].what
    assert all(p.file == "plan.toml" for p in problems)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), True, None, "5", [5], 501, -1])
def test_what_cannot_be_is_refused(value):
    assert fill(Params, {"homes": value})[1]


@given(st.floats(allow_nan=False))
def test_a_value_is_accepted_exactly_when_it_is_in_range(value):
    params, problems = fill(Params, {"rent_share": value})
    assert bool(problems) == (not 0 <= value <= 1)
    assert params.rent_share == (value if not problems else 0.5)


def test_a_column_knows_its_table():
    column = Field("homes.rent_eur", float, "EUR/month", 0, "Rent")
    assert (column.table, column.column) == ("homes", "rent_eur")


LEVERS = [Lever(f"test.{how}", "areas", "share", how, "A lever") for how in ("add", "multiply", "max", "stack")]


@pytest.mark.parametrize("lever", LEVERS[:3], ids=lambda lever: lever.combine)
def test_nobody_pulling_is_neutral(lever):
    out = np.full(4, np.nan)
    lever.merge(np.empty((0, 4)), out)
    assert (out == lever.neutral).all()


@pytest.mark.slow
@pytest.mark.parametrize("lever", LEVERS[:3], ids=lambda lever: lever.combine)
@given(data=st.data())
def test_the_order_of_programmes_does_not_matter_and_neutral_changes_nothing(lever, data):
    # Whole thousandths: products of numbers near the smallest that a float holds do depend on their order.
    pull = st.integers(0, 1000).map(lambda n: n / 1000)
    pulls = np.array(data.draw(st.lists(st.lists(pull, min_size=3, max_size=3), min_size=1, max_size=5)))
    order = data.draw(st.permutations(range(len(pulls))))
    merged, other, beside = np.empty(3), np.empty(3), np.empty(3)
    lever.merge(pulls, merged)
    lever.merge(pulls[order], other)
    lever.merge(np.vstack([pulls, np.full(3, lever.neutral)]), beside)
    np.testing.assert_allclose(other, merged, rtol=1e-14)
    np.testing.assert_array_equal(beside, merged)


def test_worked_merges():
    pulls = np.array([[0.5, 0.0], [0.8, 2.0]])
    for lever, expected in zip(LEVERS[:3], ([1.3, 2.0], [0.4, 0.0], [0.8, 2.0]), strict=True):
        out = np.empty(2)
        lever.merge(pulls, out)
        np.testing.assert_allclose(out, expected)
    stack = np.empty((2, 2))
    LEVERS[3].merge(pulls, stack)
    np.testing.assert_array_equal(stack, pulls)
