"""What surrounds a resident: the area, the street, the centre, the country's mood; and the numbers of some months.

Pulls are set twice a year for each area and once a year for each street, before any resident looks at them.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import Offence
from mechlin.core.compiled import allocating, compiled
from mechlin.core.views import Table
from mechlin.mechanisms.attitudes.params import Params

SAFETY, TRUST, BELONGING, PRIDE = range(4)
ATTITUDES = 4
PARTS = 1024.0  # sums over people are sums of whole parts, so that the order of rows cannot move a digit
_TRAIT_UNITS = 32.0  # traits are kept in these parts of a standard deviation
_STREET_HOMES = 16
_PERCENT = 100.0
_TELLING = float(np.log(2.0))  # log points
_EVEN = float(np.sqrt(3.0))  # half the width of an even spread, in its standard deviations


class Months(NamedTuple):
    """What is the same for everybody in some months."""

    months: int
    speed: float
    units: float
    trait: float
    passing: float
    shake: float
    slip: float
    usual_safety: float
    usual_trust: float
    stop_harm: float
    explained: float
    fade: float
    school_year: bool


class Salts(NamedTuple):
    """The addresses of the draws of some months."""

    shake: np.uint64
    event: np.uint64


@lru_cache(maxsize=64)
def some_months(p: Params, months: int, stop_harm: float, explained: float, school_year: bool) -> Months:
    """Return the numbers of some months; shakes are as large as keep up the spread that is not lasting.

    News of these months is on average half of them old: so much of it has faded (``fade``).
    """
    speed, rest = 1.0 - (1.0 - p.monthly_speed) ** months, 1.0 - p.trait_share
    yearly = 12.0 * p.monthly_speed
    return Months(
        months=months,
        speed=speed,
        units=_TRAIT_UNITS,
        trait=float(np.sqrt(p.trait_share)) / _TRAIT_UNITS,
        passing=float(np.sqrt(rest)),
        shake=2.0 * _EVEN * float(np.sqrt(rest * (1.0 - (1.0 - speed) ** 2))),
        slip=_EVEN * p.answer_slip_sd,
        usual_safety=p.usual_victims * p.victim_harm / yearly,
        usual_trust=p.usual_stops * p.stop_harm / yearly,
        stop_harm=stop_harm,
        explained=explained,
        fade=(1.0 - p.monthly_speed) ** (0.5 * (months - 1)),
        school_year=school_year,
    )


@lru_cache(maxsize=64)
def mood_shift(now: float, first: float) -> float:
    """Return by how many SD a country with ``now`` % of much trust lies above one with ``first`` %."""
    return float(rng.normal(now / _PERCENT) - rng.normal(first / _PERCENT))


def centre_quality(areas: Table) -> float:
    """Return public space less vacant shops where the shops are: that is the centre."""
    shops = max(float(areas.shops.sum()), 1.0)
    return float((areas.shops * areas.public_space).sum()) / shops - float(areas.shops_vacant.sum()) / shops


def name_streets(homes: Table) -> None:
    """Let the homes of an area stand in streets of sixteen, in an order of their own, for good."""
    order = np.lexsort((homes.key, homes.area))
    first = np.searchsorted(homes.area[order], homes.area[order])
    place = np.arange(order.size) - first
    homes.street[order] = order[first + place - place % _STREET_HOMES]


def spread_of_streets(homes: Table) -> tuple[float, float]:
    """Return mean and spread, over homes, of the diversity of the street."""
    there = homes.street_people[homes.street]
    others = homes.street_others[homes.street][there > 0] / there[there > 0]
    diversity = 2.0 * others * (1.0 - others)
    spread = float(diversity.std()) if diversity.size else 0.0
    return (float(diversity.mean()), spread) if spread > 0.0 else (0.0, 1.0)


@compiled
def weighed(change, loss_factor):
    """Return a change as it is felt: a loss more than an equal gain."""
    return change if change >= 0.0 else loss_factor * change


@compiled
def chance_of_saying(attitude, line, slip):
    """Return the chance that somebody's answer lies above a line, when answers miss by up to ``slip``."""
    return min(max((attitude - line) * (0.5 / slip) + 0.5, 0.0), 1.0)


@compiled
def safety_of_area(disorder, public_space, violence, other_offences, patrol_hours, p):
    """Return what an area gives to feeling safe: order, light and care, little violence, officers seen.

    Offences count against what is usual (above it, or below it).
    """
    seen = max(patrol_hours, 0.0)
    return (
        p.safety_space * public_space
        - p.safety_disorder * disorder
        - p.safety_violence * violence
        - p.safety_offences * other_offences
        + p.safety_patrol * seen / (seen + p.patrol_half_hours)
    )


@compiled
def service_of_area(public_space_change, disorder_change, p):
    """Return what upkeep of one's own streets, against the start, gives to trust."""
    return weighed(p.trust_service * (public_space_change - disorder_change), p.loss_factor)


@compiled
def record_of_city(streets, centre, crime, p):
    """Return what residents see that the city's government has done, in SD: streets everywhere, the centre, crime.

    ``streets`` and ``centre`` are changes since the start; ``crime`` how far offences have fallen below those of the
    country since then (log points): that is what news and other cities are held against.
    """
    return weighed(p.record_streets * streets + p.record_centre * centre + p.record_crime * crime, p.loss_factor)


@compiled
def crime_against_country(rate, usual, country):
    """Return how many log points offences have fallen below the country's; none where none were counted.

    ``country`` is the country's recorded crime as a ratio to the start. Beyond a half or a double nobody tells more.
    """
    if rate <= 0.0 or usual <= 0.0 or country <= 0.0:
        return 0.0
    return min(max(np.log(country) - np.log(rate / usual), -_TELLING), _TELLING)


def streets_and_crime(areas: Table) -> tuple[float, float]:
    """Return how far streets are kept better than at the start, and offences per 100 a year, where adults live."""
    adults = areas.tally[:, 0]
    weight = adults / max(int(adults.sum()), 1)
    better = (areas.public_space - areas.first_space) - (areas.disorder - areas.first_disorder)
    return float((weight * better).sum()), float((weight * areas.offence_rate.sum(axis=1)).sum())


@compiled
def diversity_of_street(others, residents):
    """Return the chance that two residents of a street differ in being of majority background."""
    share = others / max(residents, 1)
    return 2.0 * share * (1.0 - share)


@compiled
def discrimination_chance(openness, months, p):
    """Return the chance that a resident of foreign origin meets discrimination where others are so open."""
    return min(p.discrimination_per_year * months / 12.0 * (1.0 - openness) / 0.5, 1.0)


@allocating
def count_streets(people, households, homes):
    """Count residents, and those of other than majority background, of each street."""
    homes.street_people[:] = 0
    homes.street_others[:] = 0
    members, others = np.zeros((2, households.alive.size), dtype=np.int16)
    for i in range(people.alive.size):
        h = np.uint64(max(people.household[i], 0))  # unsigned: no row is counted from the end
        members[h] += people.alive[i]
        others[h] += people.alive[i] & (people.background[i] > 0)
    for h in range(households.alive.size):
        home = households.home[h]
        if members[h] > 0 and home >= 0:
            street = homes.street[home]
            homes.street_people[street] += members[h]
            homes.street_others[street] += others[h]


@compiled
def pull_of_streets(homes, mean, spread, p):
    """Set what the mixture of each home's street does to trust, by the declared alternative."""
    sign = 1.0 if p.contact_first > 0.5 else -1.0
    for home in range(homes.street.size):
        street = homes.street[home]
        lived_in = homes.street_people[street] > 0
        diversity = diversity_of_street(homes.street_others[street], homes.street_people[street])
        homes.street_pull[home] = sign * p.diversity * (diversity - mean) / spread if lived_in else 0.0


@compiled
def pulls_of_areas(areas, mood, centre, record, first, p):
    """Set what each area, the centre, the city's ``record`` and the country give to each attitude of residents there.

    At the very first no offence has been counted yet, and the usual is taken.
    """
    pull = areas.attitude_pull
    for a in range(areas.disorder.size):
        violence = 0.0 if first else areas.offence_rate[a, Offence.VIOLENCE] - p.usual_violence
        other = (
            0.0 if first else areas.offence_rate[a].sum() - areas.offence_rate[a, Offence.VIOLENCE] - p.usual_offences
        )
        pull[a, SAFETY] = safety_of_area(
            areas.disorder[a], areas.public_space[a], violence, other, areas.patrol_seen[a], p
        )
        space, disorder = areas.public_space[a] - areas.first_space[a], areas.disorder[a] - areas.first_disorder[a]
        pull[a, TRUST] = p.trust_mood * mood + service_of_area(space, disorder, p) + record
        pull[a, BELONGING] = p.belonging_centre * centre
        pull[a, PRIDE] = p.pride_centre * centre + p.pride_record * record


@compiled
def close_tally(areas, months, p):
    """Turn an area's tally of adults into means, and their openness into how often discrimination is met there."""
    for a in range(areas.tally.shape[0]):
        parts = PARTS * max(areas.tally[a, 0], 1)
        areas.safety[a] = areas.tally[a, 1] / parts
        areas.unsafe_share[a] = areas.tally[a, 2] / parts
        openness = areas.tally[a, 3] / parts if areas.tally[a, 0] > 0 else 0.5
        areas.discrimination_share[a] = discrimination_chance(openness, months, p)
