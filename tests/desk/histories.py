"""Random files of the parental procedure: the desk and the rule alone, fed the same events, must always agree."""

import random
from datetime import UTC, date, datetime, timedelta

from mechlin.core.errors import InputError
from mechlin.desk.casework.office import NotLawfulError
from mechlin.law import parental_procedure as law
from mechlin.law.parental_procedure import Case, ImpossibleEvent
from tests.desk.conftest import PERSON_GIVEN

MINOR = {**PERSON_GIVEN, "given": "Robin", "born": "2010-06-01"}
STEP = {  # each event of the law, and the step at the desk that feeds it: (action, who, answers)
    "own measures enough": ("own_measures", "official", {}),
    "procedure started": ("started", "official", {}),
    "accepted": ("accepted", "mediator", {}),
    "refused": ("refused", "mediator", {}),
    "place found": ("place_found", "mediator", {}),
    "kept": ("kept", "mediator", {"report": "The school says so."}),
    "broken": ("broken", "mediator", {"report": "Nobody came."}),
    "deadline passed": ("deadline_passed", "official", {}),
    "no place": ("no_place", "mediator", {}),
    "notified": ("notified", "clerk", {}),
    "appealed": ("appealed", "clerk", {}),
    "appeal rejected": ("appeal_rejected", "clerk", {"court_eur": 50}),
    "annulled": ("annulled", "clerk", {}),
    "paid": ("paid", "clerk", {}),
    "no fine": ("no_fine", "official", {}),
}
FACTS = {"grave": "no", "facts": "Loud music at the square at three."}


def open_file(town, facts_on="", grave="no", **more):
    """Report a minor; the form follows the day of the facts."""
    answers = {
        "minor": MINOR, "parent": PERSON_GIVEN, "by_law_age": "14", "facts_on": facts_on or today(town), **FACTS,
        "grave": grave, **more,
    }  # fmt: skip
    return town.act("police", "found", procedure="parents", answers=answers).case


def today(town):
    return town.now.date().isoformat()


def step(town, case, event, **more):
    """Feed one event of the law to a file at the desk, with the days and amounts that the step asks for."""
    if event == "finding":
        return town.act("police", "found_again", case, {**FACTS, "facts_on": today(town), **more})
    action, who, answers = STEP[event]
    if event == "accepted" and town.state(case).stage == "service offered":
        action, answers = "service_accepted", {"service_hours": 15}
    days = {"notified": "notified_on", "paid": "paid_on"}
    answers = {**answers, **({days[event]: today(town)} if event in days else {}), **more}
    return town.act(who, action, case, answers)


def prepare(town, case):
    """Do what must come first: the lawyer, the offer of mediation."""
    state = town.state(case)
    if state.stage == "parents asked" and "lawyer_on" not in state.answers:
        town.act("clerk", "lawyer_asked", case, {"lawyer_on": today(town)})
    if state.stage == "plan offered" and state.form == "2013" and "offered_on" not in state.answers:
        town.act("mediator", "mediation_offered", case, {"offered_on": today(town)})


def fine(town, case, eur=50):
    town.act("clerk", "fine", case, {"fine_eur": eur, "fine_why": "The second time in a month."})
    town.office.sign(town.actor("official"), case, None, now=town.now)


def differences(town, seed, steps=12):
    """Return where a random file at the desk and the rule alone part: an event refused by one, or another stage."""
    rng, out = random.Random(seed), []
    minor = {**MINOR, "born": f"{town.now.year - 15}-01-01"}
    case = Case(2, date.fromisoformat(minor["born"]))
    grave = rng.random() < 0.6
    number = open_file(town, grave="yes" if grave else "no", minor=minor)
    case = case.feed("finding", town.now.date(), grave)
    for _ in range(steps):
        state = town.state(number)
        if state.stage != law.STAGES[case.stage]:
            out.append(f"{seed}: {state.stage!r} at the desk, {law.STAGES[case.stage]!r} by the rule")
        if state.closed or out:
            return out
        prepare(town, number)
        if state.stage == "fined" and "fine_eur" not in state.answers:
            fine(town, number)
        town.now = _later(town, rng, case)
        event = rng.choice(law.EVENTS) if rng.random() < 0.3 else rng.choice(_likely(case))
        if (event, state.stage) in (("appealed", "fine notified"), ("paid", "fine notified")) and town.now.month % 2:
            event = "paid"
        if event == "finding" and case.stage >= law.KEPT:
            continue  # what comes after the end of a file stands in a new one
        before = state.changed
        try:
            case = case.feed(event, town.now.date())
            lawful = True
        except ImpossibleEvent:
            lawful = False
        try:
            step(town, number, event)
            taken = True
        except (NotLawfulError, InputError):
            taken = False
        if taken != lawful:
            out.append(f"{seed}: {event!r} on {state.stage!r} of {today(town)} ({before}): desk {taken}, rule {lawful}")
    return out


def _likely(case):
    """Return the events that can follow by the table."""
    return [e for n, e in enumerate(law.EVENTS) if law.next_stage(2, case.stage, n, 0, -1) != law.IMPOSSIBLE] or [
        "kept"
    ]


def _later(town, rng, case):
    """Return a later time: sometimes past the deadline, and never on the days by which weekends make the desk's longer."""
    later = town.now + timedelta(days=rng.choice((0, 1, 3, 9)))
    late = case.deadline is not None and (rng.random() < 0.3 or later.date() > case.deadline)
    if late:
        last = datetime.combine(case.deadline, town.now.time(), tzinfo=UTC)
        return max(last + timedelta(days=8), later)
    return later
