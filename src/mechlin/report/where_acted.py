"""Where each measure acted, on the map."""

import numpy as np

from mechlin import measures, mechanisms
from mechlin.engine.plan import where_lever
from mechlin.report import charts
from mechlin.report.markup import esc
from mechlin.report.parts import Page


def acts_by(programme: str) -> tuple[str, str]:
    """Return unit and meaning of the number that says where a measure acts."""
    known = measures.catalogue()
    if programme not in known:
        return "", "Where it acted"
    levers = {lever.name: lever for m in mechanisms.catalogue().values() for lever in m.levers}
    lever = where_lever(known[programme], levers)
    if lever is None:
        return known[programme].table, "How many take part"
    return lever.unit, lever.doc


def acted_maps(page: Page) -> str:
    """Return a map for each measure: its own pull in each area, or how many take part there."""
    s, c = page.setting, page.comparison
    if s.shapes is None or not c.acting():
        return ""
    when = "The slider above the other maps sets the year." if c.pairs[0][0].areas else f"In {c.years[-1]}."
    blocks = []
    for name in c.acting():
        title = s.titles.get(name, name)
        unit, meaning = acts_by(name)
        acted = c.acted(name)
        if not acted.any():
            blocks.append(f"<p>{esc(title)}: nowhere.</p>")
            continue
        areas = int(np.count_nonzero(acted.any(axis=0)))
        place = page.chart(
            charts.acted_map(c, name, unit, s.shapes, s.area_names, slider=False), f"Map: where {title} acted", True
        )
        told = (
            f"{esc(meaning)} ({esc(unit)}), the mean of a month, median over runs; {areas} of {acted.shape[1]} areas."
        )
        blocks.append(
            f"<details><summary>{esc(title)}</summary><figure>{place}<figcaption>{told} Grey: it did nothing there. "
            f"{when}</figcaption></figure></details>"
        )
    return f"<h3>Where each measure acted</h3>{''.join(blocks)}"
