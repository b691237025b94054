"""One plan: handed in, read, ranked, paid in parts, held, reported by counting, settled; or refused with its reason."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import (
    CHOICE,
    DAY,
    LONG_TEXT,
    NUMBER,
    PERSON,
    TABLE,
    WHOLE,
    YES_NO,
    Action,
    Choices,
    Field,
    Look,
    Objection,
    Procedure,
    Stage,
)
from mechlin.desk.procedures.grants import deciding, money
from mechlin.desk.procedures.grants.lists import KINDS, MOST, PLANS, ROUNDS, area_choices, met, points_of
from mechlin.law import grants
from mechlin.law.grants import BASIS, POINTS, ROUND_BASIS

_WHO = ("clerk", "resident")
_PROMISED = ("granted", "first_paid")


def _can_hand_in(look: Look) -> str:
    round_ = look.parent
    if round_ is None or round_.procedure != ROUNDS:
        return "a plan belongs to a round"
    if round_.stage == "open" and look.day > round_.answers["apply_until"]:
        return f"plans were taken until {round_.answers['apply_until']}"
    return "" if round_.stage == "open" else "the round is not open for plans"


def _check(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what does not go together in a plan; being late is for the rule to say, with its reason."""
    out = []
    if values["activity_day"] < look.day:
        out.append(Problem("this day has passed", column="activity_day"))
    most = look.parent.answers[MOST[values["kind"]]] if look.parent else 0
    if values["asked_eur"] > most:
        out.append(Problem("this is more than the round gives", column="asked_eur", allowed=f"1 to {most:g}"))
    return out


def _all_met(look: Look, values: dict[str, Any], _: Any) -> str:
    return "complete" if all(answer is True for answer in met(look, values).values()) else "doubtful"


def _one_a_juror(look: Look) -> str:
    if look.parent is None or look.parent.answers["how"] != POINTS:
        return "this round gives no points"
    if look.parent.stage not in ("open", "closed"):
        return "the plans are ranked already"
    return "you have given your points" if look.actor.account in points_of(look.state) else ""


def _criteria(look: Look) -> Choices:
    rows = look.parent.answers.get("criteria", []) if look.parent else []
    return tuple((r["criterion"], f"{r['criterion']} (0–{r['most']})") for r in rows)


def _points(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with points: every criterion once, none above its most."""
    most = {r["criterion"]: r["most"] for r in look.parent.answers["criteria"]} if look.parent else {}
    given = [row["criterion"] for row in values["points"]]
    out = [
        Problem("more points than the criterion has", "points", n, "points", allowed=f"0 to {most[row['criterion']]}")
        for n, row in enumerate(values["points"], 2)
        if row["points"] > most[row["criterion"]]
    ]
    out += [Problem(f"{c}: points are needed", column="points") for c in most if c not in given]
    return out + [Problem(f"{c} stands here twice", column="points") for c in most if given.count(c) > 1]


def _counted(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what cannot be in a count of who met."""
    came = values["came"]
    return [
        Problem("this cannot be more than the people who came", column=name, allowed=f"0 to {came}")
        for name in ("met_new", "from_streets")
        if values[name] > came
    ]


PLAN = Procedure(
    PLANS,
    "P",
    "Plan for a grant",
    "mechlin.law.grants",
    lambda day: grants.form_of(day).name,
    stages=(
        Stage("handed_in", "received", days=14),
        Stage("incomplete", "something is missing", days=14),
        Stage("complete", "takes part in the round"),
        Stage("doubtful", "a condition is not met or not known", days=14),
        Stage("refused", ends=True),
        Stage("withdrawn", ends=True),
        Stage("not_granted", "not granted: the money is spent", ends=True),
        Stage("granted"),
        Stage("first_paid", "first part paid"),
        Stage("held", "activity held, the report is awaited", days=grants.REPORT_DAYS),
        Stage("reported", days=30),
        Stage("recovering", "must be paid back", days=30),
        Stage("settled", ends=True),
        Stage("recovered", "paid back", ends=True),
    ),
    actions=(
        Action(
            "handed_in",
            "Hand in a plan to meet in your street or neighbourhood",
            _WHO,
            after="handed_in",
            fields=(
                Field("applicant", "Who hands it in, and gets the letters", PERSON),
                Field("kind", "Who is the activity for?", CHOICE, choices=KINDS),
                Field("area", "Where?", CHOICE, choices=area_choices),
                Field("activity_day", "On which day?", DAY),
                Field("what", "What will happen?", LONG_TEXT),
                Field(
                    "invitation",
                    "How is everybody who lives there invited?",
                    LONG_TEXT,
                    hint="The words of the leaflet, and to which doors it goes.",
                ),
                Field("addresses", "At how many addresses do the organisers live?", WHOLE, low=1, high=1000),
                Field("asked_eur", "How many euros do you ask for?", NUMBER, low=1, high=100_000),
            ),
            article=BASIS,
            consequence="You get a number at once, and an answer in writing.",
            possible=_can_hand_in,
            check=_check,
            works_out=lambda look, _: {"handed_in_on": look.day},
        ),
        Action(
            "incomplete",
            "Something is missing",
            ("clerk",),
            ("handed_in", "doubtful"),
            "incomplete",
            (Field("missing", "What is missing?", LONG_TEXT),),
            BASIS,
            "Whoever handed it in is asked for it; the day of handing in stays.",
        ),
        Action(
            "added",
            "Add what was missing",
            _WHO,
            ("incomplete",),
            "handed_in",
            (Field("addition", "What was missing", LONG_TEXT),),
            BASIS,
            "The plan is read again.",
        ),
        Action(
            "checked",
            "Read the plan against the conditions",
            ("clerk",),
            ("handed_in", "incomplete", "doubtful"),
            _all_met,
            (
                Field("open_to_all", "Is everybody who lives there invited?", YES_NO, not_known=True),
                Field("in_scope", "Is it an activity in which residents of the area meet?", YES_NO, not_known=True),
            ),
            BASIS,
            "It takes part when every condition is met; else it waits for more, or for a refusal by two people.",
        ),
        Action(
            "refused",
            "Refuse the plan",
            ("clerk",),
            ("doubtful",),
            lambda look, values, decision: "complete" if decision and decision.favourable else "refused",
            (),
            BASIS,
            "Whoever handed it in gets a letter with every condition.",
            ("signer",),
            decides=deciding.refused,
            outcomes=((deciding.REFUSED, deciding.REFUSED), (deciding.ADMITTED, deciding.ADMITTED)),
            overrides=(
                ("form", "A slip in the form that changes nothing for anybody"),
                ("office", "The office itself was late or wrong"),
            ),
        ),
        Action(
            "scored",
            "Give points",
            ("jury",),
            ("complete",),
            fields=(
                Field(
                    "points",
                    "Points",
                    TABLE,
                    columns=(
                        Field("criterion", "Criterion", CHOICE, choices=_criteria),
                        Field("points", "Points", WHOLE, low=0, high=100),
                    ),
                ),
            ),
            article=ROUND_BASIS,
            consequence="The mean of all members of the jury counts.",
            possible=_one_a_juror,
            check=_points,
        ),
        Action(
            "ranked",
            "The ranking",
            (),
            ("complete",),
            lambda look, values, _: "granted" if values["granted_eur"] > 0 else "not_granted",
            decides=deciding.ranked,
            article=ROUND_BASIS,
            shown=False,
        ),
        Action(
            "granted_after",
            "Grant a plan after an objection",
            ("clerk",),
            ("complete",),
            "granted",
            (Field("granted_eur", "Euros", NUMBER, low=0.01, high=100_000),),
            ROUND_BASIS,
            "The plan is paid beside the ranking; nobody loses anything.",
            ("signer",),
            possible=money.after_the_round,
            check=money.at_most_asked,
            decides=deciding.granted_after,
        ),
        Action(
            "withdrawn",
            "Withdraw the plan",
            _WHO,
            ("handed_in", "incomplete", "doubtful", "complete", "granted"),
            "withdrawn",
            (),
            BASIS,
            "The plan takes no part any more, and nothing is paid.",
        ),
        Action(
            "first_paid",
            "Pay the first part",
            ("clerk",),
            ("granted",),
            "first_paid",
            (Field("paid_on", "Paid on", DAY),),
            ROUND_BASIS,
            "The first part goes to whoever handed the plan in.",
            ("signer",),
            possible=money.first_is_due,
            check=money.not_later_than_today("paid_on"),
            works_out=money.first,
        ),
        Action(
            "held",
            "The activity was held",
            _WHO,
            _PROMISED,
            "held",
            (),
            BASIS,
            "You have sixty days to say how many came and what it cost.",
            possible=lambda look: (
                "" if look.day >= look.answers["activity_day"] else f"the activity is on {look.answers['activity_day']}"
            ),
        ),
        Action(
            "reported",
            "Report on who met",
            _WHO,
            ("held",),
            "reported",
            (
                Field("came", "How many people came?", WHOLE, low=0, high=100_000),
                Field("from_streets", "From how many streets?", WHOLE, low=0, high=10_000),
                Field("met_new", "How many met somebody they did not know?", WHOLE, low=0, high=100_000),
                Field("method", "How was that counted?", CHOICE, choices=deciding.METHODS),
                Field("cost_eur", "What did it cost, in euros?", NUMBER, low=0, high=1_000_000),
                Field("told", "How was it?", LONG_TEXT, False),
            ),
            BASIS,
            "Only counts are asked: nobody is asked who they are.",
            check=_counted,
        ),
        Action(
            "settled",
            "Settle on the report",
            ("clerk",),
            ("reported",),
            money.after_settling,
            (Field("proven_eur", "Costs that bills or photographs prove, in euros", NUMBER, low=0, high=1_000_000),),
            ROUND_BASIS,
            "The second part is paid, or what is too much must be paid back.",
            ("signer",),
            decides=money.settled,
            works_out=money.settling,
        ),
        Action(
            "not_held",
            "The activity was not held, or no report came",
            ("clerk",),
            (*_PROMISED, "held"),
            money.after_settling,
            (),
            ROUND_BASIS,
            "What was paid must be paid back.",
            ("signer",),
            possible=money.no_report,
            decides=money.not_held,
            works_out=money.settling,
        ),
        Action(
            "recovered",
            "It was paid back",
            ("clerk",),
            ("recovering",),
            "recovered",
            (Field("recovered_on", "Paid back on", DAY),),
            ROUND_BASIS,
            "The plan is closed.",
            check=money.not_later_than_today("recovered_on"),
        ),
    ),
    objection=Objection(grants.OBJECTION_DAYS, "the municipal executive", ROUND_BASIS, reopens=money.reopened),
    parent=ROUNDS,
    about="applicant",
    stops=(("illness", "Illness"), ("asked", "Something was asked of another office")),
    computed=(
        ("granted_eur", "Granted, euros"),
        ("first_eur", "First part, euros"),
        ("second_eur", "Second part, euros"),
        ("back_eur", "To be paid back, euros"),
        ("rank", "Rank"),
    ),
    keep_years=10,
    letter_parts=deciding.letter_parts,
    doses=deciding.doses,
    form_by=lambda look, values: look.parent.form if look.parent else "",
)
