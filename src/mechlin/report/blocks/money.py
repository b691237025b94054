"""The money: what the package cost, by measure, payer and kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison


@dataclass(frozen=True)
class Money:
    """What the package cost in all, what the other world cost ('' where nothing), and rows of cells."""

    total: str
    against: str
    first: int
    last: int
    rows: tuple[tuple[str, ...], ...]


def money(c: Comparison, titles: Mapping[str, str], say: Language) -> Money:
    """Return what the package cost; ``titles`` of measures are in the language."""
    total, against = c.costs(), c.costs(side="without")
    rows = tuple(
        (
            titles.get(r["programme"], r["programme"]),
            wording.payer(r["payer"], say),
            say.of("kind", r["kind"]),
            wording.eur(r["eur"], say),
            wording.eur_range(r, say),
        )
        for r in c.costs("programme", "payer", "kind")
    )
    return Money(
        wording.eur(total[0]["eur"], say) if total else "",
        wording.eur(against[0]["eur"], say) if against else "",
        int(c.years[0]),
        int(c.years[-1]),
        rows,
    )
