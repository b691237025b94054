"""What is asked for, looked through before the first run: every problem said at once."""

import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from mechlin import indicators, measures
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import MONTHS, month_number, month_text
from mechlin.core.errors import InputError, MechlinError, Problem, UsageError, nearest, whole_number
from mechlin.core.spec import RunSpec
from mechlin.engine.package import NOTHING, Package, Source
from mechlin.engine.package import read_package as package_of
from mechlin.study.city_check import check_beside, check_build, check_city
from mechlin.study.delivered import find_delivered, is_delivered

AS_IT_WENT = "as-it-went"
UNTIL = "2018-12"
RUNS_MAX = 10_000
_MONTHS_MAX = 1_200
_PEOPLE_FEWEST, _PEOPLE_MOST = 100, 20_000_000


def checked(
    city: City | str | Path,
    package: Source | None,
    against: Source | None,
    runs: int,
    until: str | None,
    threads: int | None,
    names: Iterable[str] = (),
    better: bool = False,
    more: Iterable[Callable[[], object]] = (),
) -> tuple[City, Package, Package, int, str]:
    """Return city, both packages, months and the last month; raise one error that says all that is wrong.

    Without a ``package`` it is the one that a city is looked at with, see :func:`usual_package`, and without ``against``
    that is the package too. ``names`` are the indicators asked for; with ``better`` each must have a direction in which it
    is better. ``more`` are checks of one study's own, each of which raises what is wrong. A city's folder is looked
    through whole.
    """
    wrong: list[MechlinError] = []

    def attempt(make: Callable[..., Any], *given: Any) -> Any:
        try:
            return make(*given)
        except (InputError, UsageError) as error:
            wrong.append(error)
            return None

    attempt(whole_number, "runs", runs, 1, RUNS_MAX)
    if threads is not None:
        attempt(whole_number, "threads", threads, 1, 1024)
    for check in more:
        attempt(check)
    place = attempt(_loaded, city)
    sound = place is None or attempt(_whole_city, place) is not None
    months = attempt(_months, place.start if place is not None else RunSpec.start, UNTIL if until is None else until)
    if place is not None:
        attempt(_measured, names, better, place.backgrounds)
        last = month_number(place.start) + months - 1 if months is not None else None
        package = attempt(usual_package, place) if package is None else package
    else:
        last = None
    told = () if sound else place.packages  # what is wrong with these has been told with the city
    read = [
        attempt(_package, source, place, last)
        for source in (package, against)
        if source is not None and not (isinstance(source, str) and source in told)
    ]
    if wrong:
        raise_all(wrong)
    return place, read[0], read[-1], months, until or UNTIL


def _loaded(city: City | str | Path) -> City:
    """Return the city; where its tables are wrong, what is wrong beside them is said with that."""
    try:
        return load_city(city)
    except InputError as error:
        raise InputError(check_city(city) if isinstance(city, str | Path) else error.problems) from None


def _whole_city(city: City) -> bool:
    if problems := [*check_beside(city), *check_build(city)]:
        raise InputError(problems)
    return True


def usual_package(city: City) -> str:
    """Return the package that a city is looked at with unless told: as it went, or the only one that it has.

    Raises UsageError that says which there are where that is not plain.
    """
    names = list(city.packages)
    if AS_IT_WENT in names:
        return AS_IT_WENT
    if len(names) == 1:
        return names[0]
    there = f"it has {', '.join(names)}" if names else "it has none of its own: give a .toml file"
    raise UsageError(f"say which package is meant for {city.name} (--package, package=); {there}")


def read_package(source: Source, city: City | str | Path = "mechelen") -> Package:
    """Return a package checked for a city: one of its own by name, a TOML file, or settings by measure.

    Raises UsageError when there is no such package and InputError with every problem found.

    >>> package = read_package({"cameras": {"start": "2003-01", "cameras": 12}})
    >>> package.settings
    {'cameras': {'start': '2003-01', 'cameras': 12}}
    >>> read_package("as-it-went", "mechelen").title
    'The approach as it really ran'
    """
    place = load_city(city)
    found = _package(source, place, None)
    assert found is not None  # which only a city that cannot be read could bring about
    return found


def _package(source: Source, place: City | None, last: int | None) -> Package | None:
    """Return a package; in a city that cannot be read only what stands in a file is looked at."""
    if is_delivered(source, place):
        source = find_delivered(place)
    named = isinstance(source, str | Path) and str(source) != NOTHING and not Path(source).is_file()
    if place is None and named:
        return None
    return package_of(source, place.packages if place is not None else {}, measures.catalogue(), place, last)


def _measured(names: Iterable[str], better: bool, backgrounds: Sequence[str]) -> None:
    """Refuse indicators of a city that there are not, and where asked those without a better direction."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise UsageError(f"indicators = {names!r} is not a list of names; write [{names!r}]")
    known = {name: i for name, i in indicators.catalogue(backgrounds).items() if not i.by_area}
    wrong = [
        Problem(
            f"there is no indicator {name!r}",
            nearest=nearest(name, known),
            repair="`mechlin list indicators` shows what there is",
        )
        for name in names
        if name not in known
    ]
    wrong += [
        Problem(f"{name} has no better direction", repair="choose one that is better when higher or lower")
        for name in names
        if better and name in known and known[name].better == "neither"
    ]
    if wrong:
        raise UsageError("\n".join(map(str, wrong)))


def raise_all(wrong: list[MechlinError]) -> None:
    """Raise every problem as one error; bad input data outweighs wrong use."""
    if not any(isinstance(error, InputError) for error in wrong):
        raise UsageError("\n".join(dict.fromkeys(str(error) for error in wrong)))
    problems: list[Problem] = []
    for error in wrong:
        problems.extend(error.problems if isinstance(error, InputError) else [Problem(str(error))])
    raise InputError(dict.fromkeys(problems))


def _months(start: str, until: str) -> int:
    if not isinstance(until, str):
        raise UsageError(f"until = {until!r} is not a month; write it between quotation marks, like '2018-12'")
    first = month_number(start)
    months = month_number(until) - first + 1
    if not MONTHS <= months <= _MONTHS_MAX:
        ends = f"{month_text(first + MONTHS - 1)} to {month_text(first + _MONTHS_MAX - 1)}"
        raise UsageError(f"until {until} is not possible: the city starts in {start}; write a month from {ends}")
    return months


def number(name: str, value: Any, above: float = -math.inf) -> None:
    """Raise UsageError unless ``value`` is a finite number greater than ``above``."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or not float(value) > above:
        least = f" above {above:g}" if math.isfinite(above) else ""
        raise UsageError(f"{name} = {value!r} is not possible; write a number{least}")


def smaller(people: Any) -> None:
    """Raise UsageError unless a copy of a city can have so many residents; None keeps the city whole."""
    if people is not None:
        whole_number("people", people, _PEOPLE_FEWEST, _PEOPLE_MOST)
