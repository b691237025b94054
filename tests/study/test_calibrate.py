"""A city is calibrated: planted levels are found, draws go with the city, what cannot be is refused with the nearest name."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr

from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.city.toy import toy_city
from mechlin.cli.main import main
from mechlin.core.errors import InputError, UsageError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run as real_run
from mechlin.runs.store import Store
from mechlin.study.calibration import calibrate
from mechlin.study.calibration_plan import Plan, Trust, observed, plan_in, point_of, read_plan, targets, valued
from mechlin.study.calibration_plan import level as number
from mechlin.study.joining import spread_from
from mechlin.study.worlds import worlds

pytestmark = pytest.mark.slow

LEAVE, FIND, CLOSE = "demography.depart_share", "economy.find_rate", "upkeep.closing_rate"
DECLARED = {name: number(name)[0] for name in (LEAVE, FIND, CLOSE)}
TRUTH = {name: valued(DECLARED[name], share) for name, share in ((LEAVE, 0.25), (FIND, 0.75))}
HEAD = "indicator,year,value,low,high,unit,source,tag,note\n"
PLAN = f'until = 2012\npackage = "nothing"\nfree = ["{LEAVE}", "{FIND}", "{CLOSE}"]\n'


def level(spec, name):
    owner, _, number = name.partition(".")
    return spec.params.get(owner, {}).get(number, DECLARED[name].default)


def residents(leave, years):
    return 4000 + 427 * (DECLARED[LEAVE].default - leave) * (1 + years)


@pytest.fixture
def calls(instead_of_runs, made_up):
    """Put made-up results in place of the engine: population falls with leaving, births grow with finding work."""
    seen = []

    def run(spec, city):
        seen.append(spec.id())
        result = made_up(spec.seed, False)
        years = np.arange(result.years.size)
        population = residents(level(spec, LEAVE), years) + 1.6 * np.sin(spec.seed)
        births = 1000 * level(spec, FIND) + 5 * np.cos(spec.seed) + 0 * years
        series = {**result.series, "population": population, "births": births}
        return replace(result, spec=spec, series=series)

    instead_of_runs(run)
    return seen


def history(folder):
    rows = [f"population,{y},{residents(TRUTH[LEAVE], y - 2001):.2f},,,persons,,," for y in (2003, 2006, 2009, 2012)]
    rows += [f"births,{y},{1000 * TRUTH[FIND]:.0f},,,births,,," for y in (2005, 2010)]
    rows += ["births,2015,1,,,births,,,", "population,1995,3900,,,persons,,,", "nonsense,2005,3,,,things,,,"]
    (folder / "history.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "indicator_map.csv").write_text(
        "observed,simulated,note\npopulation,population,\nbirths,births,\nnonsense,,no counterpart\n", encoding="utf-8"
    )


@pytest.fixture
def folder(tmp_path):
    path = write_city(tmp_path / "place", "place")
    history(path)
    (path / "calibration.toml").write_text(PLAN, encoding="utf-8")
    return path


@pytest.mark.parametrize("quick,draws", [(False, 32), (True, 128)])
def test_planted_levels_are_found_and_what_the_record_is_silent_about_is_said(folder, calls, tmp_path, quick, draws):
    found = calibrate(str(folder), 48, draws, store=Store(tmp_path / "runs"), joint=0, quick=quick)
    rows = {r["number"]: r for r in found.number_rows()}
    for name, truth in TRUTH.items():
        low, high = rows[name]["found_range"]
        assert low <= truth <= high and rows[name]["told"] != "not at all"
    assert rows[CLOSE]["told"] == "not at all" and rows[CLOSE]["contraction"] < 0.2
    assert found.misfit("after") < 0.5 * found.misfit("before")
    assert {(r["indicator"], r["why"]) for r in found.left_out} == {
        ("births", "after 2012"), ("population", "before the start"), ("nonsense", "no counterpart")
    }  # fmt: skip


def test_a_calibration_that_was_stopped_goes_on_and_computes_nothing_twice(folder, calls, tmp_path):
    store = Store(tmp_path / "runs")
    one = calibrate(str(folder), 24, 8, store=store, joint=0)
    assert len(calls) == len(set(calls)) == one.count == 24 + 8
    other = calibrate(str(folder), 24, 8, store=store, joint=0)
    (folder / "calibration.toml").write_text(PLAN + "# another word\n", encoding="utf-8")
    assert load_city(folder).hash == one.city.hash  # the plan moves no run
    assert len(calls) == one.count and np.array_equal(one.draws, other.draws)


def test_asking_for_more_draws_only_adds_some(folder, calls, tmp_path):
    few, many = (calibrate(str(folder), 24, n, store=Store(tmp_path / "runs"), joint=0) for n in (8, 64))
    assert np.array_equal(few.draws, many.draws[:8])


def test_runs_go_to_the_cluster_that_was_named(folder, calls, tmp_path, monkeypatch):
    named = []

    class Counting(ThreadPoolExecutor):
        def submit(self, *given, **more):
            named.append("run")
            return super().submit(*given, **more)

    @contextmanager
    def at(address):
        named.append(address)
        with Counting(2) as pool:
            yield pool

    monkeypatch.setattr("mechlin.study.calibration.executor_at", at)
    found = calibrate(str(folder), 24, 8, store=Store(tmp_path / "runs"), cluster="tcp://somewhere:8786")
    assert named[0] == "tcp://somewhere:8786" and named.count("run") == found.count == len(calls)


def test_accepted_draws_go_with_the_city_and_into_its_worlds(folder, calls, tmp_path):
    before = load_city(folder)
    found = calibrate(before, 24, 6, store=Store(tmp_path / "runs"), joint=0)
    found.save(folder / "calibration.csv")
    after = load_city(folder)
    assert before.calibration == () and len(after.calibration) == 1 + 6 and after.hash != before.hash
    assert after.calibrated(None)["demography"]["depart_share"] == pytest.approx(found.middle[0])
    assert [a["economy"]["find_rate"] for a in after.calibration[1:]] == pytest.approx(found.draws[:, 1].tolist())
    seen = [w.params["economy"]["find_rate"] for w in worlds(after, 8)]
    assert seen[::2] == pytest.approx(found.draws[:4, 1].tolist())
    held = {w.params["economy"]["find_rate"] for w in worlds(after, 4, ["chance"])}
    assert list(held) == [pytest.approx(found.middle[1])]
    assert not list(folder.glob("*.writing")) and not list(folder.glob(".*"))


def test_the_command_writes_a_page_and_the_city_only_when_asked(folder, calls, tmp_path, capsys):
    out = tmp_path / "report"
    given = ["calibrate", str(folder), "--runs", "24", "--draws", "8", "--out", str(out)]
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["misfit_after"] < told["misfit_before"] and {n["number"] for n in told["numbers"]} == {
        LEAVE,
        FIND,
        CLOSE,
    }
    assert not (folder / "calibration.csv").exists() and (out / "calibration.csv").is_file()
    page = (out / "calibration.html").read_text(encoding="utf-8")
    for words in ("What the record told", "What it cannot tell", "Held against the record", LEAVE):
        assert words in page
    assert main([*given, "--save"]) == 0
    assert "does not tell: " + CLOSE in capsys.readouterr().out
    assert (folder / "calibration.csv").read_text(encoding="utf-8") == (out / "calibration.csv").read_text(
        encoding="utf-8"
    )
    assert main(["city", "check", str(folder)]) == 0


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("calibration.csv", "economy.find_rat\n0.8\n", "economy.find_rate"),
        ("calibration.csv", "economy.find_rate\n7\n", "outside what is possible"),
        ("calibration.csv", "economy.find_rate\nmany\n", "not a number"),
        ("calibration.csv", "findrate\n0.8\n", "not a known column"),
        ("calibration.csv", "transport.factor\n0.8\n", "no level"),
        ("calibration.toml", PLAN.replace("depart_share", "depart_shar"), LEAVE),
        ("calibration.toml", PLAN.replace(CLOSE, "upkeep.cleaning_most"), "not a level"),
        ("calibration.toml", PLAN.replace(CLOSE, "housing.tipping"), "a switch"),
        ("calibration.toml", PLAN.replace(CLOSE, LEAVE), "twice"),
        ("calibration.toml", PLAN.replace("until", "untill"), "until"),
        ("calibration.toml", PLAN.replace("2012", "'soon'"), "not a year"),
        ("calibration.toml", PLAN.replace('"nothing"', '"nothin"'), "nothing"),
        ("calibration.toml", PLAN + "[model_errors]\nbirth = 0.1\n", "births"),
        ("calibration.toml", PLAN + "[model_errors]\nbirths = 3\n", "outside what is possible"),
        ("calibration.toml", "until = [", "not valid TOML"),
    ],
)
def test_city_check_refuses_what_cannot_be_calibrated(folder, file, text, said, capsys):
    (folder / file).write_text(text, encoding="utf-8")
    assert main(["city", "check", str(folder)]) == 1
    assert said in capsys.readouterr().out


def test_wrong_use_is_said_before_anything_runs(folder, calls):
    with pytest.raises(UsageError, match="from 12"):
        calibrate(str(folder), 4)
    (folder / "calibration.toml").write_text(PLAN.replace("depart_share", "nothing_like_it"), encoding="utf-8")
    with pytest.raises(InputError):
        calibrate(str(folder), 24)
    (folder / "calibration.toml").unlink()
    with pytest.raises(UsageError, match="write which numbers are free"):
        read_plan(load_city(folder))
    assert calls == []


def test_every_embedded_city_says_what_is_free(tmp_path):
    plan = read_plan(load_city("mechelen"))
    rows, _ = targets(load_city("mechelen"), plan)
    assert len(plan.free) >= 10 and len(rows) >= 15 and max(t.year for t in rows) <= plan.until == 2012


def test_a_range_is_a_triangle_and_the_models_error_lasts(tmp_path):
    (tmp_path / "calibration.toml").write_text(PLAN + "[model_errors]\nbirths = 0.1\n", encoding="utf-8")
    plan, problems = plan_in(tmp_path / "calibration.toml", {})
    city = replace(toy_city(), history=pl.DataFrame({
        "indicator": ["births", "births", "births"], "year": [2005.0, 2006.0, 2012.0], "value": [100.0, 100.0, 100.0],
        "low": [70.0, None, None], "high": [100.0, None, None], "unit": ["births"] * 3,
    }))  # fmt: skip
    assert problems == []
    rows, _ = targets(city, plan)
    assert rows[0].value == pytest.approx(90.0)  # (70 + 100 + 100) / 3
    assert rows[0].spread == pytest.approx(np.hypot(np.sqrt(50.0), 0.45))  # 30^2 / 18, and half a per cent
    cov = observed(rows, plan).covariance
    level = np.mean([90.0, 100.0, 100.0])
    assert cov[1, 1] == pytest.approx((0.1 * level) ** 2 + 0.5**2)
    lasting = Trust().model_error_years
    assert cov[0, 1] / cov[0, 2] == pytest.approx(np.exp(-1 / lasting) / np.exp(-7 / lasting))


def test_levels_planted_in_a_toy_city_are_found_by_really_running_it(tmp_path):
    """Finding work and registering for a social home are planted at the edges of belief; real runs find them again."""
    city, free = toy_city(2500), (FIND, "housing.register_rate")
    plan = Plan(free, 2005, "nothing", Trust(model_error_share=0.01))
    truth = plan.values([0.1, 0.9])
    made = [  # enough of them that the record is hardly luck
        real_run(RunSpec(city.name, city.hash, {}, truth, seed=s, population=s, months=60), city)
        for s in range(901, 909)
    ]
    seen = ("unemployment_rate", "social_waiting_list")
    rows = [(n, float(y), float(np.mean([r.series[n][y - 2001] for r in made]))) for n in seen for y in (2003, 2005)]
    table = pl.DataFrame({
        "indicator": [r[0] for r in rows], "year": [r[1] for r in rows], "value": [r[2] for r in rows],
        "low": [None] * 4, "high": [None] * 4, "unit": ["%" if r[0].endswith("rate") else "households" for r in rows],
    }, schema_overrides={"low": pl.Float64, "high": pl.Float64})  # fmt: skip
    found = calibrate(replace(city, history=table), 40, 32, plan, Store(tmp_path / "runs"), joint=0)
    for row, share in zip(found.number_rows(), (0.1, 0.9), strict=True):
        owner, _, number = row["number"].partition(".")
        low, high = row["found_range"]
        assert low <= truth[owner][number] <= high
        middle = row["declared"]
        assert (row["found"] < middle) == (share < 0.5)  # to the side on which it was planted


@pytest.mark.parametrize("name", ["demography.depart_share", "housing.rim_level", "demography.arrive_spread"])
@pytest.mark.parametrize("share", [0.03, 0.5, 0.8])
def test_a_level_is_found_back_on_the_scale_of_belief(name, share):
    d = number(name)[0]
    assert ndtr(point_of(d, valued(d, share))) == pytest.approx(share, abs=2e-3)


def test_draws_of_everything_begin_no_wider_than_belief():
    narrow = spread_from(0.2 * np.random.default_rng(2).standard_normal((64, 3)) + 1.0, 64)
    wide = spread_from(np.random.default_rng(2).standard_normal((64, 3)), 64)
    assert narrow.std(axis=0) == pytest.approx(0.4, rel=0.2) and wide.std(axis=0) == pytest.approx(1.0, rel=0.1)
    assert spread_from(np.ones((1, 2)), 8).std(axis=0).min() > 0.05  # where those found all agree


def test_quick_draws_of_everything_have_levels_of_their_own(folder, calls, tmp_path):
    found = calibrate(str(folder), quick=True, draws=6, joint=8, store=Store(tmp_path / "runs"))
    assert found.joint.looked_at == 8 and found.count == len(calls) == 8 + 3 * 6 + 8 + 4 * 8
    assert len(found.draws) == 6


def test_too_few_draws_to_be_led_are_refused_before_any_run(folder, calls):
    with pytest.raises(UsageError) as error:
        calibrate(str(folder), quick=True, draws=5, joint=5)
    assert "draws = 5 is not possible; write a whole number from 6" in str(error.value)
    assert "joint = 5 is not possible; write a whole number from 6" in str(error.value) and calls == []
