"""Runs on other machines: the same ensemble on a Dask cluster, with nothing lost and nothing computed twice.

A worker writes each run into the store before it answers, when it can reach the store's folder; a worker that dies
loses only the run it was in, which another worker then takes. Dask is optional: ``pip install mechlin[cluster]``.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mechlin.city.model import City
from mechlin.core.errors import UsageError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.run import run
from mechlin.results.store import Store

_RETRIES = 3
_SECONDS_TO_CONNECT = 10


def run_and_keep(spec: RunSpec, city: City, folder: str | None) -> RunResult:
    """Return a run from the store in ``folder``, or compute and keep it there; without a folder, compute it."""
    if folder is None or not Path(folder).is_dir():
        return run(spec, city)
    store = Store(folder)
    found = store.find(spec.id())
    if found is None:
        found = run(spec, city)
        store.write(found)
    return found


class ClusterExecutor(Executor):
    """A `concurrent.futures` executor whose workers are those of a Dask cluster; runs go by their own names."""

    def __init__(self, client: Any, folder: Path | None) -> None:
        """Send work to ``client``; workers keep runs in ``folder`` where they can reach it."""
        self._executor = client.get_executor(pure=False, retries=_RETRIES)
        self._folder = str(folder) if folder is not None else None

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> "Future[Any]":
        """Send one call; a run is kept in the store by whoever computes it."""
        if function is run:
            return self._executor.submit(run_and_keep, *arguments, self._folder)  # type: ignore[no-any-return]
        return self._executor.submit(function, *arguments, **named)  # type: ignore[no-any-return]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop sending; the cluster itself goes on."""
        self._executor.shutdown(wait=wait)


@contextmanager
def executor_at(address: str | None, store: Store | None) -> Iterator[Executor | None]:
    """Give the executor of the cluster at ``address`` ("tcp://host:8786"), or None for this machine's threads.

    Raises UsageError when Dask is not installed or nobody answers.
    """
    if not address:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'mechlin[cluster]'") from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield ClusterExecutor(client, store.path.resolve() if store is not None else None)
