"""What each column and outside series of a city means, what stands in for it where nobody counted it, and what hangs on it."""

from typing import NamedTuple

HANGS = ("much", "some", "little")


class Column(NamedTuple):
    """A column of ``areas.csv`` or ``schools.csv``, or a series of ``context.csv``.

    ``instead`` says what stands in for it; ``hangs`` how much findings hang on it, ``why`` on which.
    """

    meaning: str
    unit: str
    instead: str
    hangs: str
    why: str


_AGES = "ages in other bands, which the import cuts by a smooth curve; else the city's shares in every area"
_TENURE = "the city's tenures spread by a column that goes with them; a part of all rented homes"
_NATIONAL = "the country's figure"
AREA_COLUMNS = {
    "code": Column(
        "the area's code with the office", "text", "the import numbers areas", "little", "tables are joined by it"
    ),
    "name": Column("what people call the area", "text", "its code", "little", "packages name areas by it"),
    "kind": Column(
        "what sort of area it is, in words of your own", "text", "one word for all", "little", "grouping in reports"
    ),
    "district": Column(
        "the part of the city it belongs to", "text", "left out", "little", "packages may name districts"
    ),
    "x_km": Column(
        "east of the middle of the area, in a flat projection",
        "km",
        "a grid in the order of the list",
        "some",
        "distance: encounters, schools, patrols and cameras",
    ),
    "y_km": Column("north of the middle of the area", "km", "a grid in the order of the list", "some", "as for x_km"),
    "area_km2": Column("ground within its borders", "km2", "people at 4,000 a km2", "little", "density and maps"),
    "people": Column(
        "residents at the start, institutions included",
        "persons",
        "no stand-in: without it there is no city",
        "much",
        "everything",
    ),
    "households": Column(
        "private households", "households", "one for each occupied home", "much", "homes, incomes, poverty"
    ),
    "share_age_0_17": Column("residents of 0 to 17", "share of people", _AGES, "some", "schools, births, youth"),
    "share_age_18_34": Column("residents of 18 to 34", "share of people", _AGES, "some", "moves, offences, couples"),
    "share_age_35_64": Column("residents of 35 to 64", "share of people", _AGES, "little", "work, votes"),
    "share_age_65_up": Column("residents of 65 and over", "share of people", _AGES, "little", "deaths, votes"),
    "share_background_*": Column(
        "residents by background, as the office that counted them tells backgrounds apart",
        "share of people",
        "country of birth; nationality",
        "much",
        "segregation, encounters, trust",
    ),
    "share_education_low": Column(
        "residents of 25 and over without a diploma of upper secondary school",
        "share of those of 25 and over",
        "the city's share in every area",
        "much",
        "incomes, work, trust",
    ),
    "share_education_mid": Column(
        "with upper secondary school as the highest",
        "share of those of 25 and over",
        "the city's share in every area",
        "some",
        "incomes, work",
    ),
    "share_education_high": Column(
        "with a diploma of a college or university",
        "share of those of 25 and over",
        "the city's share in every area",
        "much",
        "moves of the middle class, schools",
    ),
    "income_median_eur": Column(
        "median net equivalised income, euros of 2018",
        "euros a month",
        "another notion of income (`concept`): areas differ less in it; else from education and tenure",
        "much",
        "rents, moves, poverty",
    ),
    "homes": Column("dwellings, vacant ones included", "dwellings", "the sum of its tenures", "some", "moves, prices"),
    "homes_owner": Column(
        "homes lived in by their owners, tenant-owners included", "dwellings", _TENURE, "much", "moves, prices"
    ),
    "homes_private_rent": Column("homes let by private landlords", "dwellings", _TENURE, "much", "rents, displacement"),
    "homes_social": Column(
        "homes let by social or public landlords", "dwellings", _TENURE, "much", "waiting list, segregation"
    ),
    "homes_vacant": Column(
        "homes in which nobody lives", "dwellings", "two to five in a hundred", "some", "how easily people move"
    ),
    "homes_poor_quality_share": Column(
        "homes without comfort, damp or outdated", "share of homes", "one share for all areas", "some", "renovation"
    ),
    "people_25_up": Column("residents of 25 and over", "persons", "made from the ages", "little", "base of education"),
    "shops": Column(
        "shops, vacant ones included", "shops", "left out: no street life by shops", "little", "streets, revival"
    ),
    "shops_vacant": Column("vacant shops", "shops", "left out", "little", "streets, revival"),
    "disorder": Column(
        "litter, damage and neglect in the street",
        "0 (none) to 1",
        "made from poor and vacant homes",
        "some",
        "feeling unsafe, upkeep",
    ),
    "group_quarters": Column(
        "residents of institutions: homes for the old, prisons, halls",
        "persons",
        "none, where households fit the people",
        "little",
        "people without a household",
    ),
}
SERIES = {
    "population_1_january": Column(
        "residents on 1 January", "persons", "the sum of the areas", "some", "how the city grows"
    ),
    "births_per_1000": Column("births", "per 1,000 residents and year", _NATIONAL, "some", "ages, homes, schools"),
    "deaths_per_1000": Column("deaths", "per 1,000 residents and year", _NATIONAL, "little", "ages, homes"),
    "arrivals_per_1000": Column(
        "people who move into the city", "per 1,000 residents and year", "a like city's", "much", "segregation, homes"
    ),
    "leavers_per_1000": Column(
        "people who move out of it", "per 1,000 residents and year", "a like city's", "much", "segregation, homes"
    ),
    "foreign_origin_share_of_arrivals": Column(
        "of those who move in, how many have another background than the majority's",
        "share",
        "a like city's",
        "much",
        "segregation",
    ),
    "unemployment_rate_region": Column("unemployed", "% of the labour force", _NATIONAL, "some", "work, offences"),
    "house_price_index_region": Column(
        "what homes sell for, the start being 1", "index", _NATIONAL, "some", "prices, displacement"
    ),
    "inflation": Column("rise of consumer prices", "% a year", f"price_level; else {_NATIONAL}", "little", "costs"),
    "price_level": Column(
        "consumer prices, whatever the base year: inflation is its change from one year to the next",
        "index, any base year",
        "inflation",
        "little",
        "costs",
    ),
    "new_dwellings": Column(
        "homes finished", "dwellings a year", "a like city's rate", "some", "how easily people move"
    ),
    "national_recorded_crime_index": Column(
        "offences recorded in the country, a year being 1", "index", "no tide", "little", "the tide of offences"
    ),
    "national_trust_mood": Column(
        "much trust in the government of the country", "%", "no tide", "little", "the tide of trust"
    ),
    "radical_right_country_last": Column(
        "votes for the radical right in the country's last election", "%", "no tide", "little", "the tide of votes"
    ),
}
SCHOOL_COLUMNS = {
    "id": Column("a short name, once each", "text", "numbered by the import", "little", "tables are joined by it"),
    "school": Column("the school's name", "text", "a number", "little", "pages"),
    "sector": Column("the code of the area it stands in", "text", "its place, on the outlines", "some", "who is near"),
    "x_km": Column("east of it, in the areas' projection", "km", "the middle of its area", "some", "who is near"),
    "y_km": Column("north of it", "km", "the middle of its area", "some", "who is near"),
    "entry_places": Column("places for children who begin", "places", "25", "much", "who gets a place"),
    "class_size": Column("children in a class", "children", "22", "little", "costs, quality"),
    "quality": Column(
        "how good parents take it to be", "0 to 1", "0.5 for every school", "some", "which schools are wished for"
    ),
}
