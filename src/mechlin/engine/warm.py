"""Compiling before the first run: once for this source and machine, by one process, on two cores if there are two.

Processes that begin together share the work of the first: the others wait for its lock, and say so. The lock is the
system's, so that it goes with a process that is killed. Half of the mechanisms are compiled by a second process
meanwhile; what it has compiled the first finds on disk. Nothing depends on any of this but time.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout

from mechlin.core.kept import drop_old_code, kept_folder
from mechlin.core.stamp import source_stamp

LOG = logging.getLogger("mechlin")
_UNKEPT: set[str] = set()  # source that this process has compiled where nothing can be written
SECOND_HALF = ("encounters", "attitudes", "elections", "census", "schools", "housing")  # reached last in a month


def is_compiled() -> bool:
    """Return whether this source has been compiled on this machine before."""
    return _marker().exists()


def prepare() -> None:
    """Compile unless that has been done; wait while another process does it. Both are told in the log, once."""
    if is_compiled() or source_stamp() in _UNKEPT:
        return
    with _compiling() as kept:
        if is_compiled():
            return
        LOG.info("Compiling, once, about a minute ...")
        beside = _compile_beside() if kept and (os.cpu_count() or 1) > 1 else None
        try:
            compile_year()
            if beside is not None:
                beside.wait()
        finally:
            if beside is not None:
                beside.kill()
        try:
            drop_old_code()
            _marker().touch()
        except OSError:  # nowhere to keep it: compiled for this process only
            _UNKEPT.add(source_stamp())
            LOG.info("Nothing can be written to %s: every start compiles again.", kept_folder())


@contextmanager
def _compiling() -> Iterator[bool]:
    """Be the one who compiles, once nobody else does; say whether anything can be written, else there is no lock."""
    lock: BaseFileLock | None = None
    try:
        kept_folder().mkdir(parents=True, exist_ok=True)
        lock = FileLock(kept_folder() / "compiling.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            LOG.info("Another process is compiling: waiting for it ...")
            lock.acquire()
    except OSError:
        lock = None
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def _marker() -> Path:
    return kept_folder() / f"ready-{source_stamp()}"


def _compile_beside() -> "subprocess.Popen[bytes]":
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", "mechlin.engine.warm"], stdin=quiet, stdout=quiet, stderr=quiet)


def compile_year() -> None:
    """Compile what a run needs, by letting a toy city live for a year."""
    from mechlin.city.toy import toy_city
    from mechlin.core.spec import RunSpec
    from mechlin.engine.simulation import run

    city = toy_city(400, 4)
    run(RunSpec(city.name, months=12), city)


def compile_now(names: tuple[str, ...]) -> None:
    """Compile these mechanisms by letting a December pass in a city without residents."""
    from mechlin.city.residents.fit import FitReport
    from mechlin.city.residents.population import Population
    from mechlin.city.toy import toy_city
    from mechlin.core.spec import RunSpec
    from mechlin.engine.simulation import Simulation

    city = toy_city(400, 4)
    sizes = {"people": 0, "households": 0, "homes": 0, "areas": 4, "schools": 0}
    nobody = Population({"people.background": np.zeros(0, np.int8)}, sizes, FitReport(()))
    sim = Simulation(RunSpec(city.name, months=12), city, names, nobody)
    sim.welcome(sim.months[-1])
    sim.month(sim.months[-1])


if __name__ == "__main__":
    compile_now(SECOND_HALF)
