"""More officers on foot and bicycle, and training in fair conduct."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View
from mechlin.measures.siting.siting import demand_of


class Params(NamedTuple):
    """Size, spread and price of the measure."""

    officers: Annotated[float, Param("full-time", 0, 1000, "Officers beyond the usual", "patrol.dose")] = 80.0
    patrol_share: Annotated[float, Param("share", 0, 1, "Of their hours, patrol in sight")] = 0.35
    duty_hours: Annotated[float, Param("hours/month", 0, 250, "Worked by an officer")] = 125.0
    hotspot_share: Annotated[
        float, Param("share", 0, 1, "Of patrol, by last year's offences; the rest by residents")
    ] = 0.6
    trained_share: Annotated[float, Param("share", 0, 1, "Of officers, trained in fair conduct")] = 0.0
    officer_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of an officer", "costs.officer")] = 80000.0
    training_eur: Annotated[float, Param("EUR/year", 0, 10**5, "Training of an officer, refreshed yearly")] = 600.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Every area where somebody lives."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area is patrolled, unless there are no officers."""
    return 10**6 if p.officers > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread officers and their hours of patrol; train a share of all officers."""
    a = view.areas
    residents = a.people * enrolled
    offences = demand_of(a.offence_rate.sum(axis=1), a.people, a.people) * enrolled
    by_offences = offences / max(offences.sum(), 1e-9)
    by_residents = residents / max(residents.sum(), 1)
    spread = p.hotspot_share * by_offences + (1.0 - p.hotspot_share) * by_residents
    out["safety.officers"][:] = p.officers * spread
    out["safety.patrol_hours"][:] = p.officers * p.patrol_share * p.duty_hours * spread
    out["safety.conduct_training"][:] = p.trained_share


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Officers, and the training of those among them."""
    yearly = p.officers * (p.officer_eur + p.trained_share * p.training_eur)
    return Costs(city_running_eur=yearly / 12.0)


PROGRAMME = Programme(
    title="More officers on foot and bicycle",
    text=MeasureText(
        summary="More officers on foot and bicycle, and training in fair conduct.",
        who="areas, by last year's offences and by residents",
        what=(
            "officers beyond the usual: offences follow their number; the part of their hours that is patrol in sight is seen "
            "and brings stops, none of them in the aggressive style"
        ),
        lever="safety.officers, safety.patrol_hours, safety.conduct_training",
        costs="the officers and the training (city; part of it is in truth the federal state's)",
        expect="somewhat fewer offences; fear and trust hardly change by patrol alone",
        doubt="most trials are American and of small hot spots; reports of police strength in 2001 and 2003 conflict",
    ),
    pillar="safety",
    params=Params,
    table="areas",
    reads=("areas.people", "areas.offence_rate"),
    levers=("safety.officers", "safety.patrol_hours", "safety.conduct_training"),
    inert={"officers": 0.0},
    large={"officers": 300.0, "trained_share": 1.0},
    expects={"offences": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
