"""Two worlds that differ in one thing differ in nothing that this thing does not touch."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numba
import numpy as np
import pytest

from benchmarks.pairing import LEVELS, SMALL, WHO_LIVES_WHERE, times_less_spread
from mechlin.city.toy import toy_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run
from mechlin.mechanisms.demography.lives import _give_birth
from mechlin.runs.ensemble import run_all

pytestmark = pytest.mark.slow

LIVES_ONLY = ("demography", "economy", "upkeep")


@numba.njit
def one_more_child(people, households, city, mother, t):
    """Let ``mother`` have a child more; the loop it calls can only be called from compiled code."""
    _give_birth(people, households, city, mother, t)


def lives(sim):
    """Return identity -> (birth, household identity, education, income) of everybody alive."""
    s = sim.state
    alive = np.flatnonzero(s["people.alive"])
    home = s["households.key"][s["people.household"][alive]]
    parts = (s["people.born_month"][alive], home, s["people.education"][alive], s["people.income_eur"][alive])
    return dict(zip(s["people.key"][alive].tolist(), zip(*(p.tolist() for p in parts), strict=True), strict=True))


def month_without_market(sim, t, clock):
    """Let a month pass; new households have no home yet. Housing says so where it takes part, here we do.

    Otherwise they would seem to have the home of whoever had their row before, and lives would hang on rows.
    """
    sim.month(clock)
    s = sim.state
    s["households.home"][s["households.alive"] & (s["households.entered_month"] == t)] = -1


def test_one_extra_birth_leaves_every_unrelated_life_identical_for_twenty_years(toy):
    """No market is on: only the family, and whoever its members come to live with, may differ."""
    spec = RunSpec(city="toy", months=240)
    plain, other = Simulation(spec, toy, LIVES_ONLY), Simulation(spec, toy, LIVES_ONLY)
    s = other.state
    mother = next(
        i for i in np.flatnonzero(s["people.alive"] & s["people.female"]) if -480 < s["people.born_month"][i] < -240
    )
    for t, clock in enumerate(plain.months):
        if t == 1:
            view = other.views["demography"]
            one_more_child(view.people, view.households, view.city, mother, t)
        month_without_market(plain, t, clock)
        month_without_market(other, t, clock)
    first, second = lives(plain), lives(other)
    differ = {k for k in first.keys() | second.keys() if first.get(k) != second.get(k)}
    assert differ, "the extra child should exist"
    family = {first.get(k, second.get(k))[1] for k in differ} | {second.get(k, first.get(k))[1] for k in differ}
    assert len(differ) <= 12 and len(family) <= 4, f"{len(differ)} lives differ"


def test_same_seed_same_digits_and_another_seed_other_digits(toy):
    first, again, other = (run(RunSpec(city="toy", months=24, seed=s), toy) for s in (1, 1, 2))
    for name in first.series:
        np.testing.assert_array_equal(first.series[name], again.series[name])
    assert any(not np.array_equal(first.series[n], other.series[n], equal_nan=True) for n in first.series)


def test_neither_threads_nor_processes_matter(toy):
    """One thread, four threads and two processes give the same digits."""
    specs = [RunSpec(city="toy", months=24, seed=s) for s in (1, 2, 3, 4)]
    one, many = run_all(specs, toy, threads=1), run_all(specs, toy, threads=4)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        apart = run_all(specs, toy, executor=processes)
    for run_id in one:
        for name in one[run_id].series:
            np.testing.assert_array_equal(one[run_id].series[name], many[run_id].series[name])
            np.testing.assert_array_equal(one[run_id].series[name], apart[run_id].series[name])


def test_pairing_makes_differences_far_less_spread():
    """A small package, the housing market on, five years: paired variance is at most a tenth of unpaired variance.

    For who lives where, chains of moves reach far: there pairing helps less, and the docs say how much less. A ratio
    of variances from twelve seeds is rough (in one population in three, one of the eight misses its bound), so
    the middle one of five populations is judged.
    """
    city = toy_city(8000)
    names = LEVELS + WHO_LIVES_WHERE
    middle = np.median([times_less_spread(city, SMALL, population, names) for population in range(1, 6)], axis=0)
    for name, ratio in zip(names, middle, strict=True):
        assert ratio >= (10 if name in LEVELS else 1.5), (name, ratio)


def test_an_unrelated_programme_changes_nobody_else_s_turn(toy):
    package = {"service_tenancy": {"homes": 10}}
    both = {**package, "home_renovation": {"homes_per_year": 0.0}}
    taken = []
    for settings in (package, both):
        sim = Simulation(RunSpec(city="toy", package=settings, months=6), toy)
        for clock in sim.months:
            sim.month(clock)
        taken.append(next(e for e in sim.enrolments if e.plan.programme.name == "service_tenancy").enrolled.copy())
    np.testing.assert_array_equal(*taken)
