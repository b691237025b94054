"""Who computes runs: threads of this process, processes of their own, or workers that a caller lends.

Threads begin at once and share all that was made, but what Python does between compiled loops they do one at a time; so
much work goes to processes, once everything has been compiled.
"""

import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.city.tables.model import City
from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.simulation import run
from mechlin.engine.warm import is_compiled, prepare
from mechlin.runs.store import Store

_WORTH_PROCESSES = 5e8  # resident-months, half a minute of a core: for less they take longer to start than they save
_IDLE = 60  # seconds after which processes that wait for work end


class WorkerDied(MechlinError):
    """A process that computed runs has ended before its time."""


class Workers(NamedTuple):
    """``begin`` hands over runs that one worker computes; ``results`` turns what it answers into their results."""

    begin: Callable[[Sequence[RunSpec]], "Future[Any]"]
    results: Callable[[Any], Sequence[RunResult]]


def run_and_keep(specs: Sequence[RunSpec], city: City, folder: Path | None) -> list[RunResult]:
    """Return runs one after the other, each from the store in ``folder``, or computed and kept there.

    Without a folder, or where this machine cannot reach it, they are computed and not kept.
    """
    prepare()
    store = Store(folder) if folder is not None and folder.is_dir() else None
    if store is None:
        return [run(spec, city) for spec in specs]
    return [store.fetch(spec, partial(run, spec, city)) for spec in specs]


@contextmanager
def workers(
    at_once: int, specs: Sequence[RunSpec], city: City, folder: Path | None, executor: Executor | None
) -> Iterator[Workers]:
    """Give workers for these runs, of which ``at_once`` go on at a time; when something fails they begin no more.

    Threads for little work, processes for much, or those of ``executor``. Raises WorkerDied when a process was killed.
    """
    residents = city.series_by_month("population_1_january", city.start, 1)[0]
    little = residents * sum(spec.months for spec in specs) < _WORTH_PROCESSES
    if executor is not None:
        found = _lent(executor, city, folder)
    elif at_once == 1 or little or not is_compiled():
        found = _threads(at_once, city, folder)
    else:
        found = _processes(at_once, city, folder)
    with found as given:
        yield given


@contextmanager
def _threads(at_once: int, city: City, folder: Path | None) -> Iterator[Workers]:
    pool = ThreadPoolExecutor(at_once)
    try:
        yield Workers(lambda part: pool.submit(run_and_keep, part, city, folder), list)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _lent(executor: Executor, city: City, folder: Path | None) -> Iterator[Workers]:
    begun: list[Future[Any]] = []

    def begin(part: Sequence[RunSpec]) -> "Future[Any]":
        begun.append(executor.submit(run_and_keep, part, city, folder))
        return begun[-1]

    try:
        yield Workers(begin, list)
    except BaseException:
        for future in begun:
            future.cancel()
        raise


@contextmanager
def _processes(at_once: int, city: City, folder: Path | None) -> Iterator[Workers]:
    """Give processes, which get the city once and answer with names of runs that they have kept.

    All share one pipe; a process that is killed while it sends something long would leave it blocked for the others.
    """
    from loky import get_reusable_executor

    with tempfile.TemporaryDirectory(prefix="mechlin-") as temporary:
        kept = folder or Path(temporary)
        pool = get_reusable_executor(at_once, timeout=_IDLE, initializer=_enter, initargs=(city,))
        try:
            yield Workers(lambda part: pool.submit(_compute, part, kept), lambda names: [*map(Store(kept).read, names)])
        except BrokenProcessPool:
            raise WorkerDied(
                f"one of {at_once} processes was killed, perhaps because memory ran out; runs that were done are kept: "
                "start again, with fewer at a time (--threads)"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, kill_workers=True)
            raise


_CITY: list[City] = []  # of this process, when it is a worker


def _enter(city: City) -> None:
    """Begin as a process that computes runs of ``city``; an interrupt is the caller's to deal with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _CITY[:] = [city]


def _compute(specs: Sequence[RunSpec], folder: Path) -> list[str]:
    return [result.spec.id() for result in run_and_keep(specs, _CITY[0], folder)]
