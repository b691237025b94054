"""Calibrate a city: find the levels with which its simulated years look like its record, and how far they are told.

The city is run as it really went, residents and luck differing from run to run. Runs, rows of the record and levels meet
in `emulate.py` (history matching with emulators); effects and disputed alternatives stay at their declared values. What
comes out is a set of levels that agree with the record, not one: each later world takes one of them.
"""

import csv
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.errors import UsageError, whole_number
from mechlin.core.extras import extra
from mechlin.core.files import whole
from mechlin.core.places import data_home
from mechlin.core.spec import RunResult, RunSpec
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store
from mechlin.statistics.emulate import Found, match
from mechlin.statistics.smoother import assimilate
from mechlin.study import calibration_plan as planned
from mechlin.study import pages
from mechlin.study.asked import checked
from mechlin.study.calibration_plan import Plan, Target, believed, observed, targets
from mechlin.study.draws import DRAWS_FILE, Draws
from mechlin.study.joining import JOINT_ROUNDS, ROUNDS, join
from mechlin.study.results import Result

RUNS, DRAWS, JOINT = 160, 64, 128
_RUNS_MAX, _DRAWS_MAX, _JOINT_MAX = 100_000, 512, 4096
_BEFORE = 8  # runs at the declared values, for comparison
_FEWEST = 4  # runs a free number
_FEWEST_LED = 2  # draws a free number that a smoother leads: from fewer it cannot be seen what a level does
_TOLD, _PARTLY = 0.5, 0.2  # of its prior variance, taken away by the record
_TOGETHER = 0.6  # correlation from which on two numbers are told only together
_OUT_OF_REACH = 2.0  # standard deviations of all doubt


@dataclass(frozen=True, repr=False)
class Calibration(Result):
    """What came out: draws and their middle, what is told of each number, and the fit before and after."""

    city: City
    plan: Plan
    targets: tuple[Target, ...]
    left_out: tuple[dict[str, Any], ...]
    found: Found
    draws: np.ndarray
    middle: np.ndarray
    runs_before: np.ndarray
    runs_after: np.ndarray
    lines: dict[str, dict[str, np.ndarray]]
    count: int
    joint: Draws | None = None

    bars = ("number", "contraction")

    def line(self) -> str:
        """Return the result in one line."""
        return f"{self.city.name} to {self.plan.until}: {len(self.plan.free)} numbers, {len(self.draws)} draws, {self.count} runs"

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows."""
        return self.number_rows()

    @property
    def doubt(self) -> np.ndarray:
        """The standard deviation of all doubt in each row of the record: its own, and the model's error."""
        return np.sqrt(np.diag(observed(self.targets, self.plan).covariance))

    def number_rows(self) -> list[dict[str, Any]]:
        """Return a row for each free number: prior, posterior, contraction, and a word for what the record tells."""
        rows = []
        for n, (name, d) in enumerate(zip(self.plan.free, self.plan.declared, strict=True)):
            low, high = believed(d)
            inside = np.quantile(self.draws[:, n], [0.05, 0.95])
            taken = float(self.found.contraction[n])
            rows.append(
                {
                    "number": name,
                    "unit": d.param.unit,
                    "declared": float(d.default),
                    "believed": [low, high],
                    "found": float(self.middle[n]),
                    "found_range": inside.tolist(),
                    "contraction": taken,
                    "told": "well" if taken >= _TOLD else "partly" if taken >= _PARTLY else "not at all",
                    "meaning": d.param.doc,
                }
            )
        return rows

    def together(self) -> list[tuple[str, str, float]]:
        """Return pairs of numbers that the record tells only together, with their correlation."""
        if len(self.plan.free) < 2:
            return []
        r = np.corrcoef(self.found.draws.T)
        pairs = [(i, j) for i in range(len(r)) for j in range(i) if abs(r[i, j]) >= _TOGETHER]
        return [(self.plan.free[j], self.plan.free[i], float(r[i, j])) for i, j in pairs]

    def misfit_rows(self) -> list[dict[str, Any]]:
        """Return a row for each observed indicator: its last value, runs before and after, and their misfits.

        A misfit is the distance of the runs' median from the record in standard deviations of all doubt: of the record,
        of the model's error and of chance (the city had one history of many); root mean square over the years.
        """
        rows, doubt = [], np.hypot(self.doubt, self.runs_before.std(axis=0, ddof=1))
        for name in dict.fromkeys(t.indicator for t in self.targets):
            at = [n for n, t in enumerate(self.targets) if t.indicator == name]
            last = self.targets[at[-1]]
            told = {
                side: np.median(runs[:, at], axis=0)
                for side, runs in (("before", self.runs_before), ("after", self.runs_after))
            }
            seen = np.array([self.targets[n].value for n in at])
            misfit = {s: float(np.sqrt((((m - seen) / doubt[at]) ** 2).mean())) for s, m in told.items()}
            rows.append(
                {
                    "indicator": name,
                    "title": last.title,
                    "unit": last.unit,
                    "years": len(at),
                    "last_year": last.year,
                    "observed": last.value,
                    "before": float(told["before"][-1]),
                    "after": float(told["after"][-1]),
                    "misfit_before": misfit["before"],
                    "misfit_after": misfit["after"],
                    "within_reach": misfit["after"] <= _OUT_OF_REACH,
                }
            )
        return rows

    def misfit(self, side: str) -> float:
        """Return the misfit over all rows of the record, "before" or "after"."""
        rows = self.misfit_rows()
        weights = np.array([r["years"] for r in rows])
        squares = np.array([r[f"misfit_{side}"] ** 2 for r in rows])
        return float(np.sqrt((weights * squares).sum() / weights.sum()))

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(
            {
                "city": self.city.name,
                "until": self.plan.until,
                "package": self.plan.package,
                "runs": self.count,
                "misfit_before": self.misfit("before"),
                "misfit_after": self.misfit("after"),
                "numbers": self.number_rows(),
                "told_together": [list(p) for p in self.together()],
                "indicators": self.misfit_rows(),
                "waves": [w._asdict() for w in self.found.waves],
                "draws": len(self.draws),
                "joint": self.joint and {**self.joint.__dict__, "draws": len(self.joint.draws)},
                "left_out": list(self.left_out),
            },
            indent=1,
            allow_nan=False,
        )

    def save(self, path: Path) -> Path:
        """Write the middle and the accepted draws as a table that goes with the city; whole or not at all."""
        with whole(path) as half, half.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.plan.free)
            writer.writerows([f"{v:.6g}" for v in row] for row in (self.middle, *self.draws))
        return path

    def save_joint(self, folder: Path) -> Path | None:
        """Write the draws of beliefs and levels together, where they were made, into a city's folder."""
        return self.joint.save(folder / DRAWS_FILE) if self.joint is not None else None

    def to_html(self, path: str | Path) -> Path:
        """Write a page: what the record told of each number, and the fit before and after."""
        return pages.write("calibration", Path(path), self)


def calibrate(
    city: City | str | Path = "mechelen",
    runs: int = RUNS,
    draws: int = DRAWS,
    plan: Plan | None = None,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cluster: str | None = None,
    joint: int = JOINT,
    quick: bool = False,
) -> Calibration:
    """Fit the free levels of ``city`` to its history by ``runs`` runs, and return ``draws`` that agree with it.

    Then as many draws as ``joint`` of everything believed get levels of their own, and those are kept that the record
    does not rule out; 0 leaves that out, and a multiple of four uses it best. ``quick`` takes an ensemble smoother in
    place of the search with emulators: ``draws`` levels from what is believed are led to the record. ``plan`` replaces
    the city's own calibration.toml. What the store holds is not computed again, so a calibration that was stopped goes
    on. Raises InputError or UsageError when plan, package or history cannot be used.

    >>> from pathlib import Path
    >>> import mechlin
    >>> from mechlin.city.tables.scaffold import write_city
    >>> from mechlin.study.calibration_plan import Plan
    >>> place = write_city(Path("my-town"), "my-town")  # what ``mechlin new city`` writes: its history has one row
    >>> plan = Plan(free=("demography.depart_share",), until=2002, package="nothing")
    >>> mechlin.calibrate(place, plan=plan, runs=4, draws=4, joint=0)
    <Calibration: my-town to 2002: 1 numbers, 4 draws, 12 runs>
    """
    place = load_city(city)
    plan = plan or planned.read_plan(place)
    own: list[Callable[[], object]] = [
        partial(whole_number, "runs", runs, 0 if quick else _FEWEST * len(plan.free), _RUNS_MAX),
        partial(whole_number, "draws", draws, _FEWEST_LED * len(plan.free) if quick else 1, _DRAWS_MAX),
        partial(whole_number, "joint", joint, _FEWEST_LED * len(plan.free) if joint else 0, _JOINT_MAX),
        partial(extra, "sklearn.gaussian_process", "study"),
    ]
    _, package, _, months, _ = checked(place, plan.package, plan.package, 1, f"{plan.until}-12", threads, more=own)
    rows, left_out = targets(place, plan)
    kept = store or Store(data_home() / "runs")
    with executor_at(cluster) as executor:
        total = _BEFORE + (ROUNDS * draws + _BEFORE if quick else runs) + (JOINT_ROUNDS + 1) * joint
        runner = _Runner(place, plan, package.settings, months, kept, threads, progress, executor, total)
        before = runner.results([{}] * _BEFORE, 0)
        rows, silent = _simulated(rows, before)
        left_out += silent
        if not rows:
            raise UsageError(f"{place.name}: no row of history.csv up to {plan.until} is simulated, so nothing is told")

        def simulate(points: np.ndarray, done: int) -> np.ndarray:
            levels = [plan.values(point) for point in ndtr(points)]
            return _outputs(runner.results(levels, _BEFORE + done), rows)

        seen = observed(rows, plan)
        luck = _outputs(before, rows).std(axis=0, ddof=1)
        if quick:
            start = ndtri(qmc.LatinHypercube(len(plan.free), rng=np.random.default_rng(1)).random(draws))
            points = assimilate(lambda at, number: simulate(at, number * draws), start, seen, luck, ROUNDS)
            found = Found(points, points.mean(axis=0), points[:0], np.zeros((0, 0)), ())
            simulate(np.repeat(found.middle[None], _BEFORE, axis=0), ROUNDS * draws)
        else:
            found = match(simulate, len(plan.free), seen, runs)
        last = runner.last
        together = None
        if joint:
            together = join(
                place,
                plan,
                package.settings,
                months,
                rows,
                seen,
                luck,
                found.draws,
                joint,
                runner.run,
                lambda results: _outputs(results, rows),
            )
    return Calibration(
        place,
        plan,
        tuple(rows),
        tuple(left_out),
        found,
        _values(plan, found.draws[:draws]),
        _values(plan, found.middle[None])[0],
        _outputs(before, rows),
        _outputs(last, rows),
        {"before": _lines(before, rows), "after": _lines(last, rows)},
        total,
        together,
    )


class _Runner:
    """Runs the city at given levels, each run with residents and luck of its own."""

    def __init__(
        self,
        city: City,
        plan: Plan,
        package: dict[str, dict[str, Any]],
        months: int,
        store: Store,
        threads: int | None,
        progress: Callable[[int, int], None] | None,
        executor: Executor | None,
        total: int,
    ) -> None:
        self.city, self.plan, self.package, self.months = city, plan, package, months
        self.store, self.threads, self.executor = store, threads, executor
        self.progress, self.total, self.done = progress, total, 0
        self.last: list[RunResult] = []

    def results(self, levels: Sequence[dict[str, dict[str, float]]], seeds_from: int) -> list[RunResult]:
        """Return a run for each set of levels, in order; seeds go on from ``seeds_from``."""
        specs = [
            RunSpec(
                self.city.name,
                self.city.hash,
                self.package,
                params,
                seed=seed,
                population=seed,
                start=self.city.start,
                months=self.months,
            )
            for seed, params in enumerate(levels, seeds_from + 1)
        ]
        self.last = self.run(specs)
        return self.last

    def run(self, specs: Sequence[RunSpec]) -> list[RunResult]:
        """Return a run for each spec, in order."""
        found = run_all(specs, self.city, self.store, self.threads, self._tell, self.executor)
        self.done += len(found)
        return [found[spec.id()] for spec in specs]

    def _tell(self, done: int, _: int) -> None:
        if self.progress is not None:
            self.progress(self.done + done, self.total)


def _at(result: RunResult, target: Target) -> float:
    """Return what a run says for one row of the record, in its unit; NaN when it says nothing."""
    at = np.flatnonzero(result.years == target.year)
    if target.indicator not in result.series or not at.size:
        return float("nan")
    return float(result.series[target.indicator][at[0]]) * target.factor


def _outputs(results: Sequence[RunResult], rows: Sequence[Target]) -> np.ndarray:
    return np.array([[_at(result, target) for target in rows] for result in results])


def _simulated(rows: Sequence[Target], results: Sequence[RunResult]) -> tuple[list[Target], list[dict[str, Any]]]:
    """Return the rows for which every run gives a number, and the others with the reason."""
    whole = np.isfinite(_outputs(results, rows)).all(axis=0) if rows else np.zeros(0, bool)
    why = "the model gives no number for this year"
    lost = [t for t, ok in zip(rows, whole, strict=True) if not ok]
    return [t for t, ok in zip(rows, whole, strict=True) if ok], [
        {"row": None, "indicator": t.indicator, "year": t.year, "why": why} for t in lost
    ]


def _lines(results: Sequence[RunResult], rows: Sequence[Target]) -> dict[str, np.ndarray]:
    """Return by indicator its years beside all runs, in the record's unit: shape (1 + runs, years)."""
    factors = {t.indicator: t.factor for t in rows}
    return {
        name: np.stack([results[0].years.astype(float), *(r.series[name] * factor for r in results)])
        for name, factor in factors.items()
    }


def _values(plan: Plan, points: np.ndarray) -> np.ndarray:
    """Return what the numbers are at standard normal points, shape (points, numbers)."""
    numbers = plan.declared
    return np.array([[planned.valued(d, u) for d, u in zip(numbers, point, strict=True)] for point in ndtr(points)])
