"""How much disorder is seen in the street, and in what state public space is."""

from collections.abc import Callable
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share


def _where_people_live(column: str) -> Callable[[Any], Any]:
    def measure(view: View) -> Any:
        return share(getattr(view.areas, column) @ view.areas.people, view.areas.people.sum())

    return measure


INDICATORS = (
    Indicator(
        "disorder",
        "Disorder in the street",
        "index, 0 to 1",
        "down",
        ("areas.disorder", "areas.people"),
        _where_people_live("disorder"),
        "disorder of the area, of every resident",
        "residents",
        "No register counts it; the start is put together from the city's table",
        headline=True,
    ),
    Indicator(
        "areas.disorder",
        "Disorder in the street by area",
        "index, 0 to 1",
        "down",
        ("areas.disorder",),
        lambda view: view.areas.disorder,
        "disorder of the area",
        source="No register counts it; the start is put together from the city's table",
        by_area=True,
    ),
    Indicator(
        "public_space",
        "Quality of public space",
        "index, 0 to 1",
        "up",
        ("areas.public_space", "areas.people"),
        _where_people_live("public_space"),
        "quality of the area's public space, of every resident",
        "residents",
        "Not counted by any register; starts at 0.5 everywhere",
    ),
    Indicator(
        "areas.public_space",
        "Quality of public space by area",
        "index, 0 to 1",
        "up",
        ("areas.public_space",),
        lambda view: view.areas.public_space,
        "quality of the area's public space",
        source="Not counted by any register; starts at 0.5 everywhere",
        by_area=True,
    ),
)
