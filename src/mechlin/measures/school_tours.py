"""Parents visit a mixed school near home together and choose it together."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    families: Annotated[float, Param("families/year", 0, 10**5, "Families shown around", "schools.tours")] = 20.0
    schools: Annotated[int, Param("schools", 1, 10**4, "Schools they are spread over")] = 2
    mixed_from_share: Annotated[float, Param("share", 0, 1, "Indicator pupils from which a school invites")] = 0.4
    coordinator_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Coordinator, part of a post")] = 25000.0
    family_eur: Annotated[float, Param("EUR/family", 0, 10**4, "Evenings and print for a family")] = 50.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Schools with enough indicator pupils."""
    out[:] = view.schools.indicator_share >= p.mixed_from_share


def places(p: Params) -> int:
    """Return how many schools invite."""
    return p.schools if p.families > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the families over the schools that invite."""
    out["schools.tours"][enrolled] = p.families / enrolled.sum()


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The coordinator and the evenings, spread over the year."""
    return Costs(city_running_eur=(p.coordinator_eur + p.families * p.family_eur) / 12.0)


PROGRAMME = Programme(
    title="Parents visit and choose a mixed school together",
    text=MeasureText(
        summary="Parents visit a mixed school near home together and choose it together.",
        who="mixed schools that invite; families nearby, not of indicator pupils, who list them below another school",
        what="visits and evenings at which parents of the same neighbourhood meet each other and the team",
        lever="schools.tours",
        costs="a coordinator and the evenings (city)",
        expect="some groups of families at schools where none would have gone alone",
        doubt="counts without a comparison group; a group smaller than five does not come; numbers are small",
    ),
    pillar="schools",
    params=Params,
    table="schools",
    reads=("schools.indicator_share",),
    levers=("schools.tours",),
    inert={"families": 0.0},
    large={"families": 60.0, "schools": 4, "mixed_from_share": 0.0},
    expects={"school_tour_families": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
