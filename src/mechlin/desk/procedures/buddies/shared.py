"""What people can say of themselves for a match, and what a case is to the rule: interests and free moments, no more."""

from collections.abc import Iterable
from typing import Any

from mechlin.core.clock import month_number
from mechlin.desk.casework.declare import CHOICES, Field, Look
from mechlin.desk.casework.state import State
from mechlin.law import buddies as law
from mechlin.law.buddies import Person

PEOPLE, PAIRS = "buddy", "buddy_pair"
NEWCOMER, VOLUNTEER = "newcomer", "volunteer"
SIDES = (
    (NEWCOMER, "I came to live here not long ago and would like a buddy"),
    (VOLUNTEER, "I have lived here for longer and would like to be a buddy"),
)
INTERESTS = (
    ("cooking", "cooking and eating"),
    ("walking", "walking"),
    ("cycling", "cycling"),
    ("football", "football"),
    ("sport", "other sports"),
    ("music", "music"),
    ("film", "films and series"),
    ("reading", "reading"),
    ("garden", "gardening"),
    ("crafts", "sewing, knitting, making things"),
    ("repair", "repairing things"),
    ("games", "games"),
    ("children", "going out with children"),
    ("town", "finding one's way in town"),
    ("work", "talking about work"),
    ("dutch", "practising Dutch"),
    ("french", "practising French"),
    ("english", "practising English"),
    ("language", "practising another language"),
)
MOMENTS = (
    ("week day", "on weekdays, by day"),
    ("week evening", "on weekday evenings"),
    ("weekend day", "at weekends, by day"),
    ("weekend evening", "on weekend evenings"),
)
WISHES = (
    Field(
        "interests",
        "What do you like to do?",
        CHOICES,
        choices=INTERESTS,
        hint="A buddy is chosen by what you both like. Choose a language only if you would like to practise it.",
    ),
    Field("moments", "When do you have time?", CHOICES, choices=MOMENTS),
)


def person_of(state: State) -> Person:
    """Return somebody as the rule sees them: how long they wait, what they like, when they have time."""
    a = state.answers
    return Person(
        state.id, state.opened, frozenset(a["interests"]), frozenset(a["moments"]), frozenset(a.get("apart", ()))
    )


def waiting(look: Look, side: str) -> list[State]:
    """Return everybody of a side who waits for a buddy."""
    return [s for s in look.beside(PEOPLE) if s.stage == "waiting" and s.answers["side"] == side]


def said(values: Iterable[str], known: tuple[tuple[str, str], ...]) -> str:
    """Return chosen values as they are read in English, for a list at the desk."""
    return ", ".join(dict(known)[v] for v in values)


def meetings_of(state: State) -> dict[int, int]:
    """Return how often a pair met, by month."""
    out: dict[int, int] = {}
    for row in state.answers.get("meetings", ()):
        month = month_number(row["day"][:7])
        out[month] = out.get(month, 0) + 1
    return out


def hours_of(state: State) -> float:
    """Return the hours that a pair spent together."""
    return sum(float(row["hours"]) for row in state.answers.get("meetings", ()))


def form_name(day: str, *_: Any) -> str:
    """Return the form of the rule on a day."""
    return law.form_of(month_number(day[:7])).name
