"""The pool by made-up runs: fair, nothing computed twice, nothing computed for nobody."""

import threading
import time
from types import SimpleNamespace

import pytest

from mechlin.core.spec import RunSpec
from mechlin.runs import pool as pool_module
from mechlin.runs.ensemble import Cancelled
from mechlin.runs.pool import Job, Pool
from mechlin.runs.store import Store


class Kept(Store):
    """A store in memory."""

    def __init__(self):
        self.runs = {}

    def find(self, name):
        return self.runs.get(name)

    def write(self, result):
        self.runs[result.spec.id()] = result


class Bench:
    """A pool whose runs are made up: they take as long as the test wants, and are noted in their order."""

    def __init__(self, monkeypatch, workers=1):
        self.order, self.started, self.go = [], threading.Event(), threading.Event()
        self.hold = False
        monkeypatch.setattr(pool_module, "run_one", self.run_one)
        self.pool = Pool(Kept(), workers)

    def run_one(self, spec, city, wanted):
        self.order.append((spec.city, spec.seed, bool(spec.package)))
        self.started.set()
        month = 0
        while self.hold and not self.go.is_set():
            month += 1
            if not wanted(min(month, spec.months)):
                raise Cancelled("not wanted")
            time.sleep(0.002)
        if spec.city == "broken":
            raise ValueError("the city is broken")
        return SimpleNamespace(spec=spec)

    def job(self, name, pairs=2, owner="", first=1, turn=0):
        specs = [
            (RunSpec(name, package={"x": {}}, seed=n, version="t"), RunSpec(name, seed=n, version="t"))
            for n in range(first, first + pairs)
        ]
        return self.pool.submit(Job(specs, lambda: None, owner, turn), None)


@pytest.fixture
def bench(monkeypatch):
    found = Bench(monkeypatch)
    yield found
    found.go.set()
    found.pool.close()


def until(true, seconds=5.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_spare_work_gives_way_within_a_month_and_goes_on_afterwards(bench):
    bench.hold = True
    specs = [
        (RunSpec("spare", package={"x": {}}, seed=n, version="t"), RunSpec("spare", seed=n, version="t"))
        for n in (1, 2)
    ]
    spare = bench.pool.submit(Job(specs, lambda: None, spare=True), None)
    until(bench.started.is_set)
    asked = bench.job("asked", pairs=1)
    until(lambda: bench.order[-1][0] == "asked")
    assert bench.pool.counts()["jobs"] == 1 and bench.pool.ahead(asked) == 0
    bench.go.set()
    until(lambda: asked.over and spare.over)
    names = [name for name, *_ in bench.order]
    assert names[:3] == ["spare", "asked", "asked"] and set(names[3:]) == {"spare"} and len(spare.pairs) == 2


def test_every_first_pair_comes_before_any_second(bench):
    bench.hold = True
    a = bench.job("a", 3)
    bench.started.wait(5)
    b = bench.job("b", 3)
    bench.go.set()
    until(lambda: a.over and b.over)
    assert [n for _, n, _ in bench.order] == sorted(n for _, n, _ in bench.order)
    assert bench.order[1][0] == "b", "the newest job goes first among equals"


def test_a_newer_change_ends_the_older_work_at_once(bench):
    bench.hold = True
    jobs = [bench.job(f"change {n}", 4, owner="page") for n in range(10)]
    assert [j.over for j in jobs] == [True] * 9 + [False]
    assert bench.pool.counts()["jobs"] == 1
    until(lambda: bench.order and bench.order[-1][0] == "change 9")
    bench.go.set()
    until(lambda: jobs[-1].over)
    assert all(j.done == 0 and j.stopped_by == "a newer change" for j in jobs[:9])
    assert bench.pool.counts()["stopped"] <= 1, "only what already ran had to be stopped"


def test_an_older_change_that_comes_late_ends_nothing(bench):
    bench.hold = True
    newer = bench.job("newer", owner="page", turn=2)
    older = bench.job("older", owner="page", turn=1)
    assert older.cancelled and not newer.cancelled
    bench.go.set()
    until(lambda: newer.over)
    assert newer.done == 4 and "older" not in {name for name, _, _ in bench.order}


@pytest.mark.slow
def test_those_who_come_to_want_a_run_just_as_it_stops_get_it(bench):
    """Again and again a run is given up while two others come to want it: both are served every time."""
    bench.hold = True
    for n in range(30):
        first = bench.job(f"same {n}", 1)
        until(lambda name=f"same {n}": any(name == o for o, _, _ in bench.order))
        bench.pool.cancel(first)
        others = [bench.job(f"same {n}", 1) for _ in range(2)]
        bench.go.set()
        until(lambda others=others: all(j.over for j in others))
        assert [j.done for j in others] == [2, 2]
        bench.go.clear()


def test_other_pages_go_on(bench):
    bench.hold = True
    one, other = bench.job("a", owner="one"), bench.job("b", owner="other")
    bench.pool.cancel(one)
    bench.go.set()
    until(lambda: other.over)
    assert other.done == 4 and not other.cancelled


def test_what_two_want_is_computed_once(bench):
    bench.hold = True
    a, b = bench.job("same"), bench.job("same")
    bench.started.wait(5)
    bench.pool.cancel(a)
    bench.go.set()
    until(lambda: b.over)
    assert b.done == 4 and len(bench.order) == 4 == bench.pool.counts()["computed"]


def test_what_is_there_is_there_at_once(bench):
    a = bench.job("a")
    until(lambda: a.over)
    again = bench.job("a")
    assert again.over and again.done == 4 and len(bench.order) == 4


def test_the_base_world_is_shared_by_scenarios(bench):
    a = bench.job("a")
    until(lambda: a.over)
    specs = [(RunSpec("a", package={"y": {}}, seed=n, version="t"), RunSpec("a", seed=n, version="t")) for n in (1, 2)]
    b = bench.pool.submit(Job(specs, lambda: None), None)
    until(lambda: b.over)
    assert len(bench.order) == 6


def test_an_error_is_told_and_the_pool_goes_on(bench):
    broken = bench.job("broken")
    until(lambda: broken.over)
    assert "broken" in str(broken.error)
    fine = bench.job("fine")
    until(lambda: fine.over)
    assert fine.done == 4


def test_pairs_grow_without_gaps(bench):
    job = bench.job("a", 5)
    seen = []
    while not job.over:
        seen.append(len(job.pairs))
        time.sleep(0.001)
    assert seen == sorted(seen) and len(job.pairs) == 5
    assert [p[0].spec.seed for p in job.pairs] == [1, 2, 3, 4, 5]


def test_a_closed_pool_stops_and_takes_nothing_on(bench):
    bench.hold = True
    job = bench.job("a")
    bench.started.wait(5)
    bench.pool.close()
    late = bench.job("b")
    assert job.cancelled and late.cancelled
    until(lambda: not any(t.is_alive() for t in bench.pool._threads))


def test_one_client_with_many_jobs_has_the_share_of_one(bench):
    """Two hundred jobs of one client, then one of another: its first pair is the next to run, its second soon after."""
    bench.hold = True
    many = [bench.pool.submit(Job(specs_of("many", n), lambda: None, client="loud"), None) for n in range(200)]
    bench.started.wait(5)
    quiet = bench.pool.submit(Job(specs_of("quiet", 0, pairs=4), lambda: None, client="quiet"), None)
    assert bench.pool.ahead(quiet) <= 2 < bench.pool.ahead(many[-1])
    assert bench.pool.alive("loud") == 200 and bench.pool.alive("quiet") == 1
    bench.hold = False
    bench.go.set()
    until(lambda: quiet.over)
    before = bench.order.index(("quiet", 3, True))
    assert sum(name == "many" for name, _, _ in bench.order[:before]) <= 2 * 2 * 5
    for job in many:
        bench.pool.cancel(job)
    assert bench.pool.counts()["jobs"] == 0


def test_what_is_over_goes_back(bench):
    job = bench.job("a")
    until(lambda: job.over)
    bench.pool.cancel(job)
    assert bench.pool._jobs == []


def specs_of(name, n, pairs=2):
    seeds = range(n * 1000, n * 1000 + pairs) if name == "many" else range(pairs)
    return [(RunSpec(name, package={"x": {}}, seed=s, version="t"), RunSpec(name, seed=s, version="t")) for s in seeds]
