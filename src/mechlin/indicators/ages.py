"""How old the residents are."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import percent


def _card(name: str, title: str, numerator: str, bands: slice) -> Indicator:
    def measure(view: View) -> Any:
        return percent(view.city.people_by_age[0, bands].sum(), view.city.people_by_age.sum())

    return Indicator(
        name,
        title,
        "%",
        "neither",
        ("city.people_by_age",),
        measure,
        numerator,
        "all residents",
        "Population register, 1 January",
        when="january",
    )


INDICATORS = (
    _card("share_age_0_19", "Residents under 20", "residents of 0 to 19", slice(0, 4)),
    _card("share_age_65_up", "Residents of 65 and over", "residents of 65 and over", slice(13, 20)),
)
