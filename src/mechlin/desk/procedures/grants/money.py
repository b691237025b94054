"""What is paid of a grant and when: the first part, the second on the report, and what must be paid back."""

from collections.abc import Callable
from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import Condition, Decision, Look, say
from mechlin.desk.procedures.grants.lists import MOST, cents, eur
from mechlin.law import grants
from mechlin.law.grants import ROUND_BASIS

_OVER = ("signed", "ended")


def after_the_round(look: Look) -> str:
    """Return why a plan cannot be granted beside the ranking: only after an objection that was upheld."""
    upheld = any(e.kind == "objection decided" for e in look.state.events)
    if not upheld:
        return "only after an objection that was upheld"
    return "" if look.parent and look.parent.stage in _OVER else "the plan still takes part in the ranking"


def at_most_asked(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return whether more is granted than was asked, or than the round gives."""
    a = look.answers
    most = min(a["asked_eur"], look.parent.answers[MOST[a["kind"]]] if look.parent else 0)
    if values["granted_eur"] <= most:
        return []
    return [
        Problem("this is more than was asked or the round gives", column="granted_eur", allowed=f"at most {most:g}")
    ]


def not_later_than_today(name: str) -> Callable[[Look, dict[str, Any]], list[Problem]]:
    """Return a check that a day has come."""
    return lambda look, values: (
        [Problem("this day has not come yet", column=name, allowed=f"{look.day} or before")]
        if values[name] > look.day
        else []
    )


def _first_cents(look: Look) -> int:
    share = look.parent.answers["first_share"] if look.parent else 0.0
    return grants.first_part(cents(look.answers["granted_eur"]), share)


def first_is_due(look: Look) -> str:
    """Return why no first part can be paid."""
    return "" if _first_cents(look) else "this round pays nothing before the activity"


def first(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    """Return the first part."""
    return {"first_eur": eur(_first_cents(look))}


def no_report(look: Look) -> str:
    """Return why a grant cannot be taken back yet: the activity or the report can still come."""
    if look.state.stage == "held":
        due = look.state.due
        return "" if look.day > due else f"the report can be handed in until {due}"
    day = look.answers["activity_day"]
    return "" if look.day > day else f"the activity is on {day}"


def reopened(look: Look) -> str:
    """Return the stage to which a plan goes back when an objection is upheld."""
    stage = look.state.stage
    if stage in ("settled", "recovering", "recovered"):
        return "reported" if "came" in look.answers else "held"
    return "complete" if stage in ("refused", "not_granted") else ""


def _paid_cents(look: Look) -> int:
    """Return what was paid so far, less what came back: a plan may be settled anew after an objection."""
    a = look.answers
    back = a.get("back_eur", 0.0) if "recovered_on" in a else 0.0
    return cents(a.get("first_eur", 0.0)) + cents(a.get("second_eur", 0.0)) - cents(back)


def _left_cents(look: Look, values: dict[str, Any]) -> int:
    proven = cents(values.get("proven_eur", 0.0))
    return grants.settled(cents(look.answers["granted_eur"]), _paid_cents(look), proven)


def settling(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    """Return what is still paid and what must be paid back."""
    left = _left_cents(look, values)
    return {"second_eur": eur(max(left, 0)), "back_eur": eur(max(-left, 0))}


def after_settling(look: Look, values: dict[str, Any], _: Decision | None) -> str:
    """Return the stage after settling."""
    return "recovering" if _left_cents(look, values) < 0 else "settled"


def settled(look: Look, values: dict[str, Any]) -> Decision:
    """Return what is paid or paid back on the report."""
    left, a = _left_cents(look, values), look.answers
    told = (
        say(
            "You have shown costs of {proven} euros; {granted} euros were granted.",
            proven=values["proven_eur"],
            granted=a["granted_eur"],
        ),
        say("{first} euros were paid before.", first=eur(_paid_cents(look))),
        say("You still get {eur} euros.", eur=eur(left))
        if left >= 0
        else say("{eur} euros must be paid back within thirty days.", eur=eur(-left)),
    )  # one line of reckoning after the other
    return Decision(
        "Your grant is settled" if left >= 0 else "A part of your grant must be paid back",
        left >= 0,
        ROUND_BASIS,
        told,
        (Condition.of("The report on who met has come", True, ROUND_BASIS),),
    )


def not_held(look: Look, values: dict[str, Any]) -> Decision:
    """Return that what was paid comes back, because there was no activity or no report."""
    back = -_left_cents(look, values)
    held = look.state.stage == "held"
    return Decision(
        "Your grant is withdrawn",
        False,
        ROUND_BASIS,
        (
            say("No report on the activity has come in time.") if held else say("The activity was not held."),
            say("{eur} euros must be paid back within thirty days.", eur=eur(back))
            if back
            else say("Nothing had been paid, and nothing must be paid back."),
        ),
        (Condition.of("The report on who met has come", False, ROUND_BASIS),),
    )
