"""What a round and its plans are to the rule: plans without names, points, money in whole cents."""

from datetime import date
from typing import Any

from mechlin.desk.casework.declare import NOT_KNOWN, YES, Choices, Look
from mechlin.desk.casework.state import State
from mechlin.law import grants
from mechlin.law.grants import Asked, Granted, Plan, Ready

ROUNDS, PLANS = "grant_round", "grant"
KINDS = (("street", "A street"), ("neighbourhood", "A neighbourhood"))
MOST = {"street": "street_eur", "neighbourhood": "neighbourhood_eur"}  # the round's own field for each kind
JURORS = 2  # who give points to every plan: assumption


def cents(eur: float) -> int:
    """Return an amount in whole cents."""
    return round(eur * 100)


def eur(amount: int) -> float:
    """Return whole cents as euros."""
    return amount / 100


def days_between(first: str, last: str) -> int:
    """Return how many days lie between two days."""
    return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal()


def area_choices(look: Look) -> Choices:
    """Return the areas of the round."""
    rows = look.parent.answers.get("areas", []) if look.parent else []
    return tuple((r["area"], r["area"]) for r in rows)


def known(answer: str | None) -> bool | None:
    """Return an answer as true, false, or None for not known."""
    return None if answer in (None, NOT_KNOWN) else answer == YES


def asked_of(round_: State) -> Asked:
    """Return what a round asks of a plan."""
    return Asked(round_.answers["days_ahead"], round_.answers["addresses_least"])


def plan_of(state: State, read: dict[str, Any]) -> Plan:
    """Return a plan as the rule sees it, with what the clerk has read in it."""
    a = state.answers
    return Plan(
        known(read.get("open_to_all")),
        known(read.get("in_scope")),
        days_between(a["handed_in_on"], a["activity_day"]),
        a["addresses"],
    )


def met(look: Look, read: dict[str, Any]) -> dict[str, bool | None]:
    """Return each condition of a plan with whether it is met."""
    if look.parent is None:
        return {}
    return dict(grants.conditions(plan_of(look.state, read), asked_of(look.parent)))


def points_of(state: State) -> dict[str, int]:
    """Return the points that each member of the jury gave a plan, by account."""
    return {
        e.actor: sum(row["points"] for row in e.body["answers"]["points"]) for e in state.events if e.kind == "scored"
    }


def ready(round_: State, plans: list[State]) -> list[Ready]:
    """Return the plans that meet every condition, as the ranking takes them; for a lot only those of the frozen list."""
    out, frozen = [], round_.answers.get("list")
    for n, state in enumerate(plans, 1):
        if state.stage != "complete" or (frozen is not None and state.id not in frozen):
            continue
        given = points_of(state)
        most = round_.answers[MOST[state.answers["kind"]]]
        amount = min(cents(state.answers["asked_eur"]), cents(most))
        out.append(Ready(state.id, n, sum(given.values()) / max(len(given), 1), amount))
    return out


def allotted(round_: State, plans: list[State]) -> list[Granted]:
    """Return what the rule of the round gives each plan."""
    a = round_.answers
    return grants.allot(
        ready(round_, plans), a["how"], a["spend"], cents(a["budget_eur"]), round_.id, a.get("seed", "")
    )
