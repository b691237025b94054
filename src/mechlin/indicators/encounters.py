"""Whom residents meet, how open they are, and how much background weighs: mean over adults, in the city and by area."""

from typing import Any

from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_FINE = 1024  # parts in which the sums are counted
_MODEL = "No official counterpart: a state of the model"
_MEANS: tuple[tuple[str, str, str, Direction, str], ...] = (
    (
        "bridging_share",
        "bridging_parts",
        "Encounters across backgrounds",
        "up",
        "sum over adults of the share of recent encounters that were with people of another background",
    ),
    (
        "openness",
        "openness_parts",
        "Openness to people of other backgrounds",
        "up",
        "sum over adults of openness, 0 to 1",
    ),
    (
        "salience",
        "salience_parts",
        "Weight of background among identities",
        "neither",
        "sum over adults of the weight of background, 0 to 1",
    ),
)


def _means(name: str, column: str, title: str, better: Direction, numerator: str) -> tuple[Indicator, ...]:
    reads = (f"areas.{column}", "areas.adults_met")

    def in_city(view: View) -> Any:
        return share(getattr(view.areas, column).sum(), view.areas.adults_met.sum() * _FINE)

    def by_area(view: View) -> Any:
        return share(getattr(view.areas, column), view.areas.adults_met * _FINE)

    return (
        Indicator(name, title, "share", better, reads, in_city, numerator, "adults", _MODEL),
        Indicator(
            f"areas.{name}",
            f"{title}, by area",
            "share",
            better,
            reads,
            by_area,
            numerator,
            "adults of the area",
            _MODEL,
            by_area=True,
        ),
    )


_WITHOUT = ("areas.without_contact", "areas.adults_met")
_NO_CONTACT = "adults whose bridging share lies below the line of regular contact"
_SURVEY = "Flemish municipal monitor: almost never talks with people of another origin (69 % in Flanders, 2020)"

INDICATORS = (
    *(card for mean in _MEANS for card in _means(*mean)),
    Indicator(
        "without_contact_share",
        "Adults without regular contact across backgrounds",
        "share",
        "down",
        _WITHOUT,
        lambda view: share(view.areas.without_contact.sum(), view.areas.adults_met.sum()),
        _NO_CONTACT,
        "adults",
        _SURVEY,
    ),
    Indicator(
        "areas.without_contact_share",
        "Adults without regular contact across backgrounds, by area",
        "share",
        "down",
        _WITHOUT,
        lambda view: share(view.areas.without_contact, view.areas.adults_met),
        _NO_CONTACT,
        "adults of the area",
        _SURVEY,
        by_area=True,
    ),
)
