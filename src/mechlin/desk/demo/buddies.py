"""Buddies: pairs that met for half a year, one that did not go well, people who wait."""

from datetime import date, timedelta
from typing import Any

from mechlin.desk.demo.town import Event, Town
from mechlin.desk.procedures.buddies.shared import person_of
from mechlin.law import buddies as law

PAIRS, MEETINGS, EVERY_DAYS = 8, 14, 13
_LIKES = ("cooking", "walking", "cycling", "football", "music", "dutch", "garden", "games", "children")
_TIMES = ("week evening", "weekend day")
_SIDES = ("newcomer", "volunteer")


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    begin = date(town.year, 2, 3)
    pairs: list[str] = []
    out: list[Event] = [(begin, lambda town: _begin(town, pairs))]
    out += [(begin + timedelta(days=EVERY_DAYS * (n + 1)), lambda town: _meet(town, pairs)) for n in range(MEETINGS)]
    out.append((begin + timedelta(days=100), lambda town: _mismatch(town, pairs)))
    out.append((begin + timedelta(days=EVERY_DAYS * MEETINGS + 10), lambda town: _complete(town, pairs)))
    out.append((town.today - timedelta(days=20), _more))
    return out


def _join(town: Town, side: str, screened: bool = True) -> str:
    rng = town.people.rng
    wishes: dict[str, Any] = {"interests": sorted(rng.sample(_LIKES, 4)), "moments": list(_TIMES)}
    who = town.people.adult(town.year)
    case = town.act("resident", "registered", procedure="buddy", answers={"who": who, "side": side, **wishes})
    if screened:
        clear = {"extract_clear": "yes"} if side == "volunteer" else {}
        town.signed("coordinator", "screened", case, {"talked_day": town.day(), **clear})
        town.act("coordinator", "intake", case, wishes)
    return case


def _best(town: Town, newcomer: str) -> str:
    """Return the volunteer who comes first for a newcomer."""
    free = [s for s in town.beside("buddy") if s.stage == "waiting" and s.answers["side"] == "volunteer"]
    return law.candidates(person_of(town.state(newcomer)), [person_of(s) for s in free])[0].volunteer


def _begin(town: Town, pairs: list[str]) -> None:
    newcomers = [_join(town, "newcomer") for _ in range(PAIRS)]
    for _ in range(PAIRS + 1):
        _join(town, "volunteer")
    for newcomer in newcomers:
        answers = {"volunteer": _best(town, newcomer)}
        pair = town.act("coordinator", "proposed", procedure="buddy_pair", parent=newcomer, answers=answers)
        town.act("coordinator", "answered", pair, {f"{side}_agrees": "yes" for side in _SIDES})
        town.act("coordinator", "began", pair, {"first_day": town.day()})
        pairs.append(pair)


def _meet(town: Town, pairs: list[str]) -> None:
    for pair in pairs:
        if town.state(pair).stage == "running":
            town.act("coordinator", "met", pair, {"met_day": town.day(), "met_hours": 3})


def _mismatch(town: Town, pairs: list[str]) -> None:
    told = {"mismatch_why": "no time", "mismatch_told": "One of them works nights now."}
    town.act("coordinator", "mismatch", pairs[-1], told)
    town.act("coordinator", "talked", pairs[-1], {"go_on": "no", "agreed_now": "Both would like to go on with others."})


def _complete(town: Town, pairs: list[str]) -> None:
    for pair in pairs:
        if town.state(pair).stage == "running":
            town.signed("coordinator", "completed", pair)


def _more(town: Town) -> None:
    for side in _SIDES:
        _join(town, side, screened=False)
        _join(town, side)
