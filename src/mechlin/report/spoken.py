"""Findings as sentences in a language of the catalogue; in English the same sentences as in `wording`."""

import re

from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.study.comparison import Effect

_BIG = ((1e9, 1e9, 2, "EUR {n} billion"), (1e6, 1e6, 1, "EUR {n} million"))


def title(say: Language, text: str) -> str:
    """Return an indicator's title; of one made up of parts ("Moves, by chance alone: age 18 to 34") part by part."""
    if say.has(text):
        return say(text)
    for mark in (": ", ", "):
        stem, found, rest = text.rpartition(mark)
        if found:
            return f"{title(say, stem)}{mark}{say(rest)}"
    stem, found, _ = text.rpartition(" by area")
    return f"{title(say, stem)}, {say('by area')}" if found else text


def span(say: Language, text: str) -> str:
    """Return "in 2018" or "over 2001 to 2018" in the language."""
    years = re.findall(r"\d{4}", text)
    return say("over {first} to {last}", first=years[0], last=years[1]) if len(years) > 1 else say(
        "in {year}", year=years[0] if years else text
    )  # fmt: skip


def unit(say: Language, text: str) -> str:
    """Return what stands behind a number of this unit."""
    behind = wording.scaled(text)[1]
    return behind if behind == " %" else f" {say(behind.strip())}" if behind else ""


def level(say: Language, value: float, of: str) -> str:
    """Return how high an indicator stands."""
    bare = wording.level(value, of).removesuffix(wording.scaled(of)[1])
    return say.marked(bare) + (unit(say, of) if bare != "–" else "")


def difference(say: Language, e: Effect) -> str:
    """Return a difference with its interval."""
    if e.verdict == "no change":
        return say("exactly 0")
    behind = wording.scaled(e.unit)[1]
    text = wording.difference(e.difference, e.low, e.high, e.unit)
    for ending in (" points", behind):
        if ending and text.endswith(ending):
            text = text.removesuffix(ending)
            break
    else:
        ending = ""
    told = f" {say(ending.strip())}" if ending else ""
    return say.marked(text).replace(" to ", f" {say('to')} ") + told


def sentence(say: Language, name: str, e: Effect) -> str:
    """Return the finding as a sentence; it speaks of a difference only when the interval excludes nought."""
    named, when = title(say, name), span(say, e.span)
    if beside := wording.beside_title(e.unit):
        named += f" ({say(beside)})"
    factor, behind = wording.scaled(e.unit)
    decimals = wording.places_for(*(v * factor for v in (e.difference, e.low, e.high)))

    def number(value: float) -> str:
        return say.marked(wording.plain(value * factor, decimals))

    if e.verdict == "no change":
        return say("{title}: exactly the same with the package as without, in every pair of runs", title=named)
    if e.verdict == "cannot tell":
        inside = lowered(named)
        if e.low != e.low:
            return say("Cannot tell whether the package makes a difference to {title} {span}", title=inside, span=when)
        amount = say("{low} to {high}", low=number(e.low), high=number(e.high))
        amount += f" {say('percentage points')}" if behind == " %" else unit(say, e.unit)
        return say(
            "Cannot tell whether the package makes a difference to {title} {span}: anything from {range}",
            title=inside, span=when, range=amount,
        )  # fmt: skip
    counted = wording.is_count(e.unit)
    more = e.difference > 0
    amount = number(abs(e.difference)) + (f" {say('percentage points')}" if behind == " %" else unit(say, e.unit))
    ends = sorted((abs(e.low), abs(e.high)))
    within = f" ({say('{low} to {high}', low=number(ends[0]), high=number(ends[1]))})" if e.low == e.low else ""
    forms = {
        (True, True): "{title}: {amount} more {span} with the package",
        (True, False): "{title}: {amount} fewer {span} with the package",
        (False, True): "{title}: {amount} higher {span} with the package",
        (False, False): "{title}: {amount} lower {span} with the package",
    }
    return say(forms[counted, more], title=named, amount=amount, span=when) + within


def lowered(text: str) -> str:
    """Return a title as it stands inside a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def eur(say: Language, value: float) -> str:
    """Return an amount of money."""
    size, sign = abs(value), "−" if value < 0 else ""
    for least, by, decimals, form in _BIG:
        if size >= least:
            return sign + say(form, n=say.marked(f"{size / by:,.{decimals}f}"))
    return sign + say("EUR {n}", n=say.marked(f"{round(size, -3) if size >= 1e5 else size:,.0f}"))
