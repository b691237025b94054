"""How many residents are of foreign origin, as the source statistic counts it."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.statistics.counting import percent

_READS = ("areas.backgrounds", "areas.people")
_NUMERATOR = "residents whose own or a parent's first nationality is another than the country's"
_SOURCE = "National register: origin by own and parents' first nationality (integration monitor)"


def _by_area(view: Any) -> Any:
    people = view.areas.people
    return percent(people - view.areas.backgrounds[:, 0], people)


def _in_city(view: Any) -> Any:
    everybody = view.areas.people.sum()
    return percent(everybody - view.areas.backgrounds[:, 0].sum(), everybody)


INDICATORS = (
    Indicator(
        "foreign_origin_share",
        "Residents of foreign origin",
        "%",
        "neither",
        _READS,
        _in_city,
        _NUMERATOR,
        "all residents",
        _SOURCE,
        when="january",
    ),
    Indicator(
        "areas.foreign_origin_share",
        "Residents of foreign origin by area",
        "%",
        "neither",
        _READS,
        _by_area,
        _NUMERATOR,
        "residents of the area",
        _SOURCE,
        when="january",
        by_area=True,
    ),
)
