"""Patterns of offending that one set of parameters must give; each is seen to fail when its rule is broken."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mechlin.city.tables.sources import load_city
from mechlin.city.toy import toy_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation

pytestmark = pytest.mark.slow


def small_streets():
    """Return a town of 12,000 whose areas are as small as those of an inner city."""
    town = toy_city(12_000, 15)
    return replace(town, areas=town.areas.with_columns(pl.lit(0.1).alias("area_km2")))


class Seen:
    """What offenders and burglars did in the town over eight years."""

    def __init__(self, params=None, months=96):
        sim = Simulation(RunSpec(city="toy", months=months, params={"safety": params or {}}), small_streets())
        by_age, people_by_age = np.zeros(20), np.zeros(20)
        by_sex, people_by_sex = np.zeros(2), np.zeros(2)
        months_of_burglary = []
        for clock in sim.months:
            sim.month(clock)
            months_of_burglary.append(sim.state["areas.offences"][:, 0].copy())
            if clock.is_december:
                by_age += sim.state["city.offences_by_age"][0]
                by_sex += sim.state["city.offences_by_sex"][0]
                people_by_age += sim.state["city.people_by_age"][0]
                grown = sim.state["people.alive"] & (clock.t - sim.state["people.born_month"] >= 12 * 12)
                people_by_sex += np.bincount(sim.state["people.female"][grown].astype(int), minlength=2)
        self.rate_by_age = by_age / np.maximum(people_by_age, 1)
        self.men_to_women = (by_sex / people_by_sex)[0] / (by_sex / people_by_sex)[1]
        here = sim.state["people.alive"] & (sim.state["people.entered_month"] < 0)
        age = (months - 1 - sim.state["people.born_month"]) / 12
        young_men = here & ~sim.state["people.female"] & (age >= 20) & (age < 34)  # 12 to 25 at the start
        offences = np.sort(sim.state["people.offences"][young_men].astype(float))[::-1]
        self.top_share = offences[: max(int(0.05 * offences.size), 1)].sum() / offences.sum()
        self.burglaries = np.array(months_of_burglary)

    @property
    def next_month(self):
        """Pairs of burglaries in one area a month apart, against those of all months apart (a Knox ratio)."""
        n = self.burglaries.astype(float)
        months = n.shape[0]
        near = (n[1:] * n[:-1]).sum() / (months - 1)
        apart = (n.sum(axis=0) ** 2 - (n**2).sum(axis=0)).sum() / (months * (months - 1))
        return near / apart


@pytest.fixture(scope="module")
def seen():
    return Seen()


def test_p6_a_twentieth_of_young_men_commit_half_of_their_offences(seen):
    """Wolfgang, Figlio & Sellin 1972: 6 % of a cohort of boys committed 52 % of its offences."""
    assert 0.4 < seen.top_share < 0.7


def test_p6_offending_peaks_near_eighteen_and_men_offend_four_times_as_often(seen):
    """CBS 2016: registered suspects peak around 18; four men for every woman."""
    assert seen.rate_by_age.argmax() in (3, 4)  # 15 to 19, 20 to 24
    assert seen.rate_by_age[3] > 1.8 * seen.rate_by_age[7] > 1.8 * 1.5 * seen.rate_by_age[10]
    assert 3.0 < seen.men_to_women < 5.0


def test_p6_fails_when_everybody_is_alike_or_the_age_is_another():
    alike = Seen({"propensity_shape": 50.0, "age_peak": 45.0, "women_ratio": 1.0}, months=48)
    assert not alike.top_share > 0.4
    assert alike.rate_by_age.argmax() not in (3, 4)
    assert not alike.men_to_women > 3.0


def test_p7_burglary_is_likelier_near_last_months_burglary(seen):
    """Knox tests (Johnson & Bowers; Malmo 2009-14): near repeats within a month or two."""
    assert seen.next_month > 1.12


def test_p7_fails_without_near_repeats():
    assert not Seen({"near_repeat_km2": 0.0, "repeat_risk": 1.0}).next_month > 1.12


def offences_in(params=None, months=192, **levers):
    """Return offences per 100 residents in each year of a town under the country's tide, with levers held by hand."""
    tide = load_city("mechelen").series["national_recorded_crime_index"]
    town = toy_city(6000)
    town = replace(town, series={**town.series, "national_recorded_crime_index": tide})
    sim = Simulation(RunSpec(city="toy", months=months, params={"safety": params or {}}), town)
    found = []
    for clock in sim.months:
        for name, value in levers.items():
            sim.levers.merged[f"safety.{name}"][:] = value
        sim.month(clock)
        if clock.is_december:
            found.append(100.0 * sim.state["city.offences"].sum() / sim.state["people.alive"].sum())
    return np.array(found)


def test_p8_crime_falls_without_any_measure_and_measures_explain_a_part():
    """Fewer crimes were recorded everywhere in Belgium after 2011; here 2001-03 against 2014-16, for 100 residents."""
    without = offences_in()
    first, last = without[:3].mean(), without[-3:].mean()
    assert 0.45 < last / first < 0.75
    with_them = offences_in(officers=1.0, lighting=0.5, problem_solving=0.5)[-3:].mean()
    part = (last - with_them) / (first - with_them)
    assert 0.02 < part < 0.5


def test_p8_fails_without_the_countrys_tide():
    still = {"tide_weight": 0.0, **{f"{kind}_drift": 0.0 for kind in ("burglary", "theft", "vehicle")}}
    found = offences_in(still)
    assert not found[-3:].mean() / found[:3].mean() < 0.75
