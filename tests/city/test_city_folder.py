"""A city's folder: everything wrong with it is said at once, with file, row and repair."""

import json

import polars as pl
import pytest

from mechlin.city.residents.population import build_population
from mechlin.city.tables.check import check_folder
from mechlin.city.tables.reading import Folder
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import check_city, load_city
from mechlin.city.toy import toy_city
from mechlin.cli.main import main
from mechlin.core.errors import InputError, UsageError


@pytest.fixture
def folder(tmp_path):
    """Return a small valid city's folder, to be spoiled."""
    return write_city(tmp_path / "Ghent", "Ghent")


def edit(path, column, row, value):
    """Write ``value`` into a cell; rows are numbered as a spreadsheet shows them."""
    table = pl.read_csv(path, infer_schema=False)
    cells = table[column].to_list()
    cells[row - 2] = value
    table.with_columns(pl.Series(column, cells)).write_csv(path)


def rename(path, old, new):
    text = path.read_text()
    path.write_text(text.replace(old, new, 1))


SPOILED = {
    "negative count": (lambda f: edit(f / "areas.csv", "shops", 3, "-4"), "areas.csv", 3, "shops", "negative"),
    "shares of age": (
        lambda f: edit(f / "areas.csv", "share_age_0_17", 4, "0.9"),
        "areas.csv", 4, "share_age_0_17", "add up to",
    ),
    "homes contradict": (lambda f: edit(f / "areas.csv", "homes", 5, "9999"), "areas.csv", 5, "homes", "off by"),
    "duplicate code": (lambda f: edit(f / "areas.csv", "code", 6, "T0000"), "areas.csv", 6, "code", "more than one row"),
    "renamed column": (
        lambda f: rename(f / "areas.csv", "income_median_eur", "income_medain_eur"),
        "areas.csv", 1, "income_medain_eur", "is missing",
    ),
    "not a number": (lambda f: edit(f / "areas.csv", "disorder", 2, "much"), "areas.csv", 2, "disorder", "not a number"),
    "unknown sector": (lambda f: edit(f / "schools.csv", "sector", 2, "T9999"), "schools.csv", 2, "sector", "T9999"),
    "no places": (lambda f: edit(f / "schools.csv", "entry_places", 3, "0"), "schools.csv", 3, "entry_places", "not possible"),
    "missing series": (
        lambda f: (f / "context.csv").write_text(
            "\n".join(r for r in (f / "context.csv").read_text().splitlines() if "births_per_1000" not in r)
        ),
        "context.csv", None, "indicator", "births_per_1000",
    ),
    "low above value": (lambda f: edit(f / "history.csv", "low", 2, "5000"), "history.csv", 2, "low", "above the value"),
    "wrong encoding": (
        lambda f: (f / "history.csv").write_bytes((f / "history.csv").read_text().replace("replace", "Liège").encode("cp1252")),
        "history.csv", 2, "", "not UTF-8",
    ),
    "empty file": (lambda f: (f / "schools.csv").write_text(""), "schools.csv", None, "", "empty"),
}  # fmt: skip


def test_the_skeleton_and_the_embedded_city_have_no_problems(folder):
    assert check_city(folder) == []
    assert check_city("mechelen") == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPOILED)
def test_each_error_is_found_in_its_place(folder, kind):
    spoil, file, row, column, words = SPOILED[kind]
    spoil(folder)
    found = check_city(folder)
    assert any(p.file == file and p.row == row and p.column == column and words in str(p) for p in found), [
        str(p) for p in found
    ]


def test_ten_planted_errors_get_ten_answers_at_once(folder):
    planted = [k for k in SPOILED if k not in ("empty file", "wrong encoding")]
    assert len(planted) == 10
    for kind in planted:
        SPOILED[kind][0](folder)
    found = check_city(folder)
    for kind in planted:
        _, file, row, column, words = SPOILED[kind]
        assert any(p.file == file and p.row == row and p.column == column and words in str(p) for p in found), kind
    with pytest.raises(InputError) as error:
        load_city(folder)
    assert error.value.problems == tuple(found)


def test_degrees_and_metres_are_told_from_kilometres(folder):
    path = folder / "areas.csv"
    table = pl.read_csv(path)
    table.with_columns(pl.col("x_km") / 100 + 4.4, pl.col("y_km") / 100 + 51.0).write_csv(path)
    assert any("degrees" in p.what for p in check_city(folder))
    table.with_columns(pl.col("x_km") * 1000, pl.col("y_km") * 1000).write_csv(path)
    assert any("metres" in p.what for p in check_city(folder))


def test_totals_that_the_areas_do_not_add_up_to(folder):
    (folder / "totals.csv").write_text("quantity,total,tag,note\npeople,4400,official,\n")
    (problem,) = check_city(folder)
    assert problem.file == "totals.csv" and problem.row == 2 and "off by -400" in problem.what


def test_the_repair_names_what_was_probably_meant(folder):
    rename(folder / "areas.csv", "income_median_eur", "income_medain_eur")
    unknown = next(p for p in check_city(folder) if "not a known column" in p.what)
    assert unknown.nearest == "income_median_eur"


@pytest.mark.slow
def test_an_unknown_city_and_an_existing_folder_are_wrong_use(folder, capsys):
    with pytest.raises(UsageError, match="Did you mean 'mechelen'"):
        load_city("mechlen")
    with pytest.raises(UsageError, match="exists already"):
        write_city(folder, "Ghent")
    assert not list(folder.parent.glob(".new-*"))
    assert main(["city", "check", str(folder)]) == 0
    SPOILED["negative count"][0](folder)
    assert main(["city", "check", str(folder), "--json"]) == 1
    out = capsys.readouterr().out
    assert json.loads(out[out.index("[") :])[0]["row"] == 3
    assert main(["rehearse", str(folder), "--runs", "2"]) == 3
    assert main(["city", "check", "nowhere"]) == 2


def test_show_says_of_every_figure_how_it_came_to_be(capsys):
    assert main(["city", "show", "mechelen", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"found", "reconstructed"} <= {row["status"] for row in told["status"]}
    assert {t["quantity"]: t["tag"] for t in told["totals"]}["households"] == "reconstructed"
    assert sum(row["values"] for row in told["tags"] if row["table"] == "areas (outlines)") == 97


@pytest.mark.slow
@pytest.mark.parametrize(
    "city", [toy_city(), toy_city(900, 3, vacancy=0.02, seed=4), "mechelen"], ids=["town", "village", "mechelen"]
)
def test_residents_fit_the_tables_and_live_together_plausibly(city):
    city = load_city(city) if isinstance(city, str) else city
    built = build_population(city, 3)
    c = built.columns
    assert built.fit.verdict == "pass", [m for m in built.fit.margins if m.failed]
    household, partner = c["people.household"], c["people.partner"]
    seen = [0] * household.size
    for h, i in enumerate(c["households.first"]):
        while i >= 0:
            seen[i] += 1
            assert household[i] == h
            i = c["people.next"][i]
    assert set(seen) == {1}
    paired = (partner >= 0).nonzero()[0]
    assert (partner[partner[paired]] == paired).all() and (household[partner[paired]] == household[paired]).all()
    age = -c["people.born_month"] / 12
    gap = abs(age[paired] - age[partner[paired]])
    assert (gap < 15).mean() > 0.95  # small groups in small towns have few to choose from
    adults = [0] * built.sizes["households"]
    for h, years in zip(household, age, strict=True):
        adults[h] += years >= 18
    assert min(adults) >= 1
    assert len(set(c["people.key"].tolist())) == household.size and c["people.key"].min() > 0
    home = c["households.home"]
    assert (c["homes.occupant"][home] == range(home.size)).all()


def test_another_seed_is_another_population_of_the_same_city():
    first, again, other = (build_population(toy_city(), s).columns for s in (1, 1, 2))
    assert all((first[n] == again[n]).all() for n in first)
    assert not set(first["people.key"].tolist()) & set(other["people.key"].tolist())


def test_a_disturbed_population_fails_its_verdict():
    from mechlin.city.residents.fit import Tolerance, count_margin

    wanted = pl.Series([100.0, 50.0]).to_numpy()
    assert count_margin("people", wanted, wanted + 1, ["a", "b"], Tolerance()).verdict == "pass"
    spoiled = count_margin("people", wanted, wanted + 5, ["a", "b"], Tolerance())
    assert spoiled.verdict == "fail" and spoiled.failed == 2 and spoiled.worst


def test_a_folder_reads_each_table_once(folder):
    source = Folder(folder)
    check_folder(source)
    before = list(source.problems)
    check_folder(source)
    assert source.problems == before
