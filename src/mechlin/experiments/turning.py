"""What would have to be true for a verdict to turn: the value of one number at which an effect comes to nought.

Read off the reactions of a sensitivity screening, as a straight line through the prior. It is a pointer, not a proof:
it moves one number at a time.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mechlin.core.declare import Declared, declared
from mechlin.evidence.priors import quantile
from mechlin.experiments.compare import Effect
from mechlin.experiments.sensitivity import Reaction
from mechlin.experiments.worlds import owners

_REACH = 0.001  # how far into the tails of a prior one number may be moved


class Turn(NamedTuple):
    """The number that turns a verdict soonest: its name, meaning, value used, value at which the effect is nought."""

    number: str
    meaning: str
    used: float
    value: float
    believed: str


def turn(effect: Effect, reactions: Iterable[Reaction]) -> Turn | None:
    """Return the number that has to be least unlikely for the effect to come to nought, or None.

    ``reactions`` are those of this package; sizes are taken relative to the effect they were found with, so a screening
    in a smaller copy of the city serves too.
    """
    known = _declared()
    best: tuple[float, Turn] | None = None
    for r in reactions:
        if r.indicator != effect.indicator or r.number not in known or not r.mu or not r.effect:
            continue
        shift = -r.effect / r.mu  # of the prior's unit interval, from its middle
        u = 0.5 + shift
        if not _REACH <= u <= 1.0 - _REACH:
            continue
        d = known[r.number]
        likely = "either" if d.param.structure else _span(d)
        found = Turn(r.number, d.param.doc, float(d.default), float(quantile(d, u)), likely)
        if found.value != found.used and (best is None or abs(shift) < best[0]):
            best = abs(shift), found
    return best[1] if best else None


def line(effect: Effect | None, reactions: Sequence[Reaction]) -> str:
    """Return one sentence on what would turn the verdict; '' when nothing was screened for this effect."""
    mine = [r for r in reactions if effect is not None and r.indicator == effect.indicator]
    if effect is None or not mine:
        return ""
    if effect.verdict == "cannot tell":
        most = max(mine, key=lambda r: r.mu_star)
        known = _declared()
        if not most.mu_star or most.number not in known:
            return ""
        return f"What moves it most: {_said(known[most.number].param.doc)} ({most.number})."
    if effect.verdict == "no change":
        return ""
    found = turn(effect, mine)
    if found is None:
        return "No single number, within what is believed of it, turns this verdict."
    return (
        f"The verdict would turn if this were {found.value:.3g} rather than {found.used:.3g}: {_said(found.meaning)} "
        f"({found.number}; believed {found.believed})."
    )


def _declared() -> dict[str, Declared]:
    return {f"{owner}.{d.name}": d for owner, thing in owners().items() for d in declared(thing.params)}


def _span(d: Declared) -> str:
    return f"{d.param.likely[0]:g} to {d.param.likely[1]:g}" if d.param.likely else f"{d.default:g}"


def _said(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
