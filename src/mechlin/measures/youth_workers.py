"""Street workers, and one youth centre for all."""

from typing import Annotated, Any, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View

_YOUNGEST, _BEYOND = 12, 25  # years


class Params(NamedTuple):
    """Size, reach and price of the measure."""

    workers: Annotated[float, Param("full-time", 0, 1000, "Street workers", "youth.workers")] = 24.0
    worker_reach: Annotated[float, Param("people/year", 0, 500, "Young people known to one worker")] = 20.0
    centre_reach: Annotated[float, Param("people/year", 0, 10**5, "Who come to the centre", "youth.centre")] = 500.0
    risk_share: Annotated[float, Param("share", 0.01, 1, "Of young people, at risk", likely=(0.05, 0.3))] = 0.15
    found_share: Annotated[float, Param("share", 0, 1, "Of those reached, at risk", likely=(0.15, 0.6))] = 0.4
    worker_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of a worker", "costs.city_worker")] = 55000.0
    centre_eur: Annotated[float, Param("EUR/year", 0, 10**8, "To run the centre")] = 400000.0
    building_eur: Annotated[float, Param("EUR/year", 0, 10**8, "While it is built", "youth.building")] = 0.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas where somebody lives."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area, unless nobody is reached."""
    return 10**6 if p.workers * p.worker_reach + p.centre_reach > 0 else 0


@compiled
def _count(people, households, t, young):
    for i in range(people.alive.size):
        months = t - np.int64(people.born_month[i])
        if people.alive[i] and _YOUNGEST * 12 <= months < _BEYOND * 12 and people.household[i] >= 0:
            young[households.area[people.household[i]]] += 1


def year_plan(view: View, enrolled: np.ndarray, p: Params, clock: Clock, before: Any) -> Any:
    """Count the young people of each area; once a year is enough."""
    young = np.zeros(enrolled.size, dtype=np.int64)
    _count(view.people, view.households, clock.t, young)
    return young


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """The share of young people at risk in each area that workers and centre reach."""
    young = view.year_plan * enrolled
    need = young * view.areas.income_fifths[:, 0] / np.maximum(view.areas.people, 1)
    by_need, evenly = need / max(need.sum(), 1e-9), young / max(young.sum(), 1)
    reached = p.workers * p.worker_reach * by_need + p.centre_reach * evenly
    at_risk = np.maximum(young * p.risk_share, 1.0)
    out["safety.youth_reach"][:] = np.minimum(reached * p.found_share / at_risk, 1.0)


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Workers, the centre, and its building."""
    running = p.workers * p.worker_eur + (p.centre_eur if p.centre_reach > 0 else 0.0)
    return Costs(city_investment_eur=p.building_eur / 12.0, city_running_eur=running / 12.0)


PROGRAMME = Programme(
    title="Street workers and one youth centre for all",
    text=MeasureText(
        summary="Street workers, and one youth centre for all.",
        who="people of 12 to 24; workers go where young people and low incomes are, the centre is open to everybody",
        what="young people known to a worker, or coming to the centre",
        lever="safety.youth_reach",
        costs="workers and the centre's running (city), its building while it is built (city)",
        expect="fewer offences by those reached; about one in eight fewer in the one good study",
        doubt=(
            "that study is of clubs that closed, in London; who is reached is not who needs it most; numbers of "
            "workers were never published"
        ),
    ),
    pillar="safety",
    params=Params,
    table="areas",
    reads=(
        "people.alive",
        "people.born_month",
        "people.household",
        "households.area",
        "areas.people",
        "areas.income_fifths",
    ),
    levers=("safety.youth_reach",),
    inert={"workers": 0.0, "centre_reach": 0.0},
    large={"workers": 200.0, "centre_reach": 5000.0},
    expects={"offences": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    year_plan=year_plan,
)
