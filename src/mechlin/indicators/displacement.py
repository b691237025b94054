"""Who is pushed out of a home or finds none, how many of whom, and how long a social home takes."""

from functools import partial
from typing import Any

from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called
from mechlin.statistics.counting import share

_MODEL = "Not counted by any register; defined by the model"
_WHO = "people who moved or left after a rise of their private rent that they could not carry"
_AGES = ("under_18", "18_34", "35_64", "65_up")


def _of(view: View, column: str, place: int = 0) -> Any:
    return getattr(view.city, column).reshape(-1)[place]


def _card(name: str, title: str, column: str, place: int, numerator: str, headline: bool = False) -> Indicator:
    better: Direction = "down"
    return Indicator(
        name,
        title,
        "persons",
        better,
        (f"city.{column}",),
        partial(_of, column=column, place=place),
        numerator,
        source=_MODEL,
        headline=headline,
    )


INDICATORS = (
    _card("displaced", "Residents displaced by rising rents", "displaced", 0, _WHO, headline=True),
    *(
        _card(
            f"displaced.fifth_{n + 1}",
            f"Displaced residents in income fifth {n + 1}",
            "displaced_by_fifth",
            n,
            f"{_WHO}, by fifth of equivalised income at the last count, 1 the lowest",
        )
        for n in range(5)
    ),
    *(
        _card(
            f"displaced.age_{age}",
            f"Displaced residents, age {age.replace('_', ' ')}",
            "displaced_by_age",
            n,
            f"{_WHO}, of this age",
        )
        for n, age in enumerate(_AGES)
    ),
    _card(
        "turned_away",
        "People who found no home",
        "turned_away",
        0,
        "people who left because they found no home they could pay",
    ),
    Indicator(
        "social_waiting_months",
        "Wait of those let a social home",
        "months",
        "down",
        ("city.social_waited_months", "city.social_lettings"),
        lambda view: share(view.city.social_waited_months[0], view.city.social_lettings[0]),
        "months from registering to the letting, of this year's lettings from the list",
        "lettings from the list",
        "Registers of the social housing companies",
    ),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the displaced of each background."""
    return tuple(
        _card(
            f"displaced.{name}",
            f"Displaced residents of background {called(name)}",
            "displaced_by_background",
            g,
            f"{_WHO}, of this background as the source counts it",
        )
        for g, name in enumerate(names)
    )
