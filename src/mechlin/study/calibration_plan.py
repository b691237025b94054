"""What is to be calibrated: which levels are free, which years of the record count, and how far each row is trusted.

A city's ``calibration.toml`` says it in a few lines:

    until = 2012                                   # the last year of the record that may be used
    package = "as-it-went"                         # what really ran in those years
    free = ["demography.depart_share", "housing.register_rate"]
    [model_errors]                                 # share of the level, where it is another than for the rest
    social_waiting_list = 0.1

Only levels are free. An effect that was measured elsewhere is not fitted to a city's history, because a history holds
one path and cannot tell an effect from the tide; it stays with its evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtri

from mechlin import indicators, mechanisms
from mechlin.city.tables.model import City
from mechlin.core.declare import Card, Declared, Param, declared, fill
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import read_toml, with_rows
from mechlin.engine.cards import cards_of
from mechlin.evaluation.observed import in_unit, placed
from mechlin.evidence.priors import quantile
from mechlin.statistics.emulate import Observed

FILE, DRAWS_FILE = "calibration.toml", "calibration.csv"
_KEYS = ("until", "package", "free", "model_errors")
_LAST_YEAR = 2100
_HALVINGS, _FARTHEST = 40, 4.0  # of a share sought; standard deviations


class Trust(NamedTuple):
    """How far one row of the record binds the model; each can be set in calibration.toml."""

    model_error_share: Annotated[
        float, Param("share", 0.001, 1, "Of an indicator's level, spread of what no level of any number can mend")
    ] = 0.03
    model_error_years: Annotated[float, Param("years", 0.1, 100, "Years after which that error is another")] = 5.0
    record_error_share: Annotated[float, Param("share", 0.0001, 1, "Of an observation, smallest spread")] = 0.005
    residents_within: Annotated[
        float, Param("share", 0.005, 1, "Of residents counted, how far a kept draw may be from them in any year")
    ] = 0.04


class Plan(NamedTuple):
    """A calibration as planned: free numbers in order, last year of the record, package, and trust."""

    free: tuple[str, ...]
    until: int
    package: str = "as-it-went"
    trust: Trust = Trust()
    model_errors: tuple[tuple[str, float], ...] = ()

    @property
    def declared(self) -> list[Declared]:
        """The free numbers as their mechanisms declare them."""
        return [level(name)[0] for name in self.free]  # type: ignore[misc]

    def values(self, point: Sequence[float]) -> dict[str, dict[str, float]]:
        """Return what the numbers are at a point of shares of belief (0 to 1 each): owner -> number -> value."""
        out: dict[str, dict[str, float]] = {}
        for name, d, share in zip(self.free, self.declared, point, strict=True):
            owner, _, number = name.partition(".")
            out.setdefault(owner, {})[number] = valued(d, float(share))
        return out


class Target(NamedTuple):
    """One row of the record that the runs are held against; ``factor`` turns a simulated number into its unit."""

    indicator: str
    title: str
    year: int
    value: float
    spread: float
    unit: str
    factor: float


def valued(d: Declared, share: float) -> float:
    """Return the value below which a share of belief lies; a number without belief may be anything possible."""
    if d.param.likely is not None:
        value = quantile(d, share)
    else:
        value = d.param.low + share * (d.param.high - d.param.low)
    return round(value) if d.type is int else float(f"{value:.6g}")


def point_of(d: Declared, value: float) -> float:
    """Return the standard normal number whose share of belief :func:`valued` turns into ``value``; cut off at four."""
    if d.param.likely is None:
        low = high = (value - d.param.low) / (d.param.high - d.param.low)
    else:
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):  # whatever the belief, what is valued rises with the share
            middle = 0.5 * (low + high)
            low, high = (middle, high) if quantile(d, middle) < value else (low, middle)
    return float(np.clip(ndtri(0.5 * (low + high)), -_FARTHEST, _FARTHEST))


def believed(d: Declared) -> tuple[float, float]:
    """Return the range that holds nine tenths of belief before the record was looked at."""
    return valued(d, 0.05), valued(d, 0.95)


def level(name: str) -> tuple[Declared | None, Problem | None]:
    """Return the number of that name ("owner.number") when it is a level that may be free, or why it is not."""
    known = mechanisms.catalogue()
    every = {f"{owner}.{d.name}": d for owner, m in known.items() for d in declared(m.params)}
    d = every.get(name)
    if d is None:
        return None, Problem(
            f"there is no level {name!r}",
            column=name,
            nearest=nearest(name, every),
            repair="mechlin explain MECHANISM lists its numbers",
        )
    if d.param.nil is not None or d.param.structure:
        what = "an effect measured elsewhere" if d.param.nil is not None else "a switch between alternatives"
        return None, Problem(f"{name} is {what}, not a level", column=name, repair="leave it with its evidence")
    return d, None


def read_plan(city: City) -> Plan:
    """Return the plan in a city's folder; raise UsageError when there is none, InputError with all problems."""
    path = city.folder / FILE if city.folder is not None else None
    if path is None or not path.is_file():
        raise UsageError(
            f"{city.name} has no {FILE}: write which numbers are free, as\n"
            'until = 2012\nfree = ["demography.depart_share", "housing.register_rate"]\npackage = "as-it-went"'
        )
    plan, problems = plan_in(path, city.packages)
    if problems or plan is None:
        raise InputError(problems)
    return plan


def plan_in(path: Path, packages: Mapping[str, Any]) -> tuple[Plan | None, list[Problem]]:
    """Return the plan in a file, or None, and everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        table = read_toml(text, path.name)
    except UnicodeDecodeError:
        return None, [Problem("the file is not UTF-8 text", file=path.name, repair="save it as UTF-8")]
    except InputError as error:
        return None, [*error.problems]
    head = {k: table.pop(k) for k in _KEYS if k in table}
    trust, problems = fill(Trust, {k: v for k, v in table.items() if k in Trust._fields}, path.name)
    for key in (k for k in table if k not in Trust._fields):
        known = [*_KEYS, *Trust._fields]
        problems.append(
            Problem(
                f"{key!r} is not a known setting",
                file=path.name,
                column=key,
                allowed=", ".join(known),
                nearest=nearest(key, known),
            )
        )
    errors = head.get("model_errors", {})
    errors = errors if isinstance(errors, dict) else {"model_errors": errors}
    shares, simulated = declared(Trust)[0].param, indicators.catalogue()
    for name, share in errors.items():
        column = f"model_errors.{name}"
        if name not in simulated:
            problems.append(
                Problem(
                    f"{name!r} is not a simulated indicator",
                    file=path.name,
                    column=column,
                    nearest=nearest(name, simulated),
                )
            )
        elif (wrong := shares.problem(column, share)) is not None:
            problems.append(replace(wrong, file=path.name))
    free, until, package = head.get("free", []), head.get("until"), head.get("package", "as-it-went")
    if not isinstance(until, int) or isinstance(until, bool) or not 0 < until <= _LAST_YEAR:
        problems.append(
            Problem(
                f"until = {until!r} is not a year",
                file=path.name,
                column="until",
                repair="write the last year of the record that may be used, as until = 2012",
            )
        )
    if not isinstance(free, list) or not free or not all(isinstance(name, str) for name in free):
        problems.append(
            Problem(
                "no number is free",
                file=path.name,
                column="free",
                repair='name some, as free = ["demography.depart_share"]',
            )
        )
        free = []
    for name in free:
        if (wrong := level(name)[1]) is not None:
            problems.append(replace(wrong, file=path.name, column="free"))
    for name in sorted({name for name in free if free.count(name) > 1}):
        problems.append(Problem(f"{name} stands twice", file=path.name, column="free", repair="name it once"))
    if package != "nothing" and package not in packages:
        problems.append(
            Problem(
                f"there is no package {package!r}",
                file=path.name,
                column="package",
                nearest=nearest(str(package), [*packages, "nothing"]),
            )
        )
    if problems or not isinstance(until, int):
        return None, with_rows(problems, text)
    return Plan(tuple(free), until, package, trust, tuple(errors.items())), []


def check_calibration(folder: Path, draws: pl.DataFrame, packages: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a city's plan, and with the numbers and values of its accepted draws."""
    problems = plan_in(folder / FILE, packages)[1] if (folder / FILE).is_file() else []
    for name in draws.columns:
        d, wrong = level(name)
        if d is None or wrong is not None:
            problems.append(replace(wrong or Problem(name), file=DRAWS_FILE, row=1))
            continue
        told = [d.problem(name, value) for value in draws[name]]
        problems += [replace(p, file=DRAWS_FILE, row=row) for row, p in enumerate(told, 2) if p is not None]
    return problems


def targets(city: City, plan: Plan) -> tuple[list[Target], list[dict[str, Any]]]:
    """Return the rows of the city's history that count, and those left out, each with the reason.

    A row with a range is taken as a triangle over low, value and high: its mean and spread.
    """
    cards = cards_of(indicators.catalogue(city.backgrounds), city.backgrounds)
    history = city.history.with_row_index("row", offset=2)
    found, left_out, impossible = placed(history, city, cards, "history.csv")
    if impossible:
        raise InputError(impossible)
    found = {name: in_unit(rows, rows[0]["factor"]) for name, rows in found.items()}
    first, out = int(city.start[:4]), []
    for name, rows in found.items():
        for row in rows:
            why = (
                f"after {plan.until}"
                if row["year"] > plan.until
                else "before the start"
                if row["year"] < first
                else "a sign is no level"
                if row["unit"] == "sign"
                else ""
            )
            if why:
                left_out.append({"row": row["row"], "indicator": name, "year": row["year"], "why": why})
            else:
                out.append(_target(cards[name], row, plan.trust))
    return sorted(out, key=lambda t: (t.indicator, t.year)), sorted(left_out, key=lambda r: r["row"])


def _target(card: Card, row: Mapping[str, Any], trust: Trust) -> Target:
    middle = row["value"]
    low, high = (middle if row[end] is None else row[end] for end in ("low", "high"))
    mean = (low + middle + high) / 3.0
    square = (low**2 + middle**2 + high**2 - low * middle - low * high - middle * high) / 18.0
    spread = float(np.hypot(np.sqrt(max(square, 0.0)), trust.record_error_share * abs(mean)))
    return Target(card.name, card.title, row["year"], mean, spread, row["unit"], row["factor"])


def observed(rows: Sequence[Target], plan: Plan) -> Observed:
    """Return values and covariance: errors of the record stand alone, those of the model last for years."""
    trust, shares = plan.trust, dict(plan.model_errors)
    values, spread = np.array([t.value for t in rows]), np.array([t.spread for t in rows])
    names, years = np.array([t.indicator for t in rows]), np.array([float(t.year) for t in rows])
    levels = {n: float(np.abs(values[names == n]).mean()) for n in set(names.tolist())}
    sizes = np.array([shares.get(t.indicator, trust.model_error_share) * max(levels[t.indicator], 1e-9) for t in rows])
    same = (names[:, None] == names) * np.exp(-np.abs(years[:, None] - years) / trust.model_error_years)
    floor = np.maximum(spread, 1e-6 * sizes)  # two rows that say the same for one year
    return Observed(values, np.outer(sizes, sizes) * same + np.diag(floor**2))
