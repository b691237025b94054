"""Draw beliefs, structure and levels together, and keep what the city's record does not rule out.

The second half of a calibration; the first has found levels that fit with the beliefs of the middle.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from mechlin.city.tables.model import City
from mechlin.core.spec import RunResult, RunSpec
from mechlin.statistics.emulate import IMPLAUSIBLE, Observed
from mechlin.statistics.smoother import assimilate
from mechlin.study.calibration_plan import Plan, Target
from mechlin.study.draws import APART, Draws, Kept
from mechlin.study.worlds import Beliefs, model_stamp, spec_of

RESIDENTS = "population"
ROUNDS = 3  # with the beliefs of the middle
JOINT_ROUNDS = 3  # where each draw has other beliefs: one with those of the middle, which says what levels do, and two
_WIDER = 2.0  # times the spread of levels found before, to begin with
_APART_AT_LEAST = 0.1  # standard normal scale: where those found all agree
_POPULATIONS = 8  # made once each and lived in many worlds
_FIRST_SEED = 500_001  # of runs that no rehearsal makes
_BEYOND = 0.5  # share of draws far from an indicator from which on it is the model that cannot reach it

Run = Callable[[Sequence[RunSpec]], list[RunResult]]
Outputs = Callable[[Sequence[RunResult]], np.ndarray]


def join(
    city: City,
    plan: Plan,
    settings: Mapping[str, Any],
    months: int,
    rows: Sequence[Target],
    seen: Observed,
    chance: np.ndarray,
    found: np.ndarray,
    count: int,
    run: Run,
    outputs: Outputs,
) -> Draws:
    """Return what is kept of ``count`` draws.

    ``found`` are levels (standard normal scale) that fit with the beliefs of the middle, ``chance`` the standard
    deviation of each of ``rows`` by luck alone; ``run`` runs specs and ``outputs`` reads the rows from results.
    """
    drawn = Beliefs(count)

    def specs(points: np.ndarray, number: int, middle: bool = False) -> list[RunSpec]:
        out = []
        for c, share in enumerate(ndtr(points)):
            knowledge, structure = (None, None) if middle else (c, c // APART)
            world = drawn.world(1, knowledge, structure, plan.values(share))
            spec = spec_of(city, settings, world, months)
            out.append(_seeded(spec, _FIRST_SEED + number * count + c, 1 + c % _POPULATIONS))
        return out

    start = spread_from(found, count)
    known = outputs(run(specs(start, 0, middle=True)))
    points = assimilate(
        lambda at, number: outputs(run(specs(at, 1 + number))), start, seen, chance, JOINT_ROUNDS - 1, known=known
    )
    told = outputs(run(specs(points, JOINT_ROUNDS)))
    far = implausible(told, seen, chance, rows)
    beyond = {
        name: round(float(np.median(one)), 2)
        for name, one in far.items()
        if name != RESIDENTS and np.mean(one > IMPLAUSIBLE) > _BEYOND
    }
    limits = {name: one > IMPLAUSIBLE for name, one in far.items() if name not in beyond}
    if RESIDENTS in limits:
        limits[RESIDENTS] |= _off(told, seen, rows) > plan.trust.residents_within
    out = np.any([*limits.values()], axis=0)
    kept = tuple(
        Kept(
            c // APART,
            c,
            tuple(plan.values(ndtr(points[c]))[o][n] for o, _, n in (f.partition(".") for f in plan.free)),
        )
        for c in np.flatnonzero(~out).tolist()
    )
    ruled = {name: int(one.sum()) for name, one in limits.items() if one.any()}
    ordered = dict(sorted(ruled.items(), key=lambda item: -item[1]))
    return Draws(plan.until, plan.package, model_stamp(), count, ordered, beyond, plan.free, kept)


def spread_from(found: np.ndarray, count: int) -> np.ndarray:
    """Return ``count`` levels to begin with, spread wider about the middle than those ``found``, never wider than belief."""
    middle, spread = found.mean(axis=0), found.std(axis=0)
    wider = np.clip(1.0 / np.maximum(spread, 1e-9), 1.0, _WIDER)
    start = middle + wider * (found[np.arange(count) % len(found)] - middle)
    return np.asarray(start + _APART_AT_LEAST * np.random.default_rng(1).standard_normal(start.shape))


def implausible(told: np.ndarray, seen: Observed, chance: np.ndarray, rows: Sequence[Target]) -> dict[str, np.ndarray]:
    """Return by indicator how far each draw is from its record at most, in standard deviations of all doubt."""
    doubt = np.hypot(np.sqrt(np.diag(seen.covariance)), chance)
    far = np.abs(told - seen.values) / doubt
    names = np.array([t.indicator for t in rows])
    return {name: far[:, names == name].max(axis=1) for name in dict.fromkeys(names.tolist())}


def _off(told: np.ndarray, seen: Observed, rows: Sequence[Target]) -> np.ndarray:
    """Return the largest share by which each draw's residents differ from those counted."""
    at = [n for n, t in enumerate(rows) if t.indicator == RESIDENTS]
    return np.asarray(np.abs(told[:, at] / seen.values[at] - 1.0).max(axis=1))


def _seeded(spec: RunSpec, seed: int, population: int) -> RunSpec:
    return RunSpec(**{**spec.__dict__, "seed": seed, "population": population})
