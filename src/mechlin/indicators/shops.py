"""How many shops there are, and how many stand empty."""

from typing import Any

from mechlin.core.declare import Indicator, Role
from mechlin.core.views import View
from mechlin.statistics.counting import percent

_COLUMNS = ("areas.shops", "areas.shops_vacant")
_SOURCE = "Counts of premises in the street (Locatus), end of year"


def _rate(view: View) -> Any:
    return percent(view.areas.shops_vacant.sum(), view.areas.shops.sum())


def _rate_by_area(view: View) -> Any:
    return percent(view.areas.shops_vacant, view.areas.shops)


def _flow(name: str, title: str, numerator: str, role: Role = "outcome") -> Indicator:
    def measure(view: View) -> Any:
        return getattr(view.city, name)[0]

    return Indicator(name, title, "shops", "neither", (f"city.{name}",), measure, numerator, source=_SOURCE, role=role)


INDICATORS = (
    Indicator(
        "shop_vacancy_rate",
        "Vacant shops",
        "%",
        "down",
        _COLUMNS,
        _rate,
        "premises that stand vacant",
        "shop premises",
        _SOURCE,
        headline=True,
    ),
    Indicator(
        "areas.shop_vacancy_rate",
        "Vacant shops by area",
        "%",
        "down",
        _COLUMNS,
        _rate_by_area,
        "premises of the area that stand vacant",
        "shop premises of the area",
        _SOURCE,
        by_area=True,
    ),
    Indicator(
        "shop_vacancy_count",
        "Number of vacant shops",
        "premises",
        "down",
        ("areas.shops_vacant",),
        lambda view: view.areas.shops_vacant.sum(),
        "premises that stand vacant",
        source=_SOURCE,
    ),
    Indicator(
        "shops",
        "Shop premises",
        "premises",
        "neither",
        ("areas.shops",),
        lambda view: view.areas.shops.sum(),
        "shop premises, vacant ones included; new ones are not simulated",
        source=_SOURCE,
    ),
    _flow("shops_let", "Vacant shops let", "vacant shops let in the year"),
    _flow("shops_closed", "Shops that closed", "shops that closed in the year"),
    _flow("shops_merged", "Shops joined", "vacant shops joined to the one next door in the year", "delivered"),
    _flow("shops_converted", "Shops made into homes", "vacant shops made into homes in the year", "delivered"),
)
