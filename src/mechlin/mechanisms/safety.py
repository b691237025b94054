"""Skeleton: to be written.

Rule      none yet
Reads     nothing yet
Writes    nothing yet
Leaves out  everything
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.declare import Field, Lever, Mechanism, Param

KINDS = ("burglary", "theft", "vehicle", "violence", "nuisance")
NEVER = -30000


class Params(NamedTuple):
    """How often people offend."""

    base: Annotated[float, Param("1/year", 0, 1, "Placeholder")] = 0.1


def step(view, levers, p, seed, clock):
    """Advance one month."""


FIELDS = (
    Field("people.propensity", np.float32, "ratio", 0, "Lasting inclination to offend, mean one"),
    Field("people.charged_month", np.int16, "month", NEVER, "Month of the last charge"),
    Field("people.victim_month", np.int16, "month", NEVER, "Month in which the resident was last a victim"),
    Field("people.stopped_month", np.int16, "month", NEVER, "Month in which the police last stopped the resident"),
    Field("people.plan_months", np.int8, "months", 0, "Left of a parental plan or of family therapy"),
    Field("households.victim_month", np.int16, "month", NEVER, "Month in which the home was last broken into"),
    Field("households.fined_month", np.int16, "month", NEVER, "Month in which the parents were last fined"),
    Field("areas.offences", np.int32, "offences", 0, "Last month's, by kind: burglary, theft, vehicle, violence, nuisance", 5),
    Field("areas.offence_rate", np.float64, "offences/100/year", 0, "By kind, smoothed over a year", 5),
    Field("areas.patrol_seen", np.float64, "hours/1000/month", 0, "Visible patrol beyond the usual, for 1,000 residents"),
)

MECHANISM = Mechanism(
    name="safety",
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("safety.camera_share", "areas", "share", "add", "Of streets and squares, seen by watched cameras"),
        Lever("safety.carpark_camera_share", "areas", "share", "add", "Of car parks, seen by watched cameras"),
        Lever("safety.home_camera_share", "areas", "share", "add", "Of the surroundings of homes, seen by watched cameras"),
        Lever("safety.recorded_share", "areas", "share", "add", "Of public space, recorded, watched or not"),
        Lever("safety.patrol_hours", "areas", "hours/month", "add", "Visible patrol beyond the usual"),
        Lever("safety.conduct_training", "city", "share", "max", "Of officers, trained in fair conduct"),
        Lever("safety.problem_solving", "areas", "share", "max", "Of nuisance spots, worked on by solving the problem"),
        Lever("safety.aggressive_stops", "areas", "stops/month", "add", "Stops in the aggressive style"),
        Lever("safety.youth_reach", "areas", "share", "add", "Of young people at risk, with a worker or club in reach"),
        Lever("safety.plan_places", "city", "places", "add", "Parental plans that can be followed at one time"),
        Lever("safety.fine_eur", "city", "EUR", "max", "Fine on parents who refuse"),
        Lever("safety.procedure", "city", "code", "max", "Parental procedure in force: 0 none, 1 of 2006, 2 of the 2013 law"),
        Lever("safety.therapy_places", "city", "places", "add", "Families of offending youths in therapy at one time"),
        Lever("safety.lighting", "areas", "share", "add", "Of streets, better lit than before"),
    ),
    reads=(),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    matched=(("safety.plan_places", "safety.fine_eur", "safety.procedure"),),
)
