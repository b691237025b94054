"""Last year's real list through next year's rule: who would have moved."""

from mechlin.core.errors import Problem, UsageError
from mechlin.desk.casework.declare import Look
from mechlin.desk.procedures.school_places.lists import ROUNDS, schools
from mechlin.law import school_draw
from mechlin.law.school_draw import FORMS, Place, from_rows


def replay(look: Look, form: str, distance: float | None, reserved: float | None) -> list[dict[str, str]]:
    """Return how many children would have had another place, and what that is to them; raise UsageError."""
    a = look.answers
    lawful = next((f for f in FORMS if f.name == form), None)
    if lawful is None:
        raise UsageError(str(Problem(f"the rule has no form {form!r}", allowed=", ".join(f.name for f in FORMS))))
    if look.state.procedure != ROUNDS or "places" not in a:
        raise UsageError(f"{look.state.id} is no round that was drawn")
    near = a["distance_share"] if distance is None else distance
    held = min(a["reserved_share"], lawful.reserved_most) if reserved is None else reserved
    if held > lawful.reserved_most:
        raise UsageError(f"the form {form} lets at most {lawful.reserved_most:g} be held for a group")
    before = {p.application: p for p in (Place(**row) for row in a["places"])}
    after = school_draw.draw(from_rows(a["list"]), schools(look.state), near, held, look.state.id, a["seed"])
    counts = {
        "the same place": 0,
        "a school liked better": 0,
        "a school liked less": 0,
        "a place instead of none": 0,
        "no place instead of one": 0,
    }
    for place in after:
        counts[_told(before[place.application].wish, place.wish)] += 1
    rows = [{"what would have changed": what, "children": str(n)} for what, n in counts.items()]
    first = {
        name: sum(p.wish == 1 for p in places) for name, places in (("then", before.values()), ("by this form", after))
    }
    return [*rows, *({"what would have changed": f"first wish, {n}", "children": str(v)} for n, v in first.items())]


def _told(before: int, after: int) -> str:
    if before == after:
        return "the same place"
    if not before or not after:
        return "a place instead of none" if after else "no place instead of one"
    return "a school liked better" if after < before else "a school liked less"
