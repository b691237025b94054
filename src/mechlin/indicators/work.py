"""How many residents work, and how many look for work."""

from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import percent, share


def _unemployment(view: View) -> Any:
    looking = view.city.looking_18_64[0]
    return percent(looking, looking + view.city.working_18_64[0])


INDICATORS = (
    Indicator(
        "employment",
        "Residents at work, 20 to 64",
        "share",
        "up",
        ("city.working_20_64", "city.people_20_64"),
        lambda view: share(view.city.working_20_64[0], view.city.people_20_64[0]),
        "residents of 20 to 64 who work",
        "residents of 20 to 64",
        "Eurostat employment rate, 20 to 64",
        headline=True,
    ),
    Indicator(
        "unemployment_rate",
        "Unemployment, administrative rate",
        "%",
        "down",
        ("city.looking_18_64", "city.working_18_64"),
        _unemployment,
        "residents of 18 to 64 who look for work",
        "residents of 18 to 64 who work or look for work",
        "Registered job seekers, 1 January",
        when="january",
    ),
)
