"""Digital enrolment: parents rank schools at home and a computer assigns, whoever was first."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Whether the rule is in force, the order it uses, and its price."""

    in_force: Annotated[int, Param("0 or 1", 0, 1, "The rule is in force", "schools.digital")] = 1
    distance_share: Annotated[
        float, Param("share", 0, 0.8, "Of places, by distance; the rest by lottery", "schools.digital")
    ] = 0.8
    software_eur: Annotated[float, Param("EUR/year", 0, 10**7, "Software and help for parents")] = 40000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The city as a whole."""
    out[:] = True


def places(p: Params) -> int:
    """The whole city, or nobody."""
    return 10**6 if p.in_force else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Replace the queue, with the stated order."""
    out["schools.regime"][enrolled] = 1.0
    out["schools.distance_share"][enrolled] = p.distance_share


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Software and help for parents who cannot register alone."""
    return Costs(city_running_eur=p.software_eur / 12.0)


PROGRAMME = Programme(
    title="Digital enrolment",
    text=MeasureText(
        summary="Digital enrolment: parents rank schools at home and a computer assigns, whoever was first.",
        who="every family that seeks a school",
        what="ranking lists and deferred acceptance instead of a queue; order by distance or by lottery",
        lever="schools.regime, schools.distance_share",
        costs="software and help for parents (city)",
        expect="the hour at which parents can come no longer counts; with distance as order, shorter ways to school",
        doubt="order by distance hands the composition of streets on to schools",
    ),
    pillar="schools",
    params=Params,
    table="city",
    reads=("city.pupils_by_kind",),
    levers=("schools.regime", "schools.distance_share"),
    inert={"in_force": 0},
    large={"in_force": 1},
    expects={},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
