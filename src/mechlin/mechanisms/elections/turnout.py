"""The rules and loops behind elections: who may vote, who turns out, and what draws to which list.

Voters are counted by cell (origin, education, looking for work: what the electorate is made of) and, inside a
cell, by how strongly their attitudes and area push them to or from the radical right and to the mayor's list.
What is expected of such a table is worked out in `vote_shares.py`.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, Education, Work
from mechlin.core.compiled import compiled
from mechlin.core.state import count_taken, taken
from mechlin.mechanisms.elections.params import Params

OTHERS, RADICAL_RIGHT, MAYOR = 0, 1, 2
NO_VOTE = -1
MUNICIPAL = 1
CELLS = 12  # two origins, three educations, looking for work or not
RIGHT_BINS, MAYOR_BINS = 48, 24
BIN = 0.125  # log-odds
RIGHT_MIDDLE, MAYOR_MIDDLE = RIGHT_BINS // 2, MAYOR_BINS // 2
_YOUNG = 25
_STEPS = 4096  # steps of equal chance in which a list's own draw is made
_RACE = -np.log((np.arange(_STEPS) + 0.5) / _STEPS)  # the time at which a list arrives, by step
_PIECE_BITS, _PIECE = 16, 65536.0  # four draws share one number: for each list, and for being loyal
_LOYAL = 3  # piece, after those of the three lists
NINE_TENTHS = 1.6448536269514722  # standard deviations from the middle to either end of nine tenths
_HALF_BITS, _HALF = np.uint64(32), 4294967296.0


@compiled
def logit(share):
    """Return the log-odds of a share."""
    return np.log(share / (1.0 - share))


@compiled
def citizen_share(years, born_here, from_start, p):
    """Return the chance that a resident of foreign origin holds the country's nationality after ``years`` here."""
    if born_here:
        return p.citizen_born
    first = p.citizen_start if from_start else p.citizen_arrival
    return 1.0 - (1.0 - first) * np.exp(-p.naturalisation_rate * years)


@compiled
def turnout(age, education, compulsory, p):
    """Return the chance that somebody who may vote casts a valid vote."""
    if compulsory:
        return p.turnout_compulsory
    share = p.turnout_voluntary - (p.turnout_young if age < _YOUNG else 0.0)
    return min(max(share + p.turnout_education * (education - 1.0), 0.0), 1.0)


@compiled
def tide(country, country_base, city_base, years, municipal, p):
    """Return how far the region's swing moves the radical right here, in log-odds.

    ``country`` is the region as known now, in log-odds; the base results are shares between 0 and 1.
    Part of it is that places drift towards the region: a difference keeps only a part in every term.
    """
    felt = p.tide_municipal if municipal else p.tide_regional
    kept = p.gap_kept ** (years / p.term_years)
    gap = logit(city_base) - logit(country_base)
    return felt * (country - logit(country_base)) + (kept - 1.0) * gap


def ranged(middle: float, low: float, high: float, z: float) -> float:
    """Return the value ``z`` standard deviations from ``middle`` when ``low`` to ``high`` hold nine tenths of belief.

    A two-piece normal, as for every other belief. NaN ends: ``middle`` itself.
    """
    if np.isnan(low) or np.isnan(high):
        return middle
    return middle + z / NINE_TENTHS * ((high - middle) if z > 0.0 else (middle - low))


def known_region(country: float, low: float, high: float, years: float, z: float, p: Params) -> float:
    """Return the log-odds that the region would vote by at a municipal election, as far as anybody knows by then.

    A poll has its range; a vote some ``years`` old is blurred by how far a region moves in such a time; a region that
    votes itself is counted.
    """
    middle: float = logit(country)
    if np.isnan(low) or np.isnan(high):
        return float(middle + z * p.tide_drift * np.sqrt(years))
    found: float = ranged(middle, logit(low), logit(high), z)
    return found


def own_way(before: float, terms: float, spread: float, z: float, p: Params) -> float:
    """Return how far a place or list goes its own way (log-odds): a part is kept in every term, and as much is new."""
    kept = p.gap_kept ** (2.0 * terms)
    new = spread * np.sqrt((1.0 - kept) / (1.0 - p.gap_kept**2)) if p.gap_kept < 1.0 else spread * np.sqrt(terms)
    return float(before * np.sqrt(kept) + z * new)


@compiled
def cell_of(foreign, education, looking):
    """Return the cell of the electorate in which a voter is counted."""
    return (np.int64(foreign) * 3 + np.int64(max(education, 0))) * 2 + np.int64(looking)


@compiled
def standing_pull(cell, p):
    """Return how far origin, education and looking for work draw to the radical right, in log-odds."""
    education = (cell // 2) % 3
    pull = p.low_pull if education == Education.LOW else (p.high_pull if education == Education.HIGH else 0.0)
    return pull + (p.looking_pull if cell % 2 == 1 else 0.0) + (p.foreign_pull if cell >= CELLS // 2 else 0.0)


@compiled
def right_push(openness, trust, safety, decline, p):
    """Return how far attitudes and a declining area push to the radical right, in log-odds."""
    return decline - p.openness_weight * (openness - 0.5) - p.trust_weight * trust - p.safety_weight * safety


@compiled
def mayor_push(trust, belonging, record, p):
    """Return how far trust in the city, belonging to it and its visible record draw to the mayor's list, in log-odds."""
    return p.mayor_trust * trust + p.mayor_belonging * belonging + p.mayor_record * record


@compiled
def nearby_push(others_risen, bridging, p):
    """Return how far residents of other origin nearby move a majority voter to the radical right, in log-odds.

    Which holds is disputed: that more of them in the area is felt as a threat, or that meeting them draws away from it.
    """
    return -p.contact_pull * bridging if p.contact_first > 0.5 else p.threat_pull * others_risen


@compiled
def count_others(people, households, areas):
    """Write the share of residents of other than majority background of every area."""
    areas.neighbours[:] = 0
    for i in range(people.alive.size):
        if people.alive[i]:
            area = households.area[people.household[i]]
            areas.neighbours[area, 0] += 1
            areas.neighbours[area, 1] += people.background[i] > 0
    for a in range(areas.neighbours.shape[0]):
        areas.other_share[a] = areas.neighbours[a, 1] / max(areas.neighbours[a, 0], 1)


@compiled
def decline_push(disorder, vacancy, price, p):
    """Return the push of an area that has declined since the start: more disorder, emptier shops, prices behind."""
    return p.disorder_pull * disorder + p.vacancy_pull * vacancy - p.price_pull * price


@compiled
def bin_of(push, middle, bins, u):
    """Return the step of ``BIN`` in which a push falls; ``u`` rounds it up or down so that the mean is kept."""
    return min(max(np.int64(np.floor(push / BIN + u)) + middle, 0), bins - 1)


@compiled
def chosen(right_odds, mayor_odds, u_others, u_right, u_mayor):
    """Return the list chosen by odds against the others (0: does not stand), as a logit: a race that is soonest won.

    Each list has its own draw, so a new one disturbs no other choice.
    """
    best, time = OTHERS, _RACE[np.int64(u_others * _STEPS)]
    right = _RACE[np.int64(u_right * _STEPS)]
    if right < time * right_odds:
        best, time = RADICAL_RIGHT, right / right_odds
    if _RACE[np.int64(u_mayor * _STEPS)] < time * mayor_odds:
        best = MAYOR
    return best


def odds_of(right: float, mayor: float, mayor_stands: bool, p: Params) -> tuple[np.ndarray, np.ndarray]:
    """Return the odds against the others: of the radical right by cell and push, of the mayor's list by push."""
    pulls = np.array([standing_pull(cell, p) for cell in range(CELLS)])
    pushes = (np.arange(RIGHT_BINS) - RIGHT_MIDDLE) * BIN
    odds = np.exp(mayor + (np.arange(MAYOR_BINS) - MAYOR_MIDDLE) * BIN)
    return np.exp(right + pulls[:, None] + pushes).ravel(), odds if mayor_stands else np.zeros(MAYOR_BINS)


@compiled
def greet(people, t):
    """Give those who came this month an empty record: no vote yet, nationality not yet asked."""
    for n in range(count_taken(people)):
        i = taken(people, n)
        if people.entered_month[i] == t:
            people.last_vote[i] = NO_VOTE
            people.has_nationality[i] = False


@compiled
def area_decline(areas, p):
    """Write what each area's decline since the start pushes its residents by."""
    people, mean_price = 0, 0.0
    for a in range(areas.people.size):
        people += areas.people[a]
        mean_price += areas.people[a] * areas.price_index[a]
    mean_price /= max(people, 1)
    for a in range(areas.people.size):
        vacant = areas.shops_vacant[a] / max(areas.shops[a], 1)
        price = np.log(max(areas.price_index[a], BIN) / max(mean_price, BIN))
        areas.decline_push[a] = decline_push(
            areas.disorder[a] - areas.start_disorder[a], vacant - areas.start_vacant_share[a], price, p
        )


@compiled
def _is_citizen(people, i, salt, t, p):
    """Return whether a resident holds the nationality: a lasting draw, so that nobody loses it again."""
    if people.background[i] == 0:
        return True
    came = max(people.entered_month[i], 0)
    born_here = people.entered_month[i] == people.born_month[i]
    share = citizen_share((t - came) / 12.0, born_here, people.entered_month[i] < 0, p)
    return rng.draw(salt, people.key[i], 0) < share


@compiled
def call_voters(
    people, households, areas, record, voters, electorate, level, compulsory, p, origin, round_salt, turn_salt, t
):
    """Count those who turn out into ``voters`` (cell, push to the right, push to the mayor's list).

    ``record`` is what the city's government is seen to have done (SD). ``origin`` salts nationality and registering.
    Also counts who may vote: everybody, and those of foreign origin.
    """
    voters[:] = 0
    electorate[:] = 0
    for i in range(people.alive.size):
        people.voter_cell[i] = NO_VOTE
        if not people.alive[i]:
            continue
        age = (t - np.int64(people.born_month[i])) // 12
        if age < MAJORITY:
            continue
        key, foreign = people.key[i], people.background[i] > 0
        people.has_nationality[i] = people.has_nationality[i] or _is_citizen(people, i, origin, t, p)
        if not people.has_nationality[i] and not (level == MUNICIPAL and rng.draw(origin, key, 1) < p.registered_share):
            continue
        electorate[0] += 1
        electorate[1] += foreign
        education = people.education[i]
        if rng.draw(turn_salt, key, 0) >= turnout(age, education, compulsory, p):
            continue
        area = households.area[people.household[i]]
        push = right_push(people.openness[i], people.trust[i], people.safety[i], areas.decline_push[area], p)
        if not foreign:
            push += nearby_push(areas.other_share[area] - areas.start_other_share[area], people.bridging_share[i], p)
        drawn = rng.bits(round_salt, key, 0)
        right = bin_of(push, RIGHT_MIDDLE, RIGHT_BINS, (drawn >> _HALF_BITS) / _HALF)
        mayor = 0
        if level == MUNICIPAL:
            push = mayor_push(people.trust[i], people.belonging[i], record, p)
            mayor = bin_of(push, MAYOR_MIDDLE, MAYOR_BINS, (drawn & np.uint64(_HALF - 1.0)) / _HALF)
        cell = cell_of(foreign, education, people.work[i] == Work.LOOKING)
        people.voter_cell[i] = (cell * RIGHT_BINS + right) * MAYOR_BINS + mayor
        voters[cell, right, mayor] += 1


@compiled
def _piece(drawn, n):
    """Return one of the four numbers in [0, 1) that a draw holds."""
    return np.float64((drawn >> np.uint64(n * _PIECE_BITS)) & np.uint64(_PIECE - 1.0)) / _PIECE


@compiled
def cast_votes(people, votes, right_odds, mayor_odds, p, lasting, fresh):
    """Let those who turned out choose, by the odds of the lists where they were counted.

    Loyal voters go by the same lasting leanings every time, the others by fresh ones: loyalty keeps who votes for
    whom, and does not by itself move how many do.
    """
    votes[:] = 0
    for i in range(people.alive.size):
        spot = people.voter_cell[i]
        if spot < 0:
            continue
        drawn = rng.bits(lasting, people.key[i], 0)
        if not _piece(drawn, _LOYAL) < p.loyal_share:
            drawn = rng.bits(fresh, people.key[i], 0)
        choice = chosen(
            right_odds[spot // MAYOR_BINS],
            mayor_odds[spot % MAYOR_BINS],
            _piece(drawn, OTHERS),
            _piece(drawn, RADICAL_RIGHT),
            _piece(drawn, MAYOR),
        )
        people.last_vote[i] = choice
        votes[choice] += 1
