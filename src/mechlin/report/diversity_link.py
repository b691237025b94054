"""One sentence on the link that the approach claims to have broken: diverse areas being those that decline."""

from typing import Any

import numpy as np

from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language
from mechlin.statistics.intervals import interval, verdict
from mechlin.study.comparison import Comparison

NAME = "diversity_decline_link"
_DECIMALS = 2


def link_sentence(c: Comparison, say: Language = ENGLISH) -> str:
    """Return whether the link weakened or strengthened from the first year to the last, and what the package did.

    Empty when the link was not measured. Where intervals over pairs include zero, it says "cannot tell".
    """
    if NAME not in c.indicators:
        return ""
    values = c.values(NAME, "with")
    known = np.flatnonzero(np.isfinite(values).all(axis=0))
    if known.size <= 1:
        return ""
    first, last = known[0], known[-1]
    moved = values[:, last] - values[:, first]
    middle = [float(np.median(values[:, at])) for at in (first, last)]
    towards = -1.0 if middle[0] < 0 else 1.0
    word = verdict(towards * moved)
    ends = [float(end) for end in interval(moved)]
    change = _range(float(np.median(moved)), ends[0], ends[1], say)
    filled = {
        "first": _number(middle[0], say),
        "last": _number(middle[1], say),
        "from_": int(c.years[first]),
        "until": int(c.years[last]),
        "change": change,
    }
    said = {
        "up": say(
            "With the package the link between the diversity of areas and their decline strengthened from {first} in {from_} to "
            "{last} in {until} (change {change})",
            **filled,
        ),
        "down": say(
            "With the package the link between the diversity of areas and their decline weakened from {first} in {from_} to "
            "{last} in {until} (change {change})",
            **filled,
        ),
        "no change": say(
            "With the package the link between the diversity of areas and their decline stayed exactly the same from {first} in "
            "{from_} to {last} in {until} (change {change})",
            **filled,
        ),
    }.get(word) or say(
        "Cannot tell whether the link between the diversity of areas and their decline weakened or strengthened with the "
        "package, from {first} in {from_} to {last} in {until} (change {change})",
        **filled,
    )
    return f"{said}{_over_areas(c, last, say)}; {_own_part(c, int(c.years[last]), say)}."


def _own_part(c: Comparison, year: int, say: Language) -> str:
    """Return what the package itself did to the link, as the end of a sentence."""
    e = c.effect(NAME, year)
    if e is None or e.verdict == "no change":
        return say("without the package it is exactly the same")
    if e.verdict in ("up", "down"):
        return say("the package itself moved it by {range}", range=_range(e.difference, e.low, e.high, say))
    doubt = say("whether the package had a part in it nobody can tell")
    if np.isfinite(e.low):
        doubt += say(": anything from {low} to {high}", low=_number(e.low, say), high=_number(e.high, say))
    return doubt


def _over_areas(c: Comparison, at: Any, say: Language) -> str:
    """Return how far the link hangs on which areas there are, where that was measured."""
    if f"{NAME}.low" not in c.indicators:
        return ""
    low, high = (float(np.median(c.values(f"{NAME}.{end}", "with")[:, at])) for end in ("low", "high"))
    return say(
        ", in that year {low} to {high} by which areas are counted", low=_number(low, say), high=_number(high, say)
    )


def _number(value: float, say: Language) -> str:
    return wording.plain(value, _DECIMALS, say)


def _range(value: float, low: float, high: float, say: Language) -> str:
    text = f"{'+' if value > 0 else ''}{_number(value, say)}"
    if not (np.isfinite(low) and np.isfinite(high)):
        return text
    return f"{text}, {say('{low} to {high}', low=_number(low, say), high=_number(high, say))}"
