"""The cities that were made with the importer agree with what they say of themselves."""

from pathlib import Path

import polars as pl
import pytest

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.steps import import_city
from mechlin.city.tables.columns import AREA_COLUMNS, HANGS, SCHOOL_COLUMNS, SERIES
from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.city.tables.origins import cell_origins
from mechlin.city.tables.reading import TABLES
from mechlin.city.tables.sources import check_city, city_folder, load_city

GIVEN = Path(__file__).resolve().parents[4] / "shared" / "data" / "foreign"  # files that are not part of the project


@pytest.mark.parametrize("name", ["amsterdam", "malmo"])
def test_a_shipped_city_passes_its_checks_and_every_number_says_whence_it_is(name):
    assert check_city(name) == []
    city = load_city(name)
    cells = cell_origins("areas.csv", city.areas, city.statuses)
    numbers = cells.filter(~pl.col("column").is_in(["code", "name", "kind"]))
    assert numbers.filter(rule="not said").height == 0
    counted = numbers.filter(tag="counted")
    assert counted.height and (counted["source_row"] != "").all() and (counted["source_file"] != "").all()
    assert (numbers.filter(pl.col("tag") != "counted")["rule"] != "").all()
    borrowed = numbers.filter(tag="borrowed")
    assert borrowed.height and (borrowed["source_file"] != "").all() and (borrowed["spread"] > 0).mean() > 0.9


@pytest.mark.slow
@pytest.mark.skipif(not GIVEN.is_dir(), reason="the published files are not here")
@pytest.mark.parametrize(("name", "lines"), [("amsterdam", 98), ("malmo", 91)])
def test_a_shipped_city_is_what_its_mapping_makes(name, lines, tmp_path):
    mapping = city_folder(name) / "mapping.toml"
    text = mapping.read_text(encoding="utf-8").replace("start = ", f'folder = "{GIVEN}"\nstart = ', 1)
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    made = import_city(tmp_path / f"{name}.toml", tmp_path / "made")
    assert made.areas == lines
    for file in ("areas.csv", "context.csv", "elections.csv", "sources.csv"):
        assert (made.folder / file).read_text() == (city_folder(name) / file).read_text(), file


def test_every_column_is_explained():
    areas = {*TABLES["areas.csv"].known} - {"quarter", "geometry_tag", "source"} | {"share_background_*"}
    assert set(AREA_COLUMNS) == areas
    assert {*REQUIRED_SERIES, *OPTIONAL_SERIES} < set(SERIES)
    assert set(SCHOOL_COLUMNS) == set(TABLES["schools.csv"].required)
    for column in (*AREA_COLUMNS.values(), *SERIES.values(), *SCHOOL_COLUMNS.values()):
        assert column.hangs in HANGS and all(column)


def test_a_mapping_of_a_shipped_city_that_lacks_its_files_says_which(tmp_path):
    text = (city_folder("malmo") / "mapping.toml").read_text(encoding="utf-8")
    (tmp_path / "malmo.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=r"there is no file .*scb_malmo_foreign_born.csv"):
        read_mapping(tmp_path / "malmo.toml")
