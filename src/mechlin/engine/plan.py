"""What a package says of one programme, checked: its phases, each with settings, dates, ramp and areas."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from mechlin.core.declare import Lever, Programme, declared, moved, transported

NO_END = 12 * 9999


@dataclass(frozen=True)
class Dated:
    """A number that changes over time: months since year 0, and the value from each on (straight lines between)."""

    months: tuple[int, ...]
    values: tuple[float, ...]

    def at(self, month: int) -> float:
        """Return the value in ``month``."""
        if month <= self.months[0]:
            return self.values[0] if month == self.months[0] else 0.0
        n = bisect_right(self.months, month)
        if n == len(self.months):
            return self.values[-1]
        (m0, m1), (v0, v1) = self.months[n - 1 : n + 1], self.values[n - 1 : n + 1]
        return v0 + (v1 - v0) * (month - m0) / (m1 - m0)


@cache
def _kinds(params: type) -> dict[str, type]:
    return {d.name: d.type for d in declared(params)}


@dataclass(frozen=True)
class Phase:
    """A stretch of months in which a programme runs with the same settings; some of them may change with time.

    ``areas`` are the districts or areas it is held to, as the package names them; none of them: the whole city.
    """

    params: Any
    start: int
    end: int = NO_END
    ramp_months: int = 1
    dated: Mapping[str, Dated] = field(default_factory=dict)
    areas: tuple[str, ...] = ()

    def params_at(self, month: int) -> Any:
        """Return the parameters in force in ``month`` (months since year 0)."""
        if not self.dated:
            return self.params
        params: Any = type(self.params)
        kinds = _kinds(params)
        return self.params._replace(**{n: kinds[n](d.at(month)) for n, d in self.dated.items()})

    def ramp(self, month: int) -> float:
        """Return the share of full size reached in ``month``."""
        return min(1.0, (month - self.start + 1) / self.ramp_months)

    def turns_at(self, month: int) -> bool:
        """Return whether something begins to change with ``month``: a number said from then on, or a ramp."""
        return self.ramp(month - 1) < 1.0 or any(month in d.months for d in self.dated.values())

    def transported(self, factor: float) -> "Phase":
        """Return the phase with every effect measured abroad moved towards nil."""
        abroad = {d.name: d.param.nil for d in declared(type(self.params)) if d.param.nil is not None}
        dated = {
            name: replace(d, values=tuple(moved(v, abroad[name], factor) for v in d.values)) if name in abroad else d
            for name, d in self.dated.items()
        }
        return replace(self, params=transported(self.params, factor), dated=dated)


@dataclass(frozen=True)
class Plan:
    """One programme as planned: one phase or several, in order, that never overlap."""

    programme: Programme
    phases: tuple[Phase, ...]

    @property
    def params(self) -> Any:
        """The parameters of the first phase."""
        return self.phases[0].params

    def phase_at(self, month: int) -> int:
        """Return which phase runs in ``month`` (months since year 0), or -1 when none does."""
        for n, phase in enumerate(self.phases):
            if phase.start <= month <= phase.end:
                return n
        return -1

    def runs_between(self, first: int, last: int) -> bool:
        """Return whether any phase runs in these months."""
        return any(phase.start <= last and phase.end >= first for phase in self.phases)


def where_lever(programme: Programme, levers: Mapping[str, Lever]) -> Lever | None:
    """Return the lever by which is told where a programme acts: its first that has a number for each area."""
    return next((levers[name] for name in programme.levers if levers[name].table == "areas"), None)
