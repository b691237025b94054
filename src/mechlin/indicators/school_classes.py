"""How large classes are and how pupils do."""

from typing import Any

import numpy as np

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_PARTS = 1024.0  # attainment is added up in these parts of an SD


def _class_size(view: View) -> Any:
    return share(view.schools.pupils.sum(), view.schools.classes.sum())


def _mean(view: View) -> Any:
    return share(view.city.attainment_sums[0].sum() / _PARTS, view.city.pupils_by_kind[0].sum())


def _gap(view: View) -> Any:
    other, indicator = share(view.city.attainment_sums[0] / _PARTS, view.city.pupils_by_kind[0])
    return float(np.subtract(other, indicator))


_READS = ("city.attainment_sums", "city.pupils_by_kind")

INDICATORS = (
    Indicator(
        "class_size",
        "Pupils in a class",
        "pupils",
        "down",
        ("schools.pupils", "schools.classes"),
        _class_size,
        "primary pupils",
        "classes",
        "Education statistics",
        role="delivered",
    ),
    Indicator(
        "attainment",
        "Attainment of primary pupils",
        "SD",
        "up",
        _READS,
        _mean,
        "attainment with what home, help and school add",
        "primary pupils",
        "School tests",
    ),
    Indicator(
        "attainment_gap",
        "Attainment gap of indicator pupils",
        "SD",
        "down",
        _READS,
        _gap,
        "mean attainment of other pupils less that of indicator pupils",
        "",
        "School tests",
    ),
)
