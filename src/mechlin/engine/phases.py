"""The settings of one phase of a measure, checked: dates, ramp, areas, doses that change, doses in doubt, the law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Programme, fill
from mechlin.core.errors import Problem, UsageError, nearest
from mechlin.engine.plan import NO_END, Dated, Phase

DOUBT = "doubt"
_DOUBT_MOST = 10.0  # times what is written; a dose that may be more than that is not known at all
_AREA_NAMES = ("code", "name", "district")
_RAMP_MAX = 240
_WITH_PLACES = ("people", "households", "homes", "schools")  # of areas and the city a measure takes all it can
_MONTHS_CHECKED = 1200  # as long as a run can be
_START = "2001-01"  # of a measure without one, in a city that is not known yet


def area_rows(city: City, name: str) -> np.ndarray:
    """Return the rows of the areas that ``name`` means: a code, an area's name, or a district; none if unknown."""
    columns = [c for c in _AREA_NAMES if c in city.areas.columns]
    return np.flatnonzero(np.any([city.areas[c].to_numpy() == name for c in columns], axis=0))


def area_mask(city: City, names: tuple[str, ...]) -> np.ndarray | None:
    """Return of each area whether it is among ``names``, or None when no name is given: the whole city."""
    if not names:
        return None
    mask = np.zeros(city.areas.height, dtype=np.bool_)
    for name in names:
        mask[area_rows(city, name)] = True
    return mask


def _is_range(ends: Any) -> bool:
    """Return whether these are the two ends of a range of multiples that holds 1."""
    return _is_pair(ends) and _is_order([0, ends[0], 1, ends[1], _DOUBT_MOST])


def _is_pair(ends: Any) -> bool:
    return isinstance(ends, list | tuple) and len(ends) == 2


def _is_order(numbers: Sequence[Any]) -> bool:
    """Return whether these are numbers, and none is less than the one before it."""
    plain = [n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool)]
    return bool(plain) and len(plain) == len(numbers) and all(a <= b for a, b in pairwise(plain))


def _at_ends(phase: Phase, doubt: Mapping[str, Any]) -> list[Phase]:
    """Return the phase with every number that has ranges by month at its least, and at its most; none where none has."""
    ranges = {name: found for name, found in doubt.items() if isinstance(found, Mapping)}
    return [replace(phase, dated={**phase.dated, **_moved(phase, ranges, end)}) for end in (0, 1) if ranges]


def _moved(phase: Phase, ranges: Mapping[str, Any], end: int) -> dict[str, Dated]:
    out = {}
    for name, found in ranges.items():
        ends = {month_number(month): float(pair[end]) for month, pair in found.items()}
        steps = zip(phase.dated[name].months, phase.dated[name].values, strict=True)
        pairs = [(month, ends.get(month, value)) for month, value in steps]
        out[name] = Dated(tuple(m for m, _ in pairs), tuple(v for _, v in pairs))
    return out


@dataclass(frozen=True)
class Asked:
    """The settings of one phase while they are checked; ``problems`` collects what is wrong."""

    programme: Programme
    file: str
    prefix: str
    city: City | None
    problems: list[Problem]

    def wrong(self, name: str, what: str, allowed: str = "", nearest: str = "", repair: str = "") -> None:
        """Note that the setting ``name`` cannot be."""
        column = f"{self.prefix}{name}"
        self.problems.append(
            Problem(what, file=self.file, column=column, allowed=allowed, nearest=nearest, repair=repair)
        )

    def phase(self, values: dict[str, Any], start: str | None, last: int | None) -> Phase:
        """Return the phase; what is wrong in it has its default."""
        before = len(self.problems)
        months = {"start": month_number(start or _START), "end": NO_END}
        ramp_months = 1
        areas: tuple[str, ...] = ()
        plain, dated, sound, known_dates = {}, {}, {}, True
        for name, value in values.items():
            if name in months:
                try:
                    months[name] = month_number(str(value))
                except UsageError as error:
                    self.wrong(name, f"{self.prefix}{name}: {error}")
                    known_dates = False
            elif name == "ramp_months" and self.programme.table not in _WITH_PLACES:
                first = month_text(months["start"])
                self.wrong(
                    name,
                    f"{self.programme.name} has no places that could grow: it enrols {self.programme.table}",
                    repair=f'remove ramp_months and let the dose grow, as {{ "{first}" = 0, ... }}',
                )
            elif name == "ramp_months":
                if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _RAMP_MAX:
                    ramp_months = value
                else:
                    self.wrong(
                        name,
                        f"{self.prefix}ramp_months = {value!r} is not possible",
                        allowed=f"1 to {_RAMP_MAX} months",
                    )
            elif name == "areas":
                areas = self.areas(value)
            elif name == DOUBT:
                self.doubt(value, values)
            elif isinstance(value, dict):
                found = len(self.problems)
                dated[name] = self.dated(name, value)
                if len(self.problems) == found:
                    sound[name] = dated[name]
            else:
                plain[name] = value
        if months["end"] < months["start"]:
            self.wrong("end", f"{self.prefix[:-1]} ends before it starts", repair="put end after start")
        elif known_dates:  # whatever else is wrong: all is said at once
            self.in_time(months["start"], months["end"], start, sound)
        params, wrong = fill(self.programme.params, plain, self.file, self.prefix)
        self.problems.extend(wrong)
        phase = Phase(params, months["start"], months["end"], ramp_months, dated, areas)
        if len(self.problems) == before:
            self.lawful(phase, last)
        for at_end in _at_ends(phase, values.get(DOUBT, {})) if len(self.problems) == before else ():
            self.lawful(at_end, last)
        return phase

    def in_time(self, start: int, end: int, first: str | None, dated: Mapping[str, Dated]) -> None:
        """Refuse a start before the city's, and numbers for months in which the phase does not run."""
        if first is not None and start < month_number(first):
            self.wrong(
                "start",
                f"{self.prefix}start = {month_text(start)} lies before the city starts ({first})",
                repair=f"write start = {first}, or leave it out",
            )
        until = f"to {month_text(end)}" if end != NO_END else "on"
        for name, steps in dated.items():
            outside = [month_text(month) for month in steps.months if not start <= month <= end]
            if outside:
                self.wrong(
                    name,
                    f"{self.prefix}{name} says something for {', '.join(outside)}, when it does not run",
                    allowed=f"months from {month_text(start)} {until}",
                    repair="move start or end, or leave these months out",
                )

    def areas(self, value: Any) -> tuple[str, ...]:
        """Return the areas to which the phase is held."""
        if self.programme.table != "areas":
            self.wrong(
                "areas",
                f"{self.programme.name} cannot be held to areas: it enrols {self.programme.table}",
                repair="remove areas",
            )
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
            self.wrong(
                "areas",
                f"{self.prefix}areas = {value!r} is not a list of names",
                repair='write areas = ["...", "..."], or remove it for the whole city',
            )
            return ()
        if self.city is not None:
            known = [v for c in _AREA_NAMES if c in self.city.areas.columns for v in self.city.areas[c].unique().sort()]
            for name in value:
                if not area_rows(self.city, name).size:
                    self.wrong(
                        "areas",
                        f"there is no area {name!r} in {self.city.title}",
                        nearest=nearest(name, known),
                        allowed="the code or name of an area, or a district",
                    )
        return tuple(value)

    def doubt(self, ranges: Any, values: Mapping[str, Any]) -> None:
        """Refuse a doubt about what the phase does not set, and ranges that cannot be.

        A range of multiples is about a dose in all its months; a range for a month has the least and most that the
        number can have been then. Worlds draw where in its range it was; the phase itself holds what is written.
        """
        doses = [name for name in values if name in self.programme.inert]
        if not isinstance(ranges, Mapping):
            self.wrong(
                DOUBT,
                f"{self.prefix}doubt = {ranges!r} is not a table",
                repair=f"write doubt = {{ {(doses or ['dose'])[0]} = [0.5, 1.5] }}",
            )
            return
        for name, ends in ranges.items():
            if isinstance(ends, Mapping):
                self.doubt_by_month(name, ends, values.get(name))
            elif name not in doses:
                self.wrong(
                    DOUBT,
                    f"{self.prefix}doubt speaks of {name}, which is no dose that this measure is given here",
                    allowed=", ".join(doses) or "the doses that the package sets",
                    nearest=nearest(name, doses),
                )
            elif not _is_range(ends):
                self.wrong(
                    DOUBT,
                    f"{self.prefix}doubt of {name} = {ends!r} is not a range around 1",
                    allowed=f"two numbers, the first from 0 to 1, the second from 1 to {_DOUBT_MOST:g}",
                    repair=f"write {name} = [0.5, 1.5] where it may have been half or half as much again",
                )

    def doubt_by_month(self, name: str, ranges: Mapping[str, Any], steps: Any) -> None:
        """Refuse ranges for months that cannot be, or for which the phase says nothing."""
        if not isinstance(steps, Mapping):
            self.wrong(
                DOUBT,
                f"{self.prefix}doubt of {name} is by month, and {name} is not",
                repair=f'write {name} by month too, as {{ "2026-05" = ... }}, or one range of multiples',
            )
            return
        for month, ends in ranges.items():
            what = f"{self.prefix}doubt of {name}, {month}"
            if month not in steps:
                self.wrong(DOUBT, f"{what}: {name} says nothing for that month", nearest=nearest(month, steps))
            elif not _is_order([*ends[:1], steps[month], *ends[1:]] if _is_pair(ends) else []):
                self.wrong(
                    DOUBT,
                    f"{what}: {ends!r} is no range",
                    allowed=f"the least and the most that it can have been, with {steps[month]!r} between them",
                )
            else:
                for end in ends:
                    _, wrong = fill(self.programme.params, {name: end}, self.file, f"{self.prefix}doubt.")
                    self.problems.extend(wrong)

    def dated(self, name: str, steps: dict[str, Any]) -> Dated:
        """Return a setting that changes over time."""
        months, values = [], []
        for month, value in steps.items():
            try:
                at = month_number(month)
            except UsageError as error:
                self.wrong(name, f"{self.prefix}{name}: {error}")
                continue
            if at in months:
                self.wrong(
                    name, f"{self.prefix}{name} has {month_text(at)} twice ({month})", repair="remove one of the two"
                )
            checked, wrong = fill(self.programme.params, {name: value}, self.file, self.prefix)
            self.problems.extend(wrong)
            months.append(at)
            values.append(float(getattr(checked, name)) if not wrong else 0.0)
        if not steps:
            self.wrong(name, f"{self.prefix}{name} lists no month")
        order = sorted(zip(months, values, strict=True))
        return Dated(tuple(m for m, _ in order) or (0,), tuple(v for _, v in order) or (0.0,))

    def lawful(self, phase: Phase, last: int | None) -> None:
        """Ask the measure's own check about every month of the phase, and note the first month of each problem.

        A phase without an end is asked about until the last month of the run, where that is known.
        """
        if self.programme.check is None:
            return
        named = [month for d in phase.dated.values() for month in d.months]
        end = phase.end if phase.end != NO_END else max(last or 0, phase.start, *named)
        said: dict[str, Problem] = {}
        for month in range(phase.start, min(end, phase.start + _MONTHS_CHECKED) + 1):
            for found in self.programme.check(phase.params_at(month), month, self.city):
                what = f"{self.prefix}{found.column}, in {month_text(month)}: {found.what}"
                said.setdefault(
                    found.column, replace(found, what=what, file=self.file, column=f"{self.prefix}{found.column}")
                )
        self.problems.extend(said.values())
