"""What a city's figures are worth stands above the findings; a city that cannot be built is not rehearsed."""

import json
from dataclasses import replace

import polars as pl
import pytest

import mechlin
from mechlin.city.tables.origins import TAGS
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.city.tables.standing import standing
from mechlin.city.toy import toy_city
from mechlin.core.errors import InputError, UsageError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.study.city_check import check_build, city_doubts

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

SCHOOL_MEASURES = ("school_tours", "school_guarantee", "double_contingents", "digital_enrolment", "homework_help")


def with_places(places):
    """Return a small town whose schools have so many entry places each; with 0 it has no schools."""
    town = toy_city(1200, 4)
    schools = town.schools.with_columns(entry_places=pl.lit(float(places))) if places else town.schools.clear()
    return replace(town, schools=schools, hash=f"places-{places}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with one borrowed column, one institution and series that end in 2004."""
    path = write_city(tmp_path_factory.mktemp("standing") / "Ghent", "Ghent")
    with (path / "sources.csv").open("a") as file:
        file.write("areas.csv,income_median_eur,borrowed,tenure and education\n")
    text = (
        (path / "sources.csv")
        .read_text()
        .replace("table,column,status,method", "table,column,status,method,source_file")
    )
    head, *lines = text.splitlines()
    (path / "sources.csv").write_text(
        "\n".join([head, *(f"{x}," for x in lines[:-1]), lines[-1] + ",profile NL"]) + "\n"
    )
    areas = pl.read_csv(path / "areas.csv")
    areas.with_columns(group_quarters=pl.when(pl.col("code") == "T0001").then(50).otherwise(0)).write_csv(
        path / "areas.csv"
    )
    context = pl.read_csv(path / "context.csv", infer_schema_length=None)
    context.filter((pl.col("indicator") != "inflation") | (pl.col("year") < 2002)).write_csv(path / "context.csv")
    return path


def test_shares_of_figures_add_up_and_follow_the_lines_of_sources(folder):
    found = standing(load_city(folder))
    assert sum(found.counts.values()) == found.total and set(found.counts) == set(TAGS)
    assert found.counts["borrowed"] == 6 == found.borrowed["areas.csv income_median_eur"]
    assert found.donors == ("profile NL",) and abs(sum(found.share(tag) for tag in TAGS) - 1) < 1e-9


def test_the_first_page_and_the_results_say_what_the_figures_are_worth(folder, tmp_path):
    result = mechlin.rehearse(folder, {"cameras": {"cameras": 2}}, runs=1, until="2002-12", out=tmp_path)
    told = json.loads(result.to_json())
    assert told["city"]["borrowed"] == ["areas.csv income_median_eur"] and told["city"]["donors"] == ["profile NL"]
    assert 0 < told["city"]["figures"] and told["city"]["assumed"] > 0.9
    page = result.to_html(tmp_path / "report.html").read_text()
    first = page[: page.index('class="annex"')]
    for words in ("% assumed", "Borrowed from profile NL", "On borrowed figures hang findings about incomes, poverty",
                  "50 residents of institutions", "inflation after 2001"):  # fmt: skip
        assert words in first, words


def test_a_city_that_cannot_be_built_is_refused_before_anything_runs():
    town = toy_city(1200, 4)
    children = town.areas.with_columns(
        share_age_0_17=pl.lit(1.0), **{f"share_age_{b}": pl.lit(0.0) for b in ("18_34", "35_64", "65_up")}
    )
    broken = replace(town, areas=children, hash="children")
    assert check_build(town) == [] and check_build(broken)
    with pytest.raises(InputError) as error:
        mechlin.rehearse(broken, {"cameras": {"cameras": 2}}, runs=1, until="2001-12")
    assert all(p.file == "areas.csv" for p in error.value.problems)


def test_residents_that_miss_a_margin_are_a_problem_with_the_margin_named():
    town = toy_city(1200, 4)
    wrong = replace(town, areas=town.areas.with_columns(homes_poor_quality_share=pl.lit(float("nan"))), hash="nan")
    assert any("do not fit the table" in p.what and "poor" in p.what for p in check_build(wrong))


@pytest.mark.parametrize(("places", "missing"), [(28, False), (3, True)])
def test_children_without_a_place_are_counted_and_first_wishes_do_not_improve(places, missing):
    result = run(RunSpec(city="x", seed=1, population=1, months=24), with_places(places))
    assert (result.series["children_without_school"].min() > 0) == missing
    assert (result.series["school_first_choice_share"].max() < 60) == missing


def test_measures_for_schools_touch_nobody_and_cost_nothing_where_there_are_none():
    package = {name: {} for name in SCHOOL_MEASURES}
    town = with_places(0)
    result = run(RunSpec(city="x", seed=1, population=1, months=12, package=package), town)
    assert result.ledger == () and len(result.notes) == len(SCHOOL_MEASURES)
    assert all("no schools" in note for note in result.notes)
    assert any("no schools" in doubt for doubt in city_doubts(town, 2002))


@pytest.mark.parametrize("dates", [{"start": "1999-01"}, {"end": "2000-06"}, {"cameras": {"2000-12": 4, "2002-01": 5}}])
def test_dates_before_the_city_starts_are_refused(dates):
    with pytest.raises(InputError):
        mechlin.read_package({"cameras": {"cameras": 4, **dates}}, toy_city(600))


def test_a_rehearsal_that_ends_before_the_city_starts_is_refused():
    with pytest.raises(UsageError, match="the city starts in 2001-01"):
        mechlin.rehearse(toy_city(600), {"cameras": {"cameras": 4}}, runs=1, until="1999-12")
