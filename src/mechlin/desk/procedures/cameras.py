"""Cameras in open places, and their register: none is in use without what the law asks for."""

from typing import Any

from mechlin.core.clock import month_number
from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    DAY,
    NUMBER,
    PUBLIC_TEXT,
    WHOLE,
    YES,
    YES_NO,
    Action,
    Condition,
    Decision,
    Field,
    Look,
    Part,
    Procedure,
    Said,
    Stage,
    say,
)
from mechlin.law import cameras as law

_OWNERS = (("town", "the town"), ("police zone", "the police zone"), ("other authority", "another public authority"))
_KINDS = (("fixed", "fixed"), ("movable", "fixed for a time"), ("plates", "reads number plates"))
_ADVICE = (("positive", "positive"), ("negative", "negative"))
_STANDS = {"council_advice": "positive", "police_advice": "positive", "pictogram": YES, "declared": YES}
_WHAT = {
    "council_advice": say("The council has advised in favour"),
    "police_advice": say("The chief of police has advised in favour"),
    "pictogram": say("A pictogram says that there are cameras"),
    "declared": say("The cameras are declared and stand in the register"),
}
_KEPT_AS_LONG = say("Images are kept no longer than the law lets")
_USE = "in_use"


def _month(look: Look) -> int:
    return month_number(look.day[:7])


def _conditions(look: Look) -> tuple[Condition, ...]:
    """Return what the law asks for, met or not, and the term for images."""
    stands = {name: look.answers.get(name) == value for name, value in _STANDS.items()}
    lacking = {c.name for c in law.missing(_month(look), **stands)}
    asked = law.form_of(_month(look)).asks
    days = int(look.answers["retention_days"])
    kept = Condition.of(
        _KEPT_AS_LONG.text,
        not law.retention_wrong(days),
        law.OPEN_PLACE,
        say("They are kept for {days} days; {most} at most are allowed.", days=days, most=law.RETENTION_DAYS),
    )
    return (*(Condition.of(_WHAT[c.name].text, c.name not in lacking, c.basis) for c in asked), kept)


def _lacking(look: Look) -> str:
    """Return why the cameras cannot be used yet."""
    lacking = [c.name for c in _conditions(look) if c.met != YES]
    return f"not met yet: {'; '.join(lacking)}" if lacking else ""


def _may_be_used(look: Look, values: dict[str, Any]) -> Decision:
    found = _conditions(look)
    met = all(c.met == YES for c in found)
    return Decision(
        "The cameras may be used" if met else "The cameras may not be used",
        met,
        law.OPEN_PLACE,
        (say("{n} cameras, for: {purpose}.", n=look.answers["cameras"], purpose=look.answers["purpose"]),),
        found,
    )


def _term(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with the term for images, and with days that have not come."""
    out = []
    if "retention_days" in values and (why := law.retention_wrong(values["retention_days"])):
        out.append(Problem(why, column="retention_days", allowed=f"1 to {law.RETENTION_DAYS}"))
    out += [
        Problem(f"{day} has not come yet", column=name)
        for name, day in values.items()
        if name.endswith("_day") and day > look.day
    ]
    return out


_KEPT = Field("retention_days", "Days for which images are kept", WHOLE, low=1, high=3650)
_PLACE = (
    Field("place", "Place: street, square, car park", PUBLIC_TEXT, longest=200),
    Field("owner", "Which public authority is responsible?", CHOICE, choices=_OWNERS),
    Field("purpose", "What are they for?", PUBLIC_TEXT, longest=500),
    Field("kind", "Kind", CHOICE, choices=_KINDS),
    Field("cameras", "How many cameras?", WHOLE, low=1, high=500),
    _KEPT,
    Field("north", "Latitude", NUMBER, False, low=-90, high=90, hint="In degrees, as 51.0281; for the map."),
    Field("east", "Longitude", NUMBER, False, low=-180, high=180, hint="In degrees, as 4.4803; for the map."),
)


def _advised(name: str, then: str) -> Any:
    return lambda look, values, _: then if values[name] == "positive" else "advised_against"


def shown(look: Look) -> list[Part]:
    """Return the public page of a place with cameras."""
    a = look.answers
    told: list[tuple[Said | str, Any]] = [
        (say("Place"), a["place"]),
        (say("Responsible"), say(dict(_OWNERS)[a["owner"]])),
        (say("Purpose"), a["purpose"]),
        (say("Kind"), say(dict(_KINDS)[a["kind"]])),
        (say("Cameras"), a["cameras"]),
        (say("Days for which images are kept"), a["retention_days"]),
        (say("Advice of the police"), _advice(a, "police_advice", "police_day")),
        (say("Advice of the council"), _advice(a, "council_advice", "council_day")),
        (say("Last looked at again"), say("{day}", day=a["review_day"]) if "review_day" in a else "–"),
        (say("To be looked at again by"), say("{day}", day=look.state.due) if look.state.stage == _USE else "–"),
    ]
    rows = tuple((say(c.name), say(c.met), say(c.article)) for c in _conditions(look))
    return [
        Part(say("These cameras"), (say(look.procedure.stage(look.state.stage).said),), (), tuple(told)),
        Part(say("What the law asks for"), (), ("Condition", "Met?", "Rests on"), rows),
    ]


def _advice(answers: dict[str, Any], name: str, day: str) -> Said | str:
    if name not in answers:
        return "–"
    return (
        say("positive, on {day}", day=answers[day])
        if answers[name] == "positive"
        else say("negative, on {day}", day=answers[day])
    )


def row(look: Look) -> dict[str, Any]:
    """Return one line of the open data: no name, no image, nothing about anybody."""
    a, state = look.answers, look.state
    return {
        "number": state.id,
        "stage": state.stage,
        "place": a["place"],
        "north": a.get("north", ""),
        "east": a.get("east", ""),
        "responsible": a["owner"],
        "purpose": a["purpose"],
        "kind": a["kind"],
        "cameras": a["cameras"],
        "images_days": a["retention_days"],
        **{name: a.get(name, "") for name in ("police_advice", "police_day", "council_advice", "council_day")},
        "pictogram": a.get("pictogram", ""),
        "declared_day": a.get("declared_day", ""),
        "in_use_from": next((e.body["day"] for e in state.events if e.kind == _USE), ""),
        "reviewed": a.get("review_day", ""),
        "next_review": state.due if state.stage == _USE else "",
        "in_use_to": state.closed if state.stage == "removed" else "",
    }


PROCEDURE = Procedure(
    "cameras",
    "C",
    "Cameras in an open place",
    "mechlin.law.cameras",
    lambda day: law.form_of(month_number(day[:7])).name,
    stages=(
        Stage("proposed", days=law.ADVICE_DAYS),
        Stage("police_advised", "the police have advised in favour", days=law.ADVICE_DAYS),
        Stage("advised_against", "advised against"),
        Stage("council_advised", "the council has advised in favour"),
        Stage("installed", "put up, not in use"),
        Stage("declared", "declared, not in use"),
        Stage(_USE, "in use", days=law.REVIEW_DAYS),
        Stage("removed", ends=True),
        Stage("dropped", ends=True),
    ),
    actions=(
        Action(
            "proposed",
            "Propose cameras",
            ("clerk", "police"),
            after="proposed",
            fields=_PLACE,
            article=law.OPEN_PLACE,
            consequence="The proposal is public; the police and the council are asked for their advice.",
            check=_term,
        ),
        Action(
            "police_advised",
            "Advice of the chief of police",
            ("police",),
            ("proposed",),
            _advised("police_advice", "police_advised"),
            (
                Field("police_advice", "Advice", CHOICE, choices=_ADVICE),
                Field("police_day", "Day of the advice", DAY),
                Field("police_why", "Why, as anybody may read it", PUBLIC_TEXT, longest=1000),
            ),
            law.OPEN_PLACE,
            "Without a positive advice no camera is used.",
            check=_term,
        ),
        Action(
            "council_advised",
            "Advice of the municipal council",
            ("clerk",),
            ("police_advised",),
            _advised("council_advice", "council_advised"),
            (
                Field("council_advice", "Advice", CHOICE, choices=_ADVICE),
                Field("council_day", "Day of the vote", DAY),
                Field("council_minutes", "Number of the minutes", PUBLIC_TEXT, longest=60),
            ),
            law.OPEN_PLACE,
            "Without a positive advice no camera is used.",
            ("signer",),
            check=_term,
        ),
        Action(
            "proposed_again",
            "Propose them otherwise",
            ("clerk", "police"),
            ("advised_against",),
            "proposed",
            _PLACE,
            law.OPEN_PLACE,
            "Both advices are asked for anew.",
            check=_term,
            works_out=lambda look, values: {"police_advice": "", "council_advice": ""},
        ),
        Action(
            "dropped",
            "Drop the proposal",
            ("clerk",),
            ("proposed", "police_advised", "advised_against", "council_advised"),
            "dropped",
            (Field("dropped_why", "Why, as anybody may read it", PUBLIC_TEXT, longest=1000),),
            law.OPEN_PLACE,
            "No camera comes.",
        ),
        Action(
            "installed",
            "They are put up",
            ("clerk",),
            ("council_advised",),
            "installed",
            (
                Field("installed_day", "Put up on", DAY),
                Field("pictogram", "Somebody has seen that the pictogram hangs", YES_NO),
            ),
            law.REGISTER,
            "They stand, and are not used yet.",
            check=_term,
        ),
        Action(
            "pictogram_seen",
            "The pictogram hangs now",
            ("clerk",),
            ("installed", "declared", _USE),
            "",
            (Field("pictogram", "Somebody has seen that the pictogram hangs", YES_NO),),
            law.REGISTER,
            "Who walks there knows that there are cameras.",
        ),
        Action(
            "declared",
            "Declare them to the police, and enter them in the register",
            ("clerk",),
            ("installed",),
            "declared",
            (Field("declared_day", "Declared on", DAY),),
            law.REGISTER,
            "Two separate duties: the declaration, and the register, which is shown on demand.",
            check=_term,
            works_out=lambda look, values: {"declared": YES},
        ),
        Action(
            _USE,
            "Use them",
            ("clerk",),
            ("declared",),
            _USE,
            (),
            law.OPEN_PLACE,
            "Images are made from now on, and kept as long as the register says.",
            ("signer",),
            decides=_may_be_used,
            possible=_lacking,
        ),
        Action(
            "reviewed",
            "Look at them again",
            ("clerk",),
            (_USE,),
            lambda look, values, _: _USE if values["still_needed"] == YES else "removed",
            (
                Field("review_day", "Looked at on", DAY),
                Field("still_needed", "Are they still needed?", YES_NO),
                Field("review_why", "What shows it, as anybody may read it", PUBLIC_TEXT, longest=1000),
                Field("images_asked", "How often were images asked for in the past year?", WHOLE, low=0, high=10**6),
                _KEPT,
            ),
            law.REGISTER,
            "They stay for another year, or are taken away.",
            ("signer",),
            check=_term,
            renews=True,
        ),
        Action(
            "removed",
            "Take them away",
            ("clerk",),
            ("installed", "declared", _USE),
            "removed",
            (Field("removed_why", "Why, as anybody may read it", PUBLIC_TEXT, longest=1000),),
            law.REGISTER,
            "They are no longer used; the register keeps that they were.",
        ),
    ),
    public=shown,
    row=row,
    doses=lambda look: {"cameras.cameras": float(look.answers["cameras"])} if look.state.stage == _USE else {},
    keep_years=10,
)
