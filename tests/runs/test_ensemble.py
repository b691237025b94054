"""How runs are handed out: in which parts, to threads or processes, and what is left when one of them dies."""

import os
import pickle
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import loky
import numpy as np
import pytest

from mechlin.core.errors import InputError, Problem
from mechlin.core.spec import RunSpec
from mechlin.runs import workers
from mechlin.runs.ensemble import parts, run_all
from mechlin.runs.store import Store
from mechlin.runs.workers import WorkerDied

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

MORE = {"consultation": {"asked_share": 0.4}}
SPECS = [RunSpec(city="toy", months=24, seed=s, package=p) for s in (1, 2, 3) for p in ({}, MORE)]


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
def test_no_run_is_left_out_and_pairs_stay_together_until_the_last(at_once):
    specs = [RunSpec(city="toy", package=p, seed=seed) for p in ({}, MORE) for seed in range(1, 7)]
    found = parts(specs, at_once)
    assert sorted(s.id() for part in found for s in part) == sorted(s.id() for s in specs)
    whole = max(6 - at_once, 0)
    assert [len(part) for part in found] == [2] * whole + [1] * (12 - 2 * whole)
    assert all(len({s.seed for s in part}) == 1 for part in found)


def test_a_single_pair_still_runs_on_two_cores():
    assert parts([RunSpec(city="toy"), RunSpec(city="toy", package=MORE)], 2) == [
        [RunSpec(city="toy")],
        [RunSpec(city="toy", package=MORE)],
    ]


def test_other_numbers_are_another_start():
    specs = [
        RunSpec(city="toy", params={"attitudes": {"trait_share": x}}, package=p)
        for p in ({}, MORE)
        for x in (0.4, 0.5, 0.6)
    ]
    assert all(len({repr(s.params) for s in part}) == 1 for part in parts(specs, 1))


@pytest.fixture
def processes(monkeypatch):
    """Send even a little work to processes, and let nothing be computed in this one."""

    def here(*_):
        raise AssertionError("computed in this process")

    monkeypatch.setattr(workers, "_WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(workers, "is_compiled", lambda: True)
    monkeypatch.setattr(workers, "run", here)


def test_much_work_goes_to_processes_which_keep_what_they_compute(toy, processes, tmp_path, monkeypatch):
    store, told = Store(tmp_path / "deep" / "runs"), []
    found = run_all(SPECS, toy, store, threads=2, progress=lambda *n: told.append(n))
    assert set(store.list()) == set(found) == {s.id() for s in SPECS}
    assert told == [(n, 6) for n in range(7)]
    monkeypatch.undo()
    for run_id, here in run_all(SPECS, toy, threads=1).items():
        for name, values in here.series.items():
            np.testing.assert_array_equal(values, found[run_id].series[name])


def test_little_work_stays_in_this_process(toy, monkeypatch):
    computed = []
    run = workers.run
    monkeypatch.setattr(workers, "run", lambda spec, city: computed.append(spec) or run(spec, city))
    run_all(SPECS, toy, threads=2)
    assert len(computed) == len(SPECS)


def test_a_process_that_is_killed_says_so_and_what_was_done_is_kept(toy, processes, tmp_path, monkeypatch):
    made, get = [], loky.get_reusable_executor
    monkeypatch.setattr(loky, "get_reusable_executor", lambda *a, **k: made.append(get(*a, **k)) or made[-1])
    specs = [RunSpec(city="toy", months=120, seed=s) for s in range(1, 13)]
    store = Store(tmp_path / "runs")

    def kill_one_when_some_are_done():
        while len(store.list()) < 2:
            time.sleep(0.02)
        os.kill(next(iter(made[0]._processes)), signal.SIGKILL)

    killer = threading.Thread(target=kill_one_when_some_are_done)
    killer.start()
    with pytest.raises(WorkerDied, match=r"killed.*--threads"):
        run_all(specs, toy, store, threads=2)
    killer.join()
    done = len(store.list())
    assert 2 <= done < len(specs)
    told = []
    assert len(run_all(specs, toy, store, threads=2, progress=lambda *n: told.append(n))) == len(specs)
    assert told == [(n, len(specs)) for n in range(done, len(specs) + 1)]


def test_what_a_process_refuses_arrives_with_all_problems(toy, processes):
    wrong = [RunSpec(city="toy", months=24, seed=s, params={"atitudes": {}, "saftey": {}}) for s in (1, 2)]
    with pytest.raises(InputError) as caught:
        run_all(wrong, toy, threads=2)
    assert [p.nearest for p in caught.value.problems] == ["attitudes", "safety"]


def test_a_city_sent_twice_arrives_as_one():
    from mechlin.city.toy import toy_city

    city = toy_city(400, 4)
    first, second = (pickle.loads(pickle.dumps(city)) for _ in range(2))
    assert first is second and first is not city
    assert first.areas.equals(city.areas) and first.series == city.series and first.hash == city.hash


def test_an_input_error_survives_the_way():
    error = InputError([Problem("one", file="a.csv", row=2), Problem("two")])
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems and str(again) == str(error)


def _stop(done: int, _: int) -> None:
    if done:
        raise KeyboardInterrupt


def test_an_interrupt_ends_the_processes_and_what_was_done_is_kept(toy, processes, tmp_path):
    specs, store = [RunSpec(city="toy", months=120, seed=s) for s in range(1, 13)], Store(tmp_path / "runs")
    with pytest.raises(KeyboardInterrupt):
        run_all(specs, toy, store, threads=2, progress=_stop)
    assert 1 <= len(store.list()) < len(specs)
    assert len(run_all(specs, toy, store, threads=2)) == len(specs)


def test_of_the_caller_s_workers_nothing_more_is_asked_after_an_interrupt(toy):
    with ThreadPoolExecutor(1) as mine, pytest.raises(KeyboardInterrupt):
        begun, submit = [], mine.submit
        mine.submit = lambda *call: begun.append(submit(*call)) or begun[-1]  # type: ignore[method-assign]
        run_all([RunSpec(city="toy", months=24, seed=s) for s in range(1, 9)], toy, executor=mine, progress=_stop)
    assert len(begun) == 8 and sum(future.cancelled() for future in begun) >= 5
