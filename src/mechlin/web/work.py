"""Work asked of the pool by a request that waits for all of it."""

import asyncio
from collections.abc import Callable

from mechlin.core.errors import MechlinError
from mechlin.runs.pool import Job, Pair
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench
from mechlin.web.turns import BEGINNINGS, in_turn


async def finished(
    bench: Bench, scenario: Scenario, client: str = "", begun: Callable[[Job], None] = lambda job: None
) -> list[Pair]:
    """Return all pairs of a scenario, computed where they are not there yet; ``begun`` is told of the work as it begins."""
    loop, bell = asyncio.get_running_loop(), asyncio.Event()
    specs = await in_turn(BEGINNINGS, bench.specs, scenario)

    def tell() -> None:
        loop.call_soon_threadsafe(bell.set)

    job = bench.pool.submit(Job(specs, tell, client=client), bench.city)
    begun(job)
    try:
        while not job.over:
            bell.clear()
            await bell.wait()
    finally:
        bench.pool.cancel(job)
    if job.error is not None:
        raise MechlinError(str(job.error)) from job.error
    if job.cancelled:
        raise MechlinError(f"Stopped by {job.stopped_by}.")
    return job.pairs
