"""Shares of an effect as rows and sentences: for the command line, the page of an attribution and the report."""

from typing import TYPE_CHECKING

from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language

if TYPE_CHECKING:
    from mechlin.study.shared_out import Attribution

SHARE_HEADINGS = ("measure", "carried", "of the effect", "verdict", "cost", "per unit", "dominated by")


def share_rows(found: "Attribution", indicator: str) -> list[dict[str, object]]:
    """Return the rows of the chart: measure, share, low, high, verdict, in the unit a person reads."""
    factor, _ = wording.scaled(found.cards[indicator].unit)
    return [
        {
            "measure": found.titles.get(s.measure, s.measure),
            "share": s.share * factor,
            "low": s.low * factor,
            "high": s.high * factor,
            "verdict": s.verdict,
        }
        for s in found.of(indicator)
    ]


def share_table(found: "Attribution", indicator: str, say: Language = ENGLISH) -> list[list[str]]:
    """Return the shares of one effect as cells."""
    unit = found.cards[indicator].unit
    rows = []
    for s in found.of(indicator):
        gap = wording.difference(s.share, s.low, s.high, unit, say)
        told = say("exactly 0") if s.verdict == "no change" else gap
        part = wording.per_cent(s.part, say) if s.verdict in ("up", "down") else "–"
        step, word = _step(unit)
        per = (
            say("{eur} per {unit}", eur=wording.eur(s.eur_per_unit * step, say), unit=say.marked(say(word)))
            if s.eur_per_unit
            else "–"
        )
        name, rival = (say(found.titles.get(m, m)) for m in (s.measure, s.dominated_by))
        rows.append([name, told, part, say(s.verdict), wording.eur(s.cost_eur, say), per, rival or "–"])
    return rows


def together_lines(found: "Attribution", indicator: str) -> list[str]:
    """Return in sentences whether measures add up, and which pairs do more or less together than apart."""
    unit, lines = found.cards[indicator].unit, []
    for a in found.additivity:
        if a.indicator == indicator:
            gap = wording.difference(a.together - a.alone, a.low, a.high, unit)
            lines.append(f"All measures together against the sum of each alone: {gap}; {a.verdict}.")
    clear = [s for s in found.synergies if s.indicator == indicator and s.verdict in ("up", "down")]
    for s in sorted(clear, key=lambda s: -abs(s.synergy))[:5]:
        one, other = (found.titles.get(m, m) for m in s.measures)
        lines.append(f"{one} with {other}: {wording.difference(s.synergy, s.low, s.high, unit)} beyond what each does.")
    if not clear:
        lines.append("No pair of measures of which it can be told that they do more or less together than apart.")
    return lines


def _step(unit: str) -> tuple[float, str]:
    """Return by how much of an indicator costs are quoted: a point, one of what is counted, a hundredth of an index."""
    factor, behind = wording.scaled(unit)
    if behind == " %":
        return 1.0 / factor, "point"
    return (1.0, "one") if wording.is_count(unit) else (0.01, "0.01")
