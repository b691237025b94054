"""Settings in TOML: months as people write them, and the row of whatever is wrong."""

import pytest

from mechlin.core.errors import InputError, Problem
from mechlin.core.toml import read_toml, with_rows

TEXT = """title = "Two phases"   # row 1
until = 2012
model_errors.trust_share = 0.5

[cameras]
start = 2004-03        # row 6
cameras = { "2004-03" = 20, "2006-01" = 107 }
entries = 3

[[street_renewal]]
homes = 3              # row 11
[[street_renewal]]
homes = 4              # row 13
# homes = 5
"""


def test_a_month_needs_no_quotation_marks():
    table = read_toml(TEXT, "p.toml")
    assert table["cameras"]["start"] == "2004-03"
    assert [phase["homes"] for phase in table["street_renewal"]] == [3, 4]


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("until", 2), ("model_errors.trust_share", 3), ("cameras", 5), ("cameras.start", 6), ("cameras.cameras", 7),
        ("cameras.missing", 5), ("street_renewal.homes", 11), ("street_renewal[1].homes", 11),
        ("street_renewal[2].homes", 13), ("street_renewal[2].start", 12), ("nowhere", None), ("", None),
    ],
)  # fmt: skip
def test_a_problem_gets_the_row_of_its_setting_or_of_the_table_where_it_should_stand(column, row):
    (found,) = with_rows([Problem("wrong", file="p.toml", column=column)], TEXT)
    assert found.row == row


def test_problems_come_in_the_order_of_their_rows_and_known_rows_stay():
    told = [Problem("c", column="street_renewal"), Problem("b", column="until"), Problem("a", row=1, column="cameras")]
    assert [(p.what, p.row) for p in with_rows(told, TEXT)] == [("a", 1), ("b", 2), ("c", 10)]


@pytest.mark.parametrize(
    ("text", "row", "repair"),
    [
        ("title = Two\n", 1, "quotation marks"),
        ("\n[cameras]\nx = 1\n[cameras]\ny = 2\n", 4, "[[measure]]"),
        ("a = [1,\n\n", 2, ""),
    ],
)
def test_what_is_no_toml_is_refused_with_its_row(text, row, repair):
    with pytest.raises(InputError) as caught:
        read_toml(text, "p.toml")
    (found,) = caught.value.problems
    assert (found.file, found.row) == ("p.toml", row) and repair in found.repair
