"""City money for activities in which residents meet, and for nothing that keeps them apart."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.errors import Problem
from mechlin.core.views import View
from mechlin.law.grants import paid_share, refusal


class Params(NamedTuple):
    """Size, price and the rule."""

    streets_per_year: Annotated[
        float, Param("streets/year", 0, 10**5, "Street activities", "encounters.neighbour_days")
    ] = 60.0
    places_per_street: Annotated[
        float, Param("places", 1, 1000, "Residents who come and leave knowing somebody", likely=(10, 60))
    ] = 40.0
    additional_share: Annotated[
        float, Param("share", 0, 1, "Of these, not held without the grant", evidence="upkeep.extra", likely=(0.2, 0.8))
    ] = 0.5
    one_group_share: Annotated[float, Param("share", 0, 1, "Of plans handed in, those for one group only")] = 0.0
    refuse_separate: Annotated[
        int, Param("0 or 1", 0, 1, "The rule: plans for one group are refused (1) or paid too (0)")
    ] = 1
    grant_eur: Annotated[float, Param("EUR/street", 0, 5000, "Grant", "encounters.neighbour_days")] = 250.0
    own_eur: Annotated[float, Param("EUR/street", 0, 5000, "What residents add themselves")] = 200.0
    adviser_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Adviser who helps to hand in a plan")] = 30000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Every area where people live."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area may take part, unless no plan is paid."""
    paid = sum(paid_share(p.one_group_share, bool(p.refuse_separate)))
    return 10**6 if p.streets_per_year * p.additional_share * paid > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Spread the additional places over the areas by their residents."""
    people = np.where(enrolled, view.areas.people, 0)
    a_year = p.streets_per_year * p.additional_share * p.places_per_street
    a_month = people / max(people.sum(), 1) * a_year / 12.0
    meeting, separate = paid_share(p.one_group_share, bool(p.refuse_separate))
    out["encounters.mixed_places"][:] = a_month * meeting
    out["encounters.single_group_places"][:] = a_month * separate


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Grants for the plans that are paid, the adviser, and what residents bring."""
    streets = p.streets_per_year / 12.0 * sum(paid_share(p.one_group_share, bool(p.refuse_separate)))
    return Costs(
        city_running_eur=streets * p.grant_eur + p.adviser_eur / 12.0, residents_running_eur=streets * p.own_eur
    )


def check(p: Params, month: int, city: City | None) -> list[Problem]:
    """Refuse a plan that separates people, unless the rule itself is switched off to rehearse the opposite."""
    if p.one_group_share > 0 and p.refuse_separate:
        return [
            Problem(
                refusal(open_to_all=False),
                column="one_group_share",
                allowed="0",
                repair="write one_group_share = 0; refuse_separate = 0 rehearses the opposite",
            )
        ]
    return []


PROGRAMME = Programme(
    title="Money only where people meet",
    text=MeasureText(
        summary="City money for activities in which residents meet, and for nothing that keeps them apart.",
        who="every area where people live, in proportion to its residents; whoever is invited may come",
        what="small grants for neighbour days and street parties; a plan for one group only is refused, as a rule",
        lever="encounters.mixed_places; encounters.single_group_places only when a rehearsal switches the rule off",
        costs="the grants and an adviser (city), food, drink and hours (residents)",
        expect="more meetings across all that keeps residents apart; those who come know more people unlike them",
        doubt="many streets would meet without a grant; the open come first; it carries over to strangers little",
    ),
    pillar="meeting",
    params=Params,
    table="areas",
    reads=("areas.people",),
    levers=("encounters.mixed_places", "encounters.single_group_places"),
    inert={"streets_per_year": 0.0},
    large={"streets_per_year": 400.0, "additional_share": 1.0},
    expects={"activity_meetings": "up", "bridging_share": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    check=check,
)
