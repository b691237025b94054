"""What a call and its households are to the rule: eligibility, votes, the order of the lottery, hours month by month."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from mechlin.core.codes import Tenure
from mechlin.desk.casework.declare import NOT_KNOWN, YES, Choices, Look
from mechlin.desk.casework.state import STARTED, STOPPED, State
from mechlin.desk.ground.log import Event
from mechlin.law import service_tenancy as law
from mechlin.law.school_draw import ticket
from mechlin.law.service_tenancy import Reason

ARTICLE = law.FORMS[-1].basis
CALLS, TENANCIES = "tenancy_call", "tenancy"
IN_FORCE = ("serving", "warned")
TENURES = (
    ("private", "We rent from a private landlord"),
    ("social", "We rent a social home"),
    ("owner", "We own the home"),
    ("service", "We have a service tenancy already"),
    ("none", "We have no home of our own"),
)
_CODES = {"private": Tenure.PRIVATE, "social": Tenure.SOCIAL, "owner": Tenure.OWNER, "service": Tenure.SERVICE}
_NO_HOME = -1
_MONTHS_A_YEAR = 12


def upper_age(call: State | None) -> float | None:
    """Return the upper age of a call; None where the by-law gives no reason for one."""
    return call.answers.get("upper_age") if call else None


def eligibility(call: State | None, read: dict[str, Any]) -> tuple[Reason, ...]:
    """Return every condition for a household as the papers show it."""
    tenure = read.get("tenure_seen", NOT_KNOWN)
    code = None if tenure == NOT_KNOWN else _CODES.get(tenure, _NO_HOME)
    basis = str(call.answers.get("upper_reason", "")) if call else ""
    return law.reasons(read["adults_seen"], read["oldest_seen"], code, upper_age(call), basis)


def votes(state: State, more: Iterable[bool] = ()) -> list[bool]:
    """Return what the readers of a motivation said, oldest first."""
    given = [e.body["answers"]["convinced"] == YES for e in state.events if e.kind == "read_motivation"]
    return [*given, *more]


def homes(call: State | None) -> dict[str, dict[str, Any]]:
    """Return the homes of a call by their codes."""
    return {r["home"]: r for r in (call.answers.get("homes", []) if call else [])}


def home_choices(look: Look) -> Choices:
    """Return the homes that nobody has been offered or lives in."""
    if look.parent is None:
        return ()
    beside = look.children(TENANCIES, look.parent.id)
    taken = {s.answers["home"] for s in beside if s.stage in ("offered", "accepted", *IN_FORCE)}
    return tuple((h, f"{h} – {r['estate']}") for h, r in homes(look.parent).items() if h not in taken)


def estate_choices(look: Look) -> Choices:
    """Return the estates of a call, where hours can be worked."""
    return tuple((e, e) for e in dict.fromkeys(r["estate"] for r in homes(look.parent).values()))


def drawn(call: State, seed: str, numbers: Iterable[str]) -> list[str]:
    """Return households in the order of the lottery."""
    return sorted(numbers, key=lambda n: (ticket(call.id, seed, n), n))


def first_waiting(look: Look) -> str:
    """Return the household that is next for a home: the first in the lottery that was offered none."""
    beside = look.children(TENANCIES, look.parent.id) if look.parent else []
    waiting = [(s.answers["rank"], s.id) for s in beside if s.stage == "drawn"]
    return min(waiting)[1] if waiting else ""


def rent_eur(look: Look, home: str) -> float:
    """Return the month's rent of a home, in whole cents."""
    if look.parent is None:
        return 0.0
    market = float(homes(look.parent)[home]["market_eur"])
    return round(float(law.rent_eur(market, float(look.parent.answers["discount_share"]))), 2)


def hours_a_month(call: State | None) -> float:
    """Return the hours of community work owed in a month."""
    a = call.answers if call else {}
    return float(law.hours_month(float(a["hours_week"]), float(a["weeks_a_month"])))


# ------------------------------------------------------------------------------------------------- hours


def entries(state: State) -> list[Event]:
    """Return every entry of hours, oldest first."""
    return [e for e in state.events if e.kind == "hours"]


def confirmed(state: State) -> set[int]:
    """Return the entries that somebody else has confirmed, by their place in the log."""
    return {int(n) for e in state.events if e.kind == "hours_confirmed" for n in e.body["answers"]["entries"]}


def struck(state: State) -> set[int]:
    """Return the entries that were struck out, by their place in the log."""
    return {int(n) for e in state.events if e.kind == "hours_struck" for n in e.body["answers"]["struck"]}


def unconfirmed(look: Look) -> list[Event]:
    """Return the entries that wait for somebody else: not for whoever wrote them down."""
    done = confirmed(look.state) | struck(look.state)
    return [e for e in entries(look.state) if e.seq not in done and e.actor not in look.actor.hands]


def entry_choices(look: Look) -> Choices:
    """Return the entries that can be confirmed, as they are read."""
    said = [(str(e.seq), e.body["answers"]) for e in unconfirmed(look)]
    return tuple((n, f"{a['worked_on']}: {a['minutes']} min, {a['task']}, {a['estate']}") for n, a in said)


def months_between(first: str, last: str) -> int:
    """Return the whole months from one day to another."""
    a, b = date.fromisoformat(first), date.fromisoformat(last)
    return (b.year - a.year) * _MONTHS_A_YEAR + b.month - a.month - (b.day < a.day)


def months_left(look: Look) -> int:
    """Return the months of the term that are left."""
    return law.TERM_MONTHS - months_between(look.answers["starts_on"], look.day)


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _days_stopped(state: State, first: date, after: date) -> int:
    """Return on how many days of a month the clock stood."""
    out, since = 0, None
    for event in state.events:
        if event.kind == STOPPED:
            since = date.fromisoformat(event.body["day"])
        elif event.kind == STARTED and since is not None:
            until = date.fromisoformat(event.body["day"])
            out += max((min(until, after) - max(since, first)).days, 0)
            since = None
    if since is not None:
        out += max((after - max(since, first)).days, 0)
    return out


def months_worked(look: Look) -> list[tuple[str, int, int]]:
    """Return each whole month since the start with the minutes confirmed and owed, oldest first."""
    starts = date.fromisoformat(look.answers["starts_on"])
    first = starts if starts.day == 1 else _next_month(starts)
    done: dict[str, int] = {}
    sure = confirmed(look.state) - struck(look.state)
    for event in entries(look.state):
        if event.seq in sure:
            a = event.body["answers"]
            done[a["worked_on"][:7]] = done.get(a["worked_on"][:7], 0) + a["minutes"]
    out, hours = [], hours_a_month(look.parent)
    while (after := _next_month(first)) <= date.fromisoformat(look.day):
        owed = law.minutes_owed(hours, (after - first).days, _days_stopped(look.state, first, after))
        month = first.isoformat()[:7]
        out.append((month, done.get(month, 0), owed))
        first = after
    return out


def warnings(state: State) -> list[Event]:
    """Return the warnings of a household, oldest first."""
    return [e for e in state.events if e.kind == "warned"]


def short_since_warning(look: Look) -> list[bool]:
    """Return whether each whole month was short, from the last warning on."""
    given = warnings(look.state)
    last = given[-1].body["answers"]["until_month"] if given else ""
    return [law.is_short(minutes, owed) for month, minutes, owed in months_worked(look) if month > last]


def days_since_talk(look: Look) -> int | None:
    """Return the days since the talk that followed on the last warning; None where there was none."""
    given = warnings(look.state)
    talks = [e for e in look.state.events if e.kind == "talked" and given and e.seq > given[-1].seq]
    if not talks:
        return None
    held = date.fromisoformat(talks[-1].body["answers"]["talk_on"])
    return (date.fromisoformat(look.day) - held).days
