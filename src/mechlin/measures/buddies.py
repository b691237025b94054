"""Pairs of a newcomer and a resident who meet for half a year."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.codes import MAJORITY
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size, price and rules of the measure."""

    pairs_per_year: Annotated[float, Param("pairs/year", 0, 10**5, "Pairs begun in a year", "encounters.pairs")] = 27.0
    pair_months: Annotated[int, Param("months", 1, 60, "Months that a pair meets", "encounters.pairs")] = 6
    years_here: Annotated[float, Param("years", 0, 20, "Since arrival, at most")] = 5.0
    language_from_share: Annotated[float, Param("share", 0, 1, "Command of the language from which one may join")] = 0.4
    language_to_share: Annotated[float, Param("share", 0, 1, "Command below which practice helps")] = 0.9
    coordinator_eur: Annotated[float, Param("EUR/year", 0, 10**6, "Coordinator")] = 35000.0
    pair_eur: Annotated[float, Param("EUR/pair", 0, 10**4, "Group activities, insurance, for one pair")] = 150.0


@compiled
def qualifies(age: float, months_here: int, language: float, months_done: int, p: Params) -> bool:
    """The rule a coach would apply: an adult who came not long ago and can converse, and has not done it yet."""
    return (
        age >= MAJORITY
        and months_here <= 12.0 * p.years_here
        and p.language_from_share <= language < p.language_to_share
        and months_done < p.pair_months
    )


@compiled
def _all(people, t, p, out):
    for i in range(out.size):
        here = t - people.entered_month[i]  # who was here when the run began counts as come then
        age = (t - people.born_month[i]) / 12.0
        out[i] = qualifies(age, here, people.local_language_share[i], people.buddy_months[i], p)


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Apply :func:`qualifies` to every resident."""
    _all(view.people, clock.t, p, out)


def places(p: Params) -> int:
    """Return how many newcomers take part at one time."""
    return round(p.pairs_per_year * p.pair_months / 12.0)


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Let the enrolled newcomers be paired with a resident who volunteers."""
    out["encounters.buddy"][enrolled] = 1.0


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """The coordinator, and each pair's share of activities."""
    pairs = p.pairs_per_year / 12.0
    return Costs(city_running_eur=p.coordinator_eur / 12.0 + pairs * p.pair_eur)


PROGRAMME = Programme(
    title="Pairs of a newcomer and a resident",
    text=MeasureText(
        summary="Pairs of a newcomer and a resident who meet for half a year.",
        who="adults who came here at most some years ago and can hold a conversation in the local language",
        what="a resident volunteers; the two meet at least twice a month for six months",
        lever="encounters.buddy",
        costs="a coordinator and activities (city); the volunteers' hours are not counted in euros",
        expect="more ties between newcomers and residents, for the third of pairs that become close",
        doubt="in the one trial nothing changed for the other two thirds, and nothing in work",
    ),
    pillar="meeting",
    params=Params,
    table="people",
    reads=("people.entered_month", "people.born_month", "people.local_language_share", "people.buddy_months"),
    levers=("encounters.buddy",),
    inert={"pairs_per_year": 0.0},
    large={"pairs_per_year": 200.0},
    expects={"buddy_pairs": "up"},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
