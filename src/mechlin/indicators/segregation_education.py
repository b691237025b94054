"""How unevenly residents of 25 and over with little and much schooling are spread over the areas of the city."""

from mechlin.core.codes import Education
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

_READS = ("areas.educations", "city.educations_together")
_LOW = "residents of low education"


def _low_and_others(view: View) -> Spread:
    return against_rest(view.areas.educations, Education.LOW), view.city.educations_together[0, Education.LOW]


def _low_high_and_middle(view: View) -> Spread:
    order = (Education.LOW, Education.HIGH, Education.MIDDLE)
    return view.areas.educations[:, order], view.city.educations_together[0, order]


def _all(view: View) -> Spread:
    return view.areas.educations, view.city.educations_together[0]


INDICATORS = (
    *cards("segregation.education", _LOW, "all others", _READS, _low_and_others, (DISSIMILARITY, ISOLATION, HUTCHENS)),
    *cards("segregation.education", _LOW, "those of high education", _READS, _low_high_and_middle, (EXPOSURE,)),
    *cards("segregation.education", "residents of all education levels", "", _READS, _all, (THEIL_H,)),
)
