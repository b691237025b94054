"""Homes let in return for community work: who may sign, what the home costs, and when the contract ends.

The home is let outside the social system, at less than its market rent, to a household of any income. Months without
the hours agreed bring warnings; the second ends the contract, and so does its term. A month in the simulated city and
a file on a desk go by the same functions.

Sources: article 55 of the Flemish decree on social letting then in force, which let a landlord keep a limited number
of homes for people who support the liveability of an estate (as reported by Gazet van Antwerpen, 3 June 2017); the
city's page on the scheme. The six years stand in one report of 2019 and nowhere else; the two warnings and the upper
age are assumptions. Before real households are judged by it, the upper age needs a reason in the by-law or must go.
"""

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


class Reason(NamedTuple):
    """One condition of eligibility: what it asks, whether it is met, and on what it rests."""

    condition: str
    met: bool
    basis: str


def reasons(adults: int, oldest_age: float, tenure: int) -> tuple[Reason, ...]:
    """Return every condition of :func:`qualifies` with its answer, for a letter: all are met, or the rule says no."""
    return (
        Reason("the household has an adult", adults >= 1, BASIS),
        Reason(
            f"the oldest adult is {AGE_MIN:g} or older and not yet {AGE_END:g}",
            AGE_MIN <= oldest_age < AGE_END,
            "assumption",
        ),
        Reason("the household does not own its home", tenure != Tenure.OWNER, BASIS),
    )
