"""Residents feel safe or not, trust the city's government or not, belong and are proud: slowly, and for reasons."""

from typing import Annotated, Any, NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText, Param
from mechlin.core.monitor import AGE_BANDS, FIFTHS, ITEMS
from mechlin.mechanisms.attitudes.monitor import ask_a_sample, count_everybody
from mechlin.mechanisms.attitudes.surroundings import (
    ATTITUDES,
    Salts,
    centre_quality,
    close_tally,
    count_streets,
    mood_shift,
    name_streets,
    pull_of_streets,
    pulls_of_areas,
    some_months,
    spread_of_streets,
)
from mechlin.mechanisms.attitudes.trust import begin, gather_news, people_months, welcome

ENTER, SHAKE, EVENT, TICKET, ANSWER = (
    rng.stream(f"attitudes.{s}") for s in ("enter", "shake", "event", "ticket", "answer")
)
MONTHS = 6  # months
JUNE = 6


class Params(NamedTuple):
    """What attitudes answer to, in standard deviations (SD), and how fast."""

    trait_share: Annotated[
        float, Param("share", 0, 0.99, "Of variance, lasting", "attitudes.stability", (0.55, 0.8))
    ] = 0.7
    monthly_speed: Annotated[
        float, Param("1/month", 0.001, 0.3, "Of the way to the target, in a month", "attitudes.stability", (0.01, 0.04))
    ] = 0.02
    loss_factor: Annotated[
        float, Param("ratio", 1, 6, "A loss against an equal gain", "attitudes.losses", (1.5, 4))
    ] = 2.0
    talk_share: Annotated[
        float,
        Param(
            unit="share", low=0, high=1, doc="Of news, felt by close ones", evidence="attitudes.talk", likely=(0.1, 0.5)
        ),
    ] = 0.3
    victim_harm: Annotated[float, Param("SD", 0, 2, "Safety lost by a victim", "attitudes.victims", (0.1, 0.5))] = 0.3
    safety_disorder: Annotated[
        float, Param("SD", -3, 5, "Safety lost from no disorder to full", "attitudes.streets", (0.2, 1.4), nil=0.0)
    ] = 0.8
    safety_space: Annotated[
        float,
        Param(
            unit="SD",
            low=-3,
            high=5,
            doc="Safety from the poorest public space (light too) to the best",
            evidence="attitudes.streets",
            likely=(0.0, 0.8),
            nil=0.0,
        ),
    ] = 0.4
    safety_violence: Annotated[
        float, Param("SD", 0, 2, "Safety lost to one violent offence per 100 a year", "attitudes.victims", (0.05, 0.4))
    ] = 0.2
    safety_offences: Annotated[
        float, Param("SD", 0, 0.5, "Safety lost to one other offence per 100 a year", "attitudes.victims", (0.0, 0.03))
    ] = 0.01
    safety_patrol: Annotated[
        float, Param("SD", -1, 1, "Safety from officers seen everywhere", "attitudes.patrol", (-0.1, 0.4), nil=0.0)
    ] = 0.16
    patrol_half_hours: Annotated[
        float, Param("hours/1000/month", 0.1, 1000, "Patrol at which half of it is reached")
    ] = 40.0
    safety_education: Annotated[float, Param("SD", -1, 1, "Safety for each level of education", "attitudes.who")] = 0.1
    safety_age: Annotated[float, Param("SD", -1, 1, "Safety for ten years of age", "attitudes.who")] = -0.03
    trust_mood: Annotated[
        float, Param("1", 0, 2, "Of a shift in the country's trust, followed in the end", "attitudes.mood", (0.4, 1.2))
    ] = 0.8
    trust_service: Annotated[
        float, Param("SD", 0, 3, "Trust from the worst kept streets to the best", "attitudes.service", (0.2, 0.9))
    ] = 0.5
    trust_safety: Annotated[
        float,
        Param(
            unit="1", low=0, high=1, doc="Trust for one SD of safety", evidence="attitudes.safety", likely=(0.05, 0.1)
        ),
    ] = 0.07
    trust_belonging: Annotated[float, Param("1", 0, 1, "Trust for one SD of belonging", likely=(0.0, 0.2))] = 0.1
    trust_education: Annotated[float, Param("SD", -1, 1, "Trust for each level of education", "attitudes.who")] = 0.1
    stop_harm: Annotated[
        float, Param("SD", 0, 2, "Trust lost when stopped by the police", "attitudes.stops", (0.05, 0.4), nil=0.0)
    ] = 0.25
    fine_harm: Annotated[
        float,
        Param(
            unit="SD",
            low=0,
            high=2,
            doc="Trust lost by a fined household",
            evidence="attitudes.stops",
            likely=(0.1, 0.5),
        ),
    ] = 0.3
    explained_gain: Annotated[
        float,
        Param(
            "share", -1, 1, "Of a decision's harm, saved by explaining it", "attitudes.conduct", (-0.1, 0.6), nil=0.0
        ),
    ] = 0.4
    school_gain: Annotated[float, Param("SD", 0, 1, "Trust when a child gets the first wish", likely=(0.0, 0.2))] = 0.08
    home_gain: Annotated[float, Param("SD", 0, 1, "Trust when a social home is given", likely=(0.0, 0.3))] = 0.15
    consulted_gain: Annotated[
        float, Param("SD", -1, 1, "Trust when asked as a resident", "attitudes.consultation", (-0.02, 0.18))
    ] = 0.08
    diversity: Annotated[
        float, Param("SD", 0, 1, "Trust lost for one SD of a street's diversity", "attitudes.diversity", (0.01, 0.05))
    ] = 0.026
    contact_first: Annotated[
        int,
        Param(
            unit="0 or 1",
            low=0,
            high=1,
            doc="Diversity of a street adds to trust instead (contact first)",
            evidence="attitudes.contact",
            structure=True,
        ),
    ] = 0
    belonging_openness: Annotated[float, Param("SD", -2, 3, "Belonging from closed to open", likely=(0.1, 0.9))] = 0.5
    belonging_centre: Annotated[
        float, Param("SD", -2, 3, "Belonging from the poorest centre to the best", likely=(0.0, 1.0))
    ] = 0.5
    belonging_age: Annotated[float, Param("SD", -1, 1, "Belonging for ten years of age", "attitudes.who")] = 0.06
    newcomer_gap: Annotated[float, Param("SD", 0, 2, "Belonging that newcomers lack", likely=(0.2, 0.7))] = 0.4
    settle_years: Annotated[float, Param("years", 0.1, 60, "Years until they belong like others")] = 10.0
    came_per_year: Annotated[
        float, Param("1/year", 0.0001, 1, "Of the residents at the start, came in a year before it")
    ] = 0.025
    discrimination_per_year: Annotated[
        float,
        Param(
            unit="1/year",
            low=0,
            high=5,
            doc="Discrimination met by a resident of foreign origin",
            evidence="attitudes.discrimination",
            likely=(0.12, 0.4),
        ),
    ] = 0.24
    discrimination_harm: Annotated[float, Param("SD", 0, 1, "Belonging lost each time", likely=(0.05, 0.3))] = 0.15
    discrimination_trust: Annotated[float, Param("SD", 0, 1, "Trust lost each time", likely=(0.0, 0.15))] = 0.05
    pride_centre: Annotated[
        float, Param(unit="SD", low=-2, high=4, doc="Pride from the poorest centre to the best", likely=(0.2, 2))
    ] = 1.0
    pride_belonging: Annotated[float, Param("1", 0, 1, "Pride for one SD of belonging", likely=(0.1, 0.4))] = 0.2
    pride_trait: Annotated[float, Param("1", 0, 0.99, "Correlation of the traits of pride and belonging")] = 0.6
    usual_violence: Annotated[
        float, Param(unit="offences/100/year", low=0, high=100, doc="Level: violence when nothing is unusual")
    ] = 1.0
    usual_offences: Annotated[
        float, Param("offences/100/year", 0, 500, "Level: other offences when nothing is unusual")
    ] = 9.7
    usual_victims: Annotated[float, Param("1/year", 0, 2, "Level: crime met in a year when nothing is unusual")] = 0.125
    usual_stops: Annotated[float, Param("1/year", 0, 2, "Level: stops met in a year when nothing is unusual")] = 0.06
    answer_slip_sd: Annotated[
        float, Param("SD", 0.01, 2, "By which an answer misses the attitude", "attitudes.answers")
    ] = 0.33
    much_trust_above: Annotated[
        float, Param("SD", -4, 4, "Level: much trust above it", "attitudes.levels", (0.42, 0.7))
    ] = 0.56
    often_unsafe_below: Annotated[float, Param("SD", -4, 4, "Level: often unsafe below it", "attitudes.levels")] = -1.0
    proud_above: Annotated[
        float, Param("SD", -4, 4, "Level: proud above it", "attitudes.levels", (-0.63, -0.35))
    ] = -0.49
    respondents: Annotated[int, Param("adults", 1, 10**6, "Who answer the monitor", "attitudes.answers")] = 1200
    low_education_answers: Annotated[
        float, Param(unit="ratio", low=0.05, high=1, doc="Of adults with little schooling, who answer")
    ] = 0.8


def start(view: Any, p: Params, seed: int, clock: Any) -> None:
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


def _surroundings(view: Any, p: Params, t: int, first: bool) -> None:
    mood = mood_shift(float(view.series.national_trust_mood[t]), float(view.series.national_trust_mood[0]))
    pulls_of_areas(view.areas, mood, centre_quality(view.areas) - float(view.city.first_centre[0]), first, p)


def step(view: Any, levers: Any, p: Params, seed: int, clock: Any) -> None:
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
    people_months(people, households, areas, city, p, q, salts, t)
    close_tally(areas, MONTHS, p)
    areas.asked_share[:] = 0.0
    if clock.is_december:
        count_everybody(people, households, areas, view.groups, city, p, q.slip, t)
        draw, answer = rng.salted(seed, TICKET, t), rng.salted(seed, ANSWER, t)
        ask_a_sample(people, city, p, q.slip, draw, answer, int(areas.tally[:, 0].sum()), t)


def attitudes_are_possible(state: Any) -> str:
    """No living adult's attitude lies further out than anybody's could."""
    alive = state["people.alive"]
    bad = sum(
        int((~(np.abs(state[f"people.{a}"][alive]) < 12)).sum()) for a in ("safety", "trust", "belonging", "pride")
    )
    return f"{bad} impossible attitudes" if bad else ""


def _person(name: str, doc: str) -> Field:
    return Field(f"people.{name}", np.float32, "SD", 0, f"{doc}; mean zero, spread one at the start")


FIELDS = (
    _person("safety", "Feeling safe"),
    _person("trust", "Trust in local government"),
    _person("belonging", "Belonging to the city"),
    _person("pride", "Pride in the city"),
    Field("people.traits", np.int8, "SD/32", 0, "Lasting part of safety, trust, belonging, pride", ATTITUDES),
    Field("people.came_month", np.int16, "month", -30000, "Month of coming here; long ago for those born here"),
    Field("people.rank_heard", np.int8, "rank", 0, "Wish granted at school, as known last December"),
    Field("households.news", np.bool_, "yes/no", 0, "Something happened to a member these months"),
    Field("households.victims", np.int8, "people", 0, "Members who were victims these months"),
    Field("households.stops", np.int8, "people", 0, "Members stopped by the police these months"),
    Field("households.first_wishes", np.int8, "children", 0, "Children who got their first wish these months"),
    Field("households.rim_heard", np.float32, "1", 0, "Pull of the rim through school, as known last December"),
    Field("households.disappointed", np.bool_, "yes/no", 0, "At school since then: no place, or not the first wish"),
    Field("households.street_pull", np.float32, "SD", 0, "What the street's mixture gives to trust"),
    Field("homes.street", np.int32, "row of homes", 0, "First home of the same street: some 16 homes"),
    Field("homes.street_people", np.int16, "people", 0, "Residents of the street, kept at its first home"),
    Field("homes.street_others", np.int16, "people", 0, "Of these, of other than majority background"),
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
            "crime, a stop, a fine, a home, a school. In December everybody is counted as they would answer the "
            "city monitor, and a sample is asked.\n\n"
            "Background serves two things here: discrimination that residents of foreign origin meet (done to "
            "them, more where others are less open), and counting. Diversity of a street moves its residents' "
            "trust a little, everybody's alike."
        ),
        rule="attitude += speed x (trait + surroundings - attitude) + shake + news; losses weigh more than gains",
        reads="where people live, offences, patrol, disorder, public space, shops, stops, fines, schools, openness",
        writes="safety, trust, belonging, pride; what the city monitor counts",
        leaves_out=(
            "what people read and hear beyond their household, parties, how long a wait was, sectors' own fame"
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
    series=("national_trust_mood",),
    invariants=(attitudes_are_possible,),
)
