"""Every number behind the mechanism ``demography``: births, deaths, couples, moves in and out."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """How often the events of a life happen; yearly rates by age, scaled to the city's own counts."""

    mortality_floor: Annotated[
        float, Param("1/year", 0, 0.01, "Deaths at any age (Makeham)", "demography.mortality")
    ] = 0.0003
    mortality_at_60: Annotated[
        float, Param("1/year", 0, 0.1, "Deaths at 60, men (Gompertz)", "demography.mortality")
    ] = 0.0105
    mortality_growth: Annotated[
        float, Param("1/year of age", 0.05, 0.15, "Growth of deaths with age", "demography.mortality")
    ] = 0.1
    mortality_women: Annotated[
        float, Param("ratio", 0.3, 1.2, "Deaths of women against men", "demography.mortality")
    ] = 0.62
    birth_peak_age: Annotated[float, Param("years", 20, 40, "Age with most births", "demography.births")] = 29.5
    birth_spread: Annotated[float, Param("years", 2, 12, "Spread of age at birth", "demography.births")] = 5.3
    birth_unpartnered: Annotated[
        float,
        Param(
            "ratio", 0, 1, "Births without a partner against with one", evidence="demography.alone", likely=(0.12, 0.3)
        ),
    ] = 0.2
    leave_home_rate: Annotated[
        float,
        Param(
            "1/year",
            0,
            1,
            "Leaving the parents' home at the peak age",
            evidence="demography.levels",
            likely=(0.17, 0.28),
        ),
    ] = 0.22
    leave_home_age: Annotated[float, Param("years", 18, 30, "Peak age of leaving home")] = 25.0
    away_share: Annotated[
        float,
        Param(
            "share",
            0,
            1,
            "Of those who leave home, leave the city at once",
            evidence="demography.levels",
            likely=(0.15, 0.35),
        ),
    ] = 0.25
    couple_rate: Annotated[
        float,
        Param(
            "1/year",
            0,
            1,
            "Singles who meet a possible partner, at the peak age",
            evidence="demography.levels",
            likely=(0.13, 0.22),
        ),
    ] = 0.17
    couple_age: Annotated[float, Param("years", 18, 40, "Peak age of forming couples")] = 27.0
    couple_fall: Annotated[float, Param("years", 1, 60, "Age after the peak over which it falls to a third")] = 16.0
    separation_rate: Annotated[
        float, Param("1/year", 0, 0.2, "Couples that end, at 30", evidence="demography.levels", likely=(0.015, 0.027))
    ] = 0.02
    separation_fall: Annotated[float, Param("years", 1, 60, "Age over which it falls to a third")] = 22.0
    alike_age: Annotated[
        float,
        Param(
            "1/year",
            0,
            1,
            "Dislike of a year of age difference in a partner",
            evidence="demography.alike",
            likely=(0.06, 0.2),
        ),
    ] = 0.12
    alike_education: Annotated[
        float,
        Param("1", 0, 5, "Liking of the same education in a partner", evidence="demography.alike", likely=(0.2, 1)),
    ] = 0.5
    alike_background: Annotated[
        float,
        Param(
            "1", 0, 5, "Liking of the same background in a partner", "demography.alike_background", likely=(0.7, 1.8)
        ),
    ] = 1.2
    same_sex_share: Annotated[float, Param("share", 0, 0.2, "Residents who look for a partner of the same sex")] = 0.03
    depart_share: Annotated[
        float,
        Param(
            "share",
            0,
            1,
            "Of all leavers, those who go for reasons of their own",
            evidence="demography.levels",
            likely=(0.25, 0.45),
        ),
    ] = 0.34
    move_floor: Annotated[float, Param("1/year", 0, 0.2, "Departure at high ages", "moves.by_age")] = 0.016
    move_peak: Annotated[
        float, Param("1/year", 0, 0.5, "Departure at the peak age, above the floor", "moves.by_age")
    ] = 0.146
    move_peak_age: Annotated[float, Param("years", 18, 40, "Age with most departures", "moves.by_age")] = 25.0
    move_rise: Annotated[
        float, Param("years", 1, 30, "Age before the peak over which it falls to a third", "moves.by_age")
    ] = 7.0
    move_fall: Annotated[
        float, Param("years", 1, 40, "Age after the peak over which it falls to a third", "moves.by_age")
    ] = 9.5
    arrive_single: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=1,
            doc="Arriving households of one person",
            evidence="demography.levels",
            likely=(0.44, 0.6),
        ),
    ] = 0.52
    arrive_couple: Annotated[
        float,
        Param(
            "share",
            0,
            1,
            "Arriving households of a couple without children",
            evidence="demography.arrivals",
            likely=(0.14, 0.27),
        ),
    ] = 0.2
    arrive_children: Annotated[
        float,
        Param(
            "children",
            1,
            5,
            "Children in an arriving family, on average",
            evidence="demography.levels",
            likely=(1.35, 1.9),
        ),
    ] = 1.6
    arrive_age: Annotated[
        float, Param("years", 18, 50, "Youngest common age of arriving adults", evidence="demography.arrivals")
    ] = 20.0
    arrive_spread: Annotated[
        float, Param("years", 1, 40, "Spread of arriving adults' ages above it", "demography.levels", likely=(8, 14))
    ] = 11.0
