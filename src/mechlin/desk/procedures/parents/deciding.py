"""What parents are told and why, in sentences for a letter; a fine with every offer that must come before it."""

from collections.abc import Callable
from typing import Any

from mechlin.desk.casework.declare import Condition, Decision, Look, Part, say
from mechlin.desk.procedures.parents import steps
from mechlin.desk.procedures.parents.steps import ASKED, WARNED
from mechlin.law import parental_procedure as law

ARTICLE = "law of 24 June 2013 on municipal administrative sanctions, articles 14 to 19 [GK]"
_TAX = "municipal tax regulation of the council [GK]"


def _article(look: Look, values: dict[str, Any] | None = None) -> str:
    """Return the law that the file goes by."""
    form = law.form_on((values or look.answers)["facts_on"]) if not look.state.id else steps.form_of(look)
    return ARTICLE if form == 2 else _TAX


def found(look: Look, values: dict[str, Any]) -> Decision:
    """Return what follows on a finding: a warning, questions to the parents, the old form's offer, or a file that is open."""
    article, stage = _article(look, values), steps.after_finding(look, values, None)
    met = (Condition.of("The minor was old enough on that day", True, article),)
    first = say("Your child was found causing nuisance on {day}.", day=values["facts_on"])
    if stage == look.state.stage != WARNED:
        more = say("The finding joins the file that is open.")
        return Decision("A further finding joins your file", True, article, (first, more), met)
    if stage == WARNED:
        more = say("This is a warning and nothing more. A second finding within a year leads further.")
        return Decision("Your child is warned", True, article, (first, more), met)
    if stage == ASKED:
        more = say("You are asked for your view, and for what you do yourselves. Your measures may be enough.")
        free = say("Your child gets a lawyer, free of charge, before anybody talks with you.")
        return Decision("You are asked for your view", True, article, (first, more, free), met)
    more = say("A tax is charged; it is waived if you take a course or come along.")
    return Decision("You are offered a course or guidance", True, article, (first, more), met)


def own_measures(look: Look, values: dict[str, Any]) -> Decision:
    """Return that a file is closed because the parents' own measures are enough."""
    article = _article(look)
    met = (Condition.of("A lawyer was asked for the minor, free of charge", "lawyer_on" in look.answers, article),)
    why = say("What you do yourselves is enough. The case is closed.")
    return Decision("Your own measures are enough", True, article, (why,), met)


def mediation(look: Look, values: dict[str, Any]) -> Decision:
    """Return the offer of mediation, without which the procedure is void."""
    article = _article(look)
    met = (Condition.of("A lawyer was asked for the minor, free of charge", "lawyer_on" in look.answers, article),)
    why = (
        say("Mediation is offered to you and your child. It is free, and you may refuse it."),
        say("Without this offer no fine would be possible."),
    )
    return Decision("Mediation is offered to you", True, article, why, met)


def closed(outcome: str) -> Callable[[Look, dict[str, Any]], Decision]:
    """Return the decision that closes a file in the parents' favour."""

    def decide(look: Look, values: dict[str, Any]) -> Decision:
        why = say("Nothing more is asked of you in this case.")
        return Decision(
            outcome, True, _article(look), (why,), (Condition.of("The case is closed", True, _article(look)),)
        )

    return decide


def silence(look: Look, values: dict[str, Any]) -> Decision:
    """Return what follows where a term ended: silence about a plan is never told as kept."""
    stage, article = steps.follows(look, law.EXPIRES), _article(look)
    met = (Condition.of("An answer or a report came in time", False, article),)
    late = say("Nothing was heard by {day}.", day=look.state.due)
    if stage == law.STAGES[law.NO_REPORT]:
        unknown = say("The case is closed without a fine. It is not known whether what was agreed was kept.")
        return Decision("The term is over and nobody has reported", True, article, (late, unknown), met)
    if stage == law.STAGES[law.NO_PLACE]:
        none = say("The town has found no place. The case is closed without a fine.")
        return Decision("The term is over", True, article, (late, none), met)
    onward = {
        law.OFFERED: say("The procedure starts: mediation will be offered to you."),
        law.SERVICE_OFFERED: say(
            "Community service is offered to your child, at most {n} hours. Answer within {days} days.",
            n=law.SERVICE_HOURS_MOST,
            days=law.DEADLINE_DAYS[law.SERVICE_OFFERED],
        ),
    }  # what the table gives for each silence
    fine = say("A fine on the parents is now possible; it is decided by two people.")
    said = onward.get(law.STAGES.index(stage), fine) if stage in law.STAGES else fine
    return Decision("The term is over", False, article, (late, said), met)


def _offers(look: Look) -> tuple[Condition, ...]:
    """Return what must have come before a fine, and whether it did."""
    article, last = _article(look), say("It could be imposed until {day}.", day=steps.decide_by(look))
    out = [Condition.of("The decision came in time", look.day <= steps.decide_by(look), article, last)]
    if steps.form_of(look) == 2:
        missing = steps.left_out(look)
        out += [
            Condition.of("A lawyer was asked for the minor, free of charge", law.LAWYER not in missing, article),
            Condition.of("Mediation was offered", law.MEDIATION not in missing, article),
        ]
    return tuple(out)


def fined(look: Look, values: dict[str, Any]) -> Decision:
    """Return a fine on the parents, with every condition that it rests on."""
    most = say("The highest fine that the law allows is {most} euros.", most=steps.fine_most(look))
    why = (
        say("The offers that were made were not taken, or not kept."),
        say("The fine is {eur} euros. It is imposed on the parents.", eur=values["fine_eur"]),
    )
    below = Condition.of("The fine is not above what the law allows", True, _article(look), most)
    return Decision("A fine is imposed on you", False, _article(look), why, (*_offers(look), below))


def no_fine(look: Look, values: dict[str, Any]) -> Decision:
    """Return that no fine is imposed, and whether one would have been possible."""
    why = say("No fine is imposed. The case is closed.")
    return Decision("No fine is imposed on you", True, _article(look), (why,), _offers(look))


def letter_parts(look: Look, given: dict[str, Any]) -> list[Part]:
    """Return what the parents can do, where something is asked of them."""
    event = given["event"]
    if event.kind == "fine":
        court = say(
            "You can appeal to the youth court within {days} days of the registered letter; it costs nothing.",
            days=law.APPEAL_DAYS,
        )
        return [Part(say("What you can do"), (court, say("Until the court has ruled, nothing is owed.")))]
    if event.kind == "mediation_offered":
        until = say("Answer by {day}.", day=look.state.due) if look.state.due else say("Answer soon.")
        return [Part(say("What you can do"), (until,))]
    if event.kind in ("found", "found_again") and event.body["stage"] == ASKED:
        due = event.body.get("due") or look.state.due
        return [Part(say("What you can do"), (say("Say by {day}, in writing or in a talk, how you see it.", day=due),))]
    return []


def doses(look: Look) -> dict[str, float]:
    """Return what a file delivered: plans that began, plans known to be kept; silence counts as neither."""
    kinds = {e.kind for e in look.state.events}
    out: dict[str, float] = {"families_asked": float(any(e.body.get("stage") == ASKED for e in look.state.events))}
    if "place_found" in kinds:
        out["plans_started"] = 1.0
        out["plans_kept"] = float(look.state.stage == law.STAGES[law.KEPT])
        out["plans_without_report"] = float(look.state.stage == law.STAGES[law.NO_REPORT])
    return out
