"""Every number behind the mechanism ``elections``: who votes, and what draws to a list."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """Who votes, and what draws to a list; pulls and weights are log-odds."""

    turnout_compulsory: Annotated[
        float,
        Param("share", 0.5, 1, "Valid votes, where voting is compulsory", "elections.turnout", likely=(0.9, 0.95)),
    ] = 0.93
    turnout_voluntary: Annotated[
        float, Param("share", 0.1, 1, "Valid votes, where it is not", "elections.turnout", likely=(0.54, 0.75))
    ] = 0.635
    turnout_young: Annotated[
        float,
        Param("share", 0, 0.5, "Lower turnout under 25, if not compulsory", "elections.turnout", likely=(0.04, 0.12)),
    ] = 0.08
    turnout_education: Annotated[
        float, Param("share", 0, 0.5, "Higher turnout per level of education, if not compulsory")
    ] = 0.07
    citizen_start: Annotated[
        float,
        Param("share", 0, 1, "Of foreign origin at the start, citizens", "elections.citizens", likely=(0.35, 0.65)),
    ] = 0.53
    citizen_born: Annotated[float, Param("share", 0, 1, "The same of those born here")] = 0.92
    citizen_arrival: Annotated[
        float, Param("share", 0, 1, "The same of arrivals, who come from elsewhere in the country too")
    ] = 0.35
    naturalisation_rate: Annotated[
        float, Param("1/year", 0, 0.5, "Becoming a citizen", "elections.citizens", likely=(0.02, 0.1))
    ] = 0.06
    registered_share: Annotated[
        float, Param("share", 0, 1, "Non-citizens registered for municipal elections", likely=(0.08, 0.2))
    ] = 0.14
    tide_regional: Annotated[
        float,
        Param(
            "share", 0, 1.5, "Felt of the region's swing, regional and federal", "elections.swing", likely=(0.85, 1.1)
        ),
    ] = 1.0
    tide_municipal: Annotated[
        float,
        Param(
            "share", 0, 1.5, "The same in municipal elections", evidence="elections.municipal_tide", likely=(0.5, 1.0)
        ),
    ] = 0.8
    tide_drift: Annotated[
        float,
        Param(
            unit="log-odds/sqrt(year)",
            low=0,
            high=2,
            doc="By how much a region moves in a year after a vote, so that an old vote is a blurred guide",
            evidence="elections.tide_drift",
            likely=(0.15, 0.45),
        ),
    ] = 0.27
    own_way_regional: Annotated[
        float,
        Param(
            unit="log-odds",
            low=0,
            high=2,
            doc="By how much a place goes its own way in a term, regional and federal",
            evidence="elections.own_way",
            likely=(0.1, 0.36),
        ),
    ] = 0.15
    own_way_municipal: Annotated[
        float, Param("log-odds", 0, 2, "The same in municipal elections", "elections.own_way", likely=(0.2, 0.36))
    ] = 0.27
    own_way_mayor: Annotated[
        float, Param("log-odds", 0, 2, "The same, of the mayor's list in the city", likely=(0.1, 0.5))
    ] = 0.3
    gap_kept: Annotated[
        float,
        Param(
            "share", 0, 1, "Of a place's gap to the region, kept over a term", "elections.gap_kept", likely=(0.7, 1.0)
        ),
    ] = 0.85
    term_years: Annotated[float, Param("years", 1, 10, "Length of that term", "elections.gap_kept")] = 5.0
    loyal_share: Annotated[
        float,
        Param(
            "share", 0, 1, "Of voters, those who go by lasting leanings", evidence="elections.loyal", likely=(0.4, 0.8)
        ),
    ] = 0.6
    low_pull: Annotated[
        float, Param("log-odds", -3, 3, "Radical right: low education", "elections.education", likely=(0.0, 0.7))
    ] = 0.35
    high_pull: Annotated[
        float, Param("log-odds", -3, 3, "Radical right: high education", "elections.education", likely=(-1.4, -0.5))
    ] = -0.9
    looking_pull: Annotated[
        float,
        Param(
            "log-odds", -3, 3, "Radical right: looking for work", "elections.unemployment", likely=(0.0, 0.8), nil=0.0
        ),
    ] = 0.5
    foreign_pull: Annotated[
        float,
        Param(
            "log-odds",
            -5,
            3,
            "Radical right: voters of foreign origin",
            evidence="elections.attitudes",
            likely=(-2.5, -0.8),
        ),
    ] = -1.6
    openness_weight: Annotated[
        float,
        Param(
            "log-odds",
            -1,
            6,
            "Away from the radical right, openness from 0 to 1",
            evidence="elections.attitudes",
            likely=(0.3, 3.0),
        ),
    ] = 1.5
    trust_weight: Annotated[
        float,
        Param(
            "log-odds/SD", -1, 2, "The same, for an SD of trust in the city", "elections.services", likely=(0.0, 0.3)
        ),
    ] = 0.12
    safety_weight: Annotated[
        float, Param("log-odds/SD", -1, 2, "The same, for an SD of feeling safe", "elections.safety", likely=(0.0, 0.2))
    ] = 0.08
    disorder_pull: Annotated[
        float,
        Param(
            "log-odds",
            -2,
            5,
            "Radical right: disorder risen from 0 to 1 since the start",
            evidence="elections.decline",
            likely=(0.0, 1.0),
        ),
    ] = 0.3
    vacancy_pull: Annotated[
        float,
        Param(
            unit="log-odds",
            low=-2,
            high=9,
            doc="Radical right: shops vacated, from none to all",
            evidence="elections.vacancy",
            likely=(-0.3, 1.5),
            nil=0.0,
        ),
    ] = 0.4
    price_pull: Annotated[
        float,
        Param(
            "log-odds",
            -2,
            5,
            "Radical right: prices behind the city's by a log point",
            evidence="elections.decline",
            likely=(0.0, 0.8),
        ),
    ] = 0.3
    contact_first: Annotated[
        int,
        Param(
            unit="0 or 1",
            low=0,
            high=1,
            doc="Meeting people of other origin draws away from the radical right; 0: more of them nearby draws to it",
            evidence="elections.contact_or_threat",
            structure=True,
        ),
    ] = 0
    threat_pull: Annotated[
        float,
        Param(
            unit="log-odds",
            low=-10,
            high=20,
            doc="Radical right, majority voters: others in the area risen from none to all, where threat holds",
            evidence="elections.contact_or_threat",
            likely=(-1.5, 4.0),
        ),
    ] = 1.0
    contact_pull: Annotated[
        float,
        Param(
            unit="log-odds",
            low=-3,
            high=5,
            doc="Away from the radical right, majority voters: meeting none of other origin to nobody else, where contact "
            "holds",
            evidence="elections.contact_or_threat",
            likely=(-0.1, 0.7),
        ),
    ] = 0.3
    incumbent_pull: Annotated[
        float,
        Param("log-odds", -1, 3, "Mayor's list: its head is the sitting mayor", "elections.mayor", likely=(0.1, 0.8)),
    ] = 0.5
    mayor_trust: Annotated[
        float,
        Param(
            "log-odds/SD",
            -1,
            3,
            "Mayor's list: an SD of trust in the city",
            evidence="elections.mayor_pulls",
            likely=(0.05, 0.5),
        ),
    ] = 0.25
    mayor_belonging: Annotated[
        float,
        Param(
            "log-odds/SD",
            -1,
            3,
            "Mayor's list: an SD of belonging",
            evidence="elections.mayor_pulls",
            likely=(0.0, 0.3),
        ),
    ] = 0.12
    mayor_record: Annotated[
        float,
        Param(
            unit="log-odds/SD",
            low=-1,
            high=3,
            doc="Mayor's list: an SD of what the city's government is seen to have done",
            evidence="elections.retrospective",
            likely=(-0.1, 0.6),
        ),
    ] = 0.2
    rival_weight: Annotated[
        float,
        Param(
            "ratio",
            0,
            3,
            "Weight of a new rival on the right, as the city's table gives it",
            evidence="elections.rivals",
            likely=(0.2, 2.0),
        ),
    ] = 1.0
    rival_on_mayor: Annotated[
        float,
        Param("share", 0, 1, "Of that, felt by the mayor's list too", evidence="elections.rivals", likely=(0.0, 0.8)),
    ] = 0.4
