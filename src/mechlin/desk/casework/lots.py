"""Lots that anybody can repeat, in every procedure that draws: a list is frozen before a public event gives the seed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import DAY, PUBLIC_TEXT, Action, Field, Look
from mechlin.desk.ground.canonical import canonical, digest

Possible = Callable[[Look], str]


def not_before(name: str, what: str) -> Possible:
    """Return a rule: a step may follow from the day under ``name`` on; ``what`` begins the sentence that refuses it."""
    return lambda look: "" if look.day >= look.answers[name] else f"{what} {look.answers[name]}"


def not_until(name: str, what: str) -> Possible:
    """Return a rule: a step may follow after the day under ``name``."""
    return lambda look: "" if look.day > look.answers[name] else f"{what} {look.answers[name]}"


def frozen(look: Look, rows: list[Any]) -> dict[str, Any]:
    """Return what is kept of a list that no longer changes: its rows, their digest and the day."""
    return {"list": rows, "frozen_hash": digest(canonical(rows)), "frozen_day": look.day}


def seeded(article: str, stages: tuple[str, ...], after: str = "", possible: Possible | None = None) -> Action:
    """Return the step that enters the seed, which nobody may have known when the list was frozen; two people sign it."""
    return Action(
        "seeded",
        "Enter the seed",
        ("clerk",),
        stages,
        after,
        (Field("seed", "The seed, as it was announced", PUBLIC_TEXT, longest=200),),
        article,
        "With it anybody can work out every ticket.",
        ("signer",),
        check=_unknown_when_frozen,
        possible=possible or not_before("seed_day", "the seed is known on"),
    )


def seed_put_off(article: str, stages: tuple[str, ...], possible: Possible | None = None, before: str = "") -> Action:
    """Return the step that names another event where the first would be known too early; two people sign it.

    ``before`` names the day, where there is one, by which the draw must have been made.
    """
    return Action(
        "seed_put_off",
        "Name another event for the seed",
        ("clerk",),
        stages,
        fields=(
            Field("seed_source", "The public event that gives the seed", PUBLIC_TEXT, longest=300),
            Field("seed_day", "Day of that event", DAY),
        ),
        article=article,
        consequence="The event named before counts no more; the public page says so.",
        signed_by=("signer",),
        possible=possible,
        check=partial(_lies_ahead, before),
    )


def _unknown_when_frozen(look: Look, values: dict[str, Any]) -> list[Problem]:
    a = look.answers
    if a["seed_day"] > a["frozen_day"]:
        return []
    what = f"the seed of {a['seed_day']} was public before the list was frozen on {a['frozen_day']}"
    return [Problem(what, column="seed", repair="name a later event: put the seed off")]


def _lies_ahead(before: str, look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return whether another event lies ahead, as nobody may know the seed when it is named, and in time."""
    day, out = values["seed_day"], []
    if day <= look.day:
        out.append(Problem("the event must lie ahead", column="seed_day", allowed=f"after {look.day}"))
    if before and day >= look.answers[before]:
        out.append(Problem(f"this day does not lie before {look.answers[before]}", column="seed_day"))
    return out
