"""Whatever happens to a city's folder on its way here is found, in its place, and never ends in a crash."""

import json
import shutil
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin.city.tables.model import REQUIRED_SERIES
from mechlin.city.tables.reading import TABLES
from mechlin.city.tables.scaffold import write_city, write_tables
from mechlin.city.tables.sources import check_city, load_city
from mechlin.city.toy import toy_city
from mechlin.core.errors import InputError

CODES = [f"T{i:04d}" for i in range(6)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a valid city's folder with outlines; copied before it is spoiled."""
    path = write_city(tmp_path_factory.mktemp("sound") / "Ghent", "Ghent")
    (path / "outlines.geojson").write_text(json.dumps(outlines()))
    assert check_city(path) == []
    return path


@pytest.fixture
def folder(sound, tmp_path):
    return Path(shutil.copytree(sound, tmp_path / "Ghent"))


def outlines(codes=CODES, x=0.0, y=0.0, **change):
    """Return a square for every code."""
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y]]
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": c}, "geometry": {"type": "Polygon", "coordinates": [ring]}, **change}
        for c in codes
    ]}  # fmt: skip


def put(path, row, **cells):
    """Write cells of one row, numbered as a spreadsheet shows it."""
    table = pl.read_csv(path, infer_schema=False)
    for column, value in cells.items():
        values = table[column].to_list()
        values[row - 2] = value
        table = table.with_columns(pl.Series(column, values))
    table.write_csv(path)


def bytes_of(path, change):
    path.write_bytes(change(path.read_bytes()))


def line(path, number, change):
    """Change one line of a file."""
    lines = path.read_text().split("\n")
    lines[number - 1] = change(lines[number - 1])
    path.write_text("\n".join(lines))


def without(path, words):
    path.write_text("\n".join(x for x in path.read_text().splitlines() if words not in x) + "\n")


def geo(found):
    return lambda f: (f / "outlines.geojson").write_text(json.dumps(found))


def toml(text):
    return lambda f: (f / "city.toml").write_text(text)


# what was done to the folder; the file, row and column of the answer, and words in it
SPOILED = {
    "semicolons": (lambda f: bytes_of(f / "areas.csv", lambda b: b.replace(b",", b";").replace(b".", b",")),
                   "areas.csv", 1, "", "semicolons"),
    "tabs": (lambda f: bytes_of(f / "schools.csv", lambda b: b.replace(b",", b"\t")), "schools.csv", 1, "", "tabs"),
    "UTF-16": (lambda f: bytes_of(f / "areas.csv", lambda b: b.decode().encode("utf-16")), "areas.csv", 1, "", "UTF-16"),
    "UTF-16 without a mark": (lambda f: bytes_of(f / "areas.csv", lambda b: b.decode().encode("utf-16-le")),
                              "areas.csv", 1, "", "UTF-16"),
    "Windows-1252": (lambda f: bytes_of(f / "areas.csv", lambda b: b.replace(b"Area 3", b"Li\xe8ge")),
                     "areas.csv", 4, "", "Windows-1252"),
    "a NUL": (lambda f: bytes_of(f / "areas.csv", lambda b: b.replace(b"Area 3", b"A\0")), "areas.csv", 4, "", "NUL"),
    "an open quotation": (lambda f: bytes_of(f / "areas.csv", lambda b: b.replace(b"Area 3", b'"Area 3')),
                          "areas.csv", 4, "", "quotation mark"),
    "a comma too many": (lambda f: line(f / "areas.csv", 3, lambda s: s.replace("Area 2", "Area, 2")),
                         "areas.csv", 3, "", "32 cells"),
    "half a row": (lambda f: line(f / "areas.csv", 5, lambda s: s[:40]), "areas.csv", 5, "", "cells"),
    "an empty row": (lambda f: line(f / "areas.csv", 4, lambda s: "\n" + s), "areas.csv", 4, "", "row is empty"),
    "a column twice": (lambda f: line(f / "areas.csv", 1, lambda s: s.replace("district", "name")),
                       "areas.csv", 1, "name", "stands twice"),
    "a column without heading": (lambda f: line(f / "areas.csv", 1, lambda s: s.replace("district", "")),
                                 "areas.csv", 1, "", "no heading"),
    "per cents": (lambda f: put(f / "areas.csv", 3, share_age_0_17="21%"), "areas.csv", 3, "share_age_0_17", "per cents"),
    "decimal comma": (lambda f: put(f / "areas.csv", 3, x_km="1,5"), "areas.csv", 3, "x_km", "decimal comma"),
    "infinity": (lambda f: put(f / "areas.csv", 3, shops="inf"), "areas.csv", 3, "shops", "not a number"),
    "no name": (lambda f: put(f / "areas.csv", 3, name=""), "areas.csv", 3, "name", "empty"),
    "half a shop": (lambda f: put(f / "areas.csv", 3, shops="4.5"), "areas.csv", 3, "shops", "whole"),
    "households and homes": (lambda f: put(f / "areas.csv", 3, households="380"),
                             "areas.csv", 3, "households", "off by +9"),
    "more adults than there are": (lambda f: put(f / "areas.csv", 3, people_25_up="922"),
                                   "areas.csv", 3, "people_25_up", "169 too many"),
    "vacant shops": (lambda f: put(f / "areas.csv", 3, shops_vacant="30"), "areas.csv", 3, "shops_vacant", "12 too many"),
    "square metres": (lambda f: put(f / "areas.csv", 3, area_km2="0.0008"), "areas.csv", 3, "area_km2", "too small"),
    "one row in metres": (lambda f: put(f / "areas.csv", 3, x_km="1100", y_km="200"), "areas.csv", 3, "x_km", "metres"),
    "one row in degrees": (lambda f: put(f / "areas.csv", 3, x_km="4.48", y_km="51.03"), "areas.csv", 3, "x_km", "degrees"),
    "schools in degrees": (lambda f: [put(f / "schools.csv", r, x_km="4.48", y_km="51.03") for r in (2, 3, 4)],
                           "schools.csv", 2, "x_km", "degrees"),
    "school quality": (lambda f: put(f / "schools.csv", 3, quality="7"), "schools.csv", 3, "quality", "0 to 1"),
    "a gap in a series": (lambda f: without(f / "context.csv", "2005,births_per_1000"), "context.csv", None, "year", "2005"),
    "a series that begins late": (
        lambda f: [without(f / "context.csv", f"{y},deaths_per_1000") for y in range(1999, 2003)],
        "context.csv", None, "year", "2001, 2002",
    ),
    "a share of 40": (lambda f: put(f / "context.csv", 100, value="40"), "context.csv", 100, "value", "0 to 1"),
    "a year and a half": (lambda f: put(f / "context.csv", 3, year="2000.5"), "context.csv", 3, "year", "not a year"),
    "an odd tag": (lambda f: put(f / "context.csv", 3, tag="derivd"), "context.csv", 3, "tag", "'derived'"),
    "an unknown total": (lambda f: (f / "totals.csv").write_text("quantity,total,tag,note\npeopel,4000,,\n"),
                         "totals.csv", 2, "quantity", "'people'"),
    "a total of ages": (lambda f: (f / "totals.csv").write_text("quantity,total,tag,note\nage_0_17,400,,\n"),
                        "totals.csv", 2, "total", "off by +422"),
    "a map of nothing": (lambda f: put(f / "indicator_map.csv", 2, observed="populaton"),
                         "indicator_map.csv", 2, "observed", "'population'"),
    "a map without reason": (lambda f: put(f / "indicator_map.csv", 2, simulated=""),
                             "indicator_map.csv", 2, "simulated", "reason"),
    "a source of nothing": (lambda f: put(f / "sources.csv", 2, column="peple"), "sources.csv", 2, "column", "peple"),
    "an unknown status": (lambda f: put(f / "sources.csv", 2, status="fund"), "sources.csv", 2, "status", "'found'"),
    "a start without month": (toml('start = "2001"'), "city.toml", 1, "start", "not a month"),
    "an unknown setting": (toml("[settings]\nsocial_waitinglist = 3"), "city.toml", 2, "settings.social_waitinglist",
                           "'social_waiting_list'"),
    "a setting in words": (toml('[settings]\nsocial_waiting_list = "many"'), "city.toml", 2,
                           "settings.social_waiting_list", "0 or more"),
    "an unknown majority": (toml('majority = "majorty"'), "city.toml", 1, "majority", "'majority'"),
    "city.toml broken": (toml("start = 2001-01\ntitle = Ghent\n"), "city.toml", 2, "", "TOML"),
    "an outline too few": (geo(outlines(CODES[1:])), "outlines.geojson", None, "code", "T0000"),
    "an outline too many": (geo(outlines([*CODES, "T0009"])), "outlines.geojson", None, "code", "T0009"),
    "an outline twice": (geo(outlines([*CODES, "T0000"])), "outlines.geojson", None, "code", "twice"),
    "outlines in degrees": (geo(outlines(x=4.48, y=51.03)), "outlines.geojson", None, "T0000", "degrees"),
    "outlines without shape": (geo(outlines(geometry=None)), "outlines.geojson", None, "T0000", "no area"),
    "outlines without properties": (geo(outlines(properties=None)), "outlines.geojson", None, "code", "no code"),
    "outlines without rings": (geo(outlines(geometry={"type": "Polygon", "coordinates": [[1, 2]]})),
                               "outlines.geojson", None, "T0000", "closed ring"),
    "outlines broken": (lambda f: (f / "outlines.geojson").write_text("{"), "outlines.geojson", 1, "", "GeoJSON"),
    "a folder for a file": (lambda f: ((f / "history.csv").unlink(), (f / "history.csv").mkdir()),
                            "history.csv", None, "", "folder"),
    "a misnamed file": (lambda f: (f / "areas.csv").rename(f / "area.csv"), "areas.csv", None, "", "'area.csv'"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPOILED)
def test_what_commonly_goes_wrong_is_said_in_its_place(folder, kind):
    spoil, file, row, column, words = SPOILED[kind]
    spoil(folder)
    found = check_city(folder)
    assert any((p.file, p.row, p.column) == (file, row, column) and words in str(p) for p in found), [*map(str, found)]
    with pytest.raises(InputError):
        load_city(folder)


ONE_ANSWER = ("semicolons", "UTF-16", "a comma too many", "an empty row", "a misnamed file", "half a row", "Windows-1252",
              "outlines in degrees", "more adults than there are", "households and homes", "per cents")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ONE_ANSWER)
def test_one_mistake_gets_one_answer(folder, kind):
    SPOILED[kind][0](folder)
    assert len(check_city(folder)) == 1


def test_a_file_too_large_is_not_read(folder):
    with (folder / "areas.csv").open("r+b") as file:
        file.truncate(51_000_000)
    (problem,) = check_city(folder)
    assert "too large" in problem.what and problem.file == "areas.csv"


# ------------------------------------------------------------------------------------------- by chance

NEVER_NEGATIVE = {
    "areas.csv": [c for c in (*TABLES["areas.csv"].numbers, *TABLES["areas.csv"].optional_numbers) if "_km" not in c[1:]],
    "schools.csv": ["entry_places", "class_size", "quality"],
}  # fmt: skip
CELLS = [
    (file, column)
    for file in ("areas.csv", "schools.csv", "context.csv", "history.csv")
    for column in (*TABLES[file].filled, *TABLES[file].numbers, *TABLES[file].optional_numbers)
]


def copied(sound, spoil):
    """Return the problems of a copy of the folder after ``spoil``, and whether it could be loaded."""
    with tempfile.TemporaryDirectory() as aside:
        path = Path(shutil.copytree(sound, Path(aside) / "Ghent"))
        spoil(path)
        found = check_city(path)
        try:
            load_city(path)
        except InputError as error:
            assert error.problems == tuple(found)
            return found
        assert found == []
        return found


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(CELLS),
    st.integers(0, 1000),
    st.sampled_from(["", " ", "much", "-", "1.2.3", "nan", "n/a", "12 km"]),
)
def test_any_cell_that_is_empty_or_no_number_is_found(sound, where, at, value):
    file, column = where
    rows = pl.read_csv(sound / file, infer_schema=False).height
    gap = file == "history.csv" and column in ("value", "low", "high") and not value.strip()
    if gap or (column not in TABLES[file].numbers + TABLES[file].optional_numbers and value.strip()):
        return
    row = 2 + at % rows
    found = copied(sound, lambda f: put(f / file, row, **{column: value}))
    assert any((p.file, p.row, p.column) == (file, row, column) for p in found)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.sampled_from([(f, c) for f, cs in NEVER_NEGATIVE.items() for c in cs]), st.integers(0, 1000),
       st.floats(-1e12, -1e-3))  # fmt: skip
def test_any_negative_count_or_share_is_found(sound, where, at, value):
    file, column = where
    row = 2 + at % pl.read_csv(sound / file).height
    found = copied(sound, lambda f: put(f / file, row, **{column: repr(value)}))
    assert any((p.file, p.row, p.column) == (file, row, column) for p in found)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.sampled_from([f for f in TABLES if f not in ("totals.csv", "calibration.csv")]), st.data())
def test_any_missing_column_is_found(sound, file, data):
    column = data.draw(st.sampled_from(TABLES[file].required))
    found = copied(sound, lambda f: pl.read_csv(f / file, infer_schema=False).drop(column).write_csv(f / file))
    assert any((p.file, p.row, p.column) == (file, 1, column) for p in found)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(REQUIRED_SERIES)), st.floats(-1e6, 1e9), st.integers(0, 31))
def test_outside_series_stay_within_what_is_possible(sound, name, value, at):
    low, high, _ = REQUIRED_SERIES[name]
    row = 2 + pl.read_csv(sound / "context.csv")["indicator"].to_list().index(name) + at
    found = copied(sound, lambda f: put(f / "context.csv", row, value=repr(value)))
    assert bool(found) == (not low <= value <= high)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["areas.csv", "context.csv", "schools.csv", "history.csv", "indicator_map.csv", "sources.csv",
                     "city.toml", "outlines.geojson"]),
    st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=12),
)  # fmt: skip
def test_noise_never_ends_in_a_crash(sound, file, at, length, noise):
    def spoil(folder):
        data = (folder / file).read_bytes()
        start = at % (len(data) + 1)
        (folder / file).write_bytes(data[:start] + noise + data[start + length :])

    copied(sound, spoil)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=4)
       | st.dictionaries(st.sampled_from(["type", "features", "properties", "code", "geometry", "coordinates"]), inner)),
       st.sampled_from(["whole", "features", "feature", "geometry"]))  # fmt: skip
def test_odd_outlines_never_end_in_a_crash(sound, odd, place):
    shapes = outlines()
    if place == "features":
        shapes["features"] = odd
    elif place == "feature":
        shapes["features"][0] = odd
    elif place == "geometry":
        shapes["features"][0]["geometry"] = {"type": "MultiPolygon", "coordinates": odd}
    found = copied(sound, geo(odd if place == "whole" else shapes))
    assert found


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(50, 900), st.floats(0, 0.4), st.integers(0, 10**6))
def test_every_made_up_city_passes_the_checks(areas, size, vacancy, seed):
    with tempfile.TemporaryDirectory() as aside:
        path = write_tables(Path(aside) / "toy", toy_city(areas * size, areas, vacancy, seed), 'Toy "town"')
        assert check_city(path) == []
        assert load_city(path).title == 'Toy "town"'
