"""A real round of school places: dated forms of the law, tickets that nobody could know beforehand, reasons, lists.

The places are given by the rule that simulated pupils go through (:mod:`mechlin.law.school_places`). A ticket is the
first eight bytes of SHA-256 over round, seed and application number; smaller comes first, equal ones by application
number, and children that are linked share the ticket of the lowest number among them. One ticket counts in all schools.
A second program of plain Python, ``mechlin/desk/check_draw.py``, must give the same places from the same list.

Sources: decree on the right to enrol as reported for 2012 to 2023 (two contingents) and from school year 2023-24 on (no
contingents; at most 20 % for groups that the schools define and the council approves) [GK: to be read in full by a
lawyer]. That a list binds the school, and seven calendar days to answer a call: towns' own pages on enrolling. The order
of a waiting list where places go by distance and by lot is the town's to fix; the one here is an assumption.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mechlin.core.clock import SEPTEMBER, month_number
from mechlin.law.school_places import Market, deferred_acceptance, pools_of

ANSWER_DAYS = 7  # calendar days to answer a call from a waiting list
OBJECTION_DAYS = 30  # to the Pupils' Rights Commission
TICKET_BYTES = 8
SIBLING, STAFF, REST = range(3)
POOLS = ("reserved, by distance", "reserved, by lot", "others, by distance", "others, by lot")
BASIS = "decree on the right to enrol, as in force for the school year [GK]"


class Form(NamedTuple):
    """One form of the law: for school years that begin within these months."""

    name: str
    first_month: int
    last_month: int
    reserved_most: float  # share of places that may be held for a group
    council: bool  # whether the council must approve that share
    basis: str


_OPEN_END = month_number("9999-12")
FORMS = (
    Form("before 2012", 0, month_number("2012-08"), 0.0, False, "no digital enrolment by contingents"),
    Form(
        "2012",
        month_number("2012-09"),
        month_number("2023-08"),
        1.0,
        False,
        "decree of 25 November 2011: two contingents, indicator pupils and others [GK]",
    ),
    Form(
        "2023",
        month_number("2023-09"),
        _OPEN_END,
        0.2,
        True,
        "decree in force from school year 2023-24: at most 20 % for groups that the council approves [GK]",
    ),
)


class Child(NamedTuple):
    """One application without any name: wishes are schools in order of liking, metres their distances."""

    application: str
    born: int  # year
    wishes: tuple[str, ...]
    metres: tuple[int, ...]
    reserved: bool = False  # belongs to the group for which places are held
    sibling: str = ""  # the school where a brother or sister goes
    staff: str = ""  # the school where a parent works
    linked: str = ""  # another application with which it shares its ticket


class School(NamedTuple):
    """Places of one school for the children of one year of birth."""

    school: str
    born: int
    places: int


class Place(NamedTuple):
    """What the draw gave a child: a school and which wish that was, or "" and 0."""

    application: str
    school: str
    wish: int


class Wish(NamedTuple):
    """Why a wish was or was not granted; numbers are -1 where there is nothing to tell."""

    school: str
    wish: int
    outcome: str  # granted, full, not needed, no such group
    by: str = ""  # for a place: sibling, staff, distance or lot
    places: int = -1
    before: int = -1  # children of brothers, sisters and staff among those who got a place
    ticket: int = -1  # own place in the order of tickets, from 1
    last_ticket: int = -1  # of the last child who got a place by lot
    metres: int = -1
    last_metres: int = -1  # of the last child who got a place by distance
    on_list: int = -1  # place on the waiting list, from 1


def form_of(school_year: int) -> Form:
    """Return the form for the school year that begins in September of a year.

    >>> form_of(2022).name, form_of(2023).name
    ('2012', '2023')
    """
    month = school_year * 12 + SEPTEMBER - 1
    return next(form for form in FORMS if form.first_month <= month <= form.last_month)


def ticket(round_id: str, seed: str, application: str) -> int:
    """Return the ticket of an application: anybody can work it out once the seed is public.

    >>> ticket("R-2026-00001", "3 14 15 26 35 41", "S-2026-00001")
    16319372050044074385
    """
    made = hashlib.sha256(f"{round_id}|{seed}|{application}".encode()).digest()
    return int.from_bytes(made[:TICKET_BYTES], "big")


def heads(children: Sequence[Child]) -> dict[str, str]:
    """Return for each application the one whose ticket it has: the lowest number among those linked with it."""
    group = {c.application: c.application for c in children}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for child in children:
        if child.linked in group:
            first, second = sorted((root(child.application), root(child.linked)))
            group[second] = first
    return {name: root(name) for name in group}


def order(children: Sequence[Child], round_id: str, seed: str) -> dict[str, int]:
    """Return the place of each application in the order of tickets, from 0; no two have the same."""
    head = heads(children)
    listed = sorted(head, key=lambda name: (ticket(round_id, seed, head[name]), head[name], name))
    return {name: place for place, name in enumerate(listed)}


def draw(
    children: Sequence[Child],
    schools: Sequence[School],
    distance_share: float,
    reserved_share: float,
    round_id: str,
    seed: str,
) -> list[Place]:
    """Return the place of every child, in the order of application numbers, whatever the order they are given in."""
    listed = sorted(children, key=lambda c: c.application)
    market, row = market_of(listed, schools, distance_share, reserved_share, order(listed, round_id, seed))
    assigned, rank = deferred_acceptance(market)
    names = {number: key[0] for key, number in row.items()}
    return [
        Place(c.application, names[int(s)] if s >= 0 else "", int(r) + 1 if s >= 0 else 0)
        for c, s, r in zip(listed, assigned, rank, strict=True)
    ]


def market_of(
    children: Sequence[Child],
    schools: Sequence[School],
    distance_share: float,
    reserved_share: float,
    places_in_order: Mapping[str, int],
) -> tuple[Market, dict[tuple[str, int], int]]:
    """Return the market of a round; a school and a year of birth are one row of it."""
    row = {(s.school, s.born): n for n, s in enumerate(schools)}
    longest = max((len(c.wishes) for c in children), default=1)
    wishes = np.full((len(children), max(longest, 1)), -1, dtype=np.int32)
    metres = np.zeros(wishes.shape)
    for n, child in enumerate(children):
        there = [
            (row[s, child.born], m) for s, m in zip(child.wishes, child.metres, strict=True) if (s, child.born) in row
        ]
        for rank, (school, far) in enumerate(there):
            wishes[n, rank], metres[n, rank] = school, far
    at = [
        np.array([row.get((getattr(c, name), c.born), -1) for c in children], dtype=np.int32)
        for name in ("sibling", "staff")
    ]
    reserved = np.array([c.reserved and reserved_share > 0.0 for c in children], dtype=np.bool_)
    places = pools_of(
        np.array([s.places for s in schools], dtype=np.int64), float(reserved_share), float(distance_share)
    )
    tickets = np.array([places_in_order[c.application] for c in children], dtype=np.uint64)
    return Market(wishes, metres, reserved, at[0], at[1], places, tickets), row


def turn(child: Child, school: str) -> int:
    """Return whether a child comes as a brother or sister, as a child of staff, or as any other."""
    return SIBLING if child.sibling == school else STAFF if child.staff == school else REST


def explain(
    children: Sequence[Child],
    schools: Sequence[School],
    distance_share: float,
    reserved_share: float,
    round_id: str,
    seed: str,
    places: Sequence[Place],
) -> dict[str, list[Wish]]:
    """Return for each application why each of its wishes was or was not granted."""
    by_name = {c.application: c for c in children}
    ranked = order(children, round_id, seed)
    capacity = {(s.school, s.born): s.places for s in schools}
    taken: dict[tuple[str, int], list[Child]] = {key: [] for key in capacity}
    for place in places:
        if place.school:
            taken[place.school, by_name[place.application].born].append(by_name[place.application])
    filled = {
        key: fill(there, key[0], capacity[key], distance_share, reserved_share, ranked) for key, there in taken.items()
    }
    granted = {p.application: p for p in places}
    lists = {key: waiting_order(children, key, granted, distance_share, ranked) for key in capacity}
    spot = {(key, name): n for key, names in lists.items() for n, name in enumerate(names, 1)}
    out = {}
    for child in children:
        mine = granted[child.application]
        out[child.application] = [
            _wish(child, n, mine, capacity, filled, ranked, spot) for n in range(1, len(child.wishes) + 1)
        ]
    return out


def _wish(
    child: Child,
    number: int,
    mine: Place,
    capacity: Mapping[tuple[str, int], int],
    filled: Mapping[tuple[str, int], list[tuple[Child, int, int]]],
    ranked: Mapping[str, int],
    spot: Mapping[tuple[tuple[str, int], str], int],
) -> Wish:
    school = child.wishes[number - 1]
    key = (school, child.born)
    metres = child.metres[number - 1]
    if key not in capacity:
        return Wish(school, number, "no such group")
    if mine.school == school:
        pool = next(pool for other, _, pool in filled[key] if other.application == child.application)
        by = ("sibling", "staff", "distance" if pool % 2 == 0 else "lot")[turn(child, school)]
        return Wish(school, number, "granted", by, capacity[key], ticket=ranked[child.application] + 1, metres=metres)
    if mine.wish and number > mine.wish:
        return Wish(school, number, "not needed")
    rest = [(other, pool) for other, kind, pool in filled[key] if kind == REST]
    lots = [ranked[other.application] + 1 for other, pool in rest if pool % 2]
    far = [other.metres[other.wishes.index(school)] for other, pool in rest if pool % 2 == 0]
    return Wish(
        school,
        number,
        "full",
        "",
        capacity[key],
        len(filled[key]) - len(rest),
        ranked[child.application] + 1,
        max(lots, default=-1),
        metres,
        max(far, default=-1),
        spot.get((key, child.application), -1),
    )


def fill(
    there: Sequence[Child],
    school: str,
    places: int,
    distance_share: float,
    reserved_share: float,
    ranked: Mapping[str, int],
) -> list[tuple[Child, int, int]]:
    """Return the children of a school with how each came in (turn) and by which pool, as the rule fills its places."""
    left = [
        int(n) for n in pools_of(np.array([places], dtype=np.int64), float(reserved_share), float(distance_share))[0]
    ]
    waiting, out = list(there), []
    for kind in (SIBLING, STAFF, REST):
        for anybody in (False, True):
            for pool in range(len(POOLS)):
                fits = [
                    c
                    for c in waiting
                    if (kind == REST or turn(c, school) == kind or (kind == STAFF and c.staff == school))
                    and (anybody or (c.reserved and reserved_share > 0) == (pool < 2))
                ]
                for child in sorted(fits, key=lambda c: _key(c, school, pool, ranked))[: left[pool]]:
                    out.append((child, turn(child, school), pool))
                    waiting.remove(child)
                    left[pool] -= 1
    return out


def _key(child: Child, school: str, pool: int, ranked: Mapping[str, int]) -> tuple[float, int]:
    far = child.metres[child.wishes.index(school)] if pool % 2 == 0 else 0
    return far, ranked[child.application]


def waiting_order(
    children: Sequence[Child],
    key: tuple[str, int],
    places: Mapping[str, Place],
    distance_share: float,
    ranked: Mapping[str, int],
) -> list[str]:
    """Return who waits for a school, first first: brothers and sisters, children of staff, then by distance or lot.

    On a list stands whoever wished the school more than what they got; those who came late stand behind, by number.
    """
    school, born = key
    waiting = []
    for child in children:
        mine = places.get(child.application)
        if child.born != born or school not in child.wishes:
            continue
        wish = child.wishes.index(school) + 1
        if mine is None or not mine.wish or wish < mine.wish:
            far = child.metres[wish - 1] if distance_share > 0.5 else 0
            late = child.application not in ranked
            waiting.append((late, turn(child, school), far, ranked.get(child.application, 0), child.application))
    return [entry[-1] for entry in sorted(waiting)]


def unstable(
    children: Sequence[Child],
    schools: Sequence[School],
    distance_share: float,
    reserved_share: float,
    round_id: str,
    seed: str,
    places: Sequence[Place],
) -> list[tuple[str, str]]:
    """Return the pairs (application, school) that would both rather have each other: none, if all is right."""
    from mechlin.law.school_places import would_take

    listed = sorted(children, key=lambda c: c.application)
    market, row = market_of(listed, schools, distance_share, reserved_share, order(listed, round_id, seed))
    granted = {p.application: p for p in places}
    assigned = np.array(
        [row[granted[c.application].school, c.born] if granted[c.application].school else -1 for c in listed],
        dtype=np.int32,
    )
    out = []
    for n, child in enumerate(listed):
        for wish, school in enumerate(child.wishes, 1):
            mine = granted[child.application].wish
            if mine and wish >= mine:
                break
            if (school, child.born) in row and would_take(market, assigned, n, row[school, child.born]):
                out.append((child.application, school))
    return out


def as_rows(children: Sequence[Child]) -> list[dict[str, Any]]:
    """Return a list as it is published: by application number, without any name."""
    return [
        {**c._asdict(), "wishes": list(c.wishes), "metres": list(c.metres)}
        for c in sorted(children, key=lambda c: c.application)
    ]


def from_rows(rows: Sequence[Mapping[str, Any]]) -> list[Child]:
    """Return the children of a published list."""
    return [Child(**{**row, "wishes": tuple(row["wishes"]), "metres": tuple(row["metres"])}) for row in rows]
