"""A rehearsal: pairs, nothing computed twice, everything wrong said at once, the same digits everywhere.

The engine is replaced by made-up results here; `tests/cli/test_rehearse.py` runs the real one.
"""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from mechlin.cli.main import main
from mechlin.core.errors import InputError, UsageError
from mechlin.runs.store import Store
from mechlin.study.rehearsal import rehearse

pytestmark = pytest.mark.slow


@pytest.fixture
def computed(instead_of_runs, made_up):
    """Put made-up results in place of the engine and list what was computed."""
    done = []

    def run(spec, city):
        done.append(spec)
        result = made_up(spec.seed, bool(spec.package))
        shape = (result.years.size, city.areas.height)
        areas, acted = ({n: np.resize(v, shape) for n, v in part.items()} for part in (result.areas, result.acted))
        return replace(result, spec=spec, areas=areas, acted=acted)

    instead_of_runs(run)
    return done


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


def test_both_worlds_of_a_pair_share_residents_and_seed(computed, store):
    done = rehearse("mechelen", runs=3, store=store)
    assert [(s.seed, s.population, bool(s.package)) for s in done.specs] == [
        (1, 1, True), (2, 2, True), (3, 3, True), (1, 1, False), (2, 2, False), (3, 3, False),
    ]  # fmt: skip
    assert len({s.city_hash for s in done.specs}) == 1 and done.specs[0].city_hash
    assert len(computed) == 9 and len(done.comparison.pairs) == 3  # with what other cities did


def test_nothing_is_computed_twice_and_more_runs_only_add(computed, store):
    first = rehearse("mechelen", runs=2, store=store)
    again = rehearse("mechelen", runs=2, store=store)
    assert len(computed) == 6 and again.to_json() == first.to_json()
    rehearse("mechelen", runs=3, store=store)
    assert sorted(s.seed for s in computed[6:]) == [3, 3, 3]


def test_a_stopped_rehearsal_goes_on_where_it_was(computed, store, monkeypatch):
    seen = []

    def stop(done, total):
        seen.append((done, total))
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse("mechelen", runs=8, store=store, threads=1, progress=stop)
    kept = len(store.list())
    assert seen[0] == (0, 24) and seen[-1] == (5, 24) and kept >= 5
    before = len(computed)
    rehearse("mechelen", runs=8, store=store)
    assert len(computed) - before == 24 - kept and len(store.list()) == 24


def test_a_damaged_run_is_computed_again_and_said(computed, store):
    first = rehearse("mechelen", runs=2, store=store)
    (store.path / first.specs[0].id() / "series.parquet").write_bytes(b"PAR1")
    with pytest.warns(UserWarning, match="damaged"):
        again = rehearse("mechelen", runs=2, store=store)
    assert len(computed) == 7 and again.to_json() == first.to_json()


def test_nothing_against_nothing_changes_nothing_and_runs_once(computed, store):
    done = rehearse("mechelen", package="nothing", runs=4, store=store)
    assert len(computed) == 4
    assert {row["verdict"] for row in done.to_rows()} == {"no change"}


def test_beside_nothing_stands_what_other_cities_did(computed, store):
    done = rehearse("mechelen", runs=2, store=store)
    assert done.usual is not None
    assert {w.spec.id() for w, _ in done.usual.pairs} == {w.spec.id() for w, _ in done.comparison.pairs}
    told = json.loads(done.to_json())
    assert [r["indicator"] for r in told["against_usual"]] == [r["indicator"] for r in told["summary"]]
    assert rehearse("mechelen", against="other-cities", runs=2, store=store).usual is None
    other = rehearse("mechelen", package="other-cities", runs=2, store=store)
    assert other.usual is None and len(computed) == 6  # every one of these had been run


def test_months_follow_until(computed, store):
    assert rehearse("mechelen", runs=1, until="2003-06", store=store).specs[0].months == 30


def test_everything_wrong_is_said_at_once(computed, store, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[home_renovaton]\nstart = 2001-01\n[service_tenancy]\nhomes = -4\ndiscount_shar = 0.5\n")
    with pytest.raises(InputError) as caught:
        rehearse("mechelen", package=bad, against="nothin", runs=0, until="2018-13", store=store)
    text = str(caught.value)
    for words in ("home_renovation", "service_tenancy.homes", "discount_share", "'nothing'", "runs = 0", "2018-13"):
        assert words in text
    assert computed == [] and len(text.splitlines()) == 6


def test_wrong_use_alone_is_a_usage_error(computed, store):
    with pytest.raises(UsageError) as caught:
        rehearse("mechelin", runs=0, until="1990-01", threads=0, store=store)
    text = str(caught.value)
    for words in ("Did you mean 'mechelen'", "runs = 0", "threads = 0", "1990-01"):
        assert words in text


def test_a_report_says_how_it_is_made_again(computed, store):
    """The Python that stands in it asks for the same runs, whatever was asked for; a command stands there if it can."""
    own = {"home_renovation": {"homes_per_year": 40}}
    for asked, command in (
        ({}, "--package as-it-went --against nothing"),
        ({"vary": "chance", "numbers": {"transport.factor": 1.0}}, "--vary chance --set transport.factor=1"),
        ({"package": own, "seed": 5, "until": "2004-12"}, ""),
    ):
        first = rehearse("mechelen", runs=2, store=store, **asked)
        told = first.setting()
        assert (command in told.command) if command else told.command == ""
        again = {}
        exec(
            told.python.replace("mechlin.rehearse(", "rehearse_again("),
            {"rehearse_again": partial(rehearse, store=store)},
            again,
        )
        assert again["result"].specs == first.specs


def test_command_line_python_and_page_give_the_same_digits(computed, tmp_path, capsys):
    out = tmp_path / "report"
    assert main(["rehearse", "mechelen", "--runs", "5", "--out", str(out), "--json"]) == 0
    printed, told = capsys.readouterr()
    done = rehearse("mechelen", runs=5, store=Store(tmp_path / "other"))
    assert json.loads(printed) == json.loads(done.to_json()) == json.loads((out / "results.json").read_text())
    page = (out / "report.html").read_text(encoding="utf-8")
    assert done.sentence("population").rpartition("so far ")[2] in page and str(out / "report.html") in told


def test_the_table_in_a_pipe_is_plain_text(computed, tmp_path, capsys):
    assert main(["rehearse", "--runs", "4", "--out", str(tmp_path)]) == 0
    out, _ = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split() == ["indicator", "when", "with", "without", "difference", "verdict"]
    assert "\x1b" not in out and "same random numbers" in out and str(tmp_path / "report.html") in out


def test_bad_input_is_code_three_without_traceback(computed, tmp_path, capsys):
    bad = tmp_path / "bad.toml"
    bad.write_text("[service_tenancy]\nhomes = 1e9\nnothing = 3\n")
    assert main(["rehearse", "--package", str(bad), "--out", str(tmp_path / "out")]) == 3
    out, err = capsys.readouterr()
    assert out == "" and len(err.strip().splitlines()) == 2 and "bad.toml" in err and "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_the_record_is_found_under_the_indicator_that_simulates_it(computed, store):
    done = rehearse("mechelen", runs=2, store=store)
    years = [row["year"] for row in done.observed["population"]]
    assert 2018 in years and set(done.observed) <= set(done.comparison.indicators)
