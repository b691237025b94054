"""Who owns and who rents, and from whom."""

from typing import Any

from mechlin.core.codes import Tenure
from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import percent, share

_TENURES: tuple[tuple[Tenure, str, str, Direction], ...] = (
    (Tenure.LODGING, "lodging", "Households without a home of their own", "down"),
    (Tenure.OWNER, "owner", "Households who own their home", "neither"),
    (Tenure.PRIVATE, "private_rent", "Households renting privately", "neither"),
    (Tenure.SOCIAL, "social", "Households renting a social home", "neither"),
    (Tenure.SERVICE, "service", "Households in a service tenancy", "neither"),
)


def _card(tenure: Tenure, name: str, title: str, better: Direction) -> Indicator:
    def measure(view: View) -> Any:
        return share(view.city.households_by_tenure[0, tenure + 1], view.city.households_by_tenure.sum())

    return Indicator(
        f"tenure.{name}_share",
        title,
        "share",
        better,
        ("city.households_by_tenure",),
        measure,
        title.lower(),
        "all households",
        "Census: households by tenure of the dwelling",
    )


INDICATORS = (
    *(_card(*told) for told in _TENURES),
    Indicator(
        "social_homes",
        "Social homes",
        "homes",
        "neither",
        ("city.homes_by_tenure",),
        lambda view: view.city.homes_by_tenure[0, Tenure.SOCIAL],
        "dwellings let by social rules, empty ones included",
        source="Social housing companies",
    ),
    Indicator(
        "social_homes_share",
        "Social homes among dwellings",
        "% of dwellings",
        "neither",
        ("city.homes_by_tenure",),
        lambda view: percent(view.city.homes_by_tenure[0, Tenure.SOCIAL], view.city.homes_by_tenure.sum()),
        "dwellings let by social rules",
        "dwellings",
        "Provincial count of social homes against the stock of dwellings",
    ),
    Indicator(
        "social_waiting_list",
        "Waiting list for a social home",
        "households",
        "down",
        ("city.waiting_list",),
        lambda view: view.city.waiting_list[0],
        "households registered for a social home",
        source="Registers of the social housing companies",
        headline=True,
    ),
)
