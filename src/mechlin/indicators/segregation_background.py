"""How unevenly residents of different backgrounds are spread over the areas of the city."""

from typing import Any

from mechlin.city.segregation import Counts, against_rest
from mechlin.city.segregation_cards import DISSIMILARITY, EXPOSURE, HUTCHENS, ISOLATION, THEIL_H, cards
from mechlin.core.declare import Indicator

_READS = ("areas.backgrounds",)


def _minority_and_majority(view: Any) -> Counts:
    return against_rest(view.areas.backgrounds, 0)[:, ::-1]


INDICATORS = (
    *cards(
        "segregation.background", "residents of minority background", "those of majority background", _READS,
        _minority_and_majority, (DISSIMILARITY, EXPOSURE, ISOLATION, HUTCHENS), headline=("dissimilarity",),
    ),
    *cards("segregation.background", "residents of all backgrounds", "", _READS,
           lambda view: view.areas.backgrounds, (THEIL_H,)),
)  # fmt: skip


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the indices of each background against everybody else."""
    return tuple(
        card
        for group, name in enumerate(names)
        for card in cards(
            f"segregation.background.{name}", f"residents of background {name}", "all others", _READS,
            lambda view, group=group: against_rest(view.areas.backgrounds, group), (DISSIMILARITY, ISOLATION),
        )
    )  # fmt: skip
