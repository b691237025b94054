"""Estimates from runs of other packages: their ranges hold what was left out, and grow where nothing was run."""

import numpy as np
import pytest

from mechlin.statistics.foretelling import FEWEST_PACKAGES, Foretelling, Runs

WORLDS = 6


def truth(x, world, rng):
    """A difference with a bend, an interaction, worlds that differ, and chance."""
    slopes = np.array([-30.0, 12.0, 0.0, 6.0]) * (1.0 + 0.3 * np.sin(world + np.arange(4)))
    bent = x @ slopes + 8.0 * x[0] * x[1] - 6.0 * x[3] ** 2
    return bent * (1.0 + rng.normal() * 0.05) + rng.normal() * 2.0 * bool(x.any())


def runs(packages, seed=1):
    rng = np.random.default_rng(seed)
    doses = rng.random((packages, 4)) * (rng.random((packages, 4)) < 0.6)
    doses[0] = (1.0, 0.0, 0.0, 0.0)
    rows = [(n, (n + 2 * apart) % WORLDS) for n in range(packages) for apart in (0, 1)]
    y = [[truth(doses[n], w, rng)] for n, w in rows]
    package, world = np.array(rows).T
    return Runs(doses[package], world, package, np.array(y))


def left_out(every, some):
    """Return the runs without some packages."""
    stay = ~np.isin(every.package, some)
    return Runs(every.x[stay], every.world[stay], every.package[stay], every.y[stay])


def test_ranges_hold_four_in_five_of_the_packages_that_were_left_out():
    held = of_middle = count = 0
    for seed in (1, 2, 3):
        every = runs(48, seed)
        for fold in range(4):
            out = np.arange(fold, 48, 4)
            fitted = Foretelling(left_out(every, out))
            for package in out:
                own = every.package == package
                told = fitted.tell(every.x[own][0], every.world[own])[0]
                held += int(((every.y[own, 0] >= told.low) & (every.y[own, 0] <= told.high)).sum())
                of_middle += 2 * int(told.middle_low <= every.y[own, 0].mean() <= told.middle_high)
                count += int(own.sum())
    assert 0.72 <= held / count <= 0.97 and 0.72 <= of_middle / count <= 0.97, (held / count, of_middle / count)


def test_an_estimate_knows_more_than_that_something_happens():
    every = runs(48)
    fitted = Foretelling(left_out(every, [5, 9, 17]))
    for package in (5, 9, 17):
        own = every.package == package
        told = fitted.tell(every.x[own][0], every.world[own])[0]
        assert told.high - told.low < np.ptp(every.y) / 2


def test_ranges_grow_with_the_way_from_what_was_run():
    fitted = Foretelling(runs(40))
    worlds = np.arange(4)
    inside, far = (fitted.tell(np.array([dose, 0.2, 0.2, 0.2]), worlds)[0] for dose in (0.5, 4.0))
    assert not inside.outside and far.outside
    assert far.middle_high - far.middle_low > 3.0 * (inside.middle_high - inside.middle_low)


def test_nothing_does_nothing_and_a_package_held_against_itself_neither():
    fitted = Foretelling(runs(40))
    some = np.array([0.5, 0.1, 0.0, 0.3])
    for x, against in ((np.zeros(4), None), (some, some)):
        told = fitted.tell(x, np.arange(3), against)[0]
        assert told.middle == pytest.approx(0.0, abs=1e-9) and told.high == pytest.approx(0.0, abs=1e-4)


def test_a_number_that_doses_do_not_explain_has_ranges_as_wide_as_it_needs():
    every = runs(40)
    noise = np.random.default_rng(4).standard_t(2.0, len(every.y))[:, None] * 50.0
    told = Foretelling(Runs(every.x, every.world, every.package, noise)).tell(every.x[0], np.arange(6))[0]
    assert told is None or told.low < 0.0 < told.high


def test_few_packages_are_not_enough():
    assert not runs(FEWEST_PACKAGES - 1).enough and runs(FEWEST_PACKAGES).enough
    every = runs(12)
    assert not Runs(every.x, np.zeros_like(every.world), every.package, every.y).enough, "one world alone"
