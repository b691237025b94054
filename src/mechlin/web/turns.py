"""Three queues of one thread each, for what pages ask of Python between runs.

Python computes in one thread at a time, so more threads do not make a page sooner: they only make an estimate wait for
twenty drawings. What is asked oftenest and is shortest has a queue of its own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
ESTIMATES = ThreadPoolExecutor(1, "estimate")
BEGINNINGS = ThreadPoolExecutor(1, "begin")  # from an address to the runs that are wanted
DRAWINGS = ThreadPoolExecutor(1, "draw")


async def in_turn(queue: ThreadPoolExecutor, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what ``call`` returns, once those before it in the queue are done."""
    return await asyncio.get_running_loop().run_in_executor(queue, lambda: call(*args, **kwargs))
