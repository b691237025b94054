"""Paired differences: order statistics by hand, verdicts that are earned, nothing said without an interval."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mechlin.core.declare import Matters
from mechlin.core.errors import UsageError
from mechlin.statistics.intervals import by_luck, held, independent, interval, luck_limit, verdict
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
        ([0.0] * 3, "no change"), ([0.0], "no change"), ([5.0], "provisional"), ([5.0] * 15, "provisional"),
        ([1.0] * 15 + [2.0], "up"), ([-1.0] * 15 + [-2.0], "down"), ([1.0] * 15 + [-1.0], "up"),
        ([1.0] * 14 + [-1.0] * 2, "cannot tell"), ([0.0] * 8 + [1.0] * 8, "cannot tell"),
        ([1.0] * 19 + [-1.0], "up"), ([1.0] * 17 + [-1.0] * 3, "cannot tell"),
    ],
)  # fmt: skip
def test_verdicts(differences, word):
    assert verdict(np.array(differences)) == word


def test_a_difference_smaller_than_what_matters_is_called_that_whether_or_not_it_is_told():
    told, untold = np.linspace(0.1, 0.3, 16), np.linspace(-0.3, 0.3, 16)
    assert verdict(told) == "up" and verdict(told, least=0.25) == "too small to matter"
    assert verdict(untold) == "cannot tell" and verdict(untold, least=0.5) == "too small to matter"
    assert verdict(untold, least=0.2) == "cannot tell"  # it may matter, either way
    assert Matters(10.0, 0.01, "").at(500.0) == 10.0 and Matters(10.0, 0.01, "").at(-5000.0) == 50.0


def test_pairs_that_share_what_is_believed_count_as_fewer_by_how_alike_they_are():
    """Known answers: four copies of each of eight numbers are eight pairs; numbers unlike one another are all of them."""
    rng = np.random.default_rng(1)
    copies, apart = np.repeat(rng.normal(size=8), 4), rng.normal(size=4000)
    assert independent(copies, 4) == pytest.approx(8.0)
    assert independent(apart, 4) == pytest.approx(4000, rel=0.1) and independent(apart, 1) == 4000
    low, high = interval(copies, 4)
    assert (low, high) == (copies.min(), copies.max())
    many = np.repeat(rng.normal(size=12), 4)
    assert interval(many, 4)[0] < interval(many)[0]  # taken for forty-eight they would seem to hold more
    twos = np.repeat(rng.normal(size=4000), 2)
    assert independent(twos, 4) == pytest.approx(4000, rel=0.1)  # by twos within fours: half of them


def test_the_next_world_lies_in_the_interval_of_clustered_pairs_four_times_in_five():
    rng = np.random.default_rng(2)
    blocks = np.repeat(rng.normal(size=(11, 3000)), 4, axis=0) + 0.5 * rng.normal(size=(44, 3000))
    low, high = interval(blocks[:40], 4)
    share = np.mean((blocks[43] >= low) & (blocks[43] <= high))
    naive_low, naive_high = interval(blocks[:40])
    assert 0.78 < share < 0.85 and np.mean((blocks[43] >= naive_low) & (blocks[43] <= naive_high)) < share


def test_luck_by_hand():
    """Four means 1, 2, 3, 4 of two pairs each: t = 2.5 / (1.29 / 2) = 3.873 with three degrees of freedom, p = 0.0305."""
    pairs = np.array([0.0, 2.0, 1.0, 3.0, 2.0, 4.0, 3.0, 5.0])
    assert float(by_luck(pairs, 2)) == pytest.approx(0.0305, abs=5e-4)
    assert float(by_luck(pairs[:2], 2)) == 1.0 and float(by_luck(np.ones(8))) == 0.0
    assert luck_limit([0.001, 0.02, 0.9, 0.9]) == 0.02 and luck_limit([0.2, 0.9]) == 0.0 and luck_limit([]) == 0.0


@pytest.mark.slow
def test_among_many_numbers_that_nothing_moves_hardly_one_page_in_ten_names_any():
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(300):
        noise = np.repeat(rng.normal(size=(8, 60)), 2, axis=0) + rng.normal(size=(16, 60))
        limit = luck_limit(by_luck(noise, 4))
        named += any(verdict(noise[:, k], 4, limit) in ("up", "down") for k in range(60))
    assert named <= 0.1 * 300


@given(DIFFERENCES)
def test_turning_every_difference_round_turns_the_verdict_round(differences):
    opposite = {"up": "down", "down": "up"}
    assert verdict(-differences) == opposite.get(word := verdict(differences), word)


@pytest.mark.slow
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
    assert {e.verdict for e in c.effects} == {"provisional", "no change"}
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
    assert not build(15).area_effect("areas.population")["clear"].any()


def test_nothing_is_told_before_all_pairs_asked_for_are_there(build):
    c = build(16)
    assert not c.provisional and "up" in {e.verdict for e in c.effects}
    early = replace(c, asked=32)
    assert early.provisional and {e.verdict for e in early.effects} == {"provisional", "no change"}
    assert json.loads(early.to_json())["provisional"] and "16 of 32" in early.caption()


def test_some_indicators_have_the_verdicts_that_they_have_among_all(build):
    c = build(16)
    some = c.only(["poverty", "rent_burden"])
    assert some.indicators == ("rent_burden", "poverty") and some.luck == c.luck
    assert [some.effect(n) for n in some.indicators] == [c.effect(n) for n in some.indicators]


def test_doses_and_errors_of_a_survey_are_no_effects(build):
    c = build(16)
    cards = {n: replace(card, headline=n == "poverty") for n, card in c.cards.items()}
    cards["net_migration.families"] = replace(cards["net_migration.families"], role="delivered")
    assert "net_migration.families" not in Comparison(c.pairs, cards).others


def test_an_unknown_indicator_is_refused_with_the_nearest(comparison):
    with pytest.raises(UsageError, match="'poverty'"):
        comparison.values("povrety", "with")


def test_other_numbers_with_a_direction_are_named(build):
    c = build(16)
    cards = {n: replace(card, headline=n == "poverty") for n, card in c.cards.items()}
    named = [e.indicator for e in Comparison(c.pairs, cards).clear_others()]
    assert "net_migration.families" in named and not {"poverty", "births"} & set(named)
    assert c.clear_others() == []
