"""Many runs: what is missing from the store is computed, and nothing is ever computed twice.

Runs, not months, are parallel: every run has a state of its own, and results are found by the run's name, so neither
who computes them (`workers.py`) nor who finishes first can matter.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import replace

from mechlin.city.tables.model import City
from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.simulation import run
from mechlin.engine.warm import prepare
from mechlin.runs.store import Store
from mechlin.runs.workers import workers

Progress = Callable[[int, int], None]  # told how many runs of how many are there
_TOGETHER = 2  # runs of one start that a worker takes at a time: the other half of a pair saves making the city


class Cancelled(MechlinError):
    """A run that nobody wants any more."""


def run_all(
    specs: Iterable[RunSpec],
    city: City,
    store: Store | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> dict[str, RunResult]:
    """Return the result of every spec by run id, reading what the store holds and computing the rest.

    ``threads`` is how many runs go on at a time, all cores unless told. ``progress`` is told how many runs of how many
    are there, first when the store has been read. A stored run that is damaged is computed again. Any
    `concurrent.futures` executor will do. Raises WorkerDied when a process was killed.
    """
    wanted = {spec.id(): spec for spec in specs}
    found: dict[str, RunResult] = {}
    for run_id in wanted:
        if store is not None and (kept := store.find(run_id)) is not None:
            found[run_id] = kept
    if progress is not None:
        progress(len(found), len(wanted))
    missing = [spec for run_id, spec in wanted.items() if run_id not in found]
    if not missing:
        return found
    prepare()
    at_once = min(threads or os.cpu_count() or 1, len(missing))
    folder = store.path.resolve() if store is not None else None
    if folder is not None:  # there before any run, so that workers who can reach it keep theirs
        folder.mkdir(parents=True, exist_ok=True)
    with workers(at_once, missing, city, folder, executor) as given:
        waiting = {given.begin(part) for part in parts(missing, at_once)}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for result in (result for future in done for result in given.results(future.result())):
                found[result.spec.id()] = result
                if store is not None:  # does nothing where the worker could keep it
                    store.write(result)
                if progress is not None:
                    progress(len(found), len(wanted))
    return found


def parts(specs: Iterable[RunSpec], at_once: int) -> list[list[RunSpec]]:
    """Return the runs in parts that one worker computes each: runs that differ in measures only, two and two.

    What is left when each worker has no more than one part goes run by run, so that all end together.
    """
    starts: dict[str, list[RunSpec]] = {}
    for spec in specs:
        starts.setdefault(replace(spec, package={}).to_json(), []).append(spec)
    cut = [runs[n : n + _TOGETHER] for runs in starts.values() for n in range(0, len(runs), _TOGETHER)]
    whole = max(len(cut) - at_once, 0)
    return cut[:whole] + [[spec] for part in cut[whole:] for spec in part]


def run_one(spec: RunSpec, city: City, wanted: Callable[[int], bool]) -> RunResult:
    """Return one run; ``wanted`` is told the months done, and the run ends with Cancelled once it says no."""

    def look(months: int) -> None:
        if not wanted(months):
            raise Cancelled(f"run {spec.id()} is not wanted any more")

    return run(spec, city, look)
