"""A stored run is the run, whole, or it is not there."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from mechlin.core.spec import RunResult, RunSpec
from mechlin.runs import store as store_module
from mechlin.runs.store import DamagedRun, Store


def a_result(seed=1, values=(1.0, float("nan"), 0.1 + 0.2)):
    return RunResult(
        spec=RunSpec("toy", seed=seed, months=36, version="test"),
        years=np.arange(2001, 2004),
        series={"poverty": np.array(values), "arrivals": np.array([3.0, 4.0, 5.0])},
        areas={"areas.population": np.arange(12.0).reshape(3, 4)},
        ledger=({"programme": "cameras", "year": 2001, "payer": "city", "kind": "running", "eur": 12.5},),
        reached={"cameras": [0, 1, 1]},
        acted={"cameras": np.array([[0.0, 0.0], [0.5, 1 / 3], [0.25, 0.0]])},
        notes=("a word",),
        seconds=0.5,
    )


def assert_same(one, other):
    assert one.spec == other.spec and one.ledger == other.ledger and one.reached == other.reached
    assert one.notes == other.notes and one.years.tolist() == other.years.tolist()
    assert list(one.series) == list(other.series) and list(one.areas) == list(other.areas)
    assert list(one.acted) == list(other.acted)
    for name, values in {**one.series, **one.areas, **one.acted}.items():
        got = {**other.series, **other.areas, **other.acted}[name]
        assert values.shape == got.shape and values.tobytes() == got.tobytes()


def test_what_is_read_is_what_was_written_bit_for_bit(tmp_path):
    store, result = Store(tmp_path / "runs"), a_result()
    assert not store.has(result.spec.id())
    store.write(result)
    assert store.list() == (result.spec.id(),)
    assert_same(store.read(result.spec.id()), result)


def test_a_run_without_areas_costs_or_indicators_is_kept_too(tmp_path):
    bare = replace(a_result(), areas={}, ledger=(), series={}, reached={}, acted={}, notes=())
    store = Store(tmp_path)
    store.write(bare)
    assert_same(store.read(bare.spec.id()), bare)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(values=arrays(np.float64, 3))
def test_every_float_survives(tmp_path_factory, values):
    store, result = Store(tmp_path_factory.mktemp("runs")), a_result(values=values)
    store.write(result)
    read = store.read(result.spec.id()).series["poverty"]
    np.testing.assert_array_equal(read, values)


def test_a_run_is_written_once(tmp_path):
    store = Store(tmp_path)
    store.write(a_result())
    folder = tmp_path / a_result().spec.id()
    before = {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.iterdir()}
    store.write(a_result(values=(9.0, 9.0, 9.0)))
    assert {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.iterdir()} == before


def test_an_unknown_run_is_a_key_error_and_found_as_none(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(KeyError):
        store.read("0" * 20)
    assert store.find("0" * 20) is None


@pytest.mark.slow
@pytest.mark.parametrize("file", store_module._FILES)
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_run_is_refused_and_computed_again(tmp_path, file, damage):
    store, result = Store(tmp_path), a_result()
    store.write(result)
    path = tmp_path / result.spec.id() / file
    content = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else content)
    with pytest.raises(DamagedRun, match="damaged"):
        store.read(result.spec.id())
    with pytest.warns(UserWarning, match="computed again"):
        assert store.find(result.spec.id()) is None
    assert store.list() == ()
    store.write(result)
    assert_same(store.read(result.spec.id()), result)


def test_a_run_under_another_runs_name_is_refused(tmp_path):
    store = Store(tmp_path)
    store.write(a_result())
    folder = tmp_path / a_result().spec.id()
    folder.rename(tmp_path / ("f" * 20))
    with pytest.raises(DamagedRun, match="another run"):
        store.read("f" * 20)


_KILLED = """
    import os, signal, sys
    sys.path[:0] = {paths!r}
    from test_store import a_result
    from mechlin.runs import store
    digest, left = store._digest, [2]
    def dies(path):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return digest(path)
    store._digest = dies
    store.Store(sys.argv[1]).write(a_result())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_process_killed_in_the_middle_leaves_nothing_that_looks_like_a_run(tmp_path):
    source = Path(store_module.__file__).parents[2]
    script = textwrap.dedent(_KILLED).format(paths=[str(source), str(Path(__file__).parent)])
    dead = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert dead.returncode == -signal.SIGKILL
    left = list(tmp_path.glob(".writing-*"))
    assert len(left) == 1 and (left[0] / "series.parquet").is_file()
    store = Store(tmp_path)
    assert store.list() == () and not store.has(a_result().spec.id())
    assert list(tmp_path.iterdir()) == []
    store.write(a_result())
    assert_same(store.read(a_result().spec.id()), a_result())


def test_a_run_being_written_by_a_living_process_is_left_alone(tmp_path):
    busy = tmp_path / f".writing-{'a' * 20}-{store_module._signature()}"
    busy.mkdir(parents=True)
    assert Store(tmp_path).list() == ()
    assert busy.is_dir()


def test_many_writers_of_one_run_leave_one_whole_run(tmp_path):
    store, gate, failures = Store(tmp_path), threading.Barrier(8), []

    def write():
        gate.wait()
        try:
            store.write(a_result())
        except Exception as error:  # collected and asserted on below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and [p.name for p in tmp_path.iterdir()] == [a_result().spec.id()]
    assert_same(store.read(a_result().spec.id()), a_result())


def test_a_disk_that_refuses_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(result, folder):
        (folder / "spec.json").write_text("{}")
        raise OSError("no space left")

    store = Store(tmp_path)
    monkeypatch.setattr(store_module, "_save", full)
    with pytest.raises(OSError, match="no space"):
        store.write(a_result())
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_only_opened_leaves_no_folder(tmp_path):
    store = Store(tmp_path / "report" / "runs")
    assert store.list() == () and not store.has("nothing")
    assert list(tmp_path.iterdir()) == []
    store.write(a_result())
    assert len(store.list()) == 1


def test_what_was_asked_is_kept_beside_the_run_and_is_no_part_of_its_name(tmp_path):
    store, result = Store(tmp_path), a_result()
    asked = replace(result, spec=replace(result.spec, asked={"package": {"cameras": {"cameras": 3}}, "fixed": {}}))
    assert asked.spec.id() == result.spec.id() and asked.spec == result.spec
    store.write(asked)
    assert store.read(result.spec.id()).spec.asked == asked.spec.asked


def test_a_run_is_fetched_or_computed_and_a_damaged_one_mended(tmp_path):
    store, result, computed = Store(tmp_path), a_result(), []

    def compute():
        computed.append(1)
        return result

    for _ in range(2):
        assert_same(store.fetch(result.spec, compute), result)
    assert len(computed) == 1
    (tmp_path / result.spec.id() / "spec.json").write_text("{")
    with pytest.warns(UserWarning, match="computed again"):
        store.fetch(result.spec, compute)
    assert len(computed) == 2 and store.read(result.spec.id())
