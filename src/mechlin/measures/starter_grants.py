"""Practical and financial help for residents and schools that start a project of their own."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    grants_per_year: Annotated[float, Param("grants/year", 0, 10**5, "Projects helped to start")] = 30.0
    additional_share: Annotated[
        float, Param("share", 0, 1, "Of these, not started without help", evidence="upkeep.extra", likely=(0.2, 0.9))
    ] = 0.6
    participants: Annotated[float, Param("people", 1, 1000, "Who join a project", likely=(8, 40))] = 20.0
    meetings: Annotated[float, Param("meetings", 1, 50, "Meetings of a project that leave a mark")] = 3.0
    grant_eur: Annotated[float, Param("EUR/grant", 0, 50000, "Grant", "encounters.neighbour_days")] = 500.0
    own_eur: Annotated[float, Param("EUR/grant", 0, 50000, "What a project brings itself")] = 300.0
    staff_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Staff who help with rooms, permits, insurance")] = 40000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Every area where people live."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area may take part, unless no project is started."""
    return 10**6 if p.grants_per_year * p.additional_share > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the places in additional projects over the areas by their residents."""
    people = np.where(enrolled, view.areas.people, 0)
    places_a_year = p.grants_per_year * p.additional_share * p.participants * p.meetings
    out["encounters.mixed_places"][:] = people / max(people.sum(), 1) * places_a_year / 12.0


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Grants and staff by the city; what the projects bring by residents."""
    grants = p.grants_per_year / 12.0
    return Costs(city_running_eur=grants * p.grant_eur + p.staff_eur / 12.0, residents_running_eur=grants * p.own_eur)


PROGRAMME = Programme(
    title="Help to start a project of one's own",
    text=MeasureText(
        summary="Practical and financial help for residents and schools that start a project of their own.",
        who="every area where people live, in proportion to its residents; whoever has a plan that is open to all",
        what="a small grant, a room, a permit arranged: a project meets several times",
        lever="encounters.mixed_places",
        costs="the grants and the staff who help (city), hours and money of their own (residents)",
        expect="more meetings across all that keeps residents apart, among those who join",
        doubt="number and reach of such projects were never published; many plans would have found money elsewhere",
    ),
    pillar="meeting",
    params=Params,
    table="areas",
    reads=("areas.people",),
    levers=("encounters.mixed_places",),
    inert={"grants_per_year": 0.0},
    large={"grants_per_year": 300.0, "additional_share": 1.0},
    expects={"activity_meetings": "up", "bridging_share": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
