"""What a name means: programmes, mechanisms, indicators and their numbers, in words and tables."""

import inspect
from pathlib import Path
from typing import Any

from mechlin import indicators, measures, mechanisms
from mechlin.core.declare import Declared, Indicator, Mechanism, Programme, Transport, declared
from mechlin.core.errors import UsageError, nearest
from mechlin.evidence.registry import evidence

_TABLE_OF = {"people": "residents", "households": "households", "homes": "homes", "areas": "areas", "city": "the city"}


def explanation(name: str, city: str = "mechelen") -> dict[str, Any]:
    """Return what ``name`` means: kind, text, parameters (rows of a table) and sources.

    A parameter may be named alone or as "owner.parameter"; a package is one of the ``city`` or a file. Raises UsageError
    with the nearest known name.
    """
    from mechlin.city.tables.countries import country_of
    from mechlin.city.tables.sources import load_city
    from mechlin.cli.explain_country import country_text

    owners: dict[str, Programme | Mechanism] = {**measures.catalogue(), **mechanisms.catalogue()}
    cards = indicators.catalogue()
    if name in owners:
        thing = owners[name]
        rows = [{**row, "name": row["name"].partition(".")[2]} for row in parameters({name: thing})]
        kind = "a programme" if isinstance(thing, Programme) else "a mechanism"
        return _told(name, kind, thing.text.told() + _facts(thing), rows)
    if name in cards:
        return _told(name, "an indicator", _card(cards[name]), [])
    every = [*parameters(owners), *(_row("transport.", d) for d in declared(Transport))]
    if name == "transport":
        moved = [f"{r['name']}: {r['meaning']}" for r in every if r["transport"]]
        text = f"{inspect.cleandoc(Transport.__doc__ or '')}\n\nIt moves\n" + "\n".join(moved)
        return _told(name, "the transport factor", text, [_row("", d) for d in declared(Transport)])
    if (country := country_of(name)) is not None:
        return _told(name, "a country's profile", country_text(country), [])
    if (package := _package(name, city)) is not None:
        return package
    rows = [row for row in every if name in (row["name"], row["name"].partition(".")[2])]
    if rows:
        return _told(name, "a parameter", "\n".join(f"{r['name']}: {r['meaning']}." for r in rows), rows)
    known = [*owners, "transport", *cards, *load_city(city).packages]
    known += [part for r in every for part in (r["name"], r["name"].partition(".")[2])]
    close = nearest(name, known)
    hint = f"did you mean {close!r}? " if close else ""
    raise UsageError(f"there is nothing called {name!r}; {hint}`mechlin list programmes` shows what there is")


def parameters(owners: dict[str, Any]) -> list[dict[str, str]]:
    """Return every number of the owners as rows: name, value, unit, range, evidence, meaning."""
    return [_row(f"{owner}.", d) for owner, thing in owners.items() for d in declared(thing.params)]


def _row(prefix: str, d: Declared) -> dict[str, str]:
    """Return one number as a row; ``transport`` says whether and where the transport factor moves it."""
    entry, p = evidence().get(d.param.evidence), d.param
    believed = "either" if p.structure else f"{p.likely[0]:g} to {p.likely[1]:g}" if p.likely else "as it is"
    return {
        "name": f"{prefix}{d.name}",
        "value": f"{d.default:g}",
        "unit": p.unit,
        "possible": f"{p.low:g} to {p.high:g}",
        "believed": believed,
        "transport": f"towards {p.nil:g}" if p.nil is not None else "",
        "evidence": f"{entry.id} ({entry.strength})" if entry else "assumption",
        "meaning": p.doc,
    }


def listing(what: str, city: str) -> list[dict[str, str]]:
    """Return the rows of `mechlin list`."""
    if what == "programmes":
        return [{"name": p.name, "title": p.title, "pillar": p.pillar} for p in measures.catalogue().values()]
    if what == "mechanisms":
        return [{"name": m.name, "what it does": m.text.summary} for m in mechanisms.catalogue().values()]
    if what == "indicators":
        return [
            {"name": i.name, "title": i.title, "unit": i.unit, "better": i.better}
            for i in indicators.catalogue().values()
        ]
    from mechlin.city.tables.sources import list_cities, load_city
    from mechlin.engine.package import NOTHING, read_package

    if what == "cities":
        return [{"name": name, "title": load_city(name).title} for name in list_cities()]
    place = load_city(city)
    read = [read_package(n, place.packages, measures.catalogue(), place) for n in (NOTHING, *place.packages)]
    return [{"name": p.name, "title": p.title, "author": p.author, "leaves out": p.leaves_out} for p in read]


def _package(name: str, city: str) -> dict[str, Any] | None:
    """Return what a package is and which sources stand behind a run with it, or None when there is no such package."""
    from mechlin.city.tables.sources import load_city
    from mechlin.engine.package import read_package
    from mechlin.report.bibliography import cited

    packages = load_city(city).packages
    if name not in packages and not (name.endswith(".toml") and Path(name).is_file()):
        return None
    package = read_package(name, packages, measures.catalogue())
    titles = [f"{measure}: {measures.catalogue()[measure].title}" for measure in package.settings]
    heads = [
        f"{label}: {text}"
        for label, text in (("Author", package.author), ("Leaves out", package.leaves_out), ("Note", package.note))
        if text
    ]
    text = "\n".join([package.title, *heads, "", "Measures", *titles])
    return {
        "name": name,
        "kind": "a package",
        "text": text,
        "parameters": [],
        "sources": ["", "Sources behind a run with it", *cited(package.settings)],
    }


def _told(name: str, kind: str, text: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    named = [row["evidence"].partition(" (")[0] for row in rows]
    known = evidence()
    cited = [f"{i}: {known[i].finding}. Source: {known[i].cite()}" for i in dict.fromkeys(named) if i in known]
    return {"name": name, "kind": kind, "text": text, "parameters": rows, "sources": cited}


def _facts(thing: Programme | Mechanism) -> str:
    """Return what the declaration adds to the text."""
    if isinstance(thing, Programme):
        seen = ", ".join(thing.reads)
        lines = [
            f"Enrols    {_TABLE_OF.get(thing.table, thing.table)}; who may take part is decided by {seen}",
            f"Levers    {', '.join(thing.levers)}",
            f"Claims    {', '.join(f'{n} {d}' for n, d in thing.expects.items()) or 'nothing'}",
            "Dates     start and end can be set in a package for every measure, ramp_months for those with places",
        ]
        if thing.table == "areas":
            lines.append('Areas     areas = ["..."] in a package holds it to districts or areas')
    else:
        lines = [f"Lever     {lever.name} ({lever.unit}): {lever.doc}" for lever in thing.levers]
    return "\n\n" + "\n".join(lines)


def _card(i: Indicator) -> str:
    when = "1 January" if i.when == "january" else "the year, or its December"
    parts = {
        "Title": i.title,
        "Unit": i.unit,
        "Counts": i.numerator,
        "Out of": i.denominator,
        "Taken": when,
        "Better": i.better,
        "Source": i.source,
        "For": "each area" if i.by_area else "the whole city",
    }
    return "\n".join(f"{label:<8}{text}" for label, text in parts.items() if text)
