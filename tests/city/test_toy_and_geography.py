"""Made-up and scaled cities; distances and shapes; what the commands say."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin import indicators
from mechlin.city.residents.population import build_population
from mechlin.city.tables.geography import area_shapes, distances_km
from mechlin.city.tables.scaffold import write_city, write_tables
from mechlin.city.tables.sources import check_city, list_cities, load_city
from mechlin.city.toy import scaled_city, toy_city
from mechlin.cli.main import main
from mechlin.core.errors import InputError

TENURES = ("homes_owner", "homes_private_rent", "homes_social")


def shoelace(ring):
    """Return the area a closed ring encloses; positive when it runs against the clock."""
    x, y = np.array(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def encloses(ring, point):
    """Whether a point lies within a convex ring that runs against the clock."""
    points = np.array(ring)
    edge, to = np.diff(points, axis=0), np.array(point) - points[:-1]
    return bool((edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0] > -1e-6).all())


# ------------------------------------------------------------------------------------------ made-up cities


def test_a_made_up_city_has_as_many_people_areas_and_vacancies_as_asked():
    city = toy_city(5000, 12, vacancy=0.1)
    assert city.areas.height == 12 and city.areas["people"].sum() == 5000
    assert city.areas["homes_vacant"].sum() / city.areas["homes"].sum() == pytest.approx(0.1, abs=0.01)
    assert city.areas.equals(toy_city(5000, 12, vacancy=0.1).areas)
    assert not city.areas.equals(toy_city(5000, 12, vacancy=0.1, seed=2).areas)


def test_a_large_made_up_city_has_an_area_for_every_800_people():
    city = toy_city(2_000_000)
    assert city.areas["people"].sum() == 2_000_000 and city.areas.height == 2500


@settings(max_examples=25, deadline=None)
@given(st.integers(1000, 400_000))
def test_a_scaled_city_is_the_same_city_in_another_size(people):
    city = load_city("mechelen")
    scaled = scaled_city(city, people)
    areas, before = scaled.areas, city.areas
    assert areas["people"].sum() == people
    assert (areas["homes"] == areas.select(pl.sum_horizontal(*TENURES, "homes_vacant")).to_series()).all()
    assert (areas["households"] == areas["homes"] - areas["homes_vacant"]).all()
    adults = (1 - areas["share_age_0_17"]) * areas["people"]
    assert (areas["households"] <= adults + 1).all() and (areas["people_25_up"] <= adults + 1).all()
    exact = before["people"] * (people / before["people"].sum())
    assert ((areas["people"] - exact).abs() < 1).all()
    same = [c for c in before.columns if c.startswith("share_") or c in ("code", "x_km", "income_median_eur")]
    assert areas.select(same).equals(before.select(same))
    assert scaled.series["births_per_1000"] == city.series["births_per_1000"]
    assert scaled.series["new_dwellings"][2001] == pytest.approx(275 * people / 75_500, abs=0.01)
    assert scaled.hash != city.hash and scaled.history.is_empty()


def test_a_city_scaled_to_its_own_size_stays_as_it_is_and_a_small_one_has_residents():
    city = load_city("mechelen")
    same = scaled_city(city, 75_500)
    assert same.areas.equals(city.areas) and same.schools.equals(city.schools)
    assert build_population(scaled_city(city, 8000), 1).fit.verdict == "pass"


def test_a_scaled_made_up_city_passes_the_checks(tmp_path):
    assert check_city(write_tables(tmp_path / "twice", scaled_city(toy_city(), 9000), "Twice")) == []


# ------------------------------------------------------------------------------------------- the city itself


def test_the_majority_is_the_background_that_the_city_says(tmp_path):
    path = write_city(tmp_path / "Ghent", "Ghent")
    assert load_city(path).backgrounds == ("majority", "europe", "other")
    (path / "city.toml").write_text('start = 2001-01\nmajority = "other"\n')
    city = load_city(path)
    assert city.backgrounds == ("other", "majority", "europe") and city.title == "Ghent" and city.start == "2001-01"


def test_a_year_holds_through_its_months_and_the_ends_hold_on():
    city = replace(toy_city(), series={"births_per_1000": {2002: 10.0, 2003: 20.0, 2005: 30.0}})
    found = city.series_by_month("births_per_1000", "2001-11", 62)
    assert found[:14].tolist() == [10.0] * 14 and found[14:38].tolist() == [20.0] * 24 and set(found[38:]) == {30.0}
    with pytest.raises(InputError, match="births_per_1000"):
        city.series_by_month("birth_per_1000", "2001-01", 3)


def test_the_hash_follows_the_content_of_the_folder(tmp_path):
    one, two = (write_city(tmp_path / n / "Ghent", "Ghent") for n in "ab")
    assert load_city(one).hash == load_city(two).hash
    before = load_city(two).hash
    (two / "context.csv").write_text((two / "context.csv").read_text().replace("2.0", "2.1", 1))
    assert load_city(two).hash != before and load_city(one).hash == before


def test_every_figure_of_the_embedded_city_says_how_it_came_to_be():
    city = load_city("mechelen")
    assert list_cities() == ["amsterdam", "malmo", "mechelen"] and city.areas.height == 97 and city.schools.height == 43
    said = city.statuses.filter(pl.col("table") == "areas.csv")["column"].to_list()
    patterns = [p.strip() for row in said for p in row.split(",")]
    by_row = {"geometry_tag", "source"}  # these say it themselves, row by row
    unsaid = [c for c in city.areas.columns
              if c not in by_row and not any(c == p or (p[-1] == "*" and c.startswith(p[:-1])) for p in patterns)]  # fmt: skip
    assert unsaid == []
    assert (city.context["tag"] != "").all() and (city.context["source"] != "").all()
    assert (city.history["tag"] != "").all() and (city.totals["tag"] != "").all()


def test_every_observation_of_the_embedded_city_is_mapped_or_says_why_not():
    city = load_city("mechelen")
    known = indicators.catalogue(city.backgrounds)
    assert set(city.history["indicator"]) == set(city.indicator_map)
    for observed, (simulated, reason) in city.indicator_map.items():
        assert simulated in known if simulated else reason, observed


def test_the_package_as_it_went_follows_the_published_doses():
    from mechlin import measures
    from mechlin.engine.package import read_package

    city = load_city("mechelen")
    package = read_package("as-it-went", city.packages, measures.catalogue())
    doses = package.settings["home_renovation"]["homes_per_year"]
    permitted = city.series["renovations_permitted"]
    assert {int(m[:4]): n for m, n in doses.items()} == {
        y: max(n - 160, 0) for y, n in permitted.items() if 2001 <= y <= 2018
    }
    assert max(permitted) == max(city.series["new_dwellings"]) == 2018 and min(permitted) == 1996


# ------------------------------------------------------------------------------------------------ geography


def test_distances_are_those_of_the_map():
    city = load_city("mechelen")
    far = distances_km(city)
    assert far.shape == (97, 97) and (far == far.T).all() and (np.diag(far) == 0).all()
    one, two = city.areas.row(0, named=True), city.areas.row(5, named=True)
    assert far[0, 5] == pytest.approx(np.hypot(one["x_km"] - two["x_km"], one["y_km"] - two["y_km"]))
    assert 5 < far.max() < 20  # Mechelen is some ten kilometres across


@pytest.mark.parametrize(
    "city", ["mechelen", toy_city(3000, 1), toy_city(3000, 9)], ids=["mechelen", "one area", "nine"]
)
def test_cells_lie_round_their_centroids_and_do_not_overlap(city):
    city = load_city(city) if isinstance(city, str) else city
    shapes, from_centroids = area_shapes(city)
    assert from_centroids and len(shapes["features"]) == city.areas.height
    x, y = city.areas["x_km"].to_numpy(), city.areas["y_km"].to_numpy()
    for i, feature in enumerate(shapes["features"]):
        (ring,) = feature["geometry"]["coordinates"]
        assert feature["properties"]["code"] == city.areas["code"][i] and ring[0] == ring[-1]
        assert shoelace(ring) > 0 and encloses(ring, (x[i], y[i]))
        inner = np.array(ring).mean(axis=0) * 0.02 + np.array([x[i], y[i]]) * 0.98
        assert np.hypot(x - inner[0], y - inner[1]).argmin() == i
        for corner in ring:  # no point of a cell is nearer to another centroid: cells cannot overlap
            d = np.hypot(x - corner[0], y - corner[1])
            assert d[i] <= d.min() + 1e-3


def test_outlines_of_the_city_are_drawn_as_they_are():
    city = toy_city(3000, 4)
    ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    features = [
        {"properties": {"code": c}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for c in reversed(city.areas["code"].to_list())
    ]
    shapes, from_centroids = area_shapes(replace(city, outlines={"features": features}))
    assert not from_centroids
    assert [f["properties"]["code"] for f in shapes["features"]] == city.areas["code"].to_list()


# ------------------------------------------------------------------------------------------------- commands


@pytest.mark.slow
def test_check_looks_into_packages_and_the_map_of_indicators(tmp_path, capsys):
    path = write_city(tmp_path / "Ghent", "Ghent")
    assert main(["city", "check", str(path), "--json"]) == 0 and json.loads(capsys.readouterr().out) == []
    (path / "packages" / "bad.toml").write_text("[home_renovatoin]\nhomes_per_year = 3\n")
    (path / "packages" / "worse.toml").write_text("[home_renovation\n")
    (path / "indicator_map.csv").write_text("observed,simulated,note\npopulation,populatoin,\n")
    assert main(["city", "check", str(path), "--json"]) == 1
    found = {p["file"]: p for p in json.loads(capsys.readouterr().out)}
    assert found["packages/bad.toml"]["nearest"] == "home_renovation"
    assert "TOML" in found["packages/worse.toml"]["what"]
    assert (found["indicator_map.csv"]["row"], found["indicator_map.csv"]["nearest"]) == (2, "population")


def test_bad_tables_are_bad_data_when_a_city_is_shown(tmp_path, capsys):
    path = write_city(tmp_path / "Ghent", "Ghent")
    assert main(["city", "show", str(path)]) == 0
    assert "Made up" in capsys.readouterr().out
    (path / "areas.csv").unlink()
    assert main(["city", "show", str(path)]) == 3
    assert "areas.csv" in capsys.readouterr().err
    assert main(["city", "show", "mechelen", "--table", "aras"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code"), [("Sint-Niklaas", 0), ('A "quoted" town', 0), ("Liège", 0), ("../up", 2), ("", 2)]
)
def test_a_new_city_has_a_name_that_a_folder_can_have(tmp_path, capsys, name, code):
    assert main(["new", "city", name, "--folder", str(tmp_path)]) == code
    if code == 0:
        assert load_city(tmp_path / name).title == f"{name}, January 2001"
        assert check_city(tmp_path / name) == []
    else:
        assert list(tmp_path.iterdir()) == [] and capsys.readouterr().err
