"""How well adults command the local language."""

from typing import Any

from mechlin.city.counting import share
from mechlin.core.declare import Indicator
from mechlin.rules.adults import STEPS, language_of_adults

_FLUENT = 0.8  # command from which somebody counts as fluent
_READS = ("people.alive", "people.education", "people.local_language_share")


def _counts(view: Any) -> tuple[int, int, int]:
    people = view.people
    counts: tuple[int, int, int] = language_of_adults(
        people.alive, people.education, people.local_language_share, _FLUENT
    )
    return counts


def _mean(view: Any) -> Any:
    adults, steps, _ = _counts(view)
    return share(steps, STEPS * adults)


def _fluent(view: Any) -> Any:
    adults, _, able = _counts(view)
    return share(able, adults)


_SOURCE = "No survey of it by city is known; schools record the language spoken at home"

INDICATORS = (
    Indicator(
        "local_language", "Command of the local language", "share", "up", _READS, _mean,
        "mean over adults of the command of the local language, 0 to 1", "adults", _SOURCE,
    ),
    Indicator(
        "local_language.fluent_share", "Adults fluent in the local language", "share", "up", _READS, _fluent,
        f"adults with a command of {_FLUENT} or more", "adults", _SOURCE,
    ),
)  # fmt: skip
