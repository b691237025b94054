"""Tables as offices publish them and spreadsheets leave them: taken in, or refused with one answer for each mistake."""

import shutil

import numpy as np
import polars as pl
import pytest

from mechlin.city.residents.population import build_population
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.study.city_check import check_city, notes_on

SHARES = [
    *(f"share_age_{b}" for b in ("0_17", "18_34", "35_64", "65_up")),
    *(f"share_background_{b}" for b in ("majority", "europe", "other")),
    *(f"share_education_{b}" for b in ("low", "mid", "high")),
]
COUNTS = ["people", "households", "homes", "homes_owner", "homes_private_rent", "homes_social", "homes_vacant"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("sound") / "Ghent", "Ghent")


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "Ghent")


def put(row, file="areas.csv", **cells):
    """Return a deed that writes cells of a row, numbered as a spreadsheet shows it; a column that is new is added."""

    def spoil(folder):
        table = pl.read_csv(folder / file, infer_schema=False)
        for column, value in cells.items():
            values = table[column].to_list() if column in table.columns else ["0"] * table.height
            values[row - 2] = value
            table = table.with_columns(pl.Series(column, values))
        table.write_csv(folder / file)

    return spoil


def nobody(value, income, row=4):
    """Return a deed that lets nobody live in an area; shares and income are as the office leaves them there."""
    spoiled = {**dict.fromkeys(COUNTS, "0"), **dict.fromkeys([*SHARES, "homes_poor_quality_share"], value)}
    return put(row, **spoiled, income_median_eur=income, people_25_up="0", shops="0", shops_vacant="0")


def institution(people="922", households="0", row=3, **more):
    homes = {"homes": households, "homes_owner": households, "homes_private_rent": "0", "homes_social": "0"}
    return put(row, people=people, households=households, **homes, homes_vacant="0", people_25_up="0", **more)


def bytes_of(file, change):
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes()))


def total(name, code, at=None, factor=1.0, income="1800"):
    """Return a deed that adds a row with the sum of all areas, last or at a place."""

    def spoil(folder):
        table = pl.read_csv(folder / "areas.csv", infer_schema=False)
        sums = {
            c: f"{factor * table[c].cast(pl.Float64).sum():.0f}"
            for c in (*COUNTS, "people_25_up", "shops", "shops_vacant")
        }
        row = table[0].with_columns(
            name=pl.lit(name), code=pl.lit(code), income_median_eur=pl.lit(income), area_km2=pl.lit("4.8"),
            **{c: pl.lit(v) for c, v in sums.items()}
        )  # fmt: skip
        k = table.height if at is None else at
        pl.concat([table[:k], row, table[k:]]).write_csv(folder / "areas.csv")

    return spoil


def levels(folder):
    """Put the sum of the first three areas before them, and of the last three before these."""
    table = pl.read_csv(folder / "areas.csv", infer_schema=False)
    parts = []
    for n, part in enumerate((table[:3], table[3:])):
        sums = {
            c: pl.lit(str(part[c].cast(pl.Float64).sum())) for c in (*COUNTS, "people_25_up", "shops", "shops_vacant")
        }
        parts += [
            part[0].with_columns(code=pl.lit(f"D{n}"), name=pl.lit(f"District {n}"), area_km2=pl.lit("2.4"), **sums),
            part,
        ]
    pl.concat(parts).write_csv(folder / "areas.csv")


def larger(factor):
    def spoil(folder):
        table = pl.read_csv(folder / "areas.csv")
        table.with_columns(pl.col(*COUNTS, "people_25_up") * factor, pl.col("area_km2") * factor).write_csv(
            folder / "areas.csv"
        )
        history = (folder / "history.csv").read_text().split("\n")[0] + "\n"
        (folder / "history.csv").write_text(history + f"population,2001,{4000 * factor},,,persons,,assumed,\n")

    return spoil


def series(change):
    """Return a deed that changes the table of outside series."""

    def spoil(folder):
        change(pl.read_csv(folder / "context.csv", infer_schema_length=None)).write_csv(folder / "context.csv")

    return spoil


def degrees(x, y):
    def spoil(folder):
        for file in ("areas.csv", "schools.csv"):
            table = pl.read_csv(folder / file)
            step = pl.int_range(pl.len()) * 0.01
            table.with_columns(x_km=x + step, y_km=pl.lit(y)).write_csv(folder / file)

    return spoil


def kept(folder):
    """Leave the folder as it is."""


# What was done; what the check notes (or nothing), and how many people then live in the city's households.
TAKEN_IN = {
    "as it was made": (kept, "", 4000),
    "an area where nobody lives: zeros": (nobody("0", "1529.07"), "", 3590),
    "an area where nobody lives: zeros in every cell": (nobody("0", "0"), "", 3590),
    "an area where nobody lives: blanks": (nobody("", ""), "", 3590),
    "an institution that is said": (institution(group_quarters="922"), "", 3078),
    "an institution among others": (put(3, group_quarters="100"), "", 3900),
    "padding": (put(2, people="     644", households=" 284.0 "), "", 4000),
    "sep=, above the heading": (bytes_of("areas.csv", lambda b: b"sep=,\n" + b), "", 4000),
    "sep=, with line ends of Windows": (
        bytes_of("areas.csv", lambda b: b"\xef\xbb\xbfsep=,\r\n" + b.replace(b"\n", b"\r\n")), "", 4000),
    "CR CR LF and a mark": (bytes_of("areas.csv", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\r\n")), "", 4000),
    "CR CR LF in the series": (bytes_of("context.csv", lambda b: b.replace(b"\n", b"\r\r\n")), "", 4000),
    "a sum row below": (total("Totaal", "STAD"), "row 8: Totaal is the sum of the other rows", 4000),
    "a sum row above": (total("Hela kommunen", "1280", at=0), "row 2: Hela kommunen is the sum", 4000),
    "a sum row without income": (total("Total", "", income=""), "row 8: Total is the sum", 4000),
    "a sum row that was perturbed": (total("Gesamt", "G", factor=1.01), "row 8: Gesamt is the sum", 4000),
    "places that are short": (
        lambda f: [put(r, "schools.csv", entry_places="3")(f) for r in (2, 3, 4)], "children will be without a place", 4000),
    "a series that ends before the others": (
        series(lambda t: t.filter((pl.col("indicator") != "inflation") | (pl.col("year") < 2016))),
        "held at their last value: inflation from 2015", 4000),
    "names of an earlier version": (
        bytes_of("areas.csv", lambda b: b.replace(b"people,households", b"people_2001,households_2001")), "", 4000),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", TAKEN_IN)
def test_what_is_only_unusual_is_taken_in(folder, kind):
    spoil, words, people = TAKEN_IN[kind]
    spoil(folder)
    assert check_city(folder) == []
    city, notes = load_city(folder), [str(n) for n in notes_on(folder)]
    assert city.areas["people"].sum() == people and "STAD" not in city.areas["code"]
    assert any(words in note for note in notes) if words else notes == []
    numbers = city.areas.select(pl.selectors.float())
    assert np.isfinite(numbers.to_numpy()).all()


@pytest.mark.parametrize("kind", ["an area where nobody lives: blanks", "an institution that is said"])
def test_an_area_without_households_is_built_and_nobody_is_lost(folder, kind):
    spoil, _, people = TAKEN_IN[kind]
    spoil(folder)
    city = load_city(folder)
    population = build_population(city)
    assert population.fit.verdict == "pass" and population.sizes["people"] == people
    apart = city.areas["group_quarters"].sum() if "group_quarters" in city.areas.columns else 0
    assert people + apart == pl.read_csv(folder / "areas.csv")["people"].sum()


# What was done; file, row, column and words of the only answer.
REFUSED = {
    "people without a household": (institution(), "areas.csv", 3, "households", "group_quarters"),
    "people and one household": (institution(households="1"), "areas.csv", 3, "households", "922 people per household"),
    "1,500 people in 40 households": (
        institution("1500", "40"), "areas.csv", 3, "households", "37.5 people per household"),
    "more in institutions than there are": (
        put(3, group_quarters="1000"), "areas.csv", 3, "group_quarters", "more than its residents"),
    "rounded shares": (
        put(2, share_education_low="0.53", share_education_mid="0.28", share_education_high="0.20"),
        "areas.csv", 2, "share_education_low", "scaled to 1 they are share_education_low 0.5248"),
    "shares that are wrong": (
        put(2, share_education_low="0.93"), "areas.csv", 2, "share_education_low", "correct one of"),
    "a suppressed figure": (put(3, people="       ."), "areas.csv", 3, "people", "suppressed"),
    "zeros lost at the front": (put(2, "schools.csv", sector="0000"), "schools.csv", 2, "sector", "'T0000'"),
    "degrees in Amsterdam": (degrees(4.88, 52.37), "areas.csv", 2, "x_km", "UTM zone 31N, EPSG:32631"),
    "degrees in Malmö": (degrees(13.0, 55.6), "areas.csv", 2, "x_km", "UTM zone 33N, EPSG:32633"),
    "degrees south of the equator": (degrees(151.2, -33.87), "areas.csv", 2, "x_km", "UTM zone 56S, EPSG:32756"),
    "levels mixed": (levels, "areas.csv", 2, "people", "is the sum of rows 3 to 5"),
    "context of another size": (larger(50), "context.csv", 260, "value", "50 times as many"),
    "a record of another size": (
        put(2, "history.csv", value="806248", low="", high=""), "history.csv", 2, "value", "202 times as many"),
    "more homes built than stand": (
        series(lambda t: t.with_columns(value=pl.when((pl.col("indicator") == "new_dwellings") & (pl.col("year") == 2003))
               .then(900.0).otherwise(pl.col("value")))),
        "context.csv", None, "value", "new_dwellings of 2003 are 900"),
    "rates that do not add up": (
        series(lambda t: t.with_columns(value=pl.when(pl.col("indicator") == "leavers_per_1000")
               .then(pl.col("value") + 60).otherwise(pl.col("value")))),
        "context.csv", 258, "value", "add up to -55.5"),
    "decimal commas": (
        put(4, share_age_0_17="0,2146", people="1.234"), "areas.csv", 4, "share_age_0_17", "decimal comma"),
    "decimal commas and thousands": (put(3, income_median_eur="1.931,21"), "areas.csv", 3, "income_median_eur", "comma"),
    "Latin-1": (bytes_of("areas.csv", lambda b: b.replace(b"Area 1", "Östermalm".encode("latin-1"))),
                "areas.csv", 2, "", "Windows-1252"),
    "MacRoman": (bytes_of("areas.csv", lambda b: b.replace(b"Area 1", "Östermalm".encode("mac_roman"))),
                 "areas.csv", 2, "", "MacRoman"),
    "MacRoman in French": (bytes_of("schools.csv", lambda b: b.replace(b"School 1", "École à côté".encode("mac_roman"))),
                           "schools.csv", 2, "", "MacRoman"),
    "series that end before the start": (
        lambda f: ((f / "city.toml").write_text('title = "x"\nstart = "2031-01"\n'), (f / "elections.csv").unlink(),
                   (f / "packages" / "example.toml").unlink()),
        "context.csv", None, "year", "births_per_1000 (1999 to 2030)"),
    "JSON-stat": (bytes_of("context.csv", lambda _: b'{"version":"2.0","class":"dataset","dimension":{}}'),
                  "context.csv", 1, "", "JSON-stat"),
    "other JSON": (bytes_of("context.csv", lambda _: b'[{"year": 2001}]'), "context.csv", 1, "", "JSON document"),
    "a spreadsheet": (bytes_of("schools.csv", lambda _: b"PK\x03\x04\x14\x00rest"), "schools.csv", None, "", "spreadsheet"),
    "a web page": (bytes_of("history.csv", lambda _: b"<!DOCTYPE html><p>Not found"), "history.csv", 1, "", "web page"),
    "one row empty": (put(4, **dict.fromkeys(SHARES, "")), "areas.csv", 4, "share_age_0_17", "10 cells of the row are empty"),
    "one column empty": (
        lambda f: [put(r, income_median_eur="")(f) for r in range(2, 8)],
        "areas.csv", 2, "income_median_eur", "every one of the 6 cells"),
    "the same slip in five rows": (
        lambda f: [put(r, disorder="40")(f) for r in range(2, 7)], "areas.csv", 2, "disorder", "in 4 more rows: 3, 4, 5, 6"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_is_refused_once_with_its_place(folder, kind):
    spoil, file, row, column, words = REFUSED[kind]
    spoil(folder)
    (problem,) = check_city(folder)
    assert (problem.file, problem.column) == (file, column) and words in str(problem), str(problem)
    assert row is None or problem.row == row
    assert problem.repair or problem.nearest or problem.allowed


SIGNS = {".": "suppressed", "-": "zero, or no figure", "..": "not available", "x": "suppressed",
         "-99997": "not available, by code", "NA": "not available"}  # fmt: skip


def test_each_kind_of_missing_is_named_and_none_becomes_zero(folder):
    for row, sign in enumerate(SIGNS, 2):
        put(row, income_median_eur=sign)(folder)
    found = check_city(folder)
    assert [p.row for p in found] == [2, 3, 4, 5, 6, 7]
    for problem, (sign, words) in zip(found, SIGNS.items(), strict=True):
        assert problem.what.startswith(f"{sign!r} is not a number: it stands for") and words in problem.what
        assert "0" not in problem.repair or sign == "-"


def test_one_sign_in_many_rows_is_one_problem(folder):
    for row in (2, 3, 5):
        put(row, people=".")(folder)
    (problem,) = check_city(folder)
    assert problem.row == 2 and "so in rows 3, 5" in problem.what


def test_rows_keep_their_numbers_below_a_sum_row(folder):
    total("Total", "ALL", at=0)(folder)
    put(5, disorder="40")(folder)
    (problem,) = check_city(folder)
    assert (problem.row, problem.column) == (5, "disorder")


def test_a_city_of_made_up_figures_is_never_called_complete(folder, capsys):
    from mechlin.cli.city_commands import check

    check(str(folder))
    told = capsys.readouterr().out
    assert "100% assumed" in told and "complete" not in told


def prices(levels, keep_inflation=False):
    """Return a deed that gives consumer prices as an index, in place of inflation or beside it."""

    def change(table):
        new = pl.DataFrame(
            {"year": [str(y) for y in levels], "indicator": "price_level", "value": [str(v) for v in levels.values()]}
        )
        kept = table if keep_inflation else table.filter(pl.col("indicator") != "inflation")
        return pl.concat(
            [kept, new.cast({"year": table.schema["year"], "value": table.schema["value"]})], how="diagonal"
        )

    return series(change)


def test_prices_may_be_an_index_of_any_base_year(folder):
    prices({year: round(80 * 1.02 ** (year - 1999), 6) for year in range(1999, 2032)})(folder)
    assert check_city(folder) == []
    rates = load_city(folder).series["inflation"]
    assert min(rates) == 2000 and set(rates.values()) == {2.0}


def test_an_index_and_rates_that_differ_are_refused_as_what_no_index_has(folder):
    prices({2001: 100, 2002: 140, 2003: -5}, keep_inflation=True)(folder)
    problems = check_city(folder)
    assert "price_level = -5 is not possible" in {p.what for p in problems}
    (differ,) = [p for p in problems if "differ" in p.what]
    assert "2002" in differ.what and "40.0 %" in differ.what and differ.repair == "keep one of the two"
