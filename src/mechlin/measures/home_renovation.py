"""Grants and inspection for the renovation of poor homes."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    homes_per_year: Annotated[
        float, Param("homes/year", 0, 10**5, "Renovations with a grant", "upkeep.renovations")
    ] = 47.0
    additional_share: Annotated[
        float, Param("share", 0, 1, "Of these, not done without the grant", evidence="upkeep.extra", likely=(0.3, 0.9))
    ] = 0.6
    grant_eur: Annotated[float, Param("EUR/home", 0, 10**6, "Grant", "costs.home_grant")] = 2500.0
    work_eur: Annotated[float, Param("EUR/home", 0, 10**6, "Cost of the work")] = 25000.0
    inspectors: Annotated[float, Param("full-time", 0, 1000, "Housing inspectors")] = 1.0
    ordered_per_inspector: Annotated[
        float, Param("homes/year", 0, 1000, "Further renovations on an inspector's order, no number was found")
    ] = 0.0
    inspector_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of an inspector")] = 60000.0


def _monthly(p: Params, poor: float) -> tuple[float, float]:
    """Return the homes with a grant and on order this month; no more than there are poor ones."""
    granted = min(p.homes_per_year / 12.0, poor)
    return granted, min(p.inspectors * p.ordered_per_inspector / 12.0, poor - granted)


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas where at least one home is in a poor state."""
    out[:] = view.areas.homes_poor > 0


def places(p: Params) -> int:
    """Every area may take part, unless nothing is done."""
    return 10**6 if p.homes_per_year > 0 or p.inspectors * p.ordered_per_inspector > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the month's additional renovations over the areas by their poor homes."""
    poor = np.where(enrolled, view.areas.homes_poor, 0)
    granted, ordered = _monthly(p, float(poor.sum()))
    out["upkeep.homes_renovated"][:] = poor / max(poor.sum(), 1) * (granted * p.additional_share + ordered)


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Grants and inspection by the city; the work beyond the grant, or all of it when ordered, by the residents."""
    granted, ordered = _monthly(p, float(view.areas.homes_poor @ enrolled))
    return Costs(
        city_investment_eur=granted * p.grant_eur,
        city_running_eur=p.inspectors * p.inspector_eur / 12.0,
        residents_investment_eur=granted * max(p.work_eur - p.grant_eur, 0.0) + ordered * p.work_eur,
    )


PROGRAMME = Programme(
    title="Renovation of poor homes",
    text=MeasureText(
        summary="Grants and inspection for the renovation of poor homes.",
        who="areas with homes in poor state, in proportion to their need",
        what="grants for some renovations a year; inspectors who can order others, done without a grant",
        lever="upkeep.homes_renovated",
        costs="a grant (city), the rest of the work (residents), an inspector (city)",
        expect="fewer poor homes; somewhat higher prices close by, paid by private renters",
        doubt="some would have been renovated without a grant; where nothing is poor any more, nothing is left to do",
    ),
    pillar="homes",
    params=Params,
    table="areas",
    reads=("areas.homes_poor",),
    levers=("upkeep.homes_renovated",),
    inert={"homes_per_year": 0.0},
    large={"homes_per_year": 1500.0, "additional_share": 1.0},
    expects={"poor_homes_share": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
