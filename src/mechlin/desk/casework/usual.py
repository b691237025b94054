"""Steps that every procedure has: the clock is stopped and started, somebody objects, the objection is answered."""

from dataclasses import replace
from typing import Any

from mechlin.desk.casework.declare import (
    CHOICE,
    LONG_TEXT,
    NO,
    YES,
    Action,
    Condition,
    Decision,
    Field,
    Look,
    Objection,
    Procedure,
    say,
)
from mechlin.desk.casework.state import OBJECTED, OBJECTION_DECIDED, STARTED, STOPPED
from mechlin.desk.ground.roles import GROUND, RESIDENT, ROLES
from mechlin.law import deadlines

ANY = ("*",)
UPHELD, REJECTED = "objection upheld", "objection rejected"
OUTCOMES = ((UPHELD, "The objection is upheld"), (REJECTED, "The objection is rejected"))


def completed(procedure: Procedure) -> Procedure:
    """Return a procedure with the usual steps behind its own, and with those who may read its cases.

    Nobody reads what they have no part in: whoever takes or signs a step of its own, and whoever may read every case.
    """
    own = {role for action in procedure.actions for role in (*action.by, *action.signed_by)}
    readers = tuple(role for role in ROLES if role in own or role in GROUND["read a case"])
    procedure = replace(procedure, readers=readers)
    return replace(procedure, actions=(*procedure.actions, *_clock(procedure), *_objection(procedure)))


def _of(procedure: Procedure, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of these roles have a part in a procedure; residents have one in all."""
    return tuple(role for role in roles if role in procedure.readers or role == RESIDENT)


def _clock(procedure: Procedure) -> list[Action]:
    if not procedure.stops:
        return []
    reason = Field("stop_reason", "Why does the clock stop?", CHOICE, choices=procedure.stops)
    return [
        Action(
            STOPPED,
            "Stop the clock",
            _of(procedure, GROUND["stop the clock"]),
            ANY,
            fields=(reason,),
            article=deadlines.BASIS,
            consequence="Terms stand still until the clock is started again.",
            possible=lambda look: "" if look.state.due else "there is no term that could stop",
        ),
        Action(
            STARTED,
            "Start the clock again",
            _of(procedure, GROUND["start the clock"]),
            ANY,
            article=deadlines.BASIS,
            consequence="The term is longer by the days that the clock stood.",
            possible=lambda look: "" if look.state.stopped else "the clock is running",
        ),
    ]


def _objection(procedure: Procedure) -> list[Action]:
    objection = procedure.objection
    if objection is None:
        return []
    return [
        Action(
            OBJECTED,
            "Object to a decision",
            _of(procedure, GROUND["enter an objection"]),
            ANY,
            fields=(Field("objection_ground", "What is wrong with the decision?", LONG_TEXT),),
            article=objection.article,
            consequence="Somebody else looks at the decision again and answers in writing.",
            possible=_can_object,
            works_out=lambda look, _: {"objection_late": YES if look.day > look.state.objection_until else NO},
        ),
        Action(
            OBJECTION_DECIDED,
            "Answer the objection",
            _of(procedure, ("clerk", "official")),
            ANY,
            after=lambda look, values, _: _reopened(look, objection) if values["objection_outcome"] == UPHELD else "",
            fields=(
                Field("objection_outcome", "What is the answer?", CHOICE, choices=OUTCOMES),
                Field("objection_reason", "Why?", LONG_TEXT),
            ),
            article=objection.article,
            consequence="Whoever objected gets the answer with its reason.",
            signed_by=("signer",),
            possible=lambda look: "" if look.state.objection else "there is no objection to answer",
            decides=lambda look, values: _answer(look, values, objection.article),
        ),
    ]


def _reopened(look: Look, objection: Objection) -> str:
    return objection.reopens(look) if callable(objection.reopens) else objection.reopens


def _can_object(look: Look) -> str:
    if look.state.objection:
        return "an objection is being looked at already"
    return "" if look.state.decisions else "there is no decision yet to object to"


def _answer(look: Look, values: dict[str, Any], article: str) -> Decision:
    upheld = values["objection_outcome"] == UPHELD
    late = look.state.objection is not None and look.state.objection.body["answers"].get("objection_late") == YES
    until = say("It could be handed in until {day}.", day=look.state.objection_until)
    return Decision(
        dict(OUTCOMES)[values["objection_outcome"]],
        upheld,
        article,
        (say("The objection was looked at by somebody who did not take the decision."),),
        (Condition.of("The objection was handed in in time", not late, article, until),),
    )
