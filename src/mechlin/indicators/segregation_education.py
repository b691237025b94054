"""How unevenly residents of 25 and over with little and much schooling are spread over the areas of the city."""

from typing import Any

from mechlin.city.segregation import Counts, against_rest
from mechlin.city.segregation_cards import DISSIMILARITY, EXPOSURE, HUTCHENS, ISOLATION, THEIL_H, cards

_READS = ("areas.educations",)
_LOW = "residents of low education"


def _low_and_others(view: Any) -> Counts:
    return against_rest(view.areas.educations, 0)


def _low_high_and_middle(view: Any) -> Counts:
    return view.areas.educations[:, (0, 2, 1)]


INDICATORS = (
    *cards("segregation.education", _LOW, "all others", _READS, _low_and_others,
           (DISSIMILARITY, ISOLATION, HUTCHENS)),
    *cards("segregation.education", _LOW, "those of high education", _READS, _low_high_and_middle, (EXPOSURE,)),
    *cards("segregation.education", "residents of all education levels", "", _READS,
           lambda view: view.areas.educations, (THEIL_H,)),
)  # fmt: skip
