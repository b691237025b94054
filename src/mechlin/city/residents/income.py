"""What people live on: one rule for net monthly incomes, used at the start and in every month after it.

Source of levels: net incomes in Belgium about 2018 (EU statistics on income and living conditions), rounded;
all of them are assumptions to be replaced by a city's own figures. Euros of 2018 throughout.
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.codes import MAJORITY, Education, Work
from mechlin.core.compiled import compiled
from mechlin.core.declare import Param

_SENIOR_YEARS = 32.0  # years of work after which wages no longer rise
_WORK_STARTS = 20.0


class IncomeRule(NamedTuple):
    """Net monthly incomes of persons and what children add."""

    wage_low: Annotated[float, Param("EUR/month", 500, 5000, "Middle wage in mid-career, low education")] = 1780.0
    wage_mid: Annotated[float, Param("EUR/month", 500, 5000, "Middle wage in mid-career, middle education")] = 2020.0
    wage_high: Annotated[float, Param("EUR/month", 500, 8000, "Middle wage in mid-career, high education")] = 2600.0
    wage_rise: Annotated[float, Param("share", 0, 2, "Rise of wages over a career")] = 0.35
    wage_spread: Annotated[float, Param("1", 0, 1, "Spread of log wages among those alike")] = 0.28
    looking: Annotated[float, Param("EUR/month", 0, 3000, "Income of those who look for work")] = 1050.0
    outside: Annotated[
        float, Param("EUR/month", 0, 3000, "Income of adults outside the labour force before pension age")
    ] = 480.0
    student_age: Annotated[
        float, Param("years", 18, 30, "Age below which adults outside the labour force have none")
    ] = 25.0
    pension: Annotated[float, Param("EUR/month", 0, 5000, "Middle pension, low education")] = 1330.0
    pension_education: Annotated[float, Param("share", 0, 1, "More pension for each level of education")] = 0.14
    pension_age: Annotated[float, Param("years", 55, 75, "Age from which pensions are paid")] = 63.0
    pension_spread: Annotated[float, Param("1", 0, 1, "Spread of log pensions among those alike")] = 0.22
    child: Annotated[float, Param("EUR/month", 0, 1000, "Child benefit for each child under 18")] = 150.0


@compiled
def person_income(work, education, age_years, earning_sd, rule):
    """Return the net monthly income of an adult in euros of 2018; children have none."""
    if age_years < MAJORITY:
        return 0.0
    if work == Work.WORKING:
        base = rule.wage_low
        if education > Education.LOW:
            base = rule.wage_mid if education == Education.MIDDLE else rule.wage_high
        career = min(max(age_years - _WORK_STARTS, 0.0), _SENIOR_YEARS) / _SENIOR_YEARS
        return base * (1.0 + rule.wage_rise * (career - 0.5)) * np.exp(rule.wage_spread * earning_sd)
    if work == Work.LOOKING:
        return rule.looking
    if age_years >= rule.pension_age:
        level = rule.pension * (1.0 + rule.pension_education * max(education, 0))
        return level * np.exp(rule.pension_spread * earning_sd)
    return 0.0 if age_years < rule.student_age else rule.outside


@compiled
def household_allowance(children, rule):
    """Return the child benefit of a household with so many children under 18."""
    return rule.child * children
