"""How a file at the desk goes by the table of the law: what follows on an event, what may not, ages and terms."""

from collections.abc import Callable
from datetime import date
from typing import Any

from mechlin.core.codes import MAJORITY
from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import YES, Look
from mechlin.law import parental_procedure as law

After = Callable[[Look, dict[str, Any], Any], str]
STAGES = law.STAGES
CLOSED = tuple(name for name in STAGES if name.startswith("closed"))
FINED, NOTIFIED, APPEALED, OWED = (STAGES[n] for n in (law.FINED, law.NOTIFIED, law.APPEALED, law.OWED))
WARNED, ASKED, OFFERED, AGREED = (STAGES[n] for n in (law.WARNED, law.ASKED, law.OFFERED, law.AGREED))
PLAN, SERVICE_OFFERED, SERVING = (STAGES[n] for n in (law.PLAN, law.SERVICE_OFFERED, law.SERVING))
OPEN = (WARNED, ASKED, OFFERED, AGREED, PLAN, SERVICE_OFFERED, SERVING)


def form_of(look: Look) -> int:
    """Return the form that the file goes by, as a number of the table."""
    return next(n for n, form in enumerate(law.FORMS) if form.name == look.state.form)


def _days_since_warning(look: Look, day: str) -> int:
    """Return the days from the last warning to a day; below zero without any."""
    warned = look.answers.get("warned_on", "")
    return (date.fromisoformat(day) - date.fromisoformat(warned)).days if warned else -1


def follows(
    look: Look, event: int, form: int | None = None, grave: bool = False, day: str = "", warned: str = ""
) -> str:
    """Return the stage that the table of the law gives after an event; "" where it cannot follow."""
    stage = STAGES.index(look.state.stage) if look.state.stage in STAGES else law.NONE
    since = _days_since_warning(look, day) if day and not warned else -1
    if warned:
        since = (date.fromisoformat(day) - date.fromisoformat(warned)).days
    after = int(law.next_stage(form_of(look) if form is None else form, stage, event, grave, since))
    return "" if after == law.IMPOSSIBLE else STAGES[after]


def after(event: int) -> After:
    """Return the function that says to which stage an event leads."""
    return lambda look, values, _: follows(look, event)


def after_finding(look: Look, values: dict[str, Any], _: Any) -> str:
    """Return the stage after a finding: a first one, a second within a year of a warning, or a grave one."""
    form = form_of(look) if look.state.id else law.form_on(values["facts_on"])
    return follows(look, law.FINDING, form, values["grave"] == YES, values["facts_on"], values.get("warned_before", ""))


def may(event: int, then: Callable[[Look], str] | None = None) -> Callable[[Look], str]:
    """Return the function that says why an event cannot follow now: by the table, the clock, or for a reason of its own."""

    def why_not(look: Look) -> str:
        if not follows(look, event):
            return f"{law.EVENTS[event]!r} cannot follow on {look.state.stage!r} in the form of {look.state.form}"
        late = bool(look.state.due) and look.day > look.state.due
        if event == law.EXPIRES and not late:
            return f"the term runs until {look.state.due}"
        if late and look.state.stage in OPEN and event != law.EXPIRES:
            return f"the term of {look.state.due} has passed: enter that first"
        return then(look) if then else ""

    return why_not


def lawyer_asked(look: Look) -> str:
    """Return why nobody may talk yet: a lawyer, free of charge, was not asked for the minor."""
    lawyer = form_of(look) != 2 or "lawyer_on" in look.answers
    return "" if lawyer else "first a lawyer, free of charge, is asked for the minor"


def mediation_offered(look: Look) -> str:
    """Return why nothing can follow on the offer: it was not made, and without it the procedure is void."""
    offered = form_of(look) != 2 or look.state.stage != OFFERED or "offered_on" in look.answers
    return "" if offered else "mediation is to be offered first: without that offer the procedure is void"


def expired(look: Look) -> str:
    """Return why a term that has passed leads nowhere yet."""
    return lawyer_asked(look) if look.state.stage == ASKED else mediation_offered(look)


def on_time(name: str, first: str = "") -> Callable[[Look, dict[str, Any]], list[Problem]]:
    """Return a check that a day has come and does not lie before an earlier one."""

    def check(look: Look, values: dict[str, Any]) -> list[Problem]:
        begins = look.answers.get(first, look.answers["facts_on"])
        if begins <= values[name] <= look.day:
            return []
        return [Problem("this day cannot be", column=name, allowed=f"{begins} to {look.day}")]

    return check


def finding(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what keeps a finding from opening or joining a file: its day, and the age of the minor on it."""
    facts, out = values["facts_on"], []
    if facts > look.day:
        out.append(Problem("this day has not come yet", column="facts_on", allowed=f"{look.day} or before"))
    if look.state.id and facts < look.answers["facts_on"]:
        out.append(Problem(f"the file begins with facts of {look.answers['facts_on']}", column="facts_on"))
    if values.get("warned_before", facts) > facts:
        out.append(Problem("the warning lies behind the facts", column="warned_before"))
    form = law.FORMS[form_of(look) if look.state.id else law.form_on(facts)]
    least = form.age_min if "by_law_age" not in values else max(form.age_min, int(values["by_law_age"]))
    minor = values["minor"].value if "minor" in values else look.told(look.answers.get("minor"))
    if minor:
        born = date.fromisoformat(minor["born"])
        on = date.fromisoformat(facts)
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        if not least <= age < MAJORITY:
            allowed = f"{least} to {MAJORITY - 1} on the day of the facts"
            out.append(Problem(f"at {age} the procedure does not apply", column="facts_on", allowed=allowed))
    return out


def still_counts(look: Look) -> str:
    """Return why a finding no longer joins a file: the year of its warning is over."""
    over = look.state.stage == WARNED and bool(look.state.due) and look.day > look.state.due
    return "the year of the warning is over: close this file, and report the finding in a new one" if over else ""


def remembers(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a file keeps of a finding: the day of a warning, and the last facts, from which terms are counted."""
    stage = after_finding(look, values, None)
    kept = {"last_facts_on": values["facts_on"]}
    if stage == WARNED:
        kept["warned_on"] = look.day
    elif values.get("warned_before"):
        kept["warned_on"] = values["warned_before"]
    return kept


# ----------------------------------------------------------------------------------------------- fines


def left_out(look: Look) -> tuple[str, ...]:
    """Return what was left out without which the procedure is void."""
    return law.void(form_of(look), "lawyer_on" in look.answers, "offered_on" in look.answers)


def decide_by(look: Look) -> str:
    """Return the last day on which a fine can be imposed."""
    kinds = {e.kind for e in look.state.events}
    longer = bool(kinds & {"accepted", "place_found", "service_accepted"})
    return law.decide_by(look.answers["last_facts_on"], longer)


def fine_most(look: Look) -> float:
    """Return the highest fine that the law allows on the day of the facts."""
    return law.fine_legal_max_eur(look.answers["last_facts_on"][:7], form_of(look))


def can_fine(look: Look) -> str:
    """Return why no fine can be imposed: the offers were not made, or the term to decide is over."""
    if "fine_eur" in look.answers:
        return "a fine is imposed already"
    void = left_out(look)
    if void:
        missing = {law.LAWYER: "a lawyer was not asked", law.MEDIATION: "mediation was not offered"}
        return f"the procedure is void: {', '.join(missing[name] for name in void)}; close it without a fine"
    last = decide_by(look)
    return "" if look.day <= last else f"a fine could be imposed until {last}; close the file without one"


def amount(name: str) -> Callable[[Look, dict[str, Any]], list[Problem]]:
    """Return a check that a fine is not above what the law allows."""

    def check(look: Look, values: dict[str, Any]) -> list[Problem]:
        most = fine_most(look)
        if 0 < values[name] <= most:
            return []
        return [Problem("the law does not allow this fine", column=name, allowed=f"above 0, at most {most:g}")]

    return check


def fine_imposed(look: Look) -> str:
    """Return why a decision cannot be notified: no fine is imposed."""
    return "" if "fine_eur" in look.answers else "no fine is imposed yet"


def can_appeal(look: Look) -> str:
    """Return why it is too late to appeal."""
    due = look.state.due
    return "" if not due or look.day <= due else f"an appeal could be made until {due}"
