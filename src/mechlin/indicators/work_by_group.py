"""Who looks for work: by education, and by origin as the source statistic counts it."""

from functools import partial
from typing import Any

from mechlin.city.counting import percent
from mechlin.core.declare import Indicator

_LOOKING, _WORKING = 1, 2
_ORIGINS = {
    "majority_origin": ("of majority origin", "the country's own nationality, also of both parents"),
    "foreign_origin": ("of foreign origin", "own or a parent's first nationality another than the country's"),
}
_LEVELS = {"low_education": "low", "middle_education": "middle", "high_education": "high"}
_SOURCE = "Registered job seekers by education and origin (VDAB, integration monitor)"


def _among(view: Any, chosen: Any) -> Any:
    work = view.people.work[view.people.alive & chosen]
    looking = (work == _LOOKING).sum()
    return percent(looking, looking + (work == _WORKING).sum())


def _by_education(view: Any, level: int) -> Any:
    return _among(view, view.people.education == level)


def _by_origin(view: Any, foreign: bool) -> Any:
    return _among(view, (view.people.background > 0) == foreign)


INDICATORS = (
    *(Indicator(
        f"unemployment_rate.{name}", f"Unemployment, {said} education", "%", "down",
        ("people.alive", "people.work", "people.education"), partial(_by_education, level=level),
        f"residents with {said} education who look for work", "those who work or look for work", _SOURCE,
    ) for level, (name, said) in enumerate(_LEVELS.items())),
    *(Indicator(
        f"unemployment_rate.{name}", f"Unemployment, {said}", "%", "down",
        ("people.alive", "people.work", "people.background"), partial(_by_origin, foreign=bool(foreign)),
        f"residents {said} who look for work ({meant})", "those who work or look for work", _SOURCE,
    ) for foreign, (name, (said, meant)) in enumerate(_ORIGINS.items())),
)  # fmt: skip
