"""Residents are asked, as residents: about their street, their square, a plan; and told what came of it."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    asked_share: Annotated[float, Param("share", 0, 1, "Of residents, asked in a year", likely=(0.01, 0.1))] = 0.03
    explained_share: Annotated[float, Param("share", 0, 1, "Of decisions against somebody, explained to them")] = 0.0
    asked_eur: Annotated[float, Param("EUR", 0, 1000, "Cost for each resident asked")] = 12.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Every area where people live."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area takes part, unless nobody is asked and nothing is explained."""
    return 10**6 if p.asked_share > 0 or p.explained_share > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Ask a twelfth of the year's residents each month."""
    out["attitudes.consultation"][enrolled] = p.asked_share / 12.0
    out["attitudes.explained"][:] = p.explained_share


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Letters, meetings and visits for those asked this month."""
    residents = float(np.sum(view.areas.people[enrolled]))
    return Costs(city_running_eur=residents * p.asked_share / 12.0 * p.asked_eur)


PROGRAMME = Programme(
    title="Residents consulted as residents",
    text=MeasureText(
        summary=(
            "Residents are asked, as residents: about their street, their square, a plan; and told what came of it."
        ),
        who="residents of every area, whoever they are; never groups or their spokesmen",
        what="a share of the residents is asked in person each year; decisions against somebody may be explained",
        lever="attitudes.consultation, attitudes.explained",
        costs="the time of a neighbourhood officer and the letters, for each resident asked (city)",
        expect="somewhat more trust among those who were asked; nothing among the others",
        doubt=(
            "no causal estimate was found; being asked and then ignored may cost trust; in 2008, after years of "
            "such meetings, Mechelen stood last of thirteen cities in residents who felt consulted enough"
        ),
    ),
    pillar="city",
    params=Params,
    table="areas",
    reads=("areas.people",),
    levers=("attitudes.consultation", "attitudes.explained"),
    inert={"asked_share": 0.0, "explained_share": 0.0},
    large={"asked_share": 1.0, "explained_share": 1.0},
    expects={"trust_share": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
