"""Which homes are empty or poor."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_KINDS = (
    (
        "poor_homes",
        "Homes of poor quality",
        "dwellings of poor quality, as the census counts them",
        "Housing quality surveys and inspections",
    ),
    ("vacant_homes", "Vacant homes", "dwellings where nobody lives", "Registers of vacancy"),
)


def _cards(column: str, title: str, numerator: str, source: str) -> tuple[Indicator, ...]:
    reads = (f"areas.{column}", "areas.homes")

    def in_city(view: View) -> Any:
        return share(getattr(view.areas, column).sum(), view.areas.homes.sum())

    def by_area(view: View) -> Any:
        return share(getattr(view.areas, column), view.areas.homes)

    return (
        Indicator(f"{column}_share", title, "share", "down", reads, in_city, numerator, "dwellings", source),
        Indicator(
            f"areas.{column}_share",
            f"{title} by area",
            "share",
            "down",
            reads,
            by_area,
            numerator,
            "dwellings of the area",
            source,
            by_area=True,
        ),
    )


INDICATORS = tuple(card for kind in _KINDS for card in _cards(*kind))
