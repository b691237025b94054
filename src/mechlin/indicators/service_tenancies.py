"""Homes let in return for community work: how many, how many hours, and how the contracts end."""

from typing import Any

from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View

_SOURCE = "The city's own register of contracts"
_ENDS: tuple[tuple[str, str, Direction], ...] = (
    ("term_reached", "Service tenancies that reached their term", "neither"),
    ("two_warnings", "Service tenancies ended after two warnings", "down"),
    ("left", "Service tenancies that the household left early", "neither"),
)


def _card(name: str, title: str, unit: str, better: Direction, column: str, place: int | None = None) -> Indicator:
    def measure(view: View) -> Any:
        return getattr(view.city, column)[0] if place is None else getattr(view.city, column)[0, place]

    return Indicator(
        name, title, unit, better, (f"city.{column}",), measure, title.lower(), source=_SOURCE, role="delivered"
    )


INDICATORS = (
    _card("service_homes", "Homes in service tenancy", "homes", "neither", "service_homes"),
    _card("service_hours", "Hours of community work by service tenants", "hours", "up", "service_hours"),
    *(
        _card(f"service_ended.{end}", title, "contracts", better, "service_ended", place)
        for place, (end, title, better) in enumerate(_ENDS)
    ),
)
