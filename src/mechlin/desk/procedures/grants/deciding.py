"""What is decided about a plan and why, in sentences for a letter; and what was counted where people met."""

from typing import Any

from mechlin.desk.casework.declare import Condition, Decision, Look, Part, Said, say
from mechlin.desk.procedures.grants.lists import cents, eur, met
from mechlin.law import grants
from mechlin.law.grants import BASIS, ROUND_BASIS

REFUSED, ADMITTED = "Your plan is refused", "Your plan takes part in the round"
METHODS = (("tokens", "A token for everybody who came"), ("tally", "Strokes on a list"), ("estimate", "An estimate"))


def _conditions(look: Look, read: dict[str, Any]) -> tuple[Condition, ...]:
    """Return every condition of a plan, with whether it is met and what the round asks."""
    stands = met(look, read)
    asks = look.parent.answers if look.parent else {}
    days = say("At least {days} days before the activity.", days=asks.get("days_ahead", 0))
    homes = say("At least {n}.", n=asks.get("addresses_least", 0))
    return (
        Condition.of("Everybody who lives there is invited", stands.get(grants.OPEN), BASIS),
        Condition.of("Residents of the area meet", stands.get(grants.SCOPE), ROUND_BASIS),
        Condition.of("Handed in early enough", stands.get(grants.AHEAD), ROUND_BASIS, days),
        Condition.of("Organisers of enough addresses", stands.get(grants.ADDRESSES), ROUND_BASIS, homes),
    )


def refused(look: Look, values: dict[str, Any]) -> Decision:
    """Return why a plan is refused: each condition that is not met."""
    stands = met(look, look.answers)
    said: list[Said] = []
    if stands.get(grants.OPEN) is False:
        said.append(say("Your plan does not invite everybody who lives there. Money goes only where people meet."))
    if stands.get(grants.OPEN) is None:
        said.append(say("Your plan does not say how everybody who lives there is invited."))
    if stands.get(grants.SCOPE) is not True:
        said.append(say("It is not an activity in which residents of the area meet."))
    if stands.get(grants.AHEAD) is False:
        said.append(say("It was handed in too short before the activity."))
    if stands.get(grants.ADDRESSES) is False:
        said.append(say("Its organisers live at too few addresses."))
    said.append(say("It was not looked at who you are, and nobody asked it."))
    return Decision("Your plan is refused", False, BASIS, tuple(said), _conditions(look, look.answers))


def ranked(look: Look, values: dict[str, Any]) -> Decision:
    """Return what the signed ranking means for a plan."""
    got = values["granted_eur"] > 0
    how = {
        grants.ARRIVAL: say("Plans were ranked in the order in which they came in."),
        grants.LOT: say("Plans were ranked by a lot that anybody can repeat."),
        grants.POINTS: say("Plans were ranked by points; yours has {points}.", points=values["points_mean"]),
    }[values["how"]]
    place = say("Your plan is number {rank} of {plans}.", rank=values["rank"], plans=values["plans"])
    money = (
        say("You get {eur} euros.", eur=values["granted_eur"])
        if got
        else say("The {budget} euros of the round went to the plans before it.", budget=values["budget_eur"])
    )
    return Decision(
        "Your plan gets a grant" if got else "Your plan gets no grant: the money is spent",
        got,
        ROUND_BASIS,
        (how, place, money),
        _conditions(look, look.answers),
    )


def granted_after(look: Look, values: dict[str, Any]) -> Decision:
    """Return that a plan is paid after an objection was upheld."""
    return Decision(
        "Your plan gets a grant",
        True,
        ROUND_BASIS,
        (
            say("Your objection was upheld; the plan is paid beside the ranking of the round."),
            say("You get {eur} euros.", eur=values["granted_eur"]),
        ),
        _conditions(look, look.answers),
    )


def letter_parts(look: Look, given: dict[str, Any]) -> list[Part]:
    """Return what to do next and by when, for a plan that is paid."""
    event = given["event"]
    answers = event.body.get("answers", {})
    if event.kind not in ("ranked", "granted_after") or not answers.get("granted_eur") or look.parent is None:
        return []
    first = grants.first_part(cents(answers["granted_eur"]), look.parent.answers["first_share"])
    todo = [
        say("Before the activity {eur} euros are paid to you.", eur=eur(first))
        if first
        else say("The grant is paid after the activity."),
        say(
            "Say within {days} days after it how many people came, from how many streets, how many met somebody new, "
            "and what it cost. Count with tokens or strokes; write down no names.",
            days=grants.REPORT_DAYS,
        ),
        say("Keep the bills: what is not spent or not shown is paid back."),
    ]  # in the order in which it happens
    return [Part(say("What happens now"), tuple(todo))]


def doses(look: Look) -> dict[str, float]:
    """Return what a plan delivered: activities, people who came and who met somebody new; nothing before its report."""
    a = look.answers
    if "came" not in a:
        return {}
    return {
        "mixed_activities.streets_per_year": 1,
        "people_came": a["came"],
        "met_somebody_new": a["met_new"],
        "granted_eur": a["granted_eur"],
    }
