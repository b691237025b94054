"""Squares, parks and streets renewed, better lit and cleaned more, where disorder is worst."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View

_HECTARES = 100.0  # in a square kilometre


class Params(NamedTuple):
    """Size, reach and price of the measure."""

    squares_per_year: Annotated[
        float, Param(unit="squares/year", low=0, high=1e4, doc="Squares or parks renewed", evidence="streets.squares")
    ] = 2.0
    square_ha: Annotated[float, Param("ha", 0.01, 100, "Size of one of them, streets around it included")] = 0.8
    space_share: Annotated[float, Param("share", 0.01, 1, "Of an area's ground, public space")] = 0.25
    areas_share: Annotated[float, Param("share", 0, 1, "Of areas, the most disordered, in which it is done")] = 0.2
    cleaning_hours: Annotated[float, Param("hours/month", 0, 1e6, "More cleaning in all of them together")] = 1600.0
    lit_from: Annotated[
        float, Param(unit="share", low=0, high=0.99, doc="Quality of public space up to which it is lit as before")
    ] = 0.55
    square_eur: Annotated[float, Param("EUR/square", 0, 1e9, "Cost of one square or park")] = 2.5e6
    region_share: Annotated[float, Param("share", 0, 1, "Of that, paid by the region")] = 0.3
    hour_eur: Annotated[float, Param("EUR/hour", 0, 1000, "Cost of an hour of cleaning")] = 40.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The areas with most disorder where people live."""
    areas = view.areas
    worst = np.argsort(-areas.disorder * (areas.people > 0), kind="stable")
    out[:] = False
    out[worst[: int(np.ceil(p.areas_share * out.size))]] = True
    out &= areas.people > 0


def places(p: Params) -> int:
    """Every such area may take part, unless nothing is done."""
    return 10**6 if p.squares_per_year > 0 or p.cleaning_hours > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread squares over the enrolled by what is still worn, and cleaning by who lives there; lights stay."""
    areas = view.areas
    worn = np.where(enrolled, 1.0 - areas.public_space, 0.0)
    squares = worn / (worn.sum() or 1.0) * p.squares_per_year / 12.0
    space_ha = np.maximum(areas.area_km2 * _HECTARES * p.space_share, p.square_ha)
    out["upkeep.public_space"][:] = np.minimum(squares * p.square_ha / space_ha, 1.0)
    people = np.where(enrolled, areas.people, 0)
    out["upkeep.cleaning_hours"][:] = people / max(people.sum(), 1) * p.cleaning_hours
    if p.squares_per_year > 0:
        out["safety.lighting"][:] = np.clip((areas.public_space - p.lit_from) / (1.0 - p.lit_from), 0.0, 1.0)


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Works by city and region, cleaning by the city."""
    works = p.squares_per_year / 12.0 * p.square_eur
    return Costs(
        city_investment_eur=works * (1.0 - p.region_share),
        city_running_eur=p.cleaning_hours * p.hour_eur,
        region_investment_eur=works * p.region_share,
    )


PROGRAMME = Programme(
    title="Renewal and cleaning of streets, squares and parks",
    text=MeasureText(
        summary="Squares, parks and streets renewed, better lit and cleaned more, where disorder is worst.",
        who="the areas with most disorder: in practice the inner city and the worst estates first",
        what="a few squares or parks made anew each year, lighting with them, more cleaning while it lasts",
        lever="upkeep.public_space, upkeep.cleaning_hours, safety.lighting",
        costs="works (city, and the region in part), cleaning (city)",
        expect="less disorder there; somewhat higher prices within 250 m",
        doubt=(
            "two squares a year are little for a city; the renters nearby pay the higher rents; what is not kept "
            "up wears"
        ),
    ),
    pillar="streets",
    params=Params,
    table="areas",
    reads=("areas.disorder", "areas.public_space", "areas.area_km2", "areas.people"),
    levers=("upkeep.public_space", "upkeep.cleaning_hours", "safety.lighting"),
    inert={"squares_per_year": 0.0, "cleaning_hours": 0.0},
    large={"squares_per_year": 40.0, "cleaning_hours": 3000.0, "areas_share": 1.0},
    expects={"disorder": "down", "public_space": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    evidence=("streets.squares", "streets.cleaning"),
)
