"""A mapping makes a city out of published files, whole or not at all, and every number knows where it was read."""

import polars as pl
import pytest

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.steps import draft_of, import_city
from mechlin.city.tables.origins import cell_origins
from mechlin.city.tables.sources import load_city
from mechlin.core.errors import InputError, UsageError
from mechlin.study.asked import read_package

PEOPLE = """"region","födelseregion","kön","Antal 2020","Antal 2021"
"Malmö (RegSO-Almvik)","Sverige","totalt",1586,1530
"Malmö (RegSO-Almvik)","totalt","totalt",3348,3319
"Malmö (RegSO-Bellevue)","Sverige","totalt",1396,1402
"Malmö (RegSO-Bellevue)","totalt","totalt",3162,3226
"Malmö (RegSO-Östervärn)","Sverige","totalt",1732,1737
"Malmö (RegSO-Östervärn)","totalt","totalt",2936,2921
"""
TENURE = """"region","upplåtelseform","Antal 2020","Antal 2021"
"Malmö (RegSO-Almvik)","hyresrätt",723,723
"Malmö (RegSO-Almvik)","bostadsrätt",552,552
"Malmö (RegSO-Almvik)","äganderätt",..,0
"Malmö (RegSO-Bellevue)","hyresrätt",88,88
"Malmö (RegSO-Bellevue)","bostadsrätt",1334,1334
"Malmö (RegSO-Bellevue)","äganderätt",80,79
"Malmö (RegSO-Östervärn)","hyresrätt",543,543
"Malmö (RegSO-Östervärn)","bostadsrätt",-,1381
"Malmö (RegSO-Östervärn)","äganderätt",0,0
"""
DISTRICTS = """wijk;naam;inwoners;k_0tot18;k_18tot65;k_65plus;laag;midden;hoog
WK01;Centrum;1.200;18;62;20;30;40;31
WK02;Noord;800;25,5;60;14,5;40;40;20
WK03;Haven;0;;;;;;
Totaal;;2.000;20;62;18;34;40;26
"""
SWEDEN = """title = "Malmö"
country = "SE"
start = "2020-01"
[files.people]
file = "people.csv"
[files.tenure]
file = "tenure.csv"
[areas]
people = { file = "people", column = "Antal", where = { "födelseregion" = "totalt" } }
background.sweden = { file = "people", column = "Antal", where = { "födelseregion" = "Sverige" } }
[areas.background.abroad]
file = "people"
column = "Antal"
where = { "födelseregion" = "totalt" }
less = { file = "people", column = "Antal", where = { "födelseregion" = "Sverige" } }
[areas.homes]
owner = { file = "tenure", column = "Antal", where = { "upplåtelseform" = ["bostadsrätt", "äganderätt"] } }
social = { file = "tenure", column = "Antal", where = { "upplåtelseform" = "hyresrätt" }, times = 0.5, spread = 0.2 }
"""
DUTCH = """title = "Ergens"
country = "NL"
start = "2016-01"
[files.wijken]
file = "wijken.csv"
code = "wijk"
name = "naam"
[areas]
people = "inwoners"
age = { "0-18" = "k_0tot18", "18-65" = "k_18tot65", "65+" = "k_65plus" }
education = { low = "laag", mid = "midden", high = "hoog" }
"""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with published files."""
    for name, text in (("people.csv", PEOPLE), ("tenure.csv", TENURE), ("wijken.csv", DISTRICTS)):
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    return tmp_path


def draft(folder, text):
    (folder / "city.toml").write_text(text)
    return draft_of(read_mapping(folder / "city.toml"))


def test_years_in_headings_dimensions_and_names_are_read(folder):
    made = draft(folder, SWEDEN)
    assert made.names == ["Almvik", "Bellevue", "Östervärn"] and made.codes == ["A1", "A2", "A3"]
    assert made.columns["people"].tolist() == [3348, 3162, 2936]
    assert made.columns["share_background_sweden"].tolist() == pytest.approx([1586 / 3348, 1396 / 3162, 1732 / 2936])
    assert made.series["population_1_january"] == {2020: 9446.0, 2021: 9466.0}
    line = made.lines["people"][1]
    assert (line.row, line.file, line.source_row, line.source_column, line.tag) == (
        "A2",
        "people.csv",
        "5",
        "Antal 2020",
        "counted",
    )


def test_signs_mean_what_the_countrys_office_says_and_none_is_zero_silently(folder):
    made = draft(folder, SWEDEN)
    owners = made.columns["homes_owner"]
    assert owners[1] == 1414 and owners[2] == 0  # Statistics Sweden: - is zero
    assert owners[0] != owners[0] and any("not asked in 1 of 3 areas (Almvik)" in n for n in made.notes)
    assert [o.row for o in made.lines["homes_owner"]] == ["A2", "A3"]


def test_a_part_of_a_count_is_derived_and_has_its_error(folder):
    line = draft(folder, SWEDEN).lines["homes_social"][0]
    assert line.tag == "derived" and line.spread == 0.2 and "times 0.5" in line.rule


def test_sum_rows_decimal_commas_and_areas_without_people(folder):
    made = draft(folder, DUTCH)
    assert made.codes == ["WK01", "WK02", "WK03"] and made.columns["people"].tolist() == [1200, 800, 0]
    assert any("Totaal" in n and "left out" in n for n in made.notes)
    assert any("education: parts add up to" in n for n in made.notes) and not any("Haven" in n for n in made.notes)
    ages = [made.columns[c][1] for c in ("share_age_0_17", "share_age_65_up")]
    assert ages == pytest.approx([0.255, 0.145])
    tags = {c: made.lines[c][0].tag for c in ("share_age_0_17", "share_age_18_34")}
    assert tags == {"share_age_0_17": "counted", "share_age_18_34": "derived"}


def test_a_year_near_the_start_is_taken_and_said(folder):
    made = draft(folder, SWEDEN.replace('"2020-01"', '"2016-01"'))
    assert "counted in 2020, 4 years from the start" in made.lines["people"][0].rule


# what was changed in the mapping, where the problem stands, and words in it
WRONG = {
    "a misspelt setting": ('start = "2016-01"', 'start = "2016-01"\ncuontry = "NL"', "cuontry", "did you mean 'country'"),
    "a misspelt column": ('"inwoners"', '"inwonrs"', "areas.people", "did you mean 'inwoners'"),
    "no file of that name": ('"wijken.csv"', '"wijkn.csv"', "files.wijken.file", "did you mean 'wijken.csv'"),
    "an unknown group": ("education = {", "educaton = {", "areas.educaton", "did you mean 'education'"),
    "a part too few": (', high = "hoog"', "", "areas.education", "high is missing"),
    "ages with a gap": ('"18-65"', '"20-65"', "areas.age", "nobody counts"),
    "no band": ('"0-18"', '"young"', "areas.age", "no band of ages"),
    "a start that is no month": ('"2016-01"', '"January 2016"', "start", "is not a month"),
    "an unknown office": ('code = "wijk"', 'code = "wijk"\noffice = "cbss"', "files.wijken.office", "did you mean 'cbs'"),
    "an unknown kind of missing": (
        'code = "wijk"', 'code = "wijk"\nmissing = { "." = "supressed" }', "files.wijken.missing", "'suppressed'"),
    "an unknown unit": ('"inwoners"', '{ column = "inwoners", unit = "thousands" }', "areas.people", "did you mean 'thousand'"),
    "a row that is not there": ('"inwoners"', '{ column = "inwoners", where = { naam = "Nord" } }', "areas.people", "'Noord'"),
    "nobody is counted": ('people = "inwoners"\n', "", "areas", "how many people"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_in_a_mapping_is_told_with_place_and_repair(folder, kind):
    old, new, column, said = WRONG[kind]
    text = DUTCH.replace(old, new, 1)
    assert text != DUTCH
    with pytest.raises(InputError) as error:
        draft(folder, text)
    found = [p for p in error.value.problems if p.column == column]
    assert len(found) == 1 and said in str(found[0]), str(error.value)


def test_everything_is_told_at_once(folder):
    (folder / "tenure.csv").write_text(TENURE.replace("552,552", "many,552").replace("Bellevue", "Belevue"))
    with pytest.raises(InputError) as error:
        draft(folder, SWEDEN.replace('"hyresrätt"', '"hyresratt"'))
    said = str(error.value)
    assert "'many'" in said and "Belevue (nearest: Bellevue)" in said and "did you mean 'hyresrätt'" in said


def test_several_rows_for_one_area_ask_which(folder):
    with pytest.raises(InputError, match=r"rows for one area.*äganderätt"):
        draft(folder, SWEDEN.replace(', where = { "upplåtelseform" = "hyresrätt" }', ""))


def test_names_of_levels_within_one_another_are_not_mixed(folder):
    (folder / "wijken.csv").write_text(
        DISTRICTS.replace("Totaal;", "GM01;Ergens").replace("GM01;Ergens;", "GM01;Ergens;")
    )
    with pytest.raises(InputError, match=r"several levels: WK .3., GM .1."):
        draft(folder, DUTCH)
    made = draft(folder, DUTCH.replace('code = "wijk"', 'code = "wijk"\nlevel = "WK"'))
    assert len(made.codes) == 3 and any("other levels" in n for n in made.notes)


def test_a_town_of_fractions_is_asked_about(folder):
    (folder / "wijken.csv").write_text(
        DISTRICTS.replace("1.200", "1.2345").replace(";25,5;", ";25.5;").replace("14,5", "14.5")
    )
    with pytest.raises(InputError, match="is not a whole number"):
        draft(folder, DUTCH)


def test_totals_are_met_or_refused(folder):
    made = draft(folder, DUTCH + "[totals]\npeople = 2100\n")
    assert made.columns["people"].sum() == 2100 and any("scaled by 1.05" in n for n in made.notes)
    assert made.lines["people"][0].tag == "derived"
    with pytest.raises(InputError, match="both do not count the same"):
        draft(folder, DUTCH + "[totals]\npeople = 200000\n")


def test_an_import_that_is_refused_leaves_the_former_city_as_it_was(folder, monkeypatch):
    former = folder / "city"
    former.mkdir()
    (former / "mapping.toml").write_text("former")
    (former / "areas.csv").write_text("former")
    (folder / "city.toml").write_text(DUTCH.replace("inwoners", "nobody"))
    with pytest.raises(InputError):
        import_city(folder / "city.toml")
    assert sorted(p.name for p in former.iterdir()) == ["areas.csv", "mapping.toml"]
    assert (former / "areas.csv").read_text() == "former"
    assert not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_a_city_that_no_import_made_is_not_written_over(folder):
    (folder / "city").mkdir()
    (folder / "city" / "areas.csv").write_text("by hand")
    (folder / "city.toml").write_text(DUTCH)
    with pytest.raises(UsageError, match="was not made by an import"):
        import_city(folder / "city.toml")


def test_a_mapping_that_is_not_there_says_how_to_begin():
    with pytest.raises(UsageError, match="mechlin city new"):
        read_mapping("nowhere.toml")


def test_areas_of_another_year_are_laid_over_the_citys(folder):
    pytest.importorskip("pyogrio")
    import json

    def drawn(**boxes):
        low, high, features = 487000, 488000, []
        for name, (x, wide) in boxes.items():
            ring = [[x, low], [x + wide, low], [x + wide, high], [x, high], [x, low]]
            shape = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": {"naam": name}, "geometry": shape})
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
        return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})

    at = 121000
    (folder / "now.geojson").write_text(drawn(Centrum=(at, 1000), Noord=(at + 1000, 1000), Haven=(at + 2000, 1000)))
    (folder / "then.geojson").write_text(drawn(Oud=(at, 500), Nieuw=(at + 500, 1500)))
    (folder / "shops.csv").write_text("naam,winkels,inkomen\nOud,10,2000\nNieuw,30,1000\n")
    text = DUTCH.replace("[areas]", """[files.now]
file = "now.geojson"
[files.then]
file = "then.geojson"
[files.shops]
file = "shops.csv"
outlines = "then"
[areas]
outlines = "now"
shops = "winkels"
income_median_eur = { column = "inkomen", mean = true }""")  # fmt: skip
    made = draft(folder, text)
    centre = 10 + 30 * (0.5 * 1200) / (0.5 * 1200 + 800)
    assert made.columns["shops"][:2].tolist() == pytest.approx([round(centre), round(40 - centre)])
    assert made.columns["income_median_eur"][:2].tolist() == pytest.approx([1500, 1000])
    assert made.lines["shops"][0].spread > 0 and made.lines["shops"][0].source_row == "2, 3"
    assert pl.DataFrame({"km2": made.columns["area_km2"]})["km2"].to_list() == pytest.approx([1, 1, 1], rel=1e-4)


def test_a_row_that_stands_twice_is_counted_once_and_another_one_of_the_same_area_is_asked_about(folder):
    rows = DISTRICTS.splitlines()
    (folder / "wijken.csv").write_text("\n".join([*rows[:3], rows[2], *rows[3:]]))
    made = draft(folder, DUTCH)
    assert made.columns["people"].tolist() == [1200, 800, 0] and any("counted once: 4" in n for n in made.notes)
    (folder / "wijken.csv").write_text("\n".join([*rows[:3], rows[2].replace("800", "900"), *rows[3:]]))
    with pytest.raises(InputError, match=r"2 rows for one area .Noord: rows 3, 4"):
        draft(folder, DUTCH)


@pytest.mark.slow
def test_what_nobody_published_is_borrowed_and_marked_and_afresh_the_next_time(folder):
    (folder / "ergens.toml").write_text(DUTCH)
    made = import_city(folder / "ergens.toml")
    assert made.tags["borrowed"] and any("borrowed from" in note for note in made.notes)
    city = load_city(made.folder)
    assert (
        list(city.packages) == ["first-try"] and read_package("first-try", made.folder).settings
    )  # to rehearse at once
    (made.folder / "packages" / "first-try.toml").rename(made.folder / "packages" / "mine.toml")
    cells = cell_origins("areas.csv", city.areas, city.statuses)
    for column in ("income_median_eur", "homes_owner", "homes_poor_quality_share"):
        assert set(cells.filter(column=column)["tag"]) == {"borrowed"}, column
    assert set(cells.filter(column="people")["tag"]) == {"counted"}
    (made.folder / "history.csv").write_text("indicator,year,value,low,high,unit,source,tag,note\n")
    with (made.folder / "sources.csv").open("a") as file:
        file.write("history.csv,*,value,press,,,,mine,\n")
    (made.folder / "history.csv").write_text(
        "indicator,year,value,low,high,unit,source,tag,note\npopulation,2016,2000,2000,2000,persons,,press,\n"
    )
    before = (made.folder / "areas.csv").read_text()
    again = import_city(folder / "ergens.toml")
    assert (again.folder / "areas.csv").read_text() == before and again.tags == made.tags
    assert [p.name for p in (again.folder / "packages").iterdir()] == ["mine.toml"]
    assert "history.csv,*,value,press" in (again.folder / "sources.csv").read_text()  # one's own tables stay


@pytest.mark.slow
def test_what_was_observed_is_taken_by_mapping_and_ones_own_record_stays(folder):
    (folder / "monitor.csv").write_text("jaar;vertrouwen;armoede\n2015;51,5;14\n2016;53;.\n", encoding="utf-8")
    said = """[files.monitor]
file = "monitor.csv"
year = "jaar"
[history]
trust_city_government = { file = "monitor", column = "vertrouwen", unit = "per cent" }
poverty = { years = { 2014 = 0.15 }, source = "annual report" }
"""
    (folder / "map.toml").write_text(DUTCH + said, encoding="utf-8")
    city = import_city(folder / "map.toml").folder
    found = load_city(city).history.sort("indicator", "year")
    rows = [tuple(r) for r in found.select("indicator", "year", "value", "unit", "tag").iter_rows()]
    assert rows == [
        ("poverty", 2014, 0.15, "", "counted"),
        ("trust_city_government", 2015, 0.515, "share", "counted"),
        ("trust_city_government", 2016, 0.53, "share", "counted"),
    ]
    with (city / "history.csv").open("a") as file:
        file.write("births,2013,20,,,,own,press,\n")
    import_city(folder / "map.toml")
    assert {*load_city(city).history["indicator"]} == {"poverty", "trust_city_government", "births"}
    with pytest.raises(InputError, match=r"monitor.csv has no year of it|no heading"):
        (folder / "map.toml").write_text(
            DUTCH + said.replace('column = "vertrouwen"', 'column = "vertrouw"'), encoding="utf-8"
        )
        import_city(folder / "map.toml")


@pytest.mark.slow
def test_results_of_elections_are_taken_by_mapping_beside_what_the_country_lends(folder):
    said = """[elections.municipal]
radical_right_city = { years = { 2014 = 9.5 }, source = "election page" }
[elections.national]
radical_right_city = { years = { 2012 = 8.7 }, source = "election page" }
"""
    (folder / "map.toml").write_text(DUTCH + said, encoding="utf-8")
    for _ in range(2):  # again and again the same
        city = load_city(import_city(folder / "map.toml").folder)
        rows = {
            (d, level): v for d, level, v in city.elections.select("date", "level", "radical_right_city").iter_rows()
        }
        assert rows["2014-03", "municipal"] == 9.5 and rows["2012-09", "national"] == 8.7
        cells = cell_origins("elections.csv", city.elections, city.statuses).filter(column="radical_right_city")
        tags = dict(cells.select("row", "tag").iter_rows())
        assert tags["2014-03 municipal"] == "counted" and tags["2015-03 regional"] == "borrowed"
    wrong = said.replace("2014 = 9.5", "2015 = 9.5").replace("national", "natinal")
    (folder / "map.toml").write_text(DUTCH + wrong, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"no municipal election in 2015; allowed: 2014-03(.|\n)*no natinal election"
    ) as error:
        import_city(folder / "map.toml")
    assert "elections.municipal.radical_right_city" in str(error.value)
    (folder / "map.toml").write_text(DUTCH + said.replace("2012", "2017"), encoding="utf-8")
    with pytest.raises(InputError, match=r"must not see the result of 2017-03(.|\n)*put it into .history."):
        import_city(folder / "map.toml")
    (folder / "map.toml").write_text(DUTCH + said.replace("radical_right_city =", "radical_city ="), encoding="utf-8")
    with pytest.raises(InputError, match="did you mean 'radical_right_city'"):
        import_city(folder / "map.toml")


def test_where_nobody_lends_all_that_is_missing_is_told(folder):
    (folder / "ergens.toml").write_text(DUTCH.replace('"NL"', '"FR"'))
    with pytest.raises(InputError) as error:
        import_city(folder / "ergens.toml")
    assert "no profile of 'FR'" in str(error.value) and "homes_owner" in str(error.value)
    assert not (folder / "ergens").exists()


MIXED = """code,name,people,households,income
T1,Area 1,1.234,284,"1.931,21"
T2,Area 2,922.0,1.371,-
T3,Area 3,850.0,300.0,0
T4,Area 4,0.0,0.0,0
"""
MIXED_MAPPING = """title = "Ghent"
country = "BE"
start = "2016-01"
[files.areas]
file = "mixed.csv"
[areas]
people = "people"
households = "households"
income_median_eur = "income"
"""


def test_thousands_among_decimals_are_read_as_a_count_must_be_and_said(folder):
    """From a spreadsheet of two dialects: nobody counts 1.234 people, and 1.371 households are not one."""
    (folder / "mixed.csv").write_text(MIXED)
    made = draft(folder, MIXED_MAPPING)
    assert made.columns["people"].tolist() == [1234, 922, 850, 0]
    assert made.columns["households"].tolist() == [284, 1371, 300, 0]
    assert made.series["population_1_january"][2016] == 3006
    assert sum("mark stands between thousands" in n for n in made.notes) == 2


def test_no_income_is_zero_where_people_live(folder):
    """By Statbel's key a dash is zero; of an income it is none, and never taken as 0."""
    (folder / "mixed.csv").write_text(MIXED)
    made = draft(folder, MIXED_MAPPING)
    income = made.columns["income_median_eur"]
    assert income[0] == 1931.21 and income[1] != income[1] and income[2] != income[2] and income[3] == 0
    assert any("an income of 0 in 2 areas (Area 2, Area 3)" in n for n in made.notes)
