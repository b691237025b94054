"""Studies with made-up runs in which it is known which number matters, where a package fails, and what is worth its money."""

from dataclasses import replace

import numpy as np
import pytest

from mechlin.city.tables.sources import load_city
from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.runs.store import Store
from mechlin.study.discovery import box, discover
from mechlin.study.optimisation import optimise, scaled_settings
from mechlin.study.sensitivity import Numbers, assumptions, screen
from mechlin.study.turning import Reaction, line, read_reactions, turn

pytestmark = pytest.mark.slow

CALLBACK, DISTANCE, TRANSPORT = "economy.callback_gap", "housing.distance_weight", "transport.factor"


@pytest.fixture
def store(tmp_path, instead_of_runs, made_up):
    """Renovation lowers the rent burden by the transport factor beyond 0.1; a switch adds a little, tenancies some."""

    def run(spec, city):
        result = made_up(spec.seed, False)
        factor = spec.params.get("transport", {}).get("factor", 0.6)
        kink = spec.params.get("housing", {}).get("tipping", 0)
        gain = ((factor - 0.1) + 0.01 * kink) * ("home_renovation" in spec.package)
        gain += 0.03 * ("service_tenancy" in spec.package)
        series = {**result.series, "rent_burden": result.series["rent_burden"] - gain}
        price = {"home_renovation": 1e6, "service_tenancy": 5e6}
        rows = [
            {"programme": p, "year": 2001, "payer": "city", "kind": "running", "eur": price[p]} for p in spec.package
        ]
        return replace(result, spec=spec, series=series, ledger=tuple(rows), areas={})

    instead_of_runs(run)
    return Store(tmp_path / "runs")


@pytest.fixture
def package(tmp_path):
    file = tmp_path / "both.toml"
    file.write_text("[home_renovation]\nhomes_per_year = 50.0\n[service_tenancy]\nhomes = 20\n", encoding="utf-8")
    return file


def test_the_number_that_matters_comes_first_and_the_others_not_at_all(store, package, tmp_path):
    found = screen("mechelen", package, trajectories=2, people=None, survivors=2, base=64)
    ranked = found.ranking()
    assert ranked[0] == (TRANSPORT, pytest.approx(ranked[0][1])) and ranked[0][1] > 10 * ranked[1][1] > 0
    assert ranked[1][0] == "housing.tipping" and all(size == 0 for _, size in ranked[2:])
    first = {i.number: i for i in found.indices if i.indicator == "rent_burden"}
    assert first[TRANSPORT].total == pytest.approx(1.0, abs=0.1) and abs(first["housing.tipping"].total) < 0.05
    kept = read_reactions(found.save(tmp_path / "reactions.csv"))
    assert {r.number for r in kept} == {TRANSPORT, "housing.tipping"}


def reaction(number, mu, effect=100.0, indicator="population"):
    return Reaction("p", number, indicator, mu, abs(mu), 0.0, effect)


@pytest.fixture
def effect(comparison):
    """A clear effect: more residents with the package."""
    found = comparison.effect("population")
    assert found.verdict == "up"
    return found


def test_the_value_at_which_a_verdict_turns_is_read_off_the_reactions(effect):
    """The effect falls from 100 by 208 over the prior: zero lies 0.48 below its middle, at the second percentile."""
    from scipy.special import ndtri

    found = turn(effect, [reaction(TRANSPORT, 100 / 0.48), reaction(CALLBACK, 20.0)])
    low = 0.6 + float(ndtri(0.02) / ndtri(0.95)) * (0.6 - 0.3)
    assert (found.number, found.used) == (TRANSPORT, 0.6) and found.value == pytest.approx(low, abs=1e-6)
    assert "would turn" in line(effect, [reaction(TRANSPORT, 100 / 0.48)])


def test_what_is_believed_cannot_turn_a_clear_verdict_because_the_worlds_hold_it(effect):
    assert turn(effect, [reaction(TRANSPORT, 250.0), reaction("housing.tipping", 400.0)]) is None


def test_a_number_that_cannot_turn_it_is_said_so_and_nothing_screened_says_nothing(effect):
    assert turn(effect, [reaction(TRANSPORT, 20.0)]) is None
    assert line(effect, [reaction(TRANSPORT, 20.0)]).startswith("No single number")
    assert line(effect, []) == "" == line(None, [])


def test_what_nobody_can_tell_names_what_moves_it_most(build):
    unclear = build().effect("poverty")
    assert unclear.verdict == "cannot tell"
    screened = [reaction(TRANSPORT, 5.0, 1.0, "poverty"), reaction("housing.tipping", 1.0, 1.0, "poverty")]
    assert TRANSPORT in line(unclear, screened)


def test_a_planted_box_of_failures_is_found():
    numbers = Numbers.behind([]).only([TRANSPORT, "housing.tipping"])
    points = np.random.default_rng(2).random((400, len(numbers.names)))
    fails = points[:, numbers.names.index(TRANSPORT)] < 0.25
    found = box("population", numbers, points, fails)
    assert [limit.number for limit in found.limits] == [TRANSPORT]
    assert found.coverage > 0.9 and found.density > 0.9 and "of the failures lie where" in found.sentence()
    assert box("population", numbers, points, np.zeros(400, bool)).sentence().startswith("In none")


def test_where_the_package_fails_in_runs(store, package):
    """A gain of 0.4 or less is a failure: it comes about where the transport factor lies below 0.47."""
    found = discover("mechelen", "rent_burden", package, at_least=0.4, people=None, count=128, store=store)
    (limit,) = [limit for limit in found.limits if limit.number == TRANSPORT]  # a box may shave off luck elsewhere
    assert 0 < found.failed < 64 and len(found.limits) <= 2
    assert 0.4 < limit.high < 0.55 and found.coverage > 0.6
    for name, why in (("nothing", "no indicator 'nothing'"), ("facts.home_burglary", "not a headline")):
        with pytest.raises(UsageError, match=why):
            discover("mechelen", name, package, people=None, count=16, store=store)


def test_a_dose_multiplies_what_makes_a_measure_inert_and_stays_possible():
    doubled = scaled_settings(
        "home_renovation", {"homes_per_year": {"2001-01": 50, "2010-01": 80}, "start": "2001-01"}, 2.0
    )
    assert doubled == {"homes_per_year": {"2001-01": 100.0, "2010-01": 160.0}, "start": "2001-01"}
    assert scaled_settings("service_tenancy", {}, 0.5)["homes"] == 8  # of 15, a whole number
    assert scaled_settings("home_renovation", {"homes_per_year": 9e4}, 2.0)["homes_per_year"] == 1e5


def test_the_front_holds_what_nothing_beats_and_the_budget_is_kept(store, package):
    found = optimise("mechelen", 2e6, "rent_burden", package, trials=8, runs=2, store=store)
    costs, effects = [c.cost_eur for c in found.front], [c.robust_effect for c in found.front]
    assert costs == sorted(costs) and effects == sorted(effects)
    assert found.best is not None and found.best.cost_eur <= 2e6 and found.best.doses["service_tenancy"] == "off"
    with pytest.raises(UsageError, match="budget"):
        optimise("mechelen", 0.0, "rent_burden", package, store=store)


def test_assumptions_lists_every_guess_the_strongest_first(capsys):
    rows = assumptions(
        load_city("mechelen"), [reaction("housing.taste_spread", 9.0), reaction("housing.viewings", 1.0)]
    )
    assert [r["number"] for r in rows[:2]] == ["housing.taste_spread", "housing.viewings"]
    assert not any(r["number"] == "demography.move_peak" for r in rows)  # it has firm evidence
    assert main(["assumptions", "--json"]) == 0
    assert "housing.taste_spread" in capsys.readouterr().out
