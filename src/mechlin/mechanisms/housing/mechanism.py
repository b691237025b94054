"""Households look for a home, take the best of a few they can pay, wait for a social one, or leave the city."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText, Param
from mechlin.mechanisms.housing.choice import choose_homes, household_month
from mechlin.mechanisms.housing.letting import let_social_homes, review_contracts
from mechlin.mechanisms.housing.moves import NOT_REGISTERED
from mechlin.mechanisms.housing.prices import (
    SERVICE,
    WAIT,
    country_growth,
    homes_and_households_agree,
    salts_at,
    update_prices,
)
from mechlin.mechanisms.housing.vacancies import find_vacant


class Params(NamedTuple):
    """What households like, how often they look, what social and service homes ask, how prices move."""

    look_floor: Annotated[
        float, Param("1/year", 0, 1, "Looking at high ages, renters", "moves.by_age", likely=(0.018, 0.05))
    ] = 0.03
    look_peak: Annotated[
        float, Param("1/year", 0, 3, "Looking at the peak age, above the floor", "moves.by_age", likely=(0.55, 1))
    ] = 0.75
    look_peak_age: Annotated[float, Param("years", 18, 40, "Age at which most look", "moves.by_age")] = 25.0
    look_rise: Annotated[float, Param("years", 1, 30, "Age before it over which looking falls to a third")] = 10.0
    look_fall: Annotated[
        float, Param("years", 1, 40, "Age after it over which looking falls to a third", "moves.by_age")
    ] = 14.0
    look_owner: Annotated[
        float, Param("ratio", 0, 1, "Looking of owners against private renters", "moves.by_tenure", likely=(0.3, 0.5))
    ] = 0.4
    look_social: Annotated[
        float, Param("ratio", 0, 1, "Looking of social against private renters", "moves.by_tenure", likely=(0.35, 0.65))
    ] = 0.5
    look_crowded: Annotated[
        float, Param(unit="ratio", low=1, high=10, doc="Looking of the crowded against others", likely=(1.4, 3))
    ] = 2.0
    homes_heard_of: Annotated[int, Param("homes", 1, 200, "Vacant homes that a looker hears of in a month")] = 16
    search_km: Annotated[
        float,
        Param(
            unit="km",
            low=0.1,
            high=1000,
            doc="Mean distance within which it looks, drawn anew each month",
            evidence="housing.search",
            likely=(0.7, 2.5),
        ),
    ] = 1.0
    viewings: Annotated[int, Param("homes", 1, 40, "Most homes viewed in a month, of those within that distance")] = 8
    lodging_months: Annotated[int, Param("months", 1, 60, "Months without a home until it leaves")] = 12
    burden_max: Annotated[float, Param("share", 0, 1, "Largest share of income that a tenant can pay")] = 0.45
    buyer_burden_max: Annotated[float, Param("share", 0, 1, "Largest share of income that a buyer can pay")] = 0.35
    carry_max: Annotated[
        float, Param("share", 0, 1, "Share of income past which a sitting tenant cannot carry a rise")
    ] = 0.5
    burden_weight: Annotated[float, Param("1", 0, 20, "Dislike of cost as a share of income", likely=(1.5, 4.5))] = 3.0
    strain_weight: Annotated[
        float, Param("1", 0, 40, "Further dislike of cost above the strain share", likely=(4, 12))
    ] = 8.0
    strain_from: Annotated[float, Param("share", 0, 1, "Share of income above which cost strains")] = 0.33
    quality_weight: Annotated[float, Param("1", -5, 5, "Liking of a good home", likely=(0.6, 1.8))] = 1.2
    disorder_weight: Annotated[
        float, Param("1", -5, 5, "Dislike of disorder in the area", "housing.price_disorder", likely=(0.5, 2.5))
    ] = 1.5
    distance_weight: Annotated[
        float,
        Param("1/km", 0, 5, "Dislike of a kilometre from the present home", "housing.distance", likely=(0.3, 1.3)),
    ] = 0.8
    class_weight: Annotated[
        float, Param("1", 0, 10, "Liking of neighbours of one's own education", "housing.class_weight", likely=(1, 2.8))
    ] = 1.8
    own_weight: Annotated[
        float,
        Param("1", 0, 10, "Liking of one's own background, at full salience", "housing.own_group", likely=(1.2, 5)),
    ] = 3.0
    safety_weight: Annotated[
        float, Param("1/SD", 0, 2, "Liking of an area where people feel safe", "housing.safety", likely=(0.0, 0.3))
    ] = 0.1
    offence_weight: Annotated[
        float,
        Param(
            unit="years x 100/offence",
            low=0,
            high=0.1,
            doc="Dislike of offences other than burglary, a year for each 100 residents",
            evidence="housing.offences",
            likely=(0.0, 0.004),
        ),
    ] = 0.001
    school_weight: Annotated[
        float,
        Param("1", 0, 2, "Liking of the schools nearby, with a child under 12", "housing.schools", likely=(0.0, 0.4)),
    ] = 0.15
    tipping: Annotated[
        int, Param("0 or 1", 0, 1, "Own-group liking with a kink (1) or smooth (0)", "housing.tipping", structure=True)
    ] = 0
    tipping_share: Annotated[
        float, Param("share", 0.05, 0.5, "Share of others at which the kink lies", "housing.tipping", likely=(0.1, 0.3))
    ] = 0.2
    tipping_drop: Annotated[
        float, Param("1", 0, 2, "Drop of liking past the kink", "housing.tipping", likely=(0.2, 0.9))
    ] = 0.5
    crowding_weight: Annotated[float, Param("1/room", 0, 5, "Dislike of a missing room", likely=(0.2, 0.8))] = 0.45
    owning_weight: Annotated[float, Param("1", -5, 5, "Liking of owning", likely=(0.3, 1.1))] = 0.7
    staying_weight: Annotated[
        float, Param("1", 0, 10, "Liking of the present home over another like it", likely=(1.1, 2.1))
    ] = 1.6
    priced_out_weight: Annotated[
        float, Param("1", 0, 10, "Appeal lost by a home that can no longer be paid", likely=(1.5, 4.5))
    ] = 3.0
    taste_spread: Annotated[
        float, Param("1", 0, 5, "Spread of personal taste for a home (Gumbel)", likely=(0.5, 1))
    ] = 0.7
    rim_level: Annotated[float, Param("1", -20, 20, "Appeal of leaving the city", likely=(-3, -1.6))] = -2.3
    rim_majority_share: Annotated[
        float,
        Param("share", 0, 1, "Residents of majority background in the rim", "housing.rim_mix", likely=(0.88, 0.97)),
    ] = 0.93
    rim_family: Annotated[
        float, Param("1", -5, 5, "Further appeal to families with children", "housing.rim_family", likely=(1.2, 2.8))
    ] = 2.0
    rim_income: Annotated[
        float,
        Param("1", -5, 5, "Further appeal to families with a higher income", "housing.rim_family", likely=(0, 0.7)),
    ] = 0.3
    rim_income_eur: Annotated[
        float, Param(unit="EUR/month", low=0, high=20000, doc="Income from which a family counts as higher")
    ] = 3500.0
    lodging_patience: Annotated[float, Param("1", 0, 10, "Appeal of leaving lost to those without a home")] = 4.0
    waiting_appeal: Annotated[float, Param("1", -100, 10, "Appeal of another month with family or friends")] = -2.0
    register_rate: Annotated[
        float, Param("1/year", 0, 1, "Registering for a social home, of those who may", likely=(0.05, 0.14))
    ] = 0.085
    social_limit_single_eur: Annotated[
        float, Param("EUR/month", 0, 1e4, "Income limit for one person, euros of 2018")
    ] = 2000.0
    social_limit_person_eur: Annotated[
        float, Param("EUR/month", 0, 5e3, "Added to the limit for each further person")
    ] = 500.0
    social_rent_share: Annotated[float, Param("share", 0, 1, "Social rent as a share of income")] = 0.2
    social_rent_low_eur: Annotated[float, Param("EUR/month", 0, 2e3, "Lowest social rent")] = 150.0
    social_rent_high_eur: Annotated[float, Param("EUR/month", 0, 5e3, "Highest social rent")] = 650.0
    spare_rooms: Annotated[int, Param("rooms", 0, 10, "Rooms above the members that a social home may have")] = 3
    hours_missed: Annotated[
        float, Param("share", 0, 1, "Months in which a service tenant misses the hours", likely=(0.005, 0.03))
    ] = 0.01
    weeks_a_month: Annotated[float, Param("weeks/month", 4, 4.4, "Weeks of community work in a month")] = 4.33
    vacancy_natural: Annotated[float, Param("share", 0, 0.5, "Vacancy at which prices keep to the country's")] = 0.055
    vacancy_pool: Annotated[float, Param("homes", 0, 1e4, "Homes of natural vacancy added to an area's")] = 200.0
    price_speed: Annotated[
        float, Param("1/year", 0, 10, "Yearly change of price for missing vacancy", likely=(0.3, 0.9))
    ] = 0.6
    price_passed_on: Annotated[
        float, Param("1", 0, 1, "Elasticity of a buyer's cost to price (cheaper credit)", likely=(0.2, 0.5))
    ] = 0.35
    rent_follows: Annotated[
        float, Param("1", 0, 1, "Elasticity of rent to price in the long run", likely=(0.15, 0.5))
    ] = 0.3
    rent_speed: Annotated[float, Param("1/year", 0, 12, "Speed at which rent follows", likely=(0.3, 0.8))] = 0.5
    renewal_gain: Annotated[
        float,
        Param(
            unit="1",
            low=0,
            high=0.5,
            doc="Log price gain when all homes around are renewed",
            evidence="housing.renewal_price",
            likely=(0.015, 0.08),
        ),
    ] = 0.045


def step(view, levers, p, seed, clock):
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
    Field("households.may_act", np.int8, "code", 0, "1 may do something this month, 2 may look for a home as well"),
    Field("households.looker", np.int32, "row of households", -1, "Those who look this month, or wait"),
    Field("households.looker_priority", np.uint64, "bits", 0, "The order in which they choose"),
    Field("homes.occupant", np.int32, "row of households", -1, "Household living here"),
    Field("homes.vacant", np.bool_, "yes/no", 0, "Stands, and nobody lives there"),
    Field("homes.listed", np.int32, "row of homes", -1, "The month's vacant homes"),
    Field("homes.offer", np.int32, "row of homes", -1, "The month's vacant homes for sale, and for private rent", 2),
    Field("homes.offer_area", np.int16, "row of areas", -1, "Area of each offer", 2),
    Field("homes.offers_before", np.int32, "homes", 0, "Offers before each stretch of rows, for sale and for rent", 2),
    Field("homes.place", np.int32, "row of homes", -1, "Places in the table where a looker hears of a home"),
    Field("homes.viewed", np.int32, "row of homes", -1, "Homes that a looker views"),
    Field("city.offers", np.int32, "homes", 0, "Vacant homes for sale and for rent this month", 2),
    Field("homes.letting", np.int32, "row of homes", -1, "Social homes to let this month"),
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
    series=("house_price_index_region", "inflation"),
    matched=(SERVICE_LEVERS, BUYER_LEVERS),
    invariants=(homes_and_households_agree,),
)
