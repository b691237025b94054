"""Homes let at a reduced rent in return for community work."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View
from mechlin.law.service_tenancy import qualifies


class Params(NamedTuple):
    """Size, price and rules of the measure."""

    homes: Annotated[int, Param("homes", 0, 10**5, "Homes let this way at full size", "housing.service_homes")] = 15
    estates: Annotated[int, Param("areas", 1, 10**4, "Areas they are spread over, most social homes first")] = 5
    discount_share: Annotated[float, Param("share", 0, 1, "Taken off the market rent")] = 0.35
    hours_week: Annotated[float, Param("hours/week", 0, 40, "Community work asked", "housing.service_hours")] = 7.0
    months_max: Annotated[int, Param("months", 1, 240, "Longest term", "housing.service_term")] = 72
    applicants: Annotated[int, Param("households", 1, 10**4, "Motivated applicants for each home")] = 10
    coaching_eur: Annotated[float, Param("EUR/month", 0, 5000, "Coaching of one tenant household")] = 150.0
    rent_eur: Annotated[
        float, Param("EUR/month", 0, 5000, "Market rent of which the discount is taken, for the accounts")
    ] = 700.0


@compiled
def _all(households, t, out):
    for h in range(out.size):
        age = (t - households.oldest_born_month[h]) / 12.0
        out[h] = qualifies(households.adults[h], age, households.tenure[h])


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Apply :func:`qualifies` to every household."""
    _all(view.households, clock.t, out)


def places(p: Params) -> int:
    """Return how many applicants may be enrolled."""
    return p.homes * p.applicants if p.discount_share > 0 or p.hours_week > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Ask for homes on the estates with most social homes, and offer them to the enrolled."""
    social = np.bincount(view.homes.area[view.homes.tenure == Tenure.SOCIAL], minlength=view.areas.kind.size)
    estates = np.argsort(-social, kind="stable")[: p.estates]
    out["housing.service_homes"][estates] = p.homes // estates.size
    out["housing.service_homes"][estates[: p.homes % estates.size]] += 1
    out["housing.service_offer"][enrolled] = 1.0
    out["housing.service_discount_share"][:] = p.discount_share
    out["housing.service_hours_week"][:] = p.hours_week
    out["housing.service_months_max"][:] = p.months_max


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The rent forgone and the coaching of those who hold a contract."""
    tenants = np.count_nonzero(view.households.tenure[enrolled] == Tenure.SERVICE)
    return Costs(city_running_eur=float(tenants * (p.coaching_eur + p.discount_share * p.rent_eur)))


PROGRAMME = Programme(
    title="Homes let in return for community work",
    text=MeasureText(
        summary="Homes let at a reduced rent in return for community work.",
        who="households of any income with an adult of 18 to 60 who has time for it; a lottery among the motivated",
        what=(
            "a social home let outside the social system, cheaper, for up to six years, against hours of work a week"
        ),
        lever="housing.service_homes and its offer, discount, hours and term",
        costs="the rent forgone (city), a community worker's time per tenant (city)",
        expect="a few hundred hours of homework help, lessons and presence on the estate; nothing visible city-wide",
        doubt="no causal evaluation exists; each such home is one less for the waiting list",
    ),
    pillar="homes",
    params=Params,
    table="households",
    reads=(
        "households.adults",
        "households.oldest_born_month",
        "households.tenure",
        "homes.area",
        "homes.tenure",
        "areas.kind",
    ),
    levers=(
        "housing.service_homes",
        "housing.service_offer",
        "housing.service_discount_share",
        "housing.service_hours_week",
        "housing.service_months_max",
    ),
    inert={"homes": 0},
    large={"homes": 400, "estates": 20},
    expects={"service_homes": "up", "social_waiting_list": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
