"""Who left home in the first month founded a household with the key of the one left behind.

Both keys were made of the same person and the number 0 (the start, the first month), so two households shared every
random number from then on.
"""

import numpy as np

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation


def test_no_two_residents_or_households_share_a_key(toy):
    sim = Simulation(RunSpec(city="toy", months=24), toy)
    for clock in sim.months:
        sim.month(clock)
        for table in ("people", "households"):
            keys = sim.state[f"{table}.key"][sim.state[f"{table}.alive"]]
            assert np.unique(keys).size == keys.size, f"{table}, month {clock.t}"
