"""Which numbers a finding hangs on: Morris screening over every belief, then Sobol indices of the few that matter.

Every point is a pair of runs (with and without the package) with the same residents and luck; only beliefs differ, each
moved within its own prior. What is watched is the package's effect on each headline. Points are run in a copy of the
city with fewer residents: levels of counts shrink with it, the ranking hardly moves.

Sources: Morris 1991, Technometrics 33:161; Saltelli et al. 2010, Comput Phys Commun 181:259; Herman & Usher 2017 (SALib).
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.city.toy import scaled_city
from mechlin.core.declare import Card, Declared, declared
from mechlin.core.errors import Problem, UsageError, nearest, whole_number
from mechlin.core.extras import extra
from mechlin.core.files import whole
from mechlin.engine.cards import cards_of
from mechlin.engine.package import NOTHING, Source
from mechlin.evidence.priors import beliefs, quantile, switches
from mechlin.evidence.registry import evidence
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store
from mechlin.statistics.effects import effect
from mechlin.study.asked import checked, smaller
from mechlin.study.results import Result
from mechlin.study.turning import REACTION_COLUMNS, Reaction
from mechlin.study.worlds import World, model_stamp, owners, spec_of

PEOPLE = 10_000
_SALIB = ("analyze.morris", "sample.morris", "analyze.sobol", "sample.sobol")
_POINTS_MAX = 10_000
_LEVELS = 4
_EDGE = 0.05  # the outermost twentieth of a prior on either side is not visited


class Index(NamedTuple):
    """Sobol indices of one number for one effect: alone, and with all it does together with others."""

    number: str
    indicator: str
    first: float
    first_confidence: float
    total: float
    total_confidence: float


@dataclass(frozen=True)
class Numbers:
    """The numbers that are moved: those of the package's measures and of all mechanisms, each with its prior."""

    declared: tuple[tuple[str, Declared], ...]

    @classmethod
    def behind(cls, measures: Sequence[str]) -> "Numbers":
        """Return every belief and switch of the mechanisms and of these measures."""
        from mechlin import measures as measure_folder

        every = {n: o for n, o in owners().items() if n not in measure_folder.catalogue() or n in measures}
        return cls((*beliefs(every), *switches(every)))

    @property
    def names(self) -> list[str]:
        """Their full names."""
        return [f"{owner}.{d.name}" for owner, d in self.declared]

    def only(self, names: Sequence[str]) -> "Numbers":
        """Return those of them that are named."""
        kept = set(names)
        return Numbers(tuple((o, d) for o, d in self.declared if f"{o}.{d.name}" in kept))

    def chosen(self, names: Sequence[str]) -> "Numbers":
        """Return those that somebody names, or all where nobody does; raise UsageError with every unknown name."""
        unknown = [name for name in names if name not in self.names]
        if unknown:
            told = (
                Problem(f"there is no number {name!r} to move", nearest=nearest(name, self.names)) for name in unknown
            )
            raise UsageError("; ".join(map(str, told)))
        return self.only(names) if names else self

    def world(self, point: Sequence[float], seed: int) -> World:
        """Return the world at a point of the unit cube, through each number's prior."""
        from mechlin import measures as measure_folder

        params: dict[str, dict[str, float]] = {}
        measures: dict[str, dict[str, float]] = {}
        known = measure_folder.catalogue()
        for (owner, d), u in zip(self.declared, point, strict=True):
            part = measures if owner in known else params
            part.setdefault(owner, {})[d.name] = quantile(d, float(u))
        return World(seed, params, measures)


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """What came out: reactions of every effect to every number, and Sobol indices of the few."""

    city: str
    people: int
    runs: int
    cards: Mapping[str, Card]
    reactions: tuple[Reaction, ...]
    indices: tuple[Index, ...] = ()

    bars = ("number", "reaction")

    def line(self) -> str:
        """Return the result in one line."""
        return f"{self.city}: {len(self.ranking())} numbers, {self.runs} runs"

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows."""
        return [{"number": name, "reaction": size} for name, size in self.ranking()]

    def ranking(self) -> list[tuple[str, float]]:
        """Return the numbers by how strongly the effects react: mean over indicators of mu* over the largest."""
        largest: dict[str, float] = {}
        for r in self.reactions:
            largest[r.indicator] = max(largest.get(r.indicator, 0.0), r.mu_star)
        sums: dict[str, list[float]] = {}
        for r in self.reactions:
            sums.setdefault(r.number, []).append(r.mu_star / largest[r.indicator] if largest[r.indicator] else 0.0)
        return sorted(((n, float(np.mean(v))) for n, v in sums.items()), key=lambda row: (-row[1], row[0]))

    def save(self, path: Path) -> Path:
        """Write the reactions as a table that goes with the city, and return where it is."""
        with whole(path) as half, half.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(REACTION_COLUMNS)
            for r in self.reactions:
                if r.mu_star > 0.0:
                    writer.writerow([*r[:3], *(f"{v:.4g}" for v in r[3:7]), r.model])
        return path


def screen(
    city: City | str | Path = "mechelen",
    package: Source | None = None,
    against: Source = NOTHING,
    trajectories: int = 4,
    survivors: int = 0,
    base: int = 16,
    people: int | None = PEOPLE,
    until: str | None = None,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    numbers: Sequence[str] = (),
    cluster: str | None = None,
) -> Sensitivity:
    """Screen every number by ``trajectories`` Morris trajectories; then ``base`` Sobol points of the ``survivors``.

    ``people`` shrinks the city; None keeps it whole. ``numbers`` names those to screen where not all are meant. What
    the store holds is not computed again.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> cameras = {"cameras": {"start": "2001-01", "cameras": 4}}
    >>> few = ["safety.camera_street_risk", "safety.theft_level"]
    >>> found = mechlin.screen(toy_city(600), cameras, trajectories=2, people=None, until="2001-12", numbers=few)
    >>> sorted(name for name, _ in found.ranking()), found.runs
    (['safety.camera_street_risk', 'safety.theft_level'], 12)
    """
    own: list[Callable[[], object]] = [
        partial(whole_number, "trajectories", trajectories, 2, _POINTS_MAX),
        partial(smaller, people),
        partial(whole_number, "survivors", survivors, 0, _POINTS_MAX),
        partial(whole_number, "base", base, 2, _POINTS_MAX),
        *(partial(extra, f"SALib.{part}", "study") for part in _SALIB),
    ]
    place, one, other, months, _ = checked(city, package, against, 1, until, threads, more=own)
    morris_analysis, morris_sample = (extra(f"SALib.{part}", "study") for part in _SALIB[:2])
    small = scaled_city(place, people) if people else place
    moved = Numbers.behind(sorted({*one.settings, *other.settings})).chosen(numbers)
    problem = _problem(moved)
    points = morris_sample.sample(problem, trajectories, num_levels=_LEVELS, seed=1)
    with executor_at(cluster) as executor:
        runner = Runner(small, one.settings, other.settings, months, store, threads, progress, executor)
        effects, cards = runner.effects(moved, points)
        reactions = []
        for k, name in enumerate(cards):
            found = morris_analysis.analyze(problem, points, effects[:, k], num_levels=_LEVELS, seed=1, scaled=False)
            reactions += [
                Reaction(
                    one.name, number, name, float(m), float(s), float(d), float(effects[:, k].mean()), model_stamp()
                )
                for number, m, s, d in zip(moved.names, found["mu"], found["mu_star"], found["sigma"], strict=True)
            ]
        result = Sensitivity(place.name, people or 0, runner.count, cards, tuple(reactions))
        if not survivors:
            return result
        few = moved.only([name for name, _ in result.ranking()[:survivors]])
        indices = tuple(_sobol(few, runner, base))
        return replace(result, runs=runner.count, indices=indices)


def _sobol(numbers: Numbers, runner: "Runner", base: int) -> list[Index]:
    sobol_analysis, sobol_sample = (extra(f"SALib.{part}", "study") for part in _SALIB[2:])
    problem = _problem(numbers)
    points = sobol_sample.sample(problem, base, calc_second_order=False, seed=1)
    effects, cards = runner.effects(numbers, points)
    out = []
    for k, name in enumerate(cards):
        if not np.ptp(effects[:, k]):
            continue
        found = sobol_analysis.analyze(problem, effects[:, k], calc_second_order=False, seed=1)
        out += [
            Index(number, name, *(float(v) for v in row))
            for number, *row in zip(
                numbers.names, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True
            )
        ]
    return out


def _problem(numbers: Numbers) -> dict[str, Any]:
    names = numbers.names
    return {"num_vars": len(names), "names": names, "bounds": [[_EDGE, 1.0 - _EDGE]] * len(names)}


class Runner:
    """Runs pairs at points of the priors' unit cube and takes the package's effect on each headline."""

    def __init__(
        self,
        city: City,
        one: Any,
        other: Any,
        months: int,
        store: Store | None,
        threads: int | None,
        progress: Callable[[int, int], None] | None,
        executor: Executor | None,
    ) -> None:
        self.executor = executor
        self.city, self.sides, self.months = city, (one, other), months
        self.store, self.threads, self.progress, self.count = store, threads, progress, 0

    def effects(self, numbers: Numbers, points: np.ndarray) -> tuple[np.ndarray, dict[str, Card]]:
        """Return effects of shape (points, headlines), and the headlines' cards."""
        worlds = [numbers.world(point, 1) for point in points]
        pairs = [[spec_of(self.city, side, w, self.months) for side in self.sides] for w in worlds]
        specs = [spec for pair in pairs for spec in pair]
        results = run_all(specs, self.city, self.store, self.threads, self.progress, self.executor)
        self.count += len(results)
        cards = cards_of(next(iter(results.values())).series, self.city.backgrounds)
        headlines = {n: c for n, c in cards.items() if c.headline}
        out = np.empty((len(points), len(headlines)))
        for row, (with_it, without) in enumerate(pairs):
            for k, (name, card) in enumerate(headlines.items()):
                one, other = (results[s.id()].series[name] for s in (with_it, without))
                out[row, k] = effect(one, other, card.adds_up)
        return out, headlines


def assumptions(city: City, reactions: Sequence[Reaction]) -> list[dict[str, str]]:
    """Return every number that rests on judgement, those first to which the main findings react most."""
    found = Sensitivity(city.name, 0, 0, {}, tuple(reactions))
    places = {name: (n, size) for n, (name, size) in enumerate(found.ranking())}
    known, rows = evidence(), []
    for owner, thing in owners().items():
        for d in declared(thing.params):
            entry = known.get(d.param.evidence)
            if entry is not None and entry.strength != "assumption":
                continue
            name = f"{owner}.{d.name}"
            likely = (
                "either"
                if d.param.structure
                else f"{d.param.likely[0]:g} to {d.param.likely[1]:g}"
                if d.param.likely
                else ""
            )
            rows.append(
                {
                    "number": name,
                    "value": f"{d.default:g}",
                    "unit": d.param.unit,
                    "believed": likely,
                    "reaction": f"{places[name][1]:.2f}" if name in places else "",
                    "meaning": d.param.doc,
                }
            )
    return sorted(rows, key=lambda r: (places.get(r["number"], (10**6, 0.0))[0], r["number"]))
