"""The rules and loops behind attitudes: what moves them, by how much, and how slowly.

Every attitude is a number in standard deviations of the first month's adults. Most of it is a lasting trait; the
rest moves a little of the way twice a year towards what a resident's surroundings give, is shaken by what happens
in their own lives, and is moved at once by what is done to them. Losses weigh more than gains.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY_MONTHS, Tenure
from mechlin.core.compiled import allocating, compiled
from mechlin.core.state import count_taken, taken
from mechlin.mechanisms.attitudes.surroundings import (
    ATTITUDES,
    BELONGING,
    PARTS,
    PRIDE,
    SAFETY,
    TRUST,
    chance_of_saying,
)

MIDDLE_AGE = 45.0  # years, from which age counts
NEVER = -30000  # month
CAME = 2  # draw number: traits and first attitudes have those before
_DECADE = 10.0  # years
_PIECE_BITS = 16  # four shakes share one draw
_PIECE = 65536.0
_OF_PIECE = 1.0 / _PIECE
_YEAR = 1.0 / 12.0  # of a month: multiplying is cheaper
_HALF_BITS = 32  # two chances share one draw
_HALF = 4294967296.0
_MOST_UNITS = 127.0
_FINE = 4096  # steps of equal chance in which first attitudes and traits are drawn


def _steps_of_normal() -> np.ndarray:
    """Return standard normal numbers of equal chance, in rising order: one look-up in place of a formula."""
    middles = (np.arange(_FINE) + 0.5) / _FINE
    steps = np.array([rng.normal.py_func(u) for u in middles])  # in Python: importing compiles nothing
    found: np.ndarray = steps / steps.std()
    return found


_NORMAL = _steps_of_normal()


@compiled
def moved(now, target, speed, shake):
    """Return an attitude a while later: part of the way to its target, and shaken by a life's other events."""
    return now + speed * (target - now) + shake


@compiled
def safety_target(area_pull, education, age_years, p):
    """Return where feeling safe tends to, beside the trait."""
    return area_pull + p.safety_education * (education - 1.0) + p.safety_age * (age_years - MIDDLE_AGE) / _DECADE


@compiled
def belonging_target(area_pull, openness, years_here, age_years, p):
    """Return where belonging tends to, beside the trait: newcomers need years."""
    missing = 1.0 - min(years_here / p.settle_years, 1.0)
    age = p.belonging_age * (age_years - MIDDLE_AGE) / _DECADE
    return area_pull + p.belonging_openness * openness - p.newcomer_gap * missing + age


@compiled
def trust_target(area_pull, street_pull, safety, belonging, education, p):
    """Return where trust in the city's government tends to, beside the trait; safety is a small part of it."""
    own = p.trust_safety * safety + p.trust_belonging * belonging + p.trust_education * (education - 1.0)
    return area_pull + street_pull + own


@compiled
def pride_target(area_pull, belonging, p):
    """Return where pride tends to, beside the trait."""
    return area_pull + p.pride_belonging * belonging


@compiled
def harm_when_explained(harm, explained, p):
    """Return the harm of a decision against somebody when a share of such decisions is explained to them."""
    return harm * (1.0 - p.explained_gain * explained)


@compiled
def safety_news(victim, close_victims, p):
    """Return how crime met by oneself or at home (``victim``) and by close ones moves feeling safe, at once."""
    return -p.victim_harm * (victim + p.talk_share * close_victims)


@compiled
def trust_news(stopped, close_stops, fined, disappointed, first_wish, housed, stop_harm, explained, p):
    """Return how what was done to a household moves trust, at once: 1 where it happened, 0 where not.

    ``stop_harm`` is the part of the usual harm that a stop still does, fair conduct being the rest.
    """
    bad = p.stop_harm * stop_harm * (stopped + p.talk_share * close_stops)
    bad += harm_when_explained(p.fine_harm * fined + p.loss_factor * p.school_gain * disappointed, explained, p)
    return p.school_gain * first_wish + p.home_gain * housed - bad


@compiled
def consulted(months_since, p):
    """Return what being asked as a resident moves trust by, when last asked so many months ago.

    Asked again, only what has faded since comes back: however often, it is never more than once.
    """
    return p.consulted_gain * (1.0 - (1.0 - p.monthly_speed) ** months_since)


@compiled
def gather_news(people, households, homes, t, months, school_year):
    """Note for every household what happened to it and its members in the last months; at school, once a year."""
    since = t - months
    for h in range(households.alive.size):  # no branch: to whom something happened cannot be foreseen
        households.victims[h] = households.stops[h] = households.first_wishes[h] = 0
        here, home = households.alive[h], households.home[h]
        lives = here & (home >= 0)
        households.street_pull[h] = homes.street_pull[home if lives else 0] * np.float32(lives)
        news = (households.victim_month[h] > since) | (households.fined_month[h] > since)
        households.news[h] = here & (news | _was_housed(households, h, since))
    if school_year:
        for h in range(households.alive.size):
            households.disappointed[h] = households.school_rim_pull[h] > households.rim_heard[h]
            households.rim_heard[h] = households.school_rim_pull[h]
            households.news[h] |= households.alive[h] & households.disappointed[h]
    for i in range(people.alive.size):
        if max(people.victim_month[i], people.stopped_month[i]) > since and people.alive[i]:
            h = people.household[i]
            households.victims[h] += people.victim_month[i] > since
            households.stops[h] += people.stopped_month[i] > since
            households.news[h] = True
    for i in range(people.alive.size if school_year else 0):
        if people.school_rank[i] != people.rank_heard[i] and people.alive[i]:
            people.rank_heard[i] = people.school_rank[i]
            if people.school_rank[i] == 1:
                h = people.household[i]
                households.first_wishes[h] += 1
                households.news[h] = True


@compiled
def _was_housed(households, h, since):
    moved_in = households.moved_month[h]
    return (households.tenure[h] == Tenure.SOCIAL) & (moved_in > 0) & (moved_in > since)


@compiled
def _enter(people, i, p, q, salt):
    """Give a newborn or newcomer lasting traits and a first attitude: everything hangs on who they are."""
    key = people.key[i]
    lasting, passing = rng.bits(salt, key, 0), rng.bits(salt, key, 1)
    safety, trust = _normal(lasting, SAFETY), _normal(lasting, TRUST)
    belonging = _normal(lasting, BELONGING)
    pride = p.pride_trait * belonging + np.sqrt(1.0 - p.pride_trait**2) * _normal(lasting, PRIDE)
    people.safety[i] = _first(people.traits, i, safety, SAFETY, passing, q)
    people.trust[i] = _first(people.traits, i, trust, TRUST, passing, q)
    people.belonging[i] = _first(people.traits, i, belonging, BELONGING, passing, q)
    people.pride[i] = _first(people.traits, i, pride, PRIDE, passing, q)
    people.rank_heard[i] = 0
    people.asked_month[i] = NEVER
    people.came_month[i] = people.entered_month[i] if people.entered_month[i] != people.born_month[i] else NEVER


@compiled
def _first(traits, i, trait, a, passing, q):
    """Keep a trait in whole parts, and return the attitude that it starts with."""
    traits[i, a] = np.int8(np.rint(min(max(trait * q.units, -_MOST_UNITS), _MOST_UNITS)))
    return traits[i, a] * q.trait + q.passing * _normal(passing, a)


@compiled
def _normal(bits, piece):
    """Return a standard normal number from one of the four pieces of a draw."""
    return _NORMAL[(bits >> np.uint64(_PIECE_BITS * piece)) & np.uint64(_FINE - 1)]


@compiled
def welcome(people, households, p, q, salt, t):
    """Let those who were born or came this month begin; nothing of who had the row before is left."""
    for n in range(count_taken(households)):
        h = taken(households, n)
        if households.entered_month[h] == t and households.alive[h]:
            households.rim_heard[h] = 0.0
    for n in range(count_taken(people)):
        i = taken(people, n)
        if people.entered_month[i] == t and people.alive[i]:
            _enter(people, i, p, q, salt)


@compiled
def years_before(u, p):
    """Return how long before the start a resident of then came here, or was born here, by the draw ``u``."""
    return -np.log(1.0 - u) / p.came_per_year


@allocating
def begin(people, households, areas, city, p, q, salt, t):
    """Give everybody traits and first attitudes such that the adults' mean is zero.

    ``city.attitude_anchor`` keeps what the first surroundings gave on average.
    """
    areas.tally[:] = 0
    sums, out, adults = np.zeros(ATTITUDES, dtype=np.int64), np.zeros(ATTITUDES), 0
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        _enter(people, i, p, q, salt)
        people.rank_heard[i] = people.school_rank[i]
        months = np.int64(12.0 * years_before(rng.draw(salt, people.key[i], CAME), p))
        lately = months < t - people.born_month[i] and months < 12.0 * p.settle_years
        people.came_month[i] = t - months if lately else NEVER
        if t - people.born_month[i] >= MAJORITY_MONTHS:
            adults += 1
            _explain(people, households, areas, i, p, t, 0.0, 0.0, out)
            for a in range(ATTITUDES):
                sums[a] += np.int64(np.floor(out[a] * PARTS + 0.5))
    for a in range(ATTITUDES):
        city.attitude_anchor[0, a] = sums[a] / PARTS / max(adults, 1)
    anchor = city.attitude_anchor
    for i in range(people.alive.size):
        if not people.alive[i] or t - people.born_month[i] < MAJORITY_MONTHS:
            continue
        _explain(people, households, areas, i, p, t, people.safety[i], people.belonging[i], out)
        met = p.discrimination_per_year / 12.0 / p.monthly_speed if people.background[i] > 0 else 0.0
        people.safety[i] += out[SAFETY] - anchor[0, SAFETY]
        people.trust[i] += out[TRUST] - anchor[0, TRUST] - met * p.discrimination_trust
        people.belonging[i] += out[BELONGING] - anchor[0, BELONGING] - met * p.discrimination_harm
        people.pride[i] += out[PRIDE] - anchor[0, PRIDE]
        _tally(areas, households.area[people.household[i]], people.safety[i], people.openness[i], p, q)


@compiled
def _explain(people, households, areas, i, p, t, safety, belonging, out):
    """Write into ``out`` where resident ``i``'s attitudes tend to, beside their traits."""
    h = people.household[i]
    area, education = households.area[h], np.float64(max(people.education[i], 0))
    age_years = (t - people.born_month[i]) / 12.0
    pull = areas.attitude_pull
    out[SAFETY] = safety_target(pull[area, SAFETY], education, age_years, p)
    years = (t - people.came_month[i]) * _YEAR
    out[BELONGING] = belonging_target(pull[area, BELONGING], np.float64(people.openness[i]), years, age_years, p)
    out[TRUST] = trust_target(pull[area, TRUST], households.street_pull[h], safety, belonging, education, p)
    out[PRIDE] = pride_target(pull[area, PRIDE], belonging, p)


@compiled
def people_months(people, households, areas, city, p, q, salts, climate, t):
    """Let every adult's attitudes move on by some months, and count them by area.

    ``climate`` is what these months did to everybody's trust and pride for reasons that nothing here holds.
    """
    areas.tally[:] = 0
    anchor, pull = city.attitude_anchor, areas.attitude_pull
    usual_safety, usual_trust = q.usual_safety - anchor[0, SAFETY], q.usual_trust - anchor[0, TRUST]
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        born = np.int64(people.born_month[i])
        if t - born < MAJORITY_MONTHS:
            continue
        h, key = np.uint64(people.household[i]), people.key[i]  # unsigned: no row is counted from the end
        area = np.uint64(households.area[h])
        bits = rng.bits(salts.shake, key, 0)
        education, age_years = np.float64(max(people.education[i], 0)), (t - born) * _YEAR
        openness = np.float64(people.openness[i])
        years = (t - people.came_month[i]) * _YEAR

        target = people.traits[i, SAFETY] * q.trait + safety_target(pull[area, SAFETY], education, age_years, p)
        safety = moved(people.safety[i], target + usual_safety, q.speed, _shake(bits, 0, q))
        target = people.traits[i, BELONGING] * q.trait - anchor[0, BELONGING]
        target += belonging_target(pull[area, BELONGING], openness, years, age_years, p)
        belonging = moved(people.belonging[i], target, q.speed, _shake(bits, 1, q))
        target = people.traits[i, TRUST] * q.trait + usual_trust
        target += trust_target(pull[area, TRUST], households.street_pull[h], safety, belonging, education, p)
        trust = moved(people.trust[i], target, q.speed, _shake(bits, 2, q)) + climate[0]
        target = people.traits[i, PRIDE] * q.trait + pride_target(pull[area, PRIDE], belonging, p) - anchor[0, PRIDE]
        people.pride[i] = moved(people.pride[i], target, q.speed, _shake(bits, 3, q)) + climate[1]

        if households.news[h]:
            since = t - q.months
            own_victim, own_stop = people.victim_month[i] > since, people.stopped_month[i] > since
            victim = 1.0 if own_victim or households.victim_month[h] > since else 0.0
            safety += q.fade * safety_news(victim, np.float64(households.victims[h] - own_victim), p)
            trust += q.fade * trust_news(
                np.float64(own_stop),
                np.float64(households.stops[h] - own_stop),
                np.float64(households.fined_month[h] > since),
                1.0 if q.school_year and households.disappointed[h] else 0.0,
                1.0 if households.first_wishes[h] > 0 else 0.0,
                1.0 if _was_housed(households, h, since) else 0.0,
                q.stop_harm,
                q.explained,
                p,
            )
        if people.background[i] > 0 or areas.asked_share[area] > 0.0:
            more = rng.bits(salts.event, key, 0)
            if people.background[i] > 0 and (more >> np.uint64(_HALF_BITS)) / _HALF < areas.discrimination_share[area]:
                belonging -= q.fade * p.discrimination_harm
                trust -= q.fade * p.discrimination_trust
            if (more & np.uint64(_HALF - 1.0)) / _HALF < areas.asked_share[area]:
                trust += q.fade * consulted(t - people.asked_month[i], p)
                people.asked_month[i] = t
        people.safety[i], people.trust[i], people.belonging[i] = safety, trust, belonging
        _tally(areas, area, safety, openness, p, q)


@compiled
def _tally(areas, area, safety, openness, p, q):
    areas.tally[area, 0] += 1
    areas.tally[area, 1] += np.int64(np.floor(safety * PARTS + 0.5))
    areas.tally[area, 2] += np.int64(chance_of_saying(-safety, -p.often_unsafe_below, q.slip) * PARTS + 0.5)
    areas.tally[area, 3] += np.int64(openness * PARTS + 0.5)


@compiled
def _shake(bits, piece, q):
    """Return a resident's shake of some months in one attitude: evenly spread around zero."""
    part = (bits >> np.uint64(_PIECE_BITS * piece)) & np.uint64(_PIECE - 1.0)
    return q.shake * ((np.float64(part) + 0.5) * _OF_PIECE - 0.5)
