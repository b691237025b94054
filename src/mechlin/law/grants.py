"""City money for residents' plans: only where people meet.

A plan is paid when everybody who lives in the street or neighbourhood is invited; one that keeps residents apart is
refused, whoever hands it in. The rule looks at the invitation and never at who the residents are. How plans are ranked
and how the budget is spent is fixed by the round before it opens; a simulated year and a desk go by the same condition.

Sources: the city's condition "everyone living there is invited", and 150 EUR for a street, 500 EUR for a neighbourhood
(Het Laatste Nieuws, 2018, on 198 initiatives paid 71,650 EUR together in 2017). Grants to start a project had the same
condition; what a project was granted was not published. Handing in some weeks ahead, founders at different addresses and
a second part paid on proof: by-laws of other Flemish towns; the days for the report are an assumption.
"""

from collections.abc import Sequence
from typing import NamedTuple

from mechlin.law.school_draw import ticket

STREET_EUR, NEIGHBOURHOOD_EUR = 150.0, 500.0
REPORT_DAYS = 60  # after the activity: an assumption
OBJECTION_DAYS = 30  # to the municipal executive: an assumption
BASIS = "the city's condition for grants: everyone living there is invited"
ROUND_BASIS = "the round's own rule, fixed before it opened [GK]"
ARRIVAL, LOT, POINTS = "arrival", "lot", "points"  # how plans are ranked
PART, NEXT, STOP = "part", "next", "stop"  # what becomes of a plan that the money left does not cover


class Form(NamedTuple):
    """One form of the condition, from a day on."""

    name: str
    first_day: str
    basis: str


FORMS = (Form("2017", "0001-01-01", BASIS),)  # no other is known; one that is goes behind it with its first day


def form_of(day: str) -> Form:
    """Return the form in force on a day.

    >>> form_of("2026-03-02").name
    '2017'
    """
    return next(form for form in reversed(FORMS) if form.first_day <= day)


def refusal(open_to_all: bool) -> str:
    """Return why a plan is refused, or nothing when it is paid.

    >>> refusal(open_to_all=True)
    ''
    >>> refusal(open_to_all=False)
    'a plan for one group only is refused: money goes only where people meet'
    """
    return "" if open_to_all else "a plan for one group only is refused: money goes only where people meet"


def paid_share(one_group_share: float, in_force: bool) -> tuple[float, float]:
    """Return the shares of all plans that are paid: those open to all, and those for one group.

    Without the rule ``in_force``, plans for one group are paid too: a rehearsal may look at that.
    """
    separate = 0.0 if in_force and refusal(open_to_all=False) else one_group_share
    return 1.0 - one_group_share, separate


# ------------------------------------------------------------------------------------- one plan of a round


class Plan(NamedTuple):
    """A plan as the rule sees it: None is not known. Nothing in it says who anybody is."""

    open_to_all: bool | None  # whether the invitation is
    in_scope: bool | None  # whether it is an activity in the round's area
    days_ahead: int  # from handing in to the activity
    addresses: int  # at which its organisers live


class Asked(NamedTuple):
    """What a round asks of a plan."""

    days_ahead: int
    addresses: int


OPEN, SCOPE, AHEAD, ADDRESSES = "open", "scope", "ahead", "addresses"


def conditions(plan: Plan, asked: Asked) -> tuple[tuple[str, bool | None], ...]:
    """Return each condition of a plan with whether it is met; None where that is not known.

    >>> conditions(Plan(None, True, 30, 3), Asked(28, 3))
    (('open', None), ('scope', True), ('ahead', True), ('addresses', True))
    """
    is_open = None if plan.open_to_all is None else not refusal(plan.open_to_all)
    return (
        (OPEN, is_open),
        (SCOPE, plan.in_scope),
        (AHEAD, plan.days_ahead >= asked.days_ahead),
        (ADDRESSES, plan.addresses >= asked.addresses),
    )


# ------------------------------------------------------------------------------------------ ranking, money


class Ready(NamedTuple):
    """A plan that meets every condition: its number, its place in the order of arrival, its points, what it asks for."""

    plan: str
    arrived: int
    points: float
    asked_cents: int


class Granted(NamedTuple):
    """What the ranking gives a plan: nothing where the money was spent on those before it."""

    plan: str
    rank: int
    cents: int
    ticket: int = 0  # where the round is ranked by lot


def ranked(plans: Sequence[Ready], how: str, round_id: str, seed: str = "") -> list[Ready]:
    """Return plans in the order of the round's rule; equals by the order of arrival.

    >>> [p.plan for p in ranked([Ready("P-1", 2, 5.0, 1), Ready("P-2", 1, 9.0, 1)], "points", "G-1")]
    ['P-2', 'P-1']
    """
    if how == LOT:
        return sorted(plans, key=lambda p: (ticket(round_id, seed, p.plan), p.plan))
    if how == POINTS:
        return sorted(plans, key=lambda p: (-p.points, p.arrived))
    return sorted(plans, key=lambda p: p.arrived)


def allot(
    plans: Sequence[Ready], how: str, spend: str, budget_cents: int, round_id: str, seed: str = ""
) -> list[Granted]:
    """Return what each plan gets, the first in rank first.

    Where the money left does not cover a plan, ``part`` gives it what is left, ``next`` passes it over and goes on, and
    ``stop`` ends there.

    >>> plans = [Ready("P-1", 1, 0, 100), Ready("P-2", 2, 0, 300), Ready("P-3", 3, 0, 50)]
    >>> [[g.cents for g in allot(plans, "arrival", spend, 200, "G-1")] for spend in ("part", "next", "stop")]
    [[100, 100, 0], [100, 0, 50], [100, 0, 0]]
    """
    left, out = budget_cents, []
    for rank, plan in enumerate(ranked(plans, how, round_id, seed), 1):
        cents = plan.asked_cents if plan.asked_cents <= left else left if spend == PART else 0
        if spend == STOP and cents < plan.asked_cents:
            left = 0
        left -= cents
        out.append(Granted(plan.plan, rank, cents, ticket(round_id, seed, plan.plan) if how == LOT else 0))
    return out


def first_part(granted_cents: int, share: float) -> int:
    """Return what is paid before the activity, in whole cents, rounded down.

    >>> first_part(15_000, 0.8), first_part(33_333, 0.8)
    (12000, 26666)
    """
    return int(granted_cents * round(share * 100)) // 100


def settled(granted_cents: int, paid_cents: int, proven_cents: int) -> int:
    """Return what is still paid on the report; below zero what must be paid back.

    >>> settled(15_000, 12_000, 20_000), settled(15_000, 12_000, 10_000), settled(15_000, 12_000, 0)
    (3000, -2000, -12000)
    """
    return min(granted_cents, proven_cents) - paid_cents
