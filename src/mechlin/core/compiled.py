"""The decorators for compiled code, and how it is made.

:data:`compiled` is for the loops and rules of a month, :data:`allocating` for what happens outside the months and
needs memory of its own. Where one function is called with numbers of many kinds, :func:`typed` fixes the kinds it takes.

A function is compiled twice at most, and only when wanted. What Python enters becomes machine code, which is kept on
disk (:mod:`mechlin.core.kept`). What compiled code calls is only put into its callers, and optimised there, once; Numba
by itself would optimise every function, make machine code of it and give it a wrapper for Python, and do so again for
each caller.
"""

import gc
from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, sigutils, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NoPythonSupportedFeatureValidation,
)
from numba.extending import intrinsic

from mechlin.core.kept import KeptCode

# ------------------------------------------------------------------------------------------- how code is made


class _EnteredLibrary(JITCodeLibrary):
    """What Python enters, with all that it calls: optimised together, once."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        passes, builder = self._codegen._module_pass_manager()
        with self._recorded_timings.record("Module passes", builder):
            passes.run(self._final_module, builder)


class _InlinedLibrary(_EnteredLibrary):
    """What compiled code calls: linked into its callers as it was written, and never machine code by itself."""

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerEntered(NativeLowering):
    _name = "lower_entered"
    library = _EnteredLibrary

    def run_pass(self, state: Any) -> bool:
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerInlined(_LowerEntered):
    _name = "lower_inlined"
    library = _InlinedLibrary

    def run_pass(self, state: Any) -> bool:
        super().run_pass(state)
        state["cr"] = state["cr"]._replace(cfunc=object())  # stands for the function among those that can be called
        state.targetctx.insert_user_function(state["cr"].cfunc, state["cr"].fndesc, [state.library])
        return True


def _pipeline(lowering: Any) -> type:
    """Return Numba's compiler with another way of writing code."""

    class Pipeline(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            passes = PassManager("mechlin")
            passes.passes.extend(DefaultPassBuilder.define_untyped_pipeline(self.state).passes)
            passes.passes.extend(DefaultPassBuilder.define_typed_pipeline(self.state).passes)
            for one in (NoPythonSupportedFeatureValidation, IRLegalization, AnnotateTypes, lowering, NoPythonBackend):
                passes.add_pass(one, one._name)
            passes.finalize()
            return [passes]

    return Pipeline


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


_ENTERED, _INLINED = _pipeline(_LowerEntered), _pipeline(_LowerInlined)


def _dispatcher(kind: type, function: Any, pipeline: type, inlined: bool, **options: Any) -> Any:
    njit: Any = numba.njit  # its stubs do not know all options
    made = njit(
        nogil=True,
        error_model="numpy",
        no_cfunc_wrapper=True,
        no_cpython_wrapper=inlined,
        pipeline_class=pipeline,
        **options,
    )(function)
    made.__class__ = kind

    def customize(flags: Any) -> Flags:
        flags.no_compile = inlined
        return _FLAGS.setdefault(str(flags), _QuickFlags(flags))

    made._compiler._customize_flags = customize
    return made


def _decorator(signature: str = "", **options: Any) -> Callable[[Any], Any]:
    """Return a decorator for code without the lock that divides as NumPy does."""

    def decorate(function: Any) -> Any:
        made = _dispatcher(_Entered, function, _ENTERED, inlined=False, **options)
        made.inlined = _dispatcher(_Inlined, function, _INLINED, inlined=True, **options)
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
