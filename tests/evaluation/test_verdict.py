"""The words of a verdict: the table of the design, line by line, and never a word stronger than an estimator."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.evaluation.estimators import CHANGES, DID, LEVELS
from mechlin.evaluation.verdict import CANNOT, HOLDS, LEANS, NO_LARGER, UNSEEN, WORDS, Case, Rules, Said, verdict

RULES = Rules()


def said(method, effect=-2.0, p=0.03, low=-3.0, high=-1.0, fit=0.2, one=None, equal=None, visible=1.5, fakes=()):
    return Said(method, effect, p, low, high, fit, one or (effect, effect), equal or (effect, effect), visible, fakes)


def a_case(did=None, levels=None, changes=None, **more):
    usual = {"before": 12, "donors": 40, "beyond_regression": -2.0, "regression_p": 0.04}
    parts = [said(DID, **(did or {})), said(LEVELS, **(levels or {})), said(CHANGES, **(changes or {}))]
    return Case(parts, **(usual | more))


def rules_of(case):
    found = verdict(case, RULES)
    return found.word, [r.rule for r in found.why]


def test_everything_in_favour_holds():
    assert rules_of(a_case()) == (HOLDS, [])
    assert rules_of(a_case(dose_share=0.5)) == (HOLDS, [])
    assert rules_of(a_case(levels={"p": 0.4})) == (HOLDS, []), "one matched estimator is enough for its p"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"did": {"p": 0.06}}, ["p_plain"]),
        ({"levels": {"p": 0.06}, "changes": {"p": 0.07}}, ["p_matched"]),
        ({"levels": {"p": 0.01, "fit": 0.6}, "changes": {"p": 0.07}}, ["p_matched"]),
        ({"regression_p": 0.11}, ["regression"]),
        ({"dose_share": 0.49}, ["dose"]),
        ({"levels": {"equal": (-2.5, -1.5)}}, ["equal"]),
        ({"breaks": ("2018",)}, ["break"]),
    ],
)
def test_one_thing_short_of_holds_leans_and_says_which(change, why):
    assert rules_of(a_case(**change)) == (LEANS, why)
    assert verdict(a_case(**change), RULES).next_better == HOLDS


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"changes": {"effect": 0.1}}, "signs"),
        ({"did": {"fakes": [("2008", 0.10)]}}, "fake"),
        ({"levels": {"one": (-2.4, 0.1)}}, "one_out"),
        ({"levels": {"equal": (-2.4, 0.1)}}, "equal_sign"),
        ({"beyond_regression": 0.2}, "regression_sign"),
        ({"did": {"p": 0.21}}, "p_plain"),
        ({"levels": {"p": 0.3}, "changes": {"p": 0.21}}, "p_matched"),
        ({"did": {"p": 0.1}, "breaks": ("2018",)}, "break"),
    ],
)
def test_what_contradicts_leaves_nothing_to_tell(change, why):
    word, reasons = rules_of(a_case(**change))
    assert word == CANNOT and why in reasons


def test_a_pretended_start_of_an_estimator_that_does_not_fit_contradicts_nothing():
    assert rules_of(a_case(levels={"fit": 0.7, "fakes": [("2008", 0.01)]}))[0] == HOLDS


@pytest.mark.parametrize(
    ("change", "why"),
    [({"before": 3}, "short"), ({"donors": 9}, "few"), ({"levels": {"fit": 0.51}, "changes": {"fit": 0.51}}, "fit")],
)
def test_some_things_forbid_any_other_word(change, why):
    assert rules_of(a_case(matters=50.0, **change)) == (CANNOT, [why])


def test_no_effect_larger_than_what_matters_needs_every_set():
    small = {"effect": -0.1, "p": 0.6, "low": -0.8, "high": 0.6}
    case = a_case(small, small, small, matters=1.0)
    found = verdict(case, RULES)
    assert (found.word, found.limit, found.next_better) == (NO_LARGER, 1.0, LEANS)
    assert {r.rule for r in found.why} == {"p_plain", "p_matched"}
    wide = verdict(a_case(small, small, small | {"high": 1.1}, matters=1.0), RULES)
    assert wide.word == CANNOT and "set" in [r.rule for r in wide.why]
    assert "matters" in rules_of(a_case(small, small, small))[1]


def test_what_could_not_have_been_seen_by_any_estimator():
    small = {"effect": -0.1, "p": 0.6, "low": -1.8, "high": 1.6}
    assert rules_of(a_case(small, small, small, rehearsed=-1.4))[0] == UNSEEN
    assert rules_of(a_case(small, small, small, rehearsed=1.6))[0] == CANNOT
    assert rules_of(a_case(small, small | {"visible": 1.0}, small, rehearsed=1.4))[0] == CANNOT
    blind = small | {"visible": math.inf}
    assert rules_of(a_case(blind, blind, blind, rehearsed=99.0))[0] == UNSEEN


effects = st.floats(-3, 3)
estimates = st.fixed_dictionaries(
    {
        "effect": effects,
        "p": st.floats(0.01, 1),
        "fit": st.floats(0, 1),
        "low": st.floats(-4, 0),
        "high": st.floats(0, 4),
        "fakes": st.lists(st.tuples(st.just("2008"), st.floats(0.01, 1)), max_size=2),
    }
)


@given(estimates, estimates, estimates, effects, st.floats(0.01, 1), st.one_of(st.none(), st.floats(0.1, 4)))
def test_never_stronger_than_every_estimator(one, two, three, beyond, p, matters):
    case = a_case(one, two, three, beyond_regression=beyond, regression_p=p, matters=matters)
    found = verdict(case, RULES)
    assert found.word in WORDS
    signs = {math.copysign(1, s.effect) for s in case.said}
    if found.word in (HOLDS, LEANS):
        most = RULES.holds_p if found.word == HOLDS else RULES.leans_p
        assert len(signs) == 1 and case.said[0].p <= most and min(s.p for s in case.said[1:]) <= most
        assert all(q > RULES.fake_p for _, q in case.said[0].fakes)
    if found.word == NO_LARGER:
        assert all(-matters < s.low and s.high < matters for s in case.said)
    assert (found.why == ()) == (found.word == HOLDS)


@given(estimates, estimates, estimates)
def test_a_weaker_case_never_gets_a_stronger_word(one, two, three):
    """Any p made larger cannot lift a verdict."""
    better = verdict(a_case(one, two, three), RULES).word
    worse = verdict(a_case(one | {"p": 1.0}, two, three), RULES).word
    assert WORDS.index(worse) >= WORDS.index(better)
