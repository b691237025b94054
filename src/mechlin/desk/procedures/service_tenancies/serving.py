"""While a contract is in force: hours entered and confirmed, warnings, the talk, and when it may end."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework.declare import Choices, Look, Part, say
from mechlin.desk.procedures.service_tenancies.lists import (
    IN_FORCE,
    confirmed,
    days_since_talk,
    entries,
    entry_choices,
    estate_choices,
    homes,
    months_between,
    months_left,
    months_worked,
    short_since_warning,
    struck,
    warnings,
)
from mechlin.law import service_tenancy as law

TASKS = (
    ("homework", "Help with homework"),
    ("language", "Practising the language"),
    ("presence", "Being there: a walk, a talk, an ear"),
    ("activity", "An activity for neighbours"),
    ("repairs", "Small repairs and green"),
    ("other", "Something else"),
)
TERM, OWN_WISH, BREACH, SOLD = "term", "own wish", "breach", "sold"
GROUNDS = (
    (TERM, "The term is reached, or the programme is over"),
    (OWN_WISH, "The household wishes it"),
    (BREACH, "Too few hours after two warnings and a talk"),
    (SOLD, "The home is sold or taken down"),
)
_DAY_MINUTES = 1_440
_SHOWN = 20  # entries, the newest first


def starts(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return whether the first day of a contract lies near."""
    if abs(months_between(look.day, values["starts_on"])) <= 12:
        return []
    return [Problem("this day lies more than a year away", column="starts_on")]


def estates(look: Look) -> Choices:
    """Return where hours can be worked."""
    return estate_choices(look)


def waiting(look: Look) -> Choices:
    """Return the hours that wait for a second person."""
    return entry_choices(look)


def nothing_waits(look: Look) -> str:
    """Return why nothing can be confirmed."""
    return "" if entry_choices(look) else "no hours wait for you to confirm"


def today_and_here(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    """Return the day and the estate of an entry where they were left empty: it takes two answers on a phone."""
    own = homes(look.parent)[look.answers["home"]]["estate"]
    return {"worked_on": values.get("worked_on", look.day), "estate": values.get("estate", own)}


def possible_hours(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what cannot be in an entry: days to come or before the contract, more than a day's minutes in a day."""
    day = values.get("worked_on", look.day)
    if day > look.day:
        return [Problem("this day has not come yet", column="worked_on", allowed=f"{look.day} or before")]
    if day < look.answers["starts_on"]:
        return [Problem(f"the contract begins on {look.answers['starts_on']}", column="worked_on")]
    gone = struck(look.state)
    before = sum(
        e.body["answers"]["minutes"]
        for e in entries(look.state)
        if e.body["answers"]["worked_on"] == day and e.seq not in gone
    )
    if before + values["minutes"] > _DAY_MINUTES:
        return [Problem(f"that day has {before} minutes already", column="minutes")]
    return []


def no_warning(look: Look) -> str:
    """Return why no warning can follow: only two whole months in a row that are short of their hours."""
    if len(warnings(look.state)) >= law.WARNINGS_END:
        return "two warnings were given"
    due = law.warning_due(short_since_warning(look))
    return "" if due else "a warning follows only on two whole months in a row under three quarters of the hours"


def warning(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    """Return the months on which a warning rests; the next one begins behind them."""
    last = months_worked(look)[-law.SHORT_MONTHS :]
    return {
        "until_month": last[-1][0],
        "short_months": [{"month": m, "minutes": done, "owed": owed} for m, done, owed in last],
        "warning": len(warnings(look.state)) + 1,
    }


def talk_day(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return whether the day of a talk lies between the warning and today."""
    warned = warnings(look.state)[-1].body["day"]
    if warned <= values["talk_on"] <= look.day:
        return []
    return [Problem("the talk follows on the warning", column="talk_on", allowed=f"{warned} to {look.day}")]


def still_short(look: Look) -> str:
    """Return why a household is not on track: its last whole month since the warning is short, or not over."""
    since = short_since_warning(look)
    if not since:
        return "the month after the warning is not over"
    return "the last whole month is short of its hours" if since[-1] else ""


def standing(look: Look) -> int:
    """Return what a review says, as the rule in law puts it."""
    offered = look.parent is not None and look.parent.stage != "ended"
    return int(law.review(months_left(look), len(warnings(look.state)), offered))


def may_end(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return why a contract cannot end on that ground."""
    ground = values["end_ground"]
    if values["ends_on"] < look.answers["starts_on"]:
        return [Problem(f"the contract began on {look.answers['starts_on']}", column="ends_on")]
    if ground == TERM and standing(look) != law.TERM_REACHED:
        return [Problem(f"{months_left(look)} months of the term are left", column="end_ground")]
    if ground == BREACH and not law.may_end(len(warnings(look.state)), days_since_talk(look)):
        return [
            Problem(
                "a contract ends for hours not worked only after two warnings, a talk after the last of them, and thirty "
                "days after that talk",
                column="end_ground",
            )
        ]
    if ground in (BREACH, SOLD) and values["ends_on"] < look.day:
        return [Problem("this day has passed", column="ends_on", allowed=f"{look.day} or later")]
    return []


def doses(look: Look) -> dict[str, float]:
    """Return what a household delivers: a home let this way, and the hours that somebody confirmed."""
    if "starts_on" not in look.answers:
        return {}
    sure = confirmed(look.state) - struck(look.state)
    minutes = sum(e.body["answers"]["minutes"] for e in entries(look.state) if e.seq in sure)
    in_force = look.state.stage in IN_FORCE and look.answers["starts_on"] <= look.day
    return {"service_tenancy.homes": float(in_force), "hours_confirmed": minutes / 60}


def own(look: Look) -> list[Part]:
    """Return the hours of a household: each whole month against what is owed, and the newest entries."""
    if "starts_on" not in look.answers:
        return []
    sure, gone = confirmed(look.state), struck(look.state)
    months = tuple((m, round(done / 60, 1), round(owed / 60, 1)) for m, done, owed in reversed(months_worked(look)))
    tasks = dict(TASKS)
    rows = []
    for event in reversed(entries(look.state)[-_SHOWN:]):
        a = event.body["answers"]
        stands = "struck out" if event.seq in gone else "confirmed" if event.seq in sure else "not confirmed yet"
        rows.append((a["worked_on"], say(tasks[a["task"]]), a["estate"], a["minutes"], say(stands)))
    out = [Part(say("Hours, month by month"), (), ("Month", "Confirmed", "Owed"), months)] if months else []
    heads = ("Day", "Task", "Estate", "Minutes", "Stands")
    return [*out, Part(say("Hours written down"), (), heads, tuple(rows))] if rows else out
