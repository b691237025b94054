"""What is decided about a household and why, in sentences for a letter."""

from typing import Any

from mechlin.desk.casework.declare import Condition, Decision, Look, Part, say
from mechlin.desk.procedures.service_tenancies import serving
from mechlin.desk.procedures.service_tenancies.lists import (
    ARTICLE,
    days_since_talk,
    eligibility,
    homes,
    hours_a_month,
    months_left,
    upper_age,
    votes,
    warnings,
)
from mechlin.law import service_tenancy as law

REFUSED, GOES_ON = "Your application is refused", "Your application goes on"


def _conditions(look: Look) -> tuple[Condition, ...]:
    """Return every condition of eligibility, as the rule answered it, and what the readers of the motivation said."""
    a = look.answers
    out = []
    for r in eligibility(look.parent, a) if "adults_seen" in a else ():
        if r.name == law.ADULT:
            out.append(Condition.of("The household has an adult", r.met, ARTICLE))
        elif r.name == law.GROWN:
            out.append(Condition.of("The oldest adult is eighteen or older", r.met, ARTICLE))
        elif r.name == law.UPPER:
            age = say("Not yet {age}.", age=upper_age(look.parent))
            out.append(Condition.of("The oldest adult is not above the age of the by-law", r.met, r.basis, age))
        else:
            out.append(Condition.of("The household does not own its home", r.met, ARTICLE))
    said = votes(look.state)
    if said:
        read = say("{yes} of {n} readers said yes.", yes=sum(said), n=len(said))
        out.append(
            Condition.of("The motivation convinces by the published criteria", law.motivation(said), ARTICLE, read)
        )
    return tuple(out)


def onward(look: Look) -> str:
    """Return the stage after somebody decided that an application goes on all the same."""
    return "motivated" if look.state.stage == "unconvinced" else "eligible"


def refused(look: Look, values: dict[str, Any]) -> Decision:
    """Return why an application is refused."""
    met = {c.name: c.met for c in _conditions(look)}
    why = (
        say("Your motivation was read by several people against the published criteria; most of them said no.")
        if look.state.stage == "unconvinced"
        else say("A condition is not met, or your papers do not show it.")
        if "not known" in met.values()
        else say("A condition is not met.")
    )
    return Decision("Your application is refused", False, ARTICLE, (why,), _conditions(look))


def drawn(look: Look, values: dict[str, Any]) -> Decision:
    """Return what the lottery means for a household."""
    return Decision(
        "You have a place in the lottery",
        True,
        ARTICLE,
        (
            say("You are number {rank} of {n} households.", rank=values["rank"], n=values["households"]),
            say("There are {n} homes; they are offered in this order.", n=values["homes_in_call"]),
            say("The lottery can be repeated by anybody."),
        ),
        _conditions(look),
    )


def drawn_after(look: Look, values: dict[str, Any]) -> Decision:
    """Return that a household comes first, because an objection was upheld after the lottery."""
    why = say("Your objection was upheld; you come first for the next home.")
    return Decision("You have a place in the lottery", True, ARTICLE, (why,), _conditions(look))


def offered(look: Look, values: dict[str, Any]) -> Decision:
    """Return which home is offered, at what rent and for how many hours."""
    home = homes(look.parent)[values["home"]]
    reasons = (
        say("You are next in the lottery. The home: {home}, {estate}.", home=values["home"], estate=home["estate"]),
        say(
            "The rent is {rent} euros a month; on the market it would be {market} euros.",
            rent=_rent(look, values),
            market=home["market_eur"],
        ),
        say(
            "In return you work {hours} hours a month for the estate, for at most six years.",
            hours=hours_a_month(look.parent),
        ),
        say("Say yes or no within {days} days.", days=law.ANSWER_DAYS),
    )  # the home, what it costs, what it asks, by when
    met = (Condition.of("First in the lottery, and a home is free", True, ARTICLE),)
    return Decision("A home is offered to you", True, ARTICLE, reasons, met)


def _rent(look: Look, values: dict[str, Any]) -> float:
    market = float(homes(look.parent)[values["home"]]["market_eur"])
    share = float(look.parent.answers["discount_share"]) if look.parent else 0.0
    return round(float(law.rent_eur(market, share)), 2)


def not_answered(look: Look, values: dict[str, Any]) -> Decision:
    """Return that an offer has lapsed."""
    why = say("You did not answer by {day}; the next household is asked.", day=look.state.due)
    met = (Condition.of("An answer came in time", False, ARTICLE),)
    return Decision("The offer of a home has lapsed", False, ARTICLE, (why,), met)


def warned(look: Look, values: dict[str, Any]) -> Decision:
    """Return a warning with the hours on which it rests."""
    found = serving.warning(look, values)
    reasons = tuple(
        say(
            "{month}: {done} of {owed} hours.",
            month=m["month"],
            done=round(m["minutes"] / 60, 1),
            owed=round(m["owed"] / 60, 1),
        )
        for m in found["short_months"]
    )  # a line a month
    more = (
        say("This is warning {n} of {most}.", n=found["warning"], most=law.WARNINGS_END),
        say("You are asked to a talk. Hours that were missed are not owed later; days of illness do not count."),
    )
    met = (Condition.of("Two whole months in a row had three quarters of their hours", False, ARTICLE),)
    return Decision("You are warned: too few hours", False, ARTICLE, (*reasons, *more), met)


def reviewed(look: Look, values: dict[str, Any]) -> Decision:
    """Return what a yearly review says: the same rule that ends contracts in a simulated month."""
    said, given, left = serving.standing(look), len(warnings(look.state)), months_left(look)
    outcome = {
        law.GOES_ON: "Your contract goes on",
        law.TERM_REACHED: "Your contract has reached its term",
        law.WARNED_TWICE: "Your contract may be ended: two warnings",
    }[said]
    over = look.parent is not None and look.parent.stage == "ended"
    left_said = say("{n} months of six years are left.", n=max(left, 0))
    warned_said = say("Warnings so far: {n}.", n=given)
    return Decision(
        outcome,
        said == law.GOES_ON,
        ARTICLE,
        (left_said, warned_said),
        (
            Condition.of("The term is not over", left > 0, ARTICLE),
            Condition.of("The programme goes on", not over, ARTICLE),
            Condition.of("Fewer than two warnings", given < law.WARNINGS_END, ARTICLE),
        ),
    )


def ended(look: Look, values: dict[str, Any]) -> Decision:
    """Return why a contract ends."""
    ground = values["end_ground"]
    why = {
        serving.TERM: say("The term of six years is reached, or the programme is over."),
        serving.OWN_WISH: say("You asked for it."),
        serving.BREACH: say("Too few hours were worked after two warnings and a talk."),
        serving.SOLD: say("The home is sold or taken down."),
    }[ground]
    last = say("The last day is {day}.", day=values["ends_on"])
    conditions = [Condition.of("The contract was in force", True, ARTICLE)]
    if ground == serving.BREACH:
        talk = say("{days} days ago.", days=days_since_talk(look) or 0)
        conditions += [
            Condition.of("Two warnings were given", True, ARTICLE),
            Condition.of("A talk was held at least thirty days ago", True, ARTICLE, talk),
        ]
    return Decision("Your contract ends", ground == serving.OWN_WISH, ARTICLE, (why, last), tuple(conditions))


def letter_parts(look: Look, given: dict[str, Any]) -> list[Part]:
    """Return what to do next, where a home is offered or hours were missed."""
    kind = given["event"].kind
    if kind == "offered":
        return [Part(say("What you can do"), (say("Take the home or decline it on the page of your case."),))]
    if kind == "warned":
        todo = say("Write down hours on the page of your case; if you are ill, say so: the clock is then stopped.")
        return [Part(say("What you can do"), (todo,))]
    return []
