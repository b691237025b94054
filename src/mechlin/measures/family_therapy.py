"""Intensive therapy for the families of youths who offend."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure."""

    families: Annotated[float, Param("families/year", 0, 10**5, "Families that start", "therapy.dose")] = 25.0
    stay_months: Annotated[float, Param("months", 0.5, 24, "How long a therapy lasts", "therapy.dose")] = 4.0
    family_eur: Annotated[float, Param("EUR/family", 0, 10**6, "One therapy", "costs.family_therapy")] = 10000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The city as a whole: whose turn it is, referral decides."""
    out[:] = True


def places(p: Params) -> int:
    """One team, or none."""
    return 1 if p.families > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Families that the team can see at one time."""
    out["safety.therapy_places"][:] = p.families * p.stay_months / 12.0


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The team is paid, whether every place is taken or not."""
    return Costs(region_running_eur=p.families * p.family_eur / 12.0)


PROGRAMME = Programme(
    title="Therapy for families of young offenders",
    text=MeasureText(
        summary="Intensive therapy for the families of youths who offend.",
        who="families of minors with offences, as many as the team can see",
        what="a team of three that visits a family for three to five months",
        lever="safety.therapy_places",
        costs="the team (region)",
        expect="hardly anything: about nil in the European trials",
        doubt=(
            "the provider reports nine in ten without a new offence after 18 months, without anybody to compare with"
        ),
    ),
    pillar="safety",
    params=Params,
    table="city",
    reads=(),
    levers=("safety.therapy_places",),
    inert={"families": 0.0},
    large={"families": 600.0},
    expects={},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
