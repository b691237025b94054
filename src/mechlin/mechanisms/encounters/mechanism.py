"""Residents meet one another in street, school, work, association and joint activities, and some meetings leave a mark."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.encounters.activities import Salts, count_year, organised
from mechlin.mechanisms.encounters.everyday import BLOCK, everyday
from mechlin.mechanisms.encounters.meet import SETTINGS, show_cards
from mechlin.mechanisms.encounters.params import Params

MEET, BEFORE, LASTING, CARD, JOIN, APART, PAIR, MATCH = (
    rng.stream(f"encounters.{s}") for s in ("meet", "before", "lasting", "card", "join", "apart", "pair", "match")
)
HALF_YEAR = 6  # months
_NEVER = -2  # a month in which nobody has come
_CYCLES_BEFORE = 5  # let pass before the first month, so that levels are at rest


class Pace(NamedTuple):
    """What a cycle does to what fades, worked out once."""

    fade: float
    salience_step: float


@lru_cache(maxsize=64)
def pace_of(p: Params) -> Pace:
    """Return the shares of the way gone in one cycle."""
    return Pace(*(1 - 0.5 ** (p.cycle_months / half) for half in (p.half_life_months, p.salience_half_life_months)))


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Set what is lasting, and let a few cycles of encounters pass."""
    card, lasting = (rng.salted(seed, s, 0) for s in (CARD, LASTING))
    show_cards(view.people, view.households, view.homes, p, card, lasting, clock.t, True)
    for before in range(_CYCLES_BEFORE * p.cycle_months):
        _everyday(view, view.levers, p, seed, before, BEFORE, _NEVER)
    count_year(view.people, view.households, view.areas, view.city, p)


def _everyday(view: View, levers: Table, p: Params, seed: int, month: int, stream: np.uint64, t: int) -> None:
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


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month; what others see of a resident is renewed once in half a year."""
    t, lasting = clock.t, rng.salted(seed, LASTING, 0)
    people, households, homes, areas, city = view.people, view.households, view.homes, view.areas, view.city
    if t % HALF_YEAR == 0:
        show_cards(people, households, homes, p, rng.salted(seed, CARD, t), lasting, t, False)
    _everyday(view, levers, p, seed, t, MEET, t)
    join, apart, pair = (rng.salted(seed, stream, t) for stream in (JOIN, APART, PAIR))
    salts = Salts(lasting, join, apart, pair, rng.salted(seed, MATCH, 0))
    organised(people, households, homes, areas, city, levers, p, salts, t)
    if clock.is_december:
        count_year(people, households, areas, city, p)


def shares_are_shares(state: State) -> str:
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
    return Field(f"city.{name}", dtype, unit, 0, doc, BLOCK, scratch="encounters.everyday")


def _paired(name: str, dtype: type, unit: str, doc: str) -> Field:
    return Field(f"people.pair_{name}", dtype, f"{unit} by place in a list", 0, doc, scratch="encounters.pairs")


FIELDS = (
    Field("people.openness", np.float32, "share", 0.5, "Openness to people of other backgrounds, 0 to 1"),
    Field("people.salience", np.float32, "share", 0.5, "Weight of background among a person's identities, 0 to 1"),
    Field("people.bridging_share", np.float32, "share", 0, "Of recent encounters, with people of other backgrounds"),
    Field("people.openness_trait", np.float32, "share", 0.5, "Openness to which a person drifts back"),
    Field("people.club", np.int8, "code", 0, "Kind of association; 0 none"),
    Field("people.card", np.int64, "code", 0, "What others see of a resident, in one number; renewed each half-year"),
    Field(
        "people.turn_row",
        np.int32,
        "row of people by place in a list",
        0,
        "Residents whose turn it is",
        scratch="encounters.everyday",
    ),
    Field("people.meeting_phase", np.int8, "month", -1, "Month of the cycle in which the person's encounter falls"),
    Field("people.buddy", np.int32, "row of people", -1, "The other of a pair of newcomer and resident"),
    Field("people.buddy_months", np.int8, "months", 0, "Months in such a pair"),
    Field("people.joined", np.int16, "activities", 0, "Joint activities in which the person has met somebody"),
    _paired("row", np.int32, "row of people", "Newcomers who take part this month"),
    _paired("priority", np.uint64, "bits", "The order in which they are paired"),
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
