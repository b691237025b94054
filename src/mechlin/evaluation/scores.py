"""Settled forecasts scored: CRPS, interval score, PIT, and skill against what anybody could have said.

CRPS, interval score and the naive forecasts are those of the back-test (`statistics/scores.py`). What is added here is
the place of the observation within the forecast (PIT), the third baseline, and the table of many forecasts, by
indicator and by maker. Below ten settled forecasts there is no score of all: too few to say anything of a maker.

Sources: Gneiting, Balabdaoui & Raftery 2007, JRSS B 69:243 (PIT, calibration); Clopper & Pearson 1934, Biometrika 26:404.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaincinv

from mechlin.statistics.scores import INSIDE, crps, interval_score

BASELINES = ("last_value", "line", "similar_towns")
BASELINE_TEXTS = {
    "last_value": "the last value",
    "line": "the line through the years before",
    "similar_towns": "the mean of similar towns",
}
FEWEST_FOR_ONE_SCORE = 10  # settled forecasts; below it every indicator is told by itself
FEWEST_FOR_PIT = 20  # settled forecasts for a histogram
_PIT_BINS = 5
_DOUBT = 0.05  # outside the interval of a share


class Settled(NamedTuple):
    """A forecast held against one observation: its scores, and how far off each baseline was (None where there is none).

    ``pit`` is the share of the forecast below the observation (half of what is equal to it), 0.5 in the middle.
    """

    crps: float
    interval: float
    pit: float
    inside: bool
    low: float
    middle: float
    high: float
    off: Mapping[str, float | None]

    def skill(self) -> dict[str, float | None]:
        """Return 1 for perfect, 0 for no better than the baseline; None without one, or where it was exactly right."""
        return {name: None if not error else 1.0 - self.crps / error for name, error in self.off.items()}


def settle(
    values: Sequence[float], observed: float, seen: tuple[float, float], baselines: Mapping[str, float | None]
) -> Settled:
    """Return the scores of equally likely ``values``; ``seen`` is the observation's own low and high."""
    x = np.sort(np.asarray(values, float))
    low, middle, high = ends(x)
    return Settled(
        crps(x, observed),
        interval_score(low, high, observed),
        pit(x, observed),
        bool(seen[0] <= high and seen[1] >= low),
        low,
        middle,
        high,
        {name: None if (b := baselines.get(name)) is None else abs(b - observed) for name in BASELINES},
    )


def ends(values: Sequence[float] | np.ndarray) -> tuple[float, float, float]:
    """Return low, middle and high: the middle and the ends of the middle 80 %, between neighbours in a straight line."""
    x = np.sort(np.asarray(values, float)).tolist()

    def at(share: float) -> float:
        place = share * (len(x) - 1)
        n = min(int(place), len(x) - 2) if len(x) > 1 else 0
        return float(x[n] + (place - n) * (x[min(n + 1, len(x) - 1)] - x[n]))

    return at(0.5 - INSIDE / 2), at(0.5), at(0.5 + INSIDE / 2)


def pit(values: Sequence[float] | np.ndarray, observed: float) -> float:
    """Return the share of ``values`` below the observation, half of those equal to it included."""
    x = np.sort(np.asarray(values, float))
    below, up_to = (int(np.searchsorted(x, observed, side)) for side in ("left", "right"))
    return (below + up_to) / (2.0 * x.size)


def share_between(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of which ``hits`` of ``count`` were seen (Clopper and Pearson)."""
    low = 0.0 if hits == 0 else float(betaincinv(hits, count - hits + 1, _DOUBT / 2))
    high = 1.0 if hits == count else float(betaincinv(hits + 1, count - hits, 1 - _DOUBT / 2))
    return low, high


class Tally(NamedTuple):
    """Several settled forecasts: how many fell inside (with its interval), mean scores, and skill by baseline.

    ``scale`` says that scores were divided by the size of what was observed, so that several indicators can be added.
    """

    settled: int
    inside: int
    inside_low: float
    inside_high: float
    crps: float
    interval: float
    skill: Mapping[str, float | None]
    counted: Mapping[str, int]
    pit_bins: tuple[int, ...] | None
    scaled: bool

    def to_json(self) -> dict[str, Any]:
        """Return it as files and JSON have it."""
        return {**self._asdict(), "beaten_by": list(self.beaten_by)}

    @property
    def beaten_by(self) -> tuple[str, ...]:
        """The baselines that would have done better."""
        return tuple(name for name, skill in self.skill.items() if skill is not None and skill < 0)


def tally(settled: Sequence[Settled], scales: Sequence[float] | None = None) -> Tally:
    """Return several settled forecasts added up; with ``scales`` (one each) every score is divided by its own first."""
    weights = [1.0 / s if s > 0 else 1.0 for s in scales or [1.0] * len(settled)]
    skill: dict[str, float | None] = {}
    counted = {}
    for name in BASELINES:
        both = [(s.crps * w, e * w) for s, w in zip(settled, weights, strict=True) if (e := s.off[name]) is not None]
        against = sum(error for _, error in both)
        counted[name] = len(both)
        skill[name] = 1.0 - sum(own for own, _ in both) / against if against else None
    hits = sum(s.inside for s in settled)
    bins = np.histogram([s.pit for s in settled], _PIT_BINS, (0.0, 1.0))[0] if len(settled) >= FEWEST_FOR_PIT else None
    return Tally(
        len(settled),
        hits,
        *share_between(hits, len(settled)),
        float(np.dot([s.crps for s in settled], weights) / len(settled)),
        float(np.dot([s.interval for s in settled], weights) / len(settled)),
        skill,
        counted,
        None if bins is None else tuple(int(b) for b in bins),
        scales is not None,
    )


def title(all_of: Tally) -> str:
    """Return what stands above a table of settled forecasts: how many fell inside, and which baseline did better."""
    beaten = all_of.beaten_by
    many = f"{all_of.inside} of {all_of.settled} inside the 80 % that was forecast"
    if not beaten:
        return many
    return f"{' and '.join(BASELINE_TEXTS[name] for name in beaten)} would have done better; {many}".capitalize()
