"""Youth workers, worked by hand."""

import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.measures import family_therapy, youth_workers
from tests.measures.conftest import pulled


def euros(toy, package, months=12):
    return {
        (r["payer"], r["kind"]): r["eur"] for r in run(RunSpec(city="toy", package=package, months=months), toy).ledger
    }


def test_youth_reach_is_those_reached_out_of_those_at_risk(toy):
    package = {"youth_workers": {"workers": 0.0, "centre_reach": 30.0, "risk_share": 0.2, "found_share": 0.5}}
    sim, levers = pulled(toy, package)
    young = sim.enrolments[0].planned
    assert young.sum() > 200
    assert levers["safety.youth_reach"] == pytest.approx(30 / young.sum() * 0.5 / 0.2)
    _, all_reached = pulled(toy, {"youth_workers": {"workers": 900.0}})
    assert all_reached["safety.youth_reach"].max() == 1.0


def test_what_workers_centre_and_therapy_cost(toy):
    p, t = youth_workers.Params(), family_therapy.Params()
    spent = euros(toy, {"youth_workers": {"building_eur": 960000.0}})
    assert spent["city", "running"] == pytest.approx(p.workers * p.worker_eur + p.centre_eur)
    assert spent["city", "investment"] == pytest.approx(960000.0)
    assert euros(toy, {"family_therapy": {}}) == {("region", "running"): pytest.approx(t.families * t.family_eur)}
