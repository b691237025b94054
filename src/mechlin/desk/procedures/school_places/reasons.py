"""What is decided about a child and why, in sentences for a letter: one for each wish, whatever became of it."""

from typing import Any

from mechlin.desk.casework.declare import Condition, Decision, Look, Part, Said, say
from mechlin.desk.procedures.school_places.lists import names
from mechlin.law import school_draw
from mechlin.law.school_draw import BASIS


def placed(look: Look, values: dict[str, Any]) -> Decision:
    """Return what the draw means for a child."""
    got = bool(values["school"])
    reasons = (
        say(
            "Your child has a place at the school of wish {wish}: {school}.",
            wish=values["wish"],
            school=values["school_name"],
        )
        if got
        else say("All the schools on your list are full with children who come before."),
        say(
            "{children} children took part. The place was given by the rule of the law, and the draw can be repeated by "
            "anybody.",
            children=values["children"],
        ),
    )
    conditions = (Condition.of("The application was complete and in time", True, BASIS),)
    return Decision(
        "Your child has a school place" if got else "Your child has no school place yet",
        got,
        BASIS,
        reasons,
        conditions,
    )


def called_from_list(look: Look, values: dict[str, Any]) -> Decision:
    """Return what a call from a waiting list says."""
    return Decision(
        "A place has come free for your child",
        True,
        BASIS,
        (
            say("Your child was first on the waiting list of {school}.", school=values["called_to"]),
            say("Answer within {days} calendar days, else the next child is called.", days=school_draw.ANSWER_DAYS),
        ),
        (Condition.of("First on the waiting list, and a place is free", True, BASIS),),
    )


def letter_parts(look: Look, given: dict[str, Any]) -> list[Part]:
    """Return every wish with its reason, and what to do by when."""
    event, round_ = given["event"], look.parent
    answers, called = event.body.get("answers", {}), names(round_)
    if event.kind == "called":
        school = called.get(answers["called_to"], answers["called_to"])
        return [
            Part(
                say("What you can do"), (say("Enrol at {school}, or decline on the page of your case.", school=school),)
            )
        ]
    if event.kind != "placed":
        return []
    rows = tuple((w["wish"], called.get(w["school"], w["school"]), _why(w)) for w in answers["why"])
    todo: list[Said] = []
    if answers["school"]:
        todo.append(
            say(
                "Enrol at {school} by {day}; after that day the place lapses.",
                school=called.get(answers["school"], answers["school"]),
                day=answers["take_up_until"],
            )
        )
    if answers["wish"] != 1:
        todo.append(
            say(
                "You stay on the waiting lists of the schools that you like better. The order of a list binds the "
                "school; if your child is called you have {days} calendar days.",
                days=school_draw.ANSWER_DAYS,
            )
        )
    head = ("Wish", "School", "Why")
    return [Part(say("Each of your wishes"), (), head, rows), Part(say("What you can do"), tuple(todo))]


def _why(w: dict[str, Any]) -> tuple[Said, ...]:
    """Return the sentences that explain one wish."""
    if w["outcome"] == "not needed":
        return (say("Not looked at: a wish higher on your list was granted."),)
    if w["outcome"] == "no such group":
        return (say("This school has no places for this year of birth."),)
    if w["outcome"] == "granted":
        return (
            {
                "sibling": say("Granted: a brother or sister goes there."),
                "staff": say("Granted: a parent works there."),
                "distance": say("Granted by distance: you live {metres} metres away.", metres=w["metres"]),
                "lot": say("Granted by lot: your number in the draw is {ticket}.", ticket=w["ticket"]),
            }[w["by"]],
        )
    out = [
        say(
            "All {places} places went to children who come before; {before} of them have a brother, sister or parent "
            "at the school.",
            places=w["places"],
            before=w["before"],
        )
    ]
    if w["last_ticket"] > 0:
        out.append(
            say(
                "Your number in the draw is {ticket}; the last number that got a place by lot is {last}.",
                ticket=w["ticket"],
                last=w["last_ticket"],
            )
        )
    if w["last_metres"] >= 0:
        out.append(
            say(
                "You live {metres} metres away; the farthest child that got a place by distance lives {last} metres "
                "away.",
                metres=w["metres"],
                last=w["last_metres"],
            )
        )
    if w["on_list"] > 0:
        out.append(say("Your child is number {n} on the waiting list.", n=w["on_list"]))
    return tuple(out)
