"""Households look for a home, take the best of a few they can pay, wait for a social one, or leave the city."""

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.views import Table, View
from mechlin.mechanisms.housing.choice import choose_homes, household_month, welcome_households
from mechlin.mechanisms.housing.letting import let_social_homes, review_contracts
from mechlin.mechanisms.housing.moves import NOT_REGISTERED
from mechlin.mechanisms.housing.params import MOST_HEARD_OF, Params
from mechlin.mechanisms.housing.prices import (
    NEWCOMER,
    SERVICE,
    WAIT,
    country_growth,
    homes_and_households_agree,
    nobody_is_turned_away_from_empty_homes,
    salts_at,
    update_prices,
)
from mechlin.mechanisms.housing.vacancies import SPAN, find_vacant


def welcome(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Give the households that came this month a place to stay, without a home of their own."""
    welcome_households(view.people, view.households, view.areas, rng.salted(seed, NEWCOMER, clock.t), clock.t)


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month."""
    t, salts = clock.t, salts_at(seed, clock.t)
    people, households, homes, areas, city = view.people, view.households, view.homes, view.areas, view.city
    find_vacant(households, homes, areas, city, t)
    review_contracts(households, homes, areas, city, levers, p, rng.salted(seed, SERVICE, t), t)
    lookers = household_month(people, households, homes, areas, city, p, salts, t)
    choose_homes(people, households, homes, areas, levers, city, p, salts, lookers, t)
    let_social_homes(
        people, households, homes, areas, city, levers, p, rng.salted(seed, WAIT, 0), rng.salted(seed, SERVICE, 0), t
    )
    update_prices(areas, p, country_growth(view.series, t))


SERVICE_LEVERS = tuple(f"housing.service_{n}" for n in ("homes", "offer", "discount_share", "hours_week", "months_max"))
BUYER_LEVERS = ("housing.buyer_support_eur", "housing.buyer_support_area")


def _work(name: str, dtype: type, unit: str, doc: str, width: int = 1, rows_per_entry: int = 1) -> Field:
    return Field(name, dtype, unit, 0, doc, width, scratch="housing.month", rows_per_entry=rows_per_entry)


FIELDS = (
    Field("households.home", np.int32, "row of homes", -1, "Home lived in; -1 none of its own"),
    Field("households.area", np.int16, "row of areas", 0, "Area lived in, with or without a home of its own"),
    Field("households.tenure", np.int8, "code", -1, "0 owner, 1 private rent, 2 social, 3 service, -1 none"),
    Field("households.cost_eur", np.float32, "EUR/month", 0, "Rent or mortgage, euros of 2018"),
    Field("households.rent_base_eur", np.float32, "EUR/month", 0, "Rent before indexing, at rent index 1"),
    Field("households.registered_month", np.int16, "month", NOT_REGISTERED, "On the social waiting list since"),
    Field("households.service_months_left", np.int16, "months", 0, "Left of a service contract"),
    Field("households.service_programme", np.int8, "row of levers", -1, "Programme of the service contract"),
    Field("households.warnings", np.int8, "warnings", 0, "Warnings under the service contract"),
    Field("households.lodging_months", np.int8, "months", 0, "Months without a home of its own"),
    Field("households.moved_month", np.int16, "month", 0, "Month of the last move"),
    Field("households.leaving", np.int8, "code", 0, "0 no; leaves 1 by choice, 2 priced out, 3 without a home"),
    Field("households.priced_out", np.bool_, "yes/no", 0, "The rent has risen past what it can carry"),
    _work("households.may_act", np.int8, "code", "1 may do something this month, 2 may look for a home as well"),
    _work("households.looker", np.int32, "row of households by place in a list", "Who looks this month, or waits"),
    _work("households.looker_priority", np.uint64, "bits by place in a list", "The order in which they choose"),
    Field("homes.occupant", np.int32, "row of households", -1, "Household living here"),
    Field("homes.vacant", np.bool_, "yes/no", 0, "Stands, and nobody lives there"),
    _work("homes.listed", np.int32, "row of homes by place in a list", "Vacant homes; later social ones to let"),
    _work("homes.offer", np.int32, "row of homes by place in a list", "Vacant homes for sale, for private rent", 2),
    _work("homes.offer_area", np.int16, "row of areas by place in a list", "Area of each offer", 2),
    _work("homes.offers_before", np.int32, "homes", "Offers before each stretch: for sale, for rent", 2, 1 << SPAN),
    _work("city.heard_at", np.int32, "row of homes", "Where in the table a looker hears of a home", MOST_HEARD_OF),
    _work("city.viewed", np.int32, "row of homes", "Homes that a looker views", MOST_HEARD_OF),
    Field("city.offers", np.int32, "homes", 0, "Vacant homes for sale and for rent this month", 2),
    Field("homes.may_let", np.bool_, "yes/no", 0, "Social home that stands empty"),
    Field("areas.price_index", np.float64, "ratio", 1, "Real price of homes against the start"),
    Field("areas.buyer_index", np.float64, "ratio", 1, "A buyer's real monthly cost against the start"),
    Field(
        "areas.backgrounds_before",
        np.int64,
        "people",
        0,
        "Residents by background here and in areas before",
        "backgrounds",
    ),
    Field("areas.educated", np.int32, "people", 1, "Residents of 25 and over, at last count; at least one"),
    Field("areas.offences_felt", np.float64, "offences/100/year", 0, "Offences other than burglary"),
    Field("areas.rent_index", np.float64, "ratio", 1, "Real rent against the start"),
    Field("areas.vacant_homes", np.int32, "homes", 0, "Vacant homes at the start of the month"),
    Field("areas.built_homes", np.int32, "homes", 0, "Homes that exist this month"),
    Field("areas.lookers", np.int32, "households", 0, "Households of the area that look this month"),
    Field("areas.service_hours", np.float64, "hours/month", 0, "Community work by service tenants this month"),
    Field("areas.service_in_force", np.int32, "contracts", 0, "Service contracts, by programme", "programmes"),
    Field("city.moves", np.int64, "people", 0, "Changed home or left after looking", flow=True),
    Field("city.moves_by_age", np.int64, "people", 0, "The same by five-year band", 20, flow=True),
    Field(
        "city.displaced", np.int64, "people", 0, "Lost a private rental after a rise they could not carry", flow=True
    ),
    Field("city.displaced_by_fifth", np.int64, "people", 0, "The same by fifth of income, lowest first", 5, flow=True),
    Field(
        "city.displaced_by_age", np.int64, "people", 0, "The same: under 18, 18-34, 35-64, 65 and over", 4, flow=True
    ),
    Field("city.displaced_by_background", np.int64, "people", 0, "The same by background", "backgrounds", flow=True),
    Field("city.social_waited_months", np.int64, "months", 0, "Waited by those let a social home, together", flow=True),
    Field("city.turned_away", np.int64, "people", 0, "Left because they found no home", flow=True),
    Field("city.social_lettings", np.int64, "homes", 0, "Social homes let from the waiting list", flow=True),
    Field("city.waiting_list", np.int64, "households", 0, "Households waiting for a social home"),
    Field("city.service_homes", np.int64, "homes", 0, "Service tenancies in force"),
    Field("city.service_hours", np.int64, "hours", 0, "Community work by service tenants", flow=True),
    Field(
        "city.service_ended", np.int64, "contracts", 0, "Ended: at term, after two warnings, by moving", 3, flow=True
    ),
)

MECHANISM = Mechanism(
    name="housing",
    text=MechanismText(
        summary=(
            "Households look for a home, take the best of a few they can pay, wait for a social one, or leave the city."
        ),
        about=(
            "Each month some households look: the young, the crowded, those without a home of their own, those "
            "whose rent has risen past what they can carry. A looker views a few vacant homes and weighs them "
            "against staying and against leaving for the rim, which pulls families with children most. Homes go "
            "to lookers one at a time in an order drawn afresh. Social homes go to the longest waiting, service "
            "tenancies to the luckiest of those a programme has enrolled. Prices follow the country and the "
            "area's scarcity; rents follow prices slowly."
        ),
        rule=(
            "appeal = - burden - strain + quality - disorder - distance + same class + salience x own group - "
            "crowding + owning + safety - offences + schools (with a child under 12) + taste"
        ),
        reads=(
            "household accounts, composition of areas (last December's), quality of homes, how safe people feel, "
            "salience of background among the many identities of a household's adults, schools nearby"
        ),
        writes="where everybody lives and what it costs, prices, the waiting list, contracts, who leaves and why",
        leaves_out=(
            "landlords' choices, mortgages in detail, demolition, moves of single members, homes changing tenure"
        ),
        sources=(
            "class weighs more than background (Zuccotti et al. 2023); composition sorts those who move in rather "
            "than pushing people out (Brama 2006); tipping disputed (Boehlmark & Willen 2020 found it, Ong 2014 "
            "did not)."
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("housing.service_homes", "areas", "homes", "stack", "Homes to be let in return for community work"),
        Lever("housing.service_offer", "households", "yes/no", "stack", "Households that may sign such a contract"),
        Lever("housing.service_discount_share", "city", "share", "stack", "Taken off the market rent"),
        Lever("housing.service_hours_week", "city", "hours/week", "stack", "Community work asked"),
        Lever("housing.service_months_max", "city", "months", "stack", "Term of the contract"),
        Lever("housing.buyer_support_eur", "households", "EUR/month", "stack", "Taken off a buyer's monthly cost"),
        Lever("housing.buyer_support_area", "areas", "1", "stack", "1 where that support is given"),
    ),
    reads=(
        "people.key",
        "people.next",
        "people.background",
        "people.born_month",
        "people.salience",
        "people.entered_month",
        "households.key",
        "households.alive",
        "households.equivalent_adults",
        "households.school_rim_pull",
        "city.income_limits_eur",
        "households.first",
        "households.entered_month",
        "households.from_household",
        "households.queue",
        "households.free_row",
        "households.freed_month",
        "households.income_eur",
        "households.members",
        "households.children",
        "households.oldest_born_month",
        "households.education",
        "homes.key",
        "homes.area",
        "homes.tenure",
        "homes.rooms",
        "homes.value_eur",
        "homes.quality",
        "homes.built_month",
        "areas.x_km",
        "areas.y_km",
        "areas.disorder",
        "areas.people",
        "areas.educations",
        "areas.backgrounds",
        "areas.renewal_nearby",
        "areas.safety",
        "areas.offence_rate",
        "areas.school_appeal",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    welcome=welcome,
    series=("house_price_index_region", "inflation"),
    matched=(SERVICE_LEVERS, BUYER_LEVERS),
    invariants=(homes_and_households_agree, nobody_is_turned_away_from_empty_homes),
)
