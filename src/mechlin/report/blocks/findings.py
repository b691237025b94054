"""The findings: what can be told, what is exactly the same, and what nobody can tell."""

from collections.abc import Iterable
from dataclasses import dataclass

from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison
from mechlin.study.pairs import Effect

_TOLD_BY = {  # numbers that say again what another says; beside it they would be a second statement about one number
    "shop_vacancy_count": "shop_vacancy_rate",
    "victims": "victims_per_100",
    "pride_survey_share": "pride_share",
    "trust_survey_share": "trust_share",
    "unsafe_survey_share": "unsafe_share",
}


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

    ``others`` is 0 where the others were not looked through. ``small`` are too small to matter. ``so_far`` is what is seen
    while pairs are missing (``provisional``): ``pairs`` of ``full``; what is the same so far is among it, for the next pair may
    move it.
    """

    told: tuple[Told, ...]
    same: tuple[str, ...]
    small: tuple[Unclear, ...]
    unclear: tuple[Unclear, ...]
    so_far: tuple[Unclear, ...]
    pairs: int
    full: int
    provisional: bool
    others: int = 0
    others_told: tuple[Told, ...] = ()


def findings(c: Comparison, names: Iterable[str], say: Language, others: bool = False) -> Findings:
    """Return what is found about these numbers and, with ``others``, about all beside them."""
    found = [e for n in names if n in c.indicators and (e := c.effect(n)) is not None]
    beside = rest(c, {e.indicator for e in found}) if others else frozenset()
    return Findings(
        tuple(_told(c, e, say) for e in found if e.verdict in ("up", "down")),
        tuple(wording.name_of(_title(c, e), say) for e in found if e.verdict == "no change" and not c.provisional),
        _ranges(c, found, "too small to matter", say),
        _ranges(c, found, "cannot tell", say),
        _ranges(c, found, "provisional", say) + (_ranges(c, found, "no change", say) if c.provisional else ()),
        len(c.pairs),
        c.full,
        c.provisional,
        len(beside),
        tuple(_told(c, e, say) for e in c.clear_others() if e.indicator in beside) if others else (),
    )


def rest(c: Comparison, shown: Iterable[str]) -> frozenset[str]:
    """Return the numbers beside those shown, each once: what another number says already is left out."""
    return frozenset(n for n in {*c.others} - {*shown} if _TOLD_BY.get(n) not in c.indicators)


def _ranges(c: Comparison, found: Iterable[Effect], verdict: str, say: Language) -> tuple[Unclear, ...]:
    return tuple(
        Unclear(wording.name_of(_title(c, e), say), wording.span_of(e.span, say), wording.gap(e, say))
        for e in found
        if e.verdict == verdict
    )


def _told(c: Comparison, e: Effect, say: Language) -> Told:
    good = {"up": e.verdict == "up", "down": e.verdict == "down"}.get(c.card(e.indicator).better)
    return Told(wording.finding(_title(c, e), e, say), e.verdict, good)


def _title(c: Comparison, e: Effect) -> str:
    return c.card(e.indicator).title
