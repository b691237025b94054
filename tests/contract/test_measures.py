"""Every programme, found by itself, goes through the same checks. Nobody edits a list."""

import ast
import inspect
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pytest

from mechlin.city.toy import toy_city
from mechlin.core.declare import declared
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run, scheduled
from mechlin.engine.world import STATIC_FIELDS
from mechlin.evidence.registry import evidence
from mechlin.indicators import catalogue as indicator_catalogue
from mechlin.measures import catalogue

PROGRAMMES = catalogue()
EVERY = pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
FORBIDDEN = ("background", "nationality", "religion", "origin")
MONTHS = 36


def series_of(toy, package, months=MONTHS, seed=1):
    return run(RunSpec(city="toy", package=package, months=months, seed=seed), toy)


def same(first, second):
    """Whether two results agree in every indicator, bit for bit."""
    return all(np.array_equal(first.series[n], second.series[n], equal_nan=True) for n in first.series) and all(
        np.array_equal(first.areas[n], second.areas[n], equal_nan=True) for n in first.areas
    )


@EVERY
def test_columns_and_levers_exist(programme):
    mechanisms = scheduled()
    columns = {f.name for m in mechanisms.values() for f in m.fields} | {f.name for f in STATIC_FIELDS}
    assert set(programme.reads) <= columns
    assert set(programme.levers) <= {lever.name for m in mechanisms.values() for lever in m.levers}
    assert set(programme.expects) <= set(indicator_catalogue())


@EVERY
def test_matched_levers_are_pulled_together_or_not_at_all(programme):
    for mechanism in scheduled().values():
        for group in mechanism.matched:
            pulled = set(group) & set(programme.levers)
            assert pulled in (set(), set(group))


@EVERY
def test_nobody_is_a_group(programme):
    """No column, parameter, name or text of code of a programme reaches background, nationality or religion."""
    assert not [c for c in programme.reads if any(word in c for word in FORBIDDEN)]
    assert not [d.name for d in declared(programme.params) if any(word in d.name for word in FORBIDDEN)]
    tree = ast.parse(inspect.getsource(inspect.getmodule(programme.eligible)))
    names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert not [n for n in names if any(word in n for word in FORBIDDEN)]


@EVERY
def test_every_figure_has_evidence_or_is_listed_as_assumed(programme):
    for d in declared(programme.params):
        assert d.param.unit and d.param.doc and d.param.low < d.param.high
        assert d.param.problem(d.name, d.default) is None
        assert not d.param.evidence or d.param.evidence in evidence()


@EVERY
def test_its_text_says_who_what_lever_costs_expect_and_doubt(programme):
    missing = [part for part, text in vars(programme.text).items() if part != "about" and not text.strip()]
    assert not missing


@pytest.mark.slow
@EVERY
def test_before_its_start_it_changes_nothing(toy, nothing, programme):
    late = {programme.name: {**programme.large, "start": "2010-01"}}
    assert same(series_of(toy, late), nothing)


@pytest.mark.slow
@EVERY
def test_inert_changes_nothing_alone_and_beside_a_twin(toy, nothing, programme):
    assert same(series_of(toy, {programme.name: dict(programme.inert)}), nothing)
    other = next(name for name in PROGRAMMES if name != programme.name)
    beside = {other: dict(PROGRAMMES[other].large)}
    both = {**beside, programme.name: dict(programme.inert)}
    assert same(series_of(toy, both), series_of(toy, beside))


@pytest.mark.slow
@EVERY
def test_a_measure_that_touches_nobody_says_why(toy, programme):
    result = series_of(toy, {programme.name: dict(programme.inert)}, months=12)
    assert any(programme.title in note and "because" in note for note in result.notes)


def some_places(count, params):
    """Return a fixed number of places, whatever the settings say."""
    return count


@EVERY
def test_more_places_only_add(toy, programme):
    """Whoever is enrolled at a smaller size is enrolled at a larger one, in the first month."""
    taken = []
    for share in (0.3, 1.0):
        sim = Simulation(RunSpec(city="toy", package={programme.name: dict(programme.large)}, months=1), toy)
        enrolment = sim.enrolments[0]
        places = enrolment.plan.programme.places(enrolment.plan.params)
        smaller = replace(programme, places=partial(some_places, max(1, int(min(places, 1000) * share))))
        enrolment.plan = replace(enrolment.plan, programme=smaller)
        enrolment.pull(sim.months[0], sim.first)
        taken.append(enrolment.enrolled.copy())
    assert not (taken[0] & ~taken[1]).any()
    assert taken[0].any()


@pytest.mark.slow
@EVERY
def test_costs_are_never_negative_and_zero_when_nobody_is_enrolled(toy, programme):
    result = series_of(toy, {programme.name: dict(programme.large)}, months=24)
    assert result.ledger and all(row["eur"] >= 0 for row in result.ledger)
    assert series_of(toy, {programme.name: dict(programme.inert)}, months=12).ledger == ()


# Residents of the town in which a claim is tested: what a measure does to few is told from luck only among many.
TOWN, WEAK = 20_000, {"middle_class_incentive": 60_000}


@lru_cache(maxsize=2)
def without_measures(people):
    town = toy_city(people)
    return town, {seed: series_of(town, {}, 72, seed).series for seed in range(1, 6)}


@pytest.mark.slow
@EVERY
def test_claimed_directions_hold_at_a_large_dose(programme):
    moved = {name: [] for name in programme.expects}
    town, plain = without_measures(WEAK.get(programme.name, TOWN))
    for seed, without in plain.items():
        with_it = series_of(town, {programme.name: dict(programme.large)}, 72, seed).series
        for name in moved:
            moved[name].append(float(np.nanmean(with_it[name] - without[name])))
    for name, direction in programme.expects.items():
        mean = np.mean(moved[name])
        assert mean > 0 if direction == "up" else mean < 0, (name, moved[name])


@pytest.fixture(scope="module")
def nothing(toy):
    return series_of(toy, {})
