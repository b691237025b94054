"""The package that was delivered: doses as they came, and ranges for what is not known, from which every pair draws.

    [service_tenancy]
    start = 2026-01
    hours_week = { "2026-01" = 2.0, "2026-02" = 1.7 }

    [unknown.service_tenancy]
    hours_week = { "2026-02" = [1.2, 2.0] }

`mechlin measure doses` writes it into the folder of what was measured; `mechlin rehearse CITY --package delivered` takes
it from there. A pair of runs draws one place within every range, the same in all its months: what one service did not
report it is likely to have missed in the same way throughout. Studies that do not vary knowledge take the middle.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mechlin.city.tables.model import City
from mechlin.core.declare import Programme
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.engine.package import Package
from mechlin.engine.package import read_package as package_of
from mechlin.evaluation.cards import read_head

NAME, FILE, FOLDER = "delivered", "delivered.toml", "measured"
UNKNOWN = "unknown"  # the table of ranges in its file
_STEPS = 2**32  # places within a range
Ranges = Mapping[str, Mapping[str, Mapping[str, list[float]]]]


@dataclass(frozen=True)
class DeliveredPackage(Package):
    """A package of doses as they came; ``unknown`` maps measure, setting and month to the lowest and highest."""

    unknown: Ranges = field(default_factory=dict)


def is_delivered(source: object, city: City | None) -> bool:
    """Whether a package is asked for that was delivered: by its name, or a file with ranges in it."""
    if not isinstance(source, str | Path) or (city is not None and str(source) in city.packages):
        return False
    path = Path(source)
    return str(source) == NAME or (path.is_file() and path.suffix == ".toml" and f"[{UNKNOWN}." in _text(path))


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def find_delivered(source: str | Path, city: City | None) -> Path:
    """Return the file of the package that was delivered; raise UsageError that says how to make it where there is none."""
    if str(source) != NAME:
        return Path(source)
    name = city.name if city else "CITY"
    path = Path(FOLDER) / FILE
    if not path.is_file():
        raise UsageError(
            f"there is no package {NAME!r} yet: `mechlin measure doses FILE.csv --city {name}` makes {path} from a table "
            "of what was delivered, and is run in the same folder as this command"
        )
    if (path.parent / "measured.toml").is_file() and city is not None:
        own = read_head(path.parent).city
        if own and Path(own).name != city.name:
            raise UsageError(f"{path} is what was delivered in {own}, not in {city.name}")
    return path


def read_delivered(
    path: Path, known: Mapping[str, Programme], city: City | None, last: int | None = None
) -> DeliveredPackage:
    """Return the package in a file, its ranges checked at both ends; raise InputError with every problem and its row."""
    text = decoded(path.read_bytes(), path.name)
    table = read_toml(text, path.name)
    unknown = table.pop(UNKNOWN, {})
    try:
        if problems := _wrong_ranges(table, unknown):
            raise InputError(problems)
        packages = [package_of(_at(table, unknown, end), {}, known, city, last) for end in (None, 0, 1)]
    except InputError as error:
        told = [replace(p, file=path.name) for p in error.problems]
        raise InputError(dict.fromkeys(with_rows(told, text))) from None
    fields = {name: value for name, value in packages[0].__dict__.items() if name != "name"}
    return DeliveredPackage(path.stem, **fields, unknown=unknown)


def _wrong_ranges(table: Mapping[str, Any], unknown: Any) -> list[Problem]:
    problems = []
    for name, settings in unknown.items() if isinstance(unknown, Mapping) else ():
        if name not in table or not isinstance(settings, Mapping):
            problems.append(
                Problem(f"{UNKNOWN}.{name}: the package has no measure {name!r}", nearest=nearest(name, table))
            )
            continue
        for setting, months in settings.items():
            column, steps = f"{UNKNOWN}.{name}.{setting}", table[name].get(setting)
            if not isinstance(months, Mapping) or not isinstance(steps, Mapping):
                problems.append(
                    Problem(
                        f"{column}: a range is by month, and so is its setting",
                        column=column,
                        allowed='"2026-05" = [1, 2]',
                    )
                )
                continue
            for month, ends in months.items():
                sound = isinstance(ends, list) and len(ends) == 2 and all(isinstance(e, int | float) for e in ends)
                if not sound or ends[0] > ends[1]:
                    problems.append(
                        Problem(f"{column}, {month}: {ends!r} is no range", column=column, allowed="[low, high]")
                    )
                elif month not in steps:
                    problems.append(
                        Problem(f"{column}, {month}: {name}.{setting} says nothing for that month", column=column)
                    )
    return problems


def _at(settings: Mapping[str, Any], unknown: Ranges, end: int | None) -> dict[str, Any]:
    """Return settings at the low (0) or high (1) end of every range; as they stand with None."""
    if end is None:
        return dict(settings)
    return _placed(settings, unknown, lambda _: float(end))


def _placed(settings: Mapping[str, Any], unknown: Ranges, place: Any) -> dict[str, Any]:
    """Return settings with ``place(setting)``, from 0 to 1, of every range."""
    out = {name: dict(values) if isinstance(values, Mapping) else values for name, values in settings.items()}
    for name, ranges in unknown.items():
        for setting, months in ranges.items():
            steps, at = dict(out[name][setting]), place(f"{name}.{setting}")
            for month, (low, high) in months.items():
                whole = all(isinstance(v, int) for v in (low, high, steps[month]))
                value = low + at * (high - low)
                steps[month] = round(value) if whole else value
            out[name][setting] = steps
    return out


def in_draw(package: Package, draw: int | None) -> dict[str, Any]:
    """Return a package's settings in one draw of what is not known; as they stand with None, or where all is known.

    The same draw gives the same settings on every machine, in any order.
    """
    if draw is None or not isinstance(package, DeliveredPackage):
        return package.settings

    def place(setting: str) -> float:
        digits = hashlib.blake2b(f"{setting}:{draw}".encode(), digest_size=4).digest()
        return int.from_bytes(digits, "big") / _STEPS

    return _placed(package.settings, package.unknown, place)
