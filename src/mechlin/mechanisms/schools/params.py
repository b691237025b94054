"""Every number behind the mechanism ``schools``: what families weigh, and what follows for them."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """How parents choose, who may camp, what disappointment does."""

    entry_months: Annotated[
        int, Param("months", 12, 60, "Age from which a child enters in September: born two years ago")
    ] = 21
    wishes: Annotated[int, Param("schools", 1, 20, "Schools that parents list")] = 5
    known: Annotated[int, Param("schools", 5, 500, "Schools that parents know: those nearest to their area")] = 64
    distance_weight: Annotated[
        float, Param("1/km", 0, 10, "Dislike of a kilometre", "schools.distance", likely=(1.6, 3.0))
    ] = 2.2
    composition_weight: Annotated[
        float,
        Param(
            unit="1",
            low=0,
            high=10,
            doc="Dislike of a school with only indicator pupils, other parents of middle education",
            evidence="schools.composition",
            likely=(0.5, 3.5),
        ),
    ] = 2.0
    composition_educated: Annotated[
        float, Param("share", 0, 1, "More of it for each level of the parents' education", "schools.composition")
    ] = 0.3
    composition_steeper: Annotated[
        float, Param("1", 0, 5, "Further dislike of a share above the level where it steepens", "schools.composition")
    ] = 1.0
    steeper_from_share: Annotated[float, Param("share", 0, 1, "Level where it steepens", "schools.composition")] = 0.5
    own_weight: Annotated[
        float,
        Param(
            unit="1",
            low=0,
            high=10,
            doc="Liking of a school where all pupils are of one's own background",
            evidence="schools.own_group",
            likely=(0.5, 5.0),
        ),
    ] = 3.0
    committed_share: Annotated[
        float,
        Param(
            "share", 0, 1, "Of parents, committed to the nearest mixed school", "schools.composition", likely=(0.1, 0.2)
        ),
    ] = 0.15
    committed_weight: Annotated[float, Param("1", 0, 10, "Their liking of that school")] = 1.5
    mixed_from_share: Annotated[
        float, Param(unit="share", low=0, high=1, doc="Indicator pupils from which a school counts as mixed")
    ] = 0.3
    quality_weight: Annotated[float, Param("1", 0, 10, "Liking of the best against the worst quality")] = 1.0
    guarantee_weight: Annotated[
        float, Param("1", -5, 5, "Liking of a school whose guarantee of quality parents were shown", likely=(0.0, 1.0))
    ] = 0.4
    class_size_weight: Annotated[
        float,
        Param("1/pupil", -1, 1, "Dislike of a pupil more in the class", "schools.class_size_choice", likely=(0.0, 0.1)),
    ] = 0.04
    usual_class: Annotated[float, Param("pupils", 5, 40, "Class size that parents are used to")] = 21.0
    friends_weight: Annotated[
        float,
        Param("1", 0, 10, "Liking of where all the neighbours' children go", "schools.friends", likely=(0.5, 2.5)),
    ] = 1.5
    sibling_weight: Annotated[float, Param("1", 0, 10, "Liking of where a brother or sister goes")] = 4.0
    tie_weight: Annotated[
        float, Param("1", 0, 3, "Liking of each other family met at a visit", "schools.friends", likely=(0.1, 0.5))
    ] = 0.3
    ties_most: Annotated[int, Param("families", 1, 50, "Other families that count")] = 8
    group_min: Annotated[int, Param("families", 1, 50, "Smallest group that dares", "schools.group")] = 5
    tour_km: Annotated[float, Param("km", 0, 20, "Families within this distance are invited")] = 1.5
    allowance_eur: Annotated[
        float, Param("EUR/month", 0, 5000, "Equivalised income below which a school allowance is paid")
    ] = 900.0
    camp_weight: Annotated[
        float,
        Param(
            "1",
            0,
            3,
            "Earlier in the queue, for each level of education (log of the rate)",
            evidence="schools.queue",
            likely=(0.0, 0.8),
        ),
    ] = 0.3
    reach_km: Annotated[float, Param("km", 0, 50, "Farthest school taken when no wish is granted")] = 3.0
    change_km: Annotated[float, Param("km", 0, 50, "Distance beyond which a child who moved changes school")] = 2.5
    pull_unplaced: Annotated[float, Param("1", 0, 5, "Pull of the rim when no wish is granted")] = 0.5
    pull_disappointed: Annotated[float, Param("1", 0, 5, "Pull of the rim when a lower wish is granted")] = 0.1
    pull_fade_years: Annotated[float, Param("years", 0.1, 10, "Time in which that pull falls to a third")] = 1.0
    home_sd: Annotated[float, Param("SD", 0, 2, "Attainment from home, by level of the parents' education")] = 0.4
