"""What is asked for, looked through before the first run: every problem said at once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mechlin import indicators, measures
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import MONTHS, month_number, month_text
from mechlin.core.errors import InputError, MechlinError, Problem, UsageError, nearest
from mechlin.core.spec import RunSpec
from mechlin.engine.package import Package, read_package

UNTIL = "2018-12"
_RUNS_MAX = 10_000
_MONTHS_MAX = 1_200


def checked(
    city: City | str, package: str | Path, against: str | Path, runs: int, until: str | None, threads: int | None,
    names: Sequence[str] = (), better: bool = False,
) -> tuple[City, Package, Package, int, str]:  # fmt: skip
    """Return city, both packages, months and the last month; raise one error that says all that is wrong.

    ``names`` are the indicators asked for; with ``better`` each must have a direction in which it is better.
    """
    wrong: list[MechlinError] = []

    def attempt(make: Callable[..., Any], *given: Any) -> Any:
        try:
            return make(*given)
        except (InputError, UsageError) as error:
            wrong.append(error)
            return None

    attempt(_in_range, "runs", runs, 1, _RUNS_MAX)
    if threads is not None:
        attempt(_in_range, "threads", threads, 1, 1024)
    place = attempt(load_city, city) if isinstance(city, str) else city
    months = attempt(_months, place.start if place is not None else RunSpec.start, until or UNTIL)
    if place is not None:
        attempt(_measured, names, better, place.backgrounds)
    known = measures.catalogue()
    packages = place.packages if place is not None else {}
    asked = [package] if str(package) == str(against) else [package, against]
    files = [name for name in asked if place is not None or Path(name).is_file()]
    last = month_number(place.start) + months - 1 if place is not None and months is not None else None
    read = {str(name): attempt(read_package, name, packages, known, place, last) for name in files}
    if wrong:
        _raise_all(wrong)
    return place, read[str(package)], read[str(against)], months, until or UNTIL


def _measured(names: Sequence[str], better: bool, backgrounds: Sequence[str]) -> None:
    """Refuse indicators of a city that there are not, and where asked those without a better direction."""
    known = {name: i for name, i in indicators.catalogue(backgrounds).items() if not i.by_area}
    wrong = [
        Problem(f"there is no indicator {name!r}", nearest=nearest(name, known),
                repair="`mechlin list indicators` shows what there is") for name in names if name not in known
    ]  # fmt: skip
    wrong += [
        Problem(f"{name} has no better direction", repair="choose one that is better when higher or lower")
        for name in names if better and name in known and known[name].better == "neither"
    ]  # fmt: skip
    if wrong:
        raise UsageError("\n".join(map(str, wrong)))


def _raise_all(wrong: list[MechlinError]) -> None:
    """Raise every problem as one error; bad input data outweighs wrong use."""
    if not any(isinstance(error, InputError) for error in wrong):
        raise UsageError("\n".join(str(error) for error in wrong))
    problems: list[Problem] = []
    for error in wrong:
        problems.extend(error.problems if isinstance(error, InputError) else [Problem(str(error))])
    raise InputError(problems)


def _months(start: str, until: str) -> int:
    first = month_number(start)
    months = month_number(until) - first + 1
    if not MONTHS <= months <= _MONTHS_MAX:
        ends = f"{month_text(first + MONTHS - 1)} to {month_text(first + _MONTHS_MAX - 1)}"
        raise UsageError(f"until {until} is not possible: the city starts in {start}; write a month from {ends}")
    return months


def _in_range(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UsageError(f"{name} = {value!r} is not possible; write a whole number from {low} to {high}")
