"""Definition cards: what each indicator means, and the doubts that the model's own files declare."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mechlin import indicators, mechanisms
from mechlin import measures as measure_folder
from mechlin.core.declare import Card, Indicator, Mechanism, Programme, declared
from mechlin.indicators.shared.matters import matters_of

_COUNTED = ("persons", "households", "homes", "births", "deaths", "contracts", "hours", "offences", "votes")


@dataclass(frozen=True)
class Guess:
    """A number without evidence: where it stands, what it means, what was assumed, what is possible."""

    owner: str
    name: str
    meaning: str
    value: float
    unit: str
    low: float
    high: float


def cards_of(names: Iterable[str], backgrounds: Iterable[str] = ()) -> dict[str, Card]:
    """Return a card for each indicator in ``names``; one that nobody declares keeps its bare name."""
    known = indicators.catalogue(backgrounds)
    flows = {f.name for m in mechanisms.catalogue().values() for f in m.fields if f.flow}
    return {name: _card(known[name], flows) if name in known else Card(name, name) for name in names}


def _card(i: Indicator, flows: set[str]) -> Card:
    adds_up = i.unit in _COUNTED and bool(i.reads) and all(column in flows for column in i.reads)
    return Card(
        i.name,
        i.title,
        i.unit,
        i.better,
        i.numerator,
        i.denominator,
        i.source,
        i.when,
        i.headline,
        adds_up,
        i.role,
        i.matters or matters_of(i.unit),
        i.elsewhere,
    )


def guesses(package: Iterable[str]) -> list[Guess]:
    """Return every number without evidence in the measures of ``package`` and in all mechanisms."""
    measures: dict[str, Any] = {n: p for n, p in measure_folder.catalogue().items() if n in set(package)}
    moving: dict[str, Any] = {**mechanisms.catalogue()}
    return [
        Guess(owner, d.name, d.param.doc, float(d.default), d.param.unit, d.param.low, d.param.high)
        for owner, thing in {**measures, **moving}.items()
        for d in declared(thing.params)
        if not d.param.evidence
    ]


def known_numbers(package: Iterable[str]) -> int:
    """Return how many numbers of the measures and mechanisms do point to evidence."""
    measures = [p for n, p in measure_folder.catalogue().items() if n in set(package)]
    things: list[Any] = [*measures, *mechanisms.catalogue().values()]
    return sum(bool(d.param.evidence) for thing in things for d in declared(thing.params))


def said(owner: str, label: str) -> str:
    """Return the part of a measure's or mechanism's text with a label ("Doubt", "Leaves out"), or ''."""
    owners: dict[str, Programme | Mechanism] = {**measure_folder.catalogue(), **mechanisms.catalogue()}
    return owners[owner].text.said(label) if owner in owners else ""


def enrols(programme: str) -> str:
    """Return what a programme enrols ("households"), or '' when there is no such programme."""
    known = measure_folder.catalogue()
    return known[programme].table if programme in known else ""


def mechanism_names() -> tuple[str, ...]:
    """Return the names of all mechanisms, sorted."""
    return tuple(sorted(mechanisms.catalogue()))
