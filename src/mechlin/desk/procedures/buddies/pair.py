"""A pair: proposed with reasons, agreed by both, meetings, a mismatch and what follows, the certificate."""

from typing import Any

from mechlin.core.clock import month_number
from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    DAY,
    LONG_TEXT,
    NO,
    NUMBER,
    YES,
    YES_NO,
    Action,
    Choices,
    Decision,
    Field,
    Follow,
    Look,
    Procedure,
    Stage,
)
from mechlin.desk.procedures.buddies.shared import (
    INTERESTS,
    MOMENTS,
    NEWCOMER,
    PAIRS,
    PEOPLE,
    VOLUNTEER,
    form_name,
    hours_of,
    meetings_of,
    person_of,
    said,
    waiting,
)
from mechlin.law import buddies as law
from mechlin.law.buddies import Match

_COORDINATOR = ("coordinator",)
_TOGETHER = ("agreed", "running", "paused", "mismatch")
_WHY_NOT = (
    ("no common ground", "there is no common ground"),
    ("no time", "they find no time"),
    ("expectations", "they expected something else"),
    ("boundary", "something happened that should not"),
)
_OTHER = (
    ("declined before", "the first one cannot at the moment"),
    ("too far", "they live too far apart to walk or cycle"),
    ("coordinator knows both", "the coordinator knows both and has a reason that they know"),
)


def matches(look: Look) -> list[Match]:
    """Return the volunteers who can be proposed to the newcomer, the best first."""
    if look.parent is None or look.parent.answers.get("side") != NEWCOMER:
        return []
    volunteers = [s for s in waiting(look, VOLUNTEER) if not law.talk_first(int(s.answers.get("mismatches", 0)))]
    return law.candidates(person_of(look.parent), [person_of(s) for s in volunteers])


def _possible(look: Look) -> str:
    person = look.parent
    if person is None or person.procedure != PEOPLE or person.answers.get("side") != NEWCOMER:
        return "a pair begins with somebody who came not long ago"
    if person.stage != "waiting":
        return "this person does not wait for a buddy now"
    if law.talk_first(int(person.answers.get("mismatches", 0))):
        return "it went wrong twice: talk with this person first"
    if not matches(look):
        return "no volunteer who waits has time at the same moments"
    return ""


def _choices(look: Look) -> Choices:
    return tuple(
        (m.volunteer, f"{m.volunteer}: {said(m.interests, INTERESTS) or '–'} ({said(m.moments, MOMENTS)})")
        for m in matches(look)
    )


def _first(look: Look, values: dict[str, Any]) -> list[Problem]:
    if values["volunteer"] != matches(look)[0].volunteer and "other_why" not in values:
        return [
            Problem(
                f"{matches(look)[0].volunteer} comes first: most interests in common, and waits longest",
                column="other_why",
                repair="choose a reason why it is somebody else",
            )
        ]
    return []


def _shared(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    found = next(m for m in matches(look) if m.volunteer == values["volunteer"])
    return {
        "newcomer": found.newcomer,
        "shared_interests": list(found.interests),
        "shared_moments": list(found.moments),
    }


def _propose(look: Look, values: dict[str, Any]) -> list[Follow]:
    told = {name: values[name] for name in ("shared_interests", "shared_moments")}
    return [Follow(values[side], "matched", told) for side in (NEWCOMER, VOLUNTEER)]


def _free(for_good: str) -> Any:
    """Return the step by which both are free again; ``for_good`` where they are never proposed to each other again."""

    def both(look: Look, values: dict[str, Any]) -> list[Follow]:
        a = look.answers
        pairs = ((a[NEWCOMER], a[VOLUNTEER]), (a[VOLUNTEER], a[NEWCOMER]))
        return [Follow(who, "freed", {"from": other, "apart_for_good": for_good}) for who, other in pairs]

    return both


def _agreed(look: Look, values: dict[str, Any]) -> bool:
    return bool(values["newcomer_agrees"] == values["volunteer_agrees"] == YES)


def _met(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    row = {"day": values["met_day"], "hours": values["met_hours"]}
    return {"meetings": [*look.answers.get("meetings", []), row]}


def _meeting(look: Look, values: dict[str, Any]) -> list[Problem]:
    day, out = values["met_day"], []
    if not look.answers["first_day"] <= day <= look.day:
        allowed = f"{look.answers['first_day']} to {look.day}"
        out.append(Problem(f"no meeting can have been on {day}", column="met_day", allowed=allowed))
    if any(row["day"] == day for row in look.answers.get("meetings", ())):
        out.append(Problem(f"the meeting of {day} is there already", column="met_day"))
    return out


def _unfinished(look: Look) -> str:
    """Return why no certificate can be given yet."""
    state = look.state
    form = next(f for f in law.FORMS if f.name == state.form)
    if "first_day" in state.answers and law.completed(form, meetings_of(state), _first_month(look), hours_of(state)):
        return ""
    most = f"{form.hours:g} hours, or " if form.hours else ""
    return f"{hours_of(state):g} hours so far; a certificate needs {most}six months with {law.MEETINGS_A_MONTH} meetings each"


def _first_month(look: Look) -> int:
    return month_number(look.answers["first_day"][:7])


def _finish(look: Look, values: dict[str, Any]) -> list[Follow]:
    told = {"met": len(look.answers.get("meetings", ())), "hours": hours_of(look.state)}
    return [Follow(look.answers[side], "done", told) for side in (NEWCOMER, VOLUNTEER)]


def doses(look: Look) -> dict[str, float]:
    """Return 1 for a pair that met as agreed for its first half year; a certificate alone is no dose."""
    if "first_day" not in look.answers:
        return {}
    over = month_number(look.day[:7]) - _first_month(look) >= law.MONTHS
    return {"buddies.pairs_per_year": float(over and law.kept(meetings_of(look.state), _first_month(look)))}


def _after(look: Look, values: dict[str, Any], decision: Decision | None) -> str:
    return "running" if values["go_on"] == YES else "parted"


PAIR = Procedure(
    PAIRS,
    "D",
    "Buddies: a pair",
    "mechlin.law.buddies",
    form_name,
    stages=(
        Stage("proposed", days=law.ANSWER_DAYS),
        Stage("agreed", "both agree", days=law.ANSWER_DAYS),
        Stage("running", "they meet", days=law.MEETING_DAYS),
        Stage("paused", days=law.PAUSE_DAYS),
        Stage("mismatch", "it does not go well", days=law.MISMATCH_DAYS),
        Stage("declined", ends=True),
        Stage("parted", ends=True),
        Stage("completed", "completed, with a certificate", ends=True),
        Stage("stopped", ends=True),
    ),
    actions=(
        Action(
            "proposed",
            "Propose a buddy",
            _COORDINATOR,
            after="proposed",
            fields=(
                Field(
                    "volunteer",
                    "Volunteer",
                    CHOICE,
                    choices=_choices,
                    hint="The best first: most interests in common, then whoever waits longest.",
                ),
                Field("other_why", "Why not the first?", CHOICE, False, _OTHER),
            ),
            article=law.PROJECT,
            consequence="Both get a letter with the reasons; no name is told before both agree.",
            possible=_possible,
            check=_first,
            works_out=_shared,
            then=_propose,
        ),
        Action(
            "answered",
            "Both have answered",
            _COORDINATOR,
            ("proposed",),
            lambda look, values, _: "agreed" if _agreed(look, values) else "declined",
            (
                Field("newcomer_agrees", "Does the newcomer agree?", YES_NO),
                Field("volunteer_agrees", "Does the volunteer agree?", YES_NO),
            ),
            law.PROJECT,
            "They meet, or both wait for somebody else.",
            then=lambda look, values: [] if _agreed(look, values) else _free(YES)(look, values),
        ),
        Action(
            "began",
            "First meeting, with the coordinator",
            _COORDINATOR,
            ("agreed",),
            "running",
            (Field("first_day", "First meeting on", DAY),),
            law.PROJECT,
            "They know each other; from now on they meet by themselves.",
            check=lambda look, values: (
                [Problem(f"{values['first_day']} has not come yet", column="first_day")]
                if values["first_day"] > look.day
                else []
            ),
        ),
        Action(
            "met",
            "Enter a meeting",
            _COORDINATOR,
            ("running",),
            "",
            (Field("met_day", "Day", DAY), Field("met_hours", "Hours", NUMBER, low=0.25, high=12)),
            law.PROJECT,
            "It counts for the certificate.",
            check=_meeting,
            works_out=_met,
            renews=True,
        ),
        Action("paused", "Pause", _COORDINATOR, ("running",), "paused", (), law.PROJECT, "The pair rests for a while."),
        Action("resumed", "Go on", _COORDINATOR, ("paused",), "running", (), law.PROJECT, "The pair meets again."),
        Action(
            "mismatch",
            "It does not go well",
            _COORDINATOR,
            ("agreed", "running", "paused"),
            "mismatch",
            (
                Field("mismatch_why", "What is it?", CHOICE, choices=_WHY_NOT),
                Field("mismatch_told", "What was told", LONG_TEXT, False),
            ),
            law.PROJECT,
            "The coordinator talks with each of them apart, within two weeks.",
        ),
        Action(
            "talked",
            "Talked with both, each apart",
            _COORDINATOR,
            ("mismatch",),
            _after,
            (
                Field("go_on", "Do both want to go on?", YES_NO),
                Field("agreed_now", "What was agreed", LONG_TEXT, False),
            ),
            law.PROJECT,
            "They go on, or both are free for somebody else; it counts against nobody.",
            check=lambda look, values: (
                [Problem("after something that should not have happened they are parted", column="go_on")]
                if look.answers["mismatch_why"] == "boundary" and values["go_on"] == YES
                else []
            ),
            then=lambda look, values: [] if values["go_on"] == YES else _free(YES)(look, values),
        ),
        Action(
            "completed",
            "Give the certificate",
            _COORDINATOR,
            ("running", "paused"),
            "completed",
            (),
            law.BASIS,
            "Both get a letter that thanks them and says what they did.",
            ("signer",),
            possible=_unfinished,
            then=_finish,
        ),
        Action(
            "stopped",
            "End the pair",
            _COORDINATOR,
            _TOGETHER,
            "stopped",
            (Field("stopped_why", "Why?", LONG_TEXT, False),),
            law.PROJECT,
            "Both are free for somebody else.",
            then=_free(NO),
        ),
    ),
    parent=PEOPLE,
    doses=doses,
    keep_years=2,
)
