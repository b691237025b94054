"""What a city lacks is filled from a neighbour, its country or a model; each cell is marked, and drawn anew in each world."""

import shutil

import numpy as np
import polars as pl
import pytest

from mechlin.city.borrowing.donors import city_donor, country_donor
from mechlin.city.borrowing.drawn import drawn
from mechlin.city.borrowing.filling import TENURES, fill_areas
from mechlin.city.borrowing.folder import borrow
from mechlin.city.borrowing.outside import fill_series, national_elections
from mechlin.city.residents.population import build_population
from mechlin.city.tables.countries import country_codes, country_of
from mechlin.city.tables.elections import ELECTION_SERIES
from mechlin.city.tables.model import AGE_COLUMNS, EDUCATION_COLUMNS, REQUIRED_SERIES
from mechlin.city.tables.origins import cell_origins
from mechlin.city.tables.sources import load_city
from mechlin.city.tables.standing import standing
from mechlin.city.toy import toy_city
from mechlin.core.clock import month_number
from mechlin.core.errors import InputError, UsageError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.study.city_check import check_city

COUNTED = ["code", "name", "x_km", "y_km", "area_km2", "people", "households"]
TOWN = toy_city(4000, 6)
NL = country_donor(country_of("NL"))


@pytest.fixture
def bare(tmp_path):
    """Return a folder with what an office counts, and nothing else."""
    path = tmp_path / "Town"
    path.mkdir()
    TOWN.areas.select(COUNTED).write_csv(path / "areas.csv")
    (path / "city.toml").write_text('title = "Town"\nstart = "2016-01"\ncountry = "NL"\n')
    lines = ["table,column,status,method", 'areas.csv,"' + ",".join(COUNTED) + '",counted,register']
    (path / "sources.csv").write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the same folder with everything else borrowed."""
    path = tmp_path_factory.mktemp("whole") / "Town"
    path.mkdir()
    TOWN.areas.select(COUNTED).write_csv(path / "areas.csv")
    (path / "city.toml").write_text('title = "Town"\nstart = "2016-01"\ncountry = "NL"\n')
    (path / "sources.csv").write_text(
        'table,column,status,method\nareas.csv,"' + ",".join(COUNTED) + '",counted,register\n'
    )
    borrow(path)
    return path


def sums(areas):
    """Return whether shares add up to one and every household has a home."""
    groups = [c for c in areas.columns if c.startswith("share_background")]
    ones = [np.allclose(areas.select(pl.sum_horizontal(c)).to_series(), 1, atol=1e-5) for c in
            (AGE_COLUMNS, groups, EDUCATION_COLUMNS)]  # fmt: skip
    homed = (areas.select(pl.sum_horizontal(TENURES)).to_series() == areas["households"]).all()
    return all(ones) and homed and (areas["homes"] == areas["households"] + areas["homes_vacant"]).all()


def test_a_folder_of_counts_becomes_a_city_that_can_be_built_and_every_borrowed_cell_is_marked(whole):
    assert check_city(whole) == []
    city = load_city(whole)
    assert sums(city.areas) and build_population(city, 1).fit.verdict == "pass"
    cells = cell_origins("areas.csv", city.areas, city.statuses)
    filled = [c for c in city.areas.columns if c not in (*COUNTED, "kind", "homes")]
    marked = cells.filter((pl.col("tag") == "borrowed") & (pl.col("spread") > 0) & (pl.col("source_file") != ""))
    assert marked.height == len(filled) * city.areas.height and set(marked["column"]) == set(filled)
    assert not cells.filter(pl.col("column").is_in(COUNTED) & (pl.col("tag") != "counted")).height
    found = standing(city)
    assert found.share("borrowed") > 0.7 and any("Netherlands" in d for d in found.donors)


def test_series_and_elections_reach_past_the_start(whole):
    city = load_city(whole)
    assert all(min(y) <= 2016 and max(y) >= 2024 for name, y in city.series.items() if name in REQUIRED_SERIES)
    assert city.series["population_1_january"][2016] == TOWN.areas["people"].sum()
    for name in ELECTION_SERIES:
        city.series_by_month(name, "2016-01", 24)


@pytest.mark.parametrize("code", country_codes())
def test_every_country_lends_all_that_a_city_may_lack(code):
    filling = fill_areas(TOWN.areas.select(COUNTED), [country_donor(country_of(code))])
    assert filling.lacking == [] and sums(filling.areas)
    found, _ = fill_series({}, 2010, 2020, 4000.0, [country_donor(country_of(code))])
    assert set(found) == set(REQUIRED_SERIES)


def test_known_cells_stay_and_parts_fill_what_they_leave():
    some = TOWN.areas.select(*COUNTED, "homes_social", "share_education_high")
    filling = fill_areas(some, [NL])
    assert filling.areas["homes_social"].equals(some["homes_social"])
    assert filling.areas["share_education_high"].equals(some["share_education_high"]) and sums(filling.areas)
    assert not any(line.column in ("homes_social", "share_education_high") for line in filling.lines)


def test_one_missing_cell_is_filled_from_the_other_areas_and_marked_alone():
    gap = TOWN.areas.with_columns(people=pl.when(pl.col("code") == "T0001").then(None).otherwise("people"))
    filling = fill_areas(gap, [NL])
    (line,) = filling.lines
    assert (line.row, line.column, line.file) == ("T0001", "people", "the city's other areas")
    usual = gap.filter(pl.col("people").is_not_null())
    size = usual["people"].sum() / usual["households"].sum()
    assert filling.areas["people"][1] == round(gap["households"][1] * size)


def test_modelled_incomes_follow_tenure_and_education():
    bare = TOWN.areas.drop("income_median_eur")
    filled = fill_areas(bare, [NL]).areas["income_median_eur"].to_numpy()
    rank = bare["share_education_high"].to_numpy() + bare["homes_owner"].to_numpy() / bare["households"].to_numpy()
    assert np.corrcoef(filled, rank)[0, 1] > 0.9 and 0.8 < filled.mean() / NL.tables["income"].values["median"] < 1.1


def test_a_neighbour_is_asked_before_the_country():
    other = city_donor(load_city("mechelen"))
    filling = fill_areas(TOWN.areas.drop(AGE_COLUMNS), [other, NL])
    assert {line.file for line in filling.lines} == {"the city Mechelen"}
    assert filling.areas["share_age_65_up"][0] == pytest.approx(
        other.tables["ages"].values["share_age_65_up"], abs=1e-5
    )
    assert all(0.05 <= f.spread <= 0.6 for f in other.tables.values())


def test_elections_know_no_vote_of_the_future():
    for code in country_codes():
        place = country_of(code)
        table, _ = national_elections(place, "2016-01")
        parliament = place.voting_at("national").dates
        for date, vote in table.select("date", "radical_right_country").iter_rows():
            last = max(d for d in parliament if month_number(d) <= month_number(date))
            assert vote == place.series["radical_right_country"].last(int(last[:4])), (code, date)
        known = table.filter(pl.col("radical_right_city").is_not_null())
        assert all(month_number(d) < month_number("2016-01") for d in known["date"])


# ---------------------------------------------------------------------------------------------- draws


def test_a_city_that_borrowed_nothing_is_the_same_city():
    for city in (TOWN, load_city("mechelen")):
        assert drawn(city, 1) is city


@pytest.mark.slow
def test_counted_cells_never_move_and_borrowed_ones_move_as_far_as_they_may(whole):
    city = load_city(whole)
    draws = [drawn(city, seed) for seed in range(1, 41)]
    for one in draws:
        assert one.areas.select(COUNTED).equals(city.areas.select(COUNTED)) and sums(one.areas)
    for column, spread in (("income_median_eur", 0.15), ("homes_poor_quality_share", 0.3)):
        logs = np.log(np.stack([d.areas[column].to_numpy() for d in draws]) / city.areas[column].to_numpy())
        assert 0.6 * spread < logs.std() < 1.5 * spread, column
        assert np.corrcoef(logs[:, 0], logs[:, 3])[0, 1] > 0.2  # a whole city differs from its country
    births = np.array([d.series["births_per_1000"][2016] for d in draws]) / city.series["births_per_1000"][2016]
    assert 0.05 < births.std() < 0.25 and all(d.series["inflation"] == city.series["inflation"] for d in draws)
    flows = [
        [d.series[n][2018] / city.series[n][2018] for d in draws] for n in ("arrivals_per_1000", "leavers_per_1000")
    ]
    assert np.allclose(*flows)  # a city that more people come to is one that more people leave


def test_a_world_has_one_draw_and_another_world_another(whole):
    city = load_city(whole)
    assert drawn(city, 3) is drawn(city, 3)
    assert not drawn(city, 3).areas.equals(drawn(city, 4).areas)
    for seed in (3, 4, 5):
        assert build_population(drawn(city, seed), seed).fit.verdict == "pass"


def test_a_run_lives_in_the_city_drawn_for_its_residents(whole):
    city = load_city(whole)
    sim = Simulation(RunSpec(city="x", seed=7, population=5, months=12, start="2016-01"), city)
    assert sim.city is drawn(city, 5)


# ------------------------------------------------------------------------------------------- refusals


def test_what_cannot_be_borrowed_is_refused_and_nothing_is_written(bare):
    table = pl.read_csv(bare / "areas.csv").drop("x_km")
    table.write_csv(bare / "areas.csv")
    before = {p.name: p.read_bytes() for p in bare.iterdir()}
    with pytest.raises(InputError) as error:
        borrow(bare)
    assert [(p.file, p.column) for p in error.value.problems if p.file == "areas.csv"] == [("areas.csv", "x_km")]
    assert {p.name: p.read_bytes() for p in bare.iterdir()} == before and len(list(bare.parent.iterdir())) == 1


def test_without_anybody_to_ask_it_says_whom_there_is(bare):
    (bare / "city.toml").write_text('title = "Town"\nstart = "2016-01"\n')
    with pytest.raises(UsageError, match=r"nobody to borrow from.*NL"):
        borrow(bare)
    with pytest.raises(UsageError, match="Did you mean 'Nederland'"):
        borrow(bare, country="Nederlnd")
    with pytest.raises(UsageError, match="comes with Mechlin"):
        borrow("mechelen")


def test_borrowing_twice_changes_nothing(whole, tmp_path):
    path = shutil.copytree(whole, tmp_path / "Again")
    before = {p.name: p.read_bytes() for p in path.iterdir()}
    assert borrow(path).lines == []
    assert {p.name: p.read_bytes() for p in path.iterdir() if p.name == "sources.csv"} == {
        "sources.csv": before["sources.csv"]}  # fmt: skip


def test_many_missing_columns_are_one_problem_that_says_who_helps(bare):
    missing = [p for p in check_city(bare) if "columns are missing" in p.what]
    assert len(missing) == 1 and "mechlin city borrow" in missing[0].repair
