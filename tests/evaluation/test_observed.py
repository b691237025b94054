"""One translator of observed rows, whoever asks: the same unit, the same rows left out, the same refusals."""

from dataclasses import replace

import polars as pl
import pytest

from mechlin.core.declare import Card
from mechlin.evaluation.observed import in_unit, placed

CARDS = {
    "owners": Card("owners", "Owners", "share"), "trust": Card("trust", "Trust", "% much trust"),
    "people": Card("people", "People", "persons"), "net_migration": Card("net_migration", "Migration", "persons"),
}  # fmt: skip


@pytest.fixture
def place(toy):
    return replace(toy, indicator_map={"homeowners": ("owners", ""), "rank": ("", "others are not simulated")})


def rows(*given):
    schema = {"row": pl.Int64, "indicator": pl.String, "year": pl.Float64, "value": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "unit": pl.String, "source": pl.String}  # fmt: skip
    return pl.DataFrame([(n, *row) for n, row in enumerate(given, 2)], schema=schema, orient="row")


def test_per_cents_and_shares_are_translated_and_keep_their_range(place):
    found = placed(rows(("homeowners", 2010, 69.0, 68.0, None, "%", "a"), ("trust", 2010, 0.5, None, None, "share", "a")),
                   place, CARDS, "f.csv")  # fmt: skip
    assert not found.problems
    (owners,), (trust,) = in_unit(found.rows["owners"]), in_unit(found.rows["trust"])
    assert (owners["value"], owners["low"], owners["high"], owners["year"]) == (0.69, 0.68, None, 2010)
    assert trust["value"] == 50.0
    assert in_unit(found.rows["owners"], 100.0) == found.rows["owners"]


def test_rows_that_nothing_simulates_or_that_have_no_value_are_left_out_with_the_reason(place):
    found = placed(rows(("rank", 2010, 3.0, None, None, "rank of 13", ""), ("homeowers", 2010, 3.0, None, None, "%", ""),
                        ("people", 2010, None, None, None, "persons", "")), place, CARDS, "f.csv")  # fmt: skip
    assert [r["row"] for r in found.left_out] == [2, 3, 4] and not found.rows
    assert "'homeowners'" in found.left_out[1]["why"]


@pytest.mark.parametrize(
    "row",
    [
        ("people", 2010, 5.0, None, None, "%", ""), ("people", 2010, 5.0, None, None, "unicorns", ""),
        ("people", 2010, 1e308, None, None, "persons", ""), ("net_migration", 2010, -1e308, None, None, "persons", ""),
        ("people", 2010, -1.0, None, None, "persons", ""), ("homeowners", 2010, 1.1, None, None, "share", ""),
        ("trust", 2010, 5.0, None, None, "share", ""), ("trust", 2010, 5.0, None, 101.0, "% much trust", ""),
    ],
)  # fmt: skip
def test_values_and_units_that_cannot_be_are_refused_with_their_row(place, row):
    (problem,) = placed(rows(row), place, CARDS, "f.csv").problems
    assert problem.row == 2 and problem.file == "f.csv" and problem.column


def test_two_values_for_a_year_are_refused_unless_their_sources_differ(place):
    one, other = ("people", 2010, 5.0, None, None, "persons", "a"), ("people", 2010, 6.0, None, None, "persons", "a")
    assert [p.row for p in placed(rows(one, other), place, CARDS, "f.csv").problems] == [3]
    assert not placed(rows(one, (*other[:-1], "b")), place, CARDS, "f.csv").problems
    assert not placed(rows(one, one), place, CARDS, "f.csv").problems
