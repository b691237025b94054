"""Where each measure acted, on the map of the file."""

from mechlin.report import charts
from mechlin.report.blocks.acted import acted, acts_by
from mechlin.report.parts import Page


def acted_maps(page: Page) -> str:
    """Return a map for each measure: its own pull in each area, or how many take part there."""
    s, c, say = page.setting, page.comparison, page.say
    if s.shapes is None:
        return ""
    found, maps = acted(c, page.titles, say), {}
    for place in (p for p in found.places if p.areas):
        unit, _ = acts_by(place.name)
        drawn = charts.acted_map(c, place.name, unit, s.shapes, s.area_names, slider=False)
        maps[place.name] = page.chart(drawn, say("Map: where {title} acted", title=place.title), True)
    slider = say("The slider above the other maps sets the year.")
    when = slider if c.pairs[0][0].areas else say("In {year}.", year=c.years[-1])
    return page.block(found, maps=maps, when=when)
