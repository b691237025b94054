"""Residents vote when an election is due: for the radical right, for the mayor's list, or for others."""

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.elections.params import Params
from mechlin.mechanisms.elections.turnout import (
    CELLS,
    MAYOR,
    MAYOR_BINS,
    MUNICIPAL,
    NO_VOTE,
    RADICAL_RIGHT,
    RIGHT_BINS,
    area_decline,
    call_voters,
    cast_votes,
    count_others,
    greet,
    known_region,
    odds_of,
    own_way,
    ranged,
    tide,
)
from mechlin.mechanisms.elections.vote_shares import expected_shares, fit_standing, shapley

ORIGIN, ROUND, TURNOUT, LASTING, FRESH, KNOWN, LIST, OWN = (
    rng.stream(f"elections.{s}") for s in ("origin", "round", "turnout", "lasting", "fresh", "known", "list", "own")
)
KINDS = ("municipal", "regional_federal")
PARTS = ("tide", "electorate", "rivals", "local", "chance")
_FACTORS = len(PARTS) - 1
_SHAPE = (CELLS, RIGHT_BINS, MAYOR_BINS)
_PERCENT = 100.0


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Remember the areas as they are, fix the lists' standing from the last results, and give everybody a last vote."""
    areas, city = view.areas, view.city
    areas.start_disorder[:] = areas.disorder
    areas.start_vacant_share[:] = areas.shops_vacant / np.maximum(areas.shops, 1)
    count_others(view.people, view.households, areas)
    areas.start_other_share[:] = areas.other_share
    for kind in reversed(range(len(KINDS))):  # municipal last: it is the last vote
        right, mayor = _base(view, "radical_right_city", kind), _base(view, "mayor_list_city", kind)
        if np.isnan(right):
            continue
        city.last_election[0, kind] = _base(view, "month", kind)
        voters = _voters(city.base_voters, kind)
        _call(view, p, seed, clock, kind, voters, _base(view, "compulsory", kind) > 0.0)
        standing = fit_standing(voters, right, mayor, p)
        city.standing[0, kind * 2 : kind * 2 + 2] = standing
        _cast(view, p, seed, clock, _votes(city, kind), *standing, mayor > 0.0)


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Greet who has come; where an election is due, let the city vote and take the result apart."""
    t = clock.t
    greet(view.people, t)
    level = int(view.series.election_level[t])
    kind = level - MUNICIPAL
    if level == 0 or np.isnan(_base(view, "radical_right_city", kind)):
        return
    city, series = view.city, view.series
    area_decline(view.areas, p)
    count_others(view.people, view.households, view.areas)
    now, base = _voters(city.voters, 0), _voters(city.base_voters, kind)
    _call(view, p, seed, clock, kind, now, series.election_compulsory[t] > 0.0)
    standing = city.standing[0, kind * 2 : kind * 2 + 2]
    swing = tide(
        known_region(
            series.election_radical_right_country[t] / _PERCENT,
            series.election_radical_right_low[t] / _PERCENT,
            series.election_radical_right_high[t] / _PERCENT,
            series.election_years_since_vote[t],
            _luck(seed, KNOWN, t, 0),
            p,
        ),
        _base(view, "radical_right_country", kind),
        _base(view, "radical_right_city", kind),
        (t - _base(view, "month", kind)) / 12.0,
        level == MUNICIPAL,
        p,
    )
    rival = p.rival_weight * series.election_rival_pull[t]
    incumbency = p.incumbent_pull * (series.election_incumbent[t] - _base(view, "incumbent", kind))
    pull, low, high = (float(getattr(series, f"election_mayor_pull{n}")[t]) for n in ("", "_low", "_high"))
    person = ranged(pull, low, high, _luck(seed, LIST, 0, 0))
    person -= _base(view, "mayor_pull", kind)
    own_right, own_mayor = _own_ways(city, kind, seed, t, p)
    stood = _base(view, "mayor_list_city", kind) > 0.0
    stands = (stood, stood and series.election_mayor_list[t] > 0.0)

    def lists(with_tide: int, with_rivals: int) -> tuple[float, float, bool]:
        right = standing[0] + with_tide * swing - with_rivals * rival
        mayor = standing[1] + with_rivals * (incumbency + person - p.rival_on_mayor * rival)
        return right, mayor, stands[with_rivals]

    votes = _votes(city, kind)
    right, mayor, standing_now = lists(1, 1)
    _cast(view, p, seed, clock, votes, right + own_right, mayor + own_mayor, standing_now)
    expected = expected_shares(now, base, lists, p)
    drawn = votes / max(votes.sum(), 1)
    for column, choice in ((city.right_parts, RADICAL_RIGHT), (city.mayor_parts, MAYOR)):
        parts = shapley({mask: shares[choice] for mask, shares in expected.items()})
        chance = drawn[choice] - expected[(1,) * _FACTORS][choice]
        column[0, kind * len(PARTS) : (kind + 1) * len(PARTS)] = [_PERCENT * part for part in (*parts, chance)]


def _luck(seed: int, stream: np.uint64, step: int, n: int) -> float:
    """Return a standard normal number that is the same in every world of a seed."""
    return float(rng.normal(rng.draw(rng.salted(seed, stream, step), 0, n)))


def _own_ways(city: Table, kind: int, seed: int, t: int, p: Params) -> tuple[float, float]:
    """Move on how far the city and the mayor's list go their own way, for reasons that nothing here holds; return both."""
    terms = (t - city.last_election[0, kind]) / 12.0 / p.term_years
    city.last_election[0, kind] = t
    spread = p.own_way_municipal if kind == 0 else p.own_way_regional
    city.own_way[0, kind] = own_way(city.own_way[0, kind], terms, spread, _luck(seed, OWN, t, 0), p)
    if kind == 0:
        city.own_way[0, 2] = own_way(city.own_way[0, 2], terms, p.own_way_mayor, _luck(seed, OWN, t, 1), p)
    return city.own_way[0, kind], city.own_way[0, 2] if kind == 0 else 0.0


def _base(view: View, name: str, kind: int) -> float:
    """Return a number about the base election of a kind; percent as a share."""
    value = float(getattr(view.series, f"base_{name}_{KINDS[kind]}")[0])
    return value / _PERCENT if name in ("radical_right_city", "mayor_list_city", "radical_right_country") else value


def _voters(column: np.ndarray, kind: int) -> np.ndarray:
    size = CELLS * RIGHT_BINS * MAYOR_BINS
    return column[0, kind * size : (kind + 1) * size].reshape(_SHAPE)


def _votes(city: Table, kind: int) -> np.ndarray:
    votes: np.ndarray = (city.votes_municipal, city.votes_regional_federal)[kind][0]
    return votes


def _call(view: View, p: Params, seed: int, clock: Clock, kind: int, voters: np.ndarray, compulsory: bool) -> None:
    salts = rng.salted(seed, ORIGIN, 0), rng.salted(seed, ROUND, 0), rng.salted(seed, TURNOUT, clock.t)
    call_voters(
        view.people,
        view.households,
        view.areas,
        float(view.city.record[0]),
        voters,
        view.city.electorate[0],
        kind + MUNICIPAL,
        compulsory,
        p,
        *salts,
        clock.t,
    )


def _cast(
    view: View, p: Params, seed: int, clock: Clock, votes: np.ndarray, right: float, mayor: float, stands: bool
) -> None:
    lasting, fresh = rng.salted(seed, LASTING, 0), rng.salted(seed, FRESH, clock.t)
    cast_votes(view.people, votes, *odds_of(right, mayor, stands, p), p, lasting, fresh)


def voters_were_called(state: State) -> str:
    """Every vote is one that can be cast, and in a year with one election no more vote than were called."""
    last = state["people.last_vote"][state["people.alive"]]
    bad = int(((last < NO_VOTE) | (last > MAYOR)).sum())
    votes = [int(state[f"city.votes_{kind}"].sum()) for kind in KINDS]
    if min(votes) == 0:
        bad += max(sum(votes) - int(state["city.electorate"][0, 0]), 0)
    return f"{bad} impossible votes" if bad else ""


_SIZE = CELLS * RIGHT_BINS * MAYOR_BINS
FIELDS = (
    Field("people.last_vote", np.int8, "code", -1, "Last vote: -1 none, 0 others, 1 radical right, 2 mayor's list"),
    Field(
        "people.has_nationality", np.bool_, "yes/no", 0, "Adult with the country's nationality, as of the last election"
    ),
    Field(
        "people.voter_cell",
        np.int32,
        "code",
        0,
        "Where the voter was counted; -1 did not vote",
        scratch="elections.day",
    ),
    Field("areas.start_disorder", np.float64, "share", 0, "Disorder at the start"),
    Field("areas.start_vacant_share", np.float64, "share", 0, "Of shop premises, vacant at the start"),
    Field("areas.start_other_share", np.float64, "share", 0, "Of other than majority background at the start"),
    Field("areas.other_share", np.float64, "share", 0, "Of other than majority background at the last election"),
    Field("areas.neighbours", np.int64, "people", 0, "Residents at the last election; of other background", 2),
    Field("areas.decline_push", np.float64, "log-odds", 0, "Push of the area's decline to the radical right"),
    Field("city.standing", np.float64, "log-odds", 0, "Radical right and mayor's list, at both base elections", 4),
    Field(
        "city.own_way", np.float64, "log-odds", 0, "Radical right, both kinds, and mayor's list: gone their own way", 3
    ),
    Field("city.last_election", np.float64, "month", 0, "Month of the last election of both kinds", 2),
    Field("city.base_voters", np.int32, "voters", 0, "Voters of both base elections by cell and push", 2 * _SIZE),
    Field("city.voters", np.int32, "voters", 0, "Voters by cell and push", _SIZE, scratch="elections.day"),
    Field(
        "city.electorate",
        np.int64,
        "people",
        0,
        "Called at the year's last election: all, of foreign origin",
        2,
        flow=True,
    ),
    Field("city.votes_municipal", np.int64, "votes", 0, "Others, radical right, mayor's list", 3, flow=True),
    Field(
        "city.votes_regional_federal", np.int64, "votes", 0, "Others, radical right, mayor's list (none)", 3, flow=True
    ),
    Field(
        "city.right_parts", np.float64, "% points", 0, "Radical right since the base: parts, both kinds", 10, flow=True
    ),
    Field(
        "city.mayor_parts", np.float64, "% points", 0, "Mayor's list since the base: parts, both kinds", 10, flow=True
    ),
)

MECHANISM = Mechanism(
    name="elections",
    text=MechanismText(
        summary="Residents vote when an election is due: for the radical right, for the mayor's list, or for others.",
        about=(
            "Those of 18 and over with the country's nationality are called, to municipal elections also "
            "registered residents without it; most turn out where voting is compulsory. Each list has a standing, "
            "fixed once from the last results before the start. It moves with the tide of the whole region, as known by "
            "then, with who else stands and what persons and joint lists add, and a way of its own that is drawn by the "
            "seed; on top come what draws a voter personally: origin, education, looking for "
            "work, and, as the local part, openness, trust, feeling safe, belonging and the decline of the area "
            "lived in, residents of other origin nearby (as threat or by contact, a switch), and the city's visible "
            "record. Loyal voters go by lasting leanings, the others decide afresh. Every result is taken apart "
            "into tide, electorate, rivals and local change (mean over all orders of replacing the base "
            "election's inputs by today's, Shapley), and the luck of the draw. The parts add up."
        ),
        rule="list with the highest standing + pulls + own draw (logit); tide = felt swing of the region's log-odds",
        reads="the city's elections; attitudes, openness, origin, education, work; decline of areas",
        writes="nationality, last vote, votes, their parts, who may vote",
        leaves_out=(
            "campaigns, coalitions, age and sex in the choice, blank votes as a protest, postal "
            "districts; that the mood of the country is a part of trust: only a difference between two worlds is "
            "the city's"
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(),
    reads=(
        "people.free_row",
        "people.queue",
        "people.key",
        "people.alive",
        "people.born_month",
        "people.entered_month",
        "people.background",
        "people.household",
        "people.education",
        "people.work",
        "people.openness",
        "people.bridging_share",
        "people.trust",
        "people.safety",
        "people.belonging",
        "households.area",
        "areas.disorder",
        "areas.shops",
        "areas.shops_vacant",
        "areas.price_index",
        "areas.people",
        "city.record",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    series=(
        "election_level",
        "election_compulsory",
        "election_radical_right_country",
        "election_mayor_list",
        "election_incumbent",
        "election_rival_pull",
        "election_radical_right_low",
        "election_radical_right_high",
        "election_years_since_vote",
        "election_mayor_pull",
        "election_mayor_pull_low",
        "election_mayor_pull_high",
        *(
            f"base_{n}_{kind}"
            for kind in KINDS
            for n in (
                "month",
                "compulsory",
                "radical_right_country",
                "mayor_list",
                "incumbent",
                "radical_right_city",
                "mayor_list_city",
                "mayor_pull",
            )
        ),
    ),
    invariants=(voters_were_called,),
)
