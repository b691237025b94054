"""How unevenly residents of different backgrounds are spread over the areas of the city."""

from functools import partial

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called
from mechlin.indicators.shared.segregation_cards import (
    DISSIMILARITY,
    EXPOSURE,
    HUTCHENS,
    ISOLATION,
    THEIL_H,
    Spread,
    cards,
)
from mechlin.statistics.segregation import against_rest

_READS = ("areas.backgrounds", "city.backgrounds_together")


def _minority_and_majority(view: View) -> Spread:
    return against_rest(view.areas.backgrounds, 0)[:, ::-1], view.city.backgrounds_together[0, 0]


def _one_and_others(view: View, group: int) -> Spread:
    return against_rest(view.areas.backgrounds, group), view.city.backgrounds_together[0, group]


def _all(view: View) -> Spread:
    return view.areas.backgrounds, view.city.backgrounds_together[0]


INDICATORS = (
    *cards(
        "segregation.background",
        "residents of minority background",
        "those of majority background",
        _READS,
        _minority_and_majority,
        (DISSIMILARITY, EXPOSURE, ISOLATION, HUTCHENS),
        headline=("dissimilarity",),
    ),
    *cards("segregation.background", "residents of all backgrounds", "", _READS, _all, (THEIL_H,)),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the indices of each background against everybody else."""
    return tuple(
        card
        for group, name in enumerate(names)
        for card in cards(
            f"segregation.background.{name}",
            f"residents of background {called(name)}",
            "all others",
            _READS,
            partial(_one_and_others, group=group),
            (DISSIMILARITY, ISOLATION),
        )
    )
