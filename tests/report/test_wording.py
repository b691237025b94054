"""Words for numbers: a verb of change only when it is earned."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.report import wording
from mechlin.report.texts import language

CHANGE = ("more", "fewer", "higher", "lower", "rises", "falls", "up", "down")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (("Families with higher education", "persons", "by 2018", "up", 310, 120, 480),
         "Families with higher education: 310 more by 2018 with the package (120 to 480)"),
        (("Rent", "share", "in 2018", "down", -0.0123, -0.02, -0.004),
         "Rent: 1.2 percentage points lower in 2018 with the package (0.4 to 2.0)"),
        (("Residents in poverty", "share", "in 2018", "cannot tell", -0.001, -0.011, 0.009),
         "Cannot tell whether the package makes a difference to residents in poverty in 2018: "
         "anything from −1.1 to 0.9 percentage points"),
        (("Births", "births", "in 2018", "no change", 0.0, 0.0, 0.0),
         "Births: exactly the same with the package as without, in every pair of runs"),
        (("Rent", "share", "in 2018", "cannot tell", 0.01, math.nan, math.nan),
         "Cannot tell whether the package makes a difference to rent in 2018"),
        (("Prices", "index, start = 1", "in 2018", "up", 0.0121, 0.0083, 0.0204),
         "Prices (index, start = 1): 0.012 higher in 2018 with the package (0.008 to 0.020)"),
    ],
)  # fmt: skip
def test_sentences(given_, said):
    assert wording.sentence(*given_) == said


@pytest.mark.slow
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(["persons", "share", "index"]))
def test_no_word_of_change_without_a_verdict(value, low, high, unit):
    for verdict in ("cannot tell", "no change"):
        words = wording.sentence("Homes", unit, "in 2018", verdict, value, low, high).replace(",", " ").split()
        assert not set(words) & set(CHANGE)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(78268.4, "persons", "78,268"), (0.123, "share", "12.3 %"), (23.6, "%", "23.6 %"), (1.0421, "index", "1.042"),
     (1640.2, "EUR/month", "1,640 EUR a month"), (-12.0, "persons", "−12"), (-0.2, "persons", "0"),
     (math.nan, "share", "–")],
)  # fmt: skip
def test_levels(value, unit, text):
    assert wording.level(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1200.4, "persons", "+1,200"),
        (-0.048, "share", "−4.8 points"),
        (0.0, "share", "0.0 points"),
        (math.nan, "share", "–"),
    ],
)
def test_changes(value, unit, text):
    assert wording.change(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5400, "EUR 5,400"),
        (431_499, "EUR 431,000"),
        (1_250_000, "EUR 1.2 million"),
        (-2e9, "−EUR 2.00 billion"),
        (0, "EUR 0"),
    ],
)
def test_money(value, text):
    assert wording.eur(value) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_there_is_no_minus_before_zero(value, decimals):
    text = wording.plain(value, decimals)
    assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(value, abs=0.51 * 10**-decimals)
    assert not (text.startswith("−") and float(text[1:].replace(",", "")) == 0)


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (0.13, 0.004, 0.62, "0.1 lower in 2018 with the package (just above 0 to 0.6)"),
        (0.13, 0.04, 0.22, "0.13 lower in 2018 with the package (0.04 to 0.22)"),
        (25.0, 0.3, 60.0, "25 lower in 2018 with the package (just above 0 to 60)"),
        (0.13, 1e-9, 0.62, "0.1 lower in 2018 with the package (just above 0 to 0.6)"),
        (0.04, 0.01, 0.62, "0.04 lower in 2018 with the package (0.01 to 0.62)"),
        (4.0, 4.0, 4.0, "4 lower in 2018 with the package (the same in at least four pairs of five)"),
        (243.0, 123.0, 405.0, "240 lower in 2018 with the package (120 to 400)"),
    ],
)
def test_an_end_that_is_not_zero_is_not_written_as_zero(value, low, high, words):
    assert wording.sentence("Votes", "index", "in 2018", "lower", -value, -high, -low) == f"Votes: {words}"


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "said"),
    [
        (-0.13, -0.62, -0.004, "index", "−0.1 (−0.6 to just below 0)"),
        (-0.13, -0.62, 0.004, "index", "−0.1 (−0.6 to 0.0)"),
        (4.0, 4.0, 4.0, "persons", "+4 (the same in at least four pairs of five)"),
        (0.00135, 0.00004, 0.00619, "share", "+0.1 (just above 0 to 0.6) points"),
        (243.0, 123.0, 405.0, "persons", "+240 (120 to 400)"),
        (0.000011, -0.000012, 0.000014, "share", "0.00 (less than 0.01 either way) points"),
        (0.4, -0.3, 0.45, "persons", "0 (less than 1 either way)"),
        (-0.1905, -0.3251, -0.0504, "per 100 residents", "−0.19 (−0.33 to −0.05)"),
    ],
)
def test_a_number_is_as_fine_as_its_interval_allows(value, low, high, unit, said):
    assert wording.difference(value, low, high, unit) == said


def test_a_range_on_one_side_that_may_be_luck_says_so():
    told = wording.sentence("Vacant shops", "%", "in 2018", "cannot tell", -3.8, -8.2, -1.4)
    assert told == (
        "Cannot tell whether the package makes a difference to vacant shops in 2018: these pairs lie from "
        "−8 to −1 percentage points, but among so many numbers that may be luck, or too little to matter"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0125, "0.0125"),
        (2.5, "2.5"),
        (40.0, "40"),
        (-1.23456, "−1.235"),
        (12345.6, "12,346"),
        (0.0, "0"),
        (2e-7, "0.0000002"),
    ],
)
def test_a_number_of_any_kind_has_four_figures_at_most(value, text):
    assert wording.figure(value) == text
    assert wording.figure(0.5, language("nl")) == "0,5"


def test_per_cents_have_one_form():
    assert wording.per_cent(0.376) == "38 %" and wording.per_cent(float("nan")) == "– %"
    assert wording.per_cent(0.1234, language("nl"), 1) == "12,3 %"
