"""A difference in things people know: offences a year, residents, "1 in 8"; it knows no page.

The number of an indicator is turned into a count by what it is counted out of, which the same runs tell. The factor is
one number for all pairs, so that an interval on one side of zero stays there and the verdict is the same.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison
from mechlin.study.pairs import Effect

_ONE_IN = (2.5, 40.0)  # a share between these is told as "about 1 in 8" too
_Factor = Callable[[Comparison, Effect], float]


class Known(NamedTuple):
    """A difference in ``things``, a noun phrase of the catalogue's context "thing".

    ``form`` says how it is told: "count" (so many more), "of 100" (so many more of every 100), "per cent" (so much higher).
    """

    things: str
    form: str
    value: float
    low: float
    high: float


class _Thing(NamedTuple):
    """What an indicator's number stands for, and how many of these one unit of it is."""

    things: str
    form: str
    factor: _Factor


def _residents(part: float) -> _Factor:
    return lambda c, e: part * _without(c, "population", e.year)


def _of_working_age(c: Comparison, e: Effect) -> float:
    outside = _without(c, "share_age_0_19", e.year) + _without(c, "share_age_65_up", e.year)
    return _without(c, "population", e.year) * (1.0 - outside / 100.0)


def _times(factor: float) -> _Factor:
    return lambda c, e: factor


def _relative(c: Comparison, e: Effect) -> float:
    return 100.0 / e.without if e.without else math.nan


def _without(c: Comparison, name: str, year: int) -> float:
    """Return the median of another number of the same runs in that year, without the package; NaN where there is none."""
    if name not in c.indicators or year not in c.years:
        return math.nan
    return float(np.median(c.values(name, "without")[:, int(np.flatnonzero(c.years == year)[0])]))


_WOULD_MOVE = "residents of minority background would have to move for all areas to be alike"
_WOULD_CHANGE = "pupils of minority background would have to change school for all schools to be alike"
_THINGS = {
    "offences": _Thing("offences a year", "count", _residents(0.01)),
    "poverty": _Thing("residents in poverty", "count", _residents(1.0)),
    "employment": _Thing("residents at work", "count", _of_working_age),
    "shop_vacancy_rate": _Thing("vacant shops", "count", lambda c, e: 0.01 * _without(c, "shops", e.year)),
    "trust_share": _Thing("adults", "of 100", _times(1.0)),
    "unsafe_share": _Thing("adults", "of 100", _times(1.0)),
    "rent_burden": _Thing("euros of income", "of 100", _times(100.0)),
    "votes.radical_right.municipal": _Thing("votes", "of 100", _times(1.0)),
    "segregation.background.dissimilarity": _Thing(_WOULD_MOVE, "of 100", _times(100.0)),
    "school_segregation.background.dissimilarity": _Thing(_WOULD_CHANGE, "of 100", _times(100.0)),
    "price_index": _Thing("", "per cent", _relative),
    "disorder": _Thing("", "per cent", _relative),
    "displaced": _Thing("residents", "count", _times(1.0)),
    "net_migration.high_education_families": _Thing("residents", "count", _times(1.0)),
    "social_waiting_list": _Thing("households", "count", _times(1.0)),
}
OUT_OF = (
    "population",
    "share_age_0_19",
    "share_age_65_up",
    "shops",
)  # numbers of the same runs by which others are counted
THINGS = tuple(sorted({thing.things for thing in _THINGS.values()} - {""}))  # for the test of translations
_MORE = {
    ("count", True): "about {amount} more {things}",
    ("count", False): "about {amount} fewer {things}",
    ("of 100", True): "about {amount} more of every 100 {things}",
    ("of 100", False): "about {amount} fewer of every 100 {things}",
    ("per cent", True): "about {amount} % higher",
    ("per cent", False): "about {amount} % lower",
}
_FROM_TO = {
    ("count", "both"): "anything from {low} fewer to {high} more {things}",
    ("count", "up"): "{low} to {high} more {things}",
    ("count", "down"): "{low} to {high} fewer {things}",
    ("of 100", "both"): "anything from {low} fewer to {high} more of every 100 {things}",
    ("of 100", "up"): "{low} to {high} more of every 100 {things}",
    ("of 100", "down"): "{low} to {high} fewer of every 100 {things}",
    ("per cent", "both"): "anything from {low} % lower to {high} % higher",
    ("per cent", "up"): "{low} to {high} % higher",
    ("per cent", "down"): "{low} to {high} % lower",
}
_UNITS = {"count": "{things}", "of 100": "of every 100 {things}", "per cent": "%"}
FORMS = (*_MORE.values(), *_FROM_TO.values(), _UNITS["of 100"])  # for the test of translations


def unit_of(indicator: str, say: Language = ENGLISH) -> str:
    """Return in what a difference of an indicator is told, as "offences a year"; '' where its number stands for no thing."""
    thing = _THINGS.get(indicator)
    return say(_UNITS[thing.form], things=say.of("thing", thing.things)) if thing else ""


def known(c: Comparison, e: Effect) -> Known | None:
    """Return an effect in things people know; None where its number stands for no thing, or the runs do not tell."""
    thing = _THINGS.get(e.indicator)
    factor = thing.factor(c, e) if thing else math.nan
    if thing is None or not math.isfinite(factor):
        return None
    return Known(thing.things, thing.form, *(factor * v for v in (e.difference, e.low, e.high)))


def told(k: Known, clear: bool, say: Language = ENGLISH) -> str:
    """Return an effect as strong as it is: an amount for one that has a direction, else its ends; '' without an interval."""
    return amount(k, say) if clear else ends(k, say)


def amount(k: Known, say: Language = ENGLISH) -> str:
    """Return "about 340 fewer offences a year (30 to 510)"; only for an effect that has a direction."""
    unit = _unit(k)
    decimals = wording.places_for(k.value, k.low, k.high, unit)
    while decimals < 6 and round(k.value, decimals) == 0.0:
        decimals += 1
    told = wording.plain(abs(k.value), decimals, say)
    near, far = sorted((abs(k.low), abs(k.high)))
    said = say(_MORE[k.form, k.value > 0], amount=told, things=say.of("thing", k.things))
    return said + wording.between(near, far, "", decimals, say)


def ends(k: Known, say: Language = ENGLISH) -> str:
    """Return "anything from 480 fewer to 30 more offences a year"; '' where there is no interval, or nothing is left of it."""
    if not (math.isfinite(k.low) and math.isfinite(k.high)):
        return ""
    decimals = wording.places_for(k.value, k.low, k.high, _unit(k))
    low, high = (round(end, decimals) for end in (k.low, k.high))
    side = "both" if low < 0 < high else "up" if k.high > -k.low else "down"
    near, far = (k.high, k.low) if side == "down" else (k.low, k.high)
    told = [wording.plain(abs(end), decimals, say) for end in (near, far)]
    if k.low * k.high > 0.0 and not round(near, decimals):
        told[0] = say("just above 0")
    if side != "both" and told[0] == told[1]:
        return ""  # no range is left of it
    return say(_FROM_TO[k.form, side], low=told[0], high=told[1], things=say.of("thing", k.things))


def _unit(k: Known) -> str:
    """Return the unit by which a difference is rounded: whole things, tenths of a per cent or of a hundred."""
    return "persons" if k.form == "count" else "%"


def stands(e: Effect, say: Language = ENGLISH) -> str:
    """Return how high a number stands without the package: "15.1 % (about 1 in 7)", "5.92 per 100 residents"."""
    told = wording.level(e.without, e.unit, say)
    if e.unit.startswith("per "):
        return f"{told} {say(e.unit)}"
    if e.unit == "index, start = 1":
        return say("{n} times what it was at the start", n=wording.plain(e.without, 2, say))
    if e.unit.startswith("index"):
        return say("{n} on a scale from 0 to 1", n=wording.plain(e.without, 2, say))
    part = e.without * wording.scaled(e.unit)[0] / 100.0
    if wording.scaled(e.unit)[1].strip() == "%" and part > 0 and _ONE_IN[0] <= 1.0 / part <= _ONE_IN[1]:
        told += f" ({say('about 1 in {n}', n=round(1.0 / part))})"
    return told


def residents(c: Comparison) -> float:
    """Return how many residents there are in the middle of the years, with the package; 0 where that was not measured."""
    if "population" not in c.indicators:
        return 0.0
    return float(np.nanmean(np.median(c.values("population", "with"), axis=0)))


def of_100(amounts: Sequence[float]) -> list[int]:
    """Return amounts as whole per cents of all that add up to 100: what rounding leaves goes to the largest remainders."""
    exact = [100.0 * amount / sum(amounts) for amount in amounts] if sum(amounts) else [0.0] * len(amounts)
    whole = [math.floor(part) for part in exact]
    most = sorted(range(len(exact)), key=lambda n: whole[n] - exact[n])
    for n in most[: round(sum(exact)) - sum(whole)]:
        whole[n] += 1
    return whole
