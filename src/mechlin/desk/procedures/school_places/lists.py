"""What a round and its applications are to the rule: schools with places, children without names, waiting lists."""

from collections.abc import Iterable
from typing import Any

from mechlin.desk.casework.declare import YES, Choices, Look
from mechlin.desk.casework.state import State
from mechlin.law.school_draw import Child, Place, School, order, waiting_order

APPLICATIONS, ROUNDS = "school_application", "school_round"
HAS_PLACE = ("placed", "taken_up")
WAITS = ("placed", "taken_up", "unplaced")  # whoever may stand on a list for a school liked better


def schools(round_: State | None) -> list[School]:
    """Return the places of a round, by school and year of birth."""
    rows = round_.answers.get("capacity", []) if round_ else []
    return [School(r["school"], r["born"], r["places"]) for r in rows]


def names(round_: State | None) -> dict[str, str]:
    """Return the name of each school."""
    return {r["school"]: r["name"] for r in (round_.answers.get("capacity", []) if round_ else [])}


def school_choices(look: Look) -> Choices:
    """Return the schools that can be wished."""
    return tuple(sorted(names(look.parent).items(), key=lambda pair: pair[1]))


def year_choices(look: Look) -> Choices:
    """Return the years of birth for which there are places."""
    return tuple((str(year), str(year)) for year in sorted({s.born for s in schools(look.parent)}))


def child_of(state: State) -> Child:
    """Return an application as the rule sees it; a distance that nobody entered counts as none."""
    a = state.answers
    metres = {r["school"]: r["metres"] for r in a.get("distances", [])}
    return Child(
        state.id,
        int(a["born_year"]),
        tuple(a["wishes"]),
        tuple(metres.get(s, 0) for s in a["wishes"]),
        a.get("reserved") == YES,
        a.get("sibling", ""),
        a.get("staff", ""),
        a.get("linked", ""),
    )


def place_of(state: State) -> Place:
    """Return the place that a child has now."""
    return Place(state.id, state.answers.get("school", ""), state.answers.get("wish", 0))


def free(round_: State, applications: Iterable[State]) -> dict[tuple[str, int], int]:
    """Return the free places of each school and year of birth: those that nobody has and nobody is called to."""
    left = {(s.school, s.born): s.places for s in schools(round_)}
    for state in applications:
        born = int(state.answers["born_year"])
        kept = {state.answers.get("school", "")} if state.stage in HAS_PLACE else set()
        if state.stage == "called":
            kept = {state.answers["called_to"], state.answers.get("school", "")}
        for school in kept:
            if (school, born) in left and state.answers.get("above_capacity") != school:
                left[school, born] -= 1
    return left


def waiting(round_: State, applications: list[State]) -> dict[tuple[str, int], list[str]]:
    """Return the waiting list of each school and year of birth, first first."""
    listed = [s for s in applications if s.stage in WAITS]
    seed = round_.answers.get("seed", "")
    drawn = [child_of(s) for s in applications if s.answers.get("late") != YES and "wishes" in s.answers]
    ranked = order(drawn, round_.id, seed)
    refused = {s.id: set(s.answers.get("declined", [])) for s in listed}
    held = {s.id: place_of(s) for s in listed}
    share = float(round_.answers["distance_share"])
    out = {}
    for key in {(s.school, s.born) for s in schools(round_)}:
        open_to = [child_of(s) for s in listed if key[0] not in refused[s.id]]
        out[key] = waiting_order(open_to, key, held, share, ranked)
    return out


def first_for(look: Look) -> list[str]:
    """Return the schools with a free place for which this child is first on the list."""
    round_ = look.parent
    if round_ is None or not look.state.id:
        return []
    beside = look.children(APPLICATIONS, round_.id)
    left, lists = free(round_, beside), waiting(round_, beside)
    born = int(look.answers["born_year"])
    return [
        s
        for s in look.answers["wishes"]
        if left.get((s, born), 0) > 0 and lists.get((s, born), [""])[:1] == [look.state.id]
    ]


def rows_of(values: Iterable[Any]) -> list[dict[str, Any]]:
    """Return named tuples as the log keeps them."""
    return [dict(value._asdict()) for value in values]
