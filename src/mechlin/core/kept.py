"""Machine code kept on disk, each function by what its numbers hang on.

Numba's own cache looks only at the file a function stands in, so an edit in a file that it calls would leave stale
machine code behind. Here a function is kept under a name made from its own instructions, those of every function it
calls, the constants they use and the kinds of its arguments. An edit of one rule compiles that rule again and what
calls it; a docstring, a comment or another line number compiles nothing. Nothing is written before something has been
compiled.
"""

import dis
import enum
import hashlib
import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from llvmlite.binding import get_host_cpu_name
from numba.core import compiler, serialize, types
from numba.core.caching import _Cache

from mechlin.core.files import whole
from mechlin.core.places import cache_place

_DAYS_KEPT = 60
_DAY = 24 * 3600


def kept_folder() -> Path:
    """Return the folder of machine code for this Python, Numba and kind of processor; it may not exist yet."""
    return cache_place() / f"code-{_ground()}"


class KeptCode(_Cache):
    """What is kept of one function: a file for each signature, whose name tells all that it hangs on."""

    def __init__(self, function: FunctionType) -> None:
        """Keep nothing yet: names are made when something is first wanted."""
        self.function = function
        self.digest = ""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature, or None if it is not there or cannot be read."""
        target_context.refresh()
        path = self._path(sig, target_context)
        try:
            found = compiler.CompileResult._rebuild(target_context, *pickle.loads(path.read_bytes()))
        except Exception:  # not there, cut off, of another library, or of a class that only its writer had: compile
            return None
        with suppress(OSError):  # where nothing may be written, or another has just removed it
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the machine code of a signature, whole or not at all; where it cannot be kept, do without."""
        if data.library.has_dynamic_globals:  # addresses of large arrays, which are others in the next process
            return
        with suppress(OSError), whole(self._path(sig, data.target_context)) as half:
            half.write_bytes(serialize.dumps(data._reduce()))

    def _path(self, sig: Any, target_context: Any) -> Path:
        self.digest = self.digest or code_digest(self.function)
        args = sig if isinstance(sig, tuple) else sig.args
        kinds = ",".join(_text_of_type(kind) for kind in args)
        text = f"{self.digest}({kinds}){target_context.codegen().magic_tuple()}"
        return (
            kept_folder() / f"{self.function.__name__}-{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}.nbc"
        )

    @property
    def cache_path(self) -> str:
        """The folder."""
        return str(kept_folder())

    def enable(self) -> None:
        """Do nothing: machine code is always kept."""

    disable = flush = enable


def drop_old_code() -> None:
    """Remove machine code that nobody has used for two months, and what older versions kept."""
    home, now = cache_place(), time.time()
    for folder in home.glob("compiled-*"):  # up to 0.1, one folder for each state of the source
        shutil.rmtree(folder, ignore_errors=True)
    for path in (*home.glob("code-*/*"), *home.glob("stamps/*")):
        with suppress(OSError):
            if now - path.stat().st_mtime > _DAYS_KEPT * _DAY:
                path.unlink()


# ------------------------------------------------------------------------------------------ what code hangs on


@cache
def _ground() -> str:
    """Return a digest of what all machine code hangs on: processor, libraries, and how tables are handed over."""
    here = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=6)
    versions = (sys.version_info[:2], numba.__version__, np.__version__, get_host_cpu_name())
    digest.update(repr(versions).encode())
    for name in ("views.py", "compiled.py", "pipeline.py"):
        digest.update(_instructions(compile((here / name).read_text(), name, "exec", optimize=2)).encode())
    return digest.hexdigest()


def code_digest(function: FunctionType) -> str:
    """Return what changes whenever the numbers that a function computes may: itself, what it calls, their constants."""
    digest, seen, waiting = hashlib.blake2b(digest_size=12), set[Any](), [function]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        digest.update(_own_text(one).encode())
        for name, value in _used(one):
            called = _function_in(value)
            if called is not None:
                digest.update(f"{name}={called.__module__}.{called.__qualname__}".encode())
                waiting.append(called)
            else:
                digest.update(f"{name}={_text_of(value)}".encode())
    return digest.hexdigest()


@cache
def _own_text(function: FunctionType) -> str:
    """Return what a function does by itself."""
    name = f"{function.__module__}.{function.__qualname__}"
    return f"{name}:{_instructions(function.__code__)}{_text_of(function.__defaults__)}"


def _used(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what a function names of its module, of other modules of ours, and of what stands around it."""
    names = sorted(_names(function.__code__))
    modules = []
    for name in names:
        if name in function.__globals__:
            value = function.__globals__[name]
            if isinstance(value, ModuleType):
                modules.append(value)
            else:
                yield name, value
    for module in modules:
        ours = module.__name__.partition(".")[0] not in ("numpy", "numba", "math")
        yield from ((f"{module.__name__}.{n}", vars(module)[n]) for n in names if ours and n in vars(module))
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents


def _function_in(value: Any) -> FunctionType | None:
    """Return the Python function behind compiled code, an intrinsic or a function; None for anything else."""
    for name in ("py_func", "_defn"):
        value = getattr(value, name, value)
    return value if isinstance(value, FunctionType) else None


def _names(code: CodeType) -> set[str]:
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if isinstance(c, CodeType)))


def _instructions(code: CodeType) -> str:
    """Return what a piece of code does, without docstring and line numbers."""
    steps = []
    for step in dis.get_instructions(code):
        told = step.argval if step.opcode in dis.hasconst else step.arg
        steps.append(f"{step.opname} {_instructions(told) if isinstance(told, CodeType) else _text_of(told)}")
    return repr((steps, code.co_names, code.co_varnames, code.co_freevars))


def _text_of(value: Any) -> str:
    """Return a constant as text: the same in every process."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.blake2b(value.tobytes()).hexdigest()}"
    if isinstance(value, type) and issubclass(value, enum.Enum):
        return repr([(member.name, member.value) for member in value])
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}{getattr(value, '_fields', '')}"
    if isinstance(value, tuple | frozenset):
        parts = [_text_of(part) for part in value]
        return f"{type(value).__qualname__}({','.join(parts if isinstance(value, tuple) else sorted(parts))})"
    if value is None or isinstance(value, str | bytes | int | float | complex | np.generic):
        return repr(value)
    return f"a {type(value).__module__}.{type(value).__qualname__}"  # its address tells nothing


def _text_of_type(kind: Any) -> str:
    """Return the type of an argument as text, with the names of a record's fields."""
    parts = getattr(kind, "types", ()) if isinstance(kind, types.BaseTuple) else ()
    inside = f"[{','.join(map(_text_of_type, parts))}]"
    cls = getattr(kind, "instance_class", None)
    fields = f"{cls.__module__}.{cls.__qualname__}{getattr(cls, '_fields', '')}" if cls is not None else ""
    return f"{kind.name}{fields}{inside}"
