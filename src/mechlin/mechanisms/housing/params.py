"""Every number behind the mechanism ``housing``: who looks, what homes are liked for, prices, service tenancies."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param

MOST_HEARD_OF = 200  # vacant homes that a looker can hear of in a month


class Params(NamedTuple):
    """What households like, how often they look, what social and service homes ask, how prices move."""

    look_floor: Annotated[
        float, Param("1/year", 0, 1, "Looking at high ages, renters", "housing.floor", likely=(0.018, 0.05))
    ] = 0.03
    look_peak: Annotated[
        float, Param("1/year", 0, 3, "Looking at the peak age, above the floor", "housing.levels", likely=(0.55, 1))
    ] = 0.75
    look_peak_age: Annotated[float, Param("years", 18, 40, "Age at which most look", "housing.floor")] = 25.0
    look_rise: Annotated[float, Param("years", 1, 30, "Age before it over which looking falls to a third")] = 10.0
    look_fall: Annotated[
        float, Param("years", 1, 40, "Age after it over which looking falls to a third", "housing.floor")
    ] = 14.0
    look_owner: Annotated[
        float, Param("ratio", 0, 1, "Looking of owners against private renters", "moves.by_tenure", likely=(0.3, 0.5))
    ] = 0.4
    look_social: Annotated[
        float, Param("ratio", 0, 1, "Looking of social against private renters", "moves.by_tenure", likely=(0.35, 0.65))
    ] = 0.5
    look_crowded: Annotated[
        float,
        Param(
            unit="ratio",
            low=1,
            high=10,
            doc="Looking of the crowded against others",
            evidence="housing.crowded",
            likely=(1.4, 3),
        ),
    ] = 2.0
    homes_heard_of: Annotated[
        int, Param("homes", 1, MOST_HEARD_OF, "Vacant homes that a looker hears of in a month")
    ] = 16
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
    search_wider: Annotated[
        float,
        Param(
            unit="1/month",
            low=0,
            high=2,
            doc="Rise of that distance with each month without a home",
            evidence="housing.search",
            likely=(0.05, 0.4),
        ),
    ] = 0.15
    viewings: Annotated[int, Param("homes", 1, 40, "Most homes viewed in a month, of those within that distance")] = 8
    lodging_months: Annotated[int, Param("months", 1, 60, "Months without a home until it leaves")] = 12
    burden_max: Annotated[float, Param("share", 0, 1, "Largest share of income that a tenant can pay")] = 0.45
    buyer_burden_max: Annotated[float, Param("share", 0, 1, "Largest share of income that a buyer can pay")] = 0.35
    carry_max: Annotated[
        float, Param("share", 0, 1, "Share of income past which a sitting tenant cannot carry a rise")
    ] = 0.5
    burden_weight: Annotated[
        float, Param("1", 0, 20, "Dislike of cost as a share of income", evidence="housing.tastes", likely=(1.5, 4.5))
    ] = 3.0
    strain_weight: Annotated[
        float,
        Param("1", 0, 40, "Further dislike of cost above the strain share", evidence="housing.tastes", likely=(4, 12)),
    ] = 8.0
    strain_from: Annotated[float, Param("share", 0, 1, "Share of income above which cost strains")] = 0.33
    quality_weight: Annotated[
        float, Param("1", -5, 5, "Liking of a good home", evidence="housing.tastes", likely=(0.6, 1.8))
    ] = 1.2
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
        Param("1", 0, 10, "Liking of one's own background, at full salience", "housing.own_group", likely=(4.5, 8.5)),
    ] = 6.5
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
    crowding_weight: Annotated[
        float, Param("1/room", 0, 5, "Dislike of a missing room", evidence="housing.tastes", likely=(0.2, 0.8))
    ] = 0.45
    owning_weight: Annotated[
        float, Param("1", -5, 5, "Liking of owning", evidence="housing.tastes", likely=(0.3, 1.1))
    ] = 0.7
    staying_weight: Annotated[
        float,
        Param(
            "1", 0, 10, "Liking of the present home over another like it", evidence="housing.noise", likely=(1.1, 2.1)
        ),
    ] = 1.6
    priced_out_weight: Annotated[
        float,
        Param(
            "1", 0, 10, "Appeal lost by a home that can no longer be paid", evidence="housing.tastes", likely=(1.5, 4.5)
        ),
    ] = 3.0
    taste_spread: Annotated[
        float,
        Param("1", 0, 5, "Spread of personal taste for a home (Gumbel)", evidence="housing.noise", likely=(0.5, 1)),
    ] = 0.7
    rim_level: Annotated[
        float, Param("1", -20, 20, "Appeal of leaving the city", evidence="housing.levels", likely=(-3, -1.6))
    ] = -2.3
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
        float,
        Param(
            "1/year",
            0,
            1,
            "Registering for a social home, of those who may",
            evidence="housing.levels",
            likely=(0.05, 0.14),
        ),
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
    vacancy_natural: Annotated[
        float, Param("share", 0, 0.5, "Vacancy at which prices keep to the country's", evidence="housing.scarcity")
    ] = 0.055
    vacancy_pool: Annotated[float, Param("homes", 0, 1e4, "Homes of natural vacancy added to an area's")] = 200.0
    price_speed: Annotated[
        float,
        Param(
            "1/year",
            0,
            10,
            "Yearly change of price for missing vacancy",
            evidence="housing.scarcity",
            likely=(0.3, 0.9),
        ),
    ] = 0.6
    price_passed_on: Annotated[
        float,
        Param(
            "1",
            0,
            1,
            "Elasticity of a buyer's cost to price (cheaper credit)",
            evidence="housing.credit",
            likely=(0.2, 0.5),
        ),
    ] = 0.35
    rent_follows: Annotated[
        float,
        Param("1", 0, 1, "Elasticity of rent to price in the long run", evidence="housing.rents", likely=(0.15, 0.5)),
    ] = 0.3
    rent_speed: Annotated[
        float, Param("1/year", 0, 12, "Speed at which rent follows", evidence="housing.rents", likely=(0.3, 0.8))
    ] = 0.5
    renewal_gain: Annotated[
        float,
        Param(
            unit="1",
            low=-0.5,
            high=0.5,
            doc="Log price gain when all homes around are renewed",
            evidence="housing.renewal_price",
            likely=(0.015, 0.08),
        ),
    ] = 0.045
