"""One figure of one town held against other towns: three estimators, what surrounds them, and what may be said."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mechlin.core.declare import Param
from mechlin.core.errors import InputError, Problem
from mechlin.evaluation import inference, periods
from mechlin.evaluation.estimators import DID, METHODS, Fit, equal_fits, fit
from mechlin.evaluation.inference import Regression, Visible
from mechlin.evaluation.panel import Panel
from mechlin.evaluation.pool import MOST_DONORS, nearest_before
from mechlin.evaluation.verdict import Case, Rules, Said, Verdict, verdict

_PENALTIES = (0.0, 0.01, 0.1, 1.0)  # with which the effect is told again: how much hangs on one mix of donors


class Outcome(NamedTuple):
    """A figure, and what was said about it beforehand; ``better`` is up, down or neither."""

    name: str = "value"
    title: str = ""
    unit: str = ""
    better: str = "neither"
    matters: float | None = None
    rehearsed: float | None = None
    primary: bool = True
    breaks: tuple[str, ...] = ()
    dose_share: float | None = None


NUMBERS = {
    "penalty": Param("share", 0, 100, "Draws weights of donors towards equal ones; 0 leaves them as they are"),
    "donors_at_most": Param("towns", 2, 1000, "So many donors, those whose past lies nearest, are taken"),
}


class Choices(NamedTuple):
    """How an evaluation is made."""

    estimators: tuple[str, ...] = METHODS
    penalty: float = 0.0
    donors_at_most: int = MOST_DONORS
    rules: Rules = Rules()


class Estimate(NamedTuple):
    """One estimator on one town, and what it finds elsewhere."""

    method: str
    fit: Fit
    p: float
    two_out_p: float | None
    low: float
    high: float
    worse_fit: float
    placebo_effects: tuple[float, ...]
    without_one: tuple[float, ...]
    equal: tuple[float, float]
    penalties: tuple[tuple[float, float], ...]
    visible: Visible
    fakes: tuple[tuple[str, float, float], ...]  # pretended start, effect, p
    with_spill: tuple[float, float] | None  # effect and p when the towns set apart are donors too

    @property
    def effect(self) -> float:
        """The mean gap from the start on."""
        return self.fit.effect

    @property
    def p_used(self) -> float:
        """The p that the verdict asks: with too few donors for a small one, that with two left out."""
        return self.p if self.two_out_p is None else self.two_out_p


class Evaluation(NamedTuple):
    """Everything found about one outcome, with its verdict."""

    outcome: Outcome
    panel: Panel
    choices: Choices
    estimates: tuple[Estimate, ...]
    adjusted: tuple[float, ...]  # the p of each estimate, for how many primary outcomes there are
    regression: Regression
    verdict: Verdict
    two_out_bound: float | None

    def of(self, method: str) -> Estimate | None:
        """Return what one estimator found."""
        return next((e for e in self.estimates if e.method == method), None)

    @property
    def main(self) -> Estimate:
        """The estimate that is told first: the matched one with the best fit among towns, else the only one."""
        best = [e for e in self.estimates if e.method != DID] or list(self.estimates)
        return min(best, key=lambda e: e.worse_fit)


class _Found(NamedTuple):
    outcome: Outcome
    panel: Panel
    estimates: tuple[Estimate, ...]
    regression: Regression


def evaluate(cases: Sequence[tuple[Panel, Outcome]], choices: Choices | None = None) -> list[Evaluation]:
    """Return the evaluation of each figure; primary outcomes share the chance of luck (Benjamini-Hochberg)."""
    chosen = choices or Choices()
    found = [_found(nearest_before(panel, chosen.donors_at_most), outcome, chosen) for panel, outcome in cases]
    shared: dict[tuple[int, str], float] = {}
    for method in chosen.estimators:
        primary = [(k, f) for k, f in enumerate(found) if f.outcome.primary]
        ps = inference.adjusted([_of(f, method).p_used for _, f in primary])
        shared.update({(k, method): p for (k, _), p in zip(primary, ps, strict=True)})
    return [
        _judged(f, chosen, tuple(shared.get((k, e.method), e.p_used) for e in f.estimates)) for k, f in enumerate(found)
    ]


def _breaks_inside(panel: Panel, breaks: Sequence[str]) -> tuple[str, ...]:
    """Return the breaks that lie within the periods; raise InputError for what names no period of the table."""
    at = {text: periods.first_of(text, panel.kind) for text in breaks}
    if strange := [text for text, number in at.items() if number is None]:
        what = f"the break {', '.join(strange)} is no {panel.kind}"
        raise InputError([Problem(what, allowed=periods.ALLOWED, repair="write the first period counted the new way")])
    return tuple(t for t, n in at.items() if n is not None and panel.numbers[0] < n <= panel.numbers[-1])


def _of(found: _Found, method: str) -> Estimate:
    return next(e for e in found.estimates if e.method == method)


def _found(panel: Panel, outcome: Outcome, choices: Choices) -> _Found:
    outcome = outcome._replace(breaks=_breaks_inside(panel, outcome.breaks))
    estimates = tuple(estimate(panel, method, choices) for method in choices.estimators)
    return _Found(outcome, panel, estimates, inference.regression_to_the_mean(panel.table, panel.before))


def estimate(panel: Panel, method: str, choices: Choices) -> Estimate:
    """Return one estimator on the town, and on every other town in its place."""
    table, before, rules, penalty = panel.table, panel.before, choices.rules, choices.penalty
    n = len(panel.donors)
    own = fit(table, 0, range(1, n + 1), before, method, penalty)
    places = inference.placebos(table, before, method, penalty)
    few = 1.0 / (n + 1) > rules.holds_p
    one, two = inference.left_out(table, before, method, penalty, pairs=few)
    low, high = inference.confidence_set(places.own, places.others, rules.set_level)
    alike, again = (own.effect, own.effect), list[tuple[float, float]]()
    if method != DID:
        if n > before and penalty == 0.0:
            alike = equal_fits(table, 0, range(1, n + 1), before, method, own.weights)
        again = [(p, fit(table, 0, range(1, n + 1), before, method, p).effect) for p in _PENALTIES]
    fakes = []
    for start in inference.fake_starts(before, rules.fake_periods):
        past = inference.placebos(table[:, :before], start, method, penalty, leave_out=False)
        fakes.append((panel.labels[start], past.own, inference.permutation_p(past.own, past.others)))
    spill = None
    if panel.spill.size:
        wider = inference.placebos(np.vstack([table, panel.spill]), before, method, penalty, leave_out=False)
        spill = wider.own, inference.permutation_p(wider.own, wider.others)
    return Estimate(
        method,
        own,
        inference.permutation_p(places.own, places.others),
        inference.two_out_p(two, places.without) if few and two is not None else None,
        low,
        high,
        places.worse_fit,
        tuple(places.others.tolist()),
        tuple(one.tolist()),
        alike,
        tuple(again),
        inference.smallest_visible(places, rules.holds_p, rules.power),
        tuple(fakes),
        spill,
    )


def _judged(found: _Found, choices: Choices, adjusted: tuple[float, ...]) -> Evaluation:
    panel, outcome, rules = found.panel, found.outcome, choices.rules
    said = [
        Said(
            e.method,
            e.effect,
            p,
            e.low,
            e.high,
            e.worse_fit,
            _ends(e),
            e.equal,
            e.visible.effect,
            [(start, fake_p) for start, _, fake_p in e.fakes],
        )
        for e, p in zip(found.estimates, adjusted, strict=True)
    ]
    case = Case(
        said,
        panel.before,
        len(panel.donors),
        found.regression.beyond,
        found.regression.p,
        outcome.breaks,
        outcome.dose_share,
        outcome.matters,
        outcome.rehearsed,
    )
    few = any(e.two_out_p is not None for e in found.estimates)
    bound = inference.two_out_bound(len(panel.towns), rules.holds_p) if few else None
    return Evaluation(outcome, panel, choices, found.estimates, adjusted, found.regression, verdict(case, rules), bound)


def _ends(e: Estimate) -> tuple[float, float]:
    """Return the least and largest effect with one donor left out."""
    return (min(e.without_one), max(e.without_one)) if e.without_one else (e.effect, e.effect)


def power(panel: Panel, after: int, choices: Choices | None = None) -> dict[str, Visible]:
    """Return what could be seen over ``after`` periods with the figures known before the start, by estimator.

    The last ``after`` periods of the past play those with the measure; effects are planted in the other towns.
    """
    chosen = choices or Choices()
    narrow = nearest_before(panel, chosen.donors_at_most)
    past = narrow.table[:, : narrow.before]
    before = past.shape[1] - after
    return {
        method: inference.smallest_visible(
            inference.placebos(past, before, method, chosen.penalty), chosen.rules.holds_p, chosen.rules.power
        )
        for method in chosen.estimators
    }


def rows_of(found: Evaluation) -> list[dict[str, Any]]:
    """Return an evaluation as one row of numbers for each estimator; what is infinite or unknown is None."""
    out = []
    for e, p in zip(found.estimates, found.adjusted, strict=True):
        low, high = _ends(e)
        row = {
            "outcome": found.outcome.name,
            "place": found.panel.town,
            "start": found.panel.start,
            "estimator": e.method,
            "effect": e.effect,
            "low": e.low,
            "high": e.high,
            "p": e.p,
            "p_two_out": e.two_out_p,
            "p_adjusted": p,
            "misfit": e.fit.misfit,
            "worse_fit": e.worse_fit,
            "without_one_low": low,
            "without_one_high": high,
            "equal_fits_low": e.equal[0],
            "equal_fits_high": e.equal[1],
            "smallest_visible": e.visible.effect,
            "size": e.visible.size,
            "donors": len(found.panel.donors),
            "before": found.panel.before,
            "after": len(found.panel.numbers) - found.panel.before,
            "verdict": found.verdict.word,
        }
        out.append({k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()})
    return out
