"""Whom each measure reached, what it cost, and what its makers expect of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from mechlin.engine import cards
from mechlin.report import wording
from mechlin.report.notes import note_of
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison


@dataclass(frozen=True)
class Reached:
    """A row of cells for each measure, and what a reader should know (in English): a measure that touched nobody."""

    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def reached(c: Comparison, titles: Mapping[str, str], say: Language) -> Reached:
    """Return whom each measure reached; ``titles`` of measures are in the language."""
    spent = {r["programme"]: r["eur"] for r in c.costs("programme")}
    held = c.reached()
    rows = []
    for name in sorted({*held, *spent}):
        most = wording.plain(max(held.get(name, []), default=0.0), 0, say)
        enrolled = say.of("enrolled", cards.enrols(name))
        cost, expected = wording.eur(spent.get(name, 0.0), say), say(cards.said(name, "Expect"))
        rows.append((titles.get(name, name), f"{most} {enrolled}".strip(), cost, expected))
    return Reached(tuple(rows), tuple(note_of(note, say) for note in c.notes))
