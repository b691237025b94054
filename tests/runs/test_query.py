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
