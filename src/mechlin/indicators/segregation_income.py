"""How unevenly residents with low and high household incomes are spread over the areas of the city."""

from mechlin.core.views import View
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

_READS = ("areas.income_fifths", "city.income_fifths_together")
_LOWEST = "residents in the lowest income fifth"


def _lowest_and_others(view: View) -> Spread:
    return against_rest(view.areas.income_fifths, 0), view.city.income_fifths_together[0, 0]


def _lowest_highest_and_others(view: View) -> Spread:
    order = (0, 4, 1, 2, 3)
    return view.areas.income_fifths[:, order], view.city.income_fifths_together[0, order]


def _all(view: View) -> Spread:
    return view.areas.income_fifths, view.city.income_fifths_together[0]


INDICATORS = (
    *cards(
        "segregation.income", _LOWEST, "all others", _READS, _lowest_and_others, (DISSIMILARITY, ISOLATION, HUTCHENS)
    ),
    *cards("segregation.income", _LOWEST, "those in the highest", _READS, _lowest_highest_and_others, (EXPOSURE,)),
    *cards("segregation.income", "residents of all income fifths", "", _READS, _all, (THEIL_H,)),
)
