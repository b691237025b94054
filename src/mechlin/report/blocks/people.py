"""People: who paid, for which measure, and who was pushed out, turned away or waits longer."""

from collections.abc import Mapping
from dataclasses import dataclass

from mechlin.core.codes import Payer, words
from mechlin.report import wording
from mechlin.report.blocks.findings import Findings, findings
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison

DISPLACED = ("displaced", "turned_away", "social_waiting_list", "rent_burden", "rent_burden.over_40_share")
_PAYERS = words(Payer)


@dataclass(frozen=True)
class People:
    """Who paid how much, who paid for which measure, and the findings about homes; None where none was measured."""

    paid: tuple[tuple[str, ...], ...]
    payers: tuple[str, ...]
    by_measure: tuple[tuple[str, ...], ...]
    homes: Findings | None


def people(c: Comparison, titles: Mapping[str, str], say: Language) -> People:
    """Return who paid and who was displaced; ``titles`` of measures are in the language."""
    names = [n for n in DISPLACED if n in c.indicators]
    paid = tuple(
        (wording.payer(r["payer"], say), wording.eur(r["eur"], say), wording.eur_range(r, say))
        for r in c.costs("payer")
    )
    spent = {(r["programme"], r["payer"]): r["eur"] for r in c.costs("programme", "payer")}
    by_measure = tuple(
        (titles.get(name, name), *(wording.eur(spent.get((name, payer), 0.0), say) for payer in _PAYERS))
        for name in dict.fromkeys(programme for programme, _ in spent)
    )
    payers = tuple(wording.payer(p, say) for p in _PAYERS)
    return People(paid, payers, by_measure, findings(c, names, say) if names else None)
