"""Paired differences: order statistics by hand, verdicts that are earned, nothing said without an interval."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mechlin.core.errors import UsageError
from mechlin.statistics.intervals import by_chance, held, interval, verdict
from mechlin.study.comparison import Comparison

DIFFERENCES = arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e6, 1e6))


def test_nine_pairs_span_from_the_smallest_to_the_largest():
    low, high = interval(np.arange(1.0, 10.0))
    assert (low, high) == (1.0, 9.0)
    assert held(9) == 0.8


def test_nineteen_pairs_leave_one_out_at_each_end():
    low, high = interval(np.arange(1.0, 20.0))
    assert (low, high) == (2.0, 18.0)


def test_few_pairs_hold_less_and_the_interval_says_so():
    low, high = interval(np.array([3.0, 1.0, 2.0]))
    assert (low, high) == (1.0, 3.0)
    assert held(3) == 0.5 and held(2) == pytest.approx(1 / 3) and held(1) == 0 and held(50) == 0.8


def test_the_next_pair_lies_in_the_interval_four_times_in_five():
    """Known answer, whatever the distribution: 4,000 intervals of 19 pairs and one pair more."""
    draws = np.random.default_rng(1).exponential(size=(4000, 20))
    low, high = interval(draws[:, :19].T)
    share = np.mean((draws[:, 19] >= low) & (draws[:, 19] <= high))
    assert abs(share - 0.8) < 4 * np.sqrt(0.8 * 0.2 / 4000)


@pytest.mark.parametrize(
    ("differences", "word"),
    [
        ([0.0, 0.0, 0.0], "no change"), ([0.0], "no change"), ([5.0], "cannot tell"), ([5.0, 6.0], "cannot tell"),
        ([5.0, 6.0, 7.0], "cannot tell"), ([5.0, 6.0, 7.0, 8.0], "up"), ([-5.0, -6.0, -7.0, -8.0], "down"),
        ([5.0, 6.0, -7.0, 8.0], "cannot tell"), ([0.0, 1.0, 1.0, 1.0], "cannot tell"), ([1e-300, 0.0], "cannot tell"),
        ([1.0] * 19 + [-1.0], "up"), ([1.0] * 17 + [-1.0] * 3, "cannot tell"),
    ],
)  # fmt: skip
def test_verdicts(differences, word):
    assert verdict(np.array(differences)) == word


@pytest.mark.parametrize(("pairs", "odds"), [(3, 0.0), (4, 1 / 8), (8, 1 / 128), (9, 1 / 256), (16, 34 / 65536)])
def test_how_often_chance_alone_gives_a_direction(pairs, odds):
    assert by_chance(pairs) == pytest.approx(odds)


@pytest.mark.parametrize("pairs", [4, 5, 9, 12, 19])
def test_chance_alone_gives_a_direction_no_more_often_than_is_said(pairs):
    draws = np.random.default_rng(pairs).normal(size=(pairs, 20_000))
    low, high = interval(draws)
    share, said = np.mean((low > 0) | (high < 0)), by_chance(pairs)
    assert share <= said + 4 * np.sqrt(said / 20_000)
    assert pairs > 9 or share > said / 2


@given(DIFFERENCES)
def test_turning_every_difference_round_turns_the_verdict_round(differences):
    opposite = {"up": "down", "down": "up", "cannot tell": "cannot tell", "no change": "no change"}
    assert verdict(-differences) == opposite[verdict(differences)]


@given(DIFFERENCES, st.randoms())
def test_the_order_of_pairs_says_nothing(differences, random):
    shuffled = differences.tolist()
    random.shuffle(shuffled)
    assert verdict(np.array(shuffled)) == verdict(differences)
    assert interval(np.array(shuffled)) == interval(differences)


def test_a_row_worked_by_hand(build):
    c = build(5)
    e = c.effect("births", 2010)
    assert e.verdict == "no change" and e.difference == 0 and e.to_row()["with"] == e.without
    sums = [np.sum(w.series["displaced"]) - np.sum(o.series["displaced"]) for w, o in c.pairs]
    e = c.effect("displaced")
    assert e.difference == np.median(sums) and (e.low, e.high) == (min(sums), max(sums))
    assert e.span == "over 2001 to 2018" and e.pairs == 5
    assert e.other_way == sum(s < 0 for s in sums)


def test_runs_are_paired_by_seed_whatever_their_order(build):
    c = build(6)
    with_runs, without = zip(*c.pairs, strict=True)
    again = Comparison.of(reversed(with_runs), without[3:] + without[:3], c.cards)
    assert again.to_json() == c.to_json()


def test_a_run_without_its_partner_is_refused(build):
    c = build(4)
    with_runs, without = zip(*c.pairs, strict=True)
    with pytest.raises(UsageError, match="1 runs have no partner"):
        Comparison.of(with_runs, without[1:])
    with pytest.raises(UsageError, match="no runs"):
        Comparison.of([], [])
    strange = replace(without[0], spec=replace(without[0].spec, months=12))
    with pytest.raises(UsageError, match="no partner"):
        Comparison.of(with_runs[:1], [strange])


def test_one_pair_has_no_interval_and_no_verdict_but_no_change(build):
    c = build(1)
    assert {e.verdict for e in c.effects} == {"cannot tell", "no change"}
    row = next(r for r in c.to_rows() if r["indicator"] == "poverty")
    assert row["low"] is None and row["high"] is None
    json.loads(c.to_json())


def test_a_year_without_a_value_is_left_out(build):
    c = build(4)
    for pair in c.pairs:
        for run in pair:
            run.series["poverty"][-1] = np.nan
    fresh = Comparison(c.pairs, c.cards)
    assert fresh.effect("poverty").year == 2017
    assert fresh.effect("poverty", 2018) is None
    assert len([r for r in fresh.to_rows() if r["indicator"] == "poverty"]) == 17


def test_rows_have_the_names_that_files_promise(comparison):
    row = comparison.to_rows()[0]
    promised = ["indicator", "unit", "year", "with", "without", "difference", "low", "high", "verdict"]
    assert [name for name in row if name in promised] == promised
    assert len(comparison.to_rows()) == len(comparison.indicators) * 18


def test_costs_are_medians_over_runs_by_whatever_is_asked(build):
    c = build(3)  # each ledger row costs 100 euros more with every seed
    assert c.costs()[0]["eur"] == 18 * (900_200 + 2_400_200 + 60_200)
    by_payer = {r["payer"]: r["eur"] for r in c.costs("payer")}
    assert by_payer == {"city": 18 * (900_200 + 60_200), "residents": 18 * 2_400_200}
    one_year = [r for r in c.costs("programme", "year") if r["year"] == 2005]
    assert [(r["programme"], r["eur"], r["low"]) for r in one_year] == [
        ("home_renovation", 3_300_400, 3_300_200), ("service_tenancy", 60_200, 60_100),
    ]  # fmt: skip
    assert c.costs(side="without") == []


def test_notes_are_said_once(build):
    assert build(4, notes=["Cameras: touched nobody."]).notes == ("Cameras: touched nobody.",)


def test_areas_are_clear_only_where_the_interval_excludes_zero(comparison, build):
    effect = comparison.area_effect("areas.population")
    assert effect["difference"].shape == (18, 12)
    assert ((effect["low"] > 0) | (effect["high"] < 0))[effect["clear"]].all()
    assert not build(3).area_effect("areas.population")["clear"].any()


def test_an_unknown_indicator_is_refused_with_the_nearest(comparison):
    with pytest.raises(UsageError, match="'poverty'"):
        comparison.values("povrety", "with")


def test_other_numbers_with_a_direction_are_named(build):
    c = build(16)
    cards = {n: replace(card, headline=n == "poverty") for n, card in c.cards.items()}
    named = [e.indicator for e in Comparison(c.pairs, cards).clear_others()]
    assert "net_migration.families" in named and not {"poverty", "births"} & set(named)
    assert c.clear_others() == []
