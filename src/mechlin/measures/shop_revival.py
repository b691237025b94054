"""A levy on vacant shops, help with letting and joining small ones, and homes in place of shops at the edge."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    levy_eur: Annotated[float, Param("EUR/month", 0, 5000, "Levy on each vacant shop")] = 100.0
    helped_per_year: Annotated[float, Param("shops/year", 0, 1e5, "Shops helped to let or to join")] = 12.0
    converted_per_year: Annotated[float, Param("shops/year", 0, 1e5, "Shops at the edge made into homes")] = 3.0
    additional_share: Annotated[
        float,
        Param("share", 0, 1, "Of these, not let or converted without help", evidence="upkeep.extra", likely=(0.2, 0.8)),
    ] = 0.5
    core_shops: Annotated[float, Param("shops/km2", 0, 1e5, "Shops that stand closer than this are no edge")] = 150.0
    grant_eur: Annotated[float, Param("EUR/shop", 0, 1e6, "Grant for a shop let or joined")] = 5000.0
    conversion_eur: Annotated[float, Param("EUR/shop", 0, 1e6, "Grant for a shop made into a home")] = 15000.0
    officers: Annotated[float, Param("full-time", 0, 1000, "Officers for shops")] = 1.0
    officer_eur: Annotated[float, Param("EUR/year", 0, 1e6, "Cost of an officer")] = 60000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas with a vacant shop."""
    out[:] = view.areas.shops_vacant > 0


def places(p: Params) -> int:
    """Every area may take part, unless nothing is done."""
    return 10**6 if p.levy_eur > 0 or (p.helped_per_year + p.converted_per_year) * p.additional_share > 0 else 0


def _edge(view: View, p: Params) -> np.ndarray:
    return np.asarray(view.areas.shops < p.core_shops * view.areas.area_km2)


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Levy every vacant shop, and spread help over the vacant shops, conversion over those at the edge."""
    vacant = np.where(enrolled, view.areas.shops_vacant, 0)
    at_edge = np.where(_edge(view, p), vacant, 0)
    out["upkeep.vacancy_levy_eur"][enrolled] = p.levy_eur
    for lever, shops, yearly in (
        ("upkeep.shop_grants", vacant, p.helped_per_year),
        ("upkeep.shops_converted", at_edge, p.converted_per_year),
    ):
        out[lever][:] = shops / max(shops.sum(), 1) * min(yearly * p.additional_share / 12.0, shops.sum())


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Grants for all who are helped, whether or not it took help; the levy pays for the officer first."""
    vacant = view.areas.shops_vacant @ enrolled
    at_edge = view.areas.shops_vacant @ (enrolled & _edge(view, p))
    levy = float(vacant * p.levy_eur)
    helped, converted = min(p.helped_per_year / 12.0, vacant), min(p.converted_per_year / 12.0, at_edge)
    return Costs(
        city_investment_eur=float(helped * p.grant_eur + converted * p.conversion_eur),
        city_running_eur=max(p.officers * p.officer_eur / 12.0 - levy, 0.0),
        residents_running_eur=levy,
    )


PROGRAMME = Programme(
    title="Fewer vacant shops: levy, letting help, conversion",
    text=MeasureText(
        summary=(
            "A levy on vacant shops, help with letting and joining small ones, and homes in place of shops at the edge."
        ),
        who="areas with vacant shops; homes in place of shops only where shops stand thinly",
        what=(
            "a levy on each vacant shop, help that brings landlord and shopkeeper together, works to join or convert"
        ),
        lever="upkeep.vacancy_levy_eur, upkeep.shop_grants, upkeep.shops_converted",
        costs=(
            "grants (city), a shops officer (city, less what the levy brings in), the levy (owners, under residents)"
        ),
        expect="fewer vacant shops, in the centre by letting, at the edge by conversion",
        doubt="many would have been let anyway; help at the edge only moves vacancy; shops vanish from some villages",
    ),
    pillar="streets",
    params=Params,
    table="areas",
    reads=("areas.shops", "areas.shops_vacant", "areas.area_km2"),
    levers=("upkeep.vacancy_levy_eur", "upkeep.shop_grants", "upkeep.shops_converted"),
    inert={"levy_eur": 0.0, "helped_per_year": 0.0, "converted_per_year": 0.0},
    large={"levy_eur": 1000.0, "helped_per_year": 20.0, "converted_per_year": 6.0, "additional_share": 1.0},
    expects={"shop_vacancy_rate": "down", "shops": "down"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    evidence=("shops.levy", "shops.help", "shops.conversion"),
)
