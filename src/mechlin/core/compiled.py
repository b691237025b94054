"""The decorators for compiled code, and how it is made.

:data:`compiled` is for the loops and rules of a month, :data:`allocating` for what happens outside the months and
needs memory of its own. Where one function is called with numbers of many kinds, :func:`typed` fixes the kinds it takes.

A function is compiled twice at most, and only when wanted. What Python enters becomes machine code, which is kept on
disk (:mod:`mechlin.core.kept`). What compiled code calls is only put into its callers, and optimised there, once; Numba
by itself would optimise every function, make machine code of it and give it a wrapper for Python, and do so again for
each caller.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, sigutils, types
from numba.core.compiler import Flags
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.target_extension import jit_registry
from numba.extending import intrinsic

from mechlin.core.kept import KeptCode
from mechlin.core.pipeline import pipeline

# ------------------------------------------------------------------------------------------- how code is made


class _QuickFlags(Flags):
    """Flags that are quickly compared, as Numba does hundreds of thousands of times: by what has been set."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, _QuickFlags) and self._values == other._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values))


_FLAGS: dict[str, _QuickFlags] = {}


def _plain(kind: Any) -> Any:
    """Return the kind of number that a constant or a code is: compiled once for all of them, not once for each."""
    return kind.dtype if isinstance(kind, types.IntEnumMember) else types.unliteral(kind)


class _Inlined(CPUDispatcher):
    """A function as compiled code sees it."""

    wanted: Any = None  # the one signature, where there is one

    def get_call_template(self, args: Any, kws: Any) -> Any:
        _settle(self)
        return super().get_call_template(tuple(map(_plain, args)), {name: _plain(kind) for name, kind in kws.items()})

    def add_overload(self, cres: Any) -> None:
        self.overloads[tuple(cres.signature.args)] = cres


class _Entered(CPUDispatcher):
    """A function as Python sees it; to compiled code it shows its other side."""

    inlined: Any
    wanted: Any = None

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return self.inlined.get_call_template(args, kws)

    def get_overload(self, sig: Any) -> Any:
        return self.inlined.get_overload(sig)

    def compile(self, sig: Any) -> Any:
        """Compile or read from disk; without looking for garbage meanwhile, which takes an eighth of the time."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            with _own_functions_inlined():
                return super().compile(sig)
        finally:
            if collecting:
                gc.enable()

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        if self.wanted is None:
            return super()._compile_for_args(*args, **kws)  # type: ignore[misc]
        _settle(self)
        return self  # what Numba's dispatcher is to call with the arguments


def _settle(function: Any) -> None:
    """Compile for the one signature, if there is one; threads that come together wait for the first."""
    with global_compiler_lock:
        if function.wanted is not None and not function.overloads:
            function.compile(function.wanted)
            function.disable_compile()


_COMPILERS = {(i, m): pipeline(inlined=i, memory=m) for i in (True, False) for m in (True, False)}


def _dispatcher(function: Any, *, inlined: bool, **options: Any) -> Any:
    njit: Any = numba.njit  # its stubs do not know all options
    made = njit(
        nogil=True,
        error_model="numpy",
        no_cfunc_wrapper=True,
        no_cpython_wrapper=inlined,
        pipeline_class=_COMPILERS[inlined, options.get("_nrt", True)],
        **options,
    )(function)
    made.__class__ = _Inlined if inlined else _Entered

    def customize(flags: Any) -> Flags:
        flags.no_compile = inlined
        return _FLAGS.setdefault(str(flags), _QuickFlags(flags))

    made._compiler._customize_flags = customize
    return made


@contextmanager
def _own_functions_inlined() -> Iterator[None]:
    """While our code compiles, let what Numba itself writes in Python (``max``, ``np.zeros``) be inlined as ours is.

    Numba asks for a decorator for any target before it takes its own, which makes machine code of each.
    """

    def inlined(**options: Any) -> Callable[[Any], Any]:
        kept = {name: value for name, value in options.items() if name not in ("nopython", "no_cpython_wrapper")}
        return lambda function: _dispatcher(function, inlined=True, **kept)

    with global_compiler_lock:
        if "generic" in jit_registry:  # a function compiled on the way to another
            yield
            return
        jit_registry["generic"] = inlined
        try:
            yield
        finally:
            del jit_registry["generic"]


def _decorator(signature: str = "", **options: Any) -> Callable[[Any], Any]:
    """Return a decorator for code without the lock that divides as NumPy does."""

    def decorate(function: Any) -> Any:
        made = _dispatcher(function, inlined=False, **options)
        made.inlined = _dispatcher(function, inlined=True, **options)
        made._cache = KeptCode(function)
        if signature:
            made.wanted = made.inlined.wanted = sigutils.normalize_signature(signature)[0]
        return made

    return decorate


# ------------------------------------------------------------------------------------------------- decorators

# A loop of a month takes no memory of its own and lets other threads go on. Without Numba's memory manager an
# allocation does not compile, and arrays are read without counting references: half the time to compile, a third of
# the time to run.
compiled = _decorator(_nrt=False)

# For what happens outside the months, or once a year, and needs memory.
allocating = _decorator()


def typed(signature: str) -> Callable[[Any], Any]:
    """Return a decorator that compiles for this one signature only: for the small functions that everybody calls."""
    return _decorator(signature, _nrt=False)


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
