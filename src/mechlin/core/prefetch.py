"""Asking for memory ahead of its use, where a loop comes by rows that stand far apart.

A month looks closely at a few rows in thousands, and these lie in memory that nobody has touched lately. Fetched one
after the other they take longer than everything that is reckoned with them; asked for together, while a first loop
finds out which rows they are, they come together. Nothing that is reckoned changes.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


@intrinsic
def prefetch(typingctx: Any, column: Any, row: Any) -> Any:
    """Ask for ``column[row]``, which is read soon; the row may be one that does not exist."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = make_array(signature.args[0])(context, builder, args[0])
        stride = builder.extract_value(array.strides, 0)
        at = context.cast(builder, args[1], signature.args[1], types.intp)
        address = builder.add(builder.ptrtoint(array.data, stride.type), builder.mul(at, stride))
        kind, word = cgutils.voidptr_t, ir.IntType(32)
        called = ir.FunctionType(ir.VoidType(), [kind, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, called, "llvm.prefetch.p0i8")
        builder.call(function, [builder.inttoptr(address, kind), word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(column, row), code
