"""The decorators for compiled code, and where its cache lives.

Numba's own cache looks only at the file a function stands in, so an edit in a file that it calls would
leave stale machine code behind. Here the cache folder is named by a hash of every source file: any edit,
anywhere, is another folder. Old folders are removed, the newest few are kept.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from mechlin.core.stamp import source_stamp

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

_njit: Any = numba.njit  # its annotations know only some of its options

# Loops of a month take no memory of their own: without Numba's memory manager an allocation does not compile,
# and arrays are read without counting references (half the time to compile, a third of the time to run).
compiled = _njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)

# The same for loops that only compiled code calls: without the wrapper for Python they compile sooner still.
inner = _njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False)

# The same for what stands in the body of such a loop: a call would copy every column's description each time.
fused = _njit(
    cache=True,
    nogil=True,
    error_model="numpy",
    no_cfunc_wrapper=True,
    no_cpython_wrapper=True,
    _nrt=False,
    forceinline=True,
)

# For the rule of one decision, a function of plain numbers: its loop calls it for everybody, and handing over
# dozens of parameters each time costs more than the rule itself.
rule = _njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False, forceinline=True)

# For what happens outside the months, or once a year, and needs memory.
allocating = _njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)


def typed(signature: str) -> Any:
    """Return a decorator that compiles for this one signature only: for the small functions that everybody calls."""
    return _njit(signature, cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)


@intrinsic
def fetch(_context, column, row):  # type: ignore[no-untyped-def]
    """Ask that ``column[row]`` be brought near from memory, and do not wait for it; it changes nothing else.

    For lists of residents who stand far apart: asked some places ahead, what they hold is there when it is read.
    A row outside the column does no harm.
    """
    if not isinstance(column, types.Array) or not isinstance(row, types.Integer):
        raise numba.TypingError("fetch takes a column and a row")

    def write(context, builder, signature, args):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = context.cast(builder, args[1], signature.args[1], types.intp)
        (step, *_) = cgutils.unpack_tuple(builder, array.strides)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.gep(builder.bitcast(array.data, byte), [builder.mul(place, step)])
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        to_read, keep, data = (ir.Constant(number, n) for n in (0, 3, 1))
        builder.call(prefetch, [address, to_read, keep, data])
        return context.get_dummy_value()

    return types.void(column, row), write


def is_compiled() -> bool:
    """Return whether this source has been compiled on this machine before."""
    return any(CACHE.glob("rules_*/*.nbc"))
