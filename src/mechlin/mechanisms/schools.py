"""Skeleton: to be written.

Rule      none yet
Reads     nothing yet
Writes    nothing yet
Leaves out  everything
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.declare import Field, Lever, Mechanism, Param


class Params(NamedTuple):
    """How parents choose."""

    base: Annotated[float, Param("1/year", 0, 1, "Placeholder")] = 0.1


def step(view, levers, p, seed, clock):
    """Advance one month."""


FIELDS = (
    Field("people.school", np.int16, "row of schools", -1, "Primary school attended; -1 none"),
    Field("people.school_rank", np.int8, "rank", 0, "Which wish was granted at entry: 1 the first; 0 none or not yet"),
    Field("people.pupil", np.int32, "row of people", -1, "Pupils, by school and then by identity, as of September"),
    Field("schools.first_pupil", np.int32, "place in people.pupil", 0, "Where the school's pupils start in that list"),
    Field("schools.pupils", np.int32, "pupils", 0, "Pupils, as of September"),
    Field("schools.indicator_share", np.float64, "share", 0, "Of pupils, indicator pupils (a legal category)"),
    Field("schools.backgrounds", np.int32, "pupils", 0, "Pupils by background, as the source counts it", "backgrounds"),
    Field("schools.pupils_per_class", np.float64, "pupils", 0, "Class size in use"),
    Field("households.school_rim_pull", np.float32, "1", 0, "Added to the pull of the rim: unplaced or disappointed at school"),
    Field("areas.school_appeal", np.float64, "1", 0, "How good the schools nearby are to families; mean over areas nought"),
)

MECHANISM = Mechanism(
    name="schools",
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("schools.class_size_cut", "schools", "pupils", "add", "Pupils fewer in a class at entry"),
        Lever("schools.quality_support", "schools", "share", "add", "Added to quality by support"),
        Lever("schools.guarantee", "schools", "share", "max", "Of parents, told and shown a guarantee of quality"),
        Lever("schools.tours", "schools", "families/year", "add", "Families who visit and choose together"),
        Lever("schools.contingents", "city", "yes/no", "max", "Double contingents in force"),
        Lever("schools.regime", "city", "code", "max", "Enrolment: 0 queue, 1 digital with ranking lists"),
        Lever("schools.distance_share", "city", "share", "max", "Digital: of places, by distance; the rest by lottery"),
    ),
    reads=(),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    matched=(("schools.regime", "schools.distance_share"),),
)
