"""Attribution: which measure of a package carried how much of each effect, what goes together, what it cost.

Every set of measures is run in the same worlds, so that what a measure adds is its own doing in that world. Up to ten
measures all sets are run; beyond, a drawn order of measures and its reverse in each world, with a stated error.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from mechlin import measures as measure_folder
from mechlin.city.tables.model import City
from mechlin.core.declare import Card
from mechlin.core.errors import UsageError, whole_number
from mechlin.core.places import data_home
from mechlin.core.spec import RunResult, model_version
from mechlin.engine.cards import cards_of
from mechlin.engine.package import NOTHING, Source
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store
from mechlin.statistics import shapley
from mechlin.statistics.effects import level
from mechlin.statistics.intervals import interval_of_mean, verdicts
from mechlin.study.asked import RUNS_MAX, checked
from mechlin.study.shared_out import Additivity, Attribution, Share, Synergy
from mechlin.study.worlds import World, kinds, model_stamp, spec_of, worlds

EXACT = 10  # measures up to which every set is run
_WORLDS_FEW, _WORLDS_MANY = 4, 20
_RUNS_AIMED = 1_000  # so that all measures of a city take about a quarter of an hour on two cores
_ALONE = 8  # worlds in which, beyond ten measures, each is also run alone, and the largest two by two
_LARGEST = 4


def attribute(
    city: City | str | Path,
    package: Source | None = None,
    against: Source = NOTHING,
    indicators: Sequence[str] = (),
    runs: int | None = None,
    until: str | None = None,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    vary: str = "all",
    cluster: str | None = None,
) -> Attribution:
    """Share the effects of ``package`` out among the measures in which it differs from ``against``.

    ``runs`` is the number of worlds (by default as many as take about a quarter of an hour for all measures of a
    city on two cores); ``indicators`` are the headline ones unless named. A measure that cannot act before ``until``
    has no share. What the store holds is not computed again, so a stopped attribution goes on where it was.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> both = {"cameras": {"start": "2001-06", "cameras": 4}, "youth_workers": {"start": "2001-01", "workers": 2}}
    >>> shared = mechlin.attribute(toy_city(600), both, indicators=["offences"], runs=2, until="2002-12")
    >>> [share.measure for share in shared.shares]
    ['cameras', 'youth_workers']
    """
    own = () if runs is None else (partial(whole_number, "runs", runs, 1, RUNS_MAX),)
    place, one, other, months, last = checked(city, package, against, 1, until, threads, indicators, more=own)
    differing = [n for n in sorted({*one.settings, *other.settings}) if one.settings.get(n) != other.settings.get(n)]
    if not differing:
        raise UsageError(f"{one.name} and {other.name} are the same package: there is no effect to share out")
    kept = store or Store(data_home() / "runs")
    exact = len(differing) <= EXACT
    count = _worlds_aimed(len(differing), exact) if runs is None else int(runs)
    seen = worlds(place, count, kinds(vary))
    plan = _Plan(place, one.settings, other.settings, differing, seen, months)
    needed = {(w, s) for w in range(count) for s in plan.sets(w, exact)}
    with executor_at(cluster) as executor:
        plan.run(needed, kept, threads, progress, executor)
        if not exact:
            few = {(w, s) for w in range(min(count, _ALONE)) for s in _alone(differing, plan.largest())}
            plan.run(few, kept, threads, progress, executor)
    names = list(indicators) or plan.headlines()
    plan.take(names)
    return Attribution(
        place.name,
        one.name,
        other.name,
        last,
        count,
        len(plan.results),
        f"all {2 ** len(differing)} sets of measures in {count} worlds"
        if exact
        else f"a drawn order of {len(differing)} measures and its reverse in each of {count} worlds",
        {n: plan.cards[n] for n in names},
        {n: measure_folder.catalogue()[n].title for n in differing},
        tuple(plan.shares(names, exact)),
        tuple(plan.synergies(names, exact)),
        tuple(plan.additivity(names)),
        one.settings,
        model_version(),
        model_stamp(),
    )


def _worlds_aimed(measures: int, exact: bool) -> int:
    if exact:
        return int(np.clip(_RUNS_AIMED // 2**measures, _WORLDS_FEW, 16))
    return int(np.clip(_RUNS_AIMED // (2 * measures), _WORLDS_FEW, _WORLDS_MANY))


def _alone(measures: Sequence[str], largest: Iterable[int]) -> set[frozenset[int]]:
    singles = {frozenset({i}) for i in range(len(measures))}
    return singles | {frozenset(pair) for pair in combinations(largest, 2)}


class _Plan:
    """The runs behind an attribution: which sets of measures in which worlds, and what came out."""

    def __init__(
        self, city: City, one: Any, other: Any, measures: Sequence[str], seen: Sequence[World], months: int
    ) -> None:
        self.city, self.one, self.other, self.measures, self.seen, self.months = (
            city,
            one,
            other,
            measures,
            seen,
            months,
        )
        self.results: dict[tuple[int, frozenset[int]], RunResult] = {}
        self.cards: dict[str, Card] = {}
        self.values: dict[tuple[int, frozenset[int]], np.ndarray] = {}

    def sets(self, world: int, exact: bool) -> set[frozenset[int]]:
        """Return the sets of measures to run in a world."""
        if not exact:
            return shapley.sets_needed(self.measures, world)
        n = len(self.measures)
        return {frozenset(i for i in range(n) if bits >> i & 1) for bits in range(2**n)}

    def _settings(self, members: frozenset[int]) -> dict[str, Any]:
        """Return the package with exactly these measures as in the one package, the rest as in the other."""
        out = {**self.other}
        for i, name in enumerate(self.measures):
            side = self.one if i in members else self.other
            out.pop(name, None)
            if name in side:
                out[name] = side[name]
        return out

    def run(
        self,
        wanted: set[tuple[int, frozenset[int]]],
        store: Store,
        threads: int | None,
        progress: Callable[[int, int], None] | None,
        executor: Executor | None,
    ) -> None:
        """Run what is missing."""
        specs = {key: spec_of(self.city, self._settings(key[1]), self.seen[key[0]], self.months) for key in wanted}
        results = run_all(specs.values(), self.city, store, threads, progress, executor)
        self.results |= {key: results[spec.id()] for key, spec in specs.items()}
        any_result = next(iter(self.results.values()))
        self.cards = cards_of(any_result.series, self.city.backgrounds)

    def headlines(self) -> list[str]:
        """Return the indicators that stand on the first page."""
        return [n for n, card in self.cards.items() if card.headline] or list(self.cards)

    def take(self, names: Sequence[str]) -> None:
        """Take the indicators' values of every run: summed over years or in the last year that has one."""
        self.values = {
            key: np.array([level(r.series[n], self.cards[n].adds_up) for n in names]) for key, r in self.results.items()
        }

    def largest(self) -> list[int]:
        """Return the measures that move the headlines most, a few."""
        names = self.headlines()
        self.take(names)
        shares = np.stack([self._shares(w, False) for w in range(len(self.seen))])
        sizes = np.abs(shares.mean(axis=0)) / np.maximum(np.abs(self._effects().mean(axis=0)), 1e-12)
        order = np.argsort(-np.median(sizes, axis=1), kind="stable")
        return sorted(int(i) for i in order[:_LARGEST])

    def _effects(self) -> np.ndarray:
        whole, none = frozenset(range(len(self.measures))), frozenset[int]()
        return np.stack([self.values[w, whole] - self.values[w, none] for w in range(len(self.seen))])

    def _shares(self, world: int, exact: bool) -> np.ndarray:
        """Return what each measure carried in one world, shape (measures, indicators)."""
        if not exact:
            return shapley.sampled_shares(self.measures, world, lambda s: self.values[world, s])
        return np.stack([shapley.exact_shares(v) for v in self._by_bits(world).T], axis=1)

    def _by_bits(self, world: int) -> np.ndarray:
        n = len(self.measures)
        sets = [frozenset(i for i in range(n) if bits >> i & 1) for bits in range(2**n)]
        return np.stack([self.values[world, s] for s in sets])

    def shares(self, names: Sequence[str], exact: bool) -> Iterable[Share]:
        """Yield the share of each measure in each effect."""
        found = np.stack([self._shares(w, exact) for w in range(len(self.seen))])
        effects, costs = self._effects(), self._costs()
        for k, name in enumerate(names):
            total = float(effects[:, k].mean())
            means = found[:, :, k].mean(axis=0)
            good = {"up": 1.0, "down": -1.0, "neither": 0.0}[self.cards[name].better]
            words = verdicts(list(found[:, :, k].T))
            for i, measure in enumerate(self.measures):
                mean, low, high, _ = interval_of_mean(found[:, i, k])
                verdict = words[i]
                rivals = [
                    self.measures[j]
                    for j in range(len(self.measures))
                    if good and j != i and good * means[j] > max(good * mean, 0.0) and costs[j] <= costs[i]
                ]
                yield Share(
                    name,
                    measure,
                    mean,
                    low,
                    high,
                    mean / total if total else 0.0,
                    verdict,
                    costs[i],
                    costs[i] / abs(mean) if verdict in ("up", "down") and mean else None,
                    rivals[0] if rivals else "",
                )

    def _costs(self) -> list[float]:
        """Return what each measure cost in the whole package, all payers, mean over worlds."""
        whole = frozenset(range(len(self.measures)))
        ledgers = [self.results[w, whole].ledger for w in range(len(self.seen))]
        return [
            float(np.mean([sum(r["eur"] for r in ledger if r["programme"] == m) for ledger in ledgers]))
            for m in self.measures
        ]

    def synergies(self, names: Sequence[str], exact: bool) -> Iterable[Synergy]:
        """Yield how pairs of measures go together: all pairs when exact, else the largest, next to nothing."""
        pairs = {(i, j): self._synergy(i, j, exact) for i, j in combinations(range(len(self.measures)), 2)}
        found = {pair: values for pair, values in pairs.items() if values is not None}
        for k, name in enumerate(names):
            words = verdicts([values[:, k] for values in found.values()])
            for ((i, j), values), verdict in zip(found.items(), words, strict=True):
                mean, low, high, _ = interval_of_mean(values[:, k])
                yield Synergy(name, (self.measures[i], self.measures[j]), mean, low, high, verdict)

    def _synergy(self, i: int, j: int, exact: bool) -> np.ndarray | None:
        if exact:
            every = [[shapley.exact_synergies(v)[i, j] for v in self._by_bits(w).T] for w in range(len(self.seen))]
            return np.array(every)
        none, a, b, both = frozenset[int](), frozenset({i}), frozenset({j}), frozenset({i, j})
        rows = [
            self.values[w, both] - self.values[w, a] - self.values[w, b] + self.values[w, none]
            for w in range(min(_ALONE, len(self.seen)))
            if (w, both) in self.values and (w, a) in self.values
        ]
        return np.stack(rows) if len(rows) > 1 else None

    def additivity(self, names: Sequence[str]) -> Iterable[Additivity]:
        """Yield whether the measures alone add up to the package."""
        singles = [frozenset({i}) for i in range(len(self.measures))]
        none, whole = frozenset[int](), frozenset(range(len(self.measures)))
        seen = [w for w in range(len(self.seen)) if all((w, s) in self.values for s in singles)]
        for k, name in enumerate(names):
            alone = np.array([sum(self.values[w, s][k] - self.values[w, none][k] for s in singles) for w in seen])
            together = np.array([self.values[w, whole][k] - self.values[w, none][k] for w in seen])
            _, low, high, verdict = interval_of_mean(together - alone)
            word = {"up": "more together", "down": "less together", "no change": "they add up exactly"}
            yield Additivity(
                name, float(alone.mean()), float(together.mean()), low, high, word.get(verdict, "cannot tell")
            )
