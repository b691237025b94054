"""The worlds that a rehearsal looks at: chance, knowledge and structure, varied together and told apart.

A world is a pair's setting: the residents and luck (chance), the numbers nobody knows exactly (knowledge), and
which of the disputed alternatives holds (structure). Both runs of a pair share one world. Worlds are nested: four in
a row share a structure, two in a row share the knowledge, every one has its own residents and luck. That lets the
spread of a difference be divided among the three by the classic nested analysis of variance.

Source: nested random effects: Searle, Casella & McCulloch 1992, Variance Components, ch. 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from mechlin import measures as measure_folder
from mechlin import mechanisms
from mechlin.city.tables.model import City
from mechlin.core.declare import Declared, Transport, declared, fill
from mechlin.core.errors import InputError, Problem, UsageError, nearest, whole_number
from mechlin.core.spec import RunSpec
from mechlin.engine.package import each_table
from mechlin.engine.phases import DOUBT
from mechlin.evidence.priors import Draw, dose_draws, knowledge_draws, structure_draws, two_piece
from mechlin.study.draws import Kept, draws_of, stamp
from mechlin.study.levels import solved_levels

CHANCE, KNOWLEDGE, STRUCTURE = "chance", "knowledge", "structure"
KINDS = (CHANCE, KNOWLEDGE, STRUCTURE)
LUCKS = 2  # worlds in a row that differ by chance alone
_BLOCK = 4  # worlds in a row that share a structure
_SEEDS = 10_000  # between what two seeds give: as many worlds as can be asked for
SEEDS_MAX = 10**9
_FEWEST = 2 * _BLOCK  # below it the spread cannot be divided


class World(NamedTuple):
    """One pair's setting. ``params`` go to the mechanisms, ``measures`` to the programmes that a package has.

    ``fixed`` are the numbers ("owner.number") that somebody gave, the same in every world. ``doses`` says where in its
    range each dose lies that a package is in doubt about (a share of belief, 0 to 1); none: as it is written.
    """

    seed: int
    params: Draw
    measures: Draw
    fixed: Mapping[str, float] = MappingProxyType({})
    doses: Mapping[str, Mapping[str, float]] = MappingProxyType({})


class _Shared(NamedTuple):
    """The transport factor, declared like a mechanism's parameters."""

    params: type = Transport


def owners() -> dict[str, Any]:
    """Return everything that declares numbers: mechanisms, the transport factor, programmes."""
    return {**mechanisms.catalogue(), "transport": _Shared(), **measure_folder.catalogue()}


@cache
def model_stamp() -> str:
    """Return the stamp of everything that is believed now: what a study found under other beliefs is of another model."""
    return stamp(owners())


def worlds(city: City, count: int, vary: Iterable[str] = KINDS, seed: int = 1) -> list[World]:
    """Return ``count`` worlds; those left out of ``vary`` keep the city's or the declared values.

    Asking for more only adds. Another ``seed`` gives other residents and luck, the same beliefs. Where everything varies
    and the city keeps draws that its record does not rule out, the worlds are those; else the city's calibration, where
    it has one, gives the levels of each world, and without one they are solved for from its own series.
    """
    wanted, first = kinds(vary), 1 + _SEEDS * (whole_number("seed", seed, 1, SEEDS_MAX) - 1)
    cells = _kept(city) if {KNOWLEDGE, STRUCTURE} <= {*wanted} else ()
    drawn = _beliefs(1 + max([count // LUCKS, *(k.knowledge for k, _ in cells)]))
    out = []
    for n in range(count):
        luck, cell = n if CHANCE in wanted else 0, n // LUCKS
        if cells:
            kept, level = cells[cell % len(cells)]
            out.append(drawn.world(first + luck, kept.knowledge, kept.structure, level))
            continue
        level = _joined(city.calibrated(cell if KNOWLEDGE in wanted else None), solved_levels(city).values)
        knowledge = cell if KNOWLEDGE in wanted else None
        out.append(drawn.world(first + luck, knowledge, n // _BLOCK if STRUCTURE in wanted else None, level))
    return out


def _kept(city: City) -> list[tuple[Kept, dict[str, dict[str, float]]]]:
    """Return the draws that the city's record does not rule out, with their levels; none where they are of other beliefs."""
    draws = draws_of(city)
    return [(k, draws.values(k)) for k in draws.cells] if draws and draws.model == model_stamp() else []


class Beliefs:
    """The first ``count`` draws of everything believed, from which worlds are put together."""

    def __init__(self, count: int) -> None:
        """Draw them; the same on every machine."""
        everything = owners()
        self._moving = set(mechanisms.catalogue()) | {"transport"}
        self._knowledge = knowledge_draws(everything, count)
        doses, others = dose_draws(_doses(), count), dose_draws(_no_doses(), count)
        self._doses = [_joined(one, other) for one, other in zip(doses, others, strict=True)]
        self._structures = structure_draws(everything, count)

    def world(self, seed: int, knowledge: int | None, structure: int | None, level: Draw) -> World:
        """Return the world of these draws, by number, and of a level; None leaves what is declared."""
        parts = _joined(
            {} if knowledge is None else self._knowledge[knowledge],
            {} if structure is None else self._structures[structure],
            level,
        )
        params = {name: values for name, values in parts.items() if name in self._moving}
        measures = {name: values for name, values in parts.items() if name not in self._moving}
        return World(seed, params, measures, doses={} if knowledge is None else self._doses[knowledge])


_beliefs = lru_cache(maxsize=4)(Beliefs)  # a page that asks again for as many worlds has them at once


def _doses() -> list[tuple[str, str]]:
    """Return every dose there is, by measure."""
    return [(name, dose) for name, programme in measure_folder.catalogue().items() for dose in programme.inert]


def _no_doses() -> list[tuple[str, str]]:
    """Return every other number of a measure: what was delivered of it may be in doubt too."""
    every = [
        (name, d.name) for name, programme in measure_folder.catalogue().items() for d in declared(programme.params)
    ]
    return sorted({*every} - {*_doses()})


def kinds(vary: Iterable[str] | str) -> tuple[str, ...]:
    """Return the kinds of doubt named ("all", or some of them joined by commas); raise UsageError for others."""
    if not isinstance(vary, Iterable):
        raise UsageError(f"vary = {vary!r} means nothing; write all, or some of {', '.join(KINDS)} with commas")
    names = [str(name).strip() for name in (vary.split(",") if isinstance(vary, str) else vary)]
    names = [*KINDS] if names == ["all"] else names
    if unknown := [name for name in names if name not in KINDS]:
        raise UsageError(f"{unknown[0]!r} cannot be varied; write all, or some of {', '.join(KINDS)} with commas")
    if twice := [name for name in KINDS if names.count(name) > 1]:
        raise UsageError(f"{twice[0]!r} stands twice in what is to vary; write it once")
    return tuple(kind for kind in KINDS if kind in names)


def together(varied: Iterable[str]) -> int:
    """Return how many worlds in a row share something that varies beside chance: they are not independent."""
    return _BLOCK if STRUCTURE in varied else LUCKS if KNOWLEDGE in varied else 1


def with_draws(settings: Mapping[str, Any], world: World) -> dict[str, Any]:
    """Return a package's settings with this world's draws where the package says nothing, and its doses as large as here."""
    return {
        name: each_table(values, partial(_drawn, name, world.measures.get(name, {}), world.doses.get(name, {})))
        for name, values in settings.items()
    }


def _drawn(
    measure: str, drawn: Mapping[str, float], doses: Mapping[str, float], table: dict[str, Any]
) -> dict[str, Any]:
    """Return the settings of a phase in one world, each number in doubt as large as it is there."""
    doubt = table.get(DOUBT, {})
    out = {**drawn, **{name: value for name, value in table.items() if name != DOUBT}}
    kinds = {d.name: d for d in declared(measure_folder.catalogue()[measure].params)} if doubt else {}
    for name, likely in doubt.items():
        share, one = doses.get(name), partial(_dosed, kinds[name])
        if isinstance(likely, Mapping):
            found = {month: one(_between(out[name][month], ends, share)) for month, ends in likely.items()}
            out[name] = {**out[name], **found}
            continue
        times = dose_times(likely, share)
        written = out[name]
        out[name] = (
            {m: one(v * times) for m, v in written.items()} if isinstance(written, Mapping) else one(written * times)
        )
    return out


def _between(written: float, ends: Sequence[float], share: float | None) -> float:
    """Return where a number of a month lies between its least and most, at a share of belief; as written without one.

    As likely below what is written as above it, and on either side every value alike: beyond the ends nothing can be.
    """
    return written if share is None else float(np.interp(share, (0.0, 0.5, 1.0), (ends[0], written, ends[1])))


def dose_times(likely: Sequence[float], share: float | None) -> float:
    """Return how many times what is written a dose was, at a share of belief; 1 without one."""
    return 1.0 if share is None else max(two_piece(1.0, (likely[0], likely[1]), share), 0.0)


def _dosed(d: Declared, value: float) -> float:
    dose = min(max(value, d.param.low), d.param.high)
    found: float = d.type(round(dose) if d.type is int else dose)
    return found


def fixed(world: World, numbers: Mapping[str, float]) -> World:
    """Return the world with these numbers ("owner.number") as given; raise InputError when one cannot be."""
    known, problems = owners(), []
    params, measures = _joined(world.params), _joined(world.measures)
    for name, value in numbers.items():
        owner, _, number = name.rpartition(".")
        every = [f"{o}.{d.name}" for o, thing in known.items() for d in declared(thing.params)]
        if name not in every:
            problems.append(Problem(f"there is no number {name!r}", column=name, nearest=nearest(name, every)))
            continue
        filled, wrong = fill(known[owner].params, {number: value}, prefix=f"{owner}.")
        problems += wrong
        part = measures if owner in measure_folder.catalogue() else params
        part[owner] = {**part.get(owner, {}), number: getattr(filled, number)}
    if problems:
        raise InputError(problems)
    return world._replace(params=params, measures=measures, fixed=dict(numbers))


def _joined(*draws: Draw) -> Draw:
    out: Draw = {}
    for draw in draws:
        for owner, values in draw.items():
            out[owner] = {**out.get(owner, {}), **values}
    return out


def shares(differences: np.ndarray) -> dict[str, float] | None:
    """Return which share of the spread of ``differences`` is chance, knowledge and structure; None when too few.

    ``differences`` stand in the order of the worlds. A component that the estimate makes negative counts as zero.
    """
    blocks = differences.size // _BLOCK
    if differences.size < _FEWEST:
        return None
    d = differences[: blocks * _BLOCK].reshape(blocks, _BLOCK // LUCKS, LUCKS)
    cells, groups = d.mean(axis=2), d.mean(axis=(1, 2))
    of_chance = float(d.var(axis=2, ddof=1).mean())
    of_cells = float(cells.var(axis=1, ddof=1).mean() * LUCKS)
    of_groups = float(groups.var(ddof=1) * _BLOCK)
    parts = np.maximum([of_chance, (of_cells - of_chance) / LUCKS, (of_groups - of_cells) / _BLOCK], 0.0)
    total = parts.sum()
    return None if total == 0.0 else dict(zip(KINDS, (parts / total).tolist(), strict=True))


def spec_of(city: City, settings: Mapping[str, Mapping[str, Any]], world: World, months: int) -> RunSpec:
    """Return the run of a package in one world."""
    return RunSpec(
        city.name,
        city.hash,
        with_draws(settings, world),
        world.params,
        seed=world.seed,
        population=world.seed,
        start=city.start,
        months=months,
        asked={"package": dict(settings), "fixed": dict(world.fixed)},
    )
