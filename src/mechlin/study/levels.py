"""Levels that a city's own series fix, solved for at the start: a city that was never calibrated is not silently off.

Births and deaths are scaled to the city's counts when a run starts, and prices begin at one. How many leave hangs on how
people choose between the city and its rim, how many are out of work on how fast they lose and find some. Both are solved for here
together, in a small copy of the city over its first years, so that leavers and unemployment come out as its series say.
A city with a calibration keeps its own levels.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.city.toy import scaled_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import filled_params, run, scheduled

_OWNER, _NUMBER = "housing", "rim_level"
_WORK, _FIND, _LOSE = "economy", "find_rate", "loss_rate"
_RATE, _REGION = "unemployment_rate", "unemployment_rate_region"
_MOST = 1.5  # logarithm by which finding and losing work move apart at most
_FIRST, _SECOND = -2.3, -1.5  # tried first: the declared value, and more pull of the rim
_LOW, _HIGH = -5.0, 3.0  # between which it is sought: beyond, nobody leaves to the rim or everybody does
_PEOPLE, _PER_AREA = 6000, 20  # residents of the small copy, at least
_SEEDS = (1, 2)
_YEARS = 2
_STEPS = 6  # runs of the copy at most, for each seed
_NEAR = 0.03  # of the counted leavers, and of unemployment: near enough
_OFF = 0.15  # of what is counted: off by so much it is said
_EVENTS = {"leavers": "leavers_per_1000", "births": "births_per_1000", "deaths": "deaths_per_1000"}
_WORDS = {name: (f"{name} come", "per 1,000 residents a year") for name in _EVENTS} | {
    _RATE: ("unemployment comes", "per cent")
}


class Levels(NamedTuple):
    """The numbers solved for, and what the city's series say and the first years give.

    Events per 1,000 residents a year, unemployment in per cent of those who work or look for work.
    """

    values: dict[str, dict[str, float]]
    counted: Mapping[str, float]
    found: Mapping[str, float]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What could not be brought to the city's own series, a sentence each."""
        off = {n: self.found[n] for n, v in self.counted.items() if v > 0 and abs(self.found[n] / v - 1.0) > _OFF}
        return tuple(
            f"The first years' {_WORDS[name][0]} to {value:.3g} {_WORDS[name][1]} where the city's own series says "
            f"{self.counted[name]:.3g}: this level could not be solved for, and stocks that hang on it are off."
            for name, value in off.items()
        )


_NONE = Levels({}, {}, {})


@lru_cache(maxsize=8)
def solved_levels(city: City) -> Levels:
    """Return the levels solved for a city from its folder; none for a calibrated city, or one made up in code."""
    if city.calibration or city.folder is None:
        return _NONE
    size = max(_PEOPLE, _PER_AREA * city.areas.height)
    small = replace(scaled_city(city, size), statuses=city.statuses.clear())
    counted = {name: _counted(city, series) for name, series in (*_EVENTS.items(), (_RATE, _REGION))}
    level, apart, found = _solve(small, counted)
    work = {name: round(value, 4) for name, value in _work(city, apart).items()}
    return Levels({_OWNER: {_NUMBER: round(level, 4)}, _WORK: work}, counted, found)


def _work(city: City, apart: float) -> dict[str, float]:
    """Return how fast work is found and lost, ``apart`` (logarithm) further from each other than declared."""
    declared = filled_params(scheduled(), city.calibrated(None))[_WORK]
    return {_FIND: declared.find_rate * np.exp(apart / 2.0), _LOSE: declared.loss_rate * np.exp(-apart / 2.0)}


def _counted(city: City, series: str) -> float:
    """Return the mean of a series over the first years."""
    return float(city.series_by_month(series, city.start, 12 * _YEARS).mean())


def _solve(city: City, wanted: Mapping[str, float]) -> tuple[float, float, dict[str, float]]:
    """Return the levels at which leavers and unemployment are as wanted, or the nearest found, and the rates there.

    The pull of the rim follows the secant; who is out of work falls as work is found faster and lost more rarely.
    """
    tried: list[tuple[float, float, dict[str, float]]] = []
    work: list[float] = []
    level, apart = _FIRST, 0.0
    for _ in range(_STEPS):
        found = _rates(city, level, apart)
        tried.append((level, _gap(found, wanted, "leavers"), found))
        work.append(apart)
        out_of_work = _gap(found, wanted, _RATE)
        if abs(tried[-1][1]) < _NEAR and abs(out_of_work) < _NEAR:
            break
        level = _next(tried) if abs(tried[-1][1]) >= _NEAR else level
        apart = float(np.clip(apart + out_of_work, -_MOST, _MOST))
    best = min(range(len(tried)), key=lambda n: np.hypot(tried[n][1], _gap(tried[n][2], wanted, _RATE)))
    return tried[best][0], work[best], tried[best][2]


def _gap(found: Mapping[str, float], wanted: Mapping[str, float], name: str) -> float:
    """Return the logarithm of what was found over what is wanted."""
    return float(np.log(max(found[name], 1e-3) / max(wanted[name], 1e-3)))


def _next(tried: list[tuple[float, float, dict[str, float]]]) -> float:
    """Return the level to try next: where a line through what surrounds the aim, or through the nearest two, meets it."""
    if len(tried) == 1:
        return _SECOND if tried[0][1] < 0 else 2 * _FIRST - _SECOND
    above, below = [t for t in tried if t[1] > 0], [t for t in tried if t[1] <= 0]
    if above and below:
        one, other = min(above, key=lambda t: t[1]), max(below, key=lambda t: t[1])
    else:
        one, other = sorted(tried, key=lambda t: abs(t[1]))[:2]
    slope = (one[1] - other[1]) / (one[0] - other[0]) if one[0] != other[0] else 0.0
    step = -one[1] / slope if abs(slope) > 1e-6 else 0.8
    return float(np.clip(one[0] + np.clip(step, -1.5, 1.5), _LOW, _HIGH))


def _rates(city: City, level: float, apart: float) -> dict[str, float]:
    """Return over the first years, both seeds, events per 1,000 residents and year, and unemployment in per cent."""
    params = {owner: dict(values) for owner, values in city.calibrated(None).items()}
    params.setdefault(_OWNER, {})[_NUMBER] = level
    params[_WORK] = params.get(_WORK, {}) | _work(city, apart)
    months = 12 * _YEARS - (int(city.start[5:7]) - 1)  # to the end of a year
    results = [
        run(RunSpec(city=city.name, start=city.start, months=months, seed=s, population=s, params=params), city)
        for s in _SEEDS
    ]
    rates = {
        name: float(np.mean([r.series[name][-_YEARS:].sum() / r.series["population"][-_YEARS:].sum() for r in results]))
        * 1000
        for name in _EVENTS
    }
    return rates | {_RATE: float(np.mean([r.series[_RATE][-_YEARS:].mean() for r in results]))}
