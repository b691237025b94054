"""Deliberate faults: every check that guards the model is seen to fail when the model is wrong."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

from mechlin.core.declare import Lever, Param
from mechlin.core.spec import RunSpec
from mechlin.engine.plan import Phase, Plan
from mechlin.engine.simulation import Simulation
from mechlin.measures import catalogue
from mechlin.mechanisms.demography import mechanism as demography_mechanism
from mechlin.mechanisms.demography.events import year_of
from mechlin.mechanisms.housing import choice as housing_rules
from mechlin.mechanisms.housing import letting as letting_rules
from mechlin.mechanisms.housing import mechanism as housing_mechanism
from mechlin.mechanisms.housing import moves as moving_rules

pytestmark = pytest.mark.slow

CONTRACT = Path(__file__).resolve().parents[1] / "contract"


def contract(name):
    """Return a contract test file as a module, so that its tests can be called on a faulty thing."""
    spec = importlib.util.spec_from_file_location(f"contract_{name}", CONTRACT / f"test_{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MECHANISMS, PROGRAMMES = contract("mechanisms"), contract("measures")


def mutated(module, tmp_path, *changes):
    """Return a copy of a module in which each text (old, new) has been changed; its loops are compiled anew."""
    text = Path(module.__file__).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, f"{old!r} does not stand in {module.__name__} any more"
        text = text.replace(old, new)
    name = f"mutant_{abs(hash((module.__name__, changes)))}"
    path = tmp_path / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


# What is changed in the housing market's rules, and whose fault it would be.
BY_ROW = {
    "lookers choose by row": (("rng.bits(salts.order, key, 0)", "np.uint64(h)"),),
    "taste belongs to the row": (
        ("rng.join(households.key[h], homes.key[home])", "rng.join(np.uint64(h), homes.key[home])"),
    ),
}


@pytest.mark.parametrize("fault", BY_ROW)
def test_a_decision_by_row_is_caught_by_shuffling_rows(toy, tmp_path, monkeypatch, fault):
    wrong = mutated(housing_rules, tmp_path, *BY_ROW[fault])
    for name in ("household_month", "choose_homes"):
        monkeypatch.setattr(housing_mechanism, name, getattr(wrong, name))
    with pytest.raises(AssertionError):
        MECHANISMS.test_row_order_does_not_matter(toy)


def test_a_waiting_list_ordered_by_row_is_caught_by_shuffling_rows(toy, tmp_path, monkeypatch):
    wrong = mutated(letting_rules, tmp_path, ("months << _MONTH_BITS", "np.uint64(h) << _MONTH_BITS"))
    monkeypatch.setattr(MECHANISMS, "ALL_ON", {})  # large doses leave no social home to be let here
    monkeypatch.setattr(housing_mechanism, "let_social_homes", wrong.let_social_homes)
    with pytest.raises(AssertionError):
        MECHANISMS.test_row_order_does_not_matter(toy)


def test_an_old_home_that_is_not_vacated_breaks_the_invariant(toy, tmp_path, monkeypatch):
    old, new = "    vacate(households, homes, h)\n    homes.occupant[home] = h", "    homes.occupant[home] = h"
    moving = mutated(moving_rules, tmp_path, (old, new)).__name__
    wrong = mutated(housing_rules, tmp_path, ("from mechlin.mechanisms.housing.moves import", f"from {moving} import"))
    monkeypatch.setattr(housing_mechanism, "choose_homes", wrong.choose_homes)
    with pytest.raises(AssertionError):
        MECHANISMS.test_invariants_hold_for_ten_years(toy)


def test_yearly_rates_used_as_monthly_are_caught_by_the_yearly_counts(toy, monkeypatch):
    def wrong(p, *factors):
        by_kind = right(p, *factors).hazards.transpose(2, 0, 1)
        return year_of(np.minimum(12.0 * by_kind, 0.99), p.birth_unpartnered)

    right = demography_mechanism.year_at
    monkeypatch.setattr(demography_mechanism, "year_at", wrong)
    with pytest.raises(AssertionError):
        MECHANISMS.test_yearly_counts_follow_the_outside_series(toy)


def test_effects_before_the_start_are_caught(toy, monkeypatch):
    nothing = PROGRAMMES.series_of(toy, {})
    monkeypatch.setattr(Plan, "phase_at", lambda self, month: 0)
    monkeypatch.setattr(Phase, "ramp", lambda self, month: 1.0)
    with pytest.raises(AssertionError):
        PROGRAMMES.test_before_its_start_it_changes_nothing(toy, nothing, catalogue()["home_renovation"])


def test_a_measure_that_ignores_its_inert_setting_is_caught(toy):
    right = catalogue()["home_renovation"]
    nothing = PROGRAMMES.series_of(toy, {})
    with pytest.raises(AssertionError):
        PROGRAMMES.test_inert_changes_nothing_alone_and_beside_a_twin(
            toy, nothing, replace(right, inert={"grant_eur": 0.0})
        )


def test_one_of_two_matched_levers_is_caught():
    right = catalogue()["service_tenancy"]
    PROGRAMMES.test_matched_levers_are_pulled_together_or_not_at_all(right)
    with pytest.raises(AssertionError):
        PROGRAMMES.test_matched_levers_are_pulled_together_or_not_at_all(replace(right, levers=right.levers[:2]))


def test_a_measure_that_reads_background_is_caught():
    right = catalogue()["service_tenancy"]
    with pytest.raises(AssertionError):
        PROGRAMMES.test_nobody_is_a_group(replace(right, reads=(*right.reads, "people.background")))


class OutOfRange(NamedTuple):
    """A setting whose default is impossible."""

    homes: Annotated[int, Param("homes", 0, 10, "Homes")] = 20


class NoUnit(NamedTuple):
    """A setting without a unit."""

    homes: Annotated[int, Param("", 0, 10, "Homes")] = 5


class NoSuchEvidence(NamedTuple):
    """A setting that points to evidence that does not exist."""

    homes: Annotated[int, Param("homes", 0, 10, "Homes", "housing.nowhere")] = 5


@pytest.mark.parametrize("params", [OutOfRange, NoUnit, NoSuchEvidence])
def test_an_impossible_or_unsourced_setting_is_caught(params):
    right = catalogue()["service_tenancy"]
    with pytest.raises(AssertionError):
        PROGRAMMES.test_every_figure_has_evidence_or_is_listed_as_assumed(replace(right, params=params))


def test_a_column_written_by_a_stranger_is_caught():
    right = housing_mechanism.MECHANISM
    with pytest.raises(AssertionError):
        MECHANISMS.test_only_the_owner_writes_a_column(replace(right, writes=(*right.writes, "people.income_eur")))


def test_pulls_that_are_merged_by_add_where_they_must_multiply_are_told_apart():
    """Two measures of 0.5 and 0.8 give 0.4 together, in any order; adding would give 1.3."""
    pulls, out = np.array([[0.5], [0.8]]), np.zeros(1)
    Lever("x.y", "areas", "1", "multiply", "").merge(pulls, out)
    assert out[0] == pytest.approx(0.4)
    Lever("x.y", "areas", "1", "multiply", "").merge(pulls[::-1], out)
    assert out[0] == pytest.approx(0.4)
    Lever("x.y", "areas", "1", "add", "").merge(pulls, out)
    assert out[0] == pytest.approx(1.3)


def test_a_row_used_again_at_once_is_refused(toy):
    """Whoever was freed this month is not handed out before the delay has passed."""
    import numba

    from mechlin.core.state import REUSE_DELAY, release_row, take_row

    take, release = (numba.njit(f.py_func) for f in (take_row, release_row))
    free, freed, queue = np.full(4, -1, np.int32), np.full(4, -9, np.int32), np.array([0, 0])
    alive = np.ones(4, np.bool_)
    release(free, freed, queue, alive, 2, 10)
    assert not alive[2]
    assert take(free, freed, queue, alive, 10 + REUSE_DELAY - 1) == -1
    assert take(free, freed, queue, alive, 10 + REUSE_DELAY) == 2 and alive[2]


def test_a_stranger_in_the_city_breaks_the_invariants(toy):
    """Each invariant is seen to fail on a city that cannot be."""
    for spoil in (
        lambda s: s["people.partner"].__setitem__(slice(None), 0),
        lambda s: s["homes.occupant"].__setitem__(slice(0, 50), 0),
        lambda s: s["homes.quality"].__setitem__(3, 1.5),
        lambda s: s["households.members"].__setitem__(slice(None), 9),
        lambda s: s["areas.people"].__setitem__(0, 10**6),
    ):
        sim = Simulation(RunSpec(city="toy", months=1), toy)
        sim.month(sim.months[0])
        assert sim.broken() == []
        spoil(sim.state)
        assert sim.broken() != []


def test_the_harness_itself_would_notice_a_fault_that_is_gone(tmp_path):
    with pytest.raises(AssertionError, match="does not stand"):
        mutated(SimpleNamespace(__file__=housing_rules.__file__, __name__="x"), tmp_path, ("no such text", ""))
