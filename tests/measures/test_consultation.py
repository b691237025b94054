"""Consultation, worked by hand: who is asked, what it costs, whom it moves."""

import numpy as np
import pytest

from mechlin.core.clock import Clock
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.measures import consultation
from mechlin.measures.consultation import Params
from mechlin.mechanisms.attitudes.surroundings import some_months

ALONE = ("demography", "economy", "housing", "attitudes", "census")
JUNE = Clock(5, 2001, 6)


class View:
    """Three areas, one of them empty."""

    class areas:
        people = np.array([1200, 0, 600])


def effects(p):
    enrolled = np.array([True, False, True])
    out = {"attitudes.consultation": np.zeros(3), "attitudes.explained": np.zeros(1)}
    consultation.effects(View, enrolled, p, JUNE, out)
    return out


def test_an_area_without_residents_is_not_asked():
    out = np.zeros(3, dtype=bool)
    consultation.eligible(View, Params(), JUNE, out)
    assert out.tolist() == [True, False, True]


@pytest.mark.parametrize(("asked", "explained", "some"), [(0.03, 0.0, True), (0.0, 0.5, True), (0.0, 0.0, False)])
def test_no_places_when_nothing_is_done(asked, explained, some):
    assert (consultation.places(Params(asked_share=asked, explained_share=explained)) > 0) is some


def test_a_twelfth_of_the_year_is_asked_each_month():
    out = effects(Params(asked_share=0.6, explained_share=0.25))
    assert out["attitudes.consultation"].tolist() == pytest.approx([0.05, 0.0, 0.05])
    assert out["attitudes.explained"].tolist() == [0.25]


def test_the_city_pays_for_each_resident_asked():
    paid = consultation.costs(View, np.array([True, False, True]), None, Params(asked_share=0.06, asked_eur=12.0), JUNE)
    assert paid.city_running_eur == pytest.approx(1800 * 0.06 / 12 * 12)
    assert sum(paid) == paid.city_running_eur


def test_only_those_who_were_asked_trust_more(toy):
    """A tenth is asked in half a year: about a tenth of the adults gain what being asked gives, less what has faded."""
    quiet = Simulation(RunSpec(city="toy", months=6), toy, ALONE)
    asked = Simulation(RunSpec(city="toy", months=6, package={"consultation": {"asked_share": 0.2}}), toy, ALONE)
    for clock in quiet.months:
        quiet.month(clock)
        asked.month(clock)
    change = asked.state["people.trust"] - quiet.state["people.trust"]
    grown = quiet.state["people.alive"] & (5 - quiet.state["people.born_month"].astype(int) >= 216)
    moved = change != 0
    assert not (moved & ~grown).any()
    p = quiet.params["attitudes"]
    gain = p.consulted_gain * some_months(p, 6, 1.0, 0.0, False).fade
    np.testing.assert_allclose(change[moved], gain, atol=1e-5)
    assert abs(moved.sum() / grown.sum() - 0.1) < 4 * np.sqrt(0.1 * 0.9 / grown.sum())


def test_explaining_softens_a_fine(toy):
    change = []
    for explained in (0.0, 1.0):
        package = {"consultation": {"asked_share": 0.0, "explained_share": explained}}
        sim = Simulation(RunSpec(city="toy", months=6, package=package), toy, ALONE)
        before = sim.state["people.trust"].copy()
        sim.state["households.fined_month"][:] = 1
        for clock in sim.months:
            sim.month(clock)
        grown = sim.state["people.alive"] & (5 - sim.state["people.born_month"].astype(int) >= 216)
        change.append((sim.state["people.trust"] - before)[grown].mean())
    p = sim.params["attitudes"]
    kept = some_months(p, 6, 1.0, 0.0, False).fade
    assert change[1] - change[0] == pytest.approx(p.fine_harm * p.explained_gain * kept, abs=0.01)
