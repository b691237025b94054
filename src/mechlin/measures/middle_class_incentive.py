"""Help for households of average income to buy a home in a poor part of the city."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size, reach and price of the measure."""

    support_eur: Annotated[float, Param("EUR/month", 0, 2000, "Taken off the monthly cost of a buyer")] = 75.0
    income_low_eur: Annotated[float, Param("EUR/month", 0, 2e4, "Lowest household income")] = 2400.0
    income_high_eur: Annotated[float, Param("EUR/month", 0, 2e4, "Highest household income")] = 4800.0
    offers: Annotated[int, Param("households", 0, 10**6, "Households that hold an offer at one time")] = 200
    areas_share: Annotated[float, Param("share", 0, 1, "Of areas, the poorest in which it is given")] = 0.25
    grant_eur: Annotated[float, Param("EUR", 0, 10**6, "Paid for each purchase")] = 12000.0


@compiled
def qualifies(income_eur: float, tenure: int, adults: int, p: Params) -> bool:
    """The rule a caseworker would apply."""
    return adults >= 1 and tenure != Tenure.OWNER and p.income_low_eur <= income_eur <= p.income_high_eur


@compiled
def _all(households, p, out):
    for h in range(out.size):
        out[h] = qualifies(households.income_eur[h], households.tenure[h], households.adults[h], p)


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Apply :func:`qualifies` to every household; who has just bought keeps the place until it is paid."""
    _all(view.households, p, out)


def places(p: Params) -> int:
    """Return how many households may hold an offer."""
    return p.offers if p.support_eur > 0 else 0


def _poor_areas(view: View, p: Params) -> np.ndarray:
    people = np.maximum(view.areas.people, 1)
    share = view.areas.income_fifths[:, 0] / people
    return np.argsort(-share, kind="stable")[: int(np.ceil(p.areas_share * share.size))]


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Offer the support to the enrolled, for homes in the poorest areas."""
    out["housing.buyer_support_eur"][enrolled] = p.support_eur
    out["housing.buyer_support_area"][_poor_areas(view, p)] = 1.0


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The grant for each of the enrolled who bought a home in such an area this month."""
    households = view.households
    bought = enrolled & (households.moved_month == clock.t) & (households.tenure == Tenure.OWNER)
    paid = np.isin(households.area[bought], _poor_areas(view, p)).sum()
    return Costs(city_investment_eur=float(paid * p.grant_eur))


PROGRAMME = Programme(
    title="Help for average incomes to buy in poor areas",
    text=MeasureText(
        summary="Help for households of average income to buy a home in a poor part of the city.",
        who="households that own nothing, with an income around the average, in order of a lottery",
        what="support towards the monthly cost, for a home bought in an area with many low incomes",
        lever="housing.buyer_support_eur, housing.buyer_support_area",
        costs="the capital value of the support, once for each purchase (city)",
        expect="more buyers of average income in poor areas, somewhat less segregation of education",
        doubt="the real dose was never published; some would have bought there anyway; prices may rise",
    ),
    pillar="homes",
    params=Params,
    table="households",
    reads=(
        "households.income_eur",
        "households.tenure",
        "households.adults",
        "households.moved_month",
        "households.area",
        "areas.people",
        "areas.income_fifths",
    ),
    levers=("housing.buyer_support_eur", "housing.buyer_support_area"),
    inert={"support_eur": 0.0},
    large={"support_eur": 600.0, "offers": 8000},
    expects={"tenure.owner_share": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
