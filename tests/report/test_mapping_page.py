"""The page of a mapping: what stands in the files beside what comes out of them, and every problem first."""

import re

import polars as pl
import pytest
from typer.testing import CliRunner

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.steps import import_city, taking_of
from mechlin.city.tables.check_tables import check_context
from mechlin.cli.main import app
from mechlin.core.errors import InputError
from mechlin.report.mapping_page import mapping_page, refused_page

DISTRICTS = """wijk;naam;inwoners;k_0tot18;k_18tot65;k_65plus;laag;midden;hoog;bomen
WK01;Centrum;1.200;18;62;20;30;40;31;7
WK02;Noord;800;25,5;60;14,5;40;40;20;8
WK03;<Haven>;0;;;;;;;9
Totaal;;2.000;20;62;18;34;40;26;24
"""
MAPPING = """title = "Ergens"
country = "NL"
start = "2016-01"
[files.wijken]
file = "wijken.csv"
code = "wijk"
name = "naam"
[files.map]
file = "map.geojson"
code = "wijk"
[areas]
outlines = "map"
people = [
    "inwoners",
]
age = { "0-18" = "k_0tot18", "18-65" = "k_18tot65", "65+" = "k_65plus" }
[areas.education]
low = "laag"
mid = "midden"
high = "hoog"
[context]
price_level = { years = { 2015 = 100, 2016 = 101, 2017 = 103 }, source = "CBS" }
"""


def outline(n):
    x = 4.9 + 0.02 * n
    ring = [[x, 52.3], [x + 0.02, 52.3], [x + 0.02, 52.31], [x, 52.31], [x, 52.3]]
    return (
        f'{{"type":"Feature","properties":{{"wijk":"WK0{n}"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )


@pytest.fixture
def file(tmp_path):
    (tmp_path / "wijken.csv").write_text(DISTRICTS, encoding="utf-8")
    shapes = ",".join(outline(n) for n in (1, 2, 3))
    (tmp_path / "map.geojson").write_text(f'{{"type":"FeatureCollection","features":[{shapes}]}}')
    (tmp_path / "ergens.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path / "ergens.toml"


def cells(page, column):
    """Return the table beside a column, as rows of text."""
    part = page.split(f'<h3 id="{column}">')[1].split("<h3")[0]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", part)]


def test_what_stands_in_the_file_is_beside_what_comes_out(file):
    page = mapping_page(taking_of(read_mapping(file)))
    assert cells(page, "people")[1:] == [
        ["Centrum", "2", "1.200", "1,200", "counted"],
        ["Noord", "3", "800", "800", "counted"],
        ["&lt;Haven&gt;", "4", "0", "0", "counted"],
    ]
    low = cells(page, "share_education_low")
    assert low[1][2:4] == ["30", "0.297"] and low[3] == ["&lt;Haven&gt;", "", "", "–", "missing"]
    assert "  13  people = [\n  14      &quot;inwoners&quot;,\n  15  ]" in page
    assert "  17  [areas.education]\n  18  low = &quot;laag&quot;" in page


def test_a_map_is_beside_every_column_and_gaps_and_spare_columns_are_named(file):
    page = mapping_page(taking_of(read_mapping(file)))
    columns = page.count("<h3 id=")
    assert page.count('aria-label="Map of ') == columns - 3, "of every column but the places themselves"
    assert page.count('<path id="area') == 3, "outlines stand once"
    assert "Not used: bomen." in page and "✓" in page
    lacks = page.split('id="lacks"')[1].split("<section")[0]
    assert "income_median_eur" in lacks and "leavers_per_1000" in lacks and "share_education_low" not in lacks
    assert "is the sum of others and was left out" in page and "<Haven>" not in page


def test_problems_stand_first_beside_what_can_be_seen(file):
    file.write_text(MAPPING.replace('"k_65plus"', '"k_65pls"'), encoding="utf-8")
    taking = taking_of(read_mapping(file))
    page = mapping_page(taking)
    assert len(taking.problems) == 1 and page.index('id="wrong"') < page.index('id="columns"')
    assert "k_65plus" in page.split('id="wrong"')[1].split("<section")[0] and '<h3 id="people">' in page


@pytest.mark.parametrize("text", [MAPPING.replace("areas]", "area]"), MAPPING.replace('"wijken.csv"', '"gone.csv"')])
def test_a_mapping_that_cannot_be_followed_is_shown_with_its_problems(file, text):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        CliRunner().invoke(app, ["city", "look", str(file)], catch_exceptions=False)
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    assert 'id="wrong"' in page and "   1  title" in page


def test_a_long_list_of_what_is_allowed_squeezes_nothing(file):
    file.write_text(MAPPING.replace("people = [", "peple = ["), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_mapping(file)
    wrong = refused_page(file.name, "", error.value.problems).split('id="wrong"')[1].split("<section")[0]
    assert "<table" not in wrong and "<dt>Allowed</dt><dd>x_km, y_km," in wrong and "<dd>people</dd>" in wrong


@pytest.mark.slow
@pytest.mark.parametrize(("series", "value", "allowed"), [
    ("price_level", -3, "above 0 (index, any base year)"), ("price_level", 0, "above 0 (index, any base year)"),
    ("new_dwellings", -1, "0 or more dwellings a year"), ("unemployment_rate_region", 101, "0 to 100 (% of the labour force)"),
    ("inflation", -0.5, ""),
])  # fmt: skip
def test_a_number_of_a_year_has_one_rule_in_mapping_and_city(series, value, allowed, file):
    text = (
        MAPPING.partition("[context]")[0] + f'[context]\n{series} = {{ years = {{ 2016 = {value} }}, source = "x" }}\n'
    )
    file.write_text(text, encoding="utf-8")
    (*_, told) = taking_of(read_mapping(file)).problems or [None]
    context = pl.DataFrame({"year": [2016.0], "indicator": [series], "value": [float(value)]})
    in_city = [p for p in check_context(context, None) if "not possible" in p.what]
    if not allowed:
        assert told is None and in_city == []
        return
    assert (told.what, told.allowed, told.repair) == (in_city[0].what, allowed, in_city[0].repair)
    assert told.file == file.name and told.row == text.splitlines().index("[context]") + 2 and in_city[0].row == 2


def test_a_country_that_lends_nothing_is_told_by_look_and_import_alike(file):
    file.write_text(MAPPING.replace('"NL"', '"XX"'), encoding="utf-8")
    (told,) = taking_of(read_mapping(file)).problems
    assert "no profile of 'XX'" in told.what and "births_per_1000" in told.what and "x_km" not in told.what
    assert told.row == 2 and "--neighbour" in told.repair
    with pytest.raises(InputError) as error:
        import_city(file)
    assert error.value.problems == (told,)
    assert taking_of(read_mapping(file), neighbour="mechelen").problems == ()


def test_the_command_writes_the_page_and_imports_nothing(file):
    said = CliRunner().invoke(app, ["city", "look", str(file)], catch_exceptions=False)
    assert said.exit_code == 0 and "Next: mechlin city import" in said.output
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    assert 'http-equiv="refresh"' not in page and not file.with_suffix("").exists()
    assert 'http-equiv="refresh" content="2"' in mapping_page(taking_of(read_mapping(file)), 2)
