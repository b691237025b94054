"""What the tests of several measures share."""

from types import SimpleNamespace

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation


def pulled(toy, package, months=1):
    """Return the simulation after some months, and what its measures pull by lever."""
    sim = Simulation(RunSpec(city="toy", package=package, months=months), toy)
    for clock in sim.months:
        sim.month(clock)
    return sim, sim.levers.merged


SEPTEMBER, JULY = Clock(8, 2001, 9), Clock(6, 2001, 7)


def of(**tables):
    return SimpleNamespace(**{name: SimpleNamespace(**columns) for name, columns in tables.items()})


def crowded(toy, package, months=21):
    """Return a run in which one school has room for a few only, after its second September."""
    sim = Simulation(RunSpec(city="toy", months=months, package=package), toy)
    for clock in sim.months:
        if clock.t == 8:
            sim.state["schools.places"][:] = (6, 60, 60)
        sim.month(clock)
    return sim.state


def entered_first(state, school=0):
    """Return those who entered the small school with its last September: (indicator pupil, entry)."""
    months = 20 - state["people.born_month"].astype(int) - 21
    here = state["people.alive"] & (months >= 0) & (months < 12)
    return here, here & (state["people.school"] == school)


def areas(**columns):
    return SimpleNamespace(areas=SimpleNamespace(**{n: np.array(v) for n, v in columns.items()}))


def asked(programme, view, p, levers):
    out = np.zeros(view.areas.shops_vacant.size if hasattr(view.areas, "shops") else view.areas.disorder.size, bool)
    programme.eligible(view, p, None, out)
    pulls = {name: np.zeros(out.size) for name in levers}
    programme.effects(view, out, p, None, pulls)
    return out, pulls
