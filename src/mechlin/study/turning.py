"""What would have to be true for a verdict to turn: the value of one number at which an effect comes to zero.

Read off the reactions of a sensitivity screening, as a straight line through the prior. It is a pointer, not a proof:
it moves one number at a time.
"""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mechlin.core.declare import Declared, declared
from mechlin.core.errors import InputError, Problem
from mechlin.evidence.priors import quantile
from mechlin.study.pairs import Effect
from mechlin.study.worlds import owners

_BELIEVED = 0.05  # between it and its mirror lies what is believed
_REACH = 0.001  # how far into the tails of a prior one number may be moved

REACTIONS_FILE = "reactions.csv"
_FORMER_COLUMNS = ("package", "number", "indicator", "mu", "mu_star", "sigma", "effect")  # before models had a stamp
REACTION_COLUMNS = (*_FORMER_COLUMNS, "model")


class Reaction(NamedTuple):
    """How an effect reacts to one number: mean (signed), mean size and spread of its elementary effects.

    An elementary effect is the change over the whole unit interval of the number's prior; ``effect`` is the package's
    mean effect over all points, to which they are to be held, and ``model`` the stamp of what was believed.
    """

    package: str
    number: str
    indicator: str
    mu: float
    mu_star: float
    sigma: float
    effect: float
    model: str = ""


def read_reactions(path: Path) -> list[Reaction]:
    """Return reactions saved before; none when there is no such file. InputError says all that is wrong, by row."""
    if not path.is_file():
        return []
    repair = "remove the file, or have it written again: mechlin sensitivity --save FILE"
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Problem(f"not a table of commas: {error}", file=path.name, repair=repair)]) from None
    if not rows or tuple(rows[0]) not in (REACTION_COLUMNS, _FORMER_COLUMNS):
        raise InputError(
            [
                Problem(
                    "the heading is another", file=path.name, row=1, repair=repair, allowed=",".join(REACTION_COLUMNS)
                )
            ]
        )
    found, problems = [], []
    for at, row in enumerate(rows[1:], 2):
        wrong = _unread(row, len(rows[0]))
        if wrong:
            problems.append(Problem(wrong, file=path.name, row=at, repair=repair))
        else:
            mu, size, spread, whole = map(float, row[3:7])
            found.append(Reaction(row[0], row[1], row[2], mu, size, spread, whole, "".join(row[7:])))
    if problems:
        raise InputError(problems)
    return found


def _unread(row: Sequence[str], cells: int) -> str:
    """Return why a row of reactions cannot be, or ''."""
    if len(row) != cells:
        return f"the row has {len(row)} cells, the heading has {cells}"
    for name, cell in zip(_FORMER_COLUMNS[3:], row[3:7], strict=True):
        try:
            sound = math.isfinite(float(cell))
        except ValueError:
            sound = False
        if not sound:
            return f"{name}: {cell!r} is not a number"
    return ""


class Turn(NamedTuple):
    """The number that turns a verdict soonest: its name, meaning, value used, value at which the effect is zero."""

    number: str
    meaning: str
    used: float
    value: float
    believed: str


def turn(effect: Effect, reactions: Iterable[Reaction]) -> Turn | None:
    """Return the number that has to be least unlikely for the effect to come to zero, or None.

    ``reactions`` are those of this package; sizes are taken relative to the effect they were found with, so a screening
    in a smaller copy of the city serves too.
    """
    known = _declared()
    best: tuple[float, Turn] | None = None
    for r in reactions:
        if r.indicator != effect.indicator or r.number not in known or not r.effect:
            continue
        if abs(r.mu) <= r.sigma:  # elementary effects that disagree in sign are luck rather than a reaction
            continue
        shift = -r.effect / r.mu  # of the prior's unit interval, from its middle
        u = 0.5 + shift
        d = known[r.number]
        if not _REACH <= u <= 1.0 - _REACH or _BELIEVED <= u <= 1.0 - _BELIEVED or d.param.structure:
            continue  # the worlds behind a clear verdict hold what is believed, and both sides of a switch: they refute it
        found = Turn(r.number, d.param.doc, float(d.default), float(quantile(d, u)), _span(d))
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
        return "No single number that was screened turns this verdict within what is believed of it; doses were not screened."
    return (
        f"By a coarse screening the verdict would turn if this were {found.value:.3g} rather than {found.used:.3g}: "
        f"{_said(found.meaning)} "
        f"({found.number}; believed {found.believed})."
    )


def _declared() -> dict[str, Declared]:
    return {f"{owner}.{d.name}": d for owner, thing in owners().items() for d in declared(thing.params)}


def _span(d: Declared) -> str:
    return f"{d.param.likely[0]:g} to {d.param.likely[1]:g}" if d.param.likely else f"{d.default:g}"


def _said(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
