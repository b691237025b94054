"""Language lessons near home for whoever is still learning the local language."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    hours_per_year: Annotated[float, Param("hours/year", 0, 10**8, "Hours, each counted for each learner")] = 20000.0
    additional_share: Annotated[float, Param("share", 0, 1, "Of these, not taken elsewhere without it")] = 0.6
    teacher_eur: Annotated[float, Param("EUR/hour", 0, 1000, "Teacher, for one learner's hour")] = 6.0
    room_eur: Annotated[float, Param("EUR/hour", 0, 1000, "Room and help with children, likewise")] = 2.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas where somebody is still learning."""
    out[:] = view.areas.learners > 0


def places(p: Params) -> int:
    """Every such area may take part, unless no hour is given."""
    return 10**6 if p.hours_per_year * p.additional_share > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the additional hours over the areas by their learners."""
    learners = np.where(enrolled, view.areas.learners, 0)
    out["economy.lesson_hours"][:] = learners / max(learners.sum(), 1) * p.hours_per_year * p.additional_share / 12.0


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Teachers by the region, rooms by the city."""
    hours = p.hours_per_year / 12.0
    return Costs(region_running_eur=hours * p.teacher_eur, city_running_eur=hours * p.room_eur)


PROGRAMME = Programme(
    title="Language lessons near home",
    text=MeasureText(
        summary="Language lessons near home for whoever is still learning the local language.",
        who="areas where people are still learning it, in proportion to the learners",
        what="hours of lessons and conversation tables in the neighbourhood",
        lever="economy.lesson_hours",
        costs="teachers (region), rooms and help with children (city)",
        expect="better command of the language, and with it more work for the learners",
        doubt="hours given in the city were never published; what an hour adds is a judgement",
    ),
    pillar="meeting",
    params=Params,
    table="areas",
    reads=("areas.learners",),
    levers=("economy.lesson_hours",),
    inert={"hours_per_year": 0.0},
    large={"hours_per_year": 60000.0, "additional_share": 1.0},
    expects={"good_language_share": "up", "lesson_hours": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    evidence=("economy.lesson_gain",),
)
