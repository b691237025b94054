"""The plain parts of the core: calendar, errors, specifications."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.core.clock import clock_at, month_number, month_text
from mechlin.core.errors import InputError, MechlinError, Problem, UsageError, nearest
from mechlin.core.spec import RunSpec, model_version


def test_the_calendar():
    first, school, last = clock_at("2001-01", 0), clock_at("2001-01", 8), clock_at("2001-01", 215)
    assert (first.year, first.month, first.is_january) == (2001, 1, True)
    assert (school.month, school.is_school_start) == (9, True)
    assert (last.year, last.month, last.is_december) == (2018, 12, True)
    assert clock_at("2003-11", 2) == (2, 2004, 1)


@given(st.integers(0, 9999 * 12 + 11))
def test_months_survive_writing_and_reading(number):
    assert month_number(month_text(number)) == number


@pytest.mark.parametrize("text", ["", "2001-13", "2001-00", "01-2001", "2001/01", "2001-1", "soon", "2001-01-01"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(UsageError, match="not a month"):
        month_number(text)


def test_a_year_alone_is_its_january():
    assert month_text(month_number("2004")) == "2004-01"


def test_errors_know_their_exit_code():
    assert (MechlinError.exit_code, UsageError.exit_code, InputError.exit_code) == (1, 2, 3)
    assert issubclass(UsageError, MechlinError) and issubclass(InputError, MechlinError)


def test_a_problem_says_what_where_allowed_nearest_and_repair():
    problem = Problem("people = -3 is negative", "areas.csv", 7, "people", "0 or more", "peoples", "write 0")
    assert str(problem) == (
        "areas.csv, row 7, column people: people = -3 is negative; allowed: 0 or more; "
        "did you mean 'peoples'?; repair: write 0"
    )
    assert str(Problem("no city")) == "no city"


def test_an_input_error_carries_every_problem():
    error = InputError(Problem(f"problem {i}") for i in range(3))
    assert len(error.problems) == 3
    assert str(error).splitlines() == ["problem 0", "problem 1", "problem 2"]


def test_the_nearest_word():
    assert nearest("camras", ["cameras", "patrol"]) == "cameras"
    assert nearest("Camras", ["cameras", "patrol"]) == "cameras"
    assert nearest("caserne", ["Kazerne"]) == "Kazerne"
    for far in ("zzz", "atlantis"):
        assert nearest(far, ["cameras", "patrol", "Aartsbisdom"]) == ""


SPEC = RunSpec(
    city="mechelen", package={"cameras": {"cameras": 107, "start": "2003-01"}}, params={"housing": {"a": 0.5}}
)


def test_a_specification_survives_writing_and_reading():
    again = RunSpec.from_json(SPEC.to_json())
    assert again == SPEC and again.id() == SPEC.id()
    assert len(SPEC.id()) == 20 and int(SPEC.id(), 16) >= 0
    assert json.loads(SPEC.to_json())["version"] == model_version()


def test_the_order_in_which_things_are_written_is_no_part_of_the_name():
    turned = {"cameras": {"start": "2003-01", "cameras": 107}}
    assert dataclasses.replace(SPEC, package=turned).id() == SPEC.id()


@pytest.mark.parametrize(
    "change",
    [
        {"city": "antwerp"}, {"city_hash": "1"}, {"package": {}}, {"params": {}}, {"seed": 2}, {"population": 2},
        {"start": "2002-01"}, {"months": 12}, {"version": "other"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_whatever_can_move_a_figure_changes_the_name(change):
    assert {f.name for f in dataclasses.fields(RunSpec)} == {
        "city", "city_hash", "package", "params", "seed", "population", "start", "months", "version",
        "asked",
    }, "a new field needs its line above"  # fmt: skip
    assert dataclasses.replace(SPEC, **change).id() != SPEC.id()
    assert dataclasses.replace(SPEC, asked=change).id() == SPEC.id()  # what was asked moves no figure
