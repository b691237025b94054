"""The best package for a budget: which measures, at which dose, robust over worlds.

A search (multi-objective tree-structured Parzen estimators of Optuna) proposes packages: each measure off, or on at a
share of its dose. Each is run in the same worlds, with and without; what counts is the effect that is reached in
nine worlds of ten. What comes back is the front: packages of which none is both cheaper and better.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mechlin import measures as measure_folder
from mechlin.city.tables.model import City
from mechlin.core.declare import Card, declared
from mechlin.core.errors import UsageError, whole_number
from mechlin.core.extras import extra
from mechlin.engine.cards import cards_of
from mechlin.engine.package import NOTHING, Source, each_table
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store
from mechlin.statistics.effects import effect
from mechlin.study.asked import checked, number
from mechlin.study.results import Result
from mechlin.study.worlds import spec_of, worlds

DOSES = {"off": 0.0, "half": 0.5, "as it went": 1.0, "double": 2.0}
_SURE = 0.1  # of worlds in which less may be reached
_SEED = 7
_TRIALS_MAX = 100_000


class Candidate(NamedTuple):
    """A package tried: doses by measure, what it cost (all payers), the effect reached in nine worlds of ten."""

    doses: dict[str, str]
    cost_eur: float
    robust_effect: float
    mean_effect: float


@dataclass(frozen=True, repr=False)
class Front(Result):
    """What was tried, and what of it no other package beats in both cost and effect."""

    indicator: str
    card: Card
    budget_eur: float
    tried: tuple[Candidate, ...]

    bars = ("measures", "robust_effect")

    def line(self) -> str:
        """Return the result in one line."""
        return f"{self.indicator}: {len(self.tried)} packages tried, {len(self.front)} on the front"

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows."""
        return [
            {
                "cost_eur": c.cost_eur,
                "robust_effect": c.robust_effect,
                "mean_effect": c.mean_effect,
                "measures": ", ".join(f"{name} ({dose})" for name, dose in c.doses.items() if dose != "off") or "none",
            }
            for c in self.front
        ]

    @property
    def best(self) -> Candidate | None:
        """The package with the greatest robust effect within the budget; None when none helps."""
        good = [c for c in self.tried if c.cost_eur <= self.budget_eur and c.robust_effect > 0]
        return max(good, key=lambda c: (c.robust_effect, -c.cost_eur)) if good else None

    @property
    def front(self) -> list[Candidate]:
        """The packages of which none is both cheaper and better, the cheapest first."""
        out: list[Candidate] = []
        for c in sorted(self.tried, key=lambda c: (c.cost_eur, -c.robust_effect)):
            if not out or c.robust_effect > out[-1].robust_effect:
                out.append(c)
        return out


def scaled_settings(name: str, settings: Any, dose: float) -> Any:
    """Return a measure's settings at a share of its dose: what its ``inert`` settings name is multiplied, the rest kept."""
    programme = measure_folder.catalogue()[name]
    known = {d.name: d for d in declared(programme.params)}

    def scaled(table: dict[str, Any]) -> dict[str, Any]:
        out = dict(table)
        for key, off in programme.inert.items():
            d = known[key]

            def moved(value: float, d: Any = d, off: float = off) -> Any:
                size = min(max(off + dose * (value - off), d.param.low), d.param.high)
                return d.type(round(size) if d.type is int else size)

            value = table.get(key, d.default)
            out[key] = {m: moved(v) for m, v in value.items()} if isinstance(value, dict) else moved(value)
        return out

    return each_table(settings, scaled)


def optimise(
    city: City | str | Path,
    budget_eur: float,
    indicator: str,
    package: Source | None = None,
    trials: int = 60,
    runs: int = 4,
    until: str | None = None,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cluster: str | None = None,
) -> Front:
    """Search for the best package within ``budget_eur`` (all payers, all years) made of the measures of ``package``.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> cameras = {"cameras": {"start": "2001-01", "cameras": 4}}
    >>> found = mechlin.optimise(toy_city(600), 1e6, "offences", cameras, trials=4, runs=2, until="2001-12")
    >>> sorted(one.doses["cameras"] for one in found.tried)
    ['as it went', 'double', 'half', 'off']
    """
    own: list[Callable[[], object]] = [
        partial(number, "budget", budget_eur, 0.0),
        partial(whole_number, "trials", trials, 1, _TRIALS_MAX),
        partial(extra, "optuna", "study"),
    ]
    place, one, _, months, _ = checked(city, package, NOTHING, runs, until, threads, [indicator], better=True, more=own)
    optuna = extra("optuna", "study")
    measures = sorted(one.settings)
    if not measures:
        raise UsageError("the package has no measures to choose from")
    seen = worlds(place, runs)
    card = cards_of([indicator], place.backgrounds)[indicator]
    tried: dict[str, Candidate] = {}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(directions=["minimize", "maximize"], sampler=optuna.samplers.TPESampler(seed=_SEED))
    for start in ("off", "half", "as it went", "double"):
        study.enqueue_trial(dict.fromkeys(measures, start))
    for name in measures:
        study.enqueue_trial({m: "as it went" if m == name else "off" for m in measures})

    with executor_at(cluster) as executor:
        series = partial(_series, place, seen, months, store, threads, executor)
        without = series({})

        def measured(trial: Any) -> tuple[float, float]:
            doses = {name: trial.suggest_categorical(name, list(DOSES)) for name in measures}
            key = repr(sorted(doses.items()))
            if key not in tried:
                settings = {n: scaled_settings(n, one.settings[n], DOSES[d]) for n, d in doses.items() if d != "off"}
                with_it = series(settings)
                tried[key] = _candidate(doses, with_it, without, indicator, card)
            if progress is not None:
                progress(len(trial.study.trials), trials)
            found = tried[key]
            return found.cost_eur, found.robust_effect

        study.optimize(measured, n_trials=max(trials, len(measures) + len(DOSES)))
    return Front(indicator, card, budget_eur, tuple(tried.values()))


def _series(
    city: City,
    seen: Sequence[Any],
    months: int,
    store: Any,
    threads: Any,
    executor: Executor | None,
    settings: Mapping[str, Any],
) -> list[Any]:
    specs = [spec_of(city, settings, world, months) for world in seen]
    results = run_all(specs, city, store, threads, None, executor)
    return [results[s.id()] for s in specs]


def _candidate(
    doses: dict[str, str], one: Sequence[Any], other: Sequence[Any], indicator: str, card: Card
) -> Candidate:
    sign = 1.0 if card.better == "up" else -1.0
    gaps = [
        sign * effect(a.series[indicator], b.series[indicator], card.adds_up) for a, b in zip(one, other, strict=True)
    ]
    cost = float(np.mean([sum(row["eur"] for row in r.ledger) for r in one]))
    return Candidate(doses, cost, float(np.quantile(gaps, _SURE)), float(np.mean(gaps)))
