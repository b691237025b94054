"""Residents meet one another in street, school, work, association and joint activities, and some meetings leave a mark."""

from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText, Param
from mechlin.mechanisms.encounters.activities import Salts, count_year, organised
from mechlin.mechanisms.encounters.everyday import BLOCK, everyday
from mechlin.mechanisms.encounters.meet import SETTINGS, show_cards

MEET, BEFORE, LASTING, CARD, JOIN, APART, PAIR, MATCH = (
    rng.stream(f"encounters.{s}") for s in ("meet", "before", "lasting", "card", "join", "apart", "pair", "match")
)
HALF_YEAR = 6  # months
_NEVER = -2  # a month in which nobody has come
_CYCLES_BEFORE = 5  # let pass before the first month, so that levels are at rest


class Params(NamedTuple):
    """Whom people meet, and what it leaves behind."""

    cycle_months: Annotated[
        int, Param("months", 1, 60, "Months in which a resident has one encounter that leaves a mark")
    ] = 12
    batch_months: Annotated[int, Param("months", 1, 12, "Months whose encounters are worked out at once")] = 6
    attempts: Annotated[int, Param("people", 1, 20, "Others whom one might meet, looked at in turn")] = 4
    homophily: Annotated[
        float, Param("1", 0, 10, "How strongly unlikeness keeps people apart", "encounters.homophily", (0.6, 2.2))
    ] = 1.4
    education_weight: Annotated[float, Param("1", 0, 1, "Weight of education among the other identities")] = 0.25
    age_weight: Annotated[float, Param("1", 0, 1, "Weight of the age band")] = 0.25
    family_weight: Annotated[float, Param("1", 0, 1, "Weight of the family stage")] = 0.15
    language_weight: Annotated[float, Param("1", 0, 1, "Weight of good command of the local language")] = 0.15
    club_weight: Annotated[float, Param("1", 0, 1, "Weight of the kind of association")] = 0.1
    area_weight: Annotated[float, Param("1", 0, 1, "Weight of the home area")] = 0.1
    street_share: Annotated[float, Param("share", 0, 1, "Of encounters, in the street of the home area")] = 0.3
    school_share: Annotated[float, Param("share", 0, 1, "Of pupils' encounters, at school")] = 0.6
    gate_share: Annotated[float, Param("share", 0, 1, "Of parents' encounters, at the school gate")] = 0.2
    club_share: Annotated[float, Param("share", 0, 1, "Of members' encounters, in an association")] = 0.2
    member_share: Annotated[float, Param("share", 0, 1, "Of residents, members of an association")] = 0.4
    fluent_share: Annotated[float, Param("share", 0, 1, "Command of the language from which it is good")] = 0.7
    street_good: Annotated[
        float,
        Param("share", 0, 1, "Good, of encounters across in street and centre", "encounters.negative", (0.75, 0.9)),
    ] = 0.83
    disorder_good: Annotated[float, Param("share", 0, 1, "Fewer good ones at full disorder", likely=(0.0, 0.3))] = 0.15
    school_good: Annotated[float, Param("share", 0, 1, "Good at school and its gate", likely=(0.8, 0.95))] = 0.88
    cooperative_good: Annotated[
        float, Param("share", 0, 1, "Good where people do something together", "encounters.cooperative", (0.88, 0.98))
    ] = 0.94
    gain: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=1,
            doc="Of what is missing of openness to those met, gained in close cooperation",
            evidence="encounters.contact",
            likely=(0.03, 0.15),
            nil=0.0,
        ),
    ] = 0.09
    loss_ratio: Annotated[
        float, Param("ratio", 0, 5, "A bad encounter against a good one", "encounters.negative", (1.5, 2.0))
    ] = 1.7
    casual_weight: Annotated[
        float, Param("share", -1, 1, "Of that gain, in street and centre", "encounters.casual", (-0.1, 0.4))
    ] = 0.2
    shared_weight: Annotated[
        float, Param("share", 0, 1, "Of that gain, at school, gate and association", likely=(0.2, 0.8))
    ] = 0.5
    generalisation: Annotated[
        float,
        Param(
            unit="share",
            low=-1,
            high=1,
            doc="Of the gain in an activity, carried over to strangers",
            evidence="encounters.generalisation",
            likely=(-0.05, 0.3),
        ),
    ] = 0.2
    influence: Annotated[
        float, Param("share", 0, 0.5, "Of a difference in openness, closed by talk", "encounters.talk", (0.0, 0.05))
    ] = 0.02
    half_life_months: Annotated[
        float, Param("months", 1, 240, "Half of what has changed is gone", "encounters.fading", (3.0, 36.0))
    ] = 12.0
    openness_mean: Annotated[float, Param("share", 0, 1, "Openness as a trait, mean")] = 0.5
    openness_spread: Annotated[float, Param("share", 0, 0.5, "Openness as a trait, spread")] = 0.15
    bridging_speed: Annotated[float, Param("share", 0, 1, "Weight of the last encounter in the bridging share")] = 0.3
    regular_contact: Annotated[
        float, Param("share", 0, 1, "Bridging share from which contact is regular", "encounters.level")
    ] = 0.25
    salience_base: Annotated[float, Param("share", 0, 1, "Weight of background among identities")] = 0.5
    salience_trait: Annotated[float, Param("1", 0, 2, "Less weight for each unit of openness as a trait")] = 1.0
    salience_half_life_months: Annotated[float, Param("months", 1, 240, "Months to go half of the way")] = 24.0
    threat_news: Annotated[float, Param("share", 0, 1, "Added by national news of threat; no series at hand")] = 0.0
    dealings_effect: Annotated[
        float, Param("share", 0, 1, "Added when the city deals with groups only", likely=(0.0, 0.1))
    ] = 0.04
    ties_effect: Annotated[float, Param("share", 0, 1, "Taken off by ties across only", likely=(0.0, 0.2))] = 0.1
    stance_effect: Annotated[
        float, Param("share", -1, 1, "Taken off by a full one-city stance", "encounters.stance", (-0.03, 0.08))
    ] = 0.03
    separate_effect: Annotated[float, Param("share", 0, 1, "Salience gained in an activity for one group")] = 0.02
    selection: Annotated[
        float, Param("share", 0, 1, "How far only the open come when invited", "encounters.selection", (0.0, 1.0))
    ] = 1.0
    elsewhere_share: Annotated[float, Param("share", 0, 1, "Of those in an activity, from the whole city")] = 0.25
    service_joint: Annotated[float, Param("share", 0, 1, "Of service tenants' hours, joint activities")] = 0.1
    places_an_hour: Annotated[float, Param("places/hour", 0, 20, "Places in joint activities made by an hour")] = 1.0
    established_months: Annotated[int, Param("months", 0, 600, "Lived here, to be somebody's buddy")] = 24
    pair_success: Annotated[
        float, Param("share", 0, 1, "Of pairs of buddies, those who become close", "encounters.buddies", (0.2, 0.5))
    ] = 0.35


class Pace(NamedTuple):
    """What a cycle does to what fades, worked out once."""

    fade: float
    salience_step: float


@lru_cache(maxsize=64)
def pace_of(p: Params) -> Pace:
    """Return the shares of the way gone in one cycle."""
    return Pace(*(1 - 0.5 ** (p.cycle_months / half) for half in (p.half_life_months, p.salience_half_life_months)))


def start(view, p, seed, clock):
    """Set what is lasting, and let a few cycles of encounters pass."""
    card, lasting = (rng.salted(seed, s, 0) for s in (CARD, LASTING))
    show_cards(view.people, view.households, view.homes, p, card, lasting, clock.t, True)
    for before in range(_CYCLES_BEFORE * p.cycle_months):
        _everyday(view, view.levers, p, seed, before, BEFORE, _NEVER)
    count_year(view.people, view.households, view.areas, view.city, p)


def _everyday(view, levers, p, seed, month, stream, t):
    """Everyday encounters of the months that end with ``month``, if some do; ``t`` tells who has just come."""
    if (month + 1) % p.batch_months:
        return
    first = (month + 1 - p.batch_months) % p.cycle_months
    everyday(
        view.people,
        view.households,
        view.homes,
        view.areas,
        view.schools,
        view.city,
        levers,
        p,
        pace_of(p),
        rng.salted(seed, stream, month),
        first,
        t,
    )


def step(view, levers, p, seed, clock):
    """Advance one month; what others see of a resident is renewed once in half a year."""
    t, lasting = clock.t, rng.salted(seed, LASTING, 0)
    people, households, homes, areas, city = view.people, view.households, view.homes, view.areas, view.city
    if t % HALF_YEAR == 0:
        show_cards(people, households, homes, p, rng.salted(seed, CARD, t), lasting, t, False)
    _everyday(view, levers, p, seed, t, MEET, t)
    salts = Salts(lasting, *(rng.salted(seed, stream, t) for stream in (JOIN, APART, PAIR)), rng.salted(seed, MATCH, 0))
    organised(people, households, homes, areas, city, levers, p, salts, t)
    if clock.is_december:
        count_year(people, households, areas, city, p)


def shares_are_shares(state) -> str:
    """Openness, salience and bridging share of every resident lie between 0 and 1."""
    alive, bad = state["people.alive"], 0
    for name in ("openness", "salience", "bridging_share"):
        values = state[f"people.{name}"][alive]
        bad += int((~((values >= 0) & (values <= 1))).sum())
    return f"{bad} residents with an impossible openness, salience or bridging share" if bad else ""


def _parts(name: str, doc: str) -> Field:
    return Field(f"areas.{name}_parts", np.int64, "1/1024", 0, f"Sum over the area's adults of their {doc}")


def _flow(name: str, doc: str, width: int | str = 1) -> Field:
    return Field(f"city.{name}", np.int64, "encounters", 0, doc, width, flow=True)


def _block(name: str, dtype: type, unit: str, doc: str) -> Field:
    return Field(f"city.{name}", dtype, unit, 0, doc, BLOCK)


FIELDS = (
    Field("people.openness", np.float32, "share", 0.5, "Openness to people of other backgrounds, 0 to 1"),
    Field("people.salience", np.float32, "share", 0.5, "Weight of background among a person's identities, 0 to 1"),
    Field("people.bridging_share", np.float32, "share", 0, "Of recent encounters, with people of other backgrounds"),
    Field("people.openness_trait", np.float32, "share", 0.5, "Openness to which a person drifts back"),
    Field("people.club", np.int8, "code", 0, "Kind of association; 0 none"),
    Field("people.card", np.int64, "code", 0, "What others see of a resident, in one number; renewed each half-year"),
    Field("people.turn_row", np.int32, "row of people", -1, "Residents whose turn it is, a list"),
    Field("people.meeting_phase", np.int8, "month", -1, "Month of the cycle in which the person's encounter falls"),
    Field("people.buddy", np.int32, "row of people", -1, "The other of a pair of newcomer and resident"),
    Field("people.buddy_months", np.int8, "months", 0, "Months in such a pair"),
    Field("people.joined", np.int16, "activities", 0, "Joint activities in which the person has met somebody"),
    Field("people.pair_row", np.int32, "row of people", -1, "Newcomers who take part this month, a list"),
    Field("people.pair_priority", np.uint64, "bits by row of the list", 0, "The order in which they are paired"),
    Field("homes.adult_card", np.int64, "code", 0, "Card of one of the adults of the home, by lot, each half-year"),
    Field("homes.child_card", np.int64, "code", 0, "Card of one of the children of school age"),
    Field("areas.adults_met", np.int64, "people", 0, "Adults, as counted for encounters in December"),
    _parts("openness", "openness"),
    _parts("salience", "salience"),
    _parts("bridging", "bridging share"),
    Field("areas.without_contact", np.int64, "people", 0, "Adults without regular contact across backgrounds"),
    Field(
        "city.learners_once", np.int64, "people", 0, "Adults of other origin, who may have had to learn the language"
    ),
    Field("city.learners_fluent", np.int64, "people", 0, "Of these, with good command of it"),
    _block("visitor", np.int32, "row of people", "Residents of a block whose turn it is"),
    _block("visitor_note", np.int64, "code", "Their area, setting, school and home, in one number"),
    _block("visitor_met", np.int64, "code", "Card of whom they have met; 0 nobody"),
    _block("visitor_waits", np.int32, "place in the block", "Those who still look for somebody, a list"),
    _block("visitor_mine", np.int64, "code", "By place in that list, their own card"),
    _block(
        "visitor_other", np.int64, "code", "Where they look: a place, who or what stands there, then a card; 0 none"
    ),
    _block("visitor_lot", np.float64, "share", "Draw that decides whether they keep whom they see"),
    Field("city.pairs", np.int64, "pairs", 0, "Pairs of newcomer and resident that meet this month"),
    _flow("pairs_started", "Pairs of newcomer and resident begun"),
    _flow("meetings", "Encounters by setting: street, centre, school, gate, association, activity, pair", SETTINGS),
    _flow("meetings_across", "Of these, across backgrounds", SETTINGS),
    _flow("activity_meetings", "Of two in joint activities"),
    _flow("activity_across", "Of these, across background, school, area, age band", 4),
    _flow("participants", "Who took part in activities, by background (measured, never asked)", "backgrounds"),
)

MECHANISM = Mechanism(
    name="encounters",
    text=MechanismText(
        summary=(
            "Residents meet one another in street, school, work, association and joint activities, and some "
            "meetings leave a mark."
        ),
        about=(
            "Everybody of school age and over has one encounter in a cycle of some months that leaves a mark; "
            "whose turn it is hangs on the person. The setting gives those whom one might meet; the more alike "
            "two are, the likelier they meet. Alike means many things: background weighs as much as it matters to "
            "the two of them (salience), education, age, family, language, association and area share the rest. A "
            "good encounter across backgrounds opens a little, a bad one closes more; talk draws people slightly "
            "together; all drift back to who they are. Organised activities and pairs of buddies bring those who "
            "take part together and change what they think of strangers little.\n\n"
            "Only the resident whose turn it is changes, by what the other was when the half-year began. Whoever "
            "has just come, and whoever lodges without a home of their own, meets others but is not yet found by "
            "others."
        ),
        rule=(
            "openness += weight x gain x (1 - openness) if good, else - loss ratio x the same x openness; drift "
            "to the trait; kept with exp(-homophily x dissimilarity); salience moves to base + dealings by group "
            "- ties - stance"
        ),
        reads="who lives where and with whom, pupils by school, disorder, language, community work",
        writes="openness, salience and bridging share of residents; pairs of buddies; counts of meetings",
        leaves_out=(
            "lasting friendships as a network, online contact, work places as such, encounters outside the city, "
            "classes inside a school (a pupil meets pupils of the school), national news that raises salience (no "
            "series)"
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("encounters.mixed_places", "areas", "places/month", "add", "Places in joint activities open to all"),
        Lever("encounters.single_group_places", "areas", "places/month", "add", "Places in activities for one group"),
        Lever("encounters.buddy", "people", "yes/no", "max", "A newcomer who takes part in pairs with a resident"),
        Lever(
            "encounters.group_dealings",
            "city",
            "share",
            "max",
            "Of the city's dealings, with groups and their spokesmen",
        ),
        Lever(
            "encounters.one_city_stance", "city", "share", "max", "How far the city speaks and acts as one community"
        ),
    ),
    reads=(
        "people.key",
        "people.alive",
        "people.born_month",
        "people.background",
        "people.household",
        "people.next",
        "people.partner",
        "people.entered_month",
        "people.education",
        "people.local_language_share",
        "people.school",
        "people.pupil",
        "households.alive",
        "households.area",
        "households.home",
        "households.first",
        "households.children",
        "homes.area",
        "homes.by_area",
        "homes.occupant",
        "areas.first_home",
        "areas.homes_listed",
        "areas.disorder",
        "areas.service_hours",
        "schools.first_pupil",
        "schools.pupils",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    invariants=(shares_are_shares,),
)
