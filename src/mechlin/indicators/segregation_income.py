"""How unevenly residents with low and high household incomes are spread over the areas of the city."""

from typing import Any

from mechlin.city.segregation import Counts, against_rest
from mechlin.city.segregation_cards import DISSIMILARITY, EXPOSURE, HUTCHENS, ISOLATION, THEIL_H, cards

_READS = ("areas.income_fifths",)
_LOWEST = "residents in the lowest income fifth"


def _lowest_and_others(view: Any) -> Counts:
    return against_rest(view.areas.income_fifths, 0)


def _lowest_highest_and_others(view: Any) -> Counts:
    return view.areas.income_fifths[:, (0, 4, 1, 2, 3)]


INDICATORS = (
    *cards("segregation.income", _LOWEST, "all others", _READS, _lowest_and_others,
           (DISSIMILARITY, ISOLATION, HUTCHENS), headline=("dissimilarity",)),
    *cards("segregation.income", _LOWEST, "those in the highest", _READS, _lowest_highest_and_others, (EXPOSURE,)),
    *cards("segregation.income", "residents of all income fifths", "", _READS,
           lambda view: view.areas.income_fifths, (THEIL_H,)),
)  # fmt: skip
