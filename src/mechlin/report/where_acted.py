"""Where each measure acted, on the map of the file."""

import numpy as np

from mechlin.report import wording
from mechlin.report.blocks.acted import acted, acts_by
from mechlin.report.parts import Page


def acted_maps(page: Page) -> str:
    """Return a map for each measure: its own pull in each area in the last year, or how many take part there."""
    s, c, say = page.setting, page.comparison, page.say
    if s.shapes is None:
        return ""
    found, maps = acted(c, page.titles, say), {}
    for place in (p for p in found.places if p.areas):
        unit, _ = acts_by(place.name)
        factor, behind = wording.scaled(unit)
        pulls = c.acted(place.name)
        busy = np.flatnonzero(pulls.any(axis=1))
        last = pulls[busy[-1]] * factor
        label = say("Map: where {title} acted", title=place.title)
        maps[place.name] = page.map(np.where(last != 0, last, np.nan), label, say(behind.strip() or unit))
    when = say("In the last year in which it acted.")
    return page.block(found, maps=maps, when=when)
