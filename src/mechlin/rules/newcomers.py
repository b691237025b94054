"""Rows that somebody came to this month are few among very many: whole blocks without any are passed over at once."""

from mechlin.core.compiled import fused

BLOCK = 64  # rows


@fused
def somebody_came(entered_month, first, t):
    """Return whether somebody came in month ``t`` to one of the rows of the block that starts at ``first``."""
    block, found = entered_month[first : first + BLOCK], 0
    for k in range(block.size):
        found += block[k] == t
    return found > 0
