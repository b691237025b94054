"""Where each measure acted: in how many areas, and what the number on its map means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mechlin import measures, mechanisms
from mechlin.engine.plan import where_lever
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison


@dataclass(frozen=True)
class Place:
    """Where a measure acted: in so many ``areas`` (0 is nowhere); ``meaning`` and ``unit`` of its number there."""

    name: str
    title: str
    meaning: str
    unit: str
    areas: int


@dataclass(frozen=True)
class Acted:
    """Where each measure acted, and of how many areas."""

    places: tuple[Place, ...]
    of: int


def acted(c: Comparison, titles: Mapping[str, str], say: Language) -> Acted:
    """Return where each measure acted; ``titles`` of measures are in the language."""
    where = {name: c.acted(name) for name in c.acting()}
    places = []
    for name, pulls in where.items():
        unit, meaning = acts_by(name)
        areas = int(np.count_nonzero(pulls.any(axis=0)))
        places.append(Place(name, titles.get(name, name), say(meaning), say(unit), areas))
    return Acted(tuple(places), max((pulls.shape[1] for pulls in where.values()), default=0))


def acts_by(programme: str) -> tuple[str, str]:
    """Return unit and meaning of the number that says where a measure acts."""
    known = measures.catalogue()
    if programme not in known:
        return "", "Where it acted"
    levers = {lever.name: lever for m in mechanisms.catalogue().values() for lever in m.levers}
    lever = where_lever(known[programme], levers)
    if lever is None:
        return known[programme].table, "How many take part"
    return lever.unit, lever.doc
