"""Compiling on two cores: half of the mechanisms are compiled by a second process while the first starts its run.

What is compiled goes to the cache on disk, where the first process finds it. Done only when this source has never
been compiled on this machine; nothing depends on it, and on one core it is left out.
"""

import logging
import os
import subprocess
import sys

import numpy as np

from mechlin.core.compiled import is_compiled

LOG = logging.getLogger("mechlin")
SECOND_HALF = (
    "encounters",
    "attitudes",
    "elections",
    "census",
    "schools",
    "housing",
)  # the first process reaches these last


def compile_beside() -> None:
    """When nothing is compiled yet, say so and start compiling the second half in a process of its own."""
    if is_compiled():
        return
    LOG.info("Compiling, once, about a minute ...")
    if (os.cpu_count() or 1) > 1:
        quiet = subprocess.DEVNULL
        subprocess.Popen([sys.executable, "-m", "mechlin.engine.warm"], stdin=quiet, stdout=quiet, stderr=quiet)


def compile_now(names: tuple[str, ...]) -> None:
    """Compile these mechanisms by letting a December pass in a city without residents."""
    from mechlin.city.residents.fit import FitReport
    from mechlin.city.residents.population import Population
    from mechlin.city.toy import toy_city
    from mechlin.core.spec import RunSpec
    from mechlin.engine.run import Simulation

    city = toy_city(400, 4)
    sizes = {"people": 0, "households": 0, "homes": 0, "areas": 4, "schools": 0}
    nobody = Population({"people.background": np.zeros(0, np.int8)}, sizes, FitReport(()))
    sim = Simulation(RunSpec(city.name, months=12), city, names, nobody)
    sim.month(sim.months[-1])


if __name__ == "__main__":
    compile_now(SECOND_HALF)
