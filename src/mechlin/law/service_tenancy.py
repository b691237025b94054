"""Homes let in return for community work: who may sign, what the home costs, and when the contract ends.

The home is let outside the social system, at less than its market rent, to a household of any income. Months without
the hours agreed bring warnings; the second ends the contract, and so does its term. A month in the simulated city and
a file on a desk go by the same functions.

Sources: article 55 of the Flemish decree on social letting then in force, which let a landlord keep a limited number
of homes for people who support the liveability of an estate (as reported by Gazet van Antwerpen, 3 June 2017); the
city's page on the scheme. The six years stand in one report of 2019 and nowhere else; the two warnings and the upper
age are assumptions. Age is a protected ground (law of 10 May 2007 [GK]): real households are held to an upper age only
where the by-law gives its reason. The share of hours that is enough, the talk and the thirty days before a contract
ends are assumptions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled

AGE_MIN, AGE_END = 18.0, 60.0  # years: of the oldest adult, from and below
TERM_MONTHS = 72
WARNINGS_END = 2
GOES_ON, TERM_REACHED, WARNED_TWICE = -1, 0, 1  # what a month's review may say

BASIS = "article 55 of the Flemish decree on social letting then in force"


@compiled
def qualifies(adults: int, oldest_age: float, tenure: int) -> bool:
    """The rule a caseworker would apply: an adult of working age, not an owner."""
    return adults >= 1 and AGE_MIN <= oldest_age < AGE_END and tenure != Tenure.OWNER


@compiled
def rent_eur(market_eur, discount_share):
    """Return the month's rent: what the market would ask, less the discount."""
    return market_eur * (1.0 - discount_share)


@compiled
def hours_month(hours_week, weeks_a_month):
    """Return the whole hours of community work owed in a month."""
    return np.rint(hours_week * weeks_a_month)


@compiled
def review(months_left, warnings, offered):
    """Return what a month's review says: GOES_ON, TERM_REACHED or WARNED_TWICE.

    A contract whose programme is no longer ``offered`` has reached its term. The term goes before warnings.
    """
    if months_left <= 0 or not offered:
        return TERM_REACHED
    return WARNED_TWICE if warnings >= WARNINGS_END else GOES_ON


class Form(NamedTuple):
    """One form of the law under which homes are let outside the social system, from a day on."""

    name: str
    first_day: str
    basis: str


FORMS = (
    Form("2017", "0001-01-01", BASIS),
    Form("2021", "2021-01-01", "Flemish Housing Code of 2021, letting outside the social system [GK]"),
)


def form_of(day: str) -> Form:
    """Return the form in force on a day.

    >>> form_of("2020-12-31").name, form_of("2021-01-01").name
    ('2017', '2021')
    """
    return next(form for form in reversed(FORMS) if form.first_day <= day)


ADULT, GROWN, UPPER, HOME = "adult", "grown", "upper age", "home"


class Reason(NamedTuple):
    """One condition of eligibility: what it asks, whether it is met (None: not known), and on what it rests."""

    name: str
    condition: str
    met: bool | None
    basis: str


def reasons(
    adults: int, oldest_age: float, tenure: int | None, upper_age: float | None = AGE_END, upper_basis: str = ""
) -> tuple[Reason, ...]:
    """Return every condition of :func:`qualifies` with its answer, for a letter: all are met, or the rule says no.

    Without ``upper_age`` nobody is too old; ``upper_basis`` is the reason that the by-law gives for one. A tenure of
    None is not known.
    """
    out = [
        Reason(ADULT, "the household has an adult", adults >= 1, BASIS),
        Reason(GROWN, f"the oldest adult is {AGE_MIN:g} or older", oldest_age >= AGE_MIN, BASIS),
    ]
    if upper_age is not None:
        said = f"the oldest adult is not yet {upper_age:g}"
        out.append(Reason(UPPER, said, oldest_age < upper_age, upper_basis or "assumption"))
    owns = None if tenure is None else tenure == Tenure.OWNER
    out.append(Reason(HOME, "the household does not own its home", None if owns is None else not owns, BASIS))
    return tuple(out)


# --------------------------------------------------------------------------------- the file of one household

VOTES = 2  # people who read each motivation; where they differ, a third decides
ENOUGH_SHARE = 0.75  # of a month's hours: below it the month is short
SHORT_MONTHS = 2  # in a row bring a warning
NOTICE_DAYS = 30  # between the talk after the last warning and the end of the contract
ANSWER_DAYS = 14  # to say yes or no to a home
OBJECTION_DAYS = 30


def motivation(votes: Sequence[bool]) -> bool | None:
    """Return what the readers of a motivation say together; None while another must read it.

    >>> motivation([True]), motivation([True, True]), motivation([True, False]), motivation([True, False, False])
    (None, True, None, False)
    """
    if len(votes) < VOTES or (len(votes) == VOTES and votes[0] != votes[1]):
        return None
    return sum(votes) * 2 > len(votes)


def minutes_owed(hours: float, days: int, days_stopped: int) -> int:
    """Return the minutes owed in a month of ``days``, of which the clock stood for some: never more than the contract.

    >>> minutes_owed(28, 30, 0), minutes_owed(28, 30, 15), minutes_owed(28, 30, 30)
    (1680, 840, 0)
    """
    return int(hours * 60 * (days - min(max(days_stopped, 0), days)) // days)


def is_short(minutes: int, owed: int) -> bool:
    """Return whether a month is short of its hours; what was missed is not owed in another month.

    >>> is_short(1260, 1680), is_short(1259, 1680), is_short(0, 0)
    (False, True, False)
    """
    return minutes < ENOUGH_SHARE * owed


def warning_due(months: Sequence[bool]) -> bool:
    """Return whether a warning follows on these months since the last one (True is short), the newest last.

    >>> warning_due([True]), warning_due([True, False, True]), warning_due([False, True, True])
    (False, False, True)
    """
    return len(months) >= SHORT_MONTHS and all(months[-SHORT_MONTHS:])


def may_end(warnings: int, days_since_talk: int | None) -> bool:
    """Return whether a contract may end for hours not worked: warned twice, and thirty days after a talk on it.

    >>> may_end(2, 30), may_end(2, 29), may_end(2, None), may_end(1, 90)
    (True, False, False, False)
    """
    warned = review(1, warnings, True) == WARNED_TWICE
    return bool(warned) and days_since_talk is not None and days_since_talk >= NOTICE_DAYS
