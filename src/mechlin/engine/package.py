"""Packages: which measures, with which settings, from when to when, and where; read and checked.

A package is a TOML file of a few lines. Everything in it is checked before anything runs, and every problem
is said at once. The engine owns what all programmes share: phases, dates, ramp, areas, the lottery, the ledger.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Programme, declared, fill
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.engine.plan import NO_END, Dated, Phase, Plan

HEADINGS = ("title", "author", "leaves_out", "note")
_AREA_NAMES = ("code", "name", "district")
_RAMP_MAX = 240
_WITH_PLACES = ("people", "households", "homes", "schools")  # of areas and the city a measure takes all it can
_MONTHS_CHECKED = 1200  # as long as a run can be
_SIZE_MAX = 1_000_000  # bytes
DOUBT = "doubt"
_DOUBT_MOST = 10.0  # times what is written; a dose that may be more than that is not known at all
_START = "2001-01"  # of a measure without one, in a city that is not known yet
_OWN = "own"  # what a package is called that stands in no file
NOTHING = "nothing"


@dataclass(frozen=True)
class Package:
    """Measures and their settings, and who put them together."""

    name: str
    title: str = ""
    author: str = ""
    leaves_out: str = ""
    note: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


Source = str | Path | Mapping[str, Any] | Package


def read_package(
    source: Source,
    packages: Mapping[str, Path],
    known: Mapping[str, Programme],
    city: City | None = None,
    last: int | None = None,
) -> Package:
    """Return the package called ``source``, standing in that file, or made of those settings, checked.

    ``city`` is that in which it is to run, where known, and ``last`` the last month (counted from year 0).
    Raises UsageError when there is no such package and InputError with every problem found.
    """
    if isinstance(source, Package):
        return replace(source, settings=_made(source.settings, source.name, "", known, city, last).settings)
    if isinstance(source, Mapping):
        return _made(source, _OWN, "", known, city, last)
    if not isinstance(source, str | Path):
        raise UsageError(f"{source!r} is not a package; give its name, a .toml file or a dict of settings by measure")
    name = str(source)
    if name == NOTHING:
        return Package(NOTHING, title="Nothing", note="None of the measures.")
    path = packages.get(name) or Path(name)
    if not path.is_file():
        choices = [NOTHING, *packages]
        close = nearest(name, choices)
        hint = f"; did you mean {close!r}?" if close else ""
        raise UsageError(f"there is no package {name!r}{hint} Known: {', '.join(choices)}; or give a .toml file")
    if path.stat().st_size > _SIZE_MAX:
        raise InputError([Problem("the file is too large for a package", file=path.name, allowed="1 MB")])
    text = decoded(path.read_bytes(), path.name)
    try:
        return _made(read_toml(text, path.name), path.stem, path.name, known, city, last)
    except InputError as error:
        raise InputError(with_rows(error.problems, text)) from None


def _made(
    table: Mapping[str, Any], name: str, file: str, known: Mapping[str, Programme], city: City | None, last: int | None
) -> Package:
    """Return the package that a table of headings and measures makes; raise InputError with every problem found."""
    table = _plain(table)
    wrong = [
        Problem(f"{key} = {table[key]!r} is not text", file=file, column=key, repair=f'write {key} = "..."')
        for key in HEADINGS
        if not isinstance(table.get(key, ""), str)
    ]
    settings = {key: value for key, value in table.items() if key not in HEADINGS}
    if not settings and not any(table.get(key) for key in HEADINGS):  # with a title it is meant: everything off
        wrong.append(
            Problem(
                "there is no measure in the package",
                file=file,
                repair="write [cameras], say, and its settings below; a city without measures "
                f"is the package {NOTHING!r}, or a file with a title only",
            )
        )
    try:
        plans(settings, known, file, city.start if city is not None else None, city, last)
    except InputError as error:
        wrong.extend(error.problems)
    if wrong:
        raise InputError(wrong)
    return Package(name, **{key: table.get(key, "") for key in HEADINGS}, settings=canonical(settings, known))


def _plain(value: Any) -> Any:
    """Return settings as a TOML file gives them: names that are text, lists, and no numbers of NumPy."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


def canonical(settings: dict[str, Any], known: Mapping[str, Programme]) -> dict[str, Any]:
    """Return checked settings in one form, so that 1 and 1.0, or a list of one phase, name the same run."""

    def typed(kinds: dict[str, type], name: str, value: Any) -> Any:
        if name == "areas":
            return sorted(set(value))
        if name == DOUBT:
            return {dose: [float(end) for end in ends] for dose, ends in sorted(value.items())}
        if name not in kinds:
            return value
        return {m: kinds[name](v) for m, v in value.items()} if isinstance(value, dict) else kinds[name](value)

    out: dict[str, Any] = {}
    for name, values in settings.items():
        kinds = {d.name: d.type for d in declared(known[name].params)}
        found = each_table(values, lambda table, k=kinds: {n: typed(k, n, v) for n, v in table.items()})
        out[name] = found[0] if isinstance(found, list) and len(found) == 1 else found
    return out


def tables(values: Any) -> list[dict[str, Any]]:
    """Return the settings of each phase of a measure: of the only one, or of each in a list."""
    return values if isinstance(values, list) else [values]


def each_table(values: Any, change: Callable[..., dict[str, Any]]) -> Any:
    """Return a measure's settings with ``change`` made to those of each phase: a table, or a list of tables."""
    return [change(table) for table in values] if isinstance(values, list) else change(values)


def plans(
    settings: dict[str, Any],
    known: Mapping[str, Programme],
    file: str = "package",
    start: str | None = None,
    city: City | None = None,
    last: int | None = None,
) -> list[Plan]:
    """Return a checked plan for every programme in ``settings``; raise InputError with every problem.

    ``start`` is the city's first month, before which no measure can begin; None where it is not known yet.
    """
    problems: list[Problem] = []
    found = []
    for name, values in sorted(settings.items()):
        if name not in known:
            problems.append(
                Problem(
                    f"{name} is not a known measure",
                    file=file,
                    column=name,
                    allowed=", ".join(known),
                    nearest=nearest(name, known),
                )
            )
        elif not tables(values) or not all(isinstance(table, dict) for table in tables(values)):
            problems.append(
                Problem(
                    f"{name} = {values!r} must be a table",
                    file=file,
                    column=name,
                    repair=f"write [{name}] on a line of its own, its settings below",
                )
            )
        else:
            several = len(tables(values)) > 1
            phases = []
            for n, table in enumerate(tables(values), 1):
                asked = _Asked(known[name], file, f"{name}[{n}]." if several else f"{name}.", city, problems)
                phases.append(asked.phase(table, start, last))
            phases.sort(key=lambda phase: phase.start)
            problems += _overlaps(name, phases, file)
            found.append(Plan(known[name], tuple(phases)))
    if problems:
        raise InputError(problems)
    return found


def _overlaps(name: str, phases: list[Phase], file: str) -> list[Problem]:
    """Return which phases of a measure, in order of their start, run into the next."""
    return [
        Problem(
            f"{name}: the phase that starts in {month_text(one.start)} has not ended when the next starts in "
            f"{month_text(other.start)}",
            file=file,
            column=f"{name}.end",
            repair=f"write end = {month_text(other.start - 1)} in the earlier one"
            if one.start < other.start
            else "give them different dates",
        )
        for one, other in zip(phases, phases[1:], strict=False)
        if one.end >= other.start
    ]


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


def within_dates(settings: Mapping[str, Any], keep: Container[str] = ()) -> dict[str, Any]:
    """Return a measure's settings with the months of its numbers cut to its start and end; those in ``keep`` as they are.

    What a number is between start and end stays the same. Impossible dates are left for the checks to refuse.
    """
    try:
        first = month_number(str(settings["start"])) if "start" in settings else 0
        last = month_number(str(settings["end"])) if "end" in settings else NO_END
        return {
            name: value if name in keep or name == DOUBT or not isinstance(value, dict) else _cut(value, first, last)
            for name, value in settings.items()
        }
    except UsageError:
        return dict(settings)


def _cut(steps: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    months = {month_number(month): value for month, value in steps.items()}
    if not all(isinstance(value, int | float) for value in steps.values()) or all(first <= m <= last for m in months):
        return steps
    line = Dated(tuple(sorted(months)), tuple(float(months[m]) for m in sorted(months)))
    kind = int if all(isinstance(value, int) for value in steps.values()) else float
    kept = {m: v for m, v in months.items() if first <= m <= last}
    ends = [end for end in (first, last) if min(months) < end < max(months)] if kept else [first]
    return {month_text(m): v for m, v in sorted({**{end: kind(line.at(end)) for end in ends}, **kept}.items())}


def _is_range(ends: Any) -> bool:
    """Return whether these are the two ends of a range of multiples that holds 1."""
    numbers = isinstance(ends, list | tuple) and [
        e for e in ends if isinstance(e, int | float) and not isinstance(e, bool)
    ]
    return bool(numbers) and len(numbers) == len(ends) == 2 and 0 <= numbers[0] <= 1 <= numbers[1] <= _DOUBT_MOST  # type: ignore[arg-type, index]


@dataclass(frozen=True)
class _Asked:
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
        """Refuse a doubt about what is no dose of the phase, and ranges that cannot be.

        Worlds draw how large a doubtful dose really was; the phase itself holds what is written.
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
            if name not in doses:
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
