"""Many runs: what is missing from the store is computed, in threads; nothing is ever computed twice.

Runs, not months, are parallel: compiled loops release the interpreter lock, every run has a state of its own,
and results are found by the run's name, so neither the number of threads nor who finishes first can matter.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import replace
from itertools import zip_longest
from typing import Protocol

from mechlin.city.model import City
from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.run import run
from mechlin.engine.warm import compile_beside


class Cancelled(MechlinError):
    """A run that nobody wants any more."""


class KeepsRuns(Protocol):
    """Where runs are kept: `mechlin.results.store.Store`, or a test's own."""

    def has(self, run_id: str) -> bool:
        """Whether the run is there, whole."""

    def read(self, run_id: str) -> RunResult:
        """Return it."""

    def write(self, result: RunResult) -> None:
        """Keep it, whole or not at all."""


def run_all(
    specs: Iterable[RunSpec],
    city: City,
    store: KeepsRuns | None = None,
    threads: int | None = None,
    on_done: Callable[[RunSpec], None] | None = None,
    executor: Executor | None = None,
) -> dict[str, RunResult]:
    """Return the result of every spec by run id, reading what the store holds and computing the rest.

    ``on_done`` is told of each spec as it is read or finished. Any `concurrent.futures` executor will do.
    """
    wanted = {spec.id(): spec for spec in specs}
    found: dict[str, RunResult] = {}
    for run_id, spec in wanted.items():
        if store is not None and store.has(run_id):
            found[run_id] = store.read(run_id)
            if on_done is not None:
                on_done(spec)
    missing = [spec for run_id, spec in wanted.items() if run_id not in found]
    if missing:
        compile_beside()
    at_once = threads or os.cpu_count() or 1
    pool = ThreadPoolExecutor(at_once) if executor is None else nullcontext(executor)
    with pool as workers:
        waiting = {workers.submit(run, spec, city) for spec in side_by_side(missing, at_once)}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    found[result.spec.id()] = result
                    if store is not None:
                        store.write(result)
                    if on_done is not None:
                        on_done(result.spec)
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
    return found


def side_by_side(specs: Iterable[RunSpec], at_once: int) -> Iterator[RunSpec]:
    """Yield the runs in the order in which to begin them: those ``at_once`` have different seeds or numbers.

    Runs that differ in measures only share the making of their city, if one has made it before the other begins.
    """
    starts: dict[str, list[RunSpec]] = {}
    for spec in specs:
        starts.setdefault(replace(spec, package={}).to_json(), []).append(spec)
    worlds = list(starts.values())
    for first in range(0, len(worlds), at_once):
        for begun in zip_longest(*worlds[first : first + at_once]):
            yield from (spec for spec in begun if spec is not None)


def run_one(spec: RunSpec, city: City, wanted: Callable[[int], bool]) -> RunResult:
    """Return one run; ``wanted`` is told the months done, and the run ends with Cancelled once it says no."""

    def look(months: int) -> None:
        if not wanted(months):
            raise Cancelled(f"run {spec.id()} is not wanted any more")

    return run(spec, city, look)
