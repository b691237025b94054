"""The package that doses make: a setting by month as it came, as planned where it was not counted, and the ranges."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from mechlin import measures
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Programme, declared
from mechlin.core.errors import InputError, UsageError
from mechlin.core.files import write_text
from mechlin.engine.package import Package
from mechlin.engine.package import read_package as package_of
from mechlin.engine.plan import Dated
from mechlin.evaluation.doses import Delivered, Dose, by_month, read_doses
from mechlin.study.asked import read_package
from mechlin.study.delivered import FILE, NAME, UNKNOWN, DeliveredPackage, in_draw, read_delivered
from mechlin.study.scenario import to_text

_AREA_NAMES = ("code", "name", "district")  # by which an area is known


def package_from(
    delivered: Delivered, known: Mapping[str, Programme], title: str, plan: Package | None = None
) -> DeliveredPackage:
    """Return the package that was delivered; what was not counted is as ``plan`` meant it, and absent without a plan."""
    settings = dict(plan.settings) if plan else {}
    unknown: dict[str, dict[str, dict[str, list[float]]]] = {}
    for name, found in groupby(by_month(delivered.doses, known), key=lambda d: d.programme):
        group, own = list(found), settings.get(name, {})
        if not isinstance(own, Mapping):
            raise UsageError(
                f"{name} has phases in the plan {plan.name if plan else ''!r}; give a plan with one for each measure"
            )
        first = month_text(min(d.month for d in group))
        own = {**own, "start": min(str(own.get("start", first)), first)}
        kinds = {d.name: d for d in declared(known[name].params)}
        for parameter, series in groupby(group, key=lambda d: d.parameter):
            doses, kind = list(series), kinds[parameter].type
            own[parameter] = _steps(own.get(parameter), own["start"], doses, kind)
            ranges = {month_text(d.month): _ends(d, kind) for d in doses}
            if ranges := {month: ends for month, ends in ranges.items() if ends[0] < ends[1]}:
                unknown.setdefault(name, {})[parameter] = ranges
        areas = sorted({d.area for d in delivered.doses if d.programme == name})
        if known[name].table == "areas" and all(areas):
            own["areas"] = areas
        settings[name] = own
    note = f"Doses as they were delivered{f'; what was not counted as in {plan.name}' if plan else ''}."
    note += " What is not known is a range, from which every pair of runs takes its own value." if unknown else ""
    return DeliveredPackage(NAME, title=title, note=note, settings=settings, unknown=unknown)


def _ends(d: Dose, kind: type) -> list[float]:
    """Return lowest and highest; whole numbers, the wider ones, for a setting that is one."""
    return [int(d.low), -int(-d.high // 1)] if kind is int else [d.low, d.high]


def _steps(planned: Any, start: str, doses: list[Dose], kind: type) -> dict[str, Any]:
    """Return a setting by month: as planned before the first counted month and after the last, else as it came.

    Between two months a setting runs in a straight line, so every counted month is written, and the plan's value of the
    months beside them.
    """
    first, last = doses[0].month, doses[-1].month
    steps: dict[int, Any] = {}
    if planned is not None:
        given = planned if isinstance(planned, Mapping) else {start: planned}
        plan = {month_number(m): float(v) for m, v in given.items()}
        line = Dated(tuple(sorted(plan)), tuple(plan[m] for m in sorted(plan)))
        beside = [m for m in (first - 1, last + 1) if m >= min(plan)]
        steps = {m: kind(line.at(m)) for m in [*plan, *beside] if not first <= m <= last}
    steps |= {d.month: round(d.middle) if kind is int else d.middle for d in doses}
    return {month_text(m): steps[m] for m in sorted(steps)}


def write_delivered(package: DeliveredPackage, folder: Path) -> Path:
    """Write the package into a folder of what was measured, as `delivered.toml`, and return where it is."""
    text = to_text(package)
    for name, settings in package.unknown.items():
        lines = [f"[{UNKNOWN}.{name}]"]
        for setting, months in settings.items():
            told = ", ".join(f'"{month}" = [{low!r}, {high!r}]' for month, (low, high) in months.items())
            lines.append(f"{setting} = {{ {told} }}")
        text += "\n" + "\n".join(lines) + "\n"
    return write_text(folder / FILE, text)


def delivered_in(
    file: str | Path, city: str | Path | City, plan: str | None, folder: Path
) -> tuple[Delivered, Mapping[str, Programme], DeliveredPackage, Path]:
    """Return the doses of a table, the measures there are, and the package that they make, written into a folder.

    Raises InputError with every problem: of the table first, then of what it makes together with the plan.
    """
    place, known = load_city(city), measures.catalogue()
    meant = read_package(plan, place) if plan else None
    names = {str(v) for c in _AREA_NAMES if c in place.areas.columns for v in place.areas[c].to_list()}
    found = read_doses(file, known, names)
    first, last = (month_text(at([d.month for d in found.doses])) for at in (min, max))
    package = package_from(found, known, f"What was delivered in {place.title}, {first} to {last}", meant)
    for settings in (package.settings, in_draw(package, 0)):
        try:
            package_of(settings, {}, known, place)
        except InputError as error:
            raise InputError(replace(p, file=Path(file).name) for p in error.problems) from None
    path = write_delivered(package, folder)
    return found, known, read_delivered(path, known, place), path
