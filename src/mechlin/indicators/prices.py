"""What homes cost to buy and to rent, against the start."""

from collections.abc import Callable
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share


def _mean(column: str) -> Callable[[Any], Any]:
    def measure(view: View) -> Any:
        return share(getattr(view.areas, column) @ view.areas.homes, view.areas.homes.sum())

    return measure


INDICATORS = (
    Indicator(
        "price_index",
        "Price of homes",
        "index, start = 1",
        "neither",
        ("areas.price_index", "areas.homes"),
        _mean("price_index"),
        "price indices of the areas, weighted by their dwellings",
        "dwellings",
        "Index of purchase prices of the same homes over time",
        headline=True,
    ),
    Indicator(
        "rent_index",
        "Private rents",
        "index, start = 1",
        "down",
        ("areas.rent_index", "areas.homes"),
        _mean("rent_index"),
        "rent indices of the areas, weighted by their dwellings",
        "dwellings",
        "Index of rents asked for the same homes over time",
    ),
    Indicator(
        "areas.price_index",
        "Price of homes by area",
        "index, start = 1",
        "neither",
        ("areas.price_index",),
        lambda view: view.areas.price_index,
        "price of a home in the area",
        "price of the same home at the start",
        "Index of purchase prices of the same homes over time",
        by_area=True,
    ),
)
