"""One pool of workers for all pages: fair, and nothing is computed for nobody.

Turns go round by client: of one that has several jobs the second waits as if it were a second pair, so that whoever asks
two hundred times has the share of one. Every client's first pair comes before any second; among equals the newest job
goes first, so whoever has just moved a slider sees a curve soon. A run that two jobs want is computed once. A run that
nobody wants any more stops within a month of the simulation, which is a few milliseconds. Spare work is done while nothing
else waits, and gives way within a month too.
"""

import heapq
import itertools
import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mechlin.core.spec import RunResult, RunSpec
from mechlin.runs.ensemble import Cancelled, run_one
from mechlin.runs.store import Store

_SPARE = 1_000_000  # turns after which spare work stands: more than any job has pairs
_KEPT = 160  # results held in memory; each is some tens of kilobytes
Pair = tuple[RunResult, RunResult]


class Job:
    """The pairs of runs that one page wants; ``tell`` is called from a worker whenever something is there."""

    def __init__(
        self,
        pairs: Sequence[tuple[RunSpec, RunSpec]],
        tell: Callable[[], None],
        owner: str = "",
        turn: int = 0,
        client: str = "",
        spare: bool = False,
    ) -> None:
        """Ask for ``pairs`` of specifications; of one ``owner`` only the job of the highest ``turn`` lives.

        All jobs of one ``client`` together have the share of one; without a name a job is a client of its own.
        ``spare`` work waits for all other. Among equal turns the one that comes later lives. Turns matter because two
        changes may overtake each other on their way here.
        """
        self.specs, self.tell, self.owner, self.turn = list(pairs), tell, owner, turn
        self.client, self.spare = client, spare
        self.stopped_by = ""
        self.rank = 0  # among jobs in the pool: the smaller, the newer
        self.found: list[list[RunResult | None]] = [[None, None] for _ in pairs]
        self.cancelled = False
        self.error: Exception | None = None
        self.months: dict[str, int] = {}

    @property
    def pairs(self) -> list[Pair]:
        """The pairs that are whole, from the first on without a gap, so that more pairs only ever add."""
        whole = itertools.takewhile(lambda f: f[0] is not None and f[1] is not None, self.found)
        return [(f[0], f[1]) for f in whole]  # type: ignore[misc]

    @property
    def done(self) -> int:
        """How many runs are there."""
        return sum(r is not None for f in self.found for r in f)

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.cancelled or self.error is not None or self.done == 2 * len(self.specs)

    @property
    def progress(self) -> float:
        """The share of the work that is done, months of running runs included."""
        total = sum(s.months for pair in self.specs for s in pair)
        whole = sum(r.spec.months for f in self.found for r in f if r is not None)
        return min(1.0, (whole + sum(list(self.months.values()))) / max(total, 1))


@dataclass
class _Claim:
    """A run that a worker is computing, and the places in jobs that wait for it."""

    spec: RunSpec
    city: Any
    waiting: list[tuple[Job, int, int]] = field(default_factory=list)


class _Turn(NamedTuple):
    """A run that waits: turn and rank put it in order, ``n`` and ``side`` say which of its job's runs it is."""

    turn: int
    rank: int
    n: int
    side: int
    job: Job
    city: Any


class Pool:
    """Workers, what they still have to do, and the results that were used last."""

    def __init__(
        self, store: Store, workers: int | None = None, heard: Callable[[RunResult], None] = lambda run: None
    ) -> None:
        """Start ``workers`` threads, one for each core unless told; ``heard`` is told of every run that is there."""
        self.store, self.heard = store, heard
        self.computed = self.stopped = 0
        self._changed = threading.Condition()
        self._heap: list[_Turn] = []
        self._places: dict[Job, int] | None = (
            None  # of each job, how many runs of others come first; None once they moved
        )
        self._serial = itertools.count()
        self._claims: dict[str, _Claim] = {}
        self._jobs: list[Job] = []
        self._kept: OrderedDict[str, RunResult] = OrderedDict()
        self.closed = False
        count = workers or os.cpu_count() or 1
        self._threads = [threading.Thread(target=self._work, name=f"run-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, city: Any) -> Job:
        """Take a job on; an older one of the same owner is stopped at once."""
        with self._changed:
            self._places = None
            self._jobs = [j for j in self._jobs if not j.over] + [job]
            job.rank = -next(self._serial)
            rivals = [j for j in self._jobs if job.owner and j.owner == job.owner]
            for rival in sorted(rivals, key=lambda j: (j.turn, -j.rank))[:-1]:
                self._stop(rival, "a newer change")
            if self.closed:
                self._stop(job, "the end of the server")
            if job.cancelled:
                return job
            own = [j for j in self._jobs if job.client and j.client == job.client and not j.over]
            before = max(len(own) - 1, 0)
            for n, pair in enumerate(job.specs):
                for side, spec in enumerate(pair):
                    if (known := self._kept.get(spec.id())) is not None:
                        self._kept.move_to_end(spec.id())
                        job.found[n][side] = known
                    else:
                        turn = n * (before + 1) + before + _SPARE * job.spare
                        heapq.heappush(self._heap, _Turn(turn, job.rank, n, side, job, city))
            self._changed.notify_all()
        job.tell()
        return job

    def cancel(self, job: Job) -> None:
        """Give a job up; what others want too goes on."""
        with self._changed:
            if not job.over:
                self._stop(job, "its own page")
            self._jobs = [j for j in self._jobs if j is not job]  # so that its results go back with it

    def alive(self, client: str) -> int:
        """Return how many jobs of a client live."""
        with self._changed:
            return sum(j.client == client and not j.over for j in self._jobs)

    def ahead(self, job: Job) -> int:
        """Return how many runs of others wait before the next of this job; 0 while one of it is computed."""
        with self._changed:
            if any(waits is job for claim in self._claims.values() for waits, _, _ in claim.waiting):
                return 0
            if self._places is None:  # looked up by every page four times a second: counted once for all of them
                self._places = {}
                for n, item in enumerate(sorted(self._heap)):
                    self._places.setdefault(item.job, n)
            return self._places.get(job, 0)

    def _stop(self, job: Job, why: str) -> None:
        job.cancelled, job.stopped_by = True, why
        self._places = None
        self._heap = [item for item in self._heap if item.job is not job]
        heapq.heapify(self._heap)
        job.tell()

    def close(self) -> None:
        """Stop everything; workers end within a month of the simulation."""
        with self._changed:
            self.closed = True
            for job in self._jobs:
                if not job.over:
                    self._stop(job, "the end of the server")
            self._changed.notify_all()

    def counts(self) -> dict[str, int]:
        """Return how many jobs live, runs wait and run, and how many were computed and stopped so far."""
        with self._changed:
            return {
                "jobs": sum(not j.over and not j.spare for j in self._jobs),
                "waiting": sum(not item.job.spare for item in self._heap),
                "running": len(self._claims),
                "computed": self.computed,
                "stopped": self.stopped,
            }

    # ------------------------------------------------------------------------------------------ workers

    def _work(self) -> None:
        while (claim := self._next()) is not None:
            result: RunResult | None = None
            error: Exception | None = None
            try:
                result = self._known(claim.spec) or self._fetch(claim)
            except Cancelled:
                pass
            except Exception as wrong:  # whatever a run can raise is told to the pages that wait for it
                error = wrong
            self._deliver(claim, result, error)

    def _next(self) -> _Claim | None:
        with self._changed:
            while True:
                while not self._heap and not self.closed:
                    self._changed.wait()
                if self.closed:
                    return None
                _, _, n, side, job, city = heapq.heappop(self._heap)
                self._places = None
                spec = job.specs[n][side]
                claim = self._claims.get(spec.id())
                if claim is None:
                    claim = self._claims[spec.id()] = _Claim(spec, city, [(job, n, side)])
                    return claim
                claim.waiting.append((job, n, side))

    def _known(self, spec: RunSpec) -> RunResult | None:
        with self._changed:
            return self._kept.get(spec.id())

    def _fetch(self, claim: _Claim) -> RunResult:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            return self.store.fetch(claim.spec, lambda: self._compute(claim))

    def _compute(self, claim: _Claim) -> RunResult:
        name = claim.spec.id()

        def wanted(months: int) -> bool:
            alive = [job for job, _, _ in list(claim.waiting) if not job.cancelled]
            for job in alive:
                job.months[name] = months
            if alive and all(job.spare for job in alive) and self._is_wanted_elsewhere():
                return False
            return bool(alive) and not self.closed

        try:
            result = run_one(claim.spec, claim.city, wanted)
        except Cancelled:
            with self._changed:
                self.stopped += 1
            raise
        with self._changed:
            self.computed += 1
        return result

    def _is_wanted_elsewhere(self) -> bool:
        """Return whether work waits that is not spare."""
        with self._changed:
            return bool(self._heap) and not self._heap[0].job.spare

    def _deliver(self, claim: _Claim, result: RunResult | None, error: Exception | None) -> None:
        name = claim.spec.id()
        if result is not None:
            self.heard(result)
        with self._changed:
            self._places = None
            del self._claims[name]
            if result is not None:
                self._kept[name] = result
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            for job, n, side in claim.waiting:
                job.months.pop(name, None)
                if job.cancelled:
                    continue
                if result is not None:
                    job.found[n][side] = result
                elif error is not None:
                    job.error = error
                    self._heap = [item for item in self._heap if item.job is not job]
                    heapq.heapify(self._heap)
                else:  # stopped for another job: spare work, or in the very month in which this one came to want it
                    heapq.heappush(self._heap, _Turn(n + _SPARE * job.spare, job.rank, n, side, job, claim.city))
                    self._changed.notify()
                job.tell()
