"""Other towns: known answers, second opinions, and what no figure may move."""

import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mechlin
from mechlin.evaluation import inference
from mechlin.evaluation.estimators import CHANGES, DID, LEVELS, METHODS, equal_fits, fit, simplex_weights
from mechlin.evaluation.evaluate import Choices, Outcome, evaluate
from mechlin.evaluation.panel import Panel, read_panel
from mechlin.evaluation.shipped import shipped


def known(name):
    about = shipped()[name]
    return read_panel(about.path, about.place, about.start, {"value": about.value})


def a_panel(table, before):
    names = tuple(f"town {k:03d}" for k in range(table.shape[0]))
    return Panel(names, "year", tuple(range(2000, 2000 + table.shape[1])), np.asarray(table, float), before)


def noise(seed, towns=30, before=10, after=5):
    rng = np.random.default_rng(seed)
    return 20.0 + rng.normal(size=(towns, 1)) * 2 + rng.normal(size=(towns, before + after))


# ------------------------------------------------------------------------------------------- known answers


def test_proposition_99():
    """The figures that the design gives for it: 19 years before, 12 after, 38 states."""
    found = mechlin.measure("proposition-99").evaluations[0]
    did, levels, changes = found.estimates
    assert (round(did.effect, 1), round(levels.effect, 1), round(changes.effect, 1)) == (-27.3, -19.5, -11.1)
    assert (did.p, levels.p, changes.p) == (4 / 39, 3 / 39, 11 / 39)
    assert round(levels.fit.misfit, 2) == 1.66 and round(levels.fit.gap[-1], 1) == -26.6
    assert found.verdict.word == "leans" and [r.rule for r in found.verdict.why] == ["p_plain", "p_matched"]


@pytest.mark.parametrize(
    ("name", "scale"), [("proposition-99", 1.0), ("basque-country", 1.0), ("west-germany", 1000.0)]
)
def test_synthetic_control_agrees_with_pysyncon(name, scale):
    """Its solver stops early on figures in the thousands; on the same figures by the thousand both agree."""
    from pysyncon import Synth

    panel = known(name)
    past = panel.table[:, : panel.before] / scale
    theirs, _ = Synth.w_optimize(V_mat=np.eye(panel.before), X0=past[1:].T, X1=past[0])
    ours = fit(panel.table, 0, range(1, len(panel.towns)), panel.before, LEVELS)
    assert np.abs(ours.weights - theirs).max() < 1e-3
    gap = (panel.table[0] - theirs @ panel.table[1:])[panel.before :].mean()
    assert ours.effect == pytest.approx(gap, rel=0.005)


@pytest.mark.slow
def test_difference_in_differences_agrees_with_diff_diff():
    import pandas as pd
    from diff_diff import DifferenceInDifferences

    panel = known("proposition-99")
    rows = [
        {"y": panel.table[k, t], "treated": int(k == 0), "post": int(t >= panel.before)}
        for k in range(len(panel.towns))
        for t in range(len(panel.numbers))
    ]
    theirs = DifferenceInDifferences().fit(pd.DataFrame(rows), outcome="y", treatment="treated", post="post")
    assert fit(panel.table, 0, range(1, 39), panel.before, DID).effect == pytest.approx(theirs.att, abs=1e-9)


def test_methods_turn_the_sign_on_west_germany_and_nobody_can_tell():
    found = mechlin.measure("west-germany").evaluations[0]
    assert found.of(DID).effect > 0 > found.of(LEVELS).effect
    assert found.verdict.word == "cannot tell" and "signs" in [r.rule for r in found.verdict.why]


# --------------------------------------------------------------------------------------------- the weights


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 20), st.sampled_from([0.0, 0.3]))
def test_weights_are_the_best_on_the_simplex(seed, donors, periods, penalty):
    """No move of weight from one donor to another makes the misfit smaller (the conditions of Karush, Kuhn and Tucker)."""
    rng = np.random.default_rng(seed)
    table, target = rng.normal(size=(donors, periods)), rng.normal(size=periods)
    weights = simplex_weights(table, target, penalty)
    assert weights.min() >= 0.0 and weights.sum() == pytest.approx(1.0)
    size = ((table - target) ** 2).mean()
    slope = table @ (weights @ table - target) + penalty * periods * size * weights
    assert slope.min() >= slope[weights > 0].max() - 1e-6


def test_a_town_that_is_a_mix_is_told_without_a_gap():
    table = noise(1)
    table[0] = 0.25 * table[3] + 0.75 * table[7]
    found = fit(table, 0, range(1, 30), 10, LEVELS)
    assert found.weights[[2, 6]] == pytest.approx([0.25, 0.75], abs=1e-6) and abs(found.effect) < 1e-6


def test_effects_of_mixes_that_fit_equally_well_are_all_between_the_ends():
    """With two periods before and many donors, any mix with that past is as good; each has another effect."""
    table = noise(2, towns=30, before=2)
    own = fit(table, 0, range(1, 30), 2, CHANGES)
    low, high = equal_fits(table, 0, range(1, 30), 2, CHANGES, own.weights)
    assert low < own.effect < high and high - low > 0.5
    rng = np.random.default_rng(1)
    for _ in range(20):  # other mixes with the same fit, found by weighing a random few donors
        some = np.sort(rng.choice(np.arange(1, 30), 6, replace=False))
        other = fit(table, 0, some, 2, CHANGES)
        if other.misfit <= own.misfit + 1e-12:
            assert low - 1e-4 <= other.effect <= high + 1e-4


def test_with_equal_fits_the_verdict_leans_at_most():
    table = noise(3, towns=40, before=4)
    table[0, 4:] += 30.0
    found = evaluate([(a_panel(table, 4), Outcome())])[0]
    wide = [e for e in found.estimates if e.equal[1] - e.equal[0] > 0.01 * abs(e.effect)]
    assert wide and found.verdict.word != "holds" and "equal" in [r.rule for r in found.verdict.why]


@pytest.mark.slow
@pytest.mark.parametrize(("towns", "before"), [(3, 4), (4, 1), (12, 2), (30, 1)])
def test_thin_tables_end_in_cannot_tell_and_never_in_an_error(towns, before, tmp_path):
    rng = np.random.default_rng(towns)
    rows = [(f"T{k}", 2000 + t, float(rng.normal())) for k in range(towns) for t in range(before + 3)]
    frame = pl.DataFrame(rows, schema=["town", "year", "value"], orient="row")
    found = mechlin.measure(frame, "T0", 2000 + before)
    assert found.evaluations[0].verdict.word == "cannot tell"
    assert found.to_html(tmp_path / "p.html").is_file() and "NaN" not in found.to_json()
    found.summary()


# ------------------------------------------------------------------------------------------ how sure it is


def test_every_placebo_is_the_fit_itself():
    """What is taken over because a donor has no weight is what a fit from scratch gives."""
    table = noise(4, towns=9, before=6)
    for method in METHODS:
        found = inference.placebos(table, 6, method)
        for k in range(1, 9):
            pool = [d for d in range(1, 9) if d != k]
            assert found.effects[k] == pytest.approx(fit(table, k, pool, 6, method).effect, abs=1e-9)
            for j in pool:
                fewer = fit(table, k, [d for d in pool if d != j], 6, method).effect
                assert found.without[k - 1, j - 1] == pytest.approx(fewer, abs=1e-7)


def test_leaving_out_is_the_fit_itself():
    table = noise(5, towns=8, before=6)
    for method in METHODS:
        one, two = inference.left_out(table, 6, method, pairs=True)
        for a in range(7):
            rest = [d for d in range(1, 8) if d != a + 1]
            assert one[a] == pytest.approx(fit(table, 0, rest, 6, method).effect, abs=1e-7)
            for b in range(a + 1, 7):
                rest = [d for d in range(1, 8) if d not in (a + 1, b + 1)]
                assert two[a, b] == pytest.approx(fit(table, 0, rest, 6, method).effect, abs=1e-7)


@given(st.integers(0, 1000), st.integers(9, 60))
def test_a_set_is_the_test_inverted(seed, donors):
    """Just inside its ends an effect is not rejected, just outside it is."""
    rng = np.random.default_rng(seed)
    own, others = rng.normal(), rng.normal(size=donors)
    low, high = inference.confidence_set(own, others)
    for effect, inside in ((low + 1e-6, True), (high - 1e-6, True), (low - 1e-6, False), (high + 1e-6, False)):
        assert (inference.permutation_p(own - effect, others) > 0.1 + 1e-12) is inside


def test_with_fewer_than_nine_donors_there_is_no_set():
    assert inference.confidence_set(1.0, np.zeros(8)) == (-math.inf, math.inf)


def test_what_is_visible_is_what_the_test_shows():
    """The exact answer equals planting an effect in every donor and asking the test of the others."""
    table = noise(6, towns=26)
    found = inference.placebos(table, 10, LEVELS)
    seen = inference.smallest_visible(found)

    def power(effect):
        hits = 0
        for sign in (1, -1):
            for k in range(1, 26):
                planted = np.vstack([table[k], np.delete(table[1:], k - 1, 0)])
                planted[0, 10:] += sign * effect
                places = inference.placebos(planted, 10, LEVELS, leave_out=False)
                hits += inference.permutation_p(places.own, places.others) <= 0.05
        return hits / 50

    assert power(seen.effect * 1.001) >= 0.8 > power(seen.effect * 0.999) - 0.02
    assert seen.size == pytest.approx(power(0.0))


def test_no_more_towns_than_the_bound_can_have_a_small_two_out_p():
    """By hand: of three towns one can win the only trio. Of 17 two would need 7.5 of the 6 losses that 0.05 allows."""
    assert inference.two_out_bound(3, 0.05) == pytest.approx(1 / 3)
    assert inference.two_out_bound(17, 0.05) == pytest.approx(1 / 17)
    assert inference.two_out_bound(42, 0.05) == pytest.approx(3 / 42)  # 2/3 + 39 of the 41 that it allows


def test_a_town_far_above_all_others_wins_every_trio():
    table = noise(7, towns=13)
    table[0, 10:] += 100.0
    _, two = inference.left_out(table, 10, DID, pairs=True)
    assert inference.two_out_p(two, inference.placebos(table, 10, DID).without) == 0.0


def test_regression_to_the_mean_takes_back_what_every_extreme_town_did_next():
    """Towns alike but for luck: the one with the highest past falls back, and none of it is beyond expectation."""
    ps, raw = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        table = 20.0 + rng.normal(size=(40, 9))
        table = table[np.argsort(-table[:, :4].mean(axis=1))]
        ps.append(inference.regression_to_the_mean(table, 4).p)
        raw.append(inference.permutation_p(*_own_and_others(table)))
    assert np.mean(np.array(raw) <= 0.05) > 0.2 and np.mean(np.array(ps) <= 0.1) < 0.2


def _own_and_others(table):
    found = inference.placebos(table, 4, DID, leave_out=False)
    return found.own, found.others


def test_pretended_starts_need_a_past():
    assert inference.fake_starts(5) == [] and inference.fake_starts(7) == [5, 6]
    assert len(inference.fake_starts(30)) == 3 and min(inference.fake_starts(30)) > 5


def test_benjamini_hochberg_by_hand():
    """Of 0.01, 0.04, 0.03: 3 * 0.01, then 3/2 * 0.03 no more than the largest, 0.04."""
    assert inference.adjusted([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])


def test_primary_outcomes_share_the_chance_of_luck_and_others_do_not():
    cases = [(a_panel(noise(s), 10), Outcome(f"y{s}", primary=s < 4)) for s in range(1, 5)]
    found = evaluate(cases, Choices((DID,)))
    raw = [e.estimates[0].p for e in found]
    assert [e.adjusted[0] for e in found[:3]] == pytest.approx(inference.adjusted(raw[:3]))
    assert found[3].adjusted[0] == raw[3]


# ---------------------------------------------------------------------------------- what may move no digit


@pytest.mark.slow
@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_moves_no_digit(random):
    rows = pl.read_csv(shipped()["basque-country"].path).rows()
    random.shuffle(rows)
    given_ = pl.DataFrame(rows, schema=["town", "year", "value"], orient="row")
    place, start = shipped()["basque-country"].place, 1970
    mixed = mechlin.measure(given_, place, start)
    plain = mechlin.measure(given_.sort("town", "year"), place, start)
    assert mixed.to_json() == plain.to_json()


@pytest.mark.slow
def test_threads_and_processes_move_no_digit():
    """The same digits on one thread, on four, in another process, and where several are computed at once."""
    asked = ("dutch-crime", "Tilburg", 2019)
    code = f"import mechlin; print(mechlin.measure(*{asked!r}).to_json())"
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=os.environ | dict.fromkeys(names, many), stdout=subprocess.PIPE
        )
        for many in ("1", "4")
    ]
    with ThreadPoolExecutor(2) as pool:
        here = [found.to_json() for found in pool.map(lambda _: mechlin.measure(*asked), range(2))]
    elsewhere = [one.communicate(timeout=120)[0].decode().rstrip("\n") for one in started]
    assert {*here, *elsewhere} == {here[0]} and json.loads(here[0])["evaluations"]


def test_names_of_towns_move_no_figure():
    table = noise(9, towns=12)
    plain = evaluate([(a_panel(table, 10), Outcome())])[0]
    turned = evaluate([(a_panel(np.vstack([table[0], table[:0:-1]]), 10), Outcome())])[0]
    for a, b in zip(plain.estimates, turned.estimates, strict=True):
        assert a.effect == pytest.approx(b.effect, rel=1e-9) and a.p == b.p
        assert a.visible.effect == pytest.approx(b.visible.effect, rel=1e-6)


@given(st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=10)
def test_a_change_of_unit_changes_nothing_but_the_unit(times, plus):
    table = noise(10, towns=12)
    for method in METHODS:
        one = fit(table, 0, range(1, 12), 10, method)
        two = fit(table * times + plus, 0, range(1, 12), 10, method)
        assert two.effect == pytest.approx(one.effect * times, rel=1e-5, abs=1e-7 * times)
