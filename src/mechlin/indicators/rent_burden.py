"""What part of their income private renters pay in rent."""

from mechlin.core.codes import Tenure
from mechlin.core.declare import Indicator
from mechlin.statistics.counting import share

INDICATORS = (
    Indicator(
        "rent_burden",
        "Rent as a share of income, private renters",
        "share",
        "down",
        ("city.rent_burden_permille",),
        lambda view: view.city.rent_burden_permille[0] / 1000.0,
        "rent, of the median household renting privately",
        "net income of the household",
        "EU-SILC, housing cost without energy",
        headline=True,
    ),
    Indicator(
        "rent_burden.over_40_share",
        "Private renters overburdened by their rent",
        "share",
        "down",
        ("city.overburdened_renters", "city.households_by_tenure"),
        lambda view: share(view.city.overburdened_renters[0], view.city.households_by_tenure[0, Tenure.PRIVATE + 1]),
        "households who pay more than 40 % of their income in rent, as the census counts them",
        "households renting privately",
        "EU-SILC, housing cost overburden rate, households without energy",
    ),
)
