"""Cameras: one place that went the whole way and was looked at again, one that was advised against, one proposed now."""

from datetime import date, timedelta
from typing import Any

from mechlin.desk.demo.town import Event, Town

_PLACES = (
    ("Stationsplein", 6, 51.0176, 4.4829, "thefts of bicycles"),
    ("Parking Vaart", 4, 51.0231, 4.4702, "thefts from cars"),
    ("Markt", 3, 51.0279, 4.4801, "fights on weekend nights"),
)


def _proposal(place: str, cameras: int, north: float, east: float, purpose: str) -> dict[str, Any]:
    return {
        "place": place,
        "owner": "town",
        "purpose": purpose,
        "kind": "fixed",
        "cameras": cameras,
        "retention_days": 30,
        "north": north,
        "east": east,
    }


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    year = town.year
    out: list[Event] = [(date(year, 1, 13) + timedelta(days=30 * n), _used(*p)) for n, p in enumerate(_PLACES[:2])]
    out.append((date(year, 4, 3), _advised_against))
    out.append((town.today - timedelta(days=12), _propose_again))
    return out


def _advise(town: Town, case: str, council: str) -> None:
    day = town.day()
    police = {
        "police_advice": "positive",
        "police_day": day,
        "police_why": "Reports of the last two years bear it out.",
    }
    town.act("police", "police_advised", case, police)
    voted = {"council_advice": council, "council_day": day, "council_minutes": f"{town.year}/{case[-3:]}"}
    town.signed("clerk", "council_advised", case, voted)


def _used(place: str, cameras: int, north: float, east: float, purpose: str) -> Any:
    def happens(town: Town) -> None:
        answers = _proposal(place, cameras, north, east, purpose)
        case = town.act("clerk", "proposed", procedure="cameras", answers=answers)
        _advise(town, case, "positive")
        town.act("clerk", "installed", case, {"installed_day": town.day(), "pictogram": "yes"})
        town.act("clerk", "declared", case, {"declared_day": town.day()})
        town.signed("clerk", "in_use", case)

    return happens


def _advised_against(town: Town) -> None:
    case = town.act("clerk", "proposed", procedure="cameras", answers=_proposal(*_PLACES[2]))
    _advise(town, case, "negative")


def _propose_again(town: Town) -> None:
    states = town.beside("cameras")
    against = next(s.id for s in states if s.stage == "advised_against")
    town.act("clerk", "proposed_again", against, {**_proposal(*_PLACES[2]), "cameras": 1, "retention_days": 14})
    used = next(s.id for s in states if s.stage == "in_use")
    review = {
        "review_day": town.day(),
        "still_needed": "yes",
        "review_why": "A third fewer bicycles were reported stolen.",
        "images_asked": 11,
        "retention_days": 21,
    }
    town.act("clerk", "reviewed", used, review)  # waits for a signature
