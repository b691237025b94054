"""People finish school, find and lose work, learn the language, and households have what their members earn."""

from functools import lru_cache

import numpy as np

from mechlin.city.residents.income import IncomeRule
from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.economy.params import Params
from mechlin.mechanisms.economy.work import (
    Chances,
    Salts,
    highest_chances,
    households_month,
    learning_months,
    people_month,
)

NEWCOMER, WORK, LEVEL, CALENDAR = (rng.stream(f"economy.{s}") for s in ("newcomer", "work", "level", "calendar"))
HALF_YEAR = 6  # months


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Set the incomes of those present and count who learns, without letting a month pass."""
    _accounts(view, p, seed, clock, first=True)
    learning_months(view.people, view.households, view.areas, view.schools, p._replace(language_growth=0.0), 0, clock.t)


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month; learning is reckoned twice a year, for six months at once."""
    areas = view.areas
    areas.tutoring_hours[:] += levers.tutoring_hours + p.service_tutoring * areas.service_hours
    lessons = levers.lesson_hours + p.service_lessons * areas.service_hours
    areas.lesson_hours[:] += lessons
    view.city.lesson_hours[0] += lessons.sum()
    _accounts(view, p, seed, clock, first=False)
    if clock.month % HALF_YEAR == 0:
        learning_months(view.people, view.households, areas, view.schools, p, HALF_YEAR, clock.t)


def _accounts(view: View, p: Params, seed: int, clock: Clock, first: bool) -> None:
    t, end, rule = clock.t, clock.next_january, IncomeRule()
    country = view.series.unemployment_rate_region
    cycle = float((country[t] / country[0]) ** p.cycle_weight)
    month = rng.salted(seed, WORK, t)
    level, newcomer, calendar = (rng.salted(seed, *a) for a in ((LEVEL, 0), (NEWCOMER, 0), (CALENDAR, end)))
    salts = Salts(newcomer, _year_of_salts(seed, end), month, level, calendar)
    renewed = not first and (clock.is_january or t == 0)
    chances = _chances(p, cycle)
    people_month(view.people, view.households, p, rule, chances, cycle, salts, renewed, t, end, first)
    households_month(view.people, view.households, view.city, rule, t)


@lru_cache(maxsize=64)
def _chances(p: Params, cycle: float) -> Chances:
    return highest_chances(p, cycle)


@lru_cache(maxsize=64)
def _year_of_salts(seed: int, end: int) -> np.ndarray:
    """Return the addresses of the draws of work in the twelve months before ``end``; before the start nobody draws."""
    return np.array([rng.salted(seed, WORK, max(t, 0)) for t in range(end - 12, end)], dtype=np.uint64)


def purses_add_up(state: State) -> str:
    """Members of living households add up to the living residents, and nobody has a negative income."""
    alive, households = state["people.alive"], state["households.alive"]
    bad = abs(int(state["households.members"][households].astype(int).sum()) - int(alive.sum()))
    bad += int((state["people.income_eur"][alive] < 0).sum())
    return f"{bad} residents missing from household accounts" if bad else ""


FIELDS = (
    Field("people.education", np.int8, "code", -1, "-1 not yet an adult, 0 low, 1 middle, 2 high"),
    Field("people.work", np.int8, "code", 0, "0 outside the labour force, 1 looking for work, 2 working"),
    Field("people.earning_sd", np.float32, "SD", 0, "Lasting difference in earning from others alike"),
    Field("people.income_eur", np.float32, "EUR/month", 0, "Net income, euros of 2018, whole euros"),
    Field("people.local_language_share", np.float32, "share", 1, "Command of the local language"),
    Field("people.attainment_sd", np.float32, "SD", 0, "Attainment at school without extra help"),
    Field("people.tutored_sd", np.float32, "SD", 0, "What school and extra help have added to attainment"),
    Field(
        "people.look_month", np.int16, "month", -1, "Next month in which work or age band may change: looked at then"
    ),
    Field("people.work_row", np.int32, "row of people", 0, "Those looked at this month", scratch="economy.people"),
    Field(
        "people.learns",
        np.bool_,
        "yes/no",
        0,
        "Is under 18 or still learns the local language",
        scratch="economy.learning",
    ),
    Field(
        "households.count_row",
        np.int32,
        "row of households",
        0,
        "Those counted again this month",
        scratch="economy.households",
    ),
    Field("households.counted", np.bool_, "yes/no", 0, "Nothing has changed since its members were last counted"),
    Field("households.income_eur", np.float32, "EUR/month", 0, "Net income of all members and child benefit"),
    Field("households.members", np.int8, "people", 0, "Members"),
    Field("households.children", np.int8, "people", 0, "Members under 18"),
    Field("households.young", np.int8, "people", 0, "Members under 14"),
    Field("households.adults", np.int8, "people", 0, "Members of 18 and over"),
    Field("households.equivalent_adults", np.float32, "1", 1, "Modified OECD scale: 1, then 0.5 or 0.3 a person"),
    Field("households.oldest_born_month", np.int16, "month", 0, "Month of birth of the oldest member"),
    Field("households.education", np.int8, "code", -1, "Highest education among adults"),
    Field("households.parents_education", np.int8, "code", -1, "The same, a month ago"),
    Field("areas.learners", np.int64, "people", 0, "Residents still learning the local language"),
    Field("areas.pupils", np.int64, "people", 0, "Children of 6 to 17"),
    Field("areas.next_learners", np.int64, "people", 0, "The same, being counted"),
    Field("areas.next_pupils", np.int64, "people", 0, "The same, being counted"),
    Field(
        "areas.lesson_hours",
        np.float64,
        "hours",
        0,
        "Lessons and language practice given since learning was last reckoned",
    ),
    Field("areas.tutoring_hours", np.float64, "hours", 0, "Help with homework given since learning was last reckoned"),
    Field("city.lesson_hours", np.float64, "hours", 0, "Language lessons and practice given", flow=True),
    Field("city.arrivals_by_group", np.int64, "people", 0, "Arrivals by education and family stage", 9, flow=True),
)

MECHANISM = Mechanism(
    name="economy",
    text=MechanismText(
        summary=(
            "People finish school, find and lose work, learn the language, and households have what their members earn."
        ),
        about=(
            "A resident who comes of age gets an education level from their schooling (attainment) and their "
            "parents' level; students look for work when they finish. Those who work may lose it, those who look "
            "may find it: faster with more education and more of the local language, more slowly when the "
            "country's unemployment is high. Residents of foreign origin are called back less often for the same "
            "application: that is done to them, and only slows their finding of work. A household's income is the "
            "sum of its members' whole euros and its child benefit.\n\n"
            "Source: audit studies of hiring (call-back ratio) and lesson and tutoring trials, as in the "
            "parameters' evidence."
        ),
        rule=(
            "losing work = base x education x country; finding it = base x education x language x call-back / country"
        ),
        reads="who lives with whom; hours of lessons and tutoring given in the area",
        writes="education, work, income, language, attainment; income and composition of households",
        leaves_out="wages that answer to the city, commuting, taxes in detail, informal work, care by grandparents",
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("economy.lesson_hours", "areas", "hours/month", "add", "Language lessons given near home"),
        Lever("economy.tutoring_hours", "areas", "hours/month", "add", "Help with homework given near home"),
    ),
    reads=(
        "people.key",
        "people.alive",
        "people.born_month",
        "people.background",
        "people.household",
        "people.entered_month",
        "people.next",
        "households.alive",
        "households.area",
        "households.first",
        "households.entered_month",
        "households.changed_month",
        "households.from_household",
        "areas.service_hours",
        "people.school",
        "schools.pupils_per_class",
        "schools.quality_in_use",
        "schools.indicator_share",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    series=("unemployment_rate_region",),
    invariants=(purses_add_up,),
)
