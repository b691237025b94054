"""How Numba is led to machine code: what is left out, remembered and written shorter, and nothing that moves a digit.

Numba by itself asks anew what kind a sum of two numbers has wherever one stands, makes an array of seven numbers to read one
place of it, looks in every function for what only few hold, and makes machine code of its own small functions one by
one. A cold start is compiling and nothing else, so each of these is cured here:

* :class:`_Remembering` asks once what a call with arguments of such kinds gives;
* :class:`_Lower` reads and writes a place of an array by its address;
* :func:`pipeline` leaves out the passes that a loop without memory has no use for;
* the two kinds of library optimise code once, where Python enters it.

What this builds on are Numba's own classes; each is replaced in our compiler only, and Numba in the same process
compiles for others as it always does.
"""

import operator
from functools import reduce
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
from numba.core import cgutils, ir, types, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.lowering import Lower
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.targetconfig import ConfigStack
from numba.core.typed_passes import (
    AnnotateTypes,
    InlineOverloads,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonRewrites,
    NoPythonSupportedFeatureValidation,
    NopythonTypeInference,
)
from numba.np.arrayobj import fix_integer_index, load_item, store_item

from mechlin.core.views import TableType, column_parts, load_column

# ------------------------------------------------------------------------------------------------ kinds


class _Remembering(type(cpu_target.typing_context)):  # type: ignore[misc]
    """What Numba knows of kinds, with a memory: the same question gets the same answer, and is asked once.

    It shares all else with Numba's own, of which it is another view.
    """

    def __init__(self) -> None:
        self.__dict__ = cpu_target.typing_context.__dict__

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """Return the signature of a call, None or an error as Numba does; only signatures are kept."""
        if isinstance(func, str):  # places told by number, which may be a slice
            return super().resolve_function_type(func, args, kws)
        question = func, tuple(args), tuple(dict(kws).items()), ConfigStack.top_or_none()
        if question not in _SIGNATURES:
            found = super().resolve_function_type(func, args, kws)
            if found is None:
                return None
            _SIGNATURES[question] = found
        return _SIGNATURES[question]

    def resolve_setitem(self, target: Any, index: Any, value: Any) -> Any:
        """Return the signature of writing one place."""
        return self.resolve_function_type(operator.setitem, (target, index, value), {})

    def resolve_value_type(self, val: Any) -> Any:
        """Return the kind of a value: what has a name keeps it, where Numba tries, fails and words an error first."""
        if not isinstance(val, FunctionType | BuiltinFunctionType | ModuleType | type | CPUDispatcher | np.ufunc):
            return super().resolve_value_type(val)
        if val not in _KINDS:
            _KINDS[val] = super().resolve_value_type(val)
        return _KINDS[val]


_SIGNATURES: dict[Any, Any] = {}  # read and written under Numba's lock of the compiler only
_KINDS: dict[Any, Any] = {}
_MEMORY = _Remembering()


@register_pass(mutates_CFG=True, analysis_only=False)
class _InferTypes(NopythonTypeInference):
    _name = "infer_types_with_memory"

    def run_pass(self, state: Any) -> bool:
        usual, state.typingctx = state.typingctx, _MEMORY
        try:
            return bool(super().run_pass(state))
        finally:
            state.typingctx = usual


# ------------------------------------------------------------------------------------------- what is written


class _Column(NamedTuple):
    """A column that has been named and is not yet used: the block of its table, the table's kind, and its name."""

    block: Any
    table: TableType
    name: str


class _Lower(Lower):
    """Numba's writer of code; one place of an array is reached by its address, without making the array.

    The code says the same in three fifths of the words, and the optimiser makes about as many instructions of it.
    """

    def lower_inst(self, inst: Any) -> None:
        """Write a statement; naming a column of a table writes nothing yet."""
        if isinstance(inst, ir.Assign) and not self.context.enable_nrt:
            value, name = inst.value, inst.target.name
            if isinstance(value, ir.Expr) and value.op == "getattr" and name in self._singly_assigned_vars:
                table = self.typeof(value.value.name)
                if isinstance(table, TableType):
                    self._blk_local_varmap[name] = _Column(self.loadvar(value.value.name), table, value.attr)
                    return
        if isinstance(inst, ir.StaticSetItem) and inst.index == slice(None) and self._is_plain(inst.target):
            if isinstance(self.typeof(inst.value.name), types.Number | types.Boolean):
                self._fill(inst.target, inst.value)
                return
        super().lower_inst(inst)

    def loadvar(self, name: str) -> Any:
        """Return a variable's value; a column that is wanted whole is made an array here."""
        found = self._blk_local_varmap.get(name)
        if isinstance(found, _Column):
            return load_column(self.context, self.builder, found.table, found.block, found.name)
        return super().loadvar(name)

    def storevar(self, value: Any, name: str, argidx: Any = None) -> None:
        """Set a variable; without a memory manager what stood there need not be let go."""
        if self.context.enable_nrt or name in self._singly_assigned_vars:
            super().storevar(value, name, argidx)
        else:
            self.builder.store(value, self.getvar(name))

    def delvar(self, name: str) -> None:
        """Forget a variable: nothing to do where nothing is to be let go."""
        if self.context.enable_nrt or (name in self._singly_assigned_vars and name not in self._blk_local_varmap):
            super().delvar(name)

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """Read one place, or leave it to Numba."""
        address = self._address(value, index)
        if address is None:
            return super().lower_getitem(resty, expr, value, index, signature)
        kind = self.typeof(value.name)
        return self.context.cast(self.builder, load_item(self.context, self.builder, kind, address), kind.dtype, resty)

    def lower_setitem(self, target_var: Any, index_var: Any, value_var: Any, signature: Any) -> Any:
        """Write one place, or leave it to Numba."""
        address = self._address(target_var, index_var)
        if address is None:
            return super().lower_setitem(target_var, index_var, value_var, signature)
        kind = self.typeof(target_var.name)
        return store_item(self.context, self.builder, kind, self._as(value_var, kind.dtype), address)

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """Write an expression; the size of an array is the product of its lengths."""
        if expr.op == "getattr" and expr.attr == "size" and type(self.typeof(expr.value.name)) is types.Array:
            return self._size(self._parts(expr.value)[1])
        return super().lower_expr(resty, expr)

    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        """Write what is done with two numbers, or leave it to Numba, which first looks for constants in a power."""
        kinds = self.fndesc.calltypes[expr].args
        if op in (operator.pow, operator.ipow) or not all(isinstance(k, types.Number | types.Boolean) for k in kinds):
            return super().lower_binop(resty, expr, op)
        signature = _MEMORY.resolve_function_type(op, kinds, {})
        write = self.context.get_function(_MEMORY.resolve_value_type(op), signature)
        found = write(self.builder, [self._as(v, k) for v, k in zip((expr.lhs, expr.rhs), kinds, strict=True)])
        return self.context.cast(self.builder, found, signature.return_type, resty)

    def _as(self, var: Any, kind: types.Type) -> Any:
        return self.context.cast(self.builder, self.loadvar(var.name), self.typeof(var.name), kind)

    def _parts(self, var: Any) -> tuple[Any, list[Any]]:
        """Return the address where an array's data begin, and its lengths."""
        kind, found, builder = self.typeof(var.name), self._blk_local_varmap.get(var.name), self.builder
        if isinstance(found, _Column):
            return column_parts(self.context, builder, found.table, found.block, found.name)
        model = self.context.data_model_manager[kind]
        data, shape = (model.get_field_position(part) for part in ("data", "shape"))
        places = [(data,), *((shape, axis) for axis in range(kind.ndim))]
        if found is None:
            stored = self.getvar(var.name)
            parts = [builder.load(cgutils.gep_inbounds(builder, stored, 0, *place)) for place in places]
        else:
            parts = [builder.extract_value(found, place) for place in places]
        return parts[0], parts[1:]

    def _size(self, lengths: list[Any]) -> Any:
        return reduce(self.builder.mul, lengths)

    def _is_plain(self, var: Any) -> bool:
        """Return whether a variable is an array whose places follow one another."""
        kind = self.typeof(var.name)
        return type(kind) is types.Array and kind.layout == "C" and kind.aligned

    def _fill(self, var: Any, value: Any) -> None:
        """Set all places of an array to one number."""
        kind = self.typeof(var.name)
        number = self._as(value, kind.dtype)
        data, lengths = self._parts(var)
        with cgutils.for_range(self.builder, self._size(lengths)) as loop:
            store_item(self.context, self.builder, kind, number, self.builder.gep(data, [loop.index]))

    def _address(self, var: Any, index: Any) -> Any:
        """Return the address of one place of an array; None where a part of it, or something else, is meant."""
        kind, whole = self.typeof(var.name), self.typeof(index.name)
        kinds = [types.unliteral(k) for k in getattr(whole, "types", (whole,))]
        if not self._is_plain(var) or self.context.enable_boundscheck or len(kinds) != kind.ndim:
            return None
        if not all(isinstance(k, types.Integer) for k in kinds):
            return None
        value = self.loadvar(index.name)
        values = cgutils.unpack_tuple(self.builder, value) if isinstance(whole, types.BaseTuple) else [value]
        data, lengths = self._parts(var)
        at = None
        for one, number, length in zip(kinds, values, lengths, strict=True):
            place = fix_integer_index(self.context, self.builder, one, number, length)
            at = place if at is None else self.builder.add(self.builder.mul(at, length), place)
        return self.builder.gep(data, [at])


# ----------------------------------------------------------------------------------------------- where it stands


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
    lowering_class = _Lower
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


# ------------------------------------------------------------------------------------------------- all together

_FOR_FEW = {  # closures, literals, objects and arithmetic of whole arrays: a loop without memory can have none
    untyped_passes.WithLifting,
    untyped_passes.InlineClosureLikes,
    untyped_passes.RewriteDynamicRaises,
    untyped_passes.MakeFunctionToJitFunction,
    untyped_passes.InlineInlinables,
    untyped_passes.FindLiterallyCalls,
    untyped_passes.LiteralUnroll,
    untyped_passes.LiteralPropagationSubPipelinePass,
    InlineOverloads,
    NopythonRewrites,
}


def pipeline(*, inlined: bool, memory: bool) -> type:
    """Return the compiler of what compiled code calls or of what Python enters, which may ask for memory or not."""
    lowering = _LowerInlined if inlined else _LowerEntered
    last = (NoPythonSupportedFeatureValidation, IRLegalization, AnnotateTypes, lowering, NoPythonBackend)

    class Pipeline(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            passes = PassManager("mechlin")
            usual = (DefaultPassBuilder.define_untyped_pipeline, DefaultPassBuilder.define_typed_pipeline)
            for step, _ in (step for part in usual for step in part(self.state).passes):
                if memory or step not in _FOR_FEW:
                    step = _InferTypes if step is NopythonTypeInference else step
                    passes.add_pass(step, step._name)
            for step in last:
                passes.add_pass(step, step._name)
            passes.finalize()
            return [passes]

    return Pipeline
