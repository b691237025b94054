"""Grants and inspection for the renovation of poor homes.

Who     areas with homes in poor state, in proportion to their need
What    extra renovations a year, over those that happen anyway
Lever   upkeep.homes_renovated
Costs   a grant (city), the rest of the work (residents), an inspector (city)
Expect  fewer poor homes; somewhat higher prices close by, paid by private renters
Doubt   some of these homes would have been renovated without a grant
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.declare import Costs, Param, Programme

_POOR = 0.3  # quality below which a home counts as poor, as in the city's table


class Params(NamedTuple):
    """Size and price of the measure."""

    homes_per_year: Annotated[float, Param("homes/year", 0, 10**5, "Extra renovations", "upkeep.renovations")] = 47.0
    additional_share: Annotated[float, Param("share", 0, 1, "Of these, not done without the grant")] = 0.6
    grant_eur: Annotated[float, Param("EUR/home", 0, 10**6, "Grant", "costs.home_grant")] = 2500.0
    work_eur: Annotated[float, Param("EUR/home", 0, 10**6, "Cost of the work")] = 25000.0
    inspectors: Annotated[float, Param("full-time", 0, 1000, "Housing inspectors")] = 1.0
    inspector_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of an inspector")] = 60000.0


def eligible(view, p, clock, out):
    """Areas where at least one home is in a poor state."""
    homes = view.homes
    there = homes.built_month <= clock.t
    out[:] = np.bincount(homes.area[there & (homes.quality < _POOR)], minlength=out.size) > 0


def places(p):
    """Every area may take part, unless nothing is done."""
    return 10**6 if p.homes_per_year * p.additional_share > 0 else 0


def effects(view, enrolled, p, clock, out):
    """Spread the year's additional renovations over the areas by their poor homes."""
    homes = view.homes
    poor = np.bincount(homes.area[(homes.built_month <= clock.t) & (homes.quality < _POOR)], minlength=enrolled.size)
    need = np.where(enrolled, poor, 0)
    out["upkeep.homes_renovated"][:] = need / max(need.sum(), 1) * p.homes_per_year * p.additional_share / 12.0


def costs(view, enrolled, joined, p, clock):
    """Grants and inspection by the city; the work beyond the grant by the residents."""
    homes = p.homes_per_year / 12.0
    return Costs(
        city_investment_eur=homes * p.grant_eur,
        city_running_eur=p.inspectors * p.inspector_eur / 12.0,
        residents_investment_eur=homes * max(p.work_eur - p.grant_eur, 0.0),
    )


PROGRAMME = Programme(
    title="Renovation of poor homes",
    pillar="homes",
    params=Params,
    table="areas",
    reads=("homes.area", "homes.quality", "homes.built_month"),
    levers=("upkeep.homes_renovated",),
    inert={"homes_per_year": 0.0},
    large={"homes_per_year": 1500.0, "additional_share": 1.0},
    expects={"poor_homes_share": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
