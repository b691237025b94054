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
    """How people meet."""

    base: Annotated[float, Param("1/year", 0, 1, "Placeholder")] = 0.1


def step(view, levers, p, seed, clock):
    """Advance one month."""


FIELDS = (
    Field("people.openness", np.float32, "share", 0.5, "Openness to people of other backgrounds, 0 to 1"),
    Field("people.salience", np.float32, "share", 0.5, "Weight of background among a person's identities, 0 to 1"),
    Field("people.bridging_share", np.float32, "share", 0, "Of recent encounters, with people of other backgrounds"),
)

MECHANISM = Mechanism(
    name="encounters",
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("encounters.mixed_places", "areas", "places/month", "add", "Places in joint activities open to all"),
        Lever("encounters.single_group_places", "areas", "places/month", "add", "Places in activities for one group"),
        Lever("encounters.buddy", "people", "yes/no", "max", "Takes part in pairs of a newcomer and a resident"),
        Lever("encounters.group_dealings", "city", "share", "max", "Of the city's dealings, with groups and their spokesmen"),
        Lever("encounters.one_city_stance", "city", "share", "max", "How far the city speaks and acts as one community"),
    ),
    reads=(),
    writes=tuple(f.name for f in FIELDS),
    step=step,
)
