"""Every number behind the mechanism ``economy``: work, language, learning, and what arrivals bring."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """How fast people lose and find work and learn; yearly rates in a year with the country's starting level."""

    loss_rate: Annotated[
        float, Param("1/year", 0, 1, "Losing work, middle education", evidence="economy.levels", likely=(0.035, 0.07))
    ] = 0.05
    find_rate: Annotated[
        float, Param("1/year", 0, 5, "Finding work, middle education", evidence="economy.levels", likely=(0.6, 1.1))
    ] = 0.82
    low_loss: Annotated[
        float,
        Param(
            unit="ratio",
            low=0,
            high=5,
            doc="Losing work, low against middle education",
            evidence="economy.education",
            likely=(1.2, 2.1),
        ),
    ] = 1.6
    high_loss: Annotated[
        float,
        Param(
            "ratio",
            0,
            5,
            "Losing work, high against middle education",
            evidence="economy.education",
            likely=(0.45, 0.8),
        ),
    ] = 0.6
    low_find: Annotated[
        float,
        Param(
            "ratio", 0, 5, "Finding work, low against middle education", evidence="economy.education", likely=(0.6, 0.9)
        ),
    ] = 0.75
    high_find: Annotated[
        float,
        Param(
            "ratio",
            0,
            5,
            "Finding work, high against middle education",
            evidence="economy.education",
            likely=(1.1, 1.6),
        ),
    ] = 1.35
    language_find: Annotated[
        float,
        Param(
            "share",
            0,
            1,
            "Of finding work, lost without the local language",
            evidence="economy.language",
            likely=(0.25, 0.7),
        ),
    ] = 0.5
    callback_gap: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=1,
            doc="Fewer call-backs for applicants of foreign origin",
            evidence="economy.callback_gap",
            likely=(0.15, 0.4),
        ),
    ] = 0.3
    give_up_rate: Annotated[
        float, Param("1/year", 0, 1, "Stopping to look for work", evidence="economy.levels", likely=(0.12, 0.3))
    ] = 0.2
    take_up_rate: Annotated[
        float,
        Param(
            "1/year",
            0,
            1,
            "Starting to look from outside the labour force, 25 to 54",
            evidence="economy.cycle",
            likely=(0.03, 0.08),
        ),
    ] = 0.05
    retire_rate: Annotated[
        float,
        Param(
            unit="1/year",
            low=0,
            high=1,
            doc="Leaving the labour force, 58 to 64",
            evidence="economy.retiring",
            likely=(0.13, 0.22),
        ),
    ] = 0.17
    retire_age: Annotated[int, Param("years", 55, 75, "Everybody has left the labour force")] = 65
    cycle_weight: Annotated[
        float,
        Param(
            "1",
            0,
            3,
            "Elasticity of losing and finding to the country's unemployment",
            evidence="economy.cycle",
            likely=(0.2, 0.9),
        ),
    ] = 0.5
    language_growth: Annotated[
        float,
        Param(
            "1/year",
            0,
            1,
            "Of what is missing of the language, learned in a year",
            evidence="economy.language",
            likely=(0.03, 0.1),
        ),
    ] = 0.06
    lesson_gain: Annotated[
        float,
        Param(
            unit="share",
            low=-0.1,
            high=0.1,
            doc="Of what is missing, learned in an hour of lessons",
            evidence="economy.lesson_gain",
            likely=(0.0003, 0.002),
        ),
    ] = 0.001
    newcomer_language: Annotated[
        float,
        Param(
            "share",
            0,
            1,
            "Local language of arrivals of foreign origin",
            evidence="economy.language",
            likely=(0.2, 0.5),
        ),
    ] = 0.35
    tutoring_gain: Annotated[
        float,
        Param(
            unit="SD/hour",
            low=-0.05,
            high=0.05,
            doc="Attainment from an hour of tutoring",
            evidence="economy.tutoring",
            likely=(0.002, 0.006),
            nil=0.0,
        ),
    ] = 0.004
    homework_worth: Annotated[
        float,
        Param("share", 0, 1.5, "Of an hour of tutoring, an hour of help with homework", "economy.homework", (0.1, 0.6)),
    ] = 0.33
    attainment_fade: Annotated[
        float, Param("1/year", 0, 2, "Fading of what tutoring added", "economy.tutoring_fade", likely=(0.2, 0.7))
    ] = 0.35
    class_gain: Annotated[
        float,
        Param(
            "SD/year",
            -0.05,
            0.05,
            "Attainment from a pupil fewer in the class",
            "schools.class_size",
            likely=(-0.001, 0.0075),
        ),
    ] = 0.003
    usual_class: Annotated[float, Param("pupils", 5, 40, "Class size that adds nothing")] = 20.0
    quality_gain: Annotated[
        float, Param("SD/year", -0.5, 0.5, "Attainment from the best against the worst school", likely=(0.0, 0.08))
    ] = 0.03
    peer_gain: Annotated[
        float,
        Param(
            unit="SD/year",
            low=-0.5,
            high=0.5,
            doc="Attainment among indicator pupils only, against none",
            evidence="schools.peers",
            likely=(-0.1, 0.02),
        ),
    ] = -0.03
    usual_share: Annotated[float, Param("share", 0, 1, "Indicator pupils that add nothing")] = 0.33
    parents_weight: Annotated[
        float,
        Param(
            "1",
            0,
            3,
            "Parents' education level in a child's, ordered logit",
            evidence="economy.origins",
            likely=(0.6, 1.2),
        ),
    ] = 0.9
    language_weight: Annotated[
        float,
        Param(
            "1",
            0,
            3,
            "Missing language in a child's education, ordered logit",
            evidence="economy.origins",
            likely=(0.2, 0.9),
        ),
    ] = 0.5
    attainment_weight: Annotated[
        float,
        Param(
            "1", 0, 4, "Attainment in a child's education, ordered logit", evidence="economy.origins", likely=(1.1, 2.1)
        ),
    ] = 1.6
    service_tutoring: Annotated[
        float, Param("share", 0, 1, "Of service tenants' hours, help with homework", likely=(0.2, 0.6))
    ] = 0.4
    service_lessons: Annotated[
        float, Param("share", 0, 1, "Of service tenants' hours, language practice", likely=(0.05, 0.4))
    ] = 0.2
    low_cut: Annotated[float, Param("1", -5, 5, "Threshold of the middle level, ordered logit")] = -0.7
    high_cut: Annotated[float, Param("1", -5, 5, "Threshold of the high level, ordered logit")] = 1.25
    arrival_low: Annotated[
        float,
        Param("share", 0, 1, "Arriving adults with low education", evidence="economy.arrivals", likely=(0.22, 0.4)),
    ] = 0.3
    arrival_high: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=1,
            doc="Arriving adults with high education",
            evidence="economy.arrivals",
            likely=(0.28, 0.48),
        ),
    ] = 0.38
    arrival_work: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=1,
            doc="Arriving adults of 22 to 57 who work",
            evidence="economy.arrivals",
            likely=(0.6, 0.8),
        ),
    ] = 0.7
