"""Every cell of a city's tables has an origin, and what is written is what is read."""

import polars as pl

from mechlin.city.tables.check import check_folder
from mechlin.city.tables.origins import Origin, cell_origins, joined, origins_text, row_keys, tag_of, write_origins
from mechlin.city.tables.reading import Folder
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city


def areas(*codes):
    return pl.DataFrame({"code": list(codes), "people": [1.0] * len(codes), "homes": [1.0] * len(codes)})


def read(text, tmp_path):
    (tmp_path / "sources.csv").write_text(text)
    folder = Folder(tmp_path)
    table = folder.table("sources.csv")
    assert not folder.problems
    return table


def lines(column, rows, **rest):
    keys = ["A", "B", "C"]
    return [Origin("areas.csv", k, column, "counted", "x.csv", r, **rest) for k, r in zip(keys, rows, strict=True)]


def test_what_is_written_is_read_cell_by_cell(tmp_path):
    written = [
        *lines("people", ["2", "6", "10"], source_column="Antal 2020", rule="as it stands"),
        *lines("homes", ["9", "3", "4"], rule="sum", spread=0.1),
    ]
    table = read(origins_text(joined(written, {"areas.csv": ["A", "B", "C"]})), tmp_path)
    assert table["row"].to_list() == ["*", "A", "B", "C"] and table["source_row"][0] == "2-10/4"
    cells = cell_origins("areas.csv", areas("A", "B", "C"), table)
    people = cells.filter(pl.col("column") == "people")
    assert people["source_row"].to_list() == ["2", "6", "10"] and set(people["source_column"]) == {"Antal 2020"}
    assert cells.filter(pl.col("column") == "homes")["spread"].to_list() == [0.1, 0.1, 0.1]
    assert cells.filter(pl.col("column") == "code")["rule"].unique().to_list() == ["not said"]


def test_a_later_line_holds_and_may_be_about_one_cell(tmp_path):
    text = "table,row,column,status,method\nareas.csv,*,*,official,\nareas.csv,B,homes,borrowed,from next door\n"
    cells = cell_origins("areas.csv", areas("A", "B"), read(text, tmp_path))
    borrowed = cells.filter(pl.col("tag") == "borrowed")
    assert borrowed.select("row", "column", "rule").rows() == [("B", "homes", "from next door")]
    assert set(cells.filter(pl.col("column") != "homes")["tag"]) == {"counted"}


def test_series_are_named_by_their_name_and_year(tmp_path):
    context = pl.DataFrame(
        {
            "year": [2016.0, 2017.0],
            "indicator": ["births_per_1000"] * 2,
            "value": [12.0, 11.0],
            "tag": ["official", "derived"],
        }
    )
    assert row_keys("context.csv", context) == ["births_per_1000 2016", "births_per_1000 2017"]
    by_row = read("table,column,status,method\ncontext.csv,value,by row,\n", tmp_path)
    assert cell_origins("context.csv", context, by_row).filter(pl.col("column") == "value")["tag"].to_list() == [
        "counted",
        "derived",
    ]
    whole = read("table,row,column,status,method\ncontext.csv,births_per_1000 *,value,borrowed,\n", tmp_path)
    assert cell_origins("context.csv", context, whole).filter(pl.col("tag") == "borrowed").height == 2


def test_every_status_counts_as_one_of_four_tags_and_an_unknown_one_as_assumed():
    assert [tag_of(s) for s in ("press", "derived", "borrowed", "recalled", "?")] == [
        "counted",
        "derived",
        "borrowed",
        "assumed",
        "assumed",
    ]


def test_the_shipped_city_says_of_every_figure_how_it_came_to_be():
    city = load_city("mechelen")
    cells = cell_origins("areas.csv", city.areas, city.statuses)
    assert cells.height == city.areas.height * (len(city.areas.columns) - 2)  # source and geometry_tag are no figures
    assert set(cells.filter(pl.col("rule") == "not said")["column"]) <= {"kind", "district", "wijk12"}


def test_a_line_about_a_row_that_is_not_there_is_told_once(tmp_path):
    path = write_city(tmp_path / "Ghent", "Ghent")
    write_origins(path, [Origin("areas.csv", "T0O01", c, "counted") for c in ("homes", "shops")])
    problems = check_folder(Folder(path))
    assert [(p.file, p.row, p.column, p.nearest) for p in problems] == [("sources.csv", 2, "row", "T0001")]
