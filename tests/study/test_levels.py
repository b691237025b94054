"""A city that was never calibrated leaves, from its first years on, as its own series says."""

import polars as pl
import pytest

from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.city.toy import toy_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.study.city_check import city_doubts
from mechlin.study.levels import Levels, solved_levels
from mechlin.study.worlds import worlds


def with_leavers(path, rate):
    """Return a town whose leavers and arrivals are so many per 1,000 residents."""
    place = write_city(path / f"Town{rate:g}", "Town")
    context = pl.read_csv(place / "context.csv", infer_schema_length=None)
    flows = pl.col("indicator").is_in(["leavers_per_1000", "arrivals_per_1000"])
    context.with_columns(value=pl.when(flows).then(rate).otherwise(pl.col("value"))).write_csv(place / "context.csv")
    return load_city(place)


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    return {rate: with_leavers(tmp_path_factory.mktemp("towns"), rate) for rate in (25.0, 75.0)}


@pytest.mark.slow
@pytest.mark.parametrize("rate", [25.0, 75.0])
def test_leavers_of_the_first_years_are_those_of_the_city(towns, rate):
    found = solved_levels(towns[rate])
    assert found.found["leavers"] == pytest.approx(rate, rel=0.08) and found is solved_levels(towns[rate])
    assert not any("leavers" in doubt for doubt in city_doubts(towns[rate], 2004))
    assert all(w.params["housing"]["rim_level"] == found.values["housing"]["rim_level"] for w in worlds(towns[rate], 5))


@pytest.mark.slow
def test_unemployment_of_the_first_years_is_that_of_the_citys_series(tmp_path):
    """It starts there, and stays near by how fast work is lost and found."""
    place = write_city(tmp_path / "Town", "Town")
    context = pl.read_csv(place / "context.csv", infer_schema_length=None)
    rate = pl.col("indicator") == "unemployment_rate_region"
    low, high = (context.with_columns(value=pl.when(rate).then(one).otherwise(pl.col("value"))) for one in (4.0, 14.0))
    found = []
    for table, wanted in ((low, 4.0), (high, 14.0)):
        table.write_csv(place / "context.csv")
        town = load_city(place)
        begins = run(RunSpec(city=town.name, start=town.start, months=12), town).series["unemployment_rate"][0]
        assert begins == pytest.approx(wanted, rel=0.25)
        solved = solved_levels(town)
        assert solved.found["unemployment_rate"] == pytest.approx(wanted, rel=0.15)
        found.append(solved.values["economy"])
    assert found[0]["find_rate"] > found[1]["find_rate"] and found[0]["loss_rate"] < found[1]["loss_rate"]


@pytest.mark.slow
def test_more_leavers_need_more_pull_of_the_rim(towns):
    few, many = (solved_levels(towns[rate]).values["housing"]["rim_level"] for rate in (25.0, 75.0))
    assert few < many - 0.5


def test_what_could_not_be_reached_is_a_sentence_for_the_top_of_the_report():
    found = Levels(
        {}, {"leavers": 76.0, "births": 13.0, "deaths": 6.0}, {"leavers": 45.2, "births": 13.5, "deaths": 6.1}
    )
    (doubt,) = found.doubts
    assert "leavers come to 45.2" in doubt and "76" in doubt


def test_a_calibrated_city_and_one_made_in_code_keep_their_levels():
    for city in (load_city("mechelen"), toy_city(600)):
        assert solved_levels(city).values == {} and solved_levels(city).doubts == ()
