"""What the page shows of the runs that are there: sentences, charts, a map, money, all in the page's language.

The charts are those of the report, as Vega-Lite specifications; the sentences speak of a difference only where the
verdict does. Before there are enough pairs everything is called quick, and no finding is claimed.
"""

import math
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from mechlin.engine.cards import said
from mechlin.report import doubt, wording
from mechlin.report.sections import DISPLACED
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair
from mechlin.statistics.intervals import FEWEST_PAIRS, by_chance, held
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench


@cache
def templates() -> jinja2.Environment:
    """Return the page's templates; what stands in them is escaped unless it is ours."""
    loader = jinja2.FunctionLoader(lambda name: (files("mechlin.web") / "page" / name).read_text(encoding="utf-8"))
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, cache_size=50)


def rendered(name: str, **values: Any) -> str:
    """Return a template filled in."""
    return templates().get_template(name).render(**values)


def answer(bench: Bench, scenario: Scenario, pairs: list[Pair], say: Language) -> dict[str, Any]:
    """Return what comes first: the curves and findings of the main numbers."""
    shown = shown_of(bench, scenario, pairs[0][0].series)
    found = bench.rehearsal(scenario, pairs, shown)
    c, observed = found.comparison, found.observed
    quick, package = len(pairs) < FEWEST_PAIRS, sorted(scenario.settings)
    return {
        "pairs": len(pairs), "of": scenario.runs, "quick": quick,
        "runs": [[one.spec.id(), other.spec.id()] for one, other in pairs],
        "charts": [_chart(bench, c, name, observed.get(name, []), say, package) for name in shown],
        "money": {row["programme"]: wording.eur(row["eur"], say) for row in c.costs("programme")},
        "html": {
            "findings": rendered("findings.html", say=say, quick=quick, **_findings(c, shown, say, False)),
            "caption": caption(say, len(pairs)),
        },
    }  # fmt: skip


def beside(bench: Bench, scenario: Scenario, pairs: list[Pair], say: Language, whole: bool) -> dict[str, Any]:
    """Return what follows: map, people, money and measures; when ``whole``, every number has been looked through."""
    areas = pairs[0][0].areas
    place = scenario.map if scenario.map in areas else next(iter(areas), "")
    moved = [n for n in DISPLACED if n in pairs[0][0].series]
    found = bench.rehearsal(scenario, pairs, None if whole else {*moved, *([place] if place else [])})
    c = found.comparison
    titles = {name: say(title) for name, title in bench.titles.items()}
    html = {
        "people": rendered("people.html", say=say, paid=_paid(c, say), moved=_findings(c, moved, say, False)),
        "money": rendered("money.html", say=say, **_money(c, titles, say)),
        "reached": rendered("reached.html", say=say, rows=_reached(c, titles, say, bench), notes=c.notes),
        "shares": _shares(bench, scenario, titles, say),
    }  # fmt: skip
    if whole:
        shown, quick = shown_of(bench, scenario, pairs[0][0].series), len(pairs) < FEWEST_PAIRS
        html["findings"] = rendered("findings.html", say=say, quick=quick, **_findings(c, shown, say, True))
    maps = {show: bench.drawings.map(c, place, show, say) for show in ("with", "difference")} if place else None
    return {
        "html": html, "costs": bench.drawings.costs(c, titles, say) if c.costs() else None,
        "map": {
            "name": place, "title": wording.name_of(c.card(place).title, say), "specs": maps,
            "years": [int(c.years[0]), int(c.years[-1])],
        } if maps else None,
    }  # fmt: skip


def shown_of(bench: Bench, scenario: Scenario, there: Collection[str]) -> list[str]:
    """Return which of the numbers that are there the page draws: those asked for, then the headline ones."""
    first = [n for n, card in bench.cards[0].items() if card.headline and n in there] or list(there)[:6]
    return [*dict.fromkeys([*(n for n in scenario.show if n in there), *first])]


def _chart(bench: Bench, c: Any, name: str, seen: list[Any], say: Language, package: Iterable[str]) -> dict[str, Any]:
    card, e = c.card(name), c.effect(name)
    title = wording.name_of(card.title, say)
    clear = e is not None and e.verdict in ("up", "down")
    better = {"up": "higher is better", "down": "lower is better"}.get(card.better, "")
    parts = [("Unit", say(card.unit)), ("Counts", say(card.numerator)), ("Out of", say(card.denominator)),
             ("Better", say(better)), ("Source", card.source)]  # fmt: skip
    factor, behind = wording.scaled(card.unit)
    low, middle, high = (side * factor for side in c.band(name, "with"))
    last = [float(v) for v in middle if math.isfinite(v)]
    return {
        "name": name, "title": title, "spec": bench.drawings.lines(c, name, seen, say), "clear": clear,
        "sentence": wording.finding(card.title, e, say) if e is not None else "",
        "verdict": say(e.verdict) if e is not None else "",
        "card": [[say(label), text] for label, text in parts if text],
        "rests": wording.rests(doubt.rests_on(name, package), say), "spread": wording.spread(e.parts if e else None, say),
        "observed": bool(seen), "unit": behind.strip() or say(card.unit), "factor": factor,
        "last": last[-1] if last else None, "first": last[0] if last else None,
        "range": [_ending(low), _ending(high)],
    }  # fmt: skip


def _ending(values: Any) -> float | None:
    last = [float(v) for v in values if math.isfinite(v)]
    return last[-1] if last else None


def _findings(c: Any, names: Iterable[str], say: Language, whole: bool) -> dict[str, Any]:
    found = [(n, e) for n in names if n in c.indicators and (e := c.effect(n)) is not None]

    def one(name: str, e: Any) -> dict[str, Any]:
        better = c.card(name).better
        good = {"up": e.verdict == "up", "down": e.verdict == "down"}.get(better)
        return {"name": name, "text": wording.finding(c.card(name).title, e, say), "verdict": e.verdict, "good": good}

    unclear = [
        {"title": wording.name_of(c.card(n).title, say), "span": wording.span_of(e.span, say), "gap": wording.gap(e, say)}
        for n, e in found if e.verdict == "cannot tell"
    ]  # fmt: skip
    others = c.clear_others() if whole else []
    names = {n for n, _ in found}
    return {
        "told": [one(n, e) for n, e in found if e.verdict in ("up", "down")],
        "same": [wording.name_of(c.card(n).title, say) for n, e in found if e.verdict == "no change"],
        "unclear": unclear, "pairs": len(c.pairs), "whole": whole,
        "others": [one(e.indicator, e) for e in others if e.indicator not in names],
        "rest": len(c.indicators) - len(names),
        "chance": f"{100 * by_chance(len(c.pairs)):.2g}" if by_chance(len(c.pairs)) > 0.005 else "",
    }  # fmt: skip


def caption(say: Language, pairs: int) -> str:
    """Return how the comparison was made."""
    if pairs < 2:
        return say("One pair of runs: no range, so no finding. More pairs follow.")
    return say(
        "{pairs} pairs of runs. Both worlds of a pair have the same residents, the same random numbers and the same "
        "beliefs about what nobody knows; only the package differs. In brackets: between which {share} % of further "
        "pairs would lie.", pairs=pairs, share=round(100 * held(pairs)),
    )  # fmt: skip


def _paid(c: Any, say: Language) -> list[list[str]]:
    return [
        [wording.payer(r["payer"], say), wording.eur(r["eur"], say), wording.eur_range(r, say)]
        for r in c.costs("payer")
    ]


def _money(c: Any, titles: dict[str, str], say: Language) -> dict[str, Any]:
    total, against = c.costs(), c.costs(side="without")
    years = {"first": int(c.years[0]), "last": int(c.years[-1])}
    return {
        "total": wording.eur(total[0]["eur"], say) if total else "", "years": years,
        "against": wording.eur(against[0]["eur"], say) if against else "",
        "rows": [
            [titles.get(r["programme"], r["programme"]), wording.payer(r["payer"], say),
             say.of("kind", r["kind"]), wording.eur(r["eur"], say), wording.eur_range(r, say)]
            for r in c.costs("programme", "payer", "kind")
        ],
    }  # fmt: skip


def _reached(c: Any, titles: dict[str, str], say: Language, bench: Bench) -> list[list[str]]:
    enrols = {control.name: control.enrols for control in bench.controls}
    spent = {r["programme"]: r["eur"] for r in c.costs("programme")}
    rows = []
    for name, counts in sorted(c.reached().items()):
        most = wording.plain(max(counts, default=0.0), 0, say)
        enrolled = say.of("enrolled", enrols.get(name, ""))
        rows.append([
            titles.get(name, name), f"{most} {enrolled}",
            wording.eur(spent.get(name, 0.0), say), say(said(name, "Expect")),
        ])  # fmt: skip
    return rows


def _shares(bench: Bench, scenario: Scenario, titles: dict[str, str], say: Language) -> str:
    found = bench.attribution(scenario)
    base = bench.presets[scenario.base]
    changed = scenario.settings != base.settings
    command = f"mechlin attribute {bench.city.name} --package {'package.toml' if changed else scenario.base}"
    tables = []
    for name, card in (found or {"indicators": {}})["indicators"].items():
        mine = [s for s in found["shares"] if s["indicator"] == name] if found else []
        rows = []
        for s in sorted(mine, key=lambda s: -abs(s["share"])):
            carried = wording.difference(s["share"], s["low"], s["high"], card["unit"], say)
            measure = titles.get(s["measure"], s["measure"])
            rows.append([measure, carried, say(s["verdict"]), wording.eur(s["cost_eur"], say)])
        tables.append({"title": wording.name_of(card["title"], say), "rows": rows})
    return rendered("shares.html", say=say, tables=tables, command=command, changed=changed,
                    method=found["method"] if found else "")  # fmt: skip
