"""Grants: a round of plans to meet in the street, from its rule to the reports on who met; and one that is open now."""

from datetime import date, timedelta
from typing import Any

from mechlin.desk.demo.town import Event, Town

PLANS, REFUSED = 9, 1  # handed in last year; and how many of them invite only some of who lives there
_WHAT = (
    "A long table, one dish from every door.",
    "A repair afternoon in the garage.",
    "Games on the square for all ages.",
)
_AREAS = ("Centrum", "Vaartwijk", "Tuinwijk")


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    year, today = town.year, town.today
    kept: dict[str, Any] = {"plans": []}
    return [
        (date(year, 2, 10), lambda town: _open(town, kept, date(year, 3, 14))),
        (date(year, 2, 20), lambda town: _hand_in(town, kept, date(year, 6, 7), PLANS)),
        (date(year, 3, 17), lambda town: _ranked(town, kept)),
        (date(year, 4, 1), lambda town: _paid(town, kept)),
        (date(year, 6, 8), lambda town: _reported(town, kept)),
        (date(year, 6, 25), lambda town: _settled(town, kept)),
        (today - timedelta(days=15), lambda town: _open(town, kept, today + timedelta(days=15))),
        (today - timedelta(days=3), lambda town: _hand_in(town, kept, today + timedelta(days=90), 3, read=False)),
    ]


def _open(town: Town, kept: dict[str, Any], until: date) -> None:
    draft = {
        "title": f"Meeting in the street {until.year}",
        "budget_eur": 1500,
        "street_eur": 150,
        "neighbourhood_eur": 500,
        "how": "arrival",
        "spend": "next",
        "first_share": 0.8,
        "days_ahead": 28,
        "addresses_least": 3,
        "apply_from": town.day(),
        "apply_until": until.isoformat(),
        "areas": [{"area": area} for area in _AREAS],
    }
    kept["round"] = town.act("clerk", "drafted", procedure="grant_round", answers=draft)
    town.act("clerk", "opened", kept["round"])


def _hand_in(town: Town, kept: dict[str, Any], day: date, number: int, read: bool = True) -> None:
    for n in range(number):
        plan = {
            "applicant": town.people.adult(town.year),
            "kind": "street",
            "area": _AREAS[n % len(_AREAS)],
            "activity_day": day.isoformat(),
            "addresses": 4 + n % 3,
            "what": _WHAT[n % len(_WHAT)],
            "invitation": "A leaflet in every letter box of the street.",
            "asked_eur": 150,
        }
        case = town.act("resident", "handed_in", procedure="grant", parent=kept["round"], answers=plan)
        if read:
            to_all = "yes" if n >= REFUSED else "no"
            town.act("clerk", "checked", case, {"open_to_all": to_all, "in_scope": "yes"})
            kept["plans"].append(case)


def _ranked(town: Town, kept: dict[str, Any]) -> None:
    town.act("clerk", "closed", kept["round"])
    for case in kept["plans"][:REFUSED]:
        town.signed("clerk", "refused", case)
    town.act("clerk", "ranked", kept["round"])
    town.signed("clerk", "signed", kept["round"])


def _granted(kept: dict[str, Any]) -> list[str]:
    return list(kept["plans"][REFUSED:])


def _paid(town: Town, kept: dict[str, Any]) -> None:
    for case in _granted(kept):
        town.signed("clerk", "first_paid", case, {"paid_on": town.day()})


def _reported(town: Town, kept: dict[str, Any]) -> None:
    for case in _granted(kept):
        came = town.people.rng.randint(18, 70)
        town.act("resident", "held", case)
        counts = {"came": came, "from_streets": 3, "met_new": came // 3, "method": "tokens", "cost_eur": 149}
        town.act("resident", "reported", case, counts)


def _settled(town: Town, kept: dict[str, Any]) -> None:
    for case in _granted(kept):
        town.signed("clerk", "settled", case, {"proven_eur": 149})
    town.act("clerk", "ended", kept["round"])
