"""By how much pairing divides the spread of differences: the same seeds in both worlds against seeds drawn apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mechlin.city.toy import toy_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run

LEVELS = ("population", "households", "poor_homes_share", "employment", "social_waiting_list", "price_index")
WHO_LIVES_WHERE = ("segregation.education.dissimilarity", "move_rate")
PEOPLE_AND_SCHOOLS = ("trust_share", "bridging_share", "school_segregation.background.dissimilarity", "offences")
SMALL = {"home_renovation": {"homes_per_year": 1.0}, "service_tenancy": {"homes": 2}}
SEEDS = 12


def times_less_spread(city: Any, package: dict[str, Any], population: int, names: Sequence[str]) -> list[float]:
    """Return, for each indicator, by how much pairing divides the variance of differences over five years."""
    specs = [RunSpec(city="toy", months=60, seed=s, population=population) for s in range(1, SEEDS + 1)]
    with_it = [run(replace(spec, package=package), city).series for spec in specs]
    without = [run(spec, city).series for spec in specs]
    ratios = []
    for name in names:
        treated, plain = (np.array([series[name][-1] for series in world]) for world in (with_it, without))
        paired = np.var(treated - plain, ddof=1)
        if paired == 0:
            raise ValueError(f"{name}: the package should reach somebody")
        ratios.append(float(np.mean([np.var(treated - np.roll(plain, k), ddof=1) for k in range(1, SEEDS)]) / paired))
    return ratios


def table(populations: Sequence[int] = (1, 2, 3)) -> list[dict[str, Any]]:
    """Return a row for each indicator: the middle one of some populations, a town of 8,000, a very small package."""
    city, names = toy_city(8000), (*LEVELS, *WHO_LIVES_WHERE, *PEOPLE_AND_SCHOOLS)
    found = np.median([times_less_spread(city, SMALL, p, names) for p in populations], axis=0)
    return [{"indicator": name, "times_less_variance": float(value)} for name, value in zip(names, found, strict=True)]
