"""A round of school places that is over, and one that parents can still apply in."""

from datetime import date, timedelta
from typing import Any

from mechlin.desk.demo.town import Event, Town

CHILDREN, STILL_APPLYING = 300, 30  # of last year's round, and so far in this one
_SCHOOLS = (
    ("A", "De Ark"),
    ("B", "De Brug"),
    ("C", "De Cirkel"),
    ("D", "De Dromer"),
    ("E", "De Eik"),
    ("F", "De Fontein"),
    ("G", "De Groene Poort"),
    ("H", "De Horizon"),
    ("I", "Het Idee"),
    ("J", "De Jonge Linde"),
)
_PLACES = 28  # at each school
_LIKED = (9, 8, 7, 6, 5, 4, 3, 3, 2, 2)  # how often each school is wished, against the others
_WISHES, _SIBLINGS, _LANGUAGES = 3, 0.15, 14
_AGE = 2  # years, in which a child first goes to school, rounded down


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    return [*_last_year(town), *_this_year(town)]


def _draft(begin: date, end: date, seed: date, taken: date, lists: date, year: int) -> dict[str, Any]:
    days = (
        ("apply_from", begin),
        ("apply_until", end),
        ("seed_day", seed),
        ("take_up_until", taken),
        ("lists_until", lists),
    )
    return {
        "title": f"Kindergarten {year}-{year + 1}",
        "school_year": year,
        "wishes_most": _WISHES,
        "distance_share": 0.5,
        "reserved_share": 0,
        "council_approved": "no",
        "seed_source": f"the national lottery draw of {seed.isoformat()}",
        **{name: day.isoformat() for name, day in days},
    }


def _open(town: Town, draft: dict[str, Any], born: int) -> str:
    round_ = town.act("clerk", "drafted", procedure="school_round", answers=draft)
    rows = [{"school": code, "name": name, "born": born, "places": _PLACES} for code, name in _SCHOOLS]
    town.act("clerk", "capacity", round_, {"capacity": rows})
    return round_


def _apply(town: Town, round_: str, born: int, number: int, complete: bool = True) -> None:
    rng, codes = town.people.rng, [code for code, _ in _SCHOOLS]
    for _ in range(number):
        wishes = list(dict.fromkeys(rng.choices(codes, _LIKED, k=_WISHES)))
        answers: dict[str, Any] = {
            "child": town.people.child(born),
            "parent": town.people.adult(town.year),
            "born_year": str(born),
            "wishes": wishes,
        }
        if rng.random() < _SIBLINGS:
            answers["sibling"] = wishes[0]
        case = town.act("resident", "applied", procedure="school_application", parent=round_, answers=answers)
        if complete:
            metres = [{"school": s, "metres": rng.randrange(100, 4000, 10)} for s in wishes]
            town.act("clerk", "completed", case, {"distances": metres})


def _last_year(town: Town) -> list[Event]:
    year, born = town.year, town.year - _AGE
    begin, end, seed = date(year, 3, 3), date(year, 3, 21), date(year, 3, 28)
    taken, lists = date(year, 5, 16), date(year, 10, 7)
    kept: dict[str, str] = {}

    def opened(town: Town) -> None:
        kept["round"] = _open(town, _draft(begin, end, seed, taken, lists, year), born)
        town.act("clerk", "opened", kept["round"])

    def applied(town: Town) -> None:
        _apply(town, kept["round"], born, CHILDREN // 4)

    def frozen(town: Town) -> None:
        for action in ("closed", "checked", "frozen"):
            town.act("clerk", action, kept["round"])

    def drawn(town: Town) -> None:
        town.signed("clerk", "seeded", kept["round"], {"seed": "4 8 15 16 23 42, bonus 7"})
        town.act("clerk", "drawn", kept["round"])
        town.act("auditor", "verified", kept["round"])
        town.signed("clerk", "signed", kept["round"])
        town.act("clerk", "letters", kept["round"])

    def taken_up(town: Town) -> None:
        for case in _children(town, kept["round"], "placed"):
            if town.people.rng.random() < 0.97:
                town.act("school", "taken_up", case)

    def lists_begin(town: Town) -> None:
        town.act("clerk", "waiting", kept["round"])

    def objected(town: Town) -> None:
        case = _children(town, kept["round"], "unplaced")[0]
        ground = {"objection_ground": "We moved in March; our new street lies nearer to the school."}
        town.act("resident", "objection", case, ground)
        answer = {
            "objection_outcome": "objection rejected",
            "objection_reason": "The address on the day of closing counts.",
        }
        town.signed("clerk", "objection decided", case, answer)

    def over(town: Town) -> None:
        town.act("clerk", "ended", kept["round"])

    steps = (
        (seed, drawn),
        (date(year, 4, 22), objected),
        (date(year, 5, 6), taken_up),
        (date(year, 5, 19), lists_begin),
    )
    weeks = [(begin + timedelta(days=4 * n), applied) for n in range(4)]
    return [(begin, opened), *weeks, (date(year, 3, 24), frozen), *steps, (date(year, 10, 8), over)]


def _this_year(town: Town) -> list[Event]:
    today = town.today
    begin, end, seed = today - timedelta(days=5), today + timedelta(days=9), today + timedelta(days=16)
    taken, lists = today + timedelta(days=60), today + timedelta(days=200)
    born = today.year + 1 - _AGE

    def opened(town: Town) -> None:
        round_ = _open(town, _draft(begin, end, seed, taken, lists, today.year + 1), born)
        town.act("clerk", "opened", round_)
        _apply(town, round_, born, STILL_APPLYING, complete=False)

    return [(begin, opened)]


def _children(town: Town, round_: str, stage: str) -> list[str]:
    return [s.id for s in town.beside("school_application") if s.parent == round_ and s.stage == stage]
