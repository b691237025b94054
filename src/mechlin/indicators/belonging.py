"""How much residents feel that they belong to the city."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.monitor import ITEM, PARTS
from mechlin.indicators.shared.monitor import backgrounds, whole_city
from mechlin.statistics.counting import share

_NUMERATOR = "adults' feeling of belonging, added up; zero is the mean of the first month"
_SOURCE = "Judged scale; no city monitor series of belonging was found"


def _mean(counts: Any) -> Any:
    return share(counts[..., ITEM.belonging] / PARTS, counts[..., ITEM.adults])


INDICATORS = (
    Indicator(
        "belonging",
        "Belonging to the city",
        "SD",
        "up",
        ("areas.monitor",),
        lambda view: _mean(whole_city(view)),
        _NUMERATOR,
        "all adults",
        _SOURCE,
    ),
    Indicator(
        "areas.belonging",
        "Belonging to the city by area",
        "SD",
        "up",
        ("areas.monitor",),
        lambda view: _mean(view.areas.monitor),
        _NUMERATOR,
        "adults of the area",
        _SOURCE,
        by_area=True,
    ),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the mean of each background: what is done to residents shows here."""
    return tuple(
        Indicator(
            f"belonging.{name}",
            f"Belonging to the city: {words}",
            "SD",
            "up",
            (column,),
            lambda view, of=of: _mean(of(view)),
            _NUMERATOR,
            f"adults of {words}",
            _SOURCE,
        )
        for name, words, column, of in backgrounds(names)
    )
