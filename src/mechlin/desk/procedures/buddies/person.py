"""Somebody who takes part in the buddy project: screening, intake, waiting, paired, done."""

from datetime import date
from typing import Any

from sqlalchemy import select

from mechlin.core.codes import MAJORITY
from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    DAY,
    LONG_TEXT,
    PERSON,
    YES,
    YES_NO,
    Action,
    Condition,
    Decision,
    Field,
    Look,
    Objection,
    Part,
    Procedure,
    Said,
    Stage,
    say,
)
from mechlin.desk.ground.tables import account
from mechlin.desk.procedures.buddies.shared import INTERESTS, MOMENTS, PEOPLE, SIDES, VOLUNTEER, WISHES, form_name
from mechlin.law import buddies as law

_COORDINATOR = ("coordinator",)
_FREE = ("registered", "screened", "waiting")
_ADULT = say("An adult: {age} or older", age=MAJORITY)
_EXTRACT = say("The extract of the register of convictions was seen, and nothing stands in the way")


def _adult(look: Look, values: dict[str, Any]) -> list[Problem]:
    born = date.fromisoformat(values["who"].value["born"])
    adult = (born.year + MAJORITY, born.month, born.day) <= tuple(map(int, look.day.split("-")))
    return [] if adult else [Problem(f"a buddy is {MAJORITY} or older", column="who.born")]


def _screened(look: Look, values: dict[str, Any]) -> Decision:
    """Return the answer to somebody who asked to take part; of a volunteer an extract is seen, and not kept."""
    asked = look.answers["side"] == VOLUNTEER
    clean = values.get("extract_clear") == YES
    takes_part = clean or not asked
    conditions = [Condition.of("An adult", True, law.PROJECT, _ADULT)]
    if asked:
        conditions.append(Condition.of("Nothing in the extract stands in the way", clean, law.PROJECT, _EXTRACT))
    return Decision(
        "You can take part" if takes_part else "You cannot take part",
        takes_part,
        law.PROJECT,
        (say("The coordinator has talked with you and looked at what you told us."),),
        tuple(conditions),
    )


def _extract(look: Look, values: dict[str, Any]) -> list[Problem]:
    if look.answers["side"] == VOLUNTEER and "extract_clear" not in values:
        return [
            Problem(
                "of a volunteer the extract of the register of convictions is seen first",
                column="extract_clear",
                repair="ask for it, look at it, give it back; it is not kept",
            )
        ]
    return []


def _matched(look: Look, values: dict[str, Any]) -> Decision:
    interests = tuple(say(dict(INTERESTS)[i]) for i in values["shared_interests"])
    moments = tuple(say(dict(MOMENTS)[m]) for m in values["shared_moments"])
    why = (say("What you both like:"), *interests) if interests else (say("You have time at the same moments."),)
    return Decision(
        "We have found somebody for you to meet",
        True,
        law.PROJECT,
        (*why, say("When you both have time:"), *moments),
        (Condition.of("At least one free moment in common", True, law.PROJECT),),
    )


def _certificate(look: Look, values: dict[str, Any]) -> Decision:
    return Decision(
        "You have completed your time as buddies",
        True,
        law.BASIS,
        (say("You met {n} times, {hours} hours together. Thank you.", n=values["met"], hours=values["hours"]),),
        (Condition.of("The hours, or six months with two meetings a month", True, law.BASIS),),
    )


def coordinator(look: Look) -> str:
    """Return the name of the coordinator who looks after this person; nothing before anybody does."""
    query = select(account.c.name).where(account.c.id == look.state.officer)
    return look.conn.execute(query).scalar() or ""


def letter_parts(look: Look, context: dict[str, Any]) -> list[Part]:
    """Return who looks after this person, and what follows."""
    name = coordinator(look)
    told: list[Said] = [say("Your coordinator is {name}: ask for them by that name.", name=name)] if name else []
    if context["event"].kind == "matched":
        told.append(
            say("We ask both of you within {days} days. Nobody's name is told before both agree.", days=law.ANSWER_DAYS)
        )
        told.append(
            say(
                "If it does not go well, tell the coordinator: it is nobody's fault, and you can both go on with others."
            )
        )
    return [Part(say("What happens now"), tuple(told))] if told else []


def _freed(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    before = look.answers
    return {
        "apart": [*before.get("apart", []), values["from"]]
        if values["apart_for_good"] == YES
        else before.get("apart", []),
        "mismatches": int(before.get("mismatches", 0)) + (values["apart_for_good"] == YES),
    }


PERSON_CASE = Procedure(
    PEOPLE,
    "B",
    "Buddies: taking part",
    "mechlin.law.buddies",
    form_name,
    stages=(
        Stage("registered", days=law.SCREENING_DAYS),
        Stage("screened", "can take part", days=law.SCREENING_DAYS),
        Stage("waiting", "waits for a buddy"),
        Stage("paired", "has a buddy"),
        Stage("refused", "cannot take part", ends=True),
        Stage("done", "completed", ends=True),
        Stage("stopped", ends=True),
    ),
    actions=(
        Action(
            "registered",
            "Take part in the buddy project",
            ("resident", "coordinator"),
            after="registered",
            fields=(
                Field("who", "Who are you?", PERSON),
                Field("side", "What are you looking for?", CHOICE, choices=SIDES),
                *WISHES,
            ),
            article=law.PROJECT,
            consequence="A coordinator calls you within two weeks. You can stop at any time.",
            check=_adult,
        ),
        Action(
            "screened",
            "Screening",
            _COORDINATOR,
            ("registered",),
            lambda look, values, decision: "screened" if decision is None or decision.favourable else "refused",
            (
                Field("talked_day", "Talked with on", DAY),
                Field(
                    "extract_clear",
                    "Extract of the register of convictions: does nothing stand in the way?",
                    YES_NO,
                    False,
                    hint="Of volunteers only. It is looked at and given back; it is not kept.",
                ),
            ),
            law.PROJECT,
            "They can take part, or get a letter that says why not.",
            ("signer",),
            decides=_screened,
            check=_extract,
        ),
        Action(
            "intake",
            "Intake",
            _COORDINATOR,
            ("screened",),
            "waiting",
            WISHES,
            law.PROJECT,
            "They wait for a buddy; whoever waits longest is served first.",
        ),
        Action(
            "wishes",
            "Change interests or free moments",
            _COORDINATOR,
            ("waiting",),
            "",
            WISHES,
            law.PROJECT,
            "The next proposal goes by these.",
        ),
        Action(
            "talked",
            "Talked about what did not go well",
            _COORDINATOR,
            ("waiting",),
            "",
            (Field("talk", "What was said", LONG_TEXT),),
            law.PROJECT,
            "After it somebody new can be proposed.",
            works_out=lambda look, values: {"mismatches": 0},
            possible=lambda look: "" if look.answers.get("mismatches") else "nothing has gone wrong yet",
        ),
        Action("matched", "A proposal", (), ("waiting",), "paired", article=law.PROJECT, shown=False, decides=_matched),
        Action("freed", "Free again", (), ("paired",), "waiting", article=law.PROJECT, shown=False, works_out=_freed),
        Action("done", "Completed", (), ("paired",), "done", article=law.BASIS, shown=False, decides=_certificate),
        Action(
            "stopped",
            "Stop taking part",
            ("resident", "coordinator"),
            _FREE,
            "stopped",
            (),
            law.PROJECT,
            "You are asked for nothing any more; what you told us is erased after the time of keeping.",
        ),
    ),
    objection=Objection(30, "the municipal executive", law.PROJECT, reopens="registered"),
    about="who",
    stops=(("illness", "illness"),),
    computed=(("mismatches", "Mismatches so far"),),
    keep_years=2,
    letter_parts=letter_parts,
)
