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
from mechlin.core.declare import Programme, declared
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.engine.phases import DOUBT, Asked
from mechlin.engine.plan import NO_END, Dated, Phase, Plan

HEADINGS = ("title", "author", "leaves_out", "note")
_SIZE_MAX = 1_000_000  # bytes
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
        allowed = f"{', '.join(choices)}, or a .toml file"
        raise UsageError(str(Problem(f"there is no package {name!r}", allowed=allowed, nearest=close)))
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
            return {dose: _ends(ends) for dose, ends in sorted(value.items())}
        if name not in kinds:
            return value
        return {m: kinds[name](v) for m, v in value.items()} if isinstance(value, dict) else kinds[name](value)

    out: dict[str, Any] = {}
    for name, values in settings.items():
        kinds = {d.name: d.type for d in declared(known[name].params)}
        found = each_table(values, lambda table, k=kinds: {n: typed(k, n, v) for n, v in table.items()})
        out[name] = found[0] if isinstance(found, list) and len(found) == 1 else found
    return out


def _ends(ranges: Any) -> Any:
    """Return a range of multiples, or ranges by month, as plain numbers."""
    if isinstance(ranges, Mapping):
        return {month: _ends(ends) for month, ends in ranges.items()}
    return [float(end) for end in ranges]


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
                asked = Asked(known[name], file, f"{name}[{n}]." if several else f"{name}.", city, problems)
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


def within_dates(settings: Mapping[str, Any], keep: Container[str] = ()) -> dict[str, Any]:
    """Return a measure's settings with the months of its numbers cut to its start and end; those in ``keep`` as they are.

    What a number is between start and end stays the same. Impossible dates are left for the checks to refuse.
    """
    try:
        first = month_number(str(settings["start"])) if "start" in settings else 0
        last = month_number(str(settings["end"])) if "end" in settings else NO_END
        cut = {
            name: value if name in keep or name == DOUBT or not isinstance(value, dict) else _cut(value, first, last)
            for name, value in settings.items()
        }
    except UsageError:
        return dict(settings)
    return still_in_doubt(settings, cut)


def still_in_doubt(before: Mapping[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return changed settings of a phase without ranges by month for numbers that are no longer what they were."""
    if not isinstance(doubt := now.get(DOUBT), Mapping):
        return now
    kept = {name: _still(ranges, before.get(name), now.get(name)) for name, ranges in doubt.items()}
    left = {name: ranges for name, ranges in kept.items() if ranges != {}}
    return {**now, DOUBT: left} if left else {name: value for name, value in now.items() if name != DOUBT}


def _still(ranges: Any, before: Any, now: Any) -> Any:
    if not isinstance(ranges, Mapping):
        return ranges
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return {}
    return {month: ends for month, ends in ranges.items() if month in now and now[month] == before.get(month)}


def _cut(steps: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    months = {month_number(month): value for month, value in steps.items()}
    if not all(isinstance(value, int | float) for value in steps.values()) or all(first <= m <= last for m in months):
        return steps
    line = Dated(tuple(sorted(months)), tuple(float(months[m]) for m in sorted(months)))
    kind = int if all(isinstance(value, int) for value in steps.values()) else float
    kept = {m: v for m, v in months.items() if first <= m <= last}
    ends = [end for end in (first, last) if min(months) < end < max(months)] if kept else [first]
    return {month_text(m): v for m, v in sorted({**{end: kind(line.at(end)) for end in ends}, **kept}.items())}
