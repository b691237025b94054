"""Every number behind the mechanism ``encounters``: who meets whom, and what is left of it."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """Whom people meet, and what it leaves behind."""

    cycle_months: Annotated[
        int, Param("months", 1, 60, "Months in which a resident has one encounter that leaves a mark")
    ] = 12
    batch_months: Annotated[int, Param("months", 1, 12, "Months whose encounters are worked out at once")] = 6
    attempts: Annotated[int, Param("people", 1, 20, "Others whom one might meet, looked at in turn")] = 4
    homophily: Annotated[
        float, Param("1", 0, 10, "How strongly unlikeness keeps people apart", "encounters.homophily", (0.6, 2.2))
    ] = 1.4
    education_weight: Annotated[float, Param("1", 0, 1, "Weight of education among the other identities")] = 0.25
    age_weight: Annotated[float, Param("1", 0, 1, "Weight of the age band")] = 0.25
    family_weight: Annotated[float, Param("1", 0, 1, "Weight of the family stage")] = 0.15
    language_weight: Annotated[float, Param("1", 0, 1, "Weight of good command of the local language")] = 0.15
    club_weight: Annotated[float, Param("1", 0, 1, "Weight of the kind of association")] = 0.1
    area_weight: Annotated[float, Param("1", 0, 1, "Weight of the home area")] = 0.1
    street_share: Annotated[float, Param("share", 0, 1, "Of encounters, in the street of the home area")] = 0.3
    school_share: Annotated[float, Param("share", 0, 1, "Of pupils' encounters, at school")] = 0.6
    gate_share: Annotated[float, Param("share", 0, 1, "Of parents' encounters, at the school gate")] = 0.2
    club_share: Annotated[float, Param("share", 0, 1, "Of members' encounters, in an association")] = 0.2
    member_share: Annotated[float, Param("share", 0, 1, "Of residents, members of an association")] = 0.4
    fluent_share: Annotated[float, Param("share", 0, 1, "Command of the language from which it is good")] = 0.7
    street_good: Annotated[
        float,
        Param("share", 0, 1, "Good, of encounters across in street and centre", "encounters.negative", (0.75, 0.9)),
    ] = 0.83
    disorder_good: Annotated[float, Param("share", 0, 1, "Fewer good ones at full disorder", likely=(0.0, 0.3))] = 0.15
    school_good: Annotated[float, Param("share", 0, 1, "Good at school and its gate", likely=(0.8, 0.95))] = 0.88
    cooperative_good: Annotated[
        float, Param("share", 0, 1, "Good where people do something together", "encounters.cooperative", (0.88, 0.98))
    ] = 0.94
    gain: Annotated[
        float,
        Param(
            unit="share",
            low=-1,
            high=1,
            doc="Of what is missing of openness to those met, gained in close cooperation",
            evidence="encounters.contact",
            likely=(0.03, 0.15),
            nil=0.0,
        ),
    ] = 0.09
    loss_ratio: Annotated[
        float, Param("ratio", 0, 5, "A bad encounter against a good one", "encounters.negative", (1.5, 2.0))
    ] = 1.7
    casual_weight: Annotated[
        float, Param("share", -1, 1, "Of that gain, in street and centre", "encounters.casual", (-0.1, 0.4))
    ] = 0.2
    shared_weight: Annotated[
        float, Param("share", 0, 1, "Of that gain, at school, gate and association", likely=(0.2, 0.8))
    ] = 0.5
    generalisation: Annotated[
        float,
        Param(
            unit="share",
            low=-1,
            high=1,
            doc="Of the gain in an activity, carried over to strangers",
            evidence="encounters.generalisation",
            likely=(-0.05, 0.3),
        ),
    ] = 0.2
    influence: Annotated[
        float, Param("share", 0, 0.5, "Of a difference in openness, closed by talk", "encounters.talk", (0.0, 0.05))
    ] = 0.02
    half_life_months: Annotated[
        float, Param("months", 1, 240, "Half of what has changed is gone", "encounters.fading", (3.0, 36.0))
    ] = 12.0
    openness_mean: Annotated[float, Param("share", 0, 1, "Openness as a trait, mean")] = 0.5
    openness_spread: Annotated[float, Param("share", 0, 0.5, "Openness as a trait, spread")] = 0.15
    bridging_speed: Annotated[float, Param("share", 0, 1, "Weight of the last encounter in the bridging share")] = 0.3
    regular_contact: Annotated[
        float, Param("share", 0, 1, "Bridging share from which contact is regular", "encounters.level")
    ] = 0.25
    salience_base: Annotated[float, Param("share", 0, 1, "Weight of background among identities")] = 0.5
    salience_trait: Annotated[float, Param("1", 0, 2, "Less weight for each unit of openness as a trait")] = 1.0
    salience_half_life_months: Annotated[float, Param("months", 1, 240, "Months to go half of the way")] = 24.0
    threat_news: Annotated[float, Param("share", 0, 1, "Added by national news of threat; no series at hand")] = 0.0
    dealings_effect: Annotated[
        float,
        Param(
            "share",
            -1,
            1,
            "Added when the city deals with groups only",
            evidence="encounters.dealings",
            likely=(-0.03, 0.1),
        ),
    ] = 0.04
    ties_effect: Annotated[
        float, Param("share", 0, 1, "Taken off by ties across only", evidence="encounters.ties", likely=(0.0, 0.2))
    ] = 0.1
    stance_effect: Annotated[
        float, Param("share", -1, 1, "Taken off by a full one-city stance", "encounters.stance", (-0.03, 0.08))
    ] = 0.03
    separate_effect: Annotated[float, Param("share", 0, 1, "Salience gained in an activity for one group")] = 0.02
    selection: Annotated[
        float, Param("share", 0, 1, "How far only the open come when invited", "encounters.selection", (0.0, 1.0))
    ] = 1.0
    elsewhere_share: Annotated[float, Param("share", 0, 1, "Of those in an activity, from the whole city")] = 0.25
    service_joint: Annotated[float, Param("share", 0, 1, "Of service tenants' hours, joint activities")] = 0.1
    places_an_hour: Annotated[float, Param("places/hour", 0, 20, "Places in joint activities made by an hour")] = 1.0
    established_months: Annotated[int, Param("months", 0, 600, "Lived here, to be somebody's buddy")] = 24
    pair_success: Annotated[
        float, Param("share", 0, 1, "Of pairs of buddies, those who become close", "encounters.buddies", (0.2, 0.5))
    ] = 0.35
