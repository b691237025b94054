"""One run: a specification in, a result out.

Build the city, plan the package, then month by month: programmes pull levers, mechanisms act in the order of
``schedule.SCHEDULE``, the ledger is charged, and in December the indicators are taken.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from mechlin import indicators as indicator_folder
from mechlin import measures as measure_folder
from mechlin import mechanisms as mechanism_folder
from mechlin.city.borrowing.drawn import drawn
from mechlin.city.residents.population import Population, build_population
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import Clock, clock_at, month_number
from mechlin.core.declare import Costs, Indicator, Mechanism, Transport, fill, transported
from mechlin.core.errors import InputError, MechlinError, Problem, nearest
from mechlin.core.spec import RunResult, RunSpec
from mechlin.core.state import State
from mechlin.core.views import Numbers
from mechlin.engine.enrolment import NO_COSTS, Enrolment, Levers
from mechlin.engine.package import plans
from mechlin.engine.phases import area_mask
from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.world import Starts, build_world, outside_series

_CHECK_EVERY = 12  # months between two looks at the invariants, when asked for
_POPULATIONS_KEPT = 4
_ROOM = 4 / 12_000  # of arrivals per 1,000 a year: spare rows for four months, of which two are always there
_STARTS = Starts(room=200_000_000)  # bytes; a city of 90,000 residents takes 30 million


class BrokenInvariant(MechlinError):
    """A mechanism has left the city in an impossible state."""


def scheduled(only: tuple[str, ...] = SCHEDULE) -> dict[str, Mechanism]:
    """Return the mechanisms in the order of a month."""
    found = mechanism_folder.catalogue()
    return {name: found[name] for name in only}


def filled_params(mechanisms: Mapping[str, Mechanism], given: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Return every mechanism's parameters with ``given`` in place of defaults; raise InputError with all problems.

    Beside the mechanisms stands ``transport``: its factor has been applied to every effect measured abroad.
    """
    known = {**{name: m.params for name, m in mechanisms.items()}, "transport": Transport}
    problems = [
        Problem(f"{name} is not a mechanism", column=name, allowed=", ".join(known), nearest=nearest(name, known))
        for name in given
        if name not in known
    ]
    params = {}
    for name, kind in known.items():
        params[name], wrong = fill(kind, given.get(name, {}), prefix=f"{name}.")
        problems.extend(wrong)
    if problems:
        raise InputError(problems)
    return {name: transported(p, params["transport"].factor) for name, p in params.items()}


@lru_cache(maxsize=_POPULATIONS_KEPT)
def residents(city: City, seed: int) -> Population:
    """Return the synthetic residents of a city for a seed; those asked for last are kept."""
    return build_population(city, seed)


def forget_residents() -> None:
    """Let go of what is kept for further runs of the same cities: for whoever goes through many cities."""
    residents.cache_clear()
    _STARTS.forget()


class Simulation:
    """A city in the course of a run; :func:`run` drives it, tests may stop it in any month."""

    def __init__(
        self,
        spec: RunSpec,
        city: City | None = None,
        order: tuple[str, ...] = SCHEDULE,
        population: Population | None = None,
    ) -> None:
        """Check the specification, build the residents and let every mechanism set its start.

        ``order`` names the mechanisms that act, for tests that leave some out; ``population`` replaces the
        city's synthetic residents.
        """
        self.spec, self.order = spec, order
        self.city = drawn(city if city is not None else load_city(spec.city), spec.population)
        self.mechanisms = scheduled()
        params = filled_params(self.mechanisms, spec.params)
        self.params = {name: Numbers(p) for name, p in params.items()}
        self.first = month_number(spec.start)
        last = self.first + spec.months - 1
        found = plans(spec.package, measure_folder.catalogue(), "package", spec.start, self.city, last)
        factor = self.params["transport"].factor
        self.plans = [replace(p, phases=tuple(phase.transported(factor) for phase in p.phases)) for p in found]
        start = (
            self.city,
            spec.population,
            spec.seed,
            spec.start,
            spec.months,
            order,
            *params.values(),
            *(m.start for m in self.mechanisms.values()),
        )
        made = _STARTS.get(start, len(self.plans)) if population is None else None
        self.state = made or build_world(
            self.city,
            population or residents(self.city, spec.population),
            self.mechanisms,
            len(self.plans),
            _ROOM * float(self.city.series_by_month("arrivals_per_1000", spec.start, spec.months).max()),
        )
        self.levers = Levers(self.mechanisms, self.plans, self.state)
        self.enrolments = [
            Enrolment(
                plan,
                self.state,
                self.levers.of_programme(plan),
                spec.seed,
                tuple(area_mask(self.city, phase.areas) for phase in plan.phases),
                self.levers.where(plan),
            )
            for plan in self.plans
        ]
        self.months = [clock_at(spec.start, t) for t in range(spec.months)]
        self.lever_views = {name: self.levers.view(m) for name, m in self.mechanisms.items()}
        self.views = {
            name: self.state.view((*m.reads, *m.writes), m.writes, m.grows).with_tables(
                series=outside_series(self.city, m.series, spec.start, spec.months), levers=self.lever_views[name]
            )
            for name, m in self.mechanisms.items()
        }
        if made is None:
            self._start()
            if population is None:
                _STARTS.keep(start, self.state)

    def _start(self) -> None:
        """Let every mechanism set its start: no measure has acted yet, so it hangs on none."""
        for mechanism in (self.mechanisms[name] for name in self.order):
            if mechanism.start is not None:
                mechanism.start(self.views[mechanism.name], self.params[mechanism.name], self.spec.seed, self.months[0])
        self.state.zero_flows()

    def _grow(self, t: int) -> None:
        """Make room for the births and arrivals of month ``t`` when spare rows run low."""
        if self.state.grow(t):
            self.levers.lengthen()
            for enrolment in self.enrolments:
                enrolment.pulls = self.levers.of_programme(enrolment.plan)
                enrolment.lengthen()

    def month(self, clock: Clock, timings: dict[str, float] | None = None) -> list[Costs]:
        """Advance one month and return what each planned programme cost."""
        if clock.is_january:
            self.state.zero_flows()
        self.state.start_month()
        for enrolment in self.enrolments:
            enrolment.pull(clock, self.first + clock.t)
        self.levers.merge()
        for name in self.order:
            m = self.mechanisms[name]
            if clock.month in m.months:
                began = time.perf_counter()
                m.step(self.views[name], self.lever_views[name], self.params[name], self.spec.seed, clock)
                if m.grows:
                    self.welcome(clock)
                if timings is not None:
                    timings[name] = timings.get(name, 0.0) + time.perf_counter() - began
        costs = [enrolment.pay(clock) for enrolment in self.enrolments]
        self._grow(clock.t + 1)
        return costs

    def welcome(self, clock: Clock) -> None:
        """Let every mechanism set what those start with who came this month: their rows were somebody else's."""
        for mechanism in (self.mechanisms[name] for name in self.order):
            if mechanism.welcome is not None:
                mechanism.welcome(self.views[mechanism.name], self.params[mechanism.name], self.spec.seed, clock)

    def broken(self) -> list[str]:
        """Return what every mechanism's invariants find wrong."""
        found = [rule(self.state) for m in self.mechanisms.values() for rule in m.invariants]
        return [text for text in found if text]


def run(
    spec: RunSpec,
    city: City | None = None,
    progress: Callable[[int], None] | None = None,
    timings: dict[str, float] | None = None,
    check: bool = False,
) -> RunResult:
    """Simulate ``spec`` and return its result.

    ``city`` saves reading it again; ``progress`` is told the months done; ``timings`` is filled with seconds
    by mechanism; ``check`` looks at every invariant once a year and raises BrokenInvariant.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> result = mechlin.run(mechlin.RunSpec(city="toy", months=24), toy_city(600))
    >>> result
    <RunResult: toy, 2001 to 2002, no measures, seed 1>
    >>> result.series["population"].shape, result.areas["areas.offences"].shape
    ((2,), (2, 4))
    """
    began = time.perf_counter()
    sim = Simulation(spec, city)
    record = Record(sim.state, indicator_folder.catalogue(sim.city.backgrounds), [m.year for m in sim.months])
    ledger: dict[tuple[str, int], list[Costs]] = {}
    reached: dict[str, list[int]] = {p.programme.name: [] for p in sim.plans}
    acted = {
        e.plan.programme.name: np.zeros((record.years.size, sim.state.sizes["areas"]))
        for e in sim.enrolments
        if e.acts_somewhere
    }
    looped = time.perf_counter()
    record.take(sim.months[0].year - 1)
    for clock in sim.months:
        for enrolment, cost in zip(sim.enrolments, sim.month(clock, timings), strict=True):
            key = (enrolment.plan.programme.name, clock.year)
            if cost is not NO_COSTS:
                ledger.setdefault(key, []).append(cost)
            if key[0] in acted:
                acted[key[0]][clock.year - record.years[0]] += enrolment.acted
        if clock.is_december:
            taken = time.perf_counter()
            record.take(clock.year)
            for enrolment in sim.enrolments:
                reached[enrolment.plan.programme.name].append(enrolment.count)
            if timings is not None:
                timings["indicators"] = timings.get("indicators", 0.0) + time.perf_counter() - taken
        if check and (clock.t + 1) % _CHECK_EVERY == 0 and (wrong := sim.broken()):
            raise BrokenInvariant(f"{clock.year}-{clock.month:02d}: " + "; ".join(wrong))
        if progress is not None:
            progress(clock.t + 1)
    if timings is not None:
        timings["build"] = looped - began
        timings["months"] = time.perf_counter() - looped
    last = sim.first + spec.months - 1
    lived = np.bincount([m.year - record.years[0] for m in sim.months], minlength=record.years.size)
    notes = tuple(note for e in sim.enrolments if (note := e.why_nobody(sim.first, last)))
    return RunResult(
        spec=spec,
        years=record.years,
        series=record.series,
        areas=record.areas,
        ledger=_ledger_rows(ledger),
        reached=reached,
        acted={n: a / lived[:, None] for n, a in acted.items()},
        notes=notes,
        seconds=time.perf_counter() - began,
    )


class Record:
    """The indicators of a run, year by year."""

    def __init__(self, state: State, catalogue: Mapping[str, Indicator], years: list[int]) -> None:
        """Make room for every indicator whose columns exist, from the first year to the one after the last."""
        self.state = state
        self.years = np.arange(years[0], years[-1] + 1)
        self.taken = {n: i for n, i in catalogue.items() if all(c in state for c in i.reads)}
        areas = state.sizes["areas"]
        self.series = {n: np.full(self.years.size, np.nan) for n, i in self.taken.items() if not i.by_area}
        self.areas = {n: np.full((self.years.size, areas), np.nan) for n, i in self.taken.items() if i.by_area}
        self.rows = {**self.series, **self.areas}
        self.first, self.ahead = years[0], {n: int(i.when == "january") for n, i in self.taken.items()}
        self.views = {n: state.view(i.reads) for n, i in self.taken.items()}

    def take(self, year: int) -> None:
        """Take every indicator at the end of ``year``; a stock of 1 January belongs to the year after."""
        for name, indicator in self.taken.items():
            at = year + self.ahead[name] - self.first
            if 0 <= at < self.years.size:
                self.rows[name][at] = indicator.measure(self.views[name])


def _ledger_rows(ledger: dict[tuple[str, int], list[Costs]]) -> tuple[dict[str, Any], ...]:
    """Return the ledger as rows: programme, year, payer, kind, euros; zero rows left out."""
    rows = []
    for (programme, year), months in sorted(ledger.items()):
        for name, eur in zip(Costs._fields, map(sum, zip(*months, strict=True)), strict=True):
            payer, kind, _ = name.split("_")
            if eur:
                rows.append({"programme": programme, "year": year, "payer": payer, "kind": kind, "eur": float(eur)})
    return tuple(rows)
