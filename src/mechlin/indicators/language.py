"""How well adults command the local language."""

from typing import Any

import numpy as np

from mechlin.city.counting import share
from mechlin.core.declare import Indicator

_STEPS = 1024  # shares are added up in whole steps, so that the order of residents cannot move a digit
_FLUENT = 0.8  # command from which somebody counts as fluent
_READS = ("people.alive", "people.education", "people.local_language_share")


def _adults(view: Any) -> Any:
    return view.people.local_language_share[view.people.alive & (view.people.education >= 0)]


def _mean(view: Any) -> Any:
    steps = np.rint(_adults(view).astype(float) * _STEPS).astype(np.int64)
    return share(steps.sum(), _STEPS * steps.size)


def _fluent(view: Any) -> Any:
    return share((_adults(view) >= _FLUENT).sum(), _adults(view).size)


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
