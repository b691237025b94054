"""A back-test on a file never seen: what is scored, what is left out, what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mechlin.cli.main import main
from mechlin.core.errors import InputError, UsageError
from mechlin.runs.store import Store
from mechlin.study.backtesting import backtest

pytestmark = pytest.mark.slow

HEAD = "indicator,year,value,low,high,unit,source,tag,note\n"


@pytest.fixture
def store(tmp_path, instead_of_runs, made_up):
    """Put made-up results in place of the engine: residents grow by about 700 a year from 75,500."""

    def run(spec, city):
        result = made_up(spec.seed, True)
        areas = {n: np.resize(v, (result.years.size, city.areas.height)) for n, v in result.areas.items()}
        return replace(result, spec=spec, areas=areas)

    instead_of_runs(run)
    return Store(tmp_path / "runs")


def observed(tmp_path, *rows):
    file = tmp_path / "seen.csv"
    file.write_text(HEAD + "".join(f"{row},,,\n" for row in rows), encoding="utf-8")
    return file


def test_what_grows_as_the_model_says_is_forecast_better_than_by_the_last_value(tmp_path, store):
    file = observed(tmp_path, *(f"population,{y},{78900 + 700 * (y - 2007)},,,persons" for y in range(2013, 2018)))
    found = backtest("mechelen", file, 2013, runs=8, store=store)
    (track,) = [t for t in found.tracks if t.scores]
    assert track.summary.observations == 5 and track.summary.coverage_80 == 1.0
    assert track.summary.skill_last_value > 0.5
    assert track.before[-1].year == 2012  # from the city's own history


def test_what_the_model_does_not_simulate_is_listed_with_the_reason(tmp_path, store):
    file = observed(tmp_path, "population,2015,84000,,,persons", "poplation,2015,84000,,,persons",
                    "police_frame,2015,353,,,posts", "population,2016,,,,persons", "poverty,2040,0.2,,,share")  # fmt: skip
    found = backtest("mechelen", file, 2014, runs=4, store=store)
    told = {row["row"]: row["why"] for row in found.left_out}
    assert set(told) == {3, 4, 5, 6}
    assert "did you mean 'population'" in told[3] and "dose" in told[4] and "direction" in told[5]
    assert sum(len(t.scores) for t in found.tracks) == 1


def test_impossible_values_are_refused_all_at_once_with_row_and_repair(tmp_path, store):
    file = observed(tmp_path, "population,2015,-4,,,persons", "foreign_origin_share,2016,310,,,%",
                    "households,2012,35000,36000,37000,households", "births,20x5,1000,,,births")  # fmt: skip
    with pytest.raises(InputError) as caught:
        backtest("mechelen", file, 2010, store=store)
    assert [p.row for p in caught.value.problems] == [2, 3, 4, 5]
    assert all(p.file == "seen.csv" for p in caught.value.problems) and "0 to 100" in str(caught.value)


def test_no_file_and_no_year_are_wrong_use(tmp_path, store):
    with pytest.raises(UsageError, match="no file"):
        backtest("mechelen", tmp_path / "none.csv", 2010, store=store)
    with pytest.raises(UsageError, match="1990"):
        backtest("mechelen", observed(tmp_path, "population,2015,4,,,persons"), 1990, store=store)


def test_the_command_prints_the_scores_as_json_and_writes_a_page(tmp_path, store, capsys):
    file = observed(tmp_path, *(f"population,{y},{78900 + 700 * (y - 2007)},,,persons" for y in range(2013, 2018)))
    out = tmp_path / "out"
    assert (
        main(
            [
                "backtest",
                "mechelen",
                "--observed",
                str(file),
                "--from",
                "2013",
                "--runs",
                "8",
                "--out",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    for key in ("coverage_80", "crps", "skill_last_value", "skill_linear_trend"):
        assert isinstance(told[key], float) and isinstance(told["indicators"]["population"][key], float)
    page = (out / "backtest.html").read_text(encoding="utf-8")
    assert "better than both naive forecasts" in page and "http://" not in page.split("<script")[0]


def test_scores_without_sense_are_refused_all_at_once_before_any_run(tmp_path, instead_of_runs):
    def run(*given):
        raise AssertionError("a run was begun")

    instead_of_runs(run)
    file = observed(tmp_path, "population,2015,84,,,%", "population,2015,84000,,,unicorns", "births,2015,1000,,,births",
                    "births,2015,1100,,,births", "population,2016,1e308,,,persons")  # fmt: skip
    with pytest.raises(InputError) as caught:
        backtest("mechelen", file, 1990, "no-such", runs=0)
    assert [p.row for p in caught.value.problems if p.file == "seen.csv"] == [2, 3, 5, 6]
    for word in (
        "'%' is not its unit",
        "'unicorns'",
        "row 4 says",
        "more than any city has",
        "from = 1990",
        "no-such",
        "runs = 0",
    ):
        assert word in str(caught.value)


def test_nothing_to_score_is_told_before_any_run(tmp_path, instead_of_runs):
    def run(*given):
        raise AssertionError("a run was begun")

    instead_of_runs(run)
    with pytest.raises(UsageError, match=r"from 2017 on.*2015"):
        backtest("mechelen", observed(tmp_path, "population,2015,84000,,,persons", "moped_theft,2018,4,,,facts"), 2017)
    with pytest.raises(UsageError, match="none of its rows"):
        backtest("mechelen", observed(tmp_path, "moped_theft,2018,4,,,facts"), 2017)


def test_two_sources_may_differ_and_shares_and_per_cents_are_one_series(tmp_path, store):
    file = tmp_path / "seen.csv"
    file.write_text(HEAD + "poverty,2014,15,,,%,register,,\npoverty,2015,0.15,,,share,survey,,\n"
                    "poverty,2015,0.16,,,share,register,,\n", encoding="utf-8")  # fmt: skip
    (track,) = [t for t in backtest("mechelen", file, 2014, runs=4, store=store).tracks if t.scores]
    assert [s.seen.value for s in track.scores] == [15.0, 15.0, 16.0] and track.unit == "%"


def test_scores_stand_by_family_horizon_and_sample_and_say_what_hangs_on_one_row(tmp_path, store):
    file = observed(tmp_path, *(f"population,{y},{78900 + 700 * (y - 2007)},,,persons" for y in (2013, 2017)),
                    "births,2014,1100,,,births", "births,2018,1000,,,births")  # fmt: skip
    told = json.loads(backtest("mechelen", file, 2013, runs=8, store=store).to_json())
    assert {n: f["observations"] for n, f in told["families"].items()} == {"flows": 2, "stocks": 2}
    assert sum(f["observations"] for f in told["horizons"].values()) <= 4 and "1 to 2 years ahead" in told["horizons"]
    assert told["samples"]["out of sample"]["observations"] == 4
    assert sum(i["score_share"] for i in told["indicators"].values()) == pytest.approx(1.0)
    assert all(i["family"] in ("flows", "stocks") for i in told["indicators"].values())
    skills = [i["skill_last_value"] for i in told["indicators"].values() if i["skill_last_value"] is not None]
    assert told["mean_over_indicators"]["skill_last_value"] == pytest.approx(np.mean(skills))
