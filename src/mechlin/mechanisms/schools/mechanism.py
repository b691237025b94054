"""Parents choose a primary school, places are assigned, classes form."""

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import SEPTEMBER, Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.schools.choice import YEARS, Salts
from mechlin.mechanisms.schools.month import school_year
from mechlin.mechanisms.schools.params import Params
from mechlin.mechanisms.schools.roll import greet_newcomers

HOME, TASTE, COMMITTED, TOLD, LOTTERY, CAMP, TOUR = (
    rng.stream(f"schools.{s}") for s in ("home", "taste", "committed", "told", "lottery", "camp", "tour")
)
QUARTER = 3  # months
_ROUNDS = 5  # assignments before the first month, each looking at the last one's make-up


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Let everybody of school age choose, a few times over, so that schools start as choice makes them."""
    view.schools.quality_in_use[:] = view.schools.quality
    september = clock.t - (clock.month - SEPTEMBER) % 12
    school_year(view, p, salts_at(seed, clock.t), september, _ROUNDS)
    view.people.school_rank[:] = 0
    view.households.school_rim_pull[:] = 0.0


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Greet newcomers every month; in September, place children."""
    decay = float(np.exp(-QUARTER / 12.0 / p.pull_fade_years)) if clock.month % QUARTER == 0 else 1.0
    greet_newcomers(view.people, view.households, view.city, decay, clock.t)
    if clock.is_school_start:
        view.schools.quality_in_use[:] = np.clip(view.schools.quality + levers.quality_support, 0.0, 1.0)
        school_year(view, p, salts_at(seed, clock.t), clock.t)


def salts_at(seed: int, t: int) -> Salts:
    """Return the addresses of the random numbers of the school year that starts in month ``t``."""
    lasting = (rng.salted(seed, s, 0) for s in (HOME, TASTE, COMMITTED, TOLD))
    return Salts(*lasting, *(rng.salted(seed, s, t) for s in (LOTTERY, CAMP, TOUR)))


def pupils_sit_somewhere(state: State) -> str:
    """Pupils listed add up by school, background and kind, and no school year holds more than its places."""
    pupils = state["schools.pupils"]
    bad = np.count_nonzero(state["schools.backgrounds"].sum(axis=1) != pupils)
    bad += np.count_nonzero(state["schools.educations"].sum(axis=1) != pupils)
    bad += np.count_nonzero(pupils > YEARS * state["schools.places"])
    bad += int((state["people.pupil"] >= 0).sum() != pupils.sum())
    return f"{bad} counts of pupils do not add up" if bad else ""


def _city(name: str, unit: str, doc: str, width: int = 1, flow: bool = False) -> Field:
    return Field(f"city.{name}", np.int64, unit, 0, doc, width, flow)


FIELDS = (
    Field("people.school", np.int16, "row of schools", -1, "Primary school attended; -1 none"),
    Field("people.school_rank", np.int8, "rank", 0, "Which wish was granted at entry: 1 the first; 0 none or not yet"),
    Field("people.indicator_pupil", np.bool_, "yes/no", 0, "Counted as indicator pupil, of those of school age"),
    Field(
        "people.pupil",
        np.int32,
        "row of people by place in a list",
        -1,
        "Pupils as of September, by school, then by key; some have left",
    ),
    Field("schools.first_pupil", np.int32, "place in people.pupil", 0, "Where the school's pupils start in that list"),
    Field("schools.pupils", np.int32, "pupils", 0, "Pupils, as of September"),
    Field("schools.indicator_pupils", np.int32, "pupils", 0, "Of these, indicator pupils (a legal category)"),
    Field("schools.indicator_share", np.float64, "share", 0, "Of pupils, indicator pupils"),
    Field("schools.backgrounds", np.int32, "pupils", 0, "Pupils by background, as the source counts it", "backgrounds"),
    Field("schools.educations", np.int32, "pupils", 0, "Pupils by the highest education of the parents", 3),
    Field(
        "schools.backgrounds_nearby",
        np.int32,
        "pupils",
        0,
        "Pupils to whom it is nearest, by background",
        "backgrounds",
    ),
    Field("schools.kinds_nearby", np.int32, "pupils", 0, "The same: others, indicator pupils", 2),
    Field("schools.educations_nearby", np.int32, "pupils", 0, "The same by the highest education of the parents", 3),
    Field("schools.classes", np.int32, "classes", 0, "Classes"),
    Field("schools.pupils_per_class", np.float64, "pupils", 0, "Class size in use"),
    Field("schools.quality_in_use", np.float64, "share", 0.5, "Quality with the support it gets"),
    Field(
        "households.school_rim_pull",
        np.float32,
        "1",
        0,
        "Added to the pull of the rim: unplaced or disappointed at school",
    ),
    Field(
        "areas.school_appeal",
        np.float64,
        "1",
        0,
        "How good the schools nearby are, against the city's mean at the start",
    ),
    Field("city.school_appeal_start", np.float64, "1", 0, "How good the schools of an average area were at the start"),
    _city("school_entrants", "children", "Children who sought a place in the entry year"),
    _city("first_wishes", "children", "Of these, got their first wish"),
    _city("wishes_granted", "children", "Of these, got one of their wishes"),
    _city("unplaced", "children", "Of these, got no place in the city"),
    _city("children_of_school_age", "children", "Who should be in primary school, as of September"),
    _city("tour_families", "families", "Families who put a school first because others do"),
    _city("pupils_by_kind", "pupils", "Pupils: others, indicator pupils", 2),
    _city("school_metres", "m", "Metres to school of all pupils: others, indicator pupils", 2),
    _city("pupils_not_nearest", "pupils", "Pupils for whom another school is nearer"),
    _city("attainment_sums", "SD/1024", "Attainment of all pupils: others, indicator pupils", 2),
    _city("school_age_families", "households", "With a child of 2 to 6: others, higher education", 2),
    _city("school_age_families_left", "households", "Of such, left after looking for a home", 2, flow=True),
    Field(
        "city.pupils_together",
        np.float64,
        "people",
        1,
        "Pupils by background: how many count as one draw",
        "backgrounds",
    ),
    Field("city.kinds_together", np.float64, "people", 1, "The same by kind: others, indicator pupils", 2),
    Field("city.parents_together", np.float64, "people", 1, "The same by the parents' education", 3),
)

MECHANISM = Mechanism(
    name="schools",
    text=MechanismText(
        summary="Parents choose a primary school, places are assigned, classes form.",
        about=(
            "Every September children who reach the entry year, newcomers and those who moved far get a school. "
            "Parents weigh distance, last year's pupils (unless they are committed to the nearest mixed school), "
            "quality, class size, where the neighbours' and their own children go, and what they were told or saw "
            "together. Places go by queue (those who can camp come first) or by ranking lists and deferred "
            "acceptance; where contingents are in force, places are held for indicator pupils (a legal category: "
            "school allowance, or a mother without a secondary diploma) in proportion to the city."
        ),
        rule=(
            "liking = - distance - indicator pupils + alike + quality - class size + friends + siblings + "
            "guarantee + taste"
        ),
        reads="who lives where, incomes and education of households, what programmes offer",
        writes=(
            "the school of each child, the list of pupils, counts by school, the pull of the rim on the disappointed"
        ),
        leaves_out=(
            "denomination, school boards that refuse or advise, moves between schools for other reasons, "
            "newcomers before the next September, special schools, secondary schools, schools outside the city"
        ),
        sources=(
            "free choice and distance (Borghans et al. 2015; J School Choice 2013), friends (Ruijs & Oosterbeek "
            "2019), queue and ranking lists as in `school_places`."
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("schools.class_size_cut", "schools", "pupils", "add", "Pupils fewer in a class at entry"),
        Lever("schools.quality_support", "schools", "share", "add", "Added to quality by support"),
        Lever("schools.guarantee", "schools", "share", "max", "Of parents, told and shown a guarantee of quality"),
        Lever("schools.tours", "schools", "families/year", "add", "Families who visit and choose together"),
        Lever("schools.contingents", "city", "yes/no", "max", "Double contingents in force"),
        Lever("schools.contingent_share", "city", "share", "max", "Held for indicator pupils; 0: in proportion"),
        Lever("schools.regime", "city", "code", "max", "Enrolment: 0 queue, 1 digital with ranking lists"),
        Lever("schools.distance_share", "city", "share", "max", "Digital: of places, by distance; the rest by lottery"),
    ),
    reads=(
        "people.free_row",
        "people.queue",
        "households.free_row",
        "households.queue",
        "people.alive",
        "people.key",
        "people.born_month",
        "people.entered_month",
        "people.household",
        "people.next",
        "people.role",
        "people.female",
        "people.education",
        "people.background",
        "people.attainment_sd",
        "people.tutored_sd",
        "households.alive",
        "households.key",
        "households.first",
        "households.entered_month",
        "households.area",
        "households.home",
        "households.moved_month",
        "households.leaving",
        "households.children",
        "households.income_eur",
        "households.equivalent_adults",
        "households.education",
        "homes.key",
        "areas.x_km",
        "areas.y_km",
        "areas.area_km2",
        "schools.x_km",
        "schools.y_km",
        "schools.places",
        "schools.class_size",
        "schools.quality",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    matched=(("schools.regime", "schools.distance_share"), ("schools.contingents", "schools.contingent_share")),
    invariants=(pupils_sit_somewhere,),
)
