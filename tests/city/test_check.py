"""One mistake in a city's folder gets one answer, in its place; every mistake is answered at once."""

import csv
import io
import shutil

import polars as pl
import pytest

from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import check_city, load_city
from mechlin.core.errors import InputError


@pytest.fixture
def folder(tmp_path):
    """Return a small valid city's folder, to be spoiled."""
    return write_city(tmp_path / "Ghent", "Ghent")


def cell(file, row, column, value):
    """Return a deed that writes ``value`` into a cell; rows are numbered as a spreadsheet shows them."""

    def spoil(folder):
        table = pl.read_csv(folder / file, infer_schema=False)
        cells = table[column].to_list()
        cells[row - 2] = value
        table.with_columns(pl.Series(column, cells)).write_csv(folder / file)

    return spoil


def data(file, change):
    """Return a deed that changes the bytes of a file."""
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes()))


def swap(file, old, new):
    """Return a deed that replaces the first ``old`` of a file."""
    return data(file, lambda b: b.replace(old.encode(), new.encode(), 1))


def degrees(folder):
    table = pl.read_csv(folder / "areas.csv")
    near = ((pl.col("x_km") / 100 + 4.4).round(5), (pl.col("y_km") / 100 + 51).round(5))
    table.with_columns(*near).write_csv(folder / "areas.csv")
    (folder / "schools.csv").unlink()


# what was done to the folder; the file, row and column of its only answer, and words in it
ONE = {
    "a misspelt heading": (swap("areas.csv", "homes_owner", "homes_owners"), "areas.csv", 1, "homes_owners", "did you mean"),
    "a heading in capitals": (swap("areas.csv", "code", "CODE"), "areas.csv", 1, "CODE", "did you mean 'code'"),
    "an unknown column": (swap("areas.csv", "district", "weather"), "areas.csv", 1, "weather", "not a known column"),
    "a negative count": (cell("areas.csv", 3, "shops", "-4"), "areas.csv", 3, "shops", "negative"),
    "shares of age": (cell("areas.csv", 4, "share_age_65_up", "0.9"), "areas.csv", 4, "share_age_0_17", "add up to"),
    "shares of background": (
        cell("areas.csv", 4, "share_background_other", "0.9"), "areas.csv", 4, "share_background_majority", "add up to"),
    "shares of education": (
        cell("areas.csv", 4, "share_education_mid", "0.9"), "areas.csv", 4, "share_education_low", "add up to"),
    "a share in per cents": (cell("areas.csv", 4, "disorder", "40"), "areas.csv", 4, "disorder", "by 100"),
    "homes that contradict": (cell("areas.csv", 5, "homes", "9999"), "areas.csv", 5, "homes", "Area 4: homes are not"),
    "a code twice": (cell("areas.csv", 5, "code", "T0001"), "areas.csv", 5, "code", "T0001 stands in more than one row"),
    "degrees": (degrees, "areas.csv", 2, "x_km", "degrees"),
    "a school nowhere": (cell("schools.csv", 2, "sector", "T0009"), "schools.csv", 2, "sector", "'T0009'"),
    "a school twice": (cell("schools.csv", 4, "id", "S000"), "schools.csv", 4, "id", "S000 stands in more than one row"),
    "no schools listed": (data("schools.csv", lambda b: b.split(b"\n")[0]), "schools.csv", 1, "", "no rows"),
    "an empty file": (data("schools.csv", lambda _: b""), "schools.csv", None, "", "start with: id,school"),
    "no areas listed": (data("areas.csv", lambda b: b.split(b"\n")[0]), "areas.csv", 1, "", "no rows"),
    "another encoding": (data("history.csv", lambda b: b.replace(b"replace", b"Li\xe8ge")), "history.csv", 2, "", "UTF-8"),
    "semicolons": (data("history.csv", lambda b: b.replace(b",", b";")), "history.csv", 1, "", "semicolons"),
    "an empty history": (data("history.csv", lambda _: b""), "history.csv", None, "", "empty"),
    "a folder for a file": (
        lambda f: ((f / "history.csv").unlink(), (f / "history.csv").mkdir()), "history.csv", None, "", "folder"),
    "a series misnamed": (
        data("context.csv", lambda b: b.replace(b"births_per_1000", b"births_per_100")),
        "context.csv", None, "indicator", "did you mean 'births_per_100'"),
    "a year twice": (
        data("context.csv", lambda b: b + b"1999,deaths_per_1000,12,,,,\n"), "context.csv", 322, "indicator", "same year"),
    "low above value": (cell("history.csv", 2, "low", "5000"), "history.csv", 2, "low", "above the value"),
    "a year in words": (cell("history.csv", 2, "year", "MMI"), "history.csv", 2, "year", "'MMI' is not a number"),
    "mapped twice": (
        data("indicator_map.csv", lambda b: b + b"population,population,\n"), "indicator_map.csv", 3, "observed", "twice"),
    "a day for a month": (data("city.toml", lambda _: b"start = 2001-01-01\n"), "city.toml", 1, "start", "'2001-01-01'"),
    "the thirteenth month": (data("city.toml", lambda _: b"start = 2001-13\n"), "city.toml", 1, "start", "2001-13"),
    "broken outlines": (lambda f: (f / "outlines.geojson").write_text("{"), "outlines.geojson", 1, "", "GeoJSON"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ONE)
def test_one_mistake_gets_one_answer_in_its_place(folder, kind):
    spoil, file, row, column, words = ONE[kind]
    spoil(folder)
    (problem,) = check_city(folder)
    assert (problem.file, problem.row, problem.column) == (file, row, column)
    assert words in str(problem)
    with pytest.raises(InputError) as error:
        load_city(folder)
    assert error.value.problems == (problem,)


AT_ONCE = ("a misspelt heading", "an unknown column", "a negative count", "shares of age", "a code twice",
           "a share in per cents", "a school nowhere", "another encoding", "a series misnamed", "a year twice",
           "mapped twice", "a day for a month", "broken outlines")  # fmt: skip


def test_as_many_answers_as_mistakes_and_all_at_once(folder):
    for kind in AT_ONCE:
        ONE[kind][0](folder)
    found = [(p.file, p.row, p.column) for p in check_city(folder)]
    assert sorted(found, key=str) == sorted((ONE[kind][1:4] for kind in AT_ONCE), key=str)


def test_a_heading_is_offered_once_though_two_resemble_it(folder):
    swap("areas.csv", "homes_owner", "homes_owners")(folder)
    swap("areas.csv", "district", "homes_ownr")(folder)
    one, two = sorted(check_city(folder), key=lambda p: "is missing" not in p.what)
    assert one.nearest == "homes_owner" and "is missing" in one.what and "is missing" not in two.what


@pytest.mark.slow
@pytest.mark.parametrize(
    "habit", ["a mark at the start", "line ends of Windows", "quoted cells", "empty lines at the end"]
)
def test_habits_of_spreadsheets_are_no_mistakes(folder, habit):
    before = load_city(folder).areas
    for file in ("areas.csv", "schools.csv", "context.csv"):
        text = (folder / file).read_text()
        if habit == "quoted cells":
            quoted = io.StringIO()
            csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(text)))
            text = quoted.getvalue()
        ends = "\r\n" if habit == "line ends of Windows" else "\n"
        mark = "\ufeff" if habit == "a mark at the start" else ""
        text = mark + text.replace("\n", ends) + (",,,\n\n" if habit == "empty lines at the end" else "")
        (folder / file).write_bytes(text.encode())
    assert check_city(folder) == []
    assert load_city(folder).areas.equals(before)


def test_tables_that_may_be_left_out_may_be_left_out(folder):
    for name in ("schools.csv", "history.csv", "indicator_map.csv", "sources.csv"):
        (folder / name).unlink()
    shutil.rmtree(folder / "packages")
    assert check_city(folder) == []


@pytest.mark.parametrize("file", ["areas.csv", "context.csv", "city.toml"])
def test_a_missing_file_is_not_taken_for_another_that_has_its_own_use(folder, file):
    (folder / file).unlink()
    for other in ("reactions.csv", "calibration.toml", "attribution.json"):
        (folder / other).write_text("x\n")
    told = [p for p in check_city(folder) if p.file == file and "missing" in p.what]
    assert [p.nearest for p in told] == [""]
    (folder / f"{file[:-4]}s.{file.rpartition('.')[2]}").write_text("x\n")
    (again,) = [p for p in check_city(folder) if p.file == file and "missing" in p.what]
    assert again.nearest.endswith(file.rpartition(".")[2])
