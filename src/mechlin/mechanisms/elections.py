"""Skeleton: to be written.

Rule      none yet
Reads     nothing yet
Writes    nothing yet
Leaves out  everything
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.declare import Field, Mechanism, Param


class Params(NamedTuple):
    """How people vote."""

    base: Annotated[float, Param("1/year", 0, 1, "Placeholder")] = 0.1


def step(view, levers, p, seed, clock):
    """Advance one month."""


FIELDS = (Field("people.last_vote", np.int8, "code", -1, "Last vote: -1 none, 0 others, 1 radical right, 2 mayor's list"),)

MECHANISM = Mechanism(
    name="elections",
    params=Params,
    fields=FIELDS,
    levers=(),
    reads=(),
    writes=tuple(f.name for f in FIELDS),
    step=step,
)
