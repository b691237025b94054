"""How often residents change home."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share


def _card(name: str, title: str, bands: slice) -> Indicator:
    def measure(view: View) -> Any:
        moved = view.city.moves_by_age[0, bands].sum() + view.city.departures_by_age[0, bands].sum()
        return share(moved, view.city.people_by_age[0, bands].sum())

    return Indicator(
        name,
        title,
        "share",
        "neither",
        ("city.moves_by_age", "city.departures_by_age", "city.people_by_age"),
        measure,
        "people who changed home within the city or left it in the year, each move counted",
        "residents of that age at the end of the year",
        "Population register: moves by age",
    )


INDICATORS = (
    _card("move_rate", "Moves per resident", slice(None)),
    *(
        _card(
            f"move_rate.age_{5 * i:02}_{5 * i + 4:02}", f"Moves per resident of {5 * i} to {5 * i + 4}", slice(i, i + 1)
        )
        for i in range(19)
    ),
    _card("move_rate.age_95_up", "Moves per resident of 95 and over", slice(19, 20)),
)
