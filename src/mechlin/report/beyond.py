"""What the model cannot explain: indicators that moved further in comparable cities than anything here moves them."""

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import esc
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison


def reach(c: Comparison, name: str, years: int) -> tuple[float, float]:
    """Return how far the world without the package moved within so many years, and the package at most in any pair.

    The first is of the median over runs, so that what drifts in single runs for no reason the model knows is left out.
    """
    middle = c.band(name, "without")[1]
    known = np.flatnonzero(np.isfinite(middle))
    moves = [abs(middle[b] - middle[a]) for a in known for b in known if 0 < c.years[b] - c.years[a] <= years]
    gaps = np.abs(c.values(name, "with") - c.values(name, "without"))
    gaps = gaps[np.isfinite(gaps)]
    return float(max(moves, default=0.0)), float(gaps.max()) if gaps.size else 0.0


def beyond(c: Comparison, say: Language = ENGLISH) -> str:
    """Return, for every indicator that is known to have moved elsewhere, whether the model can move it as far."""
    told = [_told(c, name, say) for name in c.indicators if c.card(name).elsewhere is not None]
    if not told:
        return ""
    lead = say(
        "Held against the largest change found in cities like this one. What was not found for other cities (pride, votes for a "
        "mayor’s list) is not held against anything."
    )
    items = "".join(f"<li>{line}</li>" for line in told)
    return f"<h3>{say('Does the model reach as far as cities have moved?')}</h3><p>{lead}</p><ul>{items}</ul>"


def cannot(say: Language = ENGLISH) -> str:
    """Return what is said where other cities moved further than anything here moves this one."""
    return say("This model cannot explain changes of this size.")


def _told(c: Comparison, name: str, say: Language) -> str:
    card = c.card(name)
    assert card.elsewhere is not None
    units, years, where = card.elsewhere
    alone, package = reach(c, name, years)
    verdict = say("That is as far, so changes of this size are within the model’s reach.")
    if alone + package < units:
        verdict = cannot(say)
    moved = say(
        "moved by {far} within {years} years elsewhere ({where}). Here all that the model knows moved it by {alone} within as "
        "long without the package, and the package by {package} at most.",
        far=wording.plain(units, 1, say),
        years=years,
        where=say(where),
        alone=wording.plain(alone, 1, say),
        package=wording.plain(package, 1, say),
    )
    return f"<strong>{esc(wording.name_of(card.title, say))}</strong> {esc(moved)} {verdict}"
