"""Cameras in public space: at hot spots, in the centre, at the entries, in car parks or around homes."""

from typing import Annotated, Any, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.errors import Problem
from mechlin.core.views import View
from mechlin.law.cameras import LAST_FREE_MONTH, missing
from mechlin.measures.siting.cameras import site_cameras


class Params(NamedTuple):
    """Size, kind, legal conditions and price of the measure."""

    cameras: Annotated[int, Param("cameras", 0, 5000, "Cameras working", "cameras.dose")] = 107
    watched: Annotated[int, Param("yes/no", 0, 1, "Somebody watches and can send a patrol")] = 1
    entry_share: Annotated[float, Param("share", 0, 1, "Of cameras, at the entries", "cameras.entries")] = 0.5
    carpark_share: Annotated[float, Param("share", 0, 1, "Of cameras, in car parks")] = 0.0
    home_share: Annotated[float, Param("share", 0, 1, "Of cameras, around homes")] = 0.0
    entries: Annotated[int, Param("entries", 1, 200, "Entry roads", "cameras.entries")] = 20
    view_km: Annotated[float, Param("km", 0.02, 1, "How far a camera sees")] = 0.06
    evenness: Annotated[float, Param("1", 0.05, 1, "How even an area is; 1 alike everywhere", "cameras.spots")] = 0.6
    shop_visitors: Annotated[float, Param("people/shop", 0, 500, "Visitors, where no offence is known yet")] = 15.0
    council_advice: Annotated[int, Param("yes/no", 0, 1, "The council's advice is positive", "cameras.law")] = 1
    police_advice: Annotated[int, Param("yes/no", 0, 1, "The police chief's advice is positive", "cameras.law")] = 1
    camera_eur: Annotated[float, Param("EUR/camera", 0, 10**6, "To put up one camera", "costs.camera")] = 23000.0
    upkeep_eur: Annotated[float, Param("EUR/year", 0, 10**5, "Upkeep of a camera", "costs.camera_upkeep")] = 2500.0
    watchers: Annotated[float, Param("full-time", 0, 1000, "Staff who watch")] = 8.0
    watcher_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of one of them", "costs.city_worker")] = 55000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Every area."""
    out[:] = True


def places(p: Params) -> int:
    """Every area may be chosen, unless there are no cameras."""
    return 10**6 if p.cameras > 0 else 0


def year_plan(view: View, enrolled: np.ndarray, p: Params, clock: Clock, before: Any) -> Any:
    """Site each kind of camera where last year's offences of its kind were; what stands stays."""
    return site_cameras(view.areas, enrolled, p, clock.t, before)


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """What is seen counts as guarded only when somebody watches; what is recorded helps to solve cases."""
    sites = view.year_plan
    out["safety.camera_share"][:] = sites.street * p.watched
    out["safety.carpark_camera_share"][:] = sites.carpark * p.watched
    out["safety.home_camera_share"][:] = sites.home * p.watched
    out["safety.recorded_share"][:] = sites.recorded


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """New cameras once; upkeep and watching every month."""
    sites = view.year_plan
    running = sites.cameras * p.upkeep_eur + p.watched * p.watchers * p.watcher_eur
    new = sites.added if sites.month == clock.t else 0
    return Costs(city_investment_eur=new * p.camera_eur, city_running_eur=running / 12.0)


def check(p: Params, month: int, city: City | None) -> list[Problem]:
    """Legal conditions, and kinds that are not more than all."""
    stands = {"council_advice": bool(p.council_advice), "police_advice": bool(p.police_advice)}
    lacking = missing(month, **stands, pictogram=True, declared=True) if p.cameras > 0 else ()
    found = []
    for c in lacking:
        repair = f"write {c.name} = true, or end = {LAST_FREE_MONTH}"
        found.append(Problem(f"the {c.basis} asks for {c.what}", column=c.name, repair=repair))
    total = p.entry_share + p.carpark_share + p.home_share
    if total > 1.0 + 1e-9:
        what = f"with carpark_share and home_share it makes {total:g} of all cameras"
        found.append(Problem(what, column="entry_share", allowed="at most 1", repair="lower one of the three"))
    return found


PROGRAMME = Programme(
    title="Cameras in public space",
    text=MeasureText(
        summary="Cameras in public space: at hot spots, in the centre, at the entries, in car parks or around homes.",
        who="areas of the city; sited once a year where last year's offences were, what stands stays",
        what="cameras at the sites that see most, found by a covering search; those at the entries read number plates",
        lever="safety.camera_share, safety.carpark_camera_share, safety.home_camera_share, safety.recorded_share",
        costs="cameras, their upkeep and the staff who watch (city)",
        expect="fewer thefts from cars where car parks are watched; little in streets, nothing for violence",
        doubt="the trials of car parks came with lighting and guards; being filmed has a price that no ledger shows",
    ),
    pillar="safety",
    params=Params,
    table="areas",
    reads=("areas.x_km", "areas.y_km", "areas.area_km2", "areas.people", "areas.shops", "areas.offence_rate"),
    levers=("safety.camera_share", "safety.carpark_camera_share", "safety.home_camera_share", "safety.recorded_share"),
    inert={"cameras": 0},
    large={"cameras": 300, "carpark_share": 0.4, "home_share": 0.4, "entry_share": 0.0, "view_km": 0.3},
    expects={"offences.vehicle": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    check=check,
    year_plan=year_plan,
)
