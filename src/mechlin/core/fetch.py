"""Ask for a row of a column before it is needed.

A month looks at few residents, far apart in memory, and each first look takes as long as hundreds of sums. What is
asked for some rows ahead is there when its turn comes; nothing else changes, not even where the row lies beyond.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from mechlin.core.compiled import fused

AHEAD = 12  # rows: as many as memory can be asked for at a time


@intrinsic
def _fetch(_: Any, column: Any, row: Any) -> Any:
    """Return the signature and the code of the processor's own request."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        at = cgutils.get_item_pointer(context, builder, signature.args[0], array, [arguments[1]])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        request = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(request, [builder.bitcast(at, byte), number(0), number(3), number(1)])  # read, keep, data
        return context.get_dummy_value()

    return types.void(column, types.intp), generate


@fused
def fetch(column, row):
    """Ask for ``column[row]``."""
    _fetch(column, row)
