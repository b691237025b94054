"""One sentence on the link that the approach claims to have broken: diverse areas being those that decline."""

from typing import Any

import numpy as np

from mechlin.report import wording
from mechlin.statistics.intervals import interval, verdict
from mechlin.study.comparison import Comparison

NAME = "diversity_decline_link"
_DECIMALS = 2
_MOVED = {"up": "strengthened", "down": "weakened", "no change": "stayed exactly the same"}


def link_sentence(c: Comparison) -> str:
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
    span = f"from {_number(middle[0])} in {c.years[first]} to {_number(middle[1])} in {c.years[last]}"
    change = f"change {_range(float(np.median(moved)), *(float(end) for end in interval(moved)))}"
    link = "the link between the diversity of areas and their decline"
    said = f"With the package {link} {_MOVED.get(word, '')} {span} ({change})"
    if word not in _MOVED:
        said = f"Cannot tell whether {link} weakened or strengthened with the package, {span} ({change})"
    return f"{said}{_over_areas(c, last)}; {_own_part(c, int(c.years[last]))}."


def _own_part(c: Comparison, year: int) -> str:
    """Return what the package itself did to the link, as the end of a sentence."""
    e = c.effect(NAME, year)
    if e is None or e.verdict == "no change":
        return "without the package it is exactly the same"
    if e.verdict not in ("up", "down"):
        doubt = f": anything from {_number(e.low)} to {_number(e.high)}" if np.isfinite(e.low) else ""
        return f"whether the package had a part in it nobody can tell{doubt}"
    return f"the package itself moved it by {_range(e.difference, e.low, e.high)}"


def _over_areas(c: Comparison, at: Any) -> str:
    """Return how far the link hangs on which areas there are, where that was measured."""
    if f"{NAME}.low" not in c.indicators:
        return ""
    low, high = (float(np.median(c.values(f"{NAME}.{end}", "with")[:, at])) for end in ("low", "high"))
    return f", in that year {_number(low)} to {_number(high)} by which areas are counted"


def _number(value: float) -> str:
    return wording.plain(value, _DECIMALS)


def _range(value: float, low: float, high: float) -> str:
    text = f"{'+' if value > 0 else ''}{_number(value)}"
    return f"{text}, {_number(low)} to {_number(high)}" if np.isfinite(low) and np.isfinite(high) else text
