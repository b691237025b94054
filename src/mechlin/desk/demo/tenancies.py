"""Service tenancies: a call, two readers, a lottery, contracts, hours that the coordinator confirms."""

from datetime import date, timedelta
from typing import Any

from mechlin.desk.demo.town import Event, Town

HOMES, HOUSEHOLDS = 6, 9
_SEED = "2 7 1 8 2 8, bonus 4"
_MONTHS_OF_WORK, _MINUTES = 6, 840  # months with entries in the demonstration; minutes of one entry: fourteen hours


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    year = town.year
    kept: dict[str, Any] = {"households": [], "serving": []}
    out: list[Event] = [
        (date(year, 1, 7), lambda town: _call(town, kept)),
        (date(year, 1, 14), lambda town: _apply(town, kept)),
        (date(year, 2, 3), lambda town: _frozen(town, kept)),
        (date(year, 2, 10), lambda town: _drawn(town, kept)),
        (date(year, 2, 24), lambda town: _let(town, kept)),
    ]
    for n in range(2 * _MONTHS_OF_WORK):
        out.append((date(year, 3, 10) + timedelta(days=14 * n), lambda town: _work(town, kept)))
    return out


def _call(town: Town, kept: dict[str, Any]) -> None:
    year = town.year
    homes = [{"home": f"L{n + 1}", "estate": "Tuinwijk", "market_eur": 680 + 10 * n} for n in range(HOMES)]
    draft = {
        "title": f"Homes for a helping hand {year}",
        "homes": homes,
        "discount_share": 0.25,
        "hours_week": 7,
        "weeks_a_month": 4,
        "criteria": [{"criterion": "Time for neighbours"}, {"criterion": "An own idea"}],
        "seed_source": f"the national lottery draw of {year}-02-10",
        "apply_from": f"{year}-01-07",
        "apply_until": f"{year}-01-31",
        "seed_day": f"{year}-02-10",
    }
    kept["call"] = town.act("clerk", "drafted", procedure="tenancy_call", answers=draft)
    town.act("clerk", "opened", kept["call"])


def _apply(town: Town, kept: dict[str, Any]) -> None:
    for n in range(HOUSEHOLDS):
        seen = {"adults": 1 + n % 2, "oldest": 27 + 3 * n, "tenure": "private"}
        told = {"applicant": town.people.adult(town.year), **seen, "motivation": "I would like to help with homework."}
        case = town.act("resident", "applied", procedure="tenancy", parent=kept["call"], answers=told)
        town.act("clerk", "checked", case, {f"{name}_seen": value for name, value in seen.items()})
        for reader in ("jury", "jury2"):
            yes = {"shown": ["Time for neighbours"], "convinced": "yes", "motivation_why": "Concrete and near by."}
            town.act(reader, "read_motivation", case, yes)
        kept["households"].append(case)


def _frozen(town: Town, kept: dict[str, Any]) -> None:
    for action in ("closed", "frozen"):
        town.act("clerk", action, kept["call"])


def _drawn(town: Town, kept: dict[str, Any]) -> None:
    town.signed("clerk", "seeded", kept["call"], {"seed": _SEED})
    town.act("clerk", "drawn", kept["call"])
    town.signed("clerk", "signed", kept["call"])


def _let(town: Town, kept: dict[str, Any]) -> None:
    first = date(town.year, 3, 1).isoformat()
    for n, case in enumerate(town.state(kept["call"]).answers["order"][:HOMES]):
        town.act("clerk", "offered", case, {"home": f"L{n + 1}"})
        town.act("resident", "accepted", case)
        town.signed("clerk", "signed", case, {"starts_on": first})
        kept["serving"].append(case)


def _work(town: Town, kept: dict[str, Any]) -> None:
    for case in kept["serving"]:
        for days in (0, 1):
            entry = {"minutes": _MINUTES // 2, "task": "homework", "worked_on": town.day(-days)}
            town.act("resident", "hours", case, entry)
            last = str(town.state(case).events[-1].seq)
            town.act("coordinator", "hours_confirmed", case, {"entries": [last]})
