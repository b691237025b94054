"""What the model cannot explain: indicators that moved further in comparable cities than anything here moves them."""

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import esc
from mechlin.study.comparison import Comparison

CANNOT = "This model cannot explain changes of this size."


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


def beyond(c: Comparison) -> str:
    """Return, for every indicator that is known to have moved elsewhere, whether the model can move it as far."""
    told = [_told(c, name) for name in c.indicators if c.card(name).elsewhere is not None]
    if not told:
        return ""
    return (
        "<h3>Does the model reach as far as cities have moved?</h3><p>Held against the largest change found in cities "
        "like this one. What was not found for other cities (pride, votes for a mayor’s list) is not held against anything."
        f"</p><ul>{''.join(f'<li>{line}</li>' for line in told)}</ul>"
    )


def _told(c: Comparison, name: str) -> str:
    card = c.card(name)
    assert card.elsewhere is not None
    units, years, where = card.elsewhere
    alone, package = reach(c, name, years)
    far = wording.plain(units, 1)
    verdict = (
        CANNOT if alone + package < units else "That is as far, so changes of this size are within the model’s reach."
    )
    return (
        f"<strong>{esc(card.title)}</strong> moved by {far} within {years} years elsewhere ({esc(where)}). Here all that the "
        f"model knows moved it by {wording.plain(alone, 1)} within as long without the package, and the package by "
        f"{wording.plain(package, 1)} at most. {verdict}"
    )
