"""What anybody may see of a round: its places, its days, each step of the draw, and all that repeats it."""

from typing import Any

from mechlin.desk.casework.declare import Look, Part, say
from mechlin.desk.procedures.school_places.lists import schools


def published(look: Look) -> dict[str, Any]:
    """Return what anybody may have of a round: enough to repeat the draw, and no name."""
    a = look.answers
    out: dict[str, Any] = {
        "round": look.state.id,
        "stage": look.state.stage,
        "schools": [s._asdict() for s in schools(look.state)],
    }
    names = (
        "list",
        "frozen_hash",
        "frozen_day",
        "seed_source",
        "seed_day",
        "seed",
        "places",
        "result_hash",
        "distance_share",
        "reserved_share",
    )
    return {**out, **{name: a[name] for name in names if name in a}}


def shown(look: Look) -> list[Part]:
    """Return the public page of a round."""
    a = look.answers
    done = {e.kind for e in look.state.events}
    told = (
        ("frozen", say("The list without names is frozen and its digest published")),
        ("seeded", say("The seed, a public event named beforehand, is typed by one and confirmed by another")),
        ("drawn", say("The rule gives the places")),
        (
            "verified",
            say("A second, simple program gives the same places; no child and school would rather have each other"),
        ),
        ("signed", say("Two people sign; every family gets a letter that explains each wish")),
    )
    steps = tuple((text, say("done") if name in done else say("to come")) for name, text in told)
    days = (
        say("Applying begins on {day}.", day=a["apply_from"]),
        say("It ends on {day}; when you apply before that does not matter.", day=a["apply_until"]),
        say("The draw is on or after {day}.", day=a["seed_day"]),
        say("A place must be taken up by {day}, else it lapses.", day=a["take_up_until"]),
        say("Waiting lists end on {day}.", day=a["lists_until"]),
    )
    seed = say("The seed: {source}.", source=a["seed_source"])
    parts = [
        Part(say("{title}", title=a["title"]), days),
        Part(say("The draw, step by step"), (seed,), ("Step", "How far it is"), steps),
    ]
    if "frozen_hash" in a:
        facts = [
            (say("Digest of the frozen list"), a["frozen_hash"]),
            (say("Seed"), a.get("seed", "–")),
            (say("Digest of the result"), a.get("result_hash", "–")),
        ]
        parts.append(
            Part(
                say("Repeat the draw yourself"),
                (
                    say(
                        "Take the file /public/{case}/data.json and the program /static/check_draw.py; Python is enough.",
                        case=look.state.id,
                    ),
                ),
                (),
                tuple(facts),
            )
        )
    rows = tuple((r["school"], r["name"], r["born"], r["places"]) for r in a.get("capacity", []))
    return (
        [*parts, Part(say("Places"), (), ("School", "Name", "Year of birth", "Free places"), rows)] if rows else parts
    )


def doses(look: Look) -> dict[str, float]:
    """Return what a round gave: places, and how many of them were first wishes."""
    if "signed" not in {e.kind for e in look.state.events}:
        return {}
    wishes = [row["wish"] for row in look.answers["places"]]
    return {"places_given": float(sum(w > 0 for w in wishes)), "first_wishes_met": float(wishes.count(1))}
