"""Draws that a city keeps: written, read, refused with their repair, and taken by worlds in the order of their nesting."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mechlin.city.toy import toy_city
from mechlin.core.spec import RunResult
from mechlin.evidence.priors import Draw
from mechlin.statistics.emulate import Observed
from mechlin.study.calibration_plan import Plan, Target
from mechlin.study.draws import DRAWS_FILE, Draws, Kept, draws_of, problems_in, stamp
from mechlin.study.joining import implausible, join
from mechlin.study.worlds import owners, worlds

LEVEL = "demography.depart_share"


def some(model=None, draws=None):
    kept = draws or tuple(Kept(c // 4, c, (0.3 + 0.001 * c,)) for c in (0, 2, 3, 5, 8, 11, 12, 13, 14))
    return Draws(
        2012, "as-it-went", model or stamp(owners()), 16, {"population": 5}, {"pride_share": 4.5}, (LEVEL,), kept
    )


@pytest.fixture
def city(tmp_path):
    some().save(tmp_path / DRAWS_FILE)
    return replace(toy_city(), folder=tmp_path)


def test_what_is_written_is_read(city):
    assert draws_of(city) == some() and problems_in(city.folder) == []
    assert draws_of(toy_city()) is None


def test_two_draws_of_a_structure_stand_together_and_one_alone_is_left_out():
    assert [(k.structure, k.knowledge) for k in some().cells] == [(0, 0), (0, 2), (2, 8), (2, 11), (3, 12), (3, 13)]


def test_worlds_are_the_draws_kept_four_to_a_structure_two_to_what_is_believed(city):
    seen = worlds(city, 16)
    levels = [w.params["demography"]["depart_share"] for w in seen]
    assert levels[:4] == [0.3, 0.3, 0.302, 0.302] and levels[12:14] == [0.3, 0.3]  # six cells, then from the front
    assert [w.seed for w in seen] == list(range(1, 17))
    plain = worlds(toy_city(), 32)
    without = {n: v for n, v in seen[4].params["demography"].items() if n != "depart_share"}
    assert without == {n: v for n, v in plain[16].params["demography"].items() if n != "depart_share"}  # draw number 8
    assert worlds(city, 32)[:16] == seen


def test_draws_of_other_beliefs_are_not_taken(city):
    some(model="another").save(city.folder / DRAWS_FILE)
    fitted = replace(city, calibration=({"demography": {"depart_share": 0.4}},))
    assert worlds(fitted, 8) == worlds(replace(fitted, folder=None), 8)


@pytest.mark.parametrize("text", ["[]", "{", '{"until": 2012}', "\\xff", '{"a": NaN}'])
def test_a_broken_file_of_draws_is_one_problem_with_its_repair(tmp_path, text):
    (tmp_path / DRAWS_FILE).write_text(text, encoding="utf-8")
    (problem,) = problems_in(tmp_path)
    assert problem.file == DRAWS_FILE and "mechlin calibrate" in problem.repair


def test_a_draw_with_a_number_too_few_is_a_problem(tmp_path):
    told = json.loads(some().save(tmp_path / DRAWS_FILE).read_text(encoding="utf-8"))
    told["draws"][0] = told["draws"][0][:2]
    (tmp_path / DRAWS_FILE).write_text(json.dumps(told), encoding="utf-8")
    assert "1 levels" in problems_in(tmp_path)[0].what


ROWS = [Target("population", "Residents", 2012, 1000.0, 1.0, "persons", 1.0),
        Target("births", "Births", 2012, 10.0, 1.0, "births", 1.0),
        Target("pride_share", "Proud", 2012, 50.0, 1.0, "%", 1.0)]  # fmt: skip
SEEN = Observed(np.array([1000.0, 10.0, 50.0]), np.diag([20.0, 1.0, 1.0]) ** 2)


def test_how_far_a_draw_is_by_hand():
    told = np.array([[1040.0, 10.0, 50.0], [1000.0, 14.0, 47.0]])
    far = implausible(told, SEEN, np.array([0.0, np.sqrt(3.0), 0.0]), ROWS)
    assert far["population"].tolist() == [2.0, 0.0] and far["births"] == pytest.approx([0.0, 2.0])
    assert far["pride_share"].tolist() == [0.0, 3.0]


def test_levels_make_up_for_beliefs_and_what_no_draw_reaches_rules_none_out():
    """A made-up city whose residents hang on a level and on what is believed of transport; pride is always far away."""
    city, plan = toy_city(), Plan((LEVEL, "housing.register_rate"), 2012, "nothing")
    asked: list[Draw] = []

    def run(specs):
        asked.extend(spec.params for spec in specs)
        return [RunResult(s, np.array([2012]), _answer(s.params), {}) for s in specs]

    def outputs(results):
        return np.array([[float(r.series[t.indicator][0]) for t in ROWS] for r in results])

    found = np.random.default_rng(1).standard_normal((64, 2))
    draws = join(city, plan, {}, 144, ROWS, SEEN, np.zeros(3), found, 64, run, outputs)
    assert len(asked) == 4 * 64 and len(draws.draws) > 48 and [*draws.beyond] == ["pride_share"]
    assert len({tuple(p) for p in asked[:64]}) == 1  # the first say what levels do, with the beliefs of the middle
    start, end = ([_answer(p)["population"][0] for p in part] for part in (asked[64:128], asked[-64:]))
    assert np.std(start) > 60 and np.mean(np.abs(np.array(end) - 1000.0) < 40.0) > 0.8
    assert sum(draws.ruled_out.values()) >= 64 - len(draws.draws)
    kept = {k.knowledge for k in draws.draws}
    assert all(abs(e - 1000.0) <= 60.0 for c, e in enumerate(end) if c in kept)


def _answer(params):
    level = params["demography"]["depart_share"]
    return {
        "population": np.array(
            [1000.0 + 300.0 * (params.get("transport", {}).get("factor", 0.6) - 0.6) - 900.0 * (level - 0.45)]
        ),
        "births": np.array([10.0]),
        "pride_share": np.array([80.0]),
    }
