"""The file of one household: applied, read, drawn, offered a home, serving, reviewed each year, and how it ends."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    CHOICES,
    DAY,
    LONG_TEXT,
    NUMBER,
    PERSON,
    WHOLE,
    YES,
    YES_NO,
    Action,
    Choices,
    Field,
    Look,
    Objection,
    Procedure,
    Stage,
)
from mechlin.desk.procedures.service_tenancies import deciding, serving
from mechlin.desk.procedures.service_tenancies.lists import (
    ARTICLE,
    CALLS,
    IN_FORCE,
    TENANCIES,
    TENURES,
    eligibility,
    first_waiting,
    home_choices,
    rent_eur,
    votes,
)
from mechlin.law import service_tenancy as law

_WHO = ("clerk", "resident")


def _can_apply(look: Look) -> str:
    call = look.parent
    if call is None or call.procedure != CALLS:
        return "an application belongs to a call"
    if call.stage == "open" and look.day > call.answers["apply_until"]:
        return f"applying ended on {call.answers['apply_until']}"
    return "" if call.stage == "open" else "the call is not open for applications"


def _all_met(look: Look, values: dict[str, Any], _: Any) -> str:
    return "eligible" if all(r.met is True for r in eligibility(look.parent, values)) else "doubtful"


def _another_reader(look: Look) -> str:
    readers = {e.actor for e in look.state.events if e.kind == "read_motivation"}
    return "you have read this motivation" if look.actor.account in readers else ""


def _criteria(look: Look) -> Choices:
    rows = look.parent.answers.get("criteria", []) if look.parent else []
    return tuple((r["criterion"], r["criterion"]) for r in rows)


def _reason_for_no(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return whether a reader says yes or no beside the criteria."""
    every = len(values.get("shown", ())) == len(_criteria(look))
    if values["convinced"] == YES and not values.get("shown"):
        return [Problem("yes needs a criterion that the motivation shows", column="shown")]
    if values["convinced"] != YES and every:
        return [Problem("no cannot stand beside a motivation that shows every criterion", column="shown")]
    return []


def _read(look: Look, values: dict[str, Any], _: Any) -> str:
    said = law.motivation(votes(look.state, [values["convinced"] == YES]))
    return {True: "motivated", False: "unconvinced"}.get(said, "eligible") if said is not None else "eligible"


def _next_in_order(look: Look) -> str:
    if look.parent is None or look.parent.stage != "letting":
        return "homes are not let yet, or no more"
    first = first_waiting(look)
    if look.state.id != first:
        return f"{first} comes before in the lottery"
    return "" if home_choices(look) else "no home is free"


def _after_objection(look: Look) -> str:
    upheld = any(e.kind == "objection decided" for e in look.state.events)
    if not upheld:
        return "only after an objection that was upheld"
    return "" if look.parent and look.parent.stage == "letting" else "the lottery is still to come"


def _reopened(look: Look) -> str:
    """Return the stage to which a household goes back when an objection is upheld."""
    return {"refused": "applied", "ended": "serving", "declined": "drawn"}.get(look.state.stage, "")


def _answer_is_late(look: Look) -> str:
    due = look.state.due
    return "" if due and look.day > due else f"the household can answer until {due}"


TENANCY = Procedure(
    TENANCIES,
    "T",
    "Service tenancy",
    "mechlin.law.service_tenancy",
    lambda day: law.form_of(day).name,
    stages=(
        Stage("applied", "received", days=30),
        Stage("doubtful", "a condition is not met or not known", days=14),
        Stage("eligible", "meets the conditions", days=30),
        Stage("unconvinced", "the motivation did not convince", days=14),
        Stage("motivated", "takes part in the lottery"),
        Stage("refused", ends=True),
        Stage("withdrawn", ends=True),
        Stage("drawn", "waits in the order of the lottery"),
        Stage("offered", "a home is offered", days=law.ANSWER_DAYS),
        Stage("accepted", "offer taken, the contract is made", days=30),
        Stage("declined", "offer declined", ends=True),
        Stage("serving", "lives there and works for the estate", days=365),
        Stage("warned", "warned: too few hours", days=law.NOTICE_DAYS),
        Stage("ended", ends=True),
    ),
    actions=(
        Action(
            "applied",
            "Apply for a home in return for community work",
            _WHO,
            after="applied",
            fields=(
                Field("applicant", "Who applies, and gets the letters", PERSON),
                Field("adults", "How many adults are in your household?", WHOLE, low=0, high=20),
                Field("oldest", "How old is the oldest adult?", NUMBER, low=0, high=120),
                Field("tenure", "How do you live now?", CHOICE, choices=TENURES),
                Field(
                    "motivation",
                    "Why do you want this, and what would you do for the estate?",
                    LONG_TEXT,
                    hint="Two people read it against the criteria on the page of the call.",
                ),
            ),
            article=ARTICLE,
            consequence="You get a number at once. The hour of applying does not count.",
            possible=_can_apply,
        ),
        Action(
            "checked",
            "Read the papers against the conditions",
            ("clerk",),
            ("applied", "doubtful"),
            _all_met,
            (
                Field("adults_seen", "Adults in the household, as the papers show", WHOLE, low=0, high=20),
                Field("oldest_seen", "Age of the oldest adult, years", NUMBER, low=0, high=120),
                Field("tenure_seen", "How the household lives", CHOICE, choices=TENURES, not_known=True),
            ),
            ARTICLE,
            "Every condition met: the motivation is read. Else it waits for more, or for a refusal by two people.",
        ),
        Action(
            "read_motivation",
            "Read the motivation",
            ("jury",),
            ("eligible",),
            _read,
            (
                Field("shown", "Which criteria does it show?", CHOICES, False, choices=_criteria),
                Field("convinced", "Does it convince you?", YES_NO),
                Field("motivation_why", "Why?", LONG_TEXT),
            ),
            ARTICLE,
            "Two people read; where they differ, a third decides.",
            possible=_another_reader,
            check=_reason_for_no,
        ),
        Action(
            "refused",
            "Refuse the application",
            ("clerk",),
            ("doubtful", "unconvinced"),
            lambda look, values, decision: deciding.onward(look) if decision and decision.favourable else "refused",
            (),
            ARTICLE,
            "The household gets a letter with every condition.",
            ("signer",),
            decides=deciding.refused,
            outcomes=((deciding.REFUSED, deciding.REFUSED), (deciding.GOES_ON, deciding.GOES_ON)),
            overrides=(("hardship", "It would be hard on somebody"), ("office", "The office itself was late or wrong")),
        ),
        Action(
            "withdrawn",
            "Withdraw the application",
            _WHO,
            ("applied", "doubtful", "eligible", "unconvinced", "motivated", "drawn", "offered", "accepted"),
            "withdrawn",
            (),
            ARTICLE,
            "The household gives up its place in the lottery.",
            possible=lambda look: (
                "the list is frozen: withdraw when the lottery is signed"
                if look.state.stage == "motivated" and look.parent and look.parent.stage in ("frozen", "seed", "drawn")
                else ""
            ),
        ),
        Action(
            "drawn", "The lottery", (), ("motivated",), "drawn", article=ARTICLE, decides=deciding.drawn, shown=False
        ),
        Action(
            "drawn_after",
            "Put first after an objection",
            ("clerk",),
            ("motivated",),
            "drawn",
            (),
            ARTICLE,
            "The household comes first for the next home; nobody loses one.",
            ("signer",),
            possible=_after_objection,
            decides=deciding.drawn_after,
            works_out=lambda look, _: {"rank": 0},
        ),
        Action(
            "offered",
            "Offer a home",
            ("clerk",),
            ("drawn",),
            "offered",
            (Field("home", "Home", CHOICE, choices=home_choices),),
            ARTICLE,
            "The household has fourteen days to say yes or no.",
            possible=_next_in_order,
            decides=deciding.offered,
            works_out=lambda look, values: {"rent_eur": rent_eur(look, values["home"])},
        ),
        Action(
            "accepted",
            "Take the home",
            _WHO,
            ("offered",),
            "accepted",
            (),
            ARTICLE,
            "The contract is made and signed.",
            possible=lambda look: "" if look.day <= look.state.due else f"the offer stood until {look.state.due}",
        ),
        Action(
            "declined",
            "Decline the home",
            _WHO,
            ("offered", "accepted"),
            "declined",
            (),
            ARTICLE,
            "The next household in the lottery is asked.",
        ),
        Action(
            "not_answered",
            "No answer came",
            ("clerk",),
            ("offered",),
            "declined",
            (),
            ARTICLE,
            "The next household in the lottery is asked.",
            ("signer",),
            possible=_answer_is_late,
            decides=deciding.not_answered,
        ),
        Action(
            "signed",
            "The contract is signed",
            ("clerk",),
            ("accepted",),
            "serving",
            (Field("starts_on", "First day of the contract", DAY),),
            ARTICLE,
            "Rent, hours and the term of six years run from that day.",
            ("signer",),
            check=serving.starts,
        ),
        Action(
            "hours",
            "Write down hours worked",
            ("clerk", "coordinator", "resident"),
            IN_FORCE,
            fields=(
                Field("minutes", "How many minutes?", WHOLE, low=5, high=1_440),
                Field("task", "What?", CHOICE, choices=serving.TASKS),
                Field("worked_on", "Which day, if not today?", DAY, False),
                Field("estate", "Where, if not on your own estate?", CHOICE, False, serving.estates),
            ),
            article=ARTICLE,
            consequence="Somebody else confirms it.",
            check=serving.possible_hours,
            works_out=serving.today_and_here,
        ),
        Action(
            "hours_confirmed",
            "Confirm hours",
            ("coordinator", "clerk"),
            IN_FORCE,
            fields=(Field("entries", "Which hours were worked?", CHOICES, choices=serving.waiting),),
            article=ARTICLE,
            consequence="They count. Nobody confirms what they wrote down themselves.",
            possible=serving.nothing_waits,
        ),
        Action(
            "hours_struck",
            "Strike out hours",
            ("coordinator", "clerk"),
            IN_FORCE,
            fields=(
                Field("struck", "Which hours were not worked?", CHOICES, choices=serving.waiting),
                Field("struck_why", "Why?", LONG_TEXT),
            ),
            article=ARTICLE,
            consequence="They do not count; the entry stays to be seen.",
            possible=serving.nothing_waits,
        ),
        Action(
            "warned",
            "Warn: too few hours",
            ("clerk", "coordinator"),
            IN_FORCE,
            "warned",
            (),
            ARTICLE,
            "The household gets a letter with its hours, and a talk.",
            ("signer",),
            possible=serving.no_warning,
            decides=deciding.warned,
            works_out=serving.warning,
        ),
        Action(
            "talked",
            "A talk was held",
            ("coordinator", "clerk"),
            ("warned",),
            fields=(Field("talk_on", "On which day?", DAY), Field("talk", "What was agreed?", LONG_TEXT)),
            article=ARTICLE,
            consequence="A contract may end only thirty days after a talk.",
            check=serving.talk_day,
        ),
        Action(
            "on_track",
            "The hours are worked again",
            ("clerk", "coordinator"),
            ("warned",),
            "serving",
            (),
            ARTICLE,
            "The contract goes on; warnings stay in the file.",
            possible=serving.still_short,
        ),
        Action(
            "reviewed",
            "Yearly review",
            ("clerk",),
            IN_FORCE,
            "",
            (),
            ARTICLE,
            "The household is told how it stands: it goes on, has reached its term, or may be ended.",
            decides=deciding.reviewed,
            renews=True,
        ),
        Action(
            "ended",
            "End the contract",
            ("clerk",),
            IN_FORCE,
            "ended",
            (
                Field("end_ground", "On what ground?", CHOICE, choices=serving.GROUNDS),
                Field("ends_on", "Last day of the contract", DAY),
            ),
            ARTICLE,
            "The household leaves the home on that day.",
            ("signer",),
            check=serving.may_end,
            decides=deciding.ended,
        ),
    ),
    objection=Objection(law.OBJECTION_DAYS, "the municipal executive", ARTICLE, reopens=_reopened),
    parent=CALLS,
    about="applicant",
    stops=(("illness", "Illness"),),
    computed=(("rank", "Place in the lottery"), ("rent_eur", "Rent a month, euros")),
    keep_years=10,
    letter_parts=deciding.letter_parts,
    doses=serving.doses,
    own=serving.own,
    form_by=lambda look, values: look.parent.form if look.parent else "",
)
