"""Runs two by two, one with a package and one without, and what is said of one indicator over all pairs."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from mechlin.core.errors import UsageError
from mechlin.core.spec import RunResult
from mechlin.statistics.intervals import Verdict


class Effect(NamedTuple):
    """One indicator in one year or summed over all: both worlds, the paired difference, the verdict.

    ``matters`` is the smallest difference that does, in the indicator's unit.
    """

    indicator: str
    unit: str
    year: int
    span: str
    with_: float
    without: float
    difference: float
    low: float
    high: float
    pairs: int
    other_way: int
    verdict: Verdict
    parts: dict[str, float] | None = None
    matters: float = 0.0

    def to_row(self) -> dict[str, Any]:
        """Return the row of a table, as files and JSON have it."""
        row = self._asdict()
        row.pop("span")
        return {("with" if k == "with_" else k): (None if v != v else v) for k, v in row.items()}


def paired(with_runs: Iterable[RunResult], without_runs: Iterable[RunResult]) -> list[tuple[RunResult, RunResult]]:
    """Return the runs two by two, same city, residents and seed; raise UsageError when one stands alone."""
    one, other = ({_pair_key(r): r for r in runs} for runs in (with_runs, without_runs))
    if not one or one.keys() != other.keys():
        alone = len(one.keys() ^ other.keys())
        raise UsageError(
            f"{alone} runs have no partner with the same seed, residents and months"
            if alone
            else "there are no runs to compare"
        )
    return [(one[key], other[key]) for key in sorted(one)]


def _pair_key(result: RunResult) -> tuple[Any, ...]:
    s = result.spec
    beliefs = json.dumps(s.params, sort_keys=True)
    return s.seed, s.population, beliefs, s.city, s.city_hash, s.start, s.months, s.version


def some(run: RunResult, wanted: set[str]) -> RunResult:
    """Return a run with these indicators and no others."""
    series = {n: v for n, v in run.series.items() if n in wanted}
    return replace(run, series=series, areas={n: v for n, v in run.areas.items() if n in wanted})
