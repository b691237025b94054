"""Many runs: what is missing from the store is computed, in threads or processes; nothing is ever computed twice.

Runs, not months, are parallel: every run has a state of its own, and results are found by the run's name, so neither
the number of workers nor who finishes first can matter. Threads begin at once, but what Python does between compiled
loops they do one at a time; so much work goes to processes, once everything has been compiled.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from mechlin.city.model import City
from mechlin.core.compiled import is_compiled
from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.run import run
from mechlin.engine.warm import compile_beside
from mechlin.results.store import Store

_TOGETHER = 2  # runs of one start that a worker takes at a time: the other half of a pair saves making the city
_WORTH_PROCESSES = 5e8  # resident-months, half a minute of a core: for less they take longer to start than they save
_IDLE = 60  # seconds after which processes that wait for work end

Submit = Callable[..., "Future[list[RunResult]]"]


class Cancelled(MechlinError):
    """A run that nobody wants any more."""


class WorkerDied(MechlinError):
    """A process that computed runs has ended before its time."""


def run_all(
    specs: Iterable[RunSpec],
    city: City,
    store: Store | None = None,
    threads: int | None = None,
    on_done: Callable[[RunSpec], None] | None = None,
    executor: Executor | None = None,
) -> dict[str, RunResult]:
    """Return the result of every spec by run id, reading what the store holds and computing the rest.

    ``threads`` is how many runs go on at a time, all cores unless told. ``on_done`` is told of each spec as it is read
    or finished. Any `concurrent.futures` executor will do. Raises WorkerDied when a process was killed.
    """
    wanted = {spec.id(): spec for spec in specs}
    found: dict[str, RunResult] = {}
    for run_id, spec in wanted.items():
        if store is not None and store.has(run_id):
            found[run_id] = store.read(run_id)
            if on_done is not None:
                on_done(spec)
    missing = [spec for run_id, spec in wanted.items() if run_id not in found]
    if not missing:
        return found
    compile_beside()
    at_once = min(threads or os.cpu_count() or 1, len(missing))
    folder = store.path.resolve() if store is not None else None
    with _workers(at_once, missing, city) if executor is None else _lent(executor) as submit:
        waiting = {submit(run_and_keep, part, city, folder) for part in parts(missing, at_once)}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for result in (result for future in done for result in future.result()):
                found[result.spec.id()] = result
                if store is not None:  # does nothing where the worker could keep it
                    store.write(result)
                if on_done is not None:
                    on_done(result.spec)
    return found


def run_and_keep(specs: Sequence[RunSpec], city: City, folder: Path | None) -> list[RunResult]:
    """Return runs one after the other, each from the store in ``folder``, or computed and kept there.

    Without a folder, or where this machine cannot reach it, they are computed and not kept.
    """
    store = Store(folder) if folder is not None and folder.parent.is_dir() else None
    results = []
    for spec in specs:
        result = store.find(spec.id()) if store is not None else None
        if result is None:
            result = run(spec, city)
            if store is not None:
                store.write(result)
        results.append(result)
    return results


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


@contextmanager
def _workers(at_once: int, specs: Sequence[RunSpec], city: City) -> Iterator[Submit]:
    """Give threads for little work, and processes for much; when something fails, or nobody waits, stop them."""
    residents = city.series_by_month("population_1_january", city.start, 1)[0]
    work = residents * sum(spec.months for spec in specs)
    if at_once == 1 or work < _WORTH_PROCESSES or not is_compiled():
        threads = ThreadPoolExecutor(at_once)
        try:
            yield threads.submit
        finally:
            threads.shutdown(cancel_futures=True)
        return
    from loky import get_reusable_executor

    processes = get_reusable_executor(at_once, timeout=_IDLE, initializer=_leave_interrupts_to_the_caller)
    try:
        yield processes.submit
    except BrokenProcessPool:
        raise WorkerDied(
            f"one of {at_once} processes was killed, perhaps because memory ran out; runs that were done are kept: "
            "start again, with fewer at a time (--threads)"
        ) from None
    except BaseException:
        processes.shutdown(wait=False, kill_workers=True)
        raise


@contextmanager
def _lent(executor: Executor) -> Iterator[Submit]:
    """Give the caller's workers; when something fails, take back what has not begun."""
    begun: list[Future[list[RunResult]]] = []

    def submit(*call: Any) -> "Future[list[RunResult]]":
        begun.append(executor.submit(*call))
        return begun[-1]

    try:
        yield submit
    except BaseException:
        for future in begun:
            future.cancel()
        raise


def _leave_interrupts_to_the_caller() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_one(spec: RunSpec, city: City, wanted: Callable[[int], bool]) -> RunResult:
    """Return one run; ``wanted`` is told the months done, and the run ends with Cancelled once it says no."""

    def look(months: int) -> None:
        if not wanted(months):
            raise Cancelled(f"run {spec.id()} is not wanted any more")

    return run(spec, city, look)
