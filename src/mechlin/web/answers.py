"""What the page shows of the runs that are there: sentences, charts, a map, money, all in the page's language.

The charts are those of the report, as Vega-Lite specifications; the sentences speak of a difference only where the
verdict does. Before all pairs are there everything is called provisional, and no finding is claimed.
"""

import math
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from mechlin.report import doubt, everyday, wording
from mechlin.report.blocks.findings import findings
from mechlin.report.blocks.money import money
from mechlin.report.blocks.people import DISPLACED, people
from mechlin.report.blocks.reached import reached
from mechlin.report.blocks.shares import shares
from mechlin.report.blocks.summary import summary
from mechlin.report.definitions import definition_of
from mechlin.report.figures import said_below
from mechlin.report.templates import block_html, templates
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair
from mechlin.study.comparison import Comparison
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench

_MAP_FIRST = "areas.unsafe_share"  # what people first ask of a map
_TAGS = {"reconstructed": "reconstructed from larger areas", "official_outline": "counted, within its official outline"}


def rendered(name: str, **values: Any) -> str:
    """Return a template of the page filled in."""
    return templates("mechlin.web", "page").get_template(name).render(**values)


def answer(bench: Bench, scenario: Scenario, pairs: list[Pair], say: Language) -> dict[str, Any]:
    """Return what comes first: the curves and findings of the main numbers."""
    shown = shown_of(bench, scenario, pairs[0][0].series)
    found = bench.rehearsal(scenario, pairs, [*shown, *everyday.OUT_OF])
    c, observed = found.comparison, found.observed
    package = sorted(scenario.settings)
    return {
        "pairs": len(pairs),
        "of": scenario.runs,
        "provisional": c.provisional,
        "runs": [[one.spec.id(), other.spec.id()] for one, other in pairs],
        "charts": [_chart(bench, c, name, observed.get(name, []), say, package) for name in shown],
        "money": {row["programme"]: wording.eur(row["eur"], say) for row in c.costs("programme")},
        "html": {
            "summary": block_html(summary(c, shown, say), say),
            "findings": block_html(findings(c, shown, say), say),
            "caption": wording.caption(len(pairs), c.full, say=say, more=len(pairs) < scenario.runs),
        },
    }


def beside(bench: Bench, scenario: Scenario, pairs: list[Pair], say: Language, whole: bool) -> dict[str, Any]:
    """Return what follows: map, people, money and measures; when ``whole``, every number has been looked through."""
    areas = pairs[0][0].areas
    place = next((name for name in (scenario.map, _MAP_FIRST, *areas) if name in areas), "")
    attribution = bench.attribution(scenario)
    wanted = {*DISPLACED, *(attribution.indicators if attribution else ()), place}
    found = bench.rehearsal(scenario, pairs, None if whole else wanted)
    c = found.comparison
    titles = {name: say(title) for name, title in bench.titles.items()}
    html = {
        "people": block_html(people(c, titles, say), say),
        "money": block_html(money(c, titles, say), say),
        "reached": block_html(reached(c, titles, say), say),
        "shares": block_html(
            shares(c, attribution, say, bench.attribute_command(scenario), bench.needs_file(scenario)), say
        ),
    }
    if whole:
        shown = shown_of(bench, scenario, pairs[0][0].series)
        html["summary"] = block_html(summary(c, shown, say, others=True), say)
        html["findings"] = block_html(findings(c, shown, say, others=True), say)
    maps = {show: bench.drawings.map(c, place, show, say) for show in ("with", "difference")} if place else None
    return {
        "html": html,
        "costs": bench.drawings.costs(c, titles, say) if c.costs() else None,
        "map": {
            "name": place,
            "title": wording.name_of(c.card(place).title, say),
            "specs": maps,
            "years": [int(c.years[0]), int(c.years[-1])],
            **_by_area(bench, c, place, say),
        }
        if maps
        else None,
        "notes": {name: say(told) for name, _, told in (note.partition(": ") for note in c.notes) if name in titles},
    }


def _by_area(bench: Bench, c: Comparison, place: str, say: Language) -> dict[str, Any]:
    """Return what the card of an area says: numbers by year and area in the unit for reading, names, and what is counted."""
    effect, areas = c.area_effect(place), bench.city.areas
    factor, behind = wording.scaled(c.card(place).unit)
    numbers = {name: _plain(effect[name] * factor) for name in ("with", "without", "difference", "low", "high")}
    tags = areas["geometry_tag"].to_list() if "geometry_tag" in areas.columns else [""] * areas.height
    return {
        "areas": {**numbers, "clear": effect["clear"].tolist()},
        "names": list(bench.city.area_labels),
        "codes": areas["code"].to_list(),
        "tags": [say(_TAGS.get(str(tag), "nothing is said of how they came to be")) for tag in tags],
        "unit": behind.strip(),
        "pairs": len(c.pairs),
        "provisional": c.provisional,
    }


def _plain(values: np.ndarray) -> list[list[float | None]]:
    return [[float(f"{v:.4g}") if math.isfinite(v) else None for v in row] for row in values]


def shown_of(bench: Bench, scenario: Scenario, there: Collection[str]) -> list[str]:
    """Return which of the numbers that are there the page draws: those asked for, then the headline ones."""
    first = [n for n, card in bench.cards[0].items() if card.headline and n in there] or list(there)[:6]
    return [*dict.fromkeys([*(n for n in scenario.show if n in there), *first])]


def _chart(
    bench: Bench, c: Comparison, name: str, seen: list[dict[str, Any]], say: Language, package: Iterable[str]
) -> dict[str, Any]:
    card, e = c.card(name), c.effect(name)
    if e is not None and c.provisional:
        e = e._replace(verdict="provisional")  # of a number too that is the same so far
    title = wording.name_of(card.title, say)
    factor, behind = wording.scaled(card.unit)
    clear = e is not None and e.verdict in ("up", "down")
    better = {"up": "higher is better", "down": "lower is better"}.get(card.better, "")
    parts = [
        ("Unit", say(card.unit)),
        ("Counts", definition_of(card.numerator, say)),
        ("Out of", definition_of(card.denominator, say)),
        ("Better", say(better)),
        ("Source", say(card.source)),
    ]
    low, middle, high = (side * factor for side in c.band(name, "with"))
    last = [float(v) for v in middle if math.isfinite(v)]
    return {
        "name": name,
        "title": title,
        "spec": bench.drawings.lines(c, name, seen, say),
        "difference": bench.drawings.difference(c, name, say),
        "clear": clear,
        "below": said_below(len(c.pairs), bool(seen), say),
        "sentence": wording.finding(card.title, e, say) if e is not None else "",
        "gap": wording.gap(e, say) if e is not None else "",
        "effect": _finite(e.difference * factor) if e is not None else None,
        "verdict": say(e.verdict) if e is not None else "",
        "card": [[say(label), text] for label, text in parts if text],
        "rests": wording.rests(doubt.rests_on(name, package), say),
        "spread": wording.spread(e.parts if e else None, say),
        "observed": bool(seen),
        "unit": behind.strip() or say(card.unit),
        "factor": factor,
        "last": last[-1] if last else None,
        "first": last[0] if last else None,
        "range": [_ending(low), _ending(high)],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _ending(values: np.ndarray) -> float | None:
    last = [float(v) for v in values if math.isfinite(v)]
    return last[-1] if last else None
