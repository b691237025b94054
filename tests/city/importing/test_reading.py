"""Every way of writing a table that offices were met with is read, and says what had to be recognised."""

import io
import json
import zipfile

import polars as pl
import pytest

from mechlin.city.importing.cubes import read_json_table
from mechlin.city.importing.numerals import MIXED, parse
from mechlin.city.importing.opening import open_grid
from mechlin.city.importing.years import year_columns
from mechlin.city.tables.encoding import read_text
from mechlin.city.tables.signs import signs_of
from mechlin.core.errors import InputError, UsageError

ROWS = [["kod", "namn", "folkmängd"], ["1280C1010", "Östermalm", "1 675"], ["1280C1020", "Västra Hamnen", "922"]]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def lines(rows, separator=",", end="\n"):
    return end.join(separator.join(row) for row in rows) + end


# the bytes of the same table, and a word about it
DIALECTS = {
    "commas": (lines(ROWS), "utf-8", ""),
    "semicolons": (lines(ROWS, ";"), "utf-8", "semicolons"),
    "tabs": (lines(ROWS, "\t"), "utf-8", "tabs"),
    "bars": (lines(ROWS, "|"), "utf-8", "bars"),
    "a mark first": (lines(ROWS), "utf-8-sig", ""),
    "cr cr lf": (lines(ROWS, end="\r\r\n"), "utf-8-sig", ""),
    "cr": (lines(ROWS, end="\r"), "utf-8", ""),
    "Windows": (lines(ROWS), "cp1252", "Windows-1252"),
    "Latin-1": (lines(ROWS), "latin-1", "Windows-1252"),
    "MacRoman": (lines(ROWS), "mac_roman", "MacRoman"),
    "DOS": (lines(ROWS), "cp850", "code page 850"),
    "UTF-16": (lines(ROWS, "\t"), "utf-16", "UTF-16"),
    "UTF-16 without a mark": (lines(ROWS, "\t"), "utf-16-le", "UTF-16"),
    "sep": ("sep=;\n" + lines(ROWS, ";"), "utf-8", "sep=;"),
    "a title and a note": ("Folkmängd 2020\n\n" + lines(ROWS) + "\nKälla: SCB\n", "utf-8", "left out"),
    "a title with empty cells": ("Folkmängd,,\n" + lines(ROWS), "utf-8", "above the headings"),
    "empty columns behind": (lines([[*r, "", ""] for r in ROWS]), "utf-8", ""),
    "quoted": (lines([[f'"{c}"' for c in r] for r in ROWS]), "utf-8", ""),
    "padded": (lines([[f"  {c} " for c in r] for r in ROWS]), "utf-8", ""),
}


@pytest.mark.parametrize("kind", DIALECTS)
def test_a_table_is_the_same_however_it_is_written(tmp_path, kind):
    text, encoding, said = DIALECTS[kind]
    grid = open_grid(written(tmp_path / "t.csv", text, encoding))
    assert grid.headings == ROWS[0]
    assert [c.strip() for c in grid.cells["namn"]] == ["Östermalm", "Västra Hamnen"]
    assert parse(grid.cells["folkmängd"], signs_of()).values.to_list() == [1675.0, 922.0]
    assert said in "; ".join(grid.notes)


def test_rows_keep_the_number_that_a_spreadsheet_shows(tmp_path):
    text = "title\n\n" + lines(ROWS)
    assert open_grid(written(tmp_path / "t.csv", text)).rows.to_list() == [4, 5]
    assert open_grid(written(tmp_path / "s.csv", "sep=,\r\n" + lines(ROWS))).rows.to_list() == [3, 4]


def test_a_row_of_another_width_is_told_with_its_number(tmp_path):
    grid = open_grid(
        written(tmp_path / "t.csv", lines([*ROWS, ["1280C1030", "Kirseberg, norra", "7", "8"], ["x", "y", "1"]]))
    )
    assert [(p.row, p.file) for p in grid.problems] == [(4, "t.csv")]
    assert grid.cells.height == 3


def test_excel_gives_the_same_cells_as_text(tmp_path):
    pl.DataFrame({"kod": ["A", "B"], "folk": [1675, 922], "andel": [1.9, 0.5]}).write_excel(tmp_path / "t.xlsx")
    grid = open_grid(tmp_path / "t.xlsx")
    assert grid.headings == ["kod", "folk", "andel"] and grid.rows.to_list() == [2, 3]
    assert grid.cells["folk"].to_list() == ["1675", "922"]
    assert parse(grid.cells["andel"], signs_of()).values.to_list() == [1.9, 0.5]


def test_of_several_sheets_one_has_to_be_named(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        pl.DataFrame({"a": [1]}).write_excel(book, "Antal")
        pl.DataFrame({"b": [2]}).write_excel(book, "Andel")
    with pytest.raises(InputError, match=r"several sheets.*Antal, Andel"):
        open_grid(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match="did you mean 'Antal'"):
        open_grid(tmp_path / "t.xlsx", sheet="Antl")
    assert open_grid(tmp_path / "t.xlsx", sheet="Andel").headings == ["b"]


def test_parquet_is_read(tmp_path):
    pl.DataFrame({"kod": ["A", "B"], "folk": [1675, None]}).write_parquet(tmp_path / "t.pq")
    grid = open_grid(tmp_path / "t.pq")
    assert parse(grid.cells["folk"], signs_of()).kinds.to_list() == [None, "blank"]


STAT = {
    "version": "2.0",
    "class": "dataset",
    "id": ["Region", "Tid"],
    "size": [2, 2],
    "dimension": {
        "Region": {"label": "region", "category": {"index": {"A": 0, "B": 1}, "label": {"A": "Norr", "B": "Syd"}}},
        "Tid": {"label": "år", "category": {"index": ["2019", "2020"]}},
    },
    "value": [1, 2, None, 4],
    "status": {"2": ".."},
}


def test_json_stat_becomes_a_long_table(tmp_path):
    grid = read_json_table(written(tmp_path / "t.json", json.dumps(STAT)))
    assert grid.cells.rows() == [
        ("Norr", "A", "2019", "1", ""),
        ("Norr", "A", "2020", "2", ""),
        ("Syd", "B", "2019", "", ".."),
        ("Syd", "B", "2020", "4", ""),
    ]
    older = {
        "dataset": {
            "dimension": {**STAT["dimension"], "id": STAT["id"], "size": STAT["size"]},
            "value": {"0": 1, "3": 4},
        }
    }
    assert read_json_table(written(tmp_path / "o.json", json.dumps(older))).cells["value"].to_list() == [
        "1",
        "",
        "",
        "4",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"dimension": {"Region": STAT["dimension"]["Tid"] | {"category": {"index": ["A"]}}}},
            "'Region' has 1 categories, its size says 2",
        ),
        ({"size": [2, "two"]}, "its size says two"),
        ({"dimension": {}, "size": [2, 10**9]}, "'Tid' has 0 categories, its size says 1000000000"),
        ({"value": [1]}, "has not the 4 values"),
        ({"id": ["Region"]}, "id and size of the same length"),
        ({"value": {"9": 1}}, "has not the 4 values"),
    ],
)
def test_json_stat_that_is_not_whole_says_what_it_lacks(tmp_path, change, said):
    with pytest.raises(InputError, match=said):
        open_grid(written(tmp_path / "context.csv", json.dumps({**STAT, **change})))


def test_json_stat_that_names_no_categories_is_read_and_says_so(tmp_path):
    """The document's numbers are there; what they are of is numbered, for whoever knows."""
    for dimension in ({}, {"Region": "two regions", "Tid": {"category": {"label": []}}}):
        grid = open_grid(
            written(tmp_path / "context.csv", json.dumps({**STAT, "dimension": dimension, "status": None}))
        )
        assert grid.cells.rows() == [("1", "1", "1"), ("1", "2", "2"), ("2", "1", ""), ("2", "2", "4")]
        assert grid.notes == ("read as JSON-stat", *(
            f"the document does not say what the 2 categories of {name!r} are: numbered" for name in STAT["id"]))  # fmt: skip
    odd = {"Region": {"category": {"index": {"A": 0, "B": None}}}, "Tid": STAT["dimension"]["Tid"]}
    assert open_grid(written(tmp_path / "odd.csv", json.dumps({**STAT, "dimension": odd}))).cells.height == 4


def test_an_answer_of_px_web_and_a_pc_axis_file_are_read(tmp_path):
    answer = {
        "columns": [{"code": "Region", "text": "region", "type": "d"}, {"code": "N1", "text": "Antal", "type": "c"}],
        "data": [{"key": ["A"], "values": ["5"]}, {"key": ["B"], "values": [".."]}],
    }
    grid = open_grid(written(tmp_path / "t.json", json.dumps(answer)))
    assert grid.cells.rows() == [("A", "5"), ("B", "..")]
    px = (
        'CHARSET="ANSI";\nSTUB="region";\nHEADING="år";\nVALUES("region")="Östra","Västra";\nCODES("region")="1","2";\n'
        'VALUES("år")="2019","2020";\nDATA=\n1 2\n".." 4;\n'
    )
    grid = open_grid(written(tmp_path / "t.px", px, "latin-1"))
    assert grid.cells["region"].to_list() == ["Östra", "Östra", "Västra", "Västra"]
    assert grid.cells["value"].to_list() == ["1", "2", "..", "4"]


def test_maps_are_read_with_their_projection(tmp_path):
    import numpy as np
    import pyogrio
    import shapely

    square = shapely.to_wkb(shapely.box(4.88, 52.38, 4.89, 52.39))
    for file, crs in (("t.geojson", "EPSG:4326"), ("t.gpkg", "EPSG:28992"), ("t.shp", "EPSG:28992")):
        pyogrio.raw.write(
            tmp_path / file,
            geometry=np.array([square], object),
            field_data=[np.array(["Jordaan"], object)],
            fields=["name"],
            geometry_type="Polygon",
            crs=crs,
        )
        grid = open_grid(tmp_path / file)
        assert grid.cells["name"].to_list() == ["Jordaan"] and grid.shapes[0].geom_type == "Polygon"
        assert "28992" in grid.crs or "RD New" in grid.crs or crs == grid.crs


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1 675", "922"], [1675, 922]),
        (["1\u00a0675", "1\u202f000"], [1675, 1000]),
        (["-  135", "−12"], [-135, -12]),
        (["1.234,5", "0,25"], [1234.5, 0.25]),
        (["1,234.5", "12"], [1234.5, 12]),
        (["1.234.567", "89"], [1234567, 89]),
        (["1'234", "12"], [1234, 12]),
        (["12,5 %", "7%"], [12.5, 7]),
        (["12*", "13 p"], [12, 13]),
        (["0,123", "0,456"], [0.123, 0.456]),
        (["3.14", "1.234"], [3.14, 1.234]),
        (["1e3", "2"], [1000, 2]),
        (["+5", "5."], [5, 5]),
    ],
)
def test_numbers_are_read_by_the_pattern_of_their_column(cells, numbers):
    found = parse(pl.Series(cells), signs_of())
    assert found.values.to_list() == numbers and not found.bad.any() and not found.unsure


def test_what_a_mark_means_is_not_guessed():
    assert parse(pl.Series(["1.234", "2.345"]), signs_of()).unsure
    assert parse(pl.Series(["1.234", "2.345"]), signs_of(), ",").values.to_list() == [1234, 2345]
    both = parse(pl.Series(["1653.3484", "1.931,21", "1.234"]), signs_of())
    assert (
        both.decimal == MIXED
        and both.values.to_list() == [1653.3484, 1931.21, None]
        and both.bad.to_list() == [False, False, True]
    )


def test_no_sign_is_zero_unless_the_offices_key_says_so():
    cells = pl.Series([".", "-", "..", "x", "-99997", "NA", "", "0"])
    general = parse(cells, signs_of())
    assert general.kinds.to_list() == [
        "suppressed",
        "unsaid",
        "not asked",
        "suppressed",
        "suppressed",
        "not asked",
        "blank",
        None,
    ]
    assert general.values.to_list() == [None] * 7 + [0.0]
    assert parse(cells, signs_of("scb")).values.to_list()[:2] == [None, 0.0]
    assert parse(cells, signs_of("scb")).kinds[0] == "does not apply"
    assert parse(cells, signs_of("", {"x": "zero"})).values[3] == 0.0


def test_headings_that_differ_in_their_year_are_one_column():
    found = year_columns(["region", "Antal 2020", "Antal 2021", "pop_2019", "pop_2020", "2016", "age_0t18"])
    assert found["Antal"].by_year == {2020: "Antal 2020", 2021: "Antal 2021"}
    assert set(found) == {"Antal", "pop", ""}


def test_what_is_no_table_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"did you mean .areas.csv."):
        written(tmp_path / "areas.csv", "x")
        open_grid(tmp_path / "area.csv")
    for name, data in (
        ("e.csv", b""),
        ("h.csv", b"a,b\n"),
        ("x.xlsx", b"PK\x03\x04nothing"),
        ("p.parquet", b"PAR1nothing"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            open_grid(tmp_path / name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("xl/workbook.xml", "<nothing/>")
    (tmp_path / "z.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(InputError, match="not a spreadsheet"):
        open_grid(tmp_path / "z.xlsx")


def test_an_encoding_that_is_wrong_is_told(tmp_path):
    with pytest.raises(InputError, match="leave out the encoding"):
        read_text(written(tmp_path / "t.csv", "Östermalm", "cp1252"), "utf-8")
