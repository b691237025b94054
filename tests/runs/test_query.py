"""Stored runs as tables, for Polars, DuckDB, spreadsheets, and the command line."""

import json

import numpy as np
import polars as pl
import pytest

from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.runs.query import comparison_table, export, runs_table, series_table
from mechlin.runs.store import Store


@pytest.fixture
def place(tmp_path):
    """A folder with six runs: three of nothing, three of a measure that adds 10 residents."""
    store = Store(tmp_path / "report" / "runs")
    years = np.array([2001, 2002])
    for seed in (1, 2, 3):
        for added, package in ((0, {}), (10, {"home_renovation": {"homes_per_year": 5.0}})):
            spec = RunSpec("toy", package=package, seed=seed, version="test")
            series = {"population": np.array([100.0 + seed, 200.0 + seed + added]), "poverty": np.array([np.nan, 0.2])}
            store.write(RunResult(spec, years, series, {}))
    return tmp_path / "report"


def store(place):
    return Store(place / "runs")


def test_runs_are_listed_with_what_they_were(place):
    table = runs_table(store(place))
    assert table.height == 6 and sorted(set(table["package"])) == ["home_renovation", "nothing"]
    assert "home_renovation: homes_per_year=5.0" in set(table["settings"])


def test_packages_are_compared(place):
    table = comparison_table(store(place), "population", 2002)
    assert table.select("package", "runs", "median").rows() == [("home_renovation", 3, 212.0), ("nothing", 3, 202.0)]
    with pytest.raises(UsageError, match="popularity"):
        comparison_table(store(place), "popularity")


def test_duckdb_and_polars_read_the_files_as_they_lie(place):
    duckdb = pytest.importorskip("duckdb")
    pattern = str(place / "runs" / "*" / "series.parquet")
    (mean,) = duckdb.sql(
        f"select avg(value) from read_parquet('{pattern}') where indicator = 'population' and year = 2001"
    ).fetchall()[0]
    assert mean == 102.0
    lazy = pl.scan_parquet(pattern).filter(pl.col("indicator") == "population", pl.col("year") == 2001)
    assert lazy.select(pl.col("value").mean()).collect().item() == 102.0


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_everything_can_be_exported(place, tmp_path, ending):
    file = tmp_path / f"all{ending}"
    assert export(store(place), file) == series_table(store(place)).height == 18
    assert file.stat().st_size > 0 and not list(tmp_path.glob(".*"))
    if ending != ".xlsx":
        back = pl.read_csv(file) if ending == ".csv" else pl.read_parquet(file)
        assert back.height == 18 and {"run", "city", "package", "year", "indicator", "value"} <= set(back.columns)


def test_commands(place, tmp_path, capsys):
    assert main(["results", "list", "--in", str(place)]) == 0
    assert "home_renovation" in capsys.readouterr().out
    assert main(["results", "compare", "population", "--year", "2002", "--in", str(place), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["median"] == 212.0
    assert main(["results", "export", str(tmp_path / "x.csv"), "--in", str(place)]) == 0
    assert main(["results", "export", str(tmp_path / "x.doc"), "--in", str(place)]) == 2
    assert main(["results", "list", "--in", str(tmp_path / "nowhere")]) == 2
    assert "mechlin rehearse" in capsys.readouterr().err


def test_an_empty_store_says_how_to_fill_it(tmp_path):
    with pytest.raises(UsageError, match="rehearse"):
        series_table(Store(tmp_path / "runs"))


PHASES = [{"homes_per_year": 5.0, "start": "2003-01"}, {"homes_per_year": {"2010-01": 9.0}, "areas": ["a", "b"]}]


@pytest.fixture
def phased(tmp_path):
    """A folder with runs of one package in two worlds that drew numbers for it, and of another that differs in a dose."""
    kept = Store(tmp_path / "phased" / "runs")
    for dose, seed in ((5.0, 1), (5.0, 2), (6.0, 1), (6.0, 2)):
        asked = {"home_renovation": [{**PHASES[0], "homes_per_year": dose}, PHASES[1]], "cameras": {"cameras": 10}}
        drawn = {n: v if n == "cameras" else [{**t, "drawn": 0.1 * seed} for t in v] for n, v in asked.items()}
        spec = RunSpec("toy", package=drawn, seed=seed, version="test", asked={"package": asked, "fixed": {}})
        kept.write(RunResult(spec, np.array([2001]), {"population": np.array([dose * 100 + seed])}, {}))
    return tmp_path / "phased"


def test_packages_that_differ_in_a_setting_are_kept_apart_and_what_a_world_drew_is_not(phased):
    table = comparison_table(store(phased), "population")
    assert table["median"].to_list() == [501.5, 601.5] and table["runs"].to_list() == [2, 2]
    first = table["settings"][0]
    assert "homes_per_year=5.0, start=2003-01 | areas=[a, b], homes_per_year={2010-01=9.0}" in first
    assert "cameras: cameras=10" in first and "drawn" not in first


def test_numbers_fixed_and_other_tables_or_models_are_kept_apart(tmp_path):
    kept = Store(tmp_path / "runs")
    for n, more in enumerate(({}, {"asked": {"package": {}, "fixed": {"transport.factor": 1.0}}, "params": {"t": {"f": 1}}},
                              {"city_hash": "other"}, {"version": "later"}, {"start": "2002-01"})):  # fmt: skip
        spec = RunSpec("toy", **{"version": "test", **more})
        kept.write(RunResult(spec, np.array([2001]), {"population": np.array([float(n)])}, {}))
    table = comparison_table(kept, "population")
    assert table["runs"].to_list() == [1] * 5 and "transport.factor=1.0" in table["fixed"].to_list()


def test_commands_take_packages_of_phases_and_tell_their_settings(phased, tmp_path, capsys):
    for command in (["list"], ["compare", "population"]):
        assert main(["results", *command, "--in", str(phased)]) == 0
        told = capsys.readouterr().out
        assert "Package 1:" in told and "Package 2:" in told and "homes_per_year=6.0" in told
        assert main(["results", *command, "--in", str(phased), "--json"]) == 0
        assert len({row["settings"] for row in json.loads(capsys.readouterr().out)}) == 2
    file = tmp_path / "new" / "folder" / "all.csv"
    assert main(["results", "export", str(file), "--in", str(phased)]) == 0
    assert len(set(pl.read_csv(file)["settings"])) == 2


@pytest.mark.slow
@pytest.mark.parametrize("file", ["spec.json", "series.parquet", "notes.json", "versions.json"])
def test_a_damaged_run_is_named_and_blocks_nothing(place, capsys, file):
    kept = store(place)
    broken = kept.path / kept.list()[0] / file
    broken.write_bytes(broken.read_bytes()[:20])
    assert main(["results", "list", "--in", str(place), "--json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 5 and broken.parent.name in said.err and "damaged" in said.err
    assert main(["results", "compare", "population", "--in", str(place)]) == 0
    assert main(["results", "export", str(place / "all.csv"), "--in", str(place)]) == 0


def test_a_full_disk_leaves_nothing_half_written_and_the_error_names_the_file(place, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", lambda self, path: path.write_text("half") and full())
    assert main(["results", "export", str(place / "all.csv"), "--in", str(place)]) == 3
    assert "all.csv" in capsys.readouterr().err
    assert {p.name for p in place.iterdir()} == {"runs"}


def test_a_file_that_is_a_folder_and_an_empty_name_are_refused(place, capsys):
    (place / "all.csv").mkdir()
    assert main(["results", "export", str(place / "all.csv"), "--in", str(place)]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert main(["results", "list", "--in", ""]) == 2
    assert "empty name" in capsys.readouterr().err
