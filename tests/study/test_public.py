"""What whoever writes Python is given: the names, examples that run, and results that can be looked at and taken away."""

import doctest
import json
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

import mechlin
from mechlin.core.errors import UsageError
from mechlin.study.comparison import Comparison
from mechlin.study.discovery import Failures, Limit
from mechlin.study.optimisation import Candidate, Front
from mechlin.study.sensitivity import Numbers, Sensitivity
from mechlin.study.shared_out import Attribution, Share
from mechlin.study.turning import Reaction

NAMES = [
    "load_city",
    "read_package",
    "run",
    "rehearse",
    "attribute",
    "backtest",
    "calibrate",
    "screen",
    "discover",
    "optimise",
    "measure",
    "open_forecasts",
]
SHORT = 200  # characters: a result may be the last line of a cell


@pytest.mark.parametrize("name", NAMES)
def test_the_public_functions_are_there_and_none_bears_the_name_of_its_study(name):
    function = getattr(mechlin, name)
    assert callable(function) and function.__name__ == name and name in dir(mechlin) and function.__doc__
    assert function.__module__.rpartition(".")[2] != name


def test_no_public_name_is_that_of_a_module():
    """What is imported by its name must never be the file it stands in."""
    modules = {path.stem for path in Path(mechlin.__file__).parent.rglob("*.py")}
    assert not modules & {name for name in mechlin.__all__ if callable(getattr(mechlin, name))}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_each_public_function_holds(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MECHLIN_DATA", str(tmp_path / "data"))
    function = getattr(mechlin, name)
    found = doctest.DocTestFinder(recurse=False).find(function, name, globs=vars(import_module(function.__module__)))
    runner = doctest.DocTestRunner()
    assert all(not runner.run(test).failed for test in found)
    assert runner.summarize(verbose=False).attempted > 0


SHARES = tuple(Share("offences", m, -3.0, -4.0, -2.0, 0.5, "down", 1e6, None, "") for m in ("cameras", "buddies"))
REACTIONS = tuple(Reaction("own", n, "offences", 1.0, size, 0.1, 2.0) for n, size in (("a.b", 2.0), ("c.d", 1.0)))
RESULTS = [
    Attribution("toy", "own", "nothing", "2002-12", 2, 8, "all 4 sets", {}, {}, SHARES, (), (), {}, "v"),
    Sensitivity("toy", 0, 12, {}, REACTIONS),
    Failures("offences", 10, 4, 0.75, 0.8, (Limit("a.b", "What it is", 0.1, 0.4, 0.01),)),
    Front("offences", None, 1e6, (Candidate({"cameras": "half"}, 5e5, 1.0, 2.0), Candidate({"cameras": "off"}, 0.0, 0.0, 0.0))),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
def test_a_result_can_be_looked_at_and_taken_away(result, capsys, tmp_path):
    assert repr(result).startswith(f"<{type(result).__name__}: ") and len(repr(result)) < SHORT
    assert "<table>" in result._repr_html_() and len(result._repr_html_()) < 20_000
    frame = result.to_frame()
    assert isinstance(frame, pl.DataFrame) and frame.height == len(result.records()) > 0
    assert json.loads(result.to_json())
    if not isinstance(result, Attribution):  # it has a page of its own
        page = result.to_html(tmp_path / "page.html").read_text()
        assert "<table" in page and "The numbers" in page
    result.summary()
    assert capsys.readouterr().out.strip()


def test_bars_show_a_row_each():
    assert len(RESULTS[1].plot().to_dict()["data"]["values"]) == 2
    assert [row["what"] for row in RESULTS[0].plot("offences").to_dict()["data"]["values"]] == ["cameras", "buddies"]
    with pytest.raises(UsageError, match="was not shared out"):
        RESULTS[0].plot("population")


def test_a_comparison_is_short_to_look_at_and_whole_to_take_away(comparison):
    assert len(repr(comparison)) < SHORT and "<ul>" in comparison._repr_html_()
    assert len(comparison._repr_html_()) < 20_000
    assert comparison.to_frame().height == len(comparison.to_rows())
    series = comparison.series_frame("population", "births")
    assert series.height == 2 * len(comparison.pairs) * 2 * comparison.years.size
    assert series.filter(world="with", pair=3, indicator="population")["value"].to_list() == (
        comparison.pairs[2][0].series["population"].tolist()
    )
    pandas = pytest.importorskip("pandas")
    assert isinstance(comparison.to_pandas(), pandas.DataFrame)


@pytest.mark.parametrize("ask", ["effect", "sentence", "series_frame", "plot"])
def test_an_unknown_indicator_is_refused_with_the_nearest(comparison: Comparison, ask):
    with pytest.raises(UsageError, match="did you mean 'population'"):
        getattr(comparison, ask)("populaton")
    with pytest.raises(UsageError, match="did you mean 'population'"):
        comparison.summary(["populaton"])


def test_a_run_and_a_city_are_short_to_look_at(made_up, toy):
    result = made_up(3, True)
    assert repr(result).startswith("<RunResult: ") and "seed 3>" in repr(result) and len(repr(result)) < SHORT
    assert repr(toy).startswith(f"<City: {toy.name}, ") and len(repr(toy)) < SHORT


def test_a_comparison_speaks_the_language_asked(build):
    few, many = build(3), build(16)
    assert few.caption().endswith(
        "In brackets: the smallest and the largest difference, between which 50 % of further pairs would lie. "
        "Each column is the middle of all pairs, so that a difference need not be that of the two levels beside it. "
        "Provisional: 3 of 16 pairs, and no verdict before all are there."
    )
    assert many.caption("nl").startswith("16 paren van runs. ") and many.caption("nl").endswith(
        "ernaast hoeft te zijn."
    )
    assert "Entre parenthèses" in many.caption("fr") and "{" not in many.caption("fr")
    assert many.sentence("population", language="nl") != many.sentence("population")
    assert build(1).caption("nl") == "Eén paar van runs: geen marge, dus geen bevinding. Vraag meer runs."
    with pytest.raises(UsageError, match=r"there is no language 'de'; write en \(English\), fr"):
        many.caption("de")


def test_numbers_to_screen_are_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"'safety.theft_levle'.*did you mean 'safety.theft_level'"):
        Numbers.behind(["cameras"]).chosen(["safety.theft_levle", "transport.factor"])
