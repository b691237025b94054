"""Numbers, verdicts and findings in words, as a council member reads them, in each language of the catalogue.

Every sentence about a difference, an amount of money or its doubt is made here, once, for the file, the workbench and
the terminal alike. English unless another language is given; digits are rounded once, so they are the same in all.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Protocol

from mechlin.report.texts import ENGLISH, Language
from mechlin.statistics.intervals import FEWEST_APART, held

_COUNTED = (
    "persons",
    "households",
    "homes",
    "births",
    "deaths",
    "contracts",
    "hours",
    "offences",
    "votes",
    "facts",
    "children",
    "premises",
    "cases",
    "families",
    "pairs",
    "shops",
    "sign",
)
_BIG = ((1e9, 2, "EUR {n} billion"), (1e6, 1, "EUR {n} million"))
_FIGURES = 4  # of a number whose kind is not known
_THOUSANDS_FROM = 1e5  # from this amount on euros are told by the thousand
_FORMS = {
    (True, True): "{title}: {amount} more {span} with the package",
    (True, False): "{title}: {amount} fewer {span} with the package",
    (False, True): "{title}: {amount} higher {span} with the package",
    (False, False): "{title}: {amount} lower {span} with the package",
}
_MAY_BE_LUCK = (
    "Cannot tell whether the package makes a difference to {title} {span}: these pairs lie from {range}, but among so many "
    "numbers that may be luck, or too little to matter"
)
BACKGROUND = r"[A-Z]\w*(?: [A-Z]\w*)*|\w+"  # a name as titles write it: "Maghreb", "North Africa", "other"
_PAYERS = {"city": "the city", "region": "the region", "residents": "the residents"}


class Finding(Protocol):
    """A difference with its interval and verdict: an effect of a comparison, for one."""

    @property
    def unit(self) -> str:
        """The unit of the indicator."""

    @property
    def span(self) -> str:
        """When: "in 2018" or "over 2001 to 2018"."""

    @property
    def difference(self) -> float:
        """What the package adds."""

    @property
    def low(self) -> float:
        """The lower end of its interval; NaN where there is none."""

    @property
    def high(self) -> float:
        """The upper end."""

    @property
    def verdict(self) -> str:
        """Up, down, too small to matter, no change, cannot tell, or provisional."""


# ---------------------------------------------------------------------------------------------- units


def is_count(unit: str) -> bool:
    """Return whether the unit counts people or things."""
    return unit in _COUNTED


def scaled(unit: str) -> tuple[float, str]:
    """Return by what a number of this unit is multiplied for reading, and the unit written behind it."""
    if unit == "share":
        return 100.0, " %"
    if unit.startswith("%"):
        return 1.0, " %"
    if unit == "EUR/month":
        return 1.0, " EUR a month"
    return 1.0, ""


def beside_title(unit: str) -> str:
    """Return the unit where a bare number would leave the reader to guess it: rates and indices."""
    return unit if unit.startswith(("per ", "index,")) else ""


def _behind(unit: str, say: Language, points: str = "%") -> str:
    """Return what stands behind a number; ``points`` is what a difference of per cents is called."""
    behind = scaled(unit)[1].strip()
    told = points if behind == "%" else behind
    return f" {told if told == '%' else say(told)}" if told else ""


# -------------------------------------------------------------------------------------------- numbers


def places_for(value: float, low: float, high: float, unit: str = "") -> int:
    """Return with how many decimals a figure and its interval are written; below zero they are rounded to tens or more.

    As finely as the interval allows: it spans at least five steps of what is written, at least ten where these are tens,
    and no step is finer than the unit's. Without an interval two figures of the value are shown.
    """
    finest = _finest(unit)
    width = abs(high - low)
    if not (math.isfinite(width) and width > 0.0):
        size = max((abs(v) for v in (value, low, high) if math.isfinite(v)), default=0.0)
        whole = size == 0.0 or (value == low == high and value == round(value))
        return 0 if whole else max(0, min(finest, 1 - math.floor(math.log10(size))))
    decimals = -math.floor(math.log10(width / 5.0))
    if decimals < 0:
        decimals = min(0, -math.floor(math.log10(width / 10.0)))
    while decimals < 0 and round(value, decimals) == 0.0 != round(value):
        decimals += 1
    return min(finest, decimals)


def _finest(unit: str) -> int:
    """Return how many decimals a difference of this unit may have at most; those of its level, and one more of per cents."""
    if scaled(unit)[1].strip() == "%":
        return 2
    if unit.startswith("per "):
        return 2
    return 0 if is_count(unit) or unit == "EUR/month" else 3


def plain(value: float, decimals: int, say: Language = ENGLISH) -> str:
    """Return a number with thousands separated, a true minus sign, and no minus before zero.

    ``decimals`` below zero round to tens, hundreds and so on.
    """
    if not math.isfinite(value):
        return "–"
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}" if decimals < 0 else f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text.replace(",", "")) == 0 else "−" + text[1:]
    return say.marked(text)


def per_cent(share: float, say: Language = ENGLISH, decimals: int = 0) -> str:
    """Return a share as a per cent: "38 %"."""
    return f"{plain(100.0 * share, decimals, say)} %"


def figure(value: float, say: Language = ENGLISH) -> str:
    """Return a number of any kind with four figures at most: "0.0125", "2.5", "12,345"."""
    if not math.isfinite(value) or value == 0.0:
        return plain(value, 0, say)
    most = max(0, _FIGURES - 1 - math.floor(math.log10(abs(value))))
    _, _, behind = f"{value:.{most}f}".partition(".")
    return plain(value, len(behind.rstrip("0")), say)


def level(value: float, unit: str, say: Language = ENGLISH) -> str:
    """Return how high an indicator stands: "12.3 %", "78,268", "1.042"."""
    factor, _ = scaled(unit)
    return plain(value * factor, _decimals(unit), say) + (_behind(unit, say) if math.isfinite(value) else "")


def change(value: float, unit: str, say: Language = ENGLISH) -> str:
    """Return how far an indicator has moved, as finely as its level is shown: "+1,200", "−4.8 points"."""
    factor, _ = scaled(unit)
    points = _behind(unit, say, "points") if math.isfinite(value) else ""
    return f"{'+' if value > 0 else ''}{plain(value * factor, _decimals(unit), say)}{points}"


def _decimals(unit: str) -> int:
    if is_count(unit) or unit == "EUR/month":
        return 0
    if unit.startswith("per "):
        return 2
    return 1 if scaled(unit)[1] else 3


def difference(value: float, low: float, high: float, unit: str, say: Language = ENGLISH) -> str:
    """Return a difference with its interval: "+310 (120 to 480)", "−0.8 (−1.2 to −0.3) points"."""
    factor, _ = scaled(unit)
    decimals = places_for(value * factor, low * factor, high * factor, unit)
    told = plain(value * factor, decimals, say)
    sign = "+" if value > 0 and _shown(value * factor, decimals) else ""
    return f"{sign}{told}{between(low, high, unit, decimals, say)}{_behind(unit, say, 'points')}"


def between(low: float, high: float, unit: str, decimals: int, say: Language = ENGLISH) -> str:
    """Return " (120 to 480)"; nothing where there is no interval, and that pairs agree where both ends are alike."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor, _ = scaled(unit)
    if round(low * factor, decimals) == round(high * factor, decimals) != 0.0:
        return f" ({say('the same in at least four pairs of five')})"
    return f" ({ends(low, high, unit, decimals, say)})"


def ends(low: float, high: float, unit: str, decimals: int, say: Language = ENGLISH) -> str:
    """Return "120 to 480"; an end that is not zero is not written as zero, and two that are alike are written once."""
    factor, _ = scaled(unit)
    one, other = low * factor, high * factor
    if not _shown(one, decimals) and not _shown(other, decimals) and (one or other):
        return say("less than {n} either way", n=plain(10.0**-decimals, decimals, say))
    inside = say("just above 0") if one > 0 else say("just below 0")
    told = [
        inside if one * other > 0 and not _shown(end, decimals) else plain(end, decimals, say) for end in (one, other)
    ]
    return told[0] if told[0] == told[1] else say("{low} to {high}", low=told[0], high=told[1])


def _shown(value: float, decimals: int) -> bool:
    """Return whether anything but zero is left of a number as it is written."""
    return math.isfinite(value) and round(value, decimals) != 0.0


def gap(e: Finding, say: Language = ENGLISH) -> str:
    """Return the difference of a finding with its interval; where every pair agrees, that it is exactly 0."""
    if e.verdict == "no change" or (e.verdict == "provisional" and not (e.difference or e.low or e.high)):
        return say("exactly 0")
    return difference(e.difference, e.low, e.high, e.unit, say)


# ------------------------------------------------------------------------------------------ sentences


def finding(title: str, e: Finding, say: Language = ENGLISH) -> str:
    """Return a finding about the indicator of that title as a sentence; see :func:`sentence`."""
    return sentence(title, e.unit, e.span, e.verdict, e.difference, e.low, e.high, say)


def sentence(
    title: str, unit: str, span: str, verdict: str, value: float, low: float, high: float, say: Language = ENGLISH
) -> str:
    """Return a finding as a sentence; it speaks of a difference only when the interval excludes zero."""
    named, when = name_of(title, say), span_of(span, say)
    if beside := beside_title(unit):
        named += f" ({say(beside)})"
    factor, _ = scaled(unit)
    decimals = places_for(value * factor, low * factor, high * factor, unit)
    if verdict == "no change":
        return say("{title}: exactly the same with the package as without, in every pair of runs", title=named)
    behind = _behind(unit, say, "percentage points")
    if verdict in ("too small to matter", "provisional"):
        if not (math.isfinite(low) and math.isfinite(high)):
            return say("{title} {span}: provisional, no range yet", title=named, span=when)
        form = "{title} {span}: {range}, too small a difference to matter"
        if verdict == "provisional":
            form = "{title} {span}: provisional, so far {range}"
        told = ends(low, high, unit, decimals, say) + behind if value or low or high else say("exactly 0")
        return say(form, title=named, span=when, range=told)
    if verdict == "cannot tell":
        inside = _lower(named)
        if not (math.isfinite(low) and math.isfinite(high)):
            return say("Cannot tell whether the package makes a difference to {title} {span}", title=inside, span=when)
        form = "Cannot tell whether the package makes a difference to {title} {span}: anything from {range}"
        if low * high > 0.0:
            form = _MAY_BE_LUCK
        return say(form, title=inside, span=when, range=ends(low, high, unit, decimals, say) + behind)
    while decimals < 6 and not _shown(value * factor, decimals):  # what is said to differ is not shown as nothing
        decimals += 1
    amount = plain(abs(value) * factor, decimals, say) + behind
    near, far = sorted((abs(low), abs(high)))
    told = say(_FORMS[is_count(unit), value > 0], title=named, amount=amount, span=when)
    return told + between(near, far, unit, decimals, say)


def name_of(title: str, say: Language = ENGLISH) -> str:
    """Return an indicator's title; of one made up of parts ("Moves, by chance alone: age 18 to 34") part by part."""
    if say.has(title):
        return say(title)
    for mark in (": ", ", "):
        stem, found, rest = title.rpartition(mark)
        if found:
            return f"{name_of(stem, say)}{mark}{group_of(rest, say)}"
    if group := re.fullmatch(rf"(.+) of background ({BACKGROUND})(.*)", title):
        return f"{name_of(f'{group[1]} of one background{group[3]}', say)}: {say(group[2])}"
    if group := re.fullmatch(r"(.+?) ((?:of |in income fifth |under )?\d.*)", title):
        return f"{name_of(group[1], say)}, {group_of(group[2], say)}"
    stem, found, _ = title.rpartition(" by area")
    return f"{name_of(stem, say)}, {say('by area')}" if found else say(title)


def group_of(text: str, say: Language) -> str:
    """Return a part of a title that names a group: a background, a fifth of incomes, an age."""
    if text.startswith("background "):
        return say("background {name}", name=say(text.removeprefix("background ")))
    if found := re.fullmatch(r"(?:in )?income fifth (\d)", text):
        return say("in income fifth {n}", n=found[1])
    if found := re.fullmatch(r"(?:of )?(\d+) to (\d+)", text):
        return say("of {low} to {high}", low=found[1], high=found[2])
    if found := re.fullmatch(r"(?:of )?(\d+) and over", text):
        return say("of {low} and over", low=found[1])
    return say(text)


def span_of(span: str, say: Language = ENGLISH) -> str:
    """Return "in 2018" or "over 2001 to 2018" in the language."""
    years = re.findall(r"\d{4}", span)
    if say.code == ENGLISH.code or not years:
        return span
    if len(years) > 1:
        return say("over {first} to {last}", first=years[0], last=years[1])
    return say("in {year}", year=years[0])


def _lower(title: str) -> str:
    """Return a title as it stands inside a sentence; names in capitals keep them."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


# ---------------------------------------------------------------------------------------------- doubt


def spread(parts: Mapping[str, float] | None, say: Language = ENGLISH) -> str:
    """Return how much of the spread of a difference is chance, knowledge and structure; '' when it cannot be told."""
    if not parts:
        return ""
    return say(
        "Of the spread about {chance} is chance, {knowledge} what nobody knows exactly and {structure} which disputed "
        "alternative holds.",
        **_percent(parts),
    )


def rests(shares: Mapping[str, float], say: Language = ENGLISH) -> str:
    """Return on what the numbers behind an effect rest, as a sentence; ``shares`` by strength of evidence."""
    return say(
        "Of the numbers behind it {firm} rest on firm evidence, {weak} on weak evidence and {assumption} on judgement alone.",
        **_percent(shares),
    )


def _percent(shares: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{round(100 * part)} %" for name, part in shares.items()}


def caption(pairs: int, full: int, beliefs: bool = True, say: Language = ENGLISH, more: bool = False) -> str:
    """Return how a comparison was made: of how many pairs, and how many a verdict asks for (``full``).

    Pairs differ in ``beliefs`` too, or only in chance; with ``more`` on their way the page says itself what is provisional.
    """
    if pairs < 2:
        ask = say("More pairs follow.") if more else say("Ask for more runs.")
        return f"{say('One pair of runs: no range, so no finding.')} {ask}"
    if beliefs:
        made = say(
            "{pairs} pairs of runs. Both worlds of a pair have the same residents, the same random numbers and the same "
            "beliefs about what nobody knows; only the package differs.",
            pairs=pairs,
        )
    else:
        made = say(
            "{pairs} pairs of runs. Both worlds of a pair have the same residents and the same random numbers; only the "
            "package differs.",
            pairs=pairs,
        )
    share = round(100 * held(pairs))
    if pairs < FEWEST_APART:
        ends = say(
            "In brackets: the smallest and the largest difference, between which {share} % of further pairs would lie.",
            share=share,
        )
    else:
        ends = say("In brackets: between which {share} % of further pairs would lie.", share=share)
    ends += " " + say(
        "Each column is the middle of all pairs, so that a difference need not be that of the two levels beside it."
    )
    if more or pairs >= full:
        return f"{made} {ends}"
    few = say("Provisional: {pairs} of {full} pairs, and no verdict before all are there.", pairs=pairs, full=full)
    return f"{made} {ends} {few}"


# ---------------------------------------------------------------------------------------------- money


def eur(value: float, say: Language = ENGLISH) -> str:
    """Return an amount of money: "EUR 1.2 million", "EUR 430,000", "EUR 5,400"."""
    size, sign = abs(value), "−" if value < 0 else ""
    for least, decimals, form in _BIG:
        if size >= least:
            fine = 0 if size >= 100.0 * least else decimals  # three figures are enough
            return sign + say(form, n=plain(size / least, fine, say))
    return sign + say("EUR {n}", n=plain(round(size, -3) if size >= _THOUSANDS_FROM else size, 0, say))


def eur_range(row: Mapping[str, Any], say: Language = ENGLISH) -> str:
    """Return between which amounts a row of a ledger lies, its ``low`` and ``high``; '' where they do not differ."""
    if math.isnan(row["low"]):
        return ""
    low, high = eur(row["low"], say), eur(row["high"], say)
    return say("{low} to {high}", low=low, high=high) if low != high else ""


def payer(name: str, say: Language = ENGLISH) -> str:
    """Return what a payer is called: "the city"."""
    return say.of("payer", _PAYERS.get(name, name))
