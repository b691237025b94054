"""Residents feel safe or not, trust the city's government or not, belong and are proud: slowly, and for reasons."""

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.monitor import AGE_BANDS, FIFTHS, ITEMS
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.attitudes.monitor import ask_a_sample, count_everybody
from mechlin.mechanisms.attitudes.params import Params
from mechlin.mechanisms.attitudes.surroundings import (
    ATTITUDES,
    Salts,
    centre_quality,
    close_tally,
    count_streets,
    crime_against_country,
    mood_shift,
    name_streets,
    pull_of_streets,
    pulls_of_areas,
    record_of_city,
    some_months,
    spread_of_streets,
    streets_and_crime,
)
from mechlin.mechanisms.attitudes.trust import begin, gather_news, people_months, welcome

ENTER, SHAKE, EVENT, TICKET, ANSWER, CLIMATE = (
    rng.stream(f"attitudes.{s}") for s in ("enter", "shake", "event", "ticket", "answer", "climate")
)
MONTHS = 6  # months
JUNE = 6


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Give everybody their traits and first attitudes, and remember the first surroundings."""
    areas, homes, city = view.areas, view.homes, view.city
    areas.first_disorder[:], areas.first_space[:] = areas.disorder, areas.public_space
    city.first_centre[0] = centre_quality(areas)
    name_streets(homes)
    count_streets(view.people, view.households, homes)
    city.street_diversity[0] = spread_of_streets(homes)
    pull_of_streets(homes, *map(float, city.street_diversity[0]), p)
    gather_news(view.people, view.households, homes, clock.t, 0, False)
    _surroundings(view, p, clock.t, first=True)
    q = some_months(p, MONTHS, float(view.city.stop_harm[0]), 0.0, False)
    begin(view.people, view.households, areas, city, p, q, rng.salted(seed, ENTER, 0), clock.t)
    close_tally(areas, MONTHS, p)


def _surroundings(view: View, p: Params, t: int, first: bool) -> None:
    mood = mood_shift(float(view.series.national_trust_mood[t]), float(view.series.national_trust_mood[0]))
    centre, record = centre_quality(view.areas) - float(view.city.first_centre[0]), 0.0
    if not first:
        streets, offences = streets_and_crime(view.areas)
        country = float(view.series.national_recorded_crime_index[t] / view.series.national_recorded_crime_index[0])
        crime = crime_against_country(offences, p.usual_violence + p.usual_offences, country)
        record = float(record_of_city(streets, centre, crime, p))
    view.city.record[0] = record
    pulls_of_areas(view.areas, mood, centre, record, first, p)


def _climate(p: Params, seed: int, t: int) -> np.ndarray:
    """Return what some months do to the whole city's trust and pride, the same in every world of a seed."""
    salt = rng.salted(seed, CLIMATE, t)
    luck = [float(rng.normal(rng.draw(salt, 0, n))) for n in (0, 1)]
    return np.asarray(np.array(luck) * p.climate * np.sqrt(MONTHS / 12.0))


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Let newcomers begin; twice a year let everybody's attitudes move on; in December ask."""
    t, people, households, areas, city = clock.t, view.people, view.households, view.areas, view.city
    areas.asked_share[:] += levers.consultation
    q = some_months(p, MONTHS, float(view.city.stop_harm[0]), float(levers.explained[0]), clock.is_december)
    welcome(people, households, p, q, rng.salted(seed, ENTER, 0), t)
    if clock.month % MONTHS:
        return
    if clock.month == JUNE:
        count_streets(people, households, view.homes)
        pull_of_streets(view.homes, *map(float, city.street_diversity[0]), p)
    gather_news(people, households, view.homes, t, MONTHS, q.school_year)
    _surroundings(view, p, t, first=False)
    salts = Salts(rng.salted(seed, SHAKE, t), rng.salted(seed, EVENT, t))
    people_months(people, households, areas, city, p, q, salts, _climate(p, seed, t), t)
    close_tally(areas, MONTHS, p)
    areas.asked_share[:] = 0.0
    if clock.is_december:
        count_everybody(people, households, areas, view.groups, city, p, q.slip, t)
        draw, answer = rng.salted(seed, TICKET, t), rng.salted(seed, ANSWER, t)
        ask_a_sample(people, city, p, q.slip, draw, answer, int(areas.tally[:, 0].sum()), t)


def attitudes_are_possible(state: State) -> str:
    """No living adult's attitude lies further out than anybody's could."""
    alive = state["people.alive"]
    bad = sum(
        int((~(np.abs(state[f"people.{a}"][alive]) < 12)).sum()) for a in ("safety", "trust", "belonging", "pride")
    )
    return f"{bad} impossible attitudes" if bad else ""


def _person(name: str, doc: str) -> Field:
    return Field(f"people.{name}", np.float32, "SD", 0, f"{doc}; mean zero, spread one at the start")


def _news(name: str, dtype: type, unit: str, doc: str) -> Field:
    return Field(f"households.{name}", dtype, unit, 0, doc, scratch="attitudes.news")


def _street(name: str, doc: str) -> Field:
    return Field(f"homes.street_{name}", np.int16, "people", 0, doc, scratch="attitudes.streets")


FIELDS = (
    _person("safety", "Feeling safe"),
    _person("trust", "Trust in local government"),
    _person("belonging", "Belonging to the city"),
    _person("pride", "Pride in the city"),
    Field("people.traits", np.int8, "SD/32", 0, "Lasting part of safety, trust, belonging, pride", ATTITUDES),
    Field("people.came_month", np.int16, "month", -30000, "Month of coming here; long ago for those born here"),
    Field("people.asked_month", np.int16, "month", -30000, "Month of last being asked as a resident"),
    Field("people.rank_heard", np.int8, "rank", 0, "Wish granted at school, as known last December"),
    _news("news", np.bool_, "yes/no", "Something happened to a member these months"),
    _news("victims", np.int8, "people", "Members who were victims these months"),
    _news("stops", np.int8, "people", "Members stopped by the police these months"),
    _news("first_wishes", np.int8, "children", "Children who got their first wish these months"),
    _news("disappointed", np.bool_, "yes/no", "At school since last December: no place, or not the first wish"),
    _news("street_pull", np.float32, "SD", "What the street's mixture gives to trust"),
    Field("households.rim_heard", np.float32, "1", 0, "Pull of the rim through school, as known last December"),
    Field("homes.street", np.int32, "row of homes", 0, "First home of the same street: some 16 homes"),
    _street("people", "Residents of the street, kept at its first home"),
    _street("others", "Of these, of other than majority background"),
    Field("homes.street_pull", np.float32, "SD", 0, "What the street's mixture gives to trust"),
    Field("areas.safety", np.float64, "SD", 0, "Mean feeling of safety of the area's adults"),
    Field("areas.unsafe_share", np.float64, "share", 0, "Of the area's adults, feeling unsafe"),
    Field("areas.attitude_pull", np.float64, "SD", 0, "What the area gives to each attitude", ATTITUDES),
    Field("areas.tally", np.int64, "people, parts", 0, "Adults; safety, feeling unsafe, openness in 1/1024", 4),
    Field("areas.asked_share", np.float64, "share", 0, "Of residents, asked in these months"),
    Field("areas.discrimination_share", np.float64, "share", 0, "Who would meet discrimination in these months here"),
    Field("areas.first_disorder", np.float64, "share", 0, "Disorder at the start"),
    Field("areas.first_space", np.float64, "share", 0, "Quality of public space at the start"),
    Field("areas.monitor", np.int64, "people, parts", 0, "What the city monitor counts", ITEMS),
    Field(
        "groups.monitor",
        np.int64,
        "people, parts",
        0,
        "The same by background, fifth of income, age band",
        ITEMS * FIFTHS * len(AGE_BANDS),
    ),
    Field("city.surveyed", np.int64, "people", 0, "Who were asked; much trust, often unsafe, proud", 4),
    Field("city.attitude_anchor", np.float64, "SD", 0, "What the first surroundings gave", ATTITUDES),
    Field("city.street_diversity", np.float64, "1", 1, "Mean and spread of street diversity at the start", 2),
    Field("city.record", np.float64, "SD", 0, "What the city's government is seen to have done since the start"),
    Field("city.first_centre", np.float64, "share", 0, "Quality of the centre at the start"),
)

MECHANISM = Mechanism(
    name="attitudes",
    text=MechanismText(
        summary=(
            "Residents feel safe or not, trust the city's government or not, belong and are proud: slowly, and "
            "for reasons."
        ),
        about=(
            "Every attitude is a number on a scale whose mean is zero and whose spread is one among the first "
            "month's adults. Seven tenths of its variance is a lasting trait. The rest moves twice a year towards "
            "what the streets, the centre, the country's mood and the resident's own years and meetings give, is "
            "shaken by the rest of life, and jumps when something is done to the resident or to close ones: a "
            "crime, a stop, a fine, a home, a school. What everybody sees of the whole city since the start (streets, centre, "
            "crime against the country's) is the government's record; what moves a whole city for reasons not held here "
            "is drawn by the seed, the same in both worlds. In December everybody is counted as they would answer the "
            "city monitor, and a sample is asked.\n\n"
            "Background serves two things here: discrimination that residents of foreign origin meet (done to "
            "them, more where others are less open), and counting. Diversity of a street moves its residents' "
            "trust a little, everybody's alike."
        ),
        rule="attitude += speed x (trait + surroundings - attitude) + shake + news; losses weigh more than gains",
        reads=(
            "where people live, offences, national crime, patrol, disorder, public space, "
            "shops, stops, fines, schools, openness"
        ),
        writes="safety, trust, belonging, pride; what the city monitor counts",
        leaves_out=(
            "what people read and hear beyond their household, but for crime against the country's; what other cities do to "
            "their streets; parties, how long a wait was, sectors' own fame"
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("attitudes.consultation", "areas", "share/month", "add", "Of residents, asked as residents this month"),
        Lever("attitudes.explained", "city", "share", "max", "Of decisions against somebody, explained to them"),
    ),
    reads=(
        "people.free_row",
        "people.queue",
        "households.free_row",
        "households.queue",
        "people.key",
        "people.alive",
        "people.born_month",
        "people.entered_month",
        "people.background",
        "people.education",
        "people.household",
        "people.openness",
        "people.victim_month",
        "people.stopped_month",
        "city.stop_harm",
        "people.school_rank",
        "households.alive",
        "households.area",
        "households.home",
        "households.entered_month",
        "households.tenure",
        "households.moved_month",
        "households.victim_month",
        "households.fined_month",
        "households.school_rim_pull",
        "households.income_eur",
        "households.equivalent_adults",
        "homes.key",
        "homes.area",
        "areas.disorder",
        "areas.public_space",
        "areas.shops",
        "areas.shops_vacant",
        "areas.offence_rate",
        "areas.patrol_seen",
        "city.income_limits_eur",
        "groups.share",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    series=("national_trust_mood", "national_recorded_crime_index"),
    invariants=(attitudes_are_possible,),
)
