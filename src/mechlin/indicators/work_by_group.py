"""Who looks for work: by education, and by origin as the source statistic counts it."""

from functools import partial
from typing import Any

from mechlin.core.codes import Education, words
from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.adults import looking_and_working
from mechlin.statistics.counting import percent

_HIGHEST = 127  # code of a background
_ORIGINS = {
    "majority_origin": ("of majority origin", "the country's own nationality, also of both parents"),
    "foreign_origin": ("of foreign origin", "own or a parent's first nationality another than the country's"),
}
_SOURCE = "Registered job seekers by education and origin (VDAB, integration monitor)"


def _by_education(view: View, level: int) -> Any:
    people = view.people
    looking, working = looking_and_working(people.alive, people.work, people.education, level, level)
    return percent(looking, looking + working)


def _by_origin(view: View, lowest: int, highest: int) -> Any:
    people = view.people
    looking, working = looking_and_working(people.alive, people.work, people.background, lowest, highest)
    return percent(looking, looking + working)


INDICATORS = (
    *(
        Indicator(
            f"unemployment_rate.{level}_education",
            f"Unemployment, {level} education",
            "%",
            "down",
            ("people.alive", "people.work", "people.education"),
            partial(_by_education, level=code),
            f"residents with {level} education who look for work",
            "those who work or look for work",
            _SOURCE,
        )
        for code, level in enumerate(words(Education))
    ),
    *(
        Indicator(
            f"unemployment_rate.{name}",
            f"Unemployment, {said}",
            "%",
            "down",
            ("people.alive", "people.work", "people.background"),
            partial(_by_origin, lowest=foreign, highest=foreign * _HIGHEST),
            f"residents {said} who look for work ({meant})",
            "those who work or look for work",
            _SOURCE,
        )
        for foreign, (name, (said, meant)) in enumerate(_ORIGINS.items())
    ),
)
