"""Homes grow older and are renovated, the poorest first; renewed homes lift the area.

Each home loses a little quality every month. Some homes are renovated: the stock's usual share, and what
programmes add in an area. A home in greater need is likelier to be chosen.

Rule      chance of renovation = (usual share + homes added / homes in need) x need; quality rises by the gain
Reads     where homes stand, and since when
Writes    quality of homes, share of homes renewed this month, disorder of areas (as the city's table gives it)
Leaves out  who pays for it inside the building; street disorder and shops do not change yet
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.declare import Field, Lever, Mechanism, Param
from mechlin.rules.upkeep import homes_months

RENOVATE = rng.stream("upkeep.renovate")
QUARTER = 3  # months


class Params(NamedTuple):
    """How homes age and are renewed."""

    decay: Annotated[float, Param("1/year", 0, 0.2, "Quality lost in a year")] = 0.004
    usual_rate: Annotated[
        float, Param("1/year", 0, 0.2, "Homes renovated without any programme", "upkeep.usual_renovation")
    ] = 0.0047
    gain: Annotated[float, Param("1", 0, 1, "Quality gained in a renovation")] = 0.4
    need_below: Annotated[float, Param("1", 0, 1, "Quality below which a home is in need")] = 0.5
    need_power: Annotated[float, Param("1", 0, 5, "How strongly need decides who is first")] = 1.0


def start(view, p, seed, clock):
    """Count homes in need before the first month."""
    homes_months(view.homes, view.areas, view.city, p, 0, rng.salted(seed, RENOVATE, clock.t), clock.t)


def step(view, levers, p, seed, clock):
    """Advance one month; homes are looked at once a quarter, for three months at once."""
    view.areas.renovations_due[:] += levers.homes_renovated
    view.areas.renewed_share[:] = 0.0
    if clock.month % QUARTER == 0:
        homes_months(view.homes, view.areas, view.city, p, QUARTER, rng.salted(seed, RENOVATE, clock.t), clock.t)


def quality_is_a_share(state) -> str:
    """Every home's quality lies between 0 and 1."""
    quality = state["homes.quality"]
    bad = int(((quality < 0) | (quality > 1)).sum())
    return f"{bad} homes with an impossible quality" if bad else ""


FIELDS = (
    Field("homes.quality", np.float32, "share", 0.5, "State of the home, 0 to 1; below 0.3 poor"),
    Field("areas.disorder", np.float64, "share", 0, "Disorder seen in the street, 0 to 1"),
    Field("areas.shops", np.int32, "shops", 0, "Shop premises, vacant ones included"),
    Field("areas.shops_vacant", np.int32, "shops", 0, "Of these, vacant"),
    Field("areas.public_space", np.float64, "share", 0.5, "Quality of public space, 0 to 1"),
    Field("areas.need", np.float64, "need", 0, "Homes in need, weighted by how much"),
    Field("areas.next_need", np.float64, "need", 0, "The same, being counted"),
    Field("areas.renovations_due", np.float64, "homes", 0, "Renovations that programmes add, not yet carried out"),
    Field("areas.renewed", np.int64, "homes", 0, "Homes renewed this month"),
    Field("areas.renewed_share", np.float64, "share", 0, "Of the area's homes, those renewed this month"),
    Field("areas.standing_homes", np.int64, "homes", 0, "Homes that exist this month"),
    Field("areas.next_standing", np.int64, "homes", 0, "The same, being counted"),
    Field("city.renovations", np.int64, "homes", 0, "Homes renovated", flow=True),
)

MECHANISM = Mechanism(
    name="upkeep",
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("upkeep.homes_renovated", "areas", "homes/month", "add", "Renovations that programmes add"),
        Lever("upkeep.cleaning_hours", "areas", "hours/month", "add", "Cleaning of streets beyond the usual"),
        Lever("upkeep.public_space", "areas", "share/month", "add", "Of public space, renewed this month"),
        Lever("upkeep.vacancy_levy", "areas", "EUR/month", "add", "Levy on each vacant shop"),
        Lever("upkeep.shop_grants", "areas", "shops/month", "add", "Vacant shops helped to let or to merge"),
        Lever("upkeep.shops_converted", "areas", "shops/month", "add", "Shops at the edge helped to become homes"),
    ),
    reads=("homes.key", "homes.area", "homes.built_month"),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    invariants=(quality_is_a_share,),
)
