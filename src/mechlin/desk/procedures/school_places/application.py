"""The application of one child: wishes, the place, taking it up, waiting lists and calls, late arrivals."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    LONG_TEXT,
    ORDER,
    PERSON,
    PUBLIC_TEXT,
    TABLE,
    WHOLE,
    YES,
    YES_NO,
    Action,
    Decision,
    Field,
    Look,
    Objection,
    Procedure,
    Stage,
)
from mechlin.desk.ground.roles import RESIDENT
from mechlin.desk.procedures.school_places.lists import (
    APPLICATIONS,
    HAS_PLACE,
    ROUNDS,
    first_for,
    names,
    school_choices,
    schools,
    year_choices,
)
from mechlin.desk.procedures.school_places.reasons import called_from_list, letter_parts, placed
from mechlin.law import school_draw
from mechlin.law.school_draw import BASIS

_OPEN, _LATE = ("open",), ("waiting_list",)
_DRAWN = ("placed", "unplaced", "taken_up")
_NUMBER = PUBLIC_TEXT  # of another case: no name


def _can_apply(look: Look) -> str:
    round_ = look.parent
    if round_ is None or round_.procedure != ROUNDS:
        return "an application belongs to a round"
    if round_.stage in _OPEN and look.day > round_.answers["apply_until"] and look.actor.role_for((RESIDENT,)):
        return f"applying ended on {round_.answers['apply_until']}"  # staff may still type what came on paper in time
    if round_.stage in (*_OPEN, *_LATE):
        return ""
    if round_.stage in ("drafted", "capacity"):
        return f"applying begins on {round_.answers['apply_from']}"
    if round_.stage == "ended":
        return "waiting lists have ended: ask the school itself, which enrols in order of arrival"
    return "applying has ended; late applications are taken when waiting lists begin"


def _wishes_most(look: Look) -> int:
    return int(look.parent.answers.get("wishes_most", 1)) if look.parent else 1


def _check(look: Look, values: dict[str, Any]) -> list[Problem]:
    round_ = look.parent
    most, out = _wishes_most(look), []
    if len(values["wishes"]) > most:
        out.append(Problem(f"{len(values['wishes'])} wishes are too many", column="wishes", allowed=f"{most} at most"))
    there = {s.school for s in schools(round_) if s.born == int(values["born_year"])}
    out += [
        Problem(f"{names(round_)[s]} has no places for children born in {values['born_year']}", column="wishes")
        for s in values["wishes"]
        if s not in there
    ]
    linked = values.get("linked")
    if linked and linked not in {s.id for s in look.children(APPLICATIONS, look.parent_id)}:
        out.append(
            Problem(
                f"there is no application {linked} in this round",
                column="linked",
                repair="write the number of the brother's or sister's application, or leave it out",
            )
        )
    return out


def _late(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    return {"late": YES} if look.parent and look.parent.stage in _LATE else {}


def _distances(look: Look, values: dict[str, Any]) -> list[Problem]:
    wishes, given = look.answers["wishes"], [r["school"] for r in values.get("distances", [])]
    by_distance = look.parent is not None and look.parent.answers["distance_share"] > 0
    out = [
        Problem(f"the distance to {s} is needed", column="distances") for s in wishes if by_distance and s not in given
    ]
    out += [Problem(f"{s} is not one of the wishes", column="distances") for s in given if s not in wishes]
    return out + [
        Problem(f"{s} stands here twice", column="distances") for s in sorted({s for s in given if given.count(s) > 1})
    ]


def _takes_up(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    called = look.answers.get("called_to", "")
    if look.state.stage == "called":
        return {"school": called, "wish": look.answers["wishes"].index(called) + 1, "called_to": ""}
    return {}


def _declines(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    return {"declined": [*look.answers.get("declined", []), look.answers["called_to"]], "called_to": ""}


def _back(look: Look, values: dict[str, Any], decision: Decision | None) -> str:
    """Return the stage in which the child was before the call."""
    return "taken_up" if look.answers.get("school") else "unplaced"


def _twin(look: Look) -> str:
    """Return why a school cannot take this child above its capacity: only the second of twins."""
    return "" if _twin_schools(look) else "no brother or sister born in the same year and linked has a place at a wish"


def _twin_schools(look: Look) -> list[str]:
    if look.parent is None or not look.state.id:
        return []
    mine = look.answers
    mates = [
        s
        for s in look.children(APPLICATIONS, look.parent.id)
        if s.answers.get("linked") == look.state.id or s.id == mine.get("linked")
    ]
    there = [s.answers["school"] for s in mates if s.stage in HAS_PLACE and s.answers["born_year"] == mine["born_year"]]
    before = mine.get("wish") or len(mine["wishes"]) + 1
    return [s for n, s in enumerate(mine["wishes"], 1) if s in there and n < before]


def _above(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    school = values["above_capacity"]
    return {"school": school, "wish": look.answers["wishes"].index(school) + 1}


def _waits(look: Look) -> str:
    if look.parent is None or look.parent.stage not in _LATE:
        return "waiting lists have not begun"
    return "" if first_for(look) else "no place is free for which this child is first on the list"


_WHO = ("clerk", "resident")
APPLICATION = Procedure(
    APPLICATIONS,
    "S",
    "Application for a school place",
    "mechlin.law.school_draw",
    lambda day: school_draw.form_of(int(day[:4])).name,
    stages=(
        Stage("applied", "received", days=14),
        Stage("incomplete", "something is missing", days=14),
        Stage("complete"),
        Stage("placed", "has a place"),
        Stage("unplaced", "waits for a place"),
        Stage("taken_up", "place taken up"),
        Stage("called", "called from the waiting list", days=school_draw.ANSWER_DAYS),
        Stage("lapsed", "place lapsed", ends=True),
        Stage("withdrawn", ends=True),
        Stage("enrolled", ends=True),
        Stage("list_ended", "waiting list ended", ends=True),
    ),
    actions=(
        Action(
            "applied",
            "Apply for a school place",
            _WHO,
            after="applied",
            fields=(
                Field("child", "The child", PERSON),
                Field("parent", "The parent to whom letters go", PERSON),
                Field("born_year", "The child's year of birth", CHOICE, choices=year_choices),
                Field(
                    "wishes",
                    "Schools, the one you like best first",
                    ORDER,
                    choices=school_choices,
                    high=10,
                    most=_wishes_most,
                    hint="Write them in your true order: no other order can give your child a better place.",
                ),
                Field("sibling", "A brother or sister goes to this school", CHOICE, False, school_choices),
                Field("staff", "A parent works at this school", CHOICE, False, school_choices),
                Field(
                    "reserved",
                    "Does the child belong to the group for which places are held?",
                    YES_NO,
                    False,
                    hint="The page of the round says which group that is, if there is any.",
                ),
                Field(
                    "linked",
                    "Application of a brother or sister who should come to the same school",
                    _NUMBER,
                    False,
                    longest=20,
                    hint="They then share one ticket. For twins this is mostly not needed: a school may take the "
                    "second above its capacity.",
                ),
            ),
            article=BASIS,
            consequence="You get a number at once. The hour of applying does not count.",
            possible=_can_apply,
            check=_check,
            works_out=_late,
        ),
        Action(
            "completed",
            "The application is complete",
            ("clerk",),
            ("applied", "incomplete"),
            lambda look, values, _: "unplaced" if look.answers.get("late") == YES else "complete",
            (
                Field(
                    "distances",
                    "Distance to each school, in metres",
                    TABLE,
                    False,
                    columns=(
                        Field("school", "Code of the school", CHOICE, choices=school_choices),
                        Field("metres", "Metres", WHOLE, low=0, high=200_000),
                    ),
                ),
            ),
            BASIS,
            "It takes part in the draw.",
            check=_distances,
        ),
        Action(
            "incomplete",
            "Something is missing",
            ("clerk",),
            ("applied",),
            "incomplete",
            (Field("missing", "What is missing?", LONG_TEXT),),
            BASIS,
            "The parents are asked for it.",
        ),
        Action(
            "withdrawn",
            "Withdraw the application",
            _WHO,
            ("applied", "incomplete", "complete", *_DRAWN, "called"),
            "withdrawn",
            (),
            BASIS,
            "The child gives up its place and its waiting lists.",
            possible=lambda look: (
                "the list is frozen: withdraw when the draw is signed"
                if look.state.stage == "complete" and look.parent and look.parent.stage not in ("open", "closed")
                else ""
            ),
        ),
        Action(
            "placed",
            "The draw",
            (),
            ("complete",),
            lambda look, values, _: "placed" if values["school"] else "unplaced",
            decides=placed,
            article=BASIS,
            shown=False,
        ),
        Action(
            "taken_up",
            "The place is taken up",
            ("school", "clerk"),
            ("placed", "called"),
            "taken_up",
            (),
            BASIS,
            "The child is enrolled at that school; wishes below it end.",
            works_out=_takes_up,
        ),
        Action("lapsed", "The place lapses", (), ("placed",), "lapsed", article=BASIS, shown=False),
        Action(
            "called",
            "Call from the waiting list",
            ("clerk",),
            _DRAWN,
            "called",
            (
                Field(
                    "called_to",
                    "School",
                    CHOICE,
                    choices=lambda look: tuple((s, names(look.parent).get(s, s)) for s in first_for(look)),
                ),
            ),
            BASIS,
            "The family has seven calendar days to answer.",
            possible=_waits,
            decides=called_from_list,
        ),
        Action(
            "declined",
            "Decline the place",
            ("clerk", "resident", "school"),
            ("called",),
            _back,
            (),
            BASIS,
            "The next child on the list is called.",
            works_out=_declines,
        ),
        Action(
            "above",
            "Take the second of twins above capacity",
            ("school", "clerk"),
            _DRAWN,
            "taken_up",
            (
                Field(
                    "above_capacity",
                    "School",
                    CHOICE,
                    choices=lambda look: tuple((s, names(look.parent).get(s, s)) for s in _twin_schools(look)),
                ),
            ),
            BASIS,
            "The school takes this child besides its places; nobody loses one.",
            possible=_twin,
            works_out=_above,
        ),
        Action("enrolled", "The round ends", (), ("placed", "taken_up"), "enrolled", article=BASIS, shown=False),
        Action("list_ended", "The waiting list ends", (), ("unplaced",), "list_ended", article=BASIS, shown=False),
    ),
    objection=Objection(
        school_draw.OBJECTION_DAYS,
        "the Pupils' Rights Commission, within 30 calendar days; the local platform mediates if you ask for it",
        BASIS,
    ),
    parent=ROUNDS,
    about="parent",
    computed=(("school", "School"), ("wish", "Wish"), ("late", "Came late")),
    minors=True,
    keep_years=5,
    letter_parts=letter_parts,
    form_by=lambda look, values: look.parent.form if look.parent else "",
)
