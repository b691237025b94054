"""Whom the police stop: a cost of presence that is not shared alike."""

from functools import partial
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called
from mechlin.statistics.counting import share

_SOURCE = "Not registered by the police; here every stop of a resident"
_AGES = (
    ("under_20", "under 20", 0, 4),
    ("20_29", "20 to 29", 4, 6),
    ("30_49", "30 to 49", 6, 10),
    ("50_up", "50 and over", 10, 20),
)


def _share(view: View, stops: str, group: Any, whole: str, members: Any) -> Any:
    """Return stops of a group for 100 of its residents; ``whole`` names the column that counts these."""
    table, _, column = whole.partition(".")
    residents = getattr(getattr(view, table), column)
    return 100.0 * share(getattr(view.city, f"stops_by_{stops}")[0, group].sum(), residents[..., members].sum())


def _card(name: str, title: str, stops: str, group: Any, whole: str, members: Any, who: str) -> Indicator:
    measure = partial(_share, stops=stops, group=group, whole=whole, members=members)
    return Indicator(
        name,
        title,
        "per 100 residents",
        "down",
        (f"city.stops_by_{stops}", whole),
        measure,
        f"stops of {who} in the year",
        f"{who} at the end of the year",
        _SOURCE,
    )


INDICATORS = (
    _card("stops", "Stops by the police", "age", slice(None), "areas.people", slice(None), "residents"),
    *(
        _card(
            f"stops.age_{name}",
            f"Stops of residents {words}",
            "age",
            group,
            "city.people_by_age",
            slice(first, last),
            f"residents {words}",
        )
        for group, (name, words, first, last) in enumerate(_AGES)
    ),
    *(
        _card(
            f"stops.fifth_{fifth + 1}",
            f"Stops in income fifth {fifth + 1}",
            "fifth",
            fifth,
            "areas.income_fifths",
            fifth,
            f"residents of income fifth {fifth + 1}, 1 the lowest",
        )
        for fifth in range(5)
    ),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the stops of residents of each background, so that unequal treatment can be seen."""
    return tuple(
        _card(
            f"stops.background_{name}",
            f"Stops of residents of background {called(name)}",
            "background",
            group,
            "areas.backgrounds",
            group,
            f"residents of background {called(name)}",
        )
        for group, name in enumerate(names)
    )
