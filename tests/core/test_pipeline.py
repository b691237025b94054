"""How code is made: written shorter than by Numba itself, and saying the same."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.target_extension import jit_registry

from mechlin.core.compiled import allocating, compiled
from mechlin.core.views import Table

KINDS = (np.bool_, np.int8, np.uint16, np.int32, np.int64, np.uint64, np.float32, np.float64)


def _move(table, i, j):
    """Read and write places of columns of one and two dimensions, in and out of loops, whole and in part."""
    row = table.line
    before = row[i]
    row[i] = row[j]
    table.grid[i, j] = table.grid[j, -1]
    part = table.grid[i]
    part[0] = table.line[i]
    for k in range(table.line.size - 1):
        if table.line[k] != row[k + 1]:
            table.line[k + 1] = table.line[k]
            table.grid[k, 0] = table.grid[k + 1, 1]
    table.grid[j, 1:] = table.line[0]
    table.grid[i:] = 3
    part[:] = j
    table.ones[:] = True
    return before, table.grid.size, len(row), table.grid.shape[1]


_MOVES = [decorate(_move) for decorate in (compiled, allocating)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [np.int64, np.int16, np.uint32])
@given(i=st.integers(-5, 4), j=st.integers(-5, 4))
def test_places_are_those_of_numpy(kind, index, i, j):
    i, j = (i, j) if np.issubdtype(index, np.signedinteger) else (abs(i), abs(j) % 5)
    i, j = index(i % 5 if i >= 5 else i), index(j)

    def table():
        return Table(
            {
                "line": np.arange(5).astype(kind),
                "grid": np.arange(25).reshape(5, 5).astype(kind),
                "ones": np.zeros((4, 3), kind),
            }
        )

    expected = table()
    said = _move(expected, i, j)
    for move in _MOVES:
        found = table()
        assert move(found, i, j) == said
        assert (found.line == expected.line).all() and (found.grid == expected.grid).all()
        assert found.ones.all()


@compiled
def _reckon(x, n, flag):
    x += n
    n -= 3
    total = x * n - n // 2 + n % 5 + (n << 2) + (flag & True)
    return total + x**2 + n**3 + 2**n + max(x, n) + min(x, float(n)) - (-n) + (x < n) + (not flag)


@given(x=st.floats(-100, 100), n=st.integers(4, 20), flag=st.booleans())
def test_arithmetic_is_that_of_python(x, n, flag):
    assert _reckon(x, n, flag) == pytest.approx(_reckon.py_func(x, n, flag), rel=1e-12)


def test_what_may_not_be_written_is_not():
    fixed = np.arange(5.0)
    fixed.flags.writeable = False
    with pytest.raises(numba.TypingError):
        _MOVES[0](Table({"line": fixed, "grid": np.ones((5, 5)), "ones": np.ones((2, 2))}), 0, 1)


def test_numba_compiles_for_others_as_it_always_does():
    @numba.njit
    def largest(a):
        return max(a[0], a[1]) + np.zeros(3).sum() + a.sum()

    assert "generic" not in jit_registry
    assert largest(np.arange(3.0)) == 4.0
    (made,) = largest.overloads.values()
    assert made.library.get_asm_str()
    with pytest.raises(numba.TypingError):  # nor does a failure of ours leave anything behind
        compiled(lambda a: a.nothing)(np.ones(2))
    assert "generic" not in jit_registry
