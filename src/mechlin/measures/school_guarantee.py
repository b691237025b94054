"""Small classes and a guarantee of quality in mixed schools at entry."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.errors import Problem
from mechlin.core.views import View

_ENTRY_SHARE = 0.4  # of a school's ten years, those before compulsory school


class Params(NamedTuple):
    """Size and price of the measure."""

    schools: Annotated[int, Param("schools", 0, 10**4, "Schools that take part")] = 6
    mixed_from_share: Annotated[float, Param("share", 0, 1, "Indicator pupils from which a school may")] = 0.4
    class_size_cut: Annotated[float, Param("pupils", 0, 30, "Pupils fewer in a class", "schools.class_size")] = 3.0
    quality_support: Annotated[float, Param("share", 0, 1, "Added to quality by coaching")] = 0.05
    guarantee_share: Annotated[float, Param("share", 0, 1, "Of parents, shown the guarantee")] = 0.5
    teacher_eur: Annotated[float, Param("EUR/year", 0, 10**6, "A teacher for each extra class")] = 55000.0
    coaching_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Coaching and open days of a school")] = 8000.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Schools with enough indicator pupils."""
    out[:] = view.schools.indicator_share >= p.mixed_from_share


def places(p: Params) -> int:
    """Return how many schools take part; none when nothing is offered."""
    return p.schools if p.class_size_cut + p.quality_support + p.guarantee_share > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Offer the same to every school that takes part."""
    out["schools.class_size_cut"][enrolled] = p.class_size_cut
    out["schools.quality_support"][enrolled] = p.quality_support
    out["schools.guarantee"][enrolled] = p.guarantee_share


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """A teacher for every class more than there would be, and the coaching."""
    schools = view.schools
    young, usual = _ENTRY_SHARE * schools.pupils[enrolled], schools.class_size[enrolled].astype(float)
    extra = np.ceil(young / np.maximum(usual - p.class_size_cut, 1.0)) - np.ceil(young / np.maximum(usual, 1.0))
    return Costs(city_running_eur=float(extra.sum() * p.teacher_eur + enrolled.sum() * p.coaching_eur) / 12.0)


def check(p: Params, month: int, city: City | None) -> list[Problem]:
    """Refuse a cut that leaves no pupil in a class."""
    if city is None or "class_size" not in city.schools.columns or city.schools.is_empty():
        return []
    smallest = float(city.schools["class_size"].to_numpy().min())
    if p.class_size_cut >= smallest:
        return [
            Problem(
                f"{p.class_size_cut:g} pupils fewer leave a class of none",
                column="class_size_cut",
                allowed=f"less than {smallest:g}, the smallest class of {city.title}",
                repair=f"write class_size_cut = {smallest - 1:g} or less",
            )
        ]
    return []


PROGRAMME = Programme(
    title="Small classes and a guarantee of quality in mixed schools",
    text=MeasureText(
        summary="Small classes and a guarantee of quality in mixed schools at entry.",
        who="schools where at least a stated share of the pupils are indicator pupils, as many as there is money for",
        what="fewer pupils in a class at entry, coaching of the team, parents shown what the school promises",
        lever="schools.class_size_cut, schools.quality_support, schools.guarantee",
        costs="extra teachers and coaching (city)",
        expect="smaller classes; a little more attainment; some parents who would have gone elsewhere",
        doubt="the dose was never published; class size moves attainment little in Europe; quality is hard to buy",
    ),
    pillar="schools",
    params=Params,
    table="schools",
    reads=("schools.indicator_share", "schools.pupils", "schools.class_size"),
    levers=("schools.class_size_cut", "schools.quality_support", "schools.guarantee"),
    inert={"class_size_cut": 0.0, "quality_support": 0.0, "guarantee_share": 0.0},
    large={"schools": 1000, "mixed_from_share": 0.0, "class_size_cut": 8.0, "quality_support": 0.4},
    expects={"class_size": "down", "attainment": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
    check=check,
)
