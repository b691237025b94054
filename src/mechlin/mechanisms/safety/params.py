"""Every number behind the mechanism ``safety``: levels of offending, what guards places, what the police and courts do."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """Levels are attempts a year by a man of average inclination at the peak age, in 2001; risks are relative.

    An attempt counts whether or not the police ever hear of it, and whether a resident makes it or somebody from elsewhere.
    """

    burglary_level: Annotated[
        float, Param("1/year", 0, 9, "Attempts: burglary", evidence="safety.levels", likely=(0.075, 0.125))
    ] = 0.1
    theft_level: Annotated[
        float,
        Param(
            "1/year", 0, 9, "Attempts: theft of bicycles, bags, in shops", evidence="safety.levels", likely=(0.4, 0.71)
        ),
    ] = 0.52
    vehicle_level: Annotated[
        float,
        Param("1/year", 0, 9, "Attempts: theft of and from vehicles", evidence="safety.levels", likely=(0.2, 0.32)),
    ] = 0.26
    violence_level: Annotated[
        float, Param("1/year", 0, 9, "Attempts: robbery, assault", evidence="safety.levels", likely=(0.14, 0.26))
    ] = 0.2
    nuisance_level: Annotated[
        float,
        Param("1/year", 0, 9, "Attempts: vandalism, public nuisance", evidence="safety.levels", likely=(0.4, 0.8)),
    ] = 0.6
    outside_share: Annotated[
        float, Param("share", 0, 0.9, "Of attempts, by people who live elsewhere", "safety.outside", (0.23, 0.45))
    ] = 0.33
    reported_burglary: Annotated[
        float, Param("share", 0.05, 1, "Burglaries that the police record", "safety.reporting", (0.7, 0.9))
    ] = 0.8
    reported_theft: Annotated[
        float, Param("share", 0.05, 1, "Thefts that the police record", "safety.reporting", (0.35, 0.55))
    ] = 0.45
    reported_vehicle: Annotated[
        float, Param("share", 0.05, 1, "Vehicle crime that the police record", "safety.reporting", (0.55, 0.75))
    ] = 0.65
    reported_violence: Annotated[
        float, Param("share", 0.05, 1, "Violence that the police record", "safety.reporting", (0.25, 0.45))
    ] = 0.35
    reported_nuisance: Annotated[
        float, Param("share", 0.05, 1, "Nuisance that the police record", "safety.reporting", (0.15, 0.35))
    ] = 0.25
    detection: Annotated[
        float,
        Param("1", -1, 2, "Elasticity of recording violence and nuisance to officers", "safety.detection", (0.0, 0.5)),
    ] = 0.2
    tide_weight: Annotated[
        float,
        Param(
            unit="1",
            low=0,
            high=2,
            doc="Elasticity to the country's recorded crime",
            evidence="safety.tide",
            likely=(0.7, 1.3),
        ),
    ] = 1.0
    burglary_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Beyond the tide: better locks", "safety.technology", (-0.06, 0.02))
    ] = -0.02
    theft_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Beyond the tide: less cash, other bicycles", "safety.drift", (-0.06, 0.04))
    ] = -0.01
    vehicle_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Beyond the tide: immobilisers", "safety.technology", (-0.13, -0.03))
    ] = -0.08
    violence_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Beyond the tide", evidence="safety.drift", likely=(-0.03, 0.03))
    ] = 0.0
    nuisance_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Beyond the tide", evidence="safety.drift", likely=(-0.03, 0.03))
    ] = 0.0
    propensity_shape: Annotated[
        float, Param("1", 0.02, 50, "Shape of the gamma of inclination", "safety.concentration", (0.1, 0.2))
    ] = 0.15
    age_min: Annotated[int, Param("years", 5, 18, "Youngest who offend")] = 12
    age_max: Annotated[int, Param("years", 40, 99, "Oldest who offend")] = 65
    age_peak: Annotated[float, Param("years", 12, 60, "Age of most offending", "safety.age_curve", (16.0, 20.0))] = 18.0
    age_origin: Annotated[float, Param("years", 0, 11, "Where the log of age starts", "safety.age_curve")] = 5.0
    age_spread: Annotated[float, Param("1", 0.05, 50, "Spread in the log of age", "safety.age_curve", (0.5, 0.7))] = 0.6
    women_ratio: Annotated[float, Param("ratio", 0, 4, "Women against men", "safety.sex_ratio", (0.2, 0.3))] = 0.25
    unemployed_weight: Annotated[
        float,
        Param(
            "1", 0, 3, "Added to the rate of those who look for work", evidence="safety.unemployed", likely=(0.0, 0.6)
        ),
    ] = 0.3
    peer_weight: Annotated[
        float,
        Param("1/SD", -1, 1, "Log rate by share of young people charged nearby", "safety.peers", (0.02, 0.12), 0.0),
    ] = 0.07
    peer_age_max: Annotated[int, Param("years", 12, 40, "Oldest who are moved by peers", "safety.peers")] = 25
    distance_km: Annotated[
        float, Param("km", 0.1, 50, "At which half as many go", evidence="safety.journey", likely=(0.8, 2.5))
    ] = 1.5
    burglary_shops: Annotated[float, Param("homes", 0, 500, "A shop against homes, to burglars")] = 2.0
    theft_shops: Annotated[
        float, Param(unit="people", low=0, high=500, doc="A shop and its visitors against residents, to thieves")
    ] = 25.0
    vehicle_shops: Annotated[float, Param("homes", 0, 500, "Cars parked near a shop against those near a home")] = 2.0
    centre_shops: Annotated[float, Param("people", 0, 500, "Young people near a shop against those living there")] = 4.0
    near_repeat_km2: Annotated[
        float,
        Param(
            "km2",
            0,
            2,
            "Rise of next month's risk around a burglary, over the ground",
            "safety.near_repeat",
            (0.02, 0.08),
        ),
    ] = 0.05
    near_repeat_max: Annotated[float, Param("ratio", 1, 10, "Largest such rise for an area")] = 2.5
    repeat_risk: Annotated[
        float, Param("ratio", 1, 20, "Of the burgled home itself next month", "safety.near_repeat", (1.0, 3.0))
    ] = 1.4
    usual_prevented: Annotated[float, Param("share", 0, 0.9, "Of attempts, stopped by usual guardianship")] = 0.2
    camera_street_risk: Annotated[
        float,
        Param("ratio", 0, 2, "Watched cameras, streets: theft, nuisance", "safety.cameras_streets", (0.85, 1.05), 1.0),
    ] = 0.95
    camera_carpark_risk: Annotated[
        float, Param("ratio", 0, 2, "Watched cameras, car parks: vehicles", "safety.cameras_carparks", (0.45, 0.9), 1.0)
    ] = 0.63
    camera_home_risk: Annotated[
        float,
        Param("ratio", 0, 2, "Watched cameras, homes: burglary, vehicles", "safety.cameras_homes", (0.78, 0.99), 1.0),
    ] = 0.88
    camera_violence_risk: Annotated[
        float, Param("ratio", 0, 2, "Watched cameras: violence", "safety.cameras_violence", (0.93, 1.07), 1.0)
    ] = 1.0
    carpark_share: Annotated[float, Param("share", 0, 1, "Of vehicle crime, in car parks")] = 0.15
    usual_officers: Annotated[
        float,
        Param(
            "full-time/1000", 0.1, 20, "Officers for 1,000 residents, without measures", "safety.officers", (1.7, 2.8)
        ),
    ] = 2.1
    police_dose_max: Annotated[
        float, Param(unit="ratio", low=1, high=50, doc="Officers against the usual past which more do nothing")
    ] = 4.0
    police_property: Annotated[
        float, Param("1", -2, 1, "Elasticity of property crime to officers", "safety.police", (-0.25, -0.08), 0.0)
    ] = -0.17
    police_violence: Annotated[
        float, Param("1", -2, 1, "Elasticity of violence and nuisance to officers", "safety.police", (-0.45, -0.2), 0.0)
    ] = -0.34
    solving_risk: Annotated[
        float,
        Param("ratio", 0, 2, "Spots worked on by solving the problem", "safety.problem_solving", (0.75, 0.97), 1.0),
    ] = 0.85
    spot_share: Annotated[float, Param("share", 0, 1, "Of theft, vehicle crime and violence, at such spots")] = 0.4
    stops_elasticity: Annotated[
        float, Param("1", -1, 1, "Elasticity of offences to stops", "safety.stops_crime", (-0.05, 0.01))
    ] = -0.02
    lighting_risk: Annotated[
        float, Param("ratio", 0, 2, "Better lit streets: property crime", "safety.lighting", (0.79, 1.05), 1.0)
    ] = 0.86
    disorder_to_crime: Annotated[
        int,
        Param("0 or 1", 0, 1, "Structure: disorder invites offences (1) or not (0)", "safety.disorder", structure=True),
    ] = 0
    disorder_weight: Annotated[
        float, Param("1", -2, 2, "Log chance of success by disorder", "safety.disorder", (-0.1, 0.25))
    ] = 0.07
    disorder_usual: Annotated[float, Param("share", 0, 1, "Disorder at which nothing is added")] = 0.3
    neighbours_weight: Annotated[
        float, Param("1", -1, 2, "Log chance of burglary by share of new neighbours", likely=(-0.1, 0.3))
    ] = 0.1
    crime_moves: Annotated[
        int,
        Param("0 or 1", 0, 1, "Structure: prevention elsewhere (1) or not (0)", "safety.displacement", structure=True),
    ] = 1
    displacement: Annotated[
        float,
        Param(
            "share",
            -1,
            1,
            "Of what is prevented, moves; below 0: also spares others",
            "safety.displacement",
            (-0.3, 0.2),
        ),
    ] = -0.05
    solved_burglary: Annotated[float, Param("share", 0, 1, "Of burglaries recorded, solved")] = 0.1
    solved_theft: Annotated[float, Param("share", 0, 1, "Of thefts recorded, solved")] = 0.08
    solved_vehicle: Annotated[float, Param("share", 0, 1, "Of vehicle crime recorded, solved")] = 0.05
    solved_violence: Annotated[float, Param("share", 0, 1, "Of violence recorded, solved")] = 0.55
    solved_nuisance: Annotated[float, Param("share", 0, 1, "Of nuisance recorded, solved")] = 0.25
    evidence_gain: Annotated[
        float, Param("share", -1, 1, "Of the unsolved, solved where all is recorded", "safety.evidence", (0.02, 0.2))
    ] = 0.1
    home_share: Annotated[
        float, Param("share", 0.01, 0.99, "Of burglaries, in homes in 2001", "safety.sorts", (0.6, 0.82))
    ] = 0.71
    home_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Log odds of homes among burglaries", "safety.sorts_drift", (-0.07, 0.03))
    ] = -0.02
    bicycle_share: Annotated[float, Param("share", 0.01, 0.99, "Of thefts, of bicycles in 2001", likely=(0.2, 0.4))] = (
        0.3
    )
    bicycle_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Log odds of bicycles among thefts", "safety.sorts_drift", (-0.06, 0.06))
    ] = 0.0
    from_vehicle_share: Annotated[
        float, Param("share", 0.01, 0.99, "Of vehicle crime, from vehicles in 2001", "safety.sorts", (0.76, 0.93))
    ] = 0.85
    from_vehicle_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Log odds of thefts from vehicles", "safety.sorts_drift", (-0.08, 0.04))
    ] = -0.02
    robbery_share: Annotated[float, Param("share", 0.01, 0.99, "Of violence, robbery in 2001", likely=(0.15, 0.35))] = (
        0.25
    )
    robbery_drift: Annotated[
        float, Param("1/year", -0.3, 0.3, "Log odds of robbery among violence", "safety.sorts_drift", (-0.06, 0.06))
    ] = 0.0
    diversion_share: Annotated[float, Param("share", 0, 1, "Of adults charged with lighter facts, diverted")] = 0.4
    diversion_young: Annotated[float, Param("share", 0, 1, "Of minors charged, diverted")] = 0.8
    diversion_risk: Annotated[
        float, Param("ratio", 0, 2, "Offending after diversion against a court", "safety.diversion", (0.72, 1.0), 1.0)
    ] = 0.85
    diversion_months: Annotated[int, Param("months", 0, 120, "For which that holds", "safety.diversion")] = 24
    custody_share: Annotated[
        float,
        Param("share", 0, 1, "Of adults charged before a court, taken into custody", "safety.custody", (0.03, 0.15)),
    ] = 0.07
    custody_months: Annotated[
        int, Param("months", 0, 120, "For which they then cannot offend", "safety.custody", (3, 12))
    ] = 6
    stops_per_100_per_year: Annotated[float, Param("1/100/year", 0, 200, "Usual stops")] = 4.0
    stops_per_hour: Annotated[
        float,
        Param(
            "1/hour",
            0,
            5,
            "Stops that come with an hour of extra patrol",
            evidence="safety.patrol_stops",
            likely=(0.01, 0.06),
        ),
    ] = 0.03
    stop_near_home: Annotated[float, Param("share", 0, 1, "Of those stopped, living in the area")] = 0.6
    stop_young_age: Annotated[int, Param("years", 15, 60, "Below it residents are most in the street")] = 30
    stop_older: Annotated[float, Param("ratio", 0, 1, "Stops of older against younger residents")] = 0.25
    stop_women: Annotated[float, Param("ratio", 0, 1, "Stops of women against men")] = 0.25
    stop_working: Annotated[float, Param("ratio", 0, 1, "Stops of those who work against those who do not")] = 0.6
    stop_risk: Annotated[float, Param("ratio", 0.5, 3, "Offending after a stop", "safety.stop_harm", (0.98, 1.1))] = (
        1.02
    )
    stop_months: Annotated[int, Param("months", 0, 120, "For which that holds", "safety.stop_harm")] = 12
    training_gain: Annotated[
        float, Param("share", -1, 1, "Of a stop's harm, undone by fair conduct", "safety.fair_conduct", (-0.1, 0.7))
    ] = 0.4
    youth_risk: Annotated[
        float, Param("ratio", 0, 2, "With a youth worker or club in reach", "safety.youth_clubs", (0.8, 1.05), 1.0)
    ] = 0.88
    youth_age_max: Annotated[
        int, Param("years", 12, 30, "Age from which clubs no longer reach", "safety.youth_clubs")
    ] = 21
    enough_share: Annotated[float, Param("share", 0, 1, "Of parents asked, whose own measures are enough")] = 0.3
    accept_share: Annotated[
        float, Param("share", 0, 1, "Of families, take the offer of a plan", likely=(0.6, 0.95))
    ] = 0.8
    kept_share: Annotated[float, Param("share", 0, 1, "Of plans and service, kept", likely=(0.6, 0.95))] = 0.8
    service_share: Annotated[float, Param("share", 0, 1, "Of minors offered community service, take it")] = 0.6
    plan_term_months: Annotated[int, Param("months", 1, 36, "Term of a plan")] = 4
    place_wait_months: Annotated[int, Param("months", 1, 36, "Waiting for a place after which a case is closed")] = 6
    plan_risk: Annotated[
        float, Param("ratio", 0.3, 3, "Attention: offending during a plan", "safety.parental_orders", (0.9, 1.1))
    ] = 1.0
    income_risk: Annotated[
        float, Param("ratio", 0.3, 3, "Loss of income: the year after a fine", "safety.parental_orders", (0.9, 1.1))
    ] = 1.0
    resentment_risk: Annotated[
        float, Param("ratio", 0.3, 3, "Resentment: the year after a fine", "safety.parental_orders", (0.9, 1.1))
    ] = 1.0
    therapy_risk: Annotated[
        float, Param("ratio", 0.3, 3, "Offending after family therapy", "safety.family_therapy", (0.78, 1.1))
    ] = 0.92
    therapy_term_months: Annotated[int, Param("months", 1, 36, "Term of therapy")] = 4
    therapy_lasts_months: Annotated[int, Param("months", 1, 120, "For which its effect holds")] = 18
    therapy_charges: Annotated[int, Param("charges", 1, 50, "From which therapy is offered")] = 2
