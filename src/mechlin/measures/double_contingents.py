"""Double contingents: places held for indicator pupils and for others, in proportion to the city."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.errors import Problem
from mechlin.core.views import View

_ROUNDING = 1e-6  # what two written shares may miss of the whole


class Params(NamedTuple):
    """Whether the rule is in force, and its price."""

    in_force: Annotated[int, Param("0 or 1", 0, 1, "The rule is in force", "schools.contingents")] = 1
    indicator_share: Annotated[
        float, Param("share", 0, 1, "Of places, held for indicator pupils; with other_share 0 too: in proportion")
    ] = 0.0
    other_share: Annotated[float, Param("share", 0, 1, "Of places, held for other pupils")] = 0.0
    platform_eur: Annotated[float, Param("EUR/year", 0, 10**7, "Consultation and registration")] = 30000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The city as a whole."""
    out[:] = True


def places(p: Params) -> int:
    """The whole city, or nobody."""
    return 10**6 if p.in_force else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Put the rule in force."""
    out["schools.contingents"][enrolled] = 1.0
    out["schools.contingent_share"][enrolled] = p.indicator_share


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The consultation platform."""
    return Costs(region_running_eur=p.platform_eur / 12.0)


def check(p: Params, month: int, city: City | None) -> list[Problem]:
    """Refuse contingents that are not the whole: every place is held for one of the two."""
    total = p.indicator_share + p.other_share
    if total > 0 and abs(total - 1.0) > _ROUNDING:
        rest = max(1.0 - p.indicator_share, 0.0)
        return [
            Problem(
                f"the contingents add up to {total:g}, not to 1",
                column="other_share",
                allowed="shares that add up to 1",
                repair=f"write other_share = {rest:g}, or leave both out: in proportion to the city",
            )
        ]
    return []


PROGRAMME = Programme(
    title="Double contingents at school entry",
    text=MeasureText(
        summary="Double contingents: places held for indicator pupils and for others, in proportion to the city.",
        who="all primary schools of the city; indicator pupils by law (school allowance, or mother without diploma)",
        what="at entry, in every school, each of the two groups has places that the other gets only when left over",
        lever="schools.contingents",
        costs="the local consultation platform (region)",
        expect="somewhat less uneven schools where places run short, nothing elsewhere",
        doubt=(
            "studies disagree; the government found that mixing did not come about; indicator pupils may travel more"
        ),
    ),
    pillar="schools",
    params=Params,
    table="city",
    reads=("city.pupils_by_kind",),
    levers=("schools.contingents", "schools.contingent_share"),
    inert={"in_force": 0},
    large={"in_force": 1},
    expects={},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    check=check,
)
