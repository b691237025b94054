"""Numbers of what was measured: effects with their sets and units, p-values, decimals."""

import math

from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language

_SMALL = 0.01  # of a figure in no known unit, such as a rate a head: below it three decimals say little or nothing
_MOST_PLACES = 15
_LEAST_P = 0.0005  # below it three decimals would show zero


def number(value: float, found: Evaluation, say: Language = ENGLISH) -> str:
    """Return an effect or a limit with its unit."""
    return amount(value, math.nan, math.nan, found, say).removeprefix("+")


def amount(
    value: float, low: float, high: float, found: Evaluation, say: Language = ENGLISH, of_pairs: bool = False
) -> str:
    """Return an effect with the ends of its set and its unit: "−19.5 (−35.1 to −4.0) packs a head".

    ``of_pairs``: low and high are where four in five pairs of runs lie.
    """
    unit = found.outcome.unit
    factor, shown = wording.scaled(unit)
    places = wording.places_for(value * factor, low * factor, high * factor, unit)
    if not shown and max((abs(v) for v in (value, low, high) if math.isfinite(v)), default=math.inf) < _SMALL:
        places = decimals(value, low, high)
    told = wording.plain(value * factor, places, say)
    sign = "+" if value > 0 and any(digit in told for digit in "123456789") else ""
    ends = f" ({wording.ends(low, high, unit, places, say)})" if math.isfinite(low) and math.isfinite(high) else ""
    if of_pairs:
        ends = wording.between(low, high, unit, places, say)
    return f"{sign}{told}{ends} {behind(found, say)}".rstrip()


def ends(low: float, high: float, found: Evaluation, say: Language = ENGLISH) -> dict[str, str]:
    """Return low and high as finely as one another, the unit behind the second alone."""
    factor = wording.scaled(found.outcome.unit)[0]
    places = decimals(low * factor, high * factor)
    told = [wording.plain(v * factor, places, say) for v in (low, high)]
    return {"low": told[0], "high": f"{told[1]} {behind(found, say)}".rstrip()}


def behind(found: Evaluation, say: Language) -> str:
    """Return what stands behind an effect: its unit, or points where the figure is in per cents or an index."""
    if found.outcome.unit.startswith("index,"):
        return say("points of the index")
    shown = wording.scaled(found.outcome.unit)[1].strip()
    return say("points") if shown == "%" else say(shown) or unit_of(found, say)


def unit_of(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return the unit in the language of the page, or as it was given where nobody translated it."""
    unit = found.outcome.unit
    return say(unit) if say.has(unit) else unit


def p_value(p: float | None, say: Language = ENGLISH) -> str:
    """Return a p with three decimals: fewer would make some equal to the limit that they miss."""
    if p is None:
        return "–"
    return say.marked("< 0.001") if p < _LEAST_P else wording.plain(p, 3, say)


def limit_of(p: float | None, say: Language = ENGLISH) -> str:
    """Return what is asked of a p: "0.05"."""
    return "–" if p is None else say.marked(f"{p:g}")


def decimals(*values: float) -> int:
    """Return how many decimals a table of effects shows: three figures of the largest, or two after zeros."""
    size = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    if 0.0 < size < _SMALL:
        return min(_MOST_PLACES, 2 - math.floor(math.log10(size)))
    most = wording.places_for(size, size, size)
    return 1 if most == 0 and size < 100.0 else most
