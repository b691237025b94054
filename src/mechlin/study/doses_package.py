"""The package that doses make: a setting by month as it came, as planned where it was not counted, and the ranges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from mechlin import measures
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Declared, Programme, declared
from mechlin.core.errors import InputError, UsageError
from mechlin.core.files import write_text
from mechlin.engine.package import Package
from mechlin.engine.package import read_package as package_of
from mechlin.engine.phases import DOUBT
from mechlin.engine.plan import Dated
from mechlin.evaluation.doses import Delivered, Dose, by_month, read_doses
from mechlin.study.asked import read_package
from mechlin.study.delivered import FILE, NAME
from mechlin.study.scenario import to_text

_AREA_NAMES = ("code", "name", "district")  # by which an area is known


def package_from(
    delivered: Delivered, known: Mapping[str, Programme], title: str, plan: Package | None = None
) -> Package:
    """Return the package that was delivered; what was not counted is as ``plan`` meant it, and absent without a plan.

    What is not known of a month is in doubt: a range from the least to the most that it can have been. A doubt of the
    plan about a number that was counted goes on for the months that were not.
    """
    settings, doubtful = dict(plan.settings) if plan else {}, False
    for name, found in groupby(by_month(delivered.doses, known), key=lambda d: d.programme):
        group, own = list(found), settings.get(name, {})
        if not isinstance(own, Mapping):
            raise UsageError(
                f"{name} has phases in the plan {plan.name if plan else ''!r}; give a plan with one for each measure"
            )
        first = month_text(min(d.month for d in group))
        own = {**own, "start": min(str(own.get("start", first)), first)}
        doubt = dict(own.pop(DOUBT, {}))
        kinds = {d.name: d for d in declared(known[name].params)}
        for parameter, series in groupby(group, key=lambda d: d.parameter):
            doses, kind = list(series), kinds[parameter]
            own[parameter] = _steps(own.get(parameter), own["start"], doses, kind.type)
            ranges = _ranges(own[parameter], doses, kind, doubt.pop(parameter, None))
            doubt |= {parameter: ranges} if ranges else {}
        areas = sorted({d.area for d in delivered.doses if d.programme == name})
        if known[name].table == "areas" and all(areas):
            own["areas"] = areas
        settings[name] = own | ({DOUBT: doubt} if doubt else {})
        doubtful |= bool(doubt)
    note = f"Doses as they were delivered{f'; what was not counted as in {plan.name}' if plan else ''}."
    note += " What is not known is a range, from which every pair of runs takes its own value." if doubtful else ""
    return Package(NAME, title=title, note=note, settings=settings)


def _ranges(steps: Mapping[str, Any], doses: Iterable[Dose], d: Declared, planned: Any) -> dict[str, list[float]]:
    """Return the least and most of every month that is in doubt; ``planned`` is the doubt about what was not counted."""
    if isinstance(planned, Mapping):
        out = {m: list(ends) for m, ends in planned.items() if m in steps}
    else:
        out = {m: _times(v, planned, d) for m, v in steps.items()} if planned else {}
    out |= {month_text(dose.month): _ends(dose, d.type) for dose in doses}
    return {m: ends for m, ends in sorted(out.items()) if ends[0] < ends[1]}


def _times(value: float, times: Sequence[float], d: Declared) -> list[float]:
    """Return the least and most of a number in doubt by multiples, within what is possible; whole where it is whole."""
    low, high = (min(max(value * t, float(d.param.low)), float(d.param.high)) for t in times)
    return [low // 1, -(-high // 1)] if d.type is int else [low, high]


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


def doses_of(file: str | Path, city: City) -> Delivered:
    """Return the doses in a table of a city; raise InputError with every problem."""
    names = {str(v) for c in _AREA_NAMES if c in city.areas.columns for v in city.areas[c].to_list()}
    return read_doses(file, measures.catalogue(), names)


def write_delivered(package: Package, folder: Path) -> Path:
    """Write the package into a folder of what was measured, as `delivered.toml`, and return where it is."""
    return write_text(folder / FILE, to_text(package))


def delivered_in(
    file: str | Path, city: str | Path | City, plan: str | None, folder: Path
) -> tuple[Delivered, Mapping[str, Programme], Package, Path]:
    """Return the doses of a table, the measures there are, and the package that they make, written into a folder.

    Raises InputError with every problem: of the table first, then of what it makes together with the plan.
    """
    place, known = load_city(city), measures.catalogue()
    meant = read_package(plan, place) if plan else None
    found = doses_of(file, place)
    first, last = (month_text(at([d.month for d in found.doses])) for at in (min, max))
    package = package_from(found, known, f"What was delivered in {place.title}, {first} to {last}", meant)
    try:
        package_of(package.settings, {}, known, place)
    except InputError as error:
        raise InputError(replace(p, file=Path(file).name) for p in error.problems) from None
    path = write_delivered(package, folder)
    return found, known, package_of(path, {}, known, place), path
