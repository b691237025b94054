"""Parents are involved when their minor is found causing nuisance: help first, a fine when it is refused."""

from math import inf
from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.errors import Problem
from mechlin.core.views import View
from mechlin.law.parental_procedure import fines_lawful_eur


class Params(NamedTuple):
    """Form, size and price of the measure."""

    procedure: Annotated[int, Param("code", 0, 2, "0 none, 1 the form of 2006, 2 that of 2013", "parents.forms")] = 1
    fine_eur: Annotated[float, Param("EUR/case", 0, 1000, "Asked of parents who refuse", "parents.fine")] = 100.0
    plan_places: Annotated[float, Param("places", 0, 10**5, "Plans followed at one time", "parents.cases")] = 30.0
    place_eur: Annotated[float, Param("EUR/year", 0, 10**5, "To keep a place: course, guidance")] = 1500.0
    staff: Annotated[float, Param("full-time", 0, 1000, "Officials who keep the files")] = 2.0
    staff_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Cost of an official", "costs.city_worker")] = 55000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """The city as a whole: whom it touches, the procedure decides."""
    out[:] = True


def places(p: Params) -> int:
    """One procedure, or none."""
    return 1 if p.procedure > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Put the procedure in force."""
    out["safety.procedure"][:] = p.procedure
    out["safety.fine_eur"][:] = p.fine_eur
    out["safety.plan_places"][:] = p.plan_places


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """Places and staff by the city; by parents, the fines that the procedure imposed this month."""
    running = p.plan_places * p.place_eur + p.staff * p.staff_eur
    fines_eur = float(view.city.fines_month_eur.sum())
    return Costs(city_running_eur=running / 12.0, residents_running_eur=fines_eur)


def check(p: Params, month: int, city: City | None) -> list[Problem]:
    """The form must be lawful in the month, and the fine within its maximum."""
    lawful = fines_lawful_eur(month)
    if p.procedure and p.procedure not in lawful:
        return [
            Problem(
                f"the procedure of form {p.procedure} is not lawful then",
                column="procedure",
                allowed="form 1 until 2019-02, form 2 from 2014-01",
                repair=f"write procedure = {max(lawful)}, or other dates",
            )
        ]
    most = lawful.get(p.procedure, inf)
    if p.fine_eur > most:
        return [
            Problem(
                f"{p.fine_eur:g} is above the legal maximum of that date",
                column="fine_eur",
                allowed=f"0 to {most:g} EUR in form {p.procedure}",
                repair=f"write fine_eur = {most:g}",
            )
        ]
    return []


PROGRAMME = Programme(
    title="Parents involved in nuisance by minors",
    text=MeasureText(
        summary=(
            "Parents are involved when their minor is found causing nuisance: help first, a fine when it is refused."
        ),
        who="parents of minors found by the police; the procedure is that of its date",
        what=(
            "the form of 2006 (a municipal tax, waived for a course) or that of the law of 2013 (warning, "
            "mediation, fine)"
        ),
        lever="safety.procedure, safety.fine_eur, safety.plan_places",
        costs="places in courses and guidance, staff (city); fines (residents)",
        expect="nothing that is known: attention may help, a fine may harm",
        doubt="no study of effect exists; critics say that it undermines the parents; fines fall on those with least",
    ),
    pillar="safety",
    params=Params,
    table="city",
    reads=("city.fines_month_eur",),
    levers=("safety.procedure", "safety.fine_eur", "safety.plan_places"),
    inert={"procedure": 0},
    large={"plan_places": 500.0},
    expects={},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    check=check,
)
