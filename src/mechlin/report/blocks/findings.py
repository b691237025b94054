"""The findings: what can be told, what is exactly the same, and what nobody can tell."""

from collections.abc import Iterable
from dataclasses import dataclass

from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.statistics.intervals import FEWEST_PAIRS, by_chance
from mechlin.study.comparison import Comparison, Effect

_ODD = 0.005  # what chance does less often than this is not worth a sentence


@dataclass(frozen=True)
class Told:
    """A finding with a direction; ``good`` says whether that direction is the better one, None where neither is."""

    text: str
    verdict: str
    good: bool | None


@dataclass(frozen=True)
class Unclear:
    """A number of which nobody can tell whether the package moved it."""

    title: str
    span: str
    gap: str


@dataclass(frozen=True)
class Findings:
    """The findings about some numbers; beside them, of how many ``others`` which ones have a direction.

    ``others`` is 0 where the others were not looked through; ``chance`` is how many per cent of them chance alone
    would give a direction, '' where that is hardly any. ``quick`` says that there are too few pairs to tell anything.
    """

    told: tuple[Told, ...]
    same: tuple[str, ...]
    unclear: tuple[Unclear, ...]
    quick: bool
    others: int = 0
    others_told: tuple[Told, ...] = ()
    chance: str = ""


def findings(c: Comparison, names: Iterable[str], say: Language, others: bool = False) -> Findings:
    """Return what is found about these numbers and, with ``others``, about all beside them."""
    found = [e for n in names if n in c.indicators and (e := c.effect(n)) is not None]
    shown = {e.indicator for e in found}
    odds = by_chance(len(c.pairs))
    return Findings(
        tuple(_told(c, e, say) for e in found if e.verdict in ("up", "down")),
        tuple(wording.name_of(_title(c, e), say) for e in found if e.verdict == "no change"),
        tuple(
            Unclear(wording.name_of(_title(c, e), say), wording.span_of(e.span, say), wording.gap(e, say))
            for e in found
            if e.verdict == "cannot tell"
        ),
        len(c.pairs) < FEWEST_PAIRS,
        len({*c.others} - shown) if others else 0,
        tuple(_told(c, e, say) for e in c.clear_others() if e.indicator not in shown) if others else (),
        say.marked(f"{100 * odds:.2g}") if odds > _ODD else "",
    )


def _told(c: Comparison, e: Effect, say: Language) -> Told:
    good = {"up": e.verdict == "up", "down": e.verdict == "down"}.get(c.card(e.indicator).better)
    return Told(wording.finding(_title(c, e), e, say), e.verdict, good)


def _title(c: Comparison, e: Effect) -> str:
    return c.card(e.indicator).title
