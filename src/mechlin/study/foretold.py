"""An estimate before any run: what stored runs of other packages in this city say a package would do.

Kept are pairs of runs in one world, of a package and of nothing. A package is told by how much of each measure it has, over
all months and over the last third of them; what a measure is set to beside its size, and where it is held to, makes it a
measure of its own. Of a measure that no stored package has, nothing is said, and nothing at all from few packages.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mechlin import measures
from mechlin.city.tables.model import City
from mechlin.core.clock import month_number
from mechlin.core.declare import Card, declared
from mechlin.core.errors import InputError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.package import plans
from mechlin.engine.plan import Phase, Plan
from mechlin.runs.store import DamagedRun, Store
from mechlin.statistics.effects import effect
from mechlin.statistics.foretelling import Foretelling, Runs, Told

_LATE = 3  # the last third of the months is looked at besides: a number that is a level answers to it more
_PAIRS_MOST = 480  # that are learned from, the newest: a fit takes the third power of them
_KEPT = 4000  # runs held in memory, a few kilobytes each
_AGAIN = 8  # pairs that are new before the processes are fitted anew
_FITS = 6  # months until which estimates are kept ready

Amounts = dict[tuple[str, str], tuple[float, float]]


class _Run(NamedTuple):
    """Of a stored run: its world, its package as it was written, its months, and its main numbers by year."""

    world: str
    package: str
    months: int
    series: dict[str, np.ndarray]


@dataclass(frozen=True)
class Estimate:
    """What is told by main number, from how many packages and pairs; where nothing is, ``why``.

    ``unknown`` are the measures that no stored package has in this form.
    """

    told: Mapping[str, Told]
    packages: int = 0
    pairs: int = 0
    unknown: tuple[str, ...] = ()
    why: str = ""


class Taught(NamedTuple):
    """The pairs of runs for one horizon as numbers: the main numbers, the doses and the worlds in their order."""

    names: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    worlds: Mapping[str, int]
    runs: Runs


class _Fit(NamedTuple):
    """Processes for one horizon, None where there is too little, and what they were taught."""

    taught: Taught
    processes: Foretelling | None

    @property
    def packages(self) -> int:
        return int(np.unique(self.taught.runs.package).size)

    @property
    def pairs(self) -> int:
        return len(self.taught.runs.package)


class Stock:
    """The runs of one city under one version, and what was learned from them; safe to share between threads."""

    def __init__(self, city: City, version: str, cards: Mapping[str, Card]) -> None:
        """Start with none; ``cards`` are those of the main numbers."""
        self._city, self._version = city, version
        self._cards = {name: card for name, card in cards.items() if card.headline}
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._fits: OrderedDict[int, _Fit] = OrderedDict()
        self._amounts: dict[tuple[str, int], Amounts | None] = {}
        self._lock, self._fitting = threading.Lock(), threading.Lock()

    def add(self, run: RunResult) -> None:
        """Keep what a run says, where it is of this city and version, and nothing was fixed in it by hand."""
        spec = run.spec
        ours = (self._city.name, self._city.hash, self._city.start, self._version)
        if (spec.city, spec.city_hash, spec.start, spec.version) != ours or "package" not in spec.asked:
            return
        if spec.asked.get("fixed"):
            return
        series = {name: np.asarray(run.series[name], float) for name in self._cards if name in run.series}
        package = json.dumps(spec.asked["package"], sort_keys=True)
        with self._lock:
            self._runs[spec.id()] = _Run(world_of(spec), package, spec.months, series)
            while len(self._runs) > _KEPT:
                self._runs.popitem(last=False)

    def load(self, store: Store, go_on: Callable[[], bool] = lambda: True) -> None:
        """Read the stored runs of this city and version, the newest ones last; damaged ones are left to others."""
        known = [(path.stat().st_mtime, path.parent.name) for path in store.path.glob("[!.]*/spec.json")]
        for _, name in sorted(known)[-_KEPT:]:
            if not go_on():
                return
            try:
                spec = RunSpec.from_json((store.path / name / "spec.json").read_text(encoding="utf-8"))
                if (spec.city, spec.version) == (self._city.name, self._version) and name not in self._runs:
                    self.add(store.read(name))
            except (DamagedRun, OSError, ValueError, KeyError, TypeError):
                continue

    def estimate(
        self, package: Mapping[str, Any], against: Mapping[str, Any], specs: Iterable[RunSpec], months: int
    ) -> Estimate:
        """Return what is expected of a package against another in the worlds of ``specs``; never waits for a fit."""
        fit = self._fits.get(months)
        if fit is None or fit.processes is None:
            return Estimate({}, why="few", packages=fit.packages if fit else 0)
        sides = [self._amounts_of(json.dumps(p, sort_keys=True), months) for p in (package, against)]
        if sides[0] is None or sides[1] is None:
            return Estimate({}, why="unknown")
        new = tuple(dict.fromkeys(key[0] for side in sides for key in side or {} if key not in fit.taught.keys))
        if new:
            return Estimate({}, fit.packages, fit.pairs, new, "unknown")
        x, base = (_row(side or {}, fit.taught.keys) for side in sides)
        if np.array_equal(x, base):
            return Estimate({}, fit.packages, fit.pairs, why="same")
        worlds = np.array([fit.taught.worlds.get(world_of(spec), -1 - n) for n, spec in enumerate(specs)])
        told = dict(zip(fit.taught.names, fit.processes.tell(x, worlds, base), strict=True))
        return Estimate({n: t for n, t in told.items() if t is not None}, fit.packages, fit.pairs)

    def learn(self, months: int) -> bool:
        """Fit the processes for this horizon, where enough is new; return whether they are ready. Takes a second or so."""
        with self._fitting:
            taught, known = self.taught(months), self._fits.get(months)
            if known is None or abs(len(taught.runs.package) - known.pairs) >= _AGAIN:
                able = taught.names and taught.runs.enough
                known = self._fits[months] = _Fit(taught, Foretelling(taught.runs) if able else None)
                self._fits.move_to_end(months)
                while len(self._fits) > _FITS:
                    self._fits.popitem(last=False)
            return known.processes is not None

    def _pairs(self, months: int) -> list[tuple[_Run, _Run]]:
        """Return the runs of packages beside the run of nothing in the same world, the newest ones last."""
        with self._lock:
            runs = [run for run in self._runs.values() if run.months >= months]
        nothing = {run.world: run for run in runs if run.package == "{}"}
        once = {(run.world, run.package): run for run in runs if run.package != "{}" and run.world in nothing}
        fit = [r for r in once.values() if self._amounts_of(r.package, months) is not None]
        return [(run, nothing[run.world]) for run in fit[-_PAIRS_MOST:]]

    def taught(self, months: int) -> Taught:
        """Return what there is to learn from for a horizon."""
        pairs = self._pairs(months)
        years = (month_number(self._city.start) % 12 + months) // 12
        names = tuple(
            n for n in self._cards if pairs and all(n in one.series and n in two.series for one, two in pairs)
        )
        amounts = [self._amounts_of(one.package, months) or {} for one, _ in pairs]
        keys = tuple(sorted({key for row in amounts for key in row}))
        packages = {name: n for n, name in enumerate(dict.fromkeys(one.package for one, _ in pairs))}
        worlds = {name: n for n, name in enumerate(dict.fromkeys(one.world for one, _ in pairs))}
        y = [
            [effect(one.series[n][:years], two.series[n][:years], self._cards[n].adds_up) for n in names]
            for one, two in pairs
        ]
        runs = Runs(
            np.array([_row(row, keys) for row in amounts]),
            np.array([worlds[one.world] for one, _ in pairs]),
            np.array([packages[one.package] for one, _ in pairs]),
            np.array(y, float),
        )
        return Taught(names, keys, worlds, runs)

    def _amounts_of(self, package: str, months: int) -> Amounts | None:
        """Return how much a package has of each measure; None where it is none that can run in this city now."""
        found: Amounts = {}
        for name, values in json.loads(package).items():
            key = (json.dumps([name, values], sort_keys=True), months)
            if key not in self._amounts:  # by measure: who moves one slider leaves the others as they were
                if len(self._amounts) > _KEPT:
                    self._amounts.clear()
                self._amounts[key] = self._amounts_of_one(name, values, months)
            part = self._amounts[key]
            if part is None:
                return None
            found |= part
        return found

    def _amounts_of_one(self, name: str, values: Any, months: int) -> Amounts | None:
        try:
            known = plans({name: values}, measures.catalogue(), start=self._city.start, city=self._city)
        except InputError:  # what is wrong with it the page says elsewhere
            return None
        return amounts(known, month_number(self._city.start), months)


def world_of(spec: RunSpec) -> str:
    """Return what two runs share that lie in one world: residents, luck, beliefs."""
    return json.dumps([spec.seed, spec.population, spec.params], sort_keys=True)


def amounts(known: Iterable[Plan], first: int, months: int) -> Amounts:
    """Return by measure and form how much there is of it: over all ``months`` and over the last third, as logarithms.

    1 is the usual size for the whole time; a form is what is set beside the size, and where.
    """
    month, out = first + np.arange(months), dict[tuple[str, str], np.ndarray]()
    for plan in known:
        for phase in plan.phases:
            key = (plan.programme.name, _form(plan, phase))
            out[key] = out.get(key, np.zeros(months)) + _amount(plan, phase, month)
    late = months - max(months // _LATE, 1)
    found = {key: (float(np.log1p(row.mean())), float(np.log1p(row[late:].mean()))) for key, row in out.items()}
    return {key: two for key, two in found.items() if any(two)}


def _amount(plan: Plan, phase: Phase, month: np.ndarray) -> np.ndarray:
    """Return how large a measure is in every ``month`` of a phase: the mean of its doses, each as a share of its usual size."""
    runs = (month >= phase.start) & (month <= phase.end)
    ramp = np.where(runs, np.minimum(1.0, (month - phase.start + 1) / phase.ramp_months), 0.0)
    usual = {d.name: float(d.default) for d in declared(plan.programme.params)}
    shares = [np.ones(month.size)] if not plan.programme.inert else []
    for name, none in plan.programme.inert.items():
        given = np.full(month.size, float(getattr(phase.params, name)))
        if name in phase.dated:
            dated = phase.dated[name]
            given = np.interp(month, dated.months, dated.values, left=0.0)
        shares.append(np.abs(given - none) / (abs(usual[name] - none) or 1.0))
    return np.asarray(ramp * np.mean(shares, axis=0))


def _form(plan: Plan, phase: Phase) -> str:
    """Return what a phase is set to beside its size, and where it is held to."""
    beside = {
        d.name: float(getattr(phase.params, d.name))
        for d in declared(plan.programme.params)
        if d.name not in plan.programme.inert and getattr(phase.params, d.name) != d.default
    }
    return json.dumps([beside, sorted(phase.areas)], sort_keys=True) if beside or phase.areas else ""


def _row(found: Amounts, keys: Iterable[tuple[str, str]]) -> np.ndarray:
    return np.array([part for key in keys for part in found.get(key, (0.0, 0.0))])
