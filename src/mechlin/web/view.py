"""The page as it is sent: everything that is known before any run, in the reader's language."""

import json
from typing import Any

from mechlin.report import wording
from mechlin.report.texts import LANGUAGES, Language, language, what_is_missing
from mechlin.study.controls import PILLARS, Control
from mechlin.study.scenario import Package
from mechlin.web.address import RUNS, Scenario
from mechlin.web.answers import rendered
from mechlin.web.bench import Bench
from mechlin.web.measured import has_panels

_STRENGTH = {"firm": "Firm at best.", "weak": "Weak at best.", "assumption": "None was found."}
BANDS = ("none", "pilot", "usual", "large")
_LARGE = {"homes": "every home that can be", "areas": "everywhere", "schools": "every school"}
# What the page's own modules say; every text of the page stands in a template, here, or in a declaration.
SPOKEN = {
    "steady": "{n} {unit}, steady",
    "series": "year by year, on average {n} {unit}",
    "off": "off",
    "no_end": "no end",
    "phases": "In {n} phases, of which this is the first. Moved by hand, only this one stays.",
    "running": "Pairs of runs: {pairs} of {of}",
    "first": "First pair of runs",
    "queue": "In the queue: {n} runs of others come first",
    "ready": "Ready. Pairs of runs: {of}",
    "provisional": "Provisional: no verdict before all pairs are there",
    "failed": "The workbench does not answer. Is it still running?",
    "trying": "No answer. The page tries again in {n} s.",
    "newer": "The workbench is back, in another version. Load the page anew to have its controls too.",
    "refused": "These measures were refused. The reason stands at the top.",
    "copied": "Address copied",
    "large_file": "{name} is too large for a package file; at most 1 MB.",
    "without_only": "The answer is hidden until you reveal it.",
    "not_yet": "The answer to this package is being computed: pairs {pairs} of {of}.",
    "guess": "the room’s guess",
    "guessed": "The room guessed {guess}; the model says {value} ({low} to {high}).",
    "guessed_one": "The room guessed {guess}; the model says {value}.",
    "changed": "changed",
    "idle": "This measure changes nothing here: {why}",
    "idle_size": "its size is the one at which it does nothing.",
    "idle_dates": "its dates lie outside the years that are run.",
    "idle_same": "the world it is held against has the same.",
    "only": "Only here: {area}",
    "choose": "Choose two or three packages.",
    "told": "a direction can be told",
    "not_told": "cannot tell",
    "from_to": "{value} ({low} to {high})",
    "estimate": "Estimate from stored runs, not a run",
    "estimate_held": "How far off the estimate was: {inside} of {of} main numbers lie where it expected their middle",
    "estimate_line": "{title}: {text}",
    "estimate_row": "{title}: estimated {text}; the runs say {gap}; {off} apart",
    "stopped_here": "This page’s work was stopped.",
    "with": "with",
    "without": "without",
}


def page(bench: Bench, scenario: Scenario, say: Language, wrong: list[str]) -> str:
    """Return the whole page for a scenario."""
    data = json.dumps(start(bench, scenario, say), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    by_pillar = [(p, [c for c in bench.controls if c.pillar == p]) for p in PILLARS]
    return rendered(
        "page.html",
        say=say,
        city=bench.city,
        stamp=stamp(bench),
        data=data,
        wrong=wrong,
        languages=LANGUAGES,
        in_part=what_is_missing(say),
        pillars=[(say.of("pillar", p), p, [_control(c, say) for c in cs]) for p, cs in by_pillar if cs],
        presets=[(name, _named(name, package, say)) for name, package in bench.presets.items()],
        scenario=scenario,
        cards=[(n, wording.name_of(c.title, say)) for n, c in bench.cards[0].items()],
        maps=[(n, wording.name_of(c.title, say)) for n, c in bench.cards[1].items()],
        years=_years(bench),
        version=bench.version,
        bands=BANDS,
        measured=has_panels(bench),
        rough=bench.city.outlines is None,
    )


def _named(name: str, package: Package, say: Language) -> str:
    return say(package.title) if package.title else name


def _years(bench: Bench) -> list[int]:
    first, last = bench.years
    return list(range(first, min(last, first + 40) + 1))


def _control(c: Control, say: Language) -> dict[str, Any]:
    """Return what the template shows of a measure."""
    large = say.of("band", _LARGE.get(c.enrols, "large"))
    bands = {
        "none": say.of("band", "none"),
        "pilot": say.of("band", "pilot"),
        "usual": say.of("band", c.usual),
        "large": large,
    }
    return {
        "name": c.name,
        "title": say(c.title),
        "bands": bands,
        "strength": say(_STRENGTH[c.strength]),
        "said": [(say(word), say(text), say.has(text)) for word, text in c.said.items()],
        "findings": [(say(f.finding), say(f.source), say.of("strength", f.strength)) for f in c.findings],
        "guesses": say("{guesses} of {numbers} numbers rest on judgement alone.", guesses=c.guesses, numbers=c.numbers),
        "doses": [
            {
                "name": d.name,
                "meaning": say(d.meaning),
                "unit": say(d.unit),
                "low": d.low,
                "high": d.high,
                "step": d.step,
                "least": d.least,
                "most": d.most,
                "fine": 1 if d.step == 1 else "any",
                "marks": sorted(set(d.bands.values())),
            }
            for d in c.doses
        ],
    }


def start(bench: Bench, scenario: Scenario, say: Language) -> dict[str, Any]:
    """Return what the page's modules start from: measures, packages, the scenario, their words."""
    measures = {
        c.name: {
            "title": say(c.title),
            "series_in_band": {d.name: d.series for d in c.doses},
            "bands": {band: {d.name: d.bands[band] for d in c.doses} for band in BANDS},
            "units": {d.name: say(d.unit) for d in c.doses},
            "by_area": c.enrols == "areas",
            "defaults": {d.name: d.default for d in c.doses},
        }
        for c in bench.controls
    }
    first = bench.ground.opens_with
    return {
        "city": bench.city.name,
        "version": bench.version,
        "city_hash": bench.city.hash,
        "lang": say.code,
        "locale": str(say.locale).replace("_", "-"),
        "measures": measures,
        "start": bench.city.start,
        "areas": dict(zip(bench.city.areas["code"], bench.city.areas["name"], strict=True)),
        "presets": {name: p.settings for name, p in bench.presets.items()},
        "titles": {name: p.title or name for name, p in bench.presets.items()},
        "opens_with": {"base": first.base, "until": first.until, "runs": RUNS, "against": first.against},
        "scenario": {
            "base": scenario.base,
            "settings": scenario.settings,
            "until": scenario.until,
            "runs": scenario.runs,
            "title": scenario.title,
            "show": list(scenario.show),
            "map": scenario.map,
            "against": scenario.against,
        },
        "words": {key: say(text) for key, text in SPOKEN.items()},
        "stamp": stamp(bench),
        "city_given": bench.given,
        "base_words": {n: _named(n, p, say) for n, p in bench.presets.items()},
        "page_words": {
            "numbers": say("The numbers, and what they mean"),
            "costs": say("Cost by measure and year, in millions of euros"),
            "open": say("Open"),
            "remove": say("Remove"),
            "difference": say("difference"),
            "points": say("points"),
            "told": say("How sure"),
            "tables": say("The figures of its first year"),
            "columns": [say(word) for word in ("Year", "world", "value", "low", "high")],
            "save_first": say("Save the package file first"),
            "against_file": say("what it is held against has no name of its own there: save it as a file too"),
        },
        "marks": [say.marked(","), say.marked(".")],
    }


def stamp(bench: Bench) -> str:
    """Return what the addresses of the page's files carry, so that a browser keeps them and yet never an old one."""
    return bench.version.rpartition("+")[2] + bench.city.hash[:6]


def other_version(given: dict[str, str], bench: Bench, say: Language) -> list[str]:
    """Return what differs when an address was made under another version of the model or of the city."""
    told = []
    version, city = given.get("v", ""), given.get("c", "")
    if version and version != bench.version:
        release, _, source = version.partition("+")
        ours, _, our_source = bench.version.partition("+")
        told.append(
            say(
                "This link was made with Mechlin {theirs}, and this is {ours}: the same settings may give other digits.",
                theirs=version[:60],
                ours=bench.version,
            )
            if release != ours or not source or not our_source
            else say(
                "This link was made with the same release of Mechlin but other source ({theirs}, here {ours}): the same "
                "settings may give other digits.",
                theirs=source[:40],
                ours=our_source,
            )
        )
    if city and not bench.city.hash.startswith(city):
        told.append(say("The tables of {city} have changed since this link was made.", city=bench.city.title))
    return told


def outlines(bench: Bench) -> list[dict[str, Any]]:
    """Return the outline of every area, to the metre."""
    from mechlin.report.report import rounded
    from mechlin.study.scenario import shapes_of

    return [{**f["geometry"], "coordinates": rounded(f["geometry"]["coordinates"])} for f in shapes_of(bench.city)]


def locked() -> str:
    """Return the page for whoever has no token, in all languages."""
    says = [language(code) for code in LANGUAGES]
    return rendered("locked.html", says=says)
