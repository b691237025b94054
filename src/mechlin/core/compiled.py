"""The decorators for compiled code, and where its cache lives.

Numba's own cache looks only at the file a function stands in, so an edit in a file that it calls would
leave stale machine code behind. Here the cache folder is named by a hash of every source file: any edit,
anywhere, is another folder. Old folders are removed, the newest few are kept.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, get_type_hints

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.caching import IndexDataCacheFile
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic

from mechlin.core.stamp import source_stamp
from mechlin.core.views import tells_kinds

_KEEP_CACHES = 4


def _cache_home() -> Path:
    """Return a folder that can be written: the user's cache, or a temporary one."""
    base = os.environ.get("MECHLIN_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    home = Path(base) / "mechlin"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir()) / "mechlin"
        home.mkdir(parents=True, exist_ok=True)
    return home


def _cache_folder() -> Path:
    """Return the folder for this exact source, and drop all but the newest few others."""
    home = _cache_home()
    folder = home / f"compiled-{source_stamp()}"
    folder.mkdir(exist_ok=True)
    folder.touch()
    others = sorted(home.glob("compiled-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[_KEEP_CACHES:]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


CACHE = _cache_folder()
numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]


class _Index(IndexDataCacheFile):
    """What the cache holds of one function: never machine code for a table whose class only its own caller knows.

    A list with one such class (of a test, a notebook, a script) cannot be read by anybody else.
    """

    def save(self, key: Any, data: Any) -> None:
        if all(map(_is_ours, key[0])):
            super().save(key, data)


def _is_ours(kind: Any) -> bool:
    made = getattr(kind, "instance_class", None)
    ours = made is None or made.__module__.partition(".")[0] == "mechlin"
    return ours and all(map(_is_ours, getattr(kind, "types", ())))


def _njit(*signature: str, **options: bool) -> Any:
    """Return Numba's decorator as everything here uses it: cached, without the lock, dividing as NumPy does."""

    def decorate(function: Any) -> Any:
        made: Any = numba.njit(  # type: ignore[call-overload]
            *signature, cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options
        )(function)
        made._cache._cache_file.__class__ = _Index
        return made

    return decorate


_NUMBERS = (int, float, bool, np.bool_, np.number)
_TOLD: dict[type, bool] = {}  # classes met so far, and whether they tell how their values are handed over


class _Straight(CPUDispatcher):
    """A compiled function that is entered straight when arguments of these kinds have been seen before.

    Otherwise Numba looks at each column of each table on every call to choose the machine code; with hundreds of
    columns that takes as long as a small loop. The class of a table tells the kinds of its columns.
    """

    entries: dict[tuple[Any, ...], Any]

    def __call__(self, *args: Any) -> Any:
        entry = self.entries.get(tuple([a.__class__ if _TOLD.get(a.__class__) else _kind(a) for a in args]))
        return entry(*args) if entry is not None else self._look(args)

    def _look(self, args: tuple[Any, ...]) -> Any:
        found = super().__call__(*args)
        made: Any = self.overloads[tuple(map(self.typeof_pyval, args))]
        self.entries[tuple(map(_kind, args))] = made.entry_point
        return found


def _kind(value: Any) -> Any:
    """Return what tells how a value is handed over: its class, that of each part, of an array what it holds and how."""
    kind = type(value)
    if kind is np.ndarray:
        return value.dtype, value.ndim, value.flags.num
    if kind not in _TOLD:
        if not issubclass(kind, (*_NUMBERS, tuple)):
            raise TypeError(f"compiled code takes numbers, arrays and tables of them, not a {kind.__name__}")
        _TOLD[kind] = issubclass(kind, _NUMBERS) or tells_kinds(kind) or _holds_numbers(value)
    return kind if _TOLD[kind] else (kind, *map(_kind, value))


def _holds_numbers(record: Any) -> bool:
    """Whether every field of a record holds a number of the kind that its class declares."""
    if not (isinstance(record, tuple) and hasattr(record, "__annotations__")):
        return False
    declared = get_type_hints(type(record)).values()
    return all(isinstance(v, _NUMBERS) and type(v) is kind for kind, v in zip(declared, record, strict=True))


def compiled(function: Any) -> Any:
    """Compile a loop of a month, which takes no memory of its own and lets other threads go on.

    Without Numba's memory manager an allocation does not compile, and arrays are read without counting
    references: half the time to compile, a third of the time to run.
    """
    made: Any = _njit(_nrt=False)(function)
    made.__class__, made.entries = _Straight, {}
    return made


# The same for loops that only compiled code calls: without the wrapper for Python they compile sooner still.
inner = _njit(no_cpython_wrapper=True, _nrt=False)

# The same for what stands in the body of such a loop: a call would copy every column's description each time.
fused = _njit(no_cpython_wrapper=True, _nrt=False, forceinline=True)

# For the rule of one decision, a function of plain numbers: its loop calls it for everybody, and handing over
# dozens of parameters each time costs more than the rule itself.
rule = _njit(_nrt=False, forceinline=True)

# For what happens outside the months, or once a year, and needs memory.
allocating = _njit()


def typed(signature: str) -> Any:
    """Return a decorator that compiles for this one signature only: for the small functions that everybody calls."""
    return _njit(signature, _nrt=False)


@intrinsic
def fetch(_context, columns, row):  # type: ignore[no-untyped-def]
    """Ask that ``row`` of a column, or of each of several, be brought near from memory, and do not wait for it.

    For lists of residents who stand far apart: asked some places ahead, what they hold is there when it is read. It
    changes nothing else; a row outside the columns does no harm.
    """
    kinds = getattr(columns, "types", (columns,))
    if not all(isinstance(kind, types.Array) for kind in kinds) or not isinstance(row, types.Integer):
        raise numba.TypingError("fetch takes a column or a tuple of columns, and a row")

    def write(context, builder, signature, args):  # type: ignore[no-untyped-def]
        whole = isinstance(signature.args[0], types.BaseTuple)
        values = cgutils.unpack_tuple(builder, args[0]) if whole else (args[0],)
        place = context.cast(builder, args[1], signature.args[1], types.intp)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        to_read, keep, data = (ir.Constant(number, n) for n in (0, 3, 1))
        for array_kind, value in zip(kinds, values, strict=True):
            array = context.make_array(array_kind)(context, builder, value)
            (step, *_) = cgutils.unpack_tuple(builder, array.strides)
            address = builder.gep(builder.bitcast(array.data, byte), [builder.mul(place, step)])
            builder.call(prefetch, [address, to_read, keep, data])
        return context.get_dummy_value()

    return types.void(columns, row), write


def is_compiled() -> bool:
    """Return whether this source has been compiled on this machine before."""
    loops = [p.name for p in (Path(__file__).parents[1] / "mechanisms").iterdir() if p.is_dir()]
    return any(any(CACHE.glob(f"{name}_*/*.nbc")) for name in loops)
