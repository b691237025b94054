"""The cache of compiled code: used by the next process, dropped with the source that it was made from."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import mechlin.core.stamp as stamp_module
from mechlin.core.compiled import compiled, fetch
from mechlin.core.views import table_of, view_class

LOOP = """
from mechlin.core import rng
from mechlin.core.compiled import compiled

@compiled
def total(view, salted):
    for i in range(view.drawn.size):
        view.drawn[i] = rng.draw(salted, view.key[i], 0)
    return view.drawn.sum()
"""

MAIN = """
import json
import numpy as np
from mechlin.core import compiled
before = compiled.is_compiled()
from mechlin.core import rng
from mechlin.core.views import view_class
from loop import total

key = np.arange(10, dtype=np.uint64)
key.flags.writeable = False
answer = total(view_class(("key", "drawn"))(key, np.zeros(10)), rng.salted(1, rng.stream("test.cache"), 0))
hits = sum(total.stats.cache_hits.values())
print(json.dumps({"before": before, "answer": answer, "hits": hits, "folder": str(compiled.CACHE)}))
"""


def in_a_process(folder: Path) -> dict:
    source = Path(stamp_module.__file__).resolve().parents[2]
    env = {
        **os.environ,
        "MECHLIN_CACHE": str(folder / "cache"),
        "PYTHONPATH": f"{source}{os.pathsep}{folder / 'housing'}",
    }
    done = subprocess.run([sys.executable, "-c", MAIN], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_second_process_compiles_nothing_and_old_caches_are_dropped(tmp_path):
    (tmp_path / "housing").mkdir()  # is_compiled looks for the code of mechanisms, by the names of their folders
    (tmp_path / "housing" / "loop.py").write_text(LOOP)
    home = tmp_path / "cache" / "mechlin"
    for i in range(6):
        old = home / f"compiled-old{i}"
        old.mkdir(parents=True)
        os.utime(old, (i, i))
    first, second = in_a_process(tmp_path), in_a_process(tmp_path)
    assert (first["before"], first["hits"]) == (False, 0)
    assert (second["before"], second["hits"]) == (True, 1)
    assert first["answer"] == second["answer"]
    kept = {p.name for p in home.iterdir()}
    assert Path(first["folder"]).name in kept
    assert kept - {Path(first["folder"]).name} == {"compiled-old5", "compiled-old4", "compiled-old3"}


def stamp_of(root: Path) -> str:
    spec = importlib.util.spec_from_file_location("stamp_of_a_copy", root / "core" / "stamp.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.source_stamp()


def test_the_stamp_changes_with_any_source_file(tmp_path):
    root = tmp_path / "mechlin"
    (root / "core").mkdir(parents=True)
    (root / "rules").mkdir()
    shutil.copy(stamp_module.__file__, root / "core" / "stamp.py")
    rule = root / "rules" / "housing.py"
    rule.write_text("x = 1\n")
    first = stamp_of(root)
    assert stamp_of(root) == first and len(first) == 16
    rule.write_text("x = 2\n")
    edited = stamp_of(root)
    rule.write_text("x = 1\n")
    assert stamp_of(root) == first
    rule.rename(root / "rules" / "letting.py")
    renamed = stamp_of(root)
    (root / "rules" / "notes.txt").write_text("not source")
    assert stamp_of(root) == renamed
    assert len({first, edited, renamed}) == 3


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
    assert "prefetch" in sum_fetched_ahead.inspect_asm(sum_fetched_ahead.signatures[0])


class Weights(NamedTuple):
    """A record of numbers, as parameters are."""

    first: float
    second: float


@compiled
def weighed_sum(table, weights, until):
    total = 0.0
    for i in range(until):
        total += table.money[i] * weights.first + table.days[i] * weights.second
    return total


def test_tables_with_the_same_columns_of_another_kind_are_never_entered_as_the_first_were():
    money, days = [1.5, 2.5, -4.0], [1, 2, 300]
    expected = 2.0 * sum(money) + 0.5 * sum(days)
    for floats, whole in ((np.float64, np.int64), (np.float32, np.int16), (np.float64, np.int32)):
        table = table_of({"money": np.array(money, floats), "days": np.array(days, whole)})
        for _ in range(3):  # the first call compiles, the second looks, the third goes straight
            assert weighed_sum(table, Weights(2.0, 0.5), 3) == expected
        strided = table_of({"money": np.repeat(table.money, 2)[::2], "days": table.days})
        assert type(strided) is not type(table) and weighed_sum(strided, Weights(2.0, 0.5), 3) == expected
    assert len(weighed_sum.entries) == 6


def test_what_a_class_does_not_tell_is_told_by_its_parts():
    loose = view_class(("money", "days"))
    known = len(weighed_sum.entries)
    for kind in (np.float64, np.float32):
        table = loose(np.array([1.5], kind), np.array([2], kind))
        for _ in range(3):
            assert weighed_sum(table, Weights(1.0, 1.0), 1) == 3.5
    assert len(weighed_sum.entries) == known + 2


class Scales(NamedTuple):
    """Declared to hold floats."""

    first: float
    second: float


@compiled
def scaled_sum(values, scales, extra):
    return values[0] * scales.first + values[-1] * scales.second + extra


@pytest.mark.parametrize("value", [None, "two", [1.0, 2.0], {}])
def test_what_is_neither_number_nor_array_nor_table_is_refused_by_name(value):
    with pytest.raises(TypeError, match=f"not a {type(value).__name__}"):
        scaled_sum(value, Scales(1.0, 1.0), 1)


def test_arrays_and_numbers_of_another_kind_are_told_apart_whatever_came_first():
    frozen = np.array([1.5, 2.5])
    frozen.flags.writeable = False
    for values in (np.array([1, 2]), np.array([1.5, 2.5]), np.array([1.5, 2.5], np.float32), frozen,
                   np.array([1.5, 0.0, 2.5, 0.0])[::2]):  # fmt: skip
        for scales in (Scales(2, 1), Scales(2.0, 0.5), Scales(np.float32(0.5), np.int32(3))):
            for extra in (1, 0.25, np.int16(3), True):
                for _ in range(3):
                    expected = values[0] * scales.first + values[-1] * scales.second + extra
                    assert scaled_sum(values, scales, extra) == expected


def test_machine_code_for_a_class_that_others_cannot_import_is_not_kept_for_them():
    """Kept, it would stop every other process from reading what is kept of that function."""
    table = table_of({"money": np.array([1.5]), "days": np.array([2])})
    assert weighed_sum(table, Weights(1.0, 1.0), 1) == 3.5 and weighed_sum.signatures
    assert weighed_sum._cache._cache_file._load_index() == {}
    assert sum_fetched_ahead(np.arange(3), 1) == 3
    assert sum_fetched_ahead._cache._cache_file._load_index()
