"""How many residents live below the poverty line."""

from mechlin.core.declare import Indicator
from mechlin.statistics.counting import share

_SOURCE = "EU-SILC at-risk-of-poverty rate: below 60 % of the median equivalised income, here of the city itself"

INDICATORS = (
    Indicator(
        "poverty",
        "Residents in poverty",
        "share",
        "down",
        ("areas.poor_people", "areas.people"),
        lambda view: share(view.areas.poor_people.sum(), view.areas.people.sum()),
        "residents whose household has less per equivalent adult than the poverty line",
        "all residents",
        _SOURCE,
        headline=True,
    ),
    Indicator(
        "poverty.children",
        "Children in poverty",
        "share",
        "down",
        ("city.poor_children", "areas.children"),
        lambda view: share(view.city.poor_children[0], view.areas.children.sum()),
        "residents under 18 whose household has less per equivalent adult than the poverty line",
        "residents under 18",
        _SOURCE,
    ),
)
