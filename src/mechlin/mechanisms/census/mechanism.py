"""The city is counted: every December, and once before the first month."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Mechanism, MechanismText, Param
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.census.counts import count_homes, count_households, count_incomes, count_people
from mechlin.statistics.incomes import live_together
from mechlin.statistics.segregation import parties


class Params(NamedTuple):
    """Where the lines are drawn: the definitions of the source statistics."""

    poverty_share: Annotated[float, Param("share", 0.3, 0.8, "Of the median equivalised income: poor below it")] = 0.6
    overburden_share: Annotated[float, Param("share", 0.1, 1, "Of income: a rent above it overburdens")] = 0.4
    poor_quality: Annotated[float, Param("1", 0, 1, "Quality below which a home is poor")] = 0.3


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Count once before the first month."""
    areas, city = view.areas, view.city
    count_incomes(view.households, city, p)
    squares = count_households(view.households, areas, city)
    city.income_fifths_together[0] = parties(squares, squares, squares.sum(), areas.income_fifths.sum(axis=0))
    members = count_people(view.people, view.households, areas, city, clock.t)
    backgrounds = areas.backgrounds.shape[1]
    city.backgrounds_together[0] = _parties(members[:, :backgrounds], areas.backgrounds)
    city.educations_together[0] = _parties(members[:, backgrounds:], areas.educations)
    count_homes(view.homes, areas, city, p.poor_quality, clock.t)


def _parties(members: np.ndarray, by_area: np.ndarray) -> np.ndarray:
    """Return how many people of each group count as one draw, by chance, because they share a household."""
    squares, products = np.zeros((2, members.shape[1]), dtype=np.int64)
    return parties(squares, products, live_together(members, squares, products), by_area.sum(axis=0))


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Count at the end of the year."""
    start(view, p, seed, clock)


def counts_add_up(state: State) -> str:
    """In every area people add up over backgrounds and incomes, and no part is larger than its whole."""
    people = state["areas.people"].astype(np.int64)
    bad = np.count_nonzero(state["areas.backgrounds"].sum(axis=1) != people)
    bad += np.count_nonzero(state["areas.income_fifths"].sum(axis=1) != people)
    for part, whole in (("children", "people"), ("poor_people", "people"), ("children_of_minorities", "children")):
        bad += np.count_nonzero(state[f"areas.{part}"] > state[f"areas.{whole}"])
    bad += np.count_nonzero(state["areas.educations"].sum(axis=1) > people - state["areas.children"])
    bad += np.count_nonzero(state["areas.poor_homes"] > state["areas.homes"])
    bad += int(state["city.people_by_age"].sum() != people.sum())
    return f"{bad} counts of the census do not add up" if bad else ""


def _area(name: str, unit: str, doc: str, width: int | str = 1) -> Field:
    return Field(f"areas.{name}", np.int32, unit, 0, doc, width)


def _city(name: str, unit: str, doc: str, width: int = 1) -> Field:
    return Field(f"city.{name}", np.int64, unit, 0, doc, width)


def _together(groups: str, width: int | str) -> Field:
    doc = "Of each group, how many count as one draw by chance because they share a household"
    return Field(f"city.{groups}_together", np.float64, "people", 1, doc, width)


FIELDS = (
    _area("people", "people", "Residents"),
    _area("households", "households", "Households, with or without a home of their own"),
    _area("backgrounds", "people", "Residents by background, as the source statistic counts it", "backgrounds"),
    _area("educations", "people", "Residents of 25 and over by education: low, middle, high", 3),
    _area("income_fifths", "people", "Residents by fifth of equivalised household income, lowest first", 5),
    _area("children", "people", "Residents under 18"),
    _area("children_of_minorities", "people", "Residents under 18 of minority background"),
    _area("poor_people", "people", "Residents below the poverty line"),
    _area("homes", "homes", "Dwellings that stand"),
    _area("poor_homes", "homes", "Dwellings of poor quality"),
    _city("people_by_age", "people", "Residents by five-year age band, the last 95 and over", 20),
    _city("people_20_64", "people", "Residents of 20 to 64"),
    _city("working_20_64", "people", "Those of 20 to 64 who work"),
    _city("working_18_64", "people", "Those of 18 to 64 who work"),
    _city("looking_18_64", "people", "Those of 18 to 64 who look for work"),
    _city("households_one_person", "households", "People living alone"),
    _city("households_by_tenure", "households", "No home of their own, owner, private rent, social, service", 5),
    _city("homes_by_tenure", "homes", "Dwellings: owner, private rent, social rent, service", 4),
    _city("poor_children", "people", "Residents under 18 below the poverty line"),
    _city("income_median_eur", "EUR/month", "Median over residents of equivalised household income"),
    _city("income_limits_eur", "EUR/month", "Highest equivalised income of the four lower fifths", 4),
    _city("poverty_line_eur", "EUR/month", "Equivalised income from which nobody is poor"),
    _city("rent_burden_permille", "1/1000", "Median over private renters of the part of income paid in rent"),
    _city("overburdened_renters", "households", "Private renters who pay more than the overburdening share"),
    _together("backgrounds", "backgrounds"),
    _together("income_fifths", 5),
    _together("educations", 3),
)

MECHANISM = Mechanism(
    name="census",
    text=MechanismText(
        summary="The city is counted: every December, and once before the first month.",
        about=(
            "Residents, households and dwellings are counted by area; incomes are put in order to find the "
            "median, the fifths and the poverty line; private renters are asked what share of their income the "
            "rent takes. Nothing that happens to anybody depends on who is counted; other residents may look at "
            "an area's make-up when they choose a home."
        ),
        rule="counts in whole numbers; poor = equivalised income below a share of the median resident's",
        reads="people, households, homes",
        writes="the counted columns of areas and city",
        leaves_out=(
            "people in institutions, those who are not registered, samples and their errors (a survey is another thing)"
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(),
    reads=(
        "people.alive",
        "people.household",
        "people.born_month",
        "people.background",
        "people.education",
        "people.work",
        "households.alive",
        "households.area",
        "households.tenure",
        "households.members",
        "households.children",
        "households.income_eur",
        "households.equivalent_adults",
        "households.cost_eur",
        "homes.area",
        "homes.tenure",
        "homes.quality",
        "homes.built_month",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    invariants=(counts_add_up,),
    months=(12,),
)
