"""A quick and certain answer to nuisance: by solving the problem at its spot, or by stopping people."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size, style and price of the measure."""

    officers: Annotated[float, Param("full-time", 0, 1000, "Officers who do this")] = 12.0
    aggressive: Annotated[
        int, Param("0 or 1", 0, 1, "1 stops people, 0 solves problems", "nuisance.style", structure=True)
    ] = 0
    officer_spots: Annotated[float, Param("spots", 0, 100, "Worked on by one officer at a time")] = 3.0
    area_spots: Annotated[float, Param("spots", 0.1, 1000, "Of nuisance in an area that takes part")] = 4.0
    officer_stops: Annotated[float, Param("stops/month", 0, 1000, "By one officer, in the aggressive style")] = 20.0
    disorder_least: Annotated[float, Param("share", 0, 1, "Disorder from which an area takes part")] = 0.4
    officer_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of an officer", "costs.officer")] = 80000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas with much disorder, where somebody lives."""
    out[:] = (view.areas.disorder >= p.disorder_least) & (view.areas.people > 0)


def places(p: Params) -> int:
    """Every such area takes part, unless there are no officers."""
    return 10**6 if p.officers > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Solve the problem at a share of spots, the same in each area; or stop people, by residents."""
    if p.aggressive:
        residents = view.areas.people * enrolled
        out["safety.aggressive_stops"][:] = p.officers * p.officer_stops * residents / max(residents.sum(), 1)
    else:
        share = p.officers * p.officer_spots / (p.area_spots * enrolled.sum())
        out["safety.problem_solving"][enrolled] = min(share, 1.0)


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The officers."""
    return Costs(city_running_eur=p.officers * p.officer_eur / 12.0)


PROGRAMME = Programme(
    title="Zero tolerance of nuisance",
    text=MeasureText(
        summary="A quick and certain answer to nuisance: by solving the problem at its spot, or by stopping people.",
        who="areas where much disorder is seen",
        what=(
            "officers who each work on some spots of nuisance, with residents and services; or, in the aggressive "
            "style, who stop people there"
        ),
        lever="safety.problem_solving, or safety.aggressive_stops",
        costs="the officers (city)",
        expect=(
            "less nuisance when problems are solved; hardly less, and harm to those stopped, in the aggressive style"
        ),
        doubt="which style the city had is disputed; trials of the aggressive style find next to nothing",
    ),
    pillar="safety",
    params=Params,
    table="areas",
    reads=("areas.people", "areas.disorder"),
    levers=("safety.problem_solving", "safety.aggressive_stops"),
    inert={"officers": 0.0},
    large={"officers": 100.0, "disorder_least": 0.0},
    expects={"offences.nuisance": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
