"""Every number behind the mechanism ``attitudes``: what feeling safe, trust, belonging and pride answer to."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """What attitudes answer to, in standard deviations (SD), and how fast."""

    trait_share: Annotated[
        float, Param("share", 0, 0.99, "Of variance, lasting", "attitudes.stability", (0.55, 0.8))
    ] = 0.7
    monthly_speed: Annotated[
        float, Param("1/month", 0.001, 0.3, "Of the way to the target, in a month", "attitudes.stability", (0.01, 0.04))
    ] = 0.02
    loss_factor: Annotated[
        float, Param("ratio", 1, 6, "A loss against an equal gain", "attitudes.losses", (1.5, 4))
    ] = 2.0
    talk_share: Annotated[
        float,
        Param(
            unit="share", low=0, high=1, doc="Of news, felt by close ones", evidence="attitudes.talk", likely=(0.1, 0.5)
        ),
    ] = 0.3
    victim_harm: Annotated[float, Param("SD", 0, 2, "Safety lost by a victim", "attitudes.victims", (0.1, 0.5))] = 0.3
    safety_disorder: Annotated[
        float, Param("SD", -3, 5, "Safety lost from no disorder to full", "attitudes.streets", (0.2, 1.4), nil=0.0)
    ] = 0.8
    safety_space: Annotated[
        float,
        Param(
            unit="SD",
            low=-3,
            high=5,
            doc="Safety from the poorest public space (light too) to the best",
            evidence="attitudes.streets",
            likely=(0.0, 0.8),
            nil=0.0,
        ),
    ] = 0.4
    safety_violence: Annotated[
        float, Param("SD", 0, 2, "Safety lost to one violent offence per 100 a year", "attitudes.victims", (0.05, 0.4))
    ] = 0.2
    safety_offences: Annotated[
        float, Param("SD", 0, 0.5, "Safety lost to one other offence per 100 a year", "attitudes.victims", (0.0, 0.03))
    ] = 0.01
    safety_patrol: Annotated[
        float, Param("SD", -1, 1, "Safety from officers seen everywhere", "attitudes.patrol", (-0.1, 0.4), nil=0.0)
    ] = 0.16
    patrol_half_hours: Annotated[
        float, Param("hours/1000/month", 0.1, 1000, "Patrol at which half of it is reached")
    ] = 40.0
    safety_education: Annotated[float, Param("SD", -1, 1, "Safety for each level of education", "attitudes.who")] = 0.1
    safety_age: Annotated[float, Param("SD", -1, 1, "Safety for ten years of age", "attitudes.who")] = -0.03
    trust_mood: Annotated[
        float, Param("1", 0, 2, "Of a shift in the country's trust, followed in the end", "attitudes.mood", (0.4, 1.2))
    ] = 0.8
    trust_service: Annotated[
        float, Param("SD", 0, 3, "Trust from the worst kept streets to the best", "attitudes.service", (0.2, 0.9))
    ] = 0.5
    record_streets: Annotated[
        float,
        Param(
            unit="SD",
            low=-2,
            high=4,
            doc="The government's record, from the worst kept streets all over the city to the best",
            evidence="attitudes.record",
            likely=(-0.1, 0.8),
        ),
    ] = 0.25
    record_centre: Annotated[
        float,
        Param("SD", -2, 4, "The same, from the poorest centre to the best", "attitudes.record", likely=(-0.1, 0.8)),
    ] = 0.25
    record_crime: Annotated[
        float,
        Param(
            unit="SD/log point",
            low=-1,
            high=3,
            doc="The same, offences fallen below the country's by a log point",
            evidence="attitudes.record",
            likely=(-0.05, 0.3),
        ),
    ] = 0.05
    climate: Annotated[
        float,
        Param(
            unit="SD/sqrt(year)",
            low=0,
            high=1,
            doc="By how much a whole city's trust and pride move in a year for reasons that nothing here holds",
            evidence="attitudes.climate",
            likely=(0.03, 0.12),
        ),
    ] = 0.07
    trust_safety: Annotated[
        float,
        Param(
            unit="1", low=0, high=1, doc="Trust for one SD of safety", evidence="attitudes.safety", likely=(0.05, 0.1)
        ),
    ] = 0.07
    trust_belonging: Annotated[float, Param("1", 0, 1, "Trust for one SD of belonging", likely=(0.0, 0.2))] = 0.1
    trust_education: Annotated[float, Param("SD", -1, 1, "Trust for each level of education", "attitudes.who")] = 0.1
    stop_harm: Annotated[
        float, Param("SD", -1, 2, "Trust lost when stopped by the police", "attitudes.stops", (0.05, 0.4), nil=0.0)
    ] = 0.25
    fine_harm: Annotated[
        float,
        Param(
            unit="SD",
            low=-1,
            high=2,
            doc="Trust lost by a fined household",
            evidence="attitudes.stops",
            likely=(0.1, 0.5),
        ),
    ] = 0.3
    explained_gain: Annotated[
        float,
        Param(
            "share", -1, 1, "Of a decision's harm, saved by explaining it", "attitudes.conduct", (-0.1, 0.6), nil=0.0
        ),
    ] = 0.4
    school_gain: Annotated[float, Param("SD", -1, 1, "Trust when a child gets the first wish", likely=(0.0, 0.2))] = (
        0.08
    )
    home_gain: Annotated[float, Param("SD", -1, 1, "Trust when a social home is given", likely=(0.0, 0.3))] = 0.15
    consulted_gain: Annotated[
        float, Param("SD", -1, 1, "Trust when asked as a resident", "attitudes.consultation", (-0.05, 0.13))
    ] = 0.04
    diversity: Annotated[
        float, Param("SD", 0, 1, "Trust lost for one SD of a street's diversity", "attitudes.diversity", (0.01, 0.05))
    ] = 0.026
    contact_first: Annotated[
        int,
        Param(
            unit="0 or 1",
            low=0,
            high=1,
            doc="Diversity of a street adds to trust instead (contact first)",
            evidence="attitudes.contact",
            structure=True,
        ),
    ] = 0
    belonging_openness: Annotated[float, Param("SD", -2, 3, "Belonging from closed to open", likely=(0.1, 0.9))] = 0.5
    belonging_centre: Annotated[
        float, Param("SD", -2, 3, "Belonging from the poorest centre to the best", likely=(0.0, 1.0))
    ] = 0.5
    belonging_age: Annotated[float, Param("SD", -1, 1, "Belonging for ten years of age", "attitudes.who")] = 0.06
    newcomer_gap: Annotated[float, Param("SD", 0, 2, "Belonging that newcomers lack", likely=(0.2, 0.7))] = 0.4
    settle_years: Annotated[float, Param("years", 0.1, 60, "Years until they belong like others")] = 10.0
    came_per_year: Annotated[
        float, Param("1/year", 0.0001, 1, "Of the residents at the start, came in a year before it")
    ] = 0.025
    discrimination_per_year: Annotated[
        float,
        Param(
            unit="1/year",
            low=0,
            high=5,
            doc="Discrimination met by a resident of foreign origin",
            evidence="attitudes.discrimination",
            likely=(0.12, 0.4),
        ),
    ] = 0.24
    discrimination_harm: Annotated[float, Param("SD", 0, 1, "Belonging lost each time", likely=(0.05, 0.3))] = 0.15
    discrimination_trust: Annotated[float, Param("SD", 0, 1, "Trust lost each time", likely=(0.0, 0.15))] = 0.05
    pride_centre: Annotated[
        float, Param(unit="SD", low=-2, high=4, doc="Pride from the poorest centre to the best", likely=(0.2, 2))
    ] = 1.0
    pride_belonging: Annotated[float, Param("1", 0, 1, "Pride for one SD of belonging", likely=(0.1, 0.4))] = 0.2
    pride_record: Annotated[
        float, Param("1", -2, 3, "Pride for one SD of the government's record", likely=(-0.1, 0.8))
    ] = 0.3
    pride_trait: Annotated[float, Param("1", 0, 0.99, "Correlation of the traits of pride and belonging")] = 0.6
    usual_violence: Annotated[
        float, Param(unit="offences/100/year", low=0, high=100, doc="Level: violence when nothing is unusual")
    ] = 1.0
    usual_offences: Annotated[
        float, Param("offences/100/year", 0, 500, "Level: other offences when nothing is unusual")
    ] = 9.7
    usual_victims: Annotated[float, Param("1/year", 0, 2, "Level: crime met in a year when nothing is unusual")] = 0.125
    usual_stops: Annotated[float, Param("1/year", 0, 2, "Level: stops met in a year when nothing is unusual")] = 0.06
    answer_slip_sd: Annotated[
        float, Param("SD", 0.01, 2, "By which an answer misses the attitude", "attitudes.answers")
    ] = 0.33
    much_trust_above: Annotated[
        float, Param("SD", -4, 4, "Level: much trust above it", "attitudes.levels", (0.42, 0.7))
    ] = 0.56
    often_unsafe_below: Annotated[float, Param("SD", -4, 4, "Level: often unsafe below it", "attitudes.levels")] = -1.0
    proud_above: Annotated[
        float, Param("SD", -4, 4, "Level: proud above it", "attitudes.levels", (-0.63, -0.35))
    ] = -0.49
    respondents: Annotated[int, Param("adults", 1, 10**6, "Who answer the monitor", "attitudes.answers")] = 1200
    low_education_answers: Annotated[
        float, Param(unit="ratio", low=0.05, high=1, doc="Of adults with little schooling, who answer")
    ] = 0.8
