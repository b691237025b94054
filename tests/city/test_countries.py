"""Profiles of countries: whole, with sources, and held to by a city's elections."""

import re
from pathlib import Path

import polars as pl
import pytest

from mechlin.city.tables.countries import TAGS, country_codes, country_of
from mechlin.city.tables.elections import LEVELS
from mechlin.city.tables.model import REQUIRED_SERIES
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.cli.explain import explanation
from mechlin.cli.explain_country import country_text, how_had
from mechlin.core.clock import month_number
from mechlin.study.city_check import check_city, notes_on
from mechlin.study.worlds import World, fixed, owners

CODES = country_codes()
DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE = (
    r"(Eurostat [a-z]+\w*|World Bank [A-Z.]+|OECD, |BIS, |Valmyndigheten, |ParlGov view_election, "
    r"|Human (Mortality|Fertility) Database, )"  # whose table an official figure is from
)


def test_four_countries_have_a_profile_and_go_by_their_names():
    assert {"BE", "NL", "SE", "DE"} <= set(CODES)
    for said, code in (
        ("Belgium", "BE"),
        ("nederland", "NL"),
        ("SE", "SE"),
        (" Sverige ", "SE"),
        ("Deutschland", "DE"),
    ):
        assert country_of(said).code == code
    assert country_of("Utopia") is None and country_of("") is None


@pytest.mark.parametrize("code", CODES)
def test_a_profile_is_whole_and_every_figure_says_its_source(code):
    place = country_of(code)
    assert place.majority_age >= 16 and place.languages and len(place.currency) == 3
    for name, figures in {**place.tables, **place.series}.items():
        assert figures.source and figures.tag in TAGS and 0 <= figures.spread < 1 and figures.values, name
    for name in ("ages", "education", "tenure", "household_sizes"):
        assert sum(place.tables[name].values.values()) == pytest.approx(1, abs=1e-6), name
    assert set(place.series) >= set(REQUIRED_SERIES) - {"population_1_january"}
    for name, figures in place.series.items():
        low, high, *_ = REQUIRED_SERIES.get(name, (0, 100))
        assert all(low <= figures.at(year) <= high for year in range(1990, 2040)), name
    assert {"choice", "legal_group"} <= {s.rule for s in place.schools} and set(place.tenure_words) == {
        "owner", "private_rent", "social"}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_an_official_figure_names_its_table_and_the_copy_it_was_read_in(code):
    """And no other claims one; the counts add up to the figures, and are told where a stranger looks."""
    place = country_of(code)
    for name, figures in place.figures().items():
        assert bool(figures.read_in) == (figures.tag == "official"), name
        assert set(figures.recalled) < set(figures.values) and (figures.tag == "official" or not figures.recalled), name
        assert all(re.fullmatch(r"[\w.-]+/[\w.-]+: [\w./ -]+\.\w+", copy) for copy in figures.read_in), name
        assert figures.tag != "official" or (re.match(TABLE, figures.source) and re.search(r"\d{4}", figures.source)), (
            name
        )
    counts = place.by_tag()
    assert set(counts) == set(TAGS) and counts.total() == sum(len(f.values) for f in place.figures().values())
    assert how_had(place) in country_text(place)
    row = f"| {place.name} | " + " | ".join(str(counts[tag]) for tag in TAGS) + " |"
    assert row in (DOCS / "concepts" / "countries-and-borrowing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_elections_of_a_profile_have_levels_and_months_in_order(code):
    for voting in country_of(code).voting:
        months = [month_number(date) for date in voting.dates]
        assert voting.level in LEVELS and months == sorted(months) and voting.source
        assert 0 <= voting.threshold < 0.2 and 16 <= voting.voting_age <= 21
        assert isinstance(voting.is_compulsory("2010-06"), bool)


def test_voting_was_compulsory_in_belgium_to_2018_in_towns_and_never_in_sweden():
    towns = country_of("BE").voting_at("municipal")
    assert towns.is_compulsory("2018-10") and not towns.is_compulsory("2024-10")
    assert country_of("BE").voting_at("national").is_compulsory("2024-06")
    assert not any(v.is_compulsory("2014-09") for v in country_of("SE").voting)


def test_figures_lie_on_lines_between_known_years_and_are_held_beyond_them():
    births = country_of("NL").series["births_per_1000"]
    assert births.at(1990) == births.at(2000) == 13.0 and births.at(2050) == births.values["2021"]
    moves = country_of("NL").series["arrivals_per_1000"]
    assert moves.at(2013) == pytest.approx((moves.values["2010"] + moves.values["2016"]) / 2)
    right = country_of("SE").series["radical_right_country"]
    assert right.last(2013) == 5.7 and right.last(2014) == 12.86 and right.last(1990) == 0.4


@pytest.mark.parametrize("code", CODES)
def test_numbers_of_a_profile_are_numbers_of_the_model(code):
    given = {f"{o}.{n}": v for o, values in country_of(code).numbers.items() for n, v in values.items()}
    assert fixed(World(1, {}, {}), given).fixed == given
    assert {name.split(".")[0] for name in given} <= set(owners())


@pytest.fixture
def folder(tmp_path):
    path = write_city(tmp_path / "Town", "Town")
    (path / "city.toml").write_text('title = "Town"\nstart = 2001-01\ncountry = "Belgium"\n')
    return path


def test_elections_of_another_country_are_refused_together(folder):
    assert check_city(folder) == []
    (folder / "city.toml").write_text('title = "Town"\nstart = 2001-01\ncountry = "NL"\n')
    (problem,) = check_city(folder)
    assert (problem.file, problem.row, problem.column) == ("elections.csv", 2, "compulsory")
    assert "was not compulsory" in problem.what and "so in rows 3, 4" in problem.what


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "said", "wrong"), [("municipal", 1, False), ("municipal", 0, True), ("federal", 1, False)]
)
def test_each_election_is_held_to_the_rule_of_its_date(folder, level, said, wrong):
    table = pl.read_csv(folder / "elections.csv", infer_schema=False)
    last = table[-1].with_columns(
        date=pl.lit("2018-10"), level=pl.lit(level), mayor_list=pl.lit("0"), compulsory=pl.lit(str(said))
    )
    pl.concat([table[:-1], last]).write_csv(folder / "elections.csv")
    assert bool(check_city(folder)) == wrong


def test_a_country_without_a_profile_is_a_note_and_one_with_a_profile_gives_its_numbers(folder):
    (folder / "city.toml").write_text('title = "Town"\nstart = 2001-01\ncountry = "Utopia"\n')
    assert check_city(folder) == [] and any("no profile of 'Utopia'" in n.what for n in notes_on(folder))
    assert load_city(folder).calibrated(0) == {}
    (folder / "city.toml").write_text('title = "Town"\nstart = 2001-01\ncountry = "SE"\n')
    (folder / "elections.csv").unlink()
    assert load_city(folder).calibrated(0)["demography"]["mortality_at_60"] == 0.0065


@pytest.mark.parametrize("code", CODES)
def test_a_profile_is_told_whole(code):
    """Rules that no run reads are read by people: each with its date and source."""
    place = country_of(code)
    told = explanation(code.lower())["text"]
    assert told == explanation(place.name)["text"] == country_text(place)
    for rule in (*place.schools, *place.voting):
        assert rule.source in told
    assert all(f.source in told for f in place.figures().values())
    assert all(word in told for words in place.tenure_words.values() for word in words) and place.currency in told
