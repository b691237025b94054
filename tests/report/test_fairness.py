"""Who gains and who pays: told only where a direction can be, of every group alike."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mechlin.core.declare import Card
from mechlin.core.spec import RunResult, RunSpec
from mechlin.report import fairness
from mechlin.report.texts import ENGLISH, language
from mechlin.study.comparison import Comparison

AREAS = ("Low", "Middle", "High", "Far")
CARDS = {
    "victims_per_100.income_fifth_1": Card("x", "Hit by an offence: income fifth 1", "per 100", "down"),
    "victims_per_100.income_fifth_5": Card("x", "Hit by an offence: income fifth 5", "per 100", "down"),
    "stops.fifth_1": Card("x", "Stops in income fifth 1", "per 100 residents", "down"),
    "social_waiting_list": Card("x", "Waiting list for a social home", "households", "down"),
    "tenure.owner_share": Card("x", "Households who own their home", "share"),
    "areas.unsafe_share": Card("areas.unsafe_share", "Often feeling unsafe by area", "%", "down"),
    "areas.population": Card("areas.population", "Residents by area", "persons"),
}


def a_run(seed, with_package):
    """Return a run: the lowest fifth is hit less and stopped more, the highest fifth sees luck, one area turns worse."""
    noise, own = np.random.default_rng(seed), np.random.default_rng(1000 * seed + with_package)
    level = {name: np.full(2, 20.0) + noise.normal(0, 1, 2) for name in CARDS if not name.startswith("areas.")}
    if with_package:
        level["victims_per_100.income_fifth_1"] -= 3.0
        level["stops.fifth_1"] += 4.0
        level["social_waiting_list"] += 40.0
    level["victims_per_100.income_fifth_5"] += own.normal(0, 2, 2)
    area = np.full((2, 4), 20.0) + noise.normal(0, 1, (2, 4)) + with_package * np.array([-9.0, -5.0, 8.0, 0.0])
    area[:, 3] += own.normal(0, 5, 2)
    areas = {"areas.unsafe_share": area, "areas.population": np.full((2, 4), 900.0)}
    return RunResult(RunSpec("toy", seed=seed, population=seed, version="t"), np.array([2001, 2002]), level, areas)


@pytest.fixture(scope="module")
def found():
    runs = [[a_run(seed, world) for seed in range(1, 17)] for world in (True, False)]
    return Comparison.of(*runs, cards=CARDS)


def rows(html):
    return [
        [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in html.split("<tr>")
    ]


def test_each_group_says_what_gets_better_and_worse_and_what_cannot_be_told(found):
    told = {row[0]: row[1:] for row in rows(fairness.gains(found)) if row}
    assert told["lowest fifth of incomes"] == ["hit by an offence, per 100", "stopped by the police, per 100", "0"]
    assert told["highest fifth of incomes"] == ["–", "–", "1"]
    assert told["social tenants, and who waits"] == ["–", "waiting list for a social home", "0"]
    assert "owners" not in told  # neither direction is better: nobody gains by it


def test_areas_are_counted_on_both_sides_and_the_first_named(found):
    told = {row[0]: row[1:] for row in rows(fairness._areas(found, AREAS, ENGLISH)) if row}
    assert told["Often feeling unsafe by area"] == ["2: Low, Middle", "1: High", "1"]
    assert "Residents by area" not in told


def test_before_all_pairs_are_there_nobody_gains(found):
    part = replace(found, pairs=found.pairs[:4], asked=16)
    assert all(row[1:3] in (["–", "–"], ["0", "0"]) for row in rows(fairness.gains(part))[2:] if row)


def test_tables_by_home_and_area_are_in_the_language(found):
    told = fairness.tables(found, (), language("nl"), AREAS)
    assert "Naar de woning van een huishouden." in told and "Naar gebied, in het laatste jaar" in told
    assert "eigenaars: " in told and "Low, Middle" in told
