"""The same ensemble on a Dask cluster: same digits; a worker that dies loses nothing, and nothing runs twice."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from mechlin.core.errors import UsageError
from mechlin.core.spec import RunSpec
from mechlin.runs import cluster as of_runs
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed")
SPECS = [RunSpec(city="toy", months=60, seed=s, version="test") for s in range(1, 13)]


@pytest.fixture
def cluster():
    """A real scheduler on this machine with two worker processes of one thread each."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def test_a_killed_worker_loses_nothing_and_nothing_is_computed_twice(toy, cluster, tmp_path):
    store = Store(tmp_path / "runs")
    pids = [w.pid for w in cluster.workers.values()]

    def kill_one_when_some_are_done():
        while len(store.list()) < 3:
            time.sleep(0.02)
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one_when_some_are_done)
    killer.start()
    with executor_at(cluster.scheduler_address) as executor:
        found = run_all(SPECS, toy, store, executor=executor)
    killer.join()
    assert set(found) == {s.id() for s in SPECS} == set(store.list())
    here = run_all(SPECS, toy)
    for run_id, result in here.items():
        for name, values in result.series.items():
            np.testing.assert_array_equal(values, found[run_id].series[name])
    times = [found[s.id()].seconds for s in SPECS]
    kept = [store.read(s.id()).seconds for s in SPECS]
    assert times == kept  # what came back is what was kept: had a run been computed again, its time would differ


def test_nobody_at_an_address_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(of_runs, "_SECONDS_TO_CONNECT", 1)
    with pytest.raises(UsageError, match="no Dask scheduler answers"), executor_at("tcp://127.0.0.1:9"):
        pass


def test_without_an_address_this_machine_does_it():
    with executor_at(None) as executor:
        assert executor is None
