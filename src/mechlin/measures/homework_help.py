"""Help with homework by volunteers, near home."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View

_SUMMER = (7, 8)  # months without school


class Params(NamedTuple):
    """Size and price of the measure."""

    pupils: Annotated[float, Param("pupils", 0, 10**6, "Pupils helped")] = 60.0
    hours_a_week: Annotated[float, Param("hours/week", 0, 40, "Hours of help for each", likely=(1.0, 4.0))] = 2.0
    weeks_a_month: Annotated[float, Param("weeks/month", 1, 4.4, "Weeks with help in a school month")] = 3.7
    areas_share: Annotated[float, Param("share", 0, 1, "Of areas, the poorest in which it is given")] = 0.15
    volunteer_eur: Annotated[float, Param("EUR/hour", 0, 500, "Expenses of a volunteer")] = 4.0
    coordinator_eur: Annotated[float, Param("EUR/year", 0, 10**6, "A coordinator")] = 60000.0
    coordinator_pupils: Annotated[float, Param("pupils", 1, 10**4, "Pupils that a coordinator can place")] = 120.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The areas with the largest shares of poor residents, pupils living there."""
    areas = view.areas
    poor = areas.poor_people / np.maximum(areas.people, 1)
    most = np.argsort(-poor, kind="stable")[: int(np.ceil(p.areas_share * poor.size))]
    out[:] = False
    out[most] = areas.pupils[most] > 0


def places(p: Params) -> int:
    """Every such area, unless nothing is done."""
    return 10**6 if p.pupils * p.hours_a_week > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the hours over the areas by their pupils."""
    if clock.month not in _SUMMER:
        pupils = np.where(enrolled, view.areas.pupils, 0)
        hours = p.pupils * p.hours_a_week * p.weeks_a_month
        out["economy.tutoring_hours"][:] = hours * pupils / max(pupils.sum(), 1)


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Coordinators through the year, expenses in the school months."""
    hours = 0.0 if clock.month in _SUMMER else p.pupils * p.hours_a_week * p.weeks_a_month
    return Costs(city_running_eur=hours * p.volunteer_eur + p.pupils / p.coordinator_pupils * p.coordinator_eur / 12.0)


PROGRAMME = Programme(
    title="Help with homework",
    text=MeasureText(
        summary="Help with homework by volunteers, near home.",
        who="the areas with most residents below the poverty line",
        what="hours of help after school for a number of pupils, in the school year",
        lever="economy.tutoring_hours",
        costs="expenses of volunteers, a coordinator for so many pupils (city)",
        expect="a little more attainment of pupils in poor areas, fading within years",
        doubt=(
            "volunteers after school do less than trained tutors at school; the hours given in the city are not known"
        ),
    ),
    pillar="schools",
    params=Params,
    table="areas",
    reads=("areas.poor_people", "areas.people", "areas.pupils"),
    levers=("economy.tutoring_hours",),
    inert={"pupils": 0.0},
    large={"pupils": 3000.0, "hours_a_week": 6.0, "areas_share": 1.0},
    expects={"attainment": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
