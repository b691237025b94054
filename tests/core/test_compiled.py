"""Compiled code: kept for the next process by what it hangs on, made once, begun together."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numba.core.caching import NullCache

import mechlin
from mechlin.core import kept, stamp
from mechlin.core.compiled import compiled, fetch, typed
from mechlin.core.kept import code_digest
from mechlin.core.views import Numbers, Table

SOURCE = Path(mechlin.__file__).resolve().parents[1]

LOOP = """
from mechlin.core import rng
from mechlin.core.compiled import compiled

@compiled
def half(x):
    return x * 0.5

@compiled
def total(view, salted):
    for i in range(view.drawn.size):
        view.drawn[i] = half(rng.draw(salted, view.key[i], 0))
    return view.drawn.sum()
"""

MAIN = """
import json
import numpy as np
from mechlin.core import kept, rng
from mechlin.core.views import Table
from loop import total

key = np.arange(10, dtype=np.uint64)
key.flags.writeable = False
answer = total(Table({"key": key, "drawn": np.zeros(10)}), rng.salted(1, rng.stream("test.cache"), 0))
hits = sum(total.stats.cache_hits.values())
print(json.dumps({"answer": answer, "hits": hits, "folder": str(kept.kept_folder())}))
"""


def python(code: str, cache: Path, *paths: Path) -> "subprocess.Popen[str]":
    env = {**os.environ, "MECHLIN_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(map(str, (SOURCE, *paths)))}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def said(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


@pytest.mark.slow
@pytest.mark.parametrize(("edit", "hits"), [
    (("", ""), 1),
    (("return x * 0.5", "# as it was\n    return x * 0.5"), 1),
    (("def half(x):\n", 'def half(x):\n    """Halve."""\n'), 1),
    (("x * 0.5", "x * 0.25"), 0),
])  # fmt: skip
def test_another_process_compiles_only_what_an_edit_touches(tmp_path, edit, hits):
    (tmp_path / "loop.py").write_text(LOOP)
    first = json.loads(said(python(MAIN, tmp_path / "cache", tmp_path)))
    (tmp_path / "loop.py").write_text(LOOP.replace(*edit))
    second = json.loads(said(python(MAIN, tmp_path / "cache", tmp_path)))
    assert (first["hits"], second["hits"]) == (0, hits)
    assert (second["answer"] == first["answer"]) == bool(hits)


@pytest.mark.slow
def test_machine_code_that_was_cut_off_is_made_again(tmp_path):
    (tmp_path / "loop.py").write_text(LOOP)
    first = json.loads(said(python(MAIN, tmp_path / "cache", tmp_path)))
    for path in Path(first["folder"]).glob("*.nbc"):
        path.write_bytes(path.read_bytes()[:100])
    second = json.loads(said(python(MAIN, tmp_path / "cache", tmp_path)))
    assert second["hits"] == 0 and second["answer"] == first["answer"]


@pytest.mark.slow
def test_importing_writes_nothing_and_compiles_nothing(tmp_path):
    said(
        python(
            "import mechlin, mechlin.engine.simulation, mechlin.measures, mechlin.mechanisms as m; m.catalogue()",
            tmp_path / "c",
        )
    )
    assert not (tmp_path / "c").exists()


def test_code_that_nobody_has_used_for_two_months_is_dropped(tmp_path, monkeypatch):
    monkeypatch.setenv("MECHLIN_CACHE", str(tmp_path))
    old, new, former = (tmp_path / "mechlin" / name for name in ("code-1/a.nbc", "code-1/b.nbc", "compiled-1/c.nbc"))
    for path in (old, new, former):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    os.utime(old, (1, 1))
    kept.drop_old_code()
    assert (old.exists(), new.exists(), former.parent.exists()) == (False, True, False)


_RATE = 0.5


def _call(x):
    return _rate(x)


def _rate(x):
    return x * _RATE


def test_a_digest_hangs_on_what_is_called_and_on_its_constants(monkeypatch):
    before = code_digest(_call)
    assert code_digest(_call) == before
    monkeypatch.setitem(globals(), "_RATE", 0.25)
    assert code_digest(_call) != before


# ------------------------------------------------------------------------------------------------ runs begun together

TOGETHER = """
import sys, threading
sys.setswitchinterval(1e-6)
import numpy as np
from mechlin.core import rng
from mechlin.core.compiled import compiled
from mechlin.core.views import Table

@compiled
def scale(x, by):
    return x * by

@compiled
def total(table, by):
    s = 0.0
    for i in range(table.a.size):
        s += scale(table.a[i], by) + table.b[i]
    return s

begun, answers = threading.Barrier(8), []

def once():
    begun.wait()
    table = Table({"a": np.arange(5.0), "b": np.ones(5, np.int32)})
    answers.append((float(total(table, 2.0)), int(rng.salted(1, rng.stream("test.together"), 3))))

threads = [threading.Thread(target=once) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(answers) == 8, answers
print(sorted(set(answers)))
"""


@pytest.mark.slow
def test_eight_threads_and_three_processes_begin_together_on_an_empty_cache(tmp_path):
    said_by_each = [said(process) for process in [python(TOGETHER, tmp_path / "cache") for _ in range(3)]]
    assert len(set(said_by_each)) == 1 and said_by_each[0].count("(") == 1


def test_threads_that_ask_together_get_one_type():
    found, begun = [], threading.Barrier(8)

    def ask(n):
        begun.wait()
        found.extend(Table({f"column_{k}": np.zeros(2)})._numba_type_ for k in range(50))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Counter(map(id, found)).values()) == {8}


# ------------------------------------------------------------------------------------------------------------- stamp


def test_the_stamp_changes_with_what_computes_numbers_only(tmp_path):
    room = tmp_path / "mechanisms"
    room.mkdir()
    rule = room / "rule.py"

    def stamped(text):
        rule.write_text(text)
        return stamp.stamp_of(tmp_path)

    first = stamped('P = Param("share", 0, 1, "Of homes, let", "an.id")\ndef f(x):\n    return x + 1\n')
    same = 'P = Param("share", 0, 1, "Of all homes, those let", "an.id")\ndef f(x):\n    """Add."""\n    return x + 1  # one\n'
    assert stamped(same) == first and len(first) == 16
    assert stamped(same.replace("x + 1", "x + 2")) != first
    assert stamped(same.replace("0, 1", "0, 2")) != first
    stamped(same)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "page.py").write_text("x = 1\n")
    assert stamp.stamp_of(tmp_path) == first
    rule.rename(room / "letting.py")
    assert stamp.stamp_of(tmp_path) != first


# ------------------------------------------------------------------------------------------- what code is handed


@compiled
def sum_fetched_ahead(column, ahead):
    total = 0
    for i in range(column.size):
        fetch(column, i + ahead)
        fetch((column, column[1:]), i + ahead)
        total += column[i]
    return total


def test_what_is_fetched_ahead_changes_no_result_even_outside_the_column():
    column = np.arange(50, dtype=np.int16)
    for ahead in (0, 3, -100, 10**6):
        assert sum_fetched_ahead(column, ahead) == 49 * 50 // 2


class Weights(NamedTuple):
    """A record of numbers, as parameters are."""

    first: float
    second: float
    until: int = 3


@compiled
def weighed_sum(table, weights):
    total = 0.0
    for i in range(weights.until):
        total += table.money[i] * weights.first + table.days[i] * weights.second
    return total


def test_tables_with_the_same_columns_of_another_kind_are_never_taken_for_the_first():
    money, days = [1.5, 2.5, -4.0], [1, 2, 300]
    expected = 2.0 * sum(money) + 0.5 * sum(days)
    for floats, whole in ((np.float64, np.int64), (np.float32, np.int16), (np.float64, np.int32)):
        table = Table({"money": np.array(money, floats), "days": np.array(days, whole)})
        for weights in (Weights(2.0, 0.5), Numbers(Weights(2.0, 0.5)), Numbers(Weights(2, 0.5)), Weights(2, 0.5)):
            for _ in range(2):
                assert weighed_sum(table, weights) == expected


def test_numbers_read_in_python_as_the_record_they_were_made_of():
    numbers = Numbers(Weights(2.0, 0.5))
    assert (numbers.first, numbers.until, numbers._replace(first=3.0).first) == (2.0, 3, 3.0)
    with pytest.raises(AttributeError, match="Weights has no number 'third'"):
        _ = numbers.third


@typed("float64(float64, int64)")
def _power(x, n):
    return x**n


@compiled
def _powers(x):
    return _power(x, 2) + _power(3, np.int8(2)) + _power(np.float32(1.0), True)


def test_a_function_of_one_signature_is_compiled_once_whatever_it_is_given(monkeypatch):
    # Whoever finds the caller's machine code on disk compiles nothing that it calls.
    monkeypatch.setattr(_powers, "_cache", NullCache())
    assert _powers(2.0) == 14.0 and _power(2, 3) == 8.0
    assert len(_power.inlined.overloads) == len(_power.overloads) == 1
