"""What is learned from stored runs: whose they are, what a package is told by, and when nothing is said."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mechlin.city.toy import toy_city
from mechlin.core.declare import Card
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.package import plans
from mechlin.measures import catalogue
from mechlin.runs.store import Store
from mechlin.study.controls import controls
from mechlin.study.foretold import Stock, amounts
from mechlin.study.lessons import lesson_specs, lessons

MONTHS = 48
MEASURES = ("street_renewal", "home_renovation", "cameras")


@pytest.fixture(scope="module")
def city():
    return toy_city()


def card(name):
    return Card(name, "Offences", "offences", headline=True, adds_up=True)


def run(city, package, seed, value, **changes):
    """A stored run that says ``value`` every year."""
    spec = RunSpec(city.name, city.hash, {}, {}, seed, seed, city.start, MONTHS, "v", {"package": package, "fixed": {}})
    years = np.arange(2001, 2001 + MONTHS // 12)
    return RunResult(replace(spec, package=package, **changes), years, {"offences": np.full(years.size, value)}, {})


def package(city, n, measures=MEASURES):
    rng = np.random.default_rng(n)
    first = {c.name: c.doses[0] for c in controls({}) if c.name in measures}
    return {m: {d.name: float(round(rng.random() * d.bands["usual"] + 1.0))} for m, d in first.items()}


def stock(city, packages=12, version="v"):
    found = Stock(city, version, {"offences": card("offences")})
    for seed in (1, 2, 3):
        found.add(run(city, {}, seed, 100.0 + seed))
        for n in range(packages):
            asked = package(city, n)
            effect = -sum(sum(v.values()) for v in asked.values()) / 10.0
            found.add(run(city, asked, seed, 100.0 + seed + effect))
    return found


def specs(city):
    return [run(city, {}, seed, 0.0).spec for seed in (1, 2, 3)]


def test_a_package_that_was_never_run_is_estimated_from_others(city):
    found = stock(city)
    assert found.learn(MONTHS)
    asked = package(city, 99)
    told = found.estimate(asked, {}, specs(city), MONTHS).told["offences"]
    effect = -4 * sum(sum(v.values()) for v in asked.values()) / 10.0
    assert told.low <= effect <= told.high and told.middle == pytest.approx(effect, rel=0.35)


def test_from_few_packages_nothing_is_said(city):
    found = stock(city, packages=4)
    assert not found.learn(MONTHS)
    answer = found.estimate(package(city, 99), {}, specs(city), MONTHS)
    assert not answer.told and answer.why == "few"


def test_of_a_measure_or_form_that_no_package_had_nothing_is_said(city):
    found = stock(city)
    found.learn(MONTHS)
    for settings in ({"youth_workers": {}}, {"cameras": {"areas": [city.areas["code"][0]]}}):
        answer = found.estimate(settings, {}, specs(city), MONTHS)
        assert not answer.told and answer.unknown == tuple(settings)


def test_runs_of_another_version_or_with_a_number_fixed_teach_nothing(city):
    assert not stock(city, version="older").learn(MONTHS)
    found = Stock(city, "v", {"offences": card("offences")})
    one = run(city, {}, 1, 1.0)
    found.add(replace(one, spec=replace(one.spec, asked={"package": {}, "fixed": {"safety.x": 1.0}})))
    found.add(replace(one, spec=replace(one.spec, asked={})))
    assert not found._runs


def test_runs_are_read_from_the_store_and_a_damaged_one_is_left_out(city, tmp_path):
    store = Store(tmp_path / "runs")
    for one in (run(city, {}, 1, 1.0), run(city, package(city, 1), 1, 2.0)):
        store.write(one)
    (store.path / store.list()[0] / "series.parquet").write_bytes(b"nothing")
    found = Stock(city, "v", {"offences": card("offences")})
    found.load(store)
    assert len(found._runs) == 1


def test_how_much_there_is_of_a_measure(city):
    def told(settings):
        return amounts(plans(settings, catalogue(), start=city.start, city=city), 2001 * 12, MONTHS)

    usual = next(d.default for c in controls({}) if c.name == "cameras" for d in c.doses)
    whole, half = told({"cameras": {"cameras": usual}}), told({"cameras": {"cameras": usual, "start": "2003-01"}})
    assert whole["cameras", ""] == pytest.approx((np.log(2.0), np.log(2.0)))
    assert half["cameras", ""][0] < half["cameras", ""][1] == pytest.approx(np.log(2.0))
    assert told({"cameras": {"cameras": 0}}) == {}


def test_lessons_may_run_are_the_same_every_time_and_go_round_the_worlds(city):
    found = lessons(city, controls({}), {}, 12)
    assert len(found) == 12 and lessons(city, controls({}), {}, 6) == found[:6]
    assert len({json.dumps(one, sort_keys=True) for one in found}) == 12
    pairs = lesson_specs(city, found[:8], "2001-12")
    assert len({spec.seed for spec, _ in pairs}) > 8 and all(not nothing.package for _, nothing in pairs)
