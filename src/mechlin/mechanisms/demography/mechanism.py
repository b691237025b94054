"""People are born, grow up, leave home, form and end couples, arrive, depart and die."""

from functools import lru_cache

import numpy as np

from mechlin.core import rng
from mechlin.core.ages import AGES
from mechlin.core.clock import Clock
from mechlin.core.codes import MAJORITY
from mechlin.core.declare import Field, Mechanism, MechanismText
from mechlin.core.state import State, row_queue
from mechlin.core.views import Table, View
from mechlin.mechanisms.demography import events
from mechlin.mechanisms.demography.lives import Salts, lives_month
from mechlin.mechanisms.demography.params import Params

EVENT, AWAY, PLACE, MATCH, DEPART, ARRIVE, CALENDAR = (
    rng.stream(f"demography.{s}") for s in ("event", "away", "place", "match", "depart", "arrive", "calendar")
)


def curve(age: np.ndarray, peak: float, rise: float, fall: float) -> np.ndarray:
    """Return a curve by age: one at the peak, falling to a third over ``rise`` years before and ``fall`` after."""
    return np.where(age < peak, np.exp(-(peak - age) / rise), np.exp(-(age - peak) / fall))


@lru_cache(maxsize=16)
def yearly_rates(p: Params) -> np.ndarray:
    """Return yearly rates, shape (event kinds, 2 [men, women], ages), before scaling to the city."""
    age = np.arange(AGES, dtype=float)
    rates = np.zeros((events.KINDS, 2, AGES))
    adult = age >= MAJORITY
    men = p.mortality_floor + p.mortality_at_60 * np.exp(p.mortality_growth * (age - 60))
    rates[events.DEATH] = np.minimum(np.stack([men, men * p.mortality_women]), 2.0)
    births = np.exp(-0.5 * ((age - p.birth_peak_age) / p.birth_spread) ** 2) * ((age >= 15) & (age < 50))
    rates[events.BIRTH, 1] = births
    rates[events.SEPARATION] = p.separation_rate / 2 * np.minimum(np.exp(-(age - 30) / p.separation_fall), 1.5)
    rates[events.PARTNER] = p.couple_rate * adult * curve(age, p.couple_age, 4.0, p.couple_fall)
    rates[events.HOME] = p.leave_home_rate * adult * curve(age, p.leave_home_age, 3.5, 8.0)
    rates[events.DEPARTURE] = p.move_floor + p.move_peak * curve(age, p.move_peak_age, p.move_rise, p.move_fall)
    return rates


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Scale births, deaths and departures once to what the city counted in its first year."""
    people, rates, outside = view.people, yearly_rates(p), view.series
    alive = people.alive
    age = np.clip((clock.t - people.born_month[alive].astype(int)) // 12, 0, AGES - 1)
    sex = people.female[alive].astype(int)
    oldest = np.full(view.households.first.size, clock.t)
    np.minimum.at(oldest, people.household[alive], people.born_month[alive])
    elder = np.clip((clock.t - oldest[people.household[alive]]) // 12, 0, AGES - 1)  # households leave together
    partnered = np.where(people.partner[alive] >= 0, 1.0, p.birth_unpartnered)
    thousands = alive.sum() / 1000.0
    expected = (
        rates[events.BIRTH, sex, age] @ partnered,
        rates[events.DEATH, sex, age].sum(),
        rates[events.DEPARTURE, 0, elder].sum(),
    )
    wanted = outside.births_per_1000[0], outside.deaths_per_1000[0], outside.leavers_per_1000[0] * p.depart_share
    for scale, target, found in zip(
        (view.city.birth_scale, view.city.death_scale, view.city.depart_scale), wanted, expected, strict=True
    ):
        scale[0] = target * thousands / max(found, 1e-9)
    view.city.first_people[0] = alive.sum()


def _factors(city: Table, outside: Table, t: int) -> tuple[float, float, float]:
    """Return what births, deaths and departures of a month are multiplied by; the same all through a year."""
    counts = outside.births_per_1000, outside.deaths_per_1000, outside.leavers_per_1000
    scales = city.birth_scale, city.death_scale, city.depart_scale
    births, deaths, departures = (
        float(scale[0] * count[t] / count[0]) for scale, count in zip(scales, counts, strict=True)
    )
    return births, deaths, departures


@lru_cache(maxsize=64)
def year_at(p: Params, births: float, deaths: float, departures: float) -> events.Year:
    """Return the chances a month that hold through a year, and the calendars to draw from them."""
    rates = yearly_rates(p).copy()
    for kind, factor in ((events.BIRTH, births), (events.DEATH, deaths), (events.DEPARTURE, departures)):
        rates[kind] *= factor
    found: events.Year = events.year_of(1.0 - np.exp(-rates / 12.0), p.birth_unpartnered)
    return found


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month."""
    t, city, outside = clock.t, view.city, view.series
    year, end, renewed = year_at(p, *_factors(city, outside, t)), clock.next_january, clock.is_january or t == 0
    cells = 1 + int(city.first_people[0]) // 25_000
    expected = outside.arrivals_per_1000[t] * outside.population_1_january[t] / 12_000.0
    expected *= city.first_people[0] / outside.population_1_january[0]
    lives_month(
        view.people,
        view.households,
        city,
        p,
        year,
        cells,
        expected,
        outside.foreign_origin_share_of_arrivals[t],
        view.groups.share,
        _salts(seed, t, end),
        renewed,
        t,
        end,
    )


def _salts(seed: int, t: int, end: int) -> Salts:
    event, away, depart, place, match = (rng.salted(seed, s, t) for s in (EVENT, AWAY, DEPART, PLACE, MATCH))
    lasting, arrive, calendar = rng.salted(seed, MATCH, 0), rng.salted(seed, ARRIVE, t), rng.salted(seed, CALENDAR, end)
    return Salts(event, away, depart, place, match, lasting, arrive, calendar)


def everyone_lives_somewhere(state: State) -> str:
    """Every living resident is in the list of exactly one living household, and partners share it."""
    alive, household = state["people.alive"], state["people.household"]
    partner, following, first = state["people.partner"], state["people.next"], state["households.first"]
    rows = np.flatnonzero(alive)
    seen = np.zeros(alive.size, dtype=int)
    at = first[state["households.alive"]]
    while at.size:
        at = at[at >= 0]
        np.add.at(seen, at, 1)
        at = following[at]
    bad = np.count_nonzero(seen[rows] != 1) + np.count_nonzero(seen[~alive])
    bad += np.count_nonzero(~state["households.alive"][household[rows]])
    paired = rows[partner[rows] >= 0]
    bad += np.count_nonzero(partner[partner[paired]] != paired)
    bad += np.count_nonzero(household[partner[paired]] != household[paired])
    bad += np.count_nonzero(first[state["households.alive"]] < 0) + int(state["city.no_room"][0])
    return f"{bad} disagreements about who lives with whom" if bad else ""


def _flow(name: str, doc: str, width: int = 1) -> Field:
    return Field(f"city.{name}", np.int64, "people", 0, doc, width=width, flow=True)


def _listed(name: str, dtype: type, unit: str, doc: str) -> Field:
    return Field(name, dtype, f"{unit} by place in a list", 0, doc, scratch="demography.month")


FIELDS = (
    *row_queue("people"),
    *row_queue("households"),
    Field("people.household", np.int32, "row of households", -1, "Household lived in"),
    Field("people.next", np.int32, "row of people", -1, "Next member of the same household"),
    Field("people.born_month", np.int16, "month", 0, "Month of birth, counted from the start of the run"),
    Field("people.female", np.bool_, "yes/no", 0, "Woman or girl"),
    Field("people.background", np.int8, "code", 0, "Own or a parent's first nationality, as the source counts it"),
    Field("people.role", np.int8, "code", 0, "0 adult of the household, 1 child living with parents"),
    Field("people.partner", np.int32, "row of people", -1, "Partner"),
    Field("people.births", np.int8, "children", 0, "Children born since the start"),
    Field("people.entered_month", np.int16, "month", -1, "Month of birth or arrival here; -1 from the start"),
    Field("people.event", np.int8, "code", -1, "What happens this month"),
    Field("people.event_month", np.int16, "month", -1, "Next month in which something may happen: looked at then"),
    _listed(
        "people.event_row", np.int32, "row of people", "To whom something may happen, then who looks for a partner"
    ),
    _listed("people.seeker_trait", np.int8, "code", "2 for a woman who looks for a partner, and 1 for one sought"),
    _listed("people.seeker_priority", np.uint64, "bits", "The order in which they meet"),
    Field("households.first", np.int32, "row of people", -1, "First member"),
    Field("households.entered_month", np.int16, "month", -1, "Month formed or arrived; -1 from the start"),
    Field("households.changed_month", np.int16, "month", -1, "Month in which members last came or went"),
    Field("households.depart_month", np.int16, "month", -1, "Next month in which it may leave the city"),
    _listed("households.depart_row", np.int32, "row of households", "Those that may leave it this month"),
    Field("households.from_household", np.int32, "row of households", -1, "Household it split from"),
    _flow("births", "Children born"),
    _flow("deaths", "Residents who died"),
    _flow("arrivals", "People who came to live here"),
    _flow("leavers", "People who left the city"),
    _flow("departures_by_age", "People who left for reasons of their own, by five-year age band", 20),
    _flow("leavers_by_group", "People who left, by education and family stage of the household", 9),
    Field("city.no_room", np.int64, "events", 0, "Events that found no free row (must stay 0)"),
    *(
        Field(f"city.{n}", np.float64, "ratio", 1, d)
        for n, d in (
            ("birth_scale", "City's births against the curve"),
            ("death_scale", "City's deaths against the curve"),
            ("depart_scale", "City's departures against the curve"),
            ("first_people", "Residents at the start"),
        )
    ),
)

MECHANISM = Mechanism(
    name="demography",
    text=MechanismText(
        summary="People are born, grow up, leave home, form and end couples, arrive, depart and die.",
        about=(
            "Each month at most one event happens to a resident: death, a birth, the end of a couple, looking for "
            "a partner, or leaving the parents' home. A calendar, drawn once a year, names the months in which "
            "this is decided. Partners are found among those who look in the same month, the more alike the "
            "likelier. Arrivals come in the number and mix that the city's outside series give, whatever the city "
            "does; households depart for reasons of their own (work, study, family), and a household that housing "
            "has marked as leaving goes too. Who moves out or arrives has no home and looks for one.\n\n"
            "Identity: a newborn's key comes from the mother's key and the birth order, an arrival's from the "
            "month and the place in the queue, so that the same person exists in both of two paired runs, "
            "whatever else happened."
        ),
        rule="one of the events with its monthly hazard; hazards are yearly curves by age, scaled once to the city",
        reads="outside series of births, deaths, arrivals and leavers; where households live",
        writes="who is alive, who lives with whom, who is whose partner",
        leaves_out="marriage as a legal form, fertility that answers to housing, households of friends, care homes",
        sources="Gompertz-Makeham law of mortality; age curve of births and of moves as in the parameters' evidence.",
    ),
    params=Params,
    fields=FIELDS,
    levers=(),
    reads=(
        "households.home",
        "households.leaving",
        "households.oldest_born_month",
        "households.children",
        "households.education",
        "people.education",
        "groups.share",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    grows=("people", "households"),
    series=(
        "births_per_1000",
        "deaths_per_1000",
        "arrivals_per_1000",
        "leavers_per_1000",
        "population_1_january",
        "foreign_origin_share_of_arrivals",
    ),
    invariants=(everyone_lives_somewhere,),
)
