"""People offend, places are guarded, others are harmed, the police record and solve some of it and stop people."""

from functools import lru_cache

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.codes import Offence, words
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.law.parental_procedure import FORMS
from mechlin.mechanisms.safety.guardianship import count_neighbours, open_areas
from mechlin.mechanisms.safety.month import Salts, safety_month
from mechlin.mechanisms.safety.offending import NEVER, age_shares, bounds, ceiling, everybody_comes, new_year
from mechlin.mechanisms.safety.params import Params
from mechlin.mechanisms.safety.parental_cases import AGES, OUTCOMES
from mechlin.mechanisms.safety.reach import open_regions, regions, widths
from mechlin.mechanisms.safety.stops import AGE_LIMITS

TRAIT, OFFEND, DEED, LOOK, CASE, ORDER, STOP, ELSEWHERE = (
    rng.stream(f"safety.{s}") for s in ("trait", "offend", "deed", "look", "case", "order", "stop", "elsewhere")
)
FIRST_YEAR = 2001  # in which the levels are those of the parameters and the country's index is one


@lru_cache(maxsize=16)
def _fixed(p: Params) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    levels = np.array([getattr(p, f"{kind}_level") for kind in words(Offence)])
    drifts = np.array([getattr(p, f"{kind}_drift") for kind in words(Offence)])
    return age_shares(p), ceiling(p), levels / 12.0, drifts


def level_at(p: Params, index: float, years: float) -> np.ndarray:
    """Return each kind's monthly level: the country's tide and what changed everywhere, ``years`` after 2001."""
    *_, levels, drifts = _fixed(p)
    found: np.ndarray = levels * index**p.tide_weight * np.exp(drifts * years)
    return found


def years_since(clock: Clock, t: int) -> float:
    """Return the years from 2001 to month ``t``; ``clock`` stands in any month."""
    return clock.year + (clock.month - 1 + t - clock.t) / 12 - FIRST_YEAR


def level_in(series: Table, p: Params, clock: Clock, t: int) -> np.ndarray:
    """Return each kind's monthly level in month ``t``; ``clock`` stands in any month."""
    return level_at(p, float(series.national_recorded_crime_index[t]), years_since(clock, t))


def highest_level(series: Table, p: Params, clock: Clock) -> float:
    """Return the highest rate that anybody of inclination one can have in what is left of this year."""
    months = range(clock.t, min(clock.t + 13 - clock.month, series.national_recorded_crime_index.size))
    _, highest, *_ = _fixed(p)
    whole: float = max(float(level_in(series, p, clock, t).sum()) for t in months)
    return float(highest * (1.0 - p.outside_share) * whole)


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Say which areas can be reached from where, and give everybody an inclination."""
    shares, *_ = _fixed(p)
    view.areas.region[:], near = regions(view.areas.x_km, view.areas.y_km)
    view.areas.near[: len(near)] = near
    people = view.people
    everybody_comes(people, view.households, p, rng.salted(seed, TRAIT, 0))
    view.city.inclination[0] = bounds(people, shares, p, 12 - clock.month)[people.alive].sum(dtype=np.float64)


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month."""
    t, people, households, areas, city = clock.t, view.people, view.households, view.areas, view.city
    shares, highest, *_ = _fixed(p)
    level, last = level_in(view.series, p, clock, t), t + 12 - clock.month
    look = rng.salted(seed, LOOK, 0)
    if clock.is_january or t == 0:
        city.highest_level[0] = highest_level(view.series, p, clock)
        new_year(people, households, areas, city, shares, p, look, t, last)
        count_neighbours(households, areas, t)
        open_areas(areas, p)
        open_regions(areas, int(areas.region.max(initial=0)) + 1, p)
    salts = Salts(
        rng.salted(seed, TRAIT, 0),
        rng.salted(seed, OFFEND, t),
        rng.salted(seed, DEED, t),
        look,
        rng.salted(seed, CASE, t),
        rng.salted(seed, ORDER, 0),
        rng.salted(seed, STOP, t),
        rng.salted(seed, ELSEWHERE, t),
    )
    years = years_since(clock, t)
    own, others = level * (1.0 - p.outside_share), level * p.outside_share
    safety_month(
        people, households, view.homes, areas, city, levers, p, own, others, shares, highest, salts, years, t, last
    )


def counts_agree(state: State) -> str:
    """Offences by age, by sex and by kind add up to one another, and no chance is impossible."""
    total = int(state["city.offences"].sum())
    own = total - int(state["city.offences_from_elsewhere"].sum())
    recorded = state["city.offences_recorded"]
    bad = sum(int(state[f"city.{c}"].sum()) != own for c in ("offences_by_age", "offences_by_sex"))
    bad += int(state["city.facts"].sum()) != int(recorded.sum())
    bad += int((state["city.offences_solved"] > recorded).sum()) + int((recorded > state["city.offences"]).sum())
    success, usual = state["areas.success"], state["areas.usual_success"]
    bad += int(((success < 0) | (success > 1) | (usual > 1)).sum())
    return f"{bad} counts of offences do not add up" if bad else ""


def _person(name: str, dtype: type, unit: str, empty: float, doc: str) -> Field:
    return Field(f"people.{name}", dtype, unit, empty, doc)


def _listed(name: str, dtype: type, unit: str, doc: str, stage: str, rows_per_entry: int = 1) -> Field:
    unit = f"{unit} by place in a list"
    return Field(f"people.{name}", dtype, unit, 0, doc, scratch=f"safety.{stage}", rows_per_entry=rows_per_entry)


def _deed(name: str, dtype: type, unit: str, doc: str) -> Field:
    return _listed(f"deed_{name}", dtype, unit, doc, "offences", rows_per_entry=8)


def _area(name: str, unit: str, doc: str, width: int | str = 1, dtype: type = np.float64) -> Field:
    return Field(f"areas.{name}", dtype, unit, 0, doc, width)


def _flow(name: str, unit: str, doc: str, width: int | str = 1) -> Field:
    return Field(f"city.{name}", np.int64, unit, 0, doc, width, flow=True)


FIELDS = (
    _person("propensity", np.float32, "ratio", 0, "Lasting inclination to offend, mean one"),
    _person("tempted_month", np.int16, "month", NEVER, "Month in which the resident may next offend, within this year"),
    _person("offences", np.int16, "offences", 0, "Committed since coming here"),
    _person("charged_month", np.int16, "month", NEVER, "Month of the last charge"),
    _person("charges", np.int8, "charges", 0, "Charges since coming here"),
    _person("diverted", np.bool_, "yes/no", 0, "The last charge ended in a warning or mediation, not in a court"),
    _person("victim_month", np.int16, "month", NEVER, "Month in which the resident was last a victim"),
    _person("stopped_month", np.int16, "month", NEVER, "Month in which the police last stopped the resident"),
    _person("held_until", np.int16, "month", NEVER, "Month in which the last custody ends; nobody offends in custody"),
    _person("plan_months", np.int8, "months", 0, "Left of a parental plan or of family therapy"),
    _person("therapy_month", np.int16, "month", NEVER, "Month in which family therapy began"),
    _person("warned_month", np.int16, "month", NEVER, "Month of the last warning under the parental procedure"),
    _person("case_stage", np.int8, "code", 0, "Stage of the parental procedure, as law/parental_procedure.py names it"),
    _person("case_form", np.int8, "code", 0, "Form of the procedure in which the case was opened"),
    _person("case_month", np.int16, "month", NEVER, "Month in which that stage was entered"),
    _listed("case_row", np.int32, "row of people", "Those who wait for a place this month", "cases"),
    _listed("case_priority", np.uint64, "bits", "The order in which they get it", "cases"),
    _listed("tempted_row", np.int32, "row of people", "Those who may offend this month", "offences"),
    _deed("row", np.int32, "row of people", "Who commits each offence of the month"),
    _deed("key", np.uint64, "identity", "Which offence it is; later which stop"),
    _deed("kind", np.int8, "code", "Its kind"),
    _deed("area", np.int16, "row of areas", "Where it succeeds; later where who is stopped lives"),
    _deed("household", np.int32, "row of households", "Whose home is drawn first"),
    _deed("victim", np.int32, "row of people", "Who of that household would be harmed"),
    Field("households.victim_month", np.int16, "month", NEVER, "Month in which the home was last broken into"),
    Field("households.victim_before", np.int16, "month", NEVER, "Month in which it was broken into before that"),
    Field("households.fined_month", np.int16, "month", NEVER, "Month in which the parents were last fined"),
    _area("offences", "offences", "Last month's, by kind: burglary, theft, vehicle, violence, nuisance", 5, np.int32),
    _area("next_offences", "offences", "This month's, being counted", 5, np.int32),
    _area(
        "offence_rate",
        "offences/100/year",
        "By kind as usually recorded, over a year; under 100 residents count as 100",
        5,
    ),
    _area("patrol_seen", "hours/1000/month", "Visible patrol beyond the usual, for 1,000 residents"),
    _area("usual_officers", "full-time", "Usual officers, shared out by opportunity for nuisance and violence"),
    _area("usual_stops", "stops/month", "Usual stops"),
    _area("opportunity", "share", "Of the city's opportunities by kind, in this area and those before it", 5),
    _area("region", "region", "Region it belongs to, by which is told what can be reached from it", dtype=np.int32),
    _area("near", "row of areas", "Areas that can be reached, by region", "near_areas", np.int32),
    _area(
        "near_opportunity", "share", "Of opportunities there, by kind: in this area and those before it", "near_by_kind"
    ),
    _area("usual_success", "share", "Of attempts by kind, succeed without any measure", 5),
    _area("success", "share", "Of attempts by kind, succeed this month", 5),
    _area("recorded", "share", "Of offences by kind, recorded by the police this month", 5),
    _area("young", "people", "Residents of 12 to 25", dtype=np.int64),
    _area("young_charged", "people", "Those of them charged in the past year", dtype=np.int64),
    _area("peer", "ratio", "Relative risk of growing up among those charged"),
    _area("newly", "households", "Moved in less than two years ago", dtype=np.int64),
    _area("settled", "households", "The others", dtype=np.int64),
    _area("new_neighbours", "share", "Of households, moved in lately, beyond the city's share"),
    _flow("offences", "offences", "By kind, recorded or not", 5),
    _flow("offences_from_elsewhere", "offences", "By people who live elsewhere, by kind", 5),
    _flow("offences_recorded", "offences", "That the police record, by kind", 5),
    _flow("facts", "offences", "Recorded, by kind in two sorts: homes, bicycles, from vehicles, robbery first", 10),
    _flow("offences_by_age", "offences", "Of residents, by five-year age band of the offender", 20),
    _flow("offences_by_sex", "offences", "Of residents: by men, by women", 2),
    _flow("offences_prevented", "offences", "Attempts stopped by measures for good, less those let happen, by kind", 5),
    _flow("offences_moved", "offences", "Attempts that measures stopped and that succeeded elsewhere, by kind", 5),
    _flow("offences_solved", "offences", "Solved, by kind", 5),
    _flow("victims", "victims", "Homes broken into, then residents harmed, by kind", 5),
    _flow("victims_by_fifth", "victims", "By fifth of income, lowest first", 5),
    _flow("stops_by_age", "stops", "Under 20, 20 to 29, 30 to 49, 50 and over", len(AGE_LIMITS) + 1),
    _flow("stops_by_fifth", "stops", "By fifth of income, lowest first", 5),
    _flow("stops_by_background", "stops", "By background: counted, never a reason", "backgrounds"),
    _flow("procedure", "cases", "Found, warned, offered, agreed, closed, fined, refused", OUTCOMES),
    _flow("procedure_by_fifth", "cases", "Each of these by fifth of income", 5 * OUTCOMES),
    _flow("procedure_by_age", "cases", "Each of these by age: 12 and 13, 14 and 15, 16 and over", AGES * OUTCOMES),
    *(
        _flow(f"{n}_by_background", "cases", "By background: counted, never a reason", "backgrounds")
        for n in ("findings", "plans", "fines", "refusals")
    ),
    _flow("fines_eur", "EUR", "Fines and taxes imposed on parents"),
    Field("city.fines_month_eur", np.int64, "EUR", 0, "Fines this month, by form of the procedure", len(FORMS)),
    _flow("therapies", "families", "Began family therapy"),
    Field("city.open_cases", np.int64, "cases", 0, "Cases and therapies going on"),
    Field(
        "city.highest_level", np.float64, "offences/month", 0, "At inclination one, in the year's worst circumstances"
    ),
    Field(
        "city.inclination", np.float64, "ratio", 0, "Of all residents at the start together, by which others' is set"
    ),
    Field(
        "city.first_sort_share",
        np.float64,
        "share",
        0,
        "Of each kind: in homes, of bicycles, from vehicles, robbery",
        len(Offence),
    ),
    Field("city.highest_success", np.float64, "share", 1, "Of attempts, succeed where most do"),
    Field("city.stop_harm", np.float64, "share", 1, "Of the usual harm of a stop, done by one now"),
)

MECHANISM = Mechanism(
    name="safety",
    text=MechanismText(
        summary=(
            "People offend, places are guarded, others are harmed, the police record and solve some of it and stop people."
        ),
        about=(
            "A resident's inclination is lasting and very unequal; age, sex, work, peers and the help within "
            "reach do the rest. An attempt is made in an area drawn by opportunity and distance. The area's "
            "guardianship, the usual and what measures add, may stop it; what measures stop may move elsewhere, "
            "or spare the next area as well. People from elsewhere offend too, where there is most to find; no help "
            "for residents reaches them. The police hear of a part of it and solve a part of that; who is held in "
            "custody offends against nobody outside. The country's tide and what locks and immobilisers did everywhere "
            "hold with and without any measure."
        ),
        rule=(
            "rate = level x tide x inclination x age x sex x circumstances; success = usual guardianship x "
            "relative risks"
        ),
        reads="age, work, household, incomes; homes, shops, residents, disorder by area; background only to count",
        writes="offences, victims, charges, stops, cases of parents and minors, by person, household, area and city",
        leaves_out=("gangs, drugs trade, how custody changes people; a procedure's effect is not assumed"),
        sources="opportunity and guardianship (Cohen & Felson 1979); the rest stands with the parameters' evidence.",
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("safety.camera_share", "areas", "share", "add", "Of streets and squares, seen by watched cameras"),
        Lever("safety.carpark_camera_share", "areas", "share", "add", "Of car parks, seen by watched cameras"),
        Lever(
            "safety.home_camera_share", "areas", "share", "add", "Of the surroundings of homes, seen by watched cameras"
        ),
        Lever("safety.recorded_share", "areas", "share", "add", "Of public space, recorded, watched or not"),
        Lever("safety.officers", "areas", "full-time", "add", "Officers beyond the usual"),
        Lever("safety.patrol_hours", "areas", "hours/month", "add", "Visible patrol beyond the usual"),
        Lever("safety.conduct_training", "city", "share", "max", "Of officers, trained in fair conduct"),
        Lever("safety.problem_solving", "areas", "share", "max", "Of nuisance spots, worked on by solving the problem"),
        Lever("safety.aggressive_stops", "areas", "stops/month", "add", "Stops in the aggressive style"),
        Lever("safety.youth_reach", "areas", "share", "add", "Of young people at risk, with a worker or club in reach"),
        Lever("safety.plan_places", "city", "places", "add", "Parental plans that can be followed at one time"),
        Lever("safety.fine_eur", "city", "EUR", "max", "Fine on parents who refuse"),
        Lever(
            "safety.procedure",
            "city",
            "code",
            "max",
            "Parental procedure in force: 0 none, 1 of 2006, 2 of the 2013 law",
        ),
        Lever("safety.therapy_places", "city", "places", "add", "Families of offending youths in therapy at one time"),
        Lever("safety.lighting", "areas", "share", "add", "Of streets, better lit than before"),
    ),
    reads=(
        "people.key",
        "people.alive",
        "people.next",
        "people.household",
        "people.born_month",
        "people.female",
        "people.work",
        "people.background",
        "people.entered_month",
        "households.alive",
        "households.first",
        "households.area",
        "households.entered_month",
        "households.moved_month",
        "households.income_eur",
        "households.equivalent_adults",
        "homes.occupant",
        "homes.by_area",
        "areas.first_home",
        "areas.homes_listed",
        "areas.x_km",
        "areas.y_km",
        "areas.area_km2",
        "areas.people",
        "areas.homes",
        "areas.shops",
        "areas.shops_vacant",
        "areas.disorder",
        "city.income_limits_eur",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    series=("national_recorded_crime_index",),
    matched=(("safety.plan_places", "safety.fine_eur", "safety.procedure"),),
    invariants=(counts_agree,),
    widths=widths,
)
