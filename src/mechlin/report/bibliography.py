"""What a run rests on: every source behind its numbers, how strong it is, how it was read, and what leans on it."""

from collections.abc import Iterable
from typing import Any

from mechlin import measures as measure_folder
from mechlin import mechanisms
from mechlin.core.declare import Transport, declared
from mechlin.evidence.registry import Evidence, evidence
from mechlin.report.markup import table
from mechlin.report.texts import ENGLISH, Language

_NAMED = 3  # numbers that are named beside a source; the others are counted
_ORDER = ("firm", "weak", "assumption")


def bibliography(package: Iterable[str], say: Language = ENGLISH) -> list[dict[str, str]]:
    """Return the sources that a run with these measures used, firm ones first: source, DOI, strength, how read, behind.

    Told in a language but for works' own titles and what stands behind.

    Behind a run stand all mechanisms, the transport factor, and the measures of the package.
    """
    measures, known = measure_folder.catalogue(), evidence()
    used = {name: measures[name] for name in package if name in measures}
    behind: dict[str, list[str]] = {}
    things: dict[str, Any] = {**mechanisms.catalogue(), **used}
    params = {**{name: thing.params for name, thing in things.items()}, "transport": Transport}
    for owner, kind in params.items():
        for d in declared(kind):
            if d.param.evidence:
                behind.setdefault(d.param.evidence, []).append(f"{owner}.{d.name}")
    for name, measure in used.items():
        for entry in measure.evidence:
            behind.setdefault(entry, []).append(name)
    found = sorted(
        (known[name] for name in behind if name in known), key=lambda e: (_ORDER.index(e.strength), e.source, e.id)
    )
    return [
        {
            "source": _source(entry, say),
            "doi": entry.doi,
            "strength": say.of("strength", entry.strength),
            "size": _came_about(entry, say),
            "design": entry.design,
            "read": say.of("read", entry.read),
            "behind": _named(behind[entry.id]),
            "finding": say(entry.finding),
        }
        for entry in found
    ]


def _came_about(entry: Evidence, say: Language) -> str:
    """Return how the numbers came about, and whether their direction is disputed."""
    size = say.of("size", entry.size)
    return f"{size}; {say('direction disputed')}" if entry.disputed else size


def _source(entry: Evidence, say: Language) -> str:
    where = f"{place_of(entry.place, say)} {entry.year or ''}".strip()
    return ", ".join(part for part in (say(entry.source), where) if part)


def place_of(place: str, say: Language) -> str:
    """Return where a source comes from, part by part: "Norway; Denmark"."""
    return say.joined(", ".join(say(part) for part in parts.split(", ")) for parts in place.split("; "))


def _named(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def cited(package: Iterable[str]) -> list[str]:
    """Return the bibliography as lines of text."""
    return [
        f"{r['source']}{'. doi:' + r['doi'] if r['doi'] else ''} ({r['strength']}; {r['design']}; read: {r['read']}; "
        f"size: {r['size']}) behind {r['behind']}"
        for r in bibliography(package)
    ]


def sources_table(package: Iterable[str], say: Language = ENGLISH) -> str:
    """Return the bibliography as a folded table for a page."""
    rows = bibliography(package, say)
    cells = [[r[column] for column in ("source", "doi", "strength", "size", "read", "finding")] for r in rows]
    head = [say("Source"), "DOI", say("strength"), say("size"), say("read"), say("finding")]
    note = say(
        "The strength is that of the numbers as used: where a size was judged or set it is an assumption, however good the "
        "study. Numbers that no source stands behind are judgement; they are listed above."
    )
    title = say("Sources: what the runs rest on ({count})", count=len(rows))
    return f"<details><summary>{title}</summary>{table(note, head, cells)}</details>"
