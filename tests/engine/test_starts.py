"""Runs that differ in their measures only share the making of their city; nobody can tell from their results."""

import numpy as np

from mechlin.core.spec import RunSpec
from mechlin.engine import simulation as engine
from mechlin.engine.world import Starts

AMPLE = 10**9  # bytes


def same(one, two):
    assert one.columns.keys() == two.columns.keys()
    for name in (n for n, f in one.fields.items() if not f.scratch):
        np.testing.assert_array_equal(one.columns[name], two.columns[name], err_msg=name)


def test_a_city_that_was_kept_is_the_one_that_would_be_made(toy, monkeypatch):
    for package in ({}, {"consultation": {"asked_share": 0.4}}):
        spec = RunSpec(city="toy", months=2, package=package)
        monkeypatch.setattr(engine, "_STARTS", Starts(room=0))
        made = engine.Simulation(spec, toy)
        monkeypatch.setattr(engine, "_STARTS", Starts(room=AMPLE))
        engine.Simulation(RunSpec(city="toy", months=2), toy).month(made.months[0])  # what one run does is its own
        kept = engine.Simulation(spec, toy)
        same(made.state, kept.state)
        for clock in made.months:
            made.month(clock)
            kept.month(clock)
        same(made.state, kept.state)


def test_another_seed_or_another_number_is_another_start(toy, monkeypatch):
    starts = Starts(room=AMPLE)
    monkeypatch.setattr(engine, "_STARTS", starts)
    for spec in (
        RunSpec(city="toy", months=2),
        RunSpec(city="toy", months=2, seed=2),
        RunSpec(city="toy", months=2, population=2),
        RunSpec(city="toy", months=2, params={"attitudes": {"trait_share": 0.6}}),
        RunSpec(city="toy", months=2),
    ):
        engine.Simulation(spec, toy)
    assert len(starts.kept) == 4


def test_only_the_last_are_kept(toy, monkeypatch):
    one = engine.Simulation(RunSpec(city="toy", months=2), toy).state.bytes()
    starts = Starts(room=int(2.5 * one))
    monkeypatch.setattr(engine, "_STARTS", starts)
    for seed in (1, 2, 1, 3):
        engine.Simulation(RunSpec(city="toy", months=2, seed=seed), toy)
    assert [key[2] for key in starts.kept] == [1, 3]


def test_a_city_too_large_to_be_kept_is_made_anew(toy, monkeypatch):
    starts = Starts(room=1000)
    monkeypatch.setattr(engine, "_STARTS", starts)
    engine.Simulation(RunSpec(city="toy", months=2), toy)
    assert not starts.kept
