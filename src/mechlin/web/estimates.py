"""The estimate before any run: what it says, in the page's language, and how it is kept ready."""

import threading
from typing import Any

from mechlin.core.clock import month_number
from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.runs.pool import Job
from mechlin.statistics.foretelling import Told
from mechlin.study.asked import AS_IT_WENT
from mechlin.study.foretold import Estimate
from mechlin.study.lessons import lesson_specs, lessons
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench

_SELDOM = "votes."  # told in years of an election alone, so not always in the last one
_LOOKS_AGAIN = 5.0  # seconds between two looks whether there is more to learn from


def estimated(bench: Bench, scenario: Scenario, say: Language) -> dict[str, Any]:
    """Return the estimate for a scenario as sentences and numbers; where there is none, why."""
    found = bench.estimate(scenario)
    cards = bench.cards[0]
    told = []
    last = scenario.until[:4]
    for name, one in sorted(found.told.items(), key=lambda item: item[1].low < 0.0 < item[1].high):  # a direction first
        card = cards[name]
        named = " ".join([wording.name_of(card.title, say), *_unit(card.unit, say)])
        when = f"over {bench.city.start[:4]} to {last}" if card.adds_up else f"in {last}"
        when = "" if name.startswith(_SELDOM) else f", {wording.span_of(when, say)}"
        factor, _ = wording.scaled(card.unit)
        told.append(
            {
                "name": name,
                "title": f"{named}{when}",
                "text": _text(one, card.unit, say),
                "middle": one.middle * factor,
                "ends": [one.middle_low * factor, one.middle_high * factor],
            }
        )
    outside = any(one.outside for one in found.told.values())
    return {
        "told": told,
        "said": _said(found.packages, found.pairs, say) if told else "",
        "outside": say("More of a measure is asked than was ever run: the ranges are wider.") if outside else "",
        "why": "" if told else _why(bench, found, say),
    }


def _unit(unit: str, say: Language) -> list[str]:
    """Return in brackets what a bare number would leave the reader to guess."""
    beside = wording.beside_title(unit)
    return [f"({say(beside)})"] if beside else []


def _text(one: Told, unit: str, say: Language) -> str:
    """Return a number as text: a middle only where the range lies on one side of zero."""
    if one.low < 0.0 < one.high:
        factor, _ = wording.scaled(unit)
        places = wording.places_for(one.middle * factor, one.low * factor, one.high * factor, unit)
        return say("{ends}: cannot tell", ends=wording.ends(one.low, one.high, unit, places, say))
    return say("about {gap}", gap=wording.difference(one.middle, one.low, one.high, unit, say))


def _said(packages: int, pairs: int, say: Language) -> str:
    return say(
        "From {packages} other packages that were run here, in {pairs} pairs of runs. Each range is to hold four worlds in "
        "five.",
        packages=packages,
        pairs=pairs,
    )


def _why(bench: Bench, found: Estimate, say: Language) -> str:
    """Return why nothing is estimated, in a sentence; nothing where there is nothing to estimate."""
    if found.unknown:
        names = ", ".join(say(bench.titles[name]) for name in found.unknown)
        return say("No estimate: no package with this has been run here: {names}.", names=names)
    if found.why == "same":
        return ""
    return say("No estimate yet: too few other packages have been run here, until this month.")


class Learning:
    """A thread that reads stored runs, fits anew as runs come, and has lessons run while nobody asks."""

    def __init__(self, bench: Bench, count: int = 0) -> None:
        """Start; ``count`` packages to learn from are run as spare work."""
        self._bench, self._count = bench, count
        self._thread = threading.Thread(target=self._learn, name="learn", daemon=True)
        self._thread.start()

    def _learn(self) -> None:
        bench, until = self._bench, self._bench.ground.opens_with.until
        bench.stock.load(bench.pool.store, lambda: not bench.pool.closed)
        if self._count:
            went = bench.presets.get(AS_IT_WENT)
            found = lessons(bench.city, bench.controls, went.settings if went else {}, self._count)
            bench.pool.submit(Job(lesson_specs(bench.city, found, until), lambda: None, spare=True), bench.city)
        ring = threading.Event()
        while not bench.pool.closed:
            for months in {month_number(until) - month_number(bench.city.start) + 1, *bench.horizons}:
                bench.stock.learn(months)
            ring.wait(_LOOKS_AGAIN)
