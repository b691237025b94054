"""Packages: which measures, with which settings, from when to when; read, checked, enrolled, paid for.

A package is a TOML file of a few lines. Everything in it is checked before anything runs, and every problem
is said at once. The engine owns what all programmes share: dates, ramp, the enrolment lottery, the ledger.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mechlin.core.clock import month_number
from mechlin.core.declare import Programme, declared, fill
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_HEADINGS = ("title", "author", "leaves_out", "note")
_DATES = ("start", "end", "ramp_months")
_BARE_MONTH = re.compile(r"^(\s*[\w.\"-]+\s*=\s*)(\d{4}-\d{2})(\s*(?:#.*)?)$", re.MULTILINE)
_RAMP_MAX = 240
_NO_END = 12 * 9999
_SIZE_MAX = 1_000_000  # bytes
NOTHING = "nothing"


@dataclass(frozen=True)
class Package:
    """Measures and their settings, and who put them together."""

    name: str
    title: str = ""
    author: str = ""
    leaves_out: str = ""
    note: str = ""
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Dated:
    """A number that changes over time: months since year 0, and the value from each on (straight lines between)."""

    months: tuple[int, ...]
    values: tuple[float, ...]

    def at(self, month: int) -> float:
        """Return the value in ``month``."""
        if month <= self.months[0]:
            return self.values[0] if month == self.months[0] else 0.0
        for (m0, v0), (m1, v1) in zip(
            zip(self.months, self.values, strict=True), zip(self.months[1:], self.values[1:], strict=True), strict=False
        ):
            if month < m1:
                return v0 + (v1 - v0) * (month - m0) / (m1 - m0)
        return self.values[-1]


@dataclass(frozen=True)
class Plan:
    """One programme as planned: its checked parameters, dates, and the parameters that change over time."""

    programme: Programme
    params: Any
    start: int
    end: int
    ramp_months: int
    dated: dict[str, Dated]

    def params_at(self, month: int) -> Any:
        """Return the parameters in force in ``month`` (months since year 0)."""
        if not self.dated:
            return self.params
        kinds = {d.name: d.type for d in declared(self.programme.params)}
        return self.params._replace(**{n: kinds[n](d.at(month)) for n, d in self.dated.items()})

    def ramp(self, month: int) -> float:
        """Return the share of full size reached in ``month``; 0 outside the programme's dates."""
        if not self.start <= month <= self.end:
            return 0.0
        return min(1.0, (month - self.start + 1) / self.ramp_months)


def read_package(source: str | Path, packages: dict[str, Path], known: dict[str, Programme]) -> Package:
    """Return the package called ``source`` or standing in that file, checked.

    Raises UsageError when there is no such package and InputError with every problem found.
    """
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
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(_BARE_MONTH.sub(r'\1"\2"\3', text))
    except UnicodeDecodeError:
        raise InputError([Problem("the file is not UTF-8 text", file=path.name, repair="save it as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem(f"not valid TOML: {error}", file=path.name)]) from None
    settings = {k: v for k, v in table.items() if k not in _HEADINGS}
    headings = {k: str(table.get(k, "")) for k in _HEADINGS}
    plans(settings, known, file=path.name)
    return Package(path.stem, **headings, settings=canonical(settings, known))


def canonical(settings: dict[str, Any], known: dict[str, Programme]) -> dict[str, Any]:
    """Return checked settings with every number in its declared type, so that 1 and 1.0 name the same run."""

    def typed(kind: type | None, value: Any) -> Any:
        if kind is None:
            return value
        return {month: kind(v) for month, v in value.items()} if isinstance(value, dict) else kind(value)

    out = {}
    for name, values in settings.items():
        kinds = {d.name: d.type for d in declared(known[name].params)}
        out[name] = {k: typed(kinds.get(k), v) for k, v in values.items()}
    return out


def plans(
    settings: dict[str, Any], known: dict[str, Programme], file: str = "package", start: str = "2001-01"
) -> list[Plan]:
    """Return a checked plan for every programme in ``settings``; raise InputError with every problem."""
    problems: list[Problem] = []
    found = []
    for name, values in sorted(settings.items()):
        if name not in known:
            problems.append(Problem(f"{name} is not a known measure", file=file, column=name,
                                    allowed=", ".join(known), nearest=nearest(name, known)))  # fmt: skip
        elif not isinstance(values, dict):
            problems.append(Problem(f"{name} = {values!r} must be a table", file=file, column=name,
                                    repair=f"write [{name}] on a line of its own, its settings below"))  # fmt: skip
        else:
            plan = _plan(known[name], values, file, start, problems)
            found.append(plan)
    if problems:
        raise InputError(problems)
    return found


def _plan(programme: Programme, values: dict[str, Any], file: str, start: str, problems: list[Problem]) -> Plan:
    prefix = f"{programme.name}."
    dates = {"start": month_number(start), "end": _NO_END, "ramp_months": 1}
    plain, dated = {}, {}
    for name, value in values.items():
        if name in ("start", "end"):
            try:
                dates[name] = month_number(str(value))
            except UsageError as error:
                problems.append(Problem(f"{prefix}{name}: {error}", file=file, column=f"{prefix}{name}"))
        elif name == "ramp_months":
            if isinstance(value, int) and 1 <= value <= _RAMP_MAX:
                dates[name] = value
            else:
                problems.append(Problem(f"{prefix}ramp_months = {value!r} is not possible", file=file,
                                        column=f"{prefix}{name}", allowed=f"1 to {_RAMP_MAX} months"))  # fmt: skip
        elif isinstance(value, dict):
            dated[name] = _dated(programme, name, value, file, problems)
        else:
            plain[name] = value
    if dates["end"] < dates["start"]:
        problems.append(Problem(f"{programme.name} ends before it starts", file=file, column=f"{prefix}end",
                                repair="put end after start"))  # fmt: skip
    params, wrong = fill(programme.params, plain, file, prefix)
    problems.extend(wrong)
    return Plan(programme, params, dates["start"], dates["end"], dates["ramp_months"], dated)


def _dated(programme: Programme, name: str, steps: dict[str, Any], file: str, problems: list[Problem]) -> Dated:
    months, values = [], []
    for month, value in steps.items():
        try:
            months.append(month_number(month))
        except UsageError as error:
            problems.append(Problem(f"{programme.name}.{name}: {error}", file=file, column=f"{programme.name}.{name}"))
            continue
        checked, wrong = fill(programme.params, {name: value}, file, f"{programme.name}.")
        problems.extend(wrong)
        values.append(float(getattr(checked, name)) if not wrong else 0.0)
    if not steps:
        problems.append(
            Problem(f"{programme.name}.{name} lists no month", file=file, column=f"{programme.name}.{name}")
        )
        return Dated((0,), (0.0,))
    order = sorted(zip(months, values, strict=False))
    return Dated(tuple(m for m, _ in order) or (0,), tuple(v for _, v in order) or (0.0,))
