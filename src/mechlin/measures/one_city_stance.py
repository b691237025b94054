"""The city speaks and acts as one community of residents, and deals with residents rather than with groups."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """How far the city goes."""

    stance: Annotated[float, Param("share", 0, 1, "How far the city speaks and acts as one community")] = 1.0
    group_dealings: Annotated[float, Param("share", 0, 1, "Of its dealings, with groups and their spokesmen")] = 0.0
    communication_eur: Annotated[float, Param("EUR/year", 0, 10**7, "Communication")] = 25000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The one city, when anybody lives in it."""
    out[:] = view.areas.people.sum() > 0


def places(p: Params) -> int:
    """The city takes part, unless it neither speaks as one nor deals with groups."""
    return 10**6 if p.stance > 0 or p.group_dealings > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Say it."""
    out["encounters.one_city_stance"][:] = p.stance
    out["encounters.group_dealings"][:] = p.group_dealings


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Communication by the city, whatever it says."""
    return Costs(city_running_eur=p.communication_eur / 12.0)


PROGRAMME = Programme(
    title="One city, one community",
    text=MeasureText(
        summary=(
            "The city speaks and acts as one community of residents, and deals with residents rather than with groups."
        ),
        who="the city as a whole",
        what="one message, equal rules for all, no spokesmen of groups; the opposite can be rehearsed too",
        lever="encounters.one_city_stance; encounters.group_dealings for the opposite",
        costs="communication (city)",
        expect="where somebody comes from weighs a little less among their identities, if it does anything",
        doubt="no study measures what such words do; the range of belief includes no effect at all",
    ),
    pillar="city",
    params=Params,
    table="city",
    reads=("areas.people",),
    levers=("encounters.one_city_stance", "encounters.group_dealings"),
    inert={"stance": 0.0, "group_dealings": 0.0},
    large={"stance": 1.0},
    expects={"salience": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    evidence=("encounters.stance",),
)
