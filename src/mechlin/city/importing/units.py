"""Units and notions that are not the city's own: factors that are certain, and conversions with their declared error."""

from typing import NamedTuple

from mechlin.city.tables.countries import country_of

# What a unit is multiplied with to be the plain one: a count, or euros a month. Currencies at the mean rate of 2018.
_SEK = 1 / 10.2583  # euros for one krona, mean of 2018 (European Central Bank)
_GBP = 1 / 0.88471  # for one pound
_DKK = 1 / 7.4532  # for one krone
UNITS = {
    "": 1.0,
    "people": 1.0,
    "thousand": 1000.0,
    "per cent": 0.01,
    "share": 1.0,
    "ha": 0.01,
    "m2": 1e-6,
    "km2": 1.0,
    "EUR a month": 1.0,
    "EUR a year": 1 / 12,
    "thousand EUR a year": 1000 / 12,
    "SEK a month": _SEK,
    "thousand SEK a year": 1000 * _SEK / 12,
    "GBP a year": _GBP / 12,
    "thousand DKK a year": 1000 * _DKK / 12,
}


class Concept(NamedTuple):
    """Another notion of income, as the median net equivalised income of an area's households.

    Areas differ in theirs by ``steepness`` of what they differ in the other notion (as a power); the level is the
    city's. ``spread`` is how far an area's figure may be off.
    """

    meaning: str
    steepness: float
    spread: float
    source: str


# Judgements, each marked as one: wages and taxable incomes leave out transfers and taxes, so that areas differ more in
# them than in what households have to live on.
CONCEPTS = {
    "": Concept("median net equivalised income", 1.0, 0.0, ""),
    "mean wage": Concept("mean wage of all residents of working age, zero included", 0.5, 0.12, "assumption"),
    "mean taxable income": Concept("mean taxable income per taxpayer", 0.6, 0.10, "assumption"),
    "mean net income": Concept("mean net income per person", 0.8, 0.08, "assumption"),
    "mean household income": Concept("mean disposable income of households", 0.7, 0.08, "assumption"),
    "unemployment": Concept("unemployment in per cent: only the order of areas is used", -0.25, 0.15, "assumption"),
}


# Median net equivalised income of residents, euros a month, 2018 (Eurostat, ilc_di03), in countries without a profile: recalled,
# to the nearest ten euros; a mapping that knows its city's own level says so.
MEDIAN_EUR = {"FR": 1860.0, "GB": 1780.0, "DK": 2470.0}


def median_eur(country: str) -> float | None:
    """Return the median of a country's residents (euros a month, 2018): its profile's, where it has one."""
    profile = country_of(country)
    return profile.tables["income"].values["median"] if profile else MEDIAN_EUR.get(country)
