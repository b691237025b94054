"""How unevenly pupils are spread over the primary schools of the city."""

from functools import partial

import numpy as np

from mechlin.core.codes import Education
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

_READS = ("schools.backgrounds", "city.pupils_together")
_KINDS = ("schools.pupils", "schools.indicator_pupils", "city.kinds_together")
_EDUCATIONS = ("schools.educations", "city.parents_together")
_TWO = (DISSIMILARITY, EXPOSURE, ISOLATION, THEIL_H, HUTCHENS)


def _background(view: View) -> Spread:
    return against_rest(view.schools.backgrounds, 0)[:, ::-1], view.city.pupils_together[0, 0]


def _kind(view: View) -> Spread:
    chosen = view.schools.indicator_pupils
    return np.stack([chosen, view.schools.pupils - chosen], axis=1), view.city.kinds_together[0, 1]


def _education(view: View) -> Spread:
    return against_rest(view.schools.educations, Education.HIGH), view.city.parents_together[0, Education.HIGH]


def _one_background(view: View, group: int) -> Spread:
    return against_rest(view.schools.backgrounds, group), view.city.pupils_together[0, group]


INDICATORS = (
    *cards(
        "school_segregation.background",
        "pupils of minority background",
        "those of majority background",
        _READS,
        _background,
        _TWO,
        places="schools",
        headline=("dissimilarity",),
    ),
    *cards("school_segregation.indicator", "indicator pupils", "other pupils", _KINDS, _kind, _TWO, places="schools"),
    *cards(
        "school_segregation.education",
        "pupils of highly educated parents",
        "other pupils",
        _EDUCATIONS,
        _education,
        (DISSIMILARITY, EXPOSURE, ISOLATION),
        places="schools",
    ),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the indices of each background against everybody else."""
    return tuple(
        card
        for group, name in enumerate(names)
        for card in cards(
            f"school_segregation.background.{name}",
            f"pupils of background {called(name)}",
            "all others",
            _READS,
            partial(_one_background, group=group),
            (DISSIMILARITY, ISOLATION),
            places="schools",
        )
    )
