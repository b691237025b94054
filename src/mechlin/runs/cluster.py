"""Runs on other machines: the same ensemble on a Dask cluster, with nothing lost and nothing computed twice.

A worker writes each run into the store before it answers, when it can reach the store's folder; a worker that dies
loses only the run it was in, which another worker then takes. Dask is optional: ``pip install mechlin[cluster]``.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from mechlin.core.errors import UsageError

_RETRIES = 3
_SECONDS_TO_CONNECT = 10


@contextmanager
def executor_at(address: str | None) -> Iterator[Executor | None]:
    """Give the executor of the cluster at ``address`` ("tcp://host:8786"), or None for this machine's threads and processes.

    Raises UsageError when Dask is not installed or nobody answers.
    """
    if address is None:
        yield None
        return
    if not address.strip():
        raise UsageError("--cluster names no scheduler; write its address, as tcp://host:8786, or leave it out")
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'mechlin[cluster]'") from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield client.get_executor(pure=False, retries=_RETRIES)
