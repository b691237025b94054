"""How many residents are of foreign origin, as the source statistic counts it."""

from typing import Any

import numpy as np

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import percent

_READS = ("areas.backgrounds", "areas.people")
_NUMERATOR = "residents whose own or a parent's first nationality is another than the country's"
_SOURCE = "National register: origin by own and parents' first nationality (integration monitor)"


def _by_area(view: View) -> Any:
    people = view.areas.people
    return percent(people - view.areas.backgrounds[:, 0], people)


def _in_city(view: View) -> Any:
    everybody = view.areas.people.sum()
    return percent(everybody - view.areas.backgrounds[:, 0].sum(), everybody)


def _of_minors(view: View) -> Any:
    """Return the share among minors by district; nan where none live."""
    areas = view.areas
    of_minorities, minors = (np.bincount(areas.district, c) for c in (areas.children_of_minorities, areas.children))
    return percent(of_minorities, minors)


def _district(name: str, word: str, pick: Any) -> Indicator:
    return Indicator(
        f"foreign_origin_share.minors.{name}_district",
        f"Minors of foreign origin in the district with the {word} share",
        "%",
        "neither",
        ("areas.district", "areas.children_of_minorities", "areas.children"),
        lambda view: pick(_of_minors(view)),
        _NUMERATOR.replace("residents", "residents under 18"),
        "residents under 18 of that district",
        _SOURCE,
        when="january",
    )


INDICATORS = (
    _district("highest", "highest", np.nanmax),
    _district("lowest", "lowest", np.nanmin),
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
