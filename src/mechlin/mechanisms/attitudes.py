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
    """What attitudes answer to."""

    base: Annotated[float, Param("1/year", 0, 1, "Placeholder")] = 0.1


def step(view, levers, p, seed, clock):
    """Advance one month."""


FIELDS = (
    Field("people.safety", np.float32, "SD", 0, "Feeling safe; mean nought, spread one at the start"),
    Field("people.trust", np.float32, "SD", 0, "Trust in local government; mean nought, spread one at the start"),
    Field("people.belonging", np.float32, "SD", 0, "Belonging to the city; mean nought, spread one at the start"),
    Field("areas.safety", np.float64, "SD", 0, "Mean feeling of safety of the area's adults"),
    Field("areas.unsafe_share", np.float64, "share", 0, "Of the area's adults, feeling unsafe"),
)

MECHANISM = Mechanism(
    name="attitudes",
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("attitudes.consultation", "areas", "share/month", "add", "Of residents, asked as residents this month"),
        Lever("attitudes.explained", "city", "share", "max", "Of decisions against somebody, explained to them"),
    ),
    reads=(),
    writes=tuple(f.name for f in FIELDS),
    step=step,
)
