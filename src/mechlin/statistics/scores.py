"""Forecasts held against what was observed: how wide, how good, and better than what.

A forecast for an indicator is a set of equally likely values: the runs, moved so that they start at the last
observation before the forecast is dated, and widened by what the model got wrong before. It is scored by the share
of observations inside its middle 80 %, by the continuous ranked probability score (CRPS), and by its skill against
two forecasts that anybody can make: the last value, and the straight line through the years before.

Sources: Gneiting & Raftery 2007, JASA 102:359 (CRPS, interval score); Ferro 2014, QJRMS 140:1917 (fair CRPS); Smith &
Sincich 1991, Demography 28:261 (errors of forecasts for places grow about evenly with the years ahead); Cui, Hwang,
Qiu, Blades & Churchill 2005, Biostatistics 6:59 (variances of few observations, shrunk towards others' as logarithms).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import numpy as np
from scipy.special import digamma, ndtri

from mechlin.core.declare import Param

INSIDE = 0.8
_LEAST = 100.0  # squares below a hundredth of the prior: a spread below a tenth of it
_NOUGHT = 1e-12


class Misfit(NamedTuple):
    """How wrong the model is taken to be before it has been held against anything."""

    change_share: Annotated[
        float,
        Param(
            "share/year", 0, 1, "Of the level, spread of what is missed for each year ahead: a tenth or so after ten"
        ),
    ] = 0.012
    level_share: Annotated[float, Param("share", 0, 2, "Of the level, spread where nothing was observed before")] = 0.15
    weight: Annotated[float, Param("observations", 0, 100, "What this judgement counts beside observed errors")] = 2.0
    points: Annotated[int, Param("values", 1, 99, "Values that stand for the spread around one run")] = 9


class Seen(NamedTuple):
    """One observation: the year, its value, and how sure it is (low to high)."""

    year: int
    value: float
    low: float
    high: float


class Score(NamedTuple):
    """One observation scored: the middle and ends of the forecast, and the scores of it and of both naive forecasts."""

    seen: Seen
    low: float
    middle: float
    high: float
    inside: bool
    crps: float
    interval: float
    last_value: float | None
    linear_trend: float | None


def crps(values: np.ndarray, observed: float) -> float:
    """Return the fair continuous ranked probability score of equally likely ``values``; 0 is perfect."""
    x = np.sort(np.asarray(values, float))
    n = x.size
    if n < 2:
        return float(abs(x[0] - observed))
    ranks = 2.0 * np.arange(1, n + 1) - n - 1.0
    return float(np.abs(x - observed).mean() - (ranks @ x) / (n * (n - 1.0)))


def interval_score(low: float, high: float, observed: float, inside: float = INSIDE) -> float:
    """Return the interval score: the width, and what lies outside with a penalty; lower is better."""
    penalty = 2.0 / (1.0 - inside)
    return (high - low) + penalty * max(low - observed, 0.0) + penalty * max(observed - high, 0.0)


def medians(runs: np.ndarray) -> np.ndarray:
    """Return the median over runs of each year; NaN in years without a value."""
    out = np.full(runs.shape[1], np.nan)
    known = np.isfinite(runs).any(axis=0)
    out[known] = np.nanmedian(runs[:, known], axis=0)
    return out


def rolling_misses(years: np.ndarray, runs: np.ndarray, before: Sequence[Seen]) -> list[float]:
    """Return the squares of what the runs' median missed from every observed year to every later one (rolling origins).

    As shares of the level for each year between, squared, so that errors over one year and over eight can be told together.
    What the runs' own spread explains is taken off, as it widens a forecast already: where runs differ by more than they
    missed a square is below zero.
    """
    column = {int(y): n for n, y in enumerate(years) if np.isfinite(runs[:, n]).any()}
    known = [s for s in before if s.year in column]
    out = []
    for n, one in enumerate(known):
        for later in known[n + 1 :]:
            level = max(abs(one.value), abs(later.value))
            if later.year > one.year and level > 0:
                middle = medians(runs[:, [column[one.year], column[later.year]]])
                changes = runs[:, column[later.year]] - runs[:, column[one.year]]
                changes = changes[np.isfinite(changes)]
                missed = (later.value - one.value) - (middle[1] - middle[0])
                own = float(changes.var(ddof=1)) if changes.size > 1 else 0.0
                out.append(float(missed**2 - own) / (level * (later.year - one.year)) ** 2)
    return out


def level_misses(years: np.ndarray, runs: np.ndarray, before: Sequence[Seen]) -> list[float]:
    """Return the square of what the runs' median missed of the first observation, as a share of its level squared.

    What the runs' own spread explains is taken off, as in :func:`rolling_misses`. Empty without an observation.
    """
    for one in before:
        values = runs[:, years == one.year].ravel()
        values = values[np.isfinite(values)]
        if values.size and one.value:
            own = float(values.var(ddof=1)) if values.size > 1 else 0.0
            return [float((one.value - np.median(values)) ** 2 - own) / one.value**2]
    return []


class Misses(NamedTuple):
    """What the runs missed of one indicator: of its changes (rolling origins) and of its level, as squares."""

    changes: list[float]
    level: list[float]


def misses_of(years: np.ndarray, runs: np.ndarray, before: Sequence[Seen]) -> Misses:
    """Return what the runs missed of the observations ``before``; see :func:`rolling_misses`, :func:`level_misses`."""
    return Misses(rolling_misses(years, runs, before), level_misses(years, runs, before))


class Spread(NamedTuple):
    """How wide a forecast is around each run: ``change`` for each year ahead, ``level`` where nothing was observed."""

    change: float
    level: float


def spread_of(
    misses: Sequence[float],
    family: Sequence[Sequence[float]],
    others: Sequence[Sequence[float]],
    p: Misfit,
    judged: float,
) -> float:
    """Return the spread of misses (given as squares): an indicator's own, its family's, all others', and the judgement.

    What others missed is a prior for one's own: first all others of the judgement, then the family of those. Each other
    indicator has one vote, its own mean square, however long its series is. Squares are joined as logarithms (Cui and
    others 2005), so that a waiting list that doubles does not widen the forecast of residents. Origins of one
    series share years: n observations are n - 1 steps, and ``p.weight`` steps count as one piece of evidence; ``judged``
    counts as many.
    """
    known = _pooled(family, [1.0] * len(family), _pooled(others, [1.0] * len(others), judged**2, p), p)
    steps = _steps(misses) / p.weight if p.weight else _steps(misses)
    return math.sqrt(_pooled([misses], [steps], known, p))


def _steps(misses: Sequence[float]) -> float:
    """Return how many steps of a series its misses are of: n (n - 1) / 2 origins are n - 1 steps."""
    return (math.sqrt(8 * len(misses) + 1) - 1) / 2


def _pooled(of: Sequence[Sequence[float]], counts: Sequence[float], prior: float, p: Misfit) -> float:
    """Return the square of which those of several indicators are taken to be; ``prior`` counts ``p.weight``.

    The mean of logarithms, freed of what chance takes off the logarithm of a mean of few squares (the digamma function;
    Cui and others 2005). A square below a hundredth of the prior, as where runs differ by more than they missed, counts
    as that.
    """
    least = max(prior / _LEAST, _NOUGHT)
    total, weight = p.weight * math.log(max(prior, least)), p.weight
    for one, count in zip(of, counts, strict=True):
        if one:
            half = _steps(one) / 2
            total += count * (math.log(max(sum(one) / len(one), least)) + math.log(half) - float(digamma(half)))
            weight += count
    return math.exp(total / weight) if weight > p.weight else prior


def forecast(
    years: np.ndarray,
    runs: np.ndarray,
    before: Sequence[Seen],
    year: int,
    since: int,
    spread: Spread,
    p: Misfit,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> np.ndarray:
    """Return equally likely values for ``year``.

    ``runs`` has shape (runs, years); the level is that of the last observation before, where there is one, the
    change is each run's own. The spread of a change grows with the years since then, or, where this was never observed,
    since the year ``since`` up to which anything was known; there that of the level comes on top.
    """
    column = {int(y): n for n, y in enumerate(years)}
    values = runs[:, column[year]]
    known = [s for s in before if s.year in column and np.isfinite(runs[:, column[s.year]]).any()]
    if known:
        last = known[-1]
        values = values - runs[:, column[last.year]] + last.value  # each run moves from its own level of then
        sd = abs(last.value) * spread.change * max(year - last.year, 1)
    else:
        ahead = max(year - since, 1)
        sd = abs(float(np.nanmedian(values))) * math.hypot(spread.level, spread.change * ahead)
    values = values[np.isfinite(values)]
    around = ndtri((np.arange(p.points) + 0.5) / p.points) * sd
    found: np.ndarray = np.clip((values[:, None] + around).ravel(), *bounds)
    return found


def naive(before: Sequence[Seen], year: int) -> tuple[float | None, float | None]:
    """Return the last value, and the straight line through all years before, at ``year``; None without observations."""
    if not before:
        return None, None
    last = before[-1].value
    x, y = np.array([s.year for s in before], float), np.array([s.value for s in before], float)
    if np.unique(x).size < 2:
        return last, last
    slope, start = np.polyfit(x - x.mean(), y, 1)
    return last, float(start + slope * (year - x.mean()))


def as_counted(values: np.ndarray, seen: Seen, p: Misfit) -> np.ndarray:
    """Return what would have been counted where ``values`` are true: with the doubt of the observation, as a triangle.

    >>> sorted(as_counted(np.array([5.0]), Seen(2005, 7.0, 6.0, 8.0), Misfit(points=2)).tolist())  # half a quarter each side
    [4.707106781186548, 5.292893218813452]
    """
    width = seen.high - seen.low
    if width <= 0:
        return values
    q = (np.arange(p.points) + 0.5) / p.points
    up, down = seen.value - seen.low, seen.high - seen.value
    place = np.where(q < up / width, seen.low + np.sqrt(q * width * up), seen.high - np.sqrt((1.0 - q) * width * down))
    found: np.ndarray = (values[:, None] + (seen.value - place)).ravel()
    return found


def score(values: np.ndarray, seen: Seen, before: Sequence[Seen], p: Misfit | None = None) -> Score:
    """Return how good a forecast was for one observation, whose own doubt is part of what is forecast."""
    values = as_counted(values, seen, p or Misfit())
    low, middle, high = (float(q) for q in np.quantile(values, [0.5 - INSIDE / 2, 0.5, 0.5 + INSIDE / 2]))
    last, line = naive(before, seen.year)
    inside = low <= seen.value <= high
    return Score(
        seen,
        low,
        middle,
        high,
        inside,
        crps(values, seen.value),
        interval_score(low, high, seen.value),
        None if last is None else abs(last - seen.value),
        None if line is None else abs(line - seen.value),
    )


class Summary(NamedTuple):
    """Scores added up: coverage, mean scores, and skill (1 perfect, 0 no better than the naive forecast)."""

    observations: int
    coverage_80: float | None
    crps: float | None
    interval_score: float | None
    skill_last_value: float | None
    skill_linear_trend: float | None
    verdict: str


def summary(scores: Sequence[Score], scales: Sequence[float] | None = None) -> Summary:
    """Return the scores of one indicator, or of several made comparable by ``scales`` (one a score)."""
    if not scores:
        return Summary(0, None, None, None, None, None, "cannot tell")
    weights = [1.0 / s if s > 0 else 1.0 for s in (scales or [1.0] * len(scores))]

    def skill(errors: Sequence[float | None]) -> float | None:
        both = [(s.crps * w, e * w) for s, e, w in zip(scores, errors, weights, strict=True) if e is not None]
        against = sum(e for _, e in both)
        return None if not both or against == 0 else 1.0 - sum(c for c, _ in both) / against

    last, line = skill([s.last_value for s in scores]), skill([s.linear_trend for s in scores])
    return Summary(
        len(scores),
        sum(s.inside for s in scores) / len(scores),
        sum(s.crps * w for s, w in zip(scores, weights, strict=True)) / len(scores),
        sum(s.interval * w for s, w in zip(scores, weights, strict=True)) / len(scores),
        last,
        line,
        _verdict(len(scores), last, line),
    )


def score_shares(
    scores: Mapping[str, Sequence[Score]], scales: Mapping[str, float]
) -> dict[str, dict[str, float | None]]:
    """Return by indicator which share of the whole score hangs on it, and the skill of all others without it.

    The share is that of the last value's error, against which skill is told; ``scales`` make indicators comparable.
    """
    weight = {n: sum((s.last_value or 0.0) / (scales[n] or 1.0) for s in found) for n, found in scores.items()}
    total = sum(weight.values())
    out: dict[str, dict[str, float | None]] = {}
    for name in scores:
        rest = [(s, scales[n]) for n, found in scores.items() if n != name for s in found]
        left = summary([s for s, _ in rest], [scale for _, scale in rest])
        out[name] = {
            "score_share": weight[name] / total if total > 0 else None,
            "skill_last_value_without_it": left.skill_last_value,
            "skill_linear_trend_without_it": left.skill_linear_trend,
        }
    return out


def _verdict(count: int, last: float | None, line: float | None) -> str:
    """Return a word: fewer than two observations tell nothing."""
    skills = [s for s in (last, line) if s is not None]
    if count < 2 or not skills:
        return "cannot tell"
    better = sum(s > 0 for s in skills)
    return "better" if better == len(skills) else "mixed" if better else "worse"
