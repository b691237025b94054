"""What may be said of an effect on one town: five words, the rules for each, and why it is not the next better one.

No word is stronger than every primary estimator: each rule that speaks of the sign or of a set asks all of them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from mechlin.core.declare import Param
from mechlin.evaluation.estimators import DID

HOLDS, LEANS, NO_LARGER, UNSEEN, CANNOT = (
    "holds",
    "leans",
    "no effect larger than",
    "could not have been seen",
    "cannot tell",
)
WORDS = (HOLDS, LEANS, NO_LARGER, UNSEEN, CANNOT)


class Rules(NamedTuple):
    """The rules of a verdict, fixed in a plan beforehand."""

    holds_p: Annotated[float, Param("share", 0.001, 0.2, "Largest p of a matched estimator and of the unmatched")] = (
        0.05
    )
    leans_p: Annotated[float, Param("share", 0.001, 0.5, "The same for leans")] = 0.20
    fake_p: Annotated[float, Param("share", 0.001, 0.5, "A pretended start with a p up to this contradicts")] = 0.10
    regression_p: Annotated[float, Param("share", 0.001, 0.5, "Largest p beyond regression to the mean")] = 0.10
    dose_share: Annotated[float, Param("share", 0, 1, "Least share of the planned doses that was delivered")] = 0.5
    periods_before: Annotated[int, Param("periods", 2, 100, "Fewer before the start: cannot tell")] = 4
    fake_periods: Annotated[int, Param("periods", 2, 100, "Periods before a pretended start, at least")] = 5
    donors: Annotated[int, Param("towns", 2, 500, "Fewer towns to compare with: cannot tell")] = 10
    worse_fit: Annotated[float, Param("share", 0, 1, "Fit worse than in this share of other towns: no match")] = 0.5
    set_level: Annotated[float, Param("share", 0.5, 0.99, "Level of confidence sets")] = 0.9
    power: Annotated[float, Param("share", 0.5, 0.99, "Power at the smallest visible effect")] = 0.8
    heavy_share: Annotated[float, Param("share", 0, 1, "A donor with more weight than this is named")] = 0.5
    donors_per_period: Annotated[float, Param("towns", 0.1, 100, "More donors for each period before: thin")] = 3.0
    equal_share: Annotated[float, Param("share", 0, 1, "Of the effect, spread among equal fits: not one answer")] = 0.01


class Reason(NamedTuple):
    """Why a verdict is not the next better one: a word for the rule, and its numbers."""

    rule: str
    values: Mapping[str, Any]


class Said(NamedTuple):
    """What one primary estimator says, as the rules see it; ``p`` is already adjusted for how many outcomes there are."""

    method: str
    effect: float
    p: float
    low: float
    high: float
    worse_fit: float  # share of donors whose past is told better
    without_one: tuple[float, float]
    equal: tuple[float, float]
    visible: float
    fakes: Sequence[tuple[str, float]]  # pretended starts with their p


class Case(NamedTuple):
    """All that a verdict hangs on."""

    said: Sequence[Said]
    before: int
    donors: int
    beyond_regression: float
    regression_p: float
    breaks: Sequence[str] = ()
    dose_share: float | None = None
    matters: float | None = None
    rehearsed: float | None = None


class Verdict(NamedTuple):
    """The word, the effect that is excluded where the word is about one, and why it is not the next better word."""

    word: str
    limit: float | None
    next_better: str
    why: tuple[Reason, ...]


def verdict(case: Case, rules: Rules) -> Verdict:
    """Return what may be said."""
    never = _never(case, rules)
    if never:
        return Verdict(CANNOT, None, LEANS, tuple(never))
    against_holds = _against_holds(case, rules)
    if not against_holds and not case.breaks:
        return Verdict(HOLDS, None, "", ())
    breaks = [Reason("break", {"at": ", ".join(case.breaks)})] if case.breaks else []
    against_leans = [] if breaks and not against_holds else [*_against_leans(case, rules), *breaks]
    if not against_leans:
        return Verdict(LEANS, None, HOLDS, (*against_holds, *breaks))
    against_none = _against_no_larger(case)
    if not against_none:
        return Verdict(NO_LARGER, case.matters, LEANS, tuple(against_leans))
    least = min(s.visible for s in case.said)
    if case.rehearsed is not None and least > abs(case.rehearsed):
        unseen = Reason("unseen", {"least": least, "rehearsed": abs(case.rehearsed)})
        return Verdict(UNSEEN, None, NO_LARGER, (unseen, *against_none))
    return Verdict(CANNOT, None, LEANS, (*against_leans, *against_none))


def matched(case: Case, rules: Rules) -> list[Said]:
    """Return the matched estimators that tell the past of the town as well as that of most towns."""
    return [s for s in case.said if s.method != DID and s.worse_fit <= rules.worse_fit]


def _never(case: Case, rules: Rules) -> list[Reason]:
    """Return what makes any other word impossible, whatever the figures say."""
    out = []
    if case.before < rules.periods_before:
        out.append(Reason("short", {"before": case.before, "least": rules.periods_before}))
    if case.donors < rules.donors:
        out.append(Reason("few", {"donors": case.donors, "least": rules.donors}))
    if not matched(case, rules) and any(s.method != DID for s in case.said):
        out.append(Reason("fit", {"share": min(s.worse_fit for s in case.said if s.method != DID)}))
    return out


def _signs(values: Iterable[float]) -> set[float]:
    return {math.copysign(1.0, v) if v else 0.0 for v in values}


def _twice(case: Case, rules: Rules, most: float) -> list[Reason]:
    """Return why a p is not small enough twice, for one matched estimator and for the unmatched one."""
    fits, plain = matched(case, rules), [s for s in case.said if s.method == DID]
    out = []
    if not plain or plain[0].p > most:
        out.append(Reason("p_plain", {"p": plain[0].p if plain else None, "most": most}))
    if not fits or min(s.p for s in fits) > most:
        out.append(Reason("p_matched", {"p": min((s.p for s in fits), default=None), "most": most}))
    return out


def _against(case: Case, rules: Rules) -> list[Reason]:
    """Return what speaks against any effect: signs that differ, and whatever contradicts it."""
    out = []
    if len(_signs(s.effect for s in case.said)) > 1:
        out.append(Reason("signs", {"effects": [s.effect for s in case.said]}))
    used = [s for s in case.said if s.method == DID or s.worse_fit <= rules.worse_fit]
    fakes = [(start, s.method, p) for s in used for start, p in s.fakes if p <= rules.fake_p]
    if fakes:
        start, method, p = min(fakes, key=lambda f: f[2])
        out.append(Reason("fake", {"start": start, "method": method, "p": p, "most": rules.fake_p}))
    for rule, ends in (("one_out", "without_one"), ("equal_sign", "equal")):
        turned = [s.method for s in case.said if len(_signs((s.effect, *getattr(s, ends)))) > 1]
        if turned:
            out.append(Reason(rule, {"methods": turned}))
    own = [s.effect for s in case.said if s.method == DID]
    if own and len(_signs((own[0], case.beyond_regression))) > 1:
        out.append(Reason("regression_sign", {}))
    return out


def _against_leans(case: Case, rules: Rules) -> list[Reason]:
    return [*_against(case, rules), *_twice(case, rules, rules.leans_p)]


def _against_holds(case: Case, rules: Rules) -> list[Reason]:
    out = [*_against(case, rules), *_twice(case, rules, rules.holds_p)]
    if case.regression_p > rules.regression_p:
        out.append(Reason("regression", {"p": case.regression_p, "most": rules.regression_p}))
    wide = [s.method for s in case.said if s.equal[1] - s.equal[0] > rules.equal_share * abs(s.effect)]
    if wide:
        out.append(Reason("equal", {"methods": wide, "share": rules.equal_share}))
    if case.dose_share is not None and case.dose_share < rules.dose_share:
        out.append(Reason("dose", {"share": case.dose_share, "least": rules.dose_share}))
    return out


def _against_no_larger(case: Case) -> list[Reason]:
    """Return why an effect that matters is not excluded by the set of every estimator."""
    if case.matters is None:
        return [Reason("matters", {})]
    wide = [s for s in case.said if not (-case.matters < s.low and s.high < case.matters)]
    if not wide:
        return []
    return [
        Reason("set", {"matters": case.matters, "low": min(s.low for s in wide), "high": max(s.high for s in wide)})
    ]
