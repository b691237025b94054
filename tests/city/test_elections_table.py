"""The table of elections: every mistake found in its place, nothing of the future seen, and what a run reads of it."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin.city.tables.elections import ELECTION_SERIES, election_series, no_elections
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import check_city, load_city
from mechlin.core.clock import month_number
from mechlin.core.errors import InputError

FILE = "elections.csv"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("sound") / "Ghent", "Ghent")


def spoilt(sound, row, **cells):
    """Return the problems of a copy of the folder with cells of one row changed, numbered as a spreadsheet shows it."""
    with tempfile.TemporaryDirectory() as aside:
        path = Path(shutil.copytree(sound, Path(aside) / "Ghent"))
        table = pl.read_csv(path / FILE, infer_schema=False)
        for column, value in cells.items():
            values = table[column].to_list()
            values[row - 2] = value
            table = table.with_columns(pl.Series(column, values))
        table.write_csv(path / FILE)
        return check_city(path)


# row 2 is the regional election of 1999, row 3 the municipal one of 2000, row 5 that of 2006
WRONG = {
    "no month": (5, {"date": "2006-13"}, "date", "not a month"),
    "a year only": (5, {"date": "2006"}, "date", "not a month"),
    "an unknown level": (5, {"level": "municpal"}, "level", "not a level"),
    "the same election twice": (5, {"date": "2012-10"}, "date", "stands twice"),
    "neither yes nor no": (5, {"compulsory": "0.5"}, "compulsory", "neither 0 nor 1"),
    "an empty rule": (5, {"compulsory": ""}, "compulsory", "empty"),
    "no votes at all": (4, {"radical_right_country": "0"}, "radical_right_country", "not possible"),
    "no number": (4, {"radical_right_country": "much"}, "radical_right_country", "not a number"),
    "a rival beyond belief": (5, {"rival_pull": "50"}, "rival_pull", "not possible"),
    "a result of the future": (5, {"radical_right_city": "26.5"}, "radical_right_city", "must not see"),
    "nothing to start from": (3, {"radical_right_city": "", "mayor_list_city": ""}, "radical_right_city", "no municipal"),
    "a mayor's list without a start": (3, {"mayor_list": "0", "mayor_list_city": ""}, "mayor_list", "begin from"),
    "a mayor's list without a result": (3, {"mayor_list_city": ""}, "mayor_list", "missing"),
    "more votes than there are": (3, {"radical_right_city": "80"}, "mayor_list_city", "all votes"),
    "half a range": (5, {"radical_right_low": "10"}, "radical_right_low", "both its ends"),
    "a range beside its number": (5, {"radical_right_low": "30", "radical_right_high": "40"}, "radical_right_low", "hold"),
    "an impossible range": (5, {"radical_right_low": "0", "radical_right_high": "40"}, "radical_right_low", "not possible"),
    "a person known sharply": (5, {"mayor_pull": "0.5"}, "mayor_pull", "never known sharply"),
    "a person beyond belief": (5, {"mayor_pull": "9", "mayor_pull_low": "0", "mayor_pull_high": "9.5"}, "mayor_pull", "possible"),
    "an unknown status": (3, {"tag": "fund"}, "tag", "'fund'"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_in_its_place(sound, case):
    row, cells, column, said = WRONG[case]
    found = spoilt(sound, row, **cells)
    assert any(p.file == FILE and p.column == column and said in p.what for p in found), found


def test_both_cities_pass(sound):
    assert check_city(sound) == [] == [p for p in check_city("mechelen") if p.file == FILE]


def test_no_result_after_the_start_stands_in_mechelens_table():
    table = load_city("mechelen").elections
    later = table.filter(pl.col("date") >= "2001-01")
    assert later.height == 9 and table.height == 11
    assert later["radical_right_city"].null_count() == later["mayor_list_city"].null_count() == later.height


def test_the_region_is_that_of_the_context_and_never_of_the_future():
    city = load_city("mechelen")
    votes = city.series["radical_right_country_last"]
    for row in city.elections.iter_rows(named=True):
        year = int(row["date"][:4])
        if row["radical_right_low"] is None:
            assert row["radical_right_country"] == votes[year], row["date"]
        else:  # a poll before a municipal election, with its range
            assert row["level"] == "municipal" and row["source"].startswith("poll of"), row["date"]


def test_an_old_vote_is_known_to_be_old_and_a_poll_has_its_range():
    table = load_city("mechelen").elections
    at = {d: month_number(d) - month_number("2001-01") for d in table["date"]}
    age = election_series(table, "election_years_since_vote", "2001-01", 216)
    assert age[at["2006-10"]] == pytest.approx(28 / 12) and age[at["2004-06"]] == 0.0
    low, high = (election_series(table, f"election_radical_right_{end}", "2001-01", 216) for end in ("low", "high"))
    assert np.isnan(low[at["2006-10"]]) and np.isnan(low[at["2010-06"]])
    assert 0 < low[at["2018-10"]] < 11.3 < high[at["2018-10"]] < 20


def test_what_a_person_or_list_adds_may_be_nothing():
    table = load_city("mechelen").elections.filter(pl.col("mayor_pull").is_not_null())
    assert table.height == 2 and (table["mayor_pull_low"] < 0).all() and (table["mayor_pull_high"] > 0).all()


def test_a_run_sees_an_election_in_its_month_only():
    table = load_city("mechelen").elections
    level = election_series(table, "election_level", "2001-01", 216)
    at = {d: month_number(d) - month_number("2001-01") for d in table["date"]}
    assert [t for t in range(216) if level[t]] == sorted(t for t in at.values() if t >= 0)
    assert level[at["2006-10"]] == 1 and level[at["2004-06"]] == 2
    assert election_series(table, "election_rival_pull", "2001-01", 216)[at["2012-10"]] == 0.5
    assert (election_series(table, "base_radical_right_city_municipal", "2001-01", 3) == 25.58).all()
    assert election_series(table, "base_month_regional_federal", "2001-01", 3)[0] == -19


def test_without_a_table_nothing_is_known():
    for name in ELECTION_SERIES:
        values = election_series(no_elections(), name, "2001-01", 4)
        assert np.isnan(values).all() if name.startswith("base_") else (values == 0).all()


def test_the_table_may_be_left_out(sound, tmp_path):
    path = Path(shutil.copytree(sound, tmp_path / "Ghent"))
    (path / FILE).unlink()
    kept = (path / "sources.csv").read_text().splitlines()
    (path / "sources.csv").write_text("\n".join(line for line in kept if FILE not in line) + "\n")
    assert check_city(path) == [] and load_city(path).elections.is_empty()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 30), st.binary(max_size=10))
def test_noise_never_ends_in_a_crash(sound, at, length, noise):
    with tempfile.TemporaryDirectory() as aside:
        path = Path(shutil.copytree(sound, Path(aside) / "Ghent"))
        data = (path / FILE).read_bytes()
        start = at % (len(data) + 1)
        (path / FILE).write_bytes(data[:start] + noise + data[start + length :])
        found = check_city(path)
        try:
            load_city(path)
        except InputError as error:
            assert error.problems == tuple(found)
        else:
            assert found == []
