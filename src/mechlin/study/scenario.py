"""Scenarios: a package put together by hand, checked by the same rules as a package file, and written as one."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mechlin import indicators, measures
from mechlin.city.tables.geography import area_shapes
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.clock import month_number
from mechlin.core.declare import Card
from mechlin.core.errors import InputError, Problem
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.cards import cards_of
from mechlin.engine.package import NOTHING as NOTHING  # noqa: PLC0414 these three also for the workbench, which asks studies
from mechlin.engine.package import Package as Package  # noqa: PLC0414
from mechlin.engine.package import canonical, plans, read_package
from mechlin.engine.package import still_in_doubt as still_in_doubt  # noqa: PLC0414
from mechlin.engine.package import within_dates as within_dates  # noqa: PLC0414
from mechlin.study.asked import AS_IT_WENT
from mechlin.study.comparison import Comparison
from mechlin.study.controls import of_pillar
from mechlin.study.rehearsal import Rehearsal
from mechlin.study.worlds import KINDS, World, spec_of, worlds

FILE_MAX = 1_000_000  # bytes of a package file
_ALONE = {
    "safety-only": ("safety", "Safety only"),
    "schools-only": ("schools", "Schools only"),
    "meeting-only": ("meeting", "Meeting only"),
}
_MONTHS = ("start", "end")
_SOUND: set[tuple[str, ...]] = (
    set()
)  # settings of single measures that were found to be possible: a slider moves one of many
_SOUND_MOST = 10_000


def checked(settings: Mapping[str, Any], title: str = "", city: City | None = None) -> Package:
    """Return the package of these settings; raise InputError with every problem found."""
    known = measures.catalogue()
    where = (city.hash, city.start) if city is not None else ("", "")
    keys = {name: (*where, name, repr(values)) for name, values in settings.items()}
    new = {name: values for name, values in settings.items() if keys[name] not in _SOUND}
    plans(new, known, file="", start=city.start if city is not None else None, city=city)
    if len(_SOUND) > _SOUND_MOST:
        _SOUND.clear()
    _SOUND.update(keys.values())
    return Package("scenario", title=title, settings=canonical(dict(settings), known))


def from_text(text: bytes, name: str) -> Package:
    """Return the package in a file's bytes, which are read as data only; raise InputError with every problem."""
    if len(text) > FILE_MAX:
        raise InputError([Problem("the file is too large for a package", file=name, allowed="1 MB")])
    with tempfile.TemporaryDirectory(prefix="mechlin-") as folder:
        path = Path(folder) / "package.toml"
        path.write_bytes(text)
        try:
            return read_package(path, {}, measures.catalogue())
        except InputError as error:
            raise InputError(Problem(**{**p.__dict__, "file": name}) for p in error.problems) from None


def to_text(package: Package) -> str:
    """Return a package as the file that :func:`from_text` reads back to the same settings."""
    head = [
        f"{key} = {_toml(value)}"
        for key in ("title", "author", "leaves_out", "note")
        if (value := getattr(package, key))
    ]
    lines = ["\n".join(head)] if head else []
    for name, values in sorted(package.settings.items()):
        in_phases = isinstance(values, list)
        for phase in values if in_phases else [values]:
            told = [f"{key} = {value if key in _MONTHS else _toml(value)}" for key, value in phase.items()]
            lines.append("\n".join([f"[[{name}]]" if in_phases else f"[{name}]", *told]))
    return "\n\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{key}" = {_toml(v)}' for key, v in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(_escaped(c) for c in value) + '"'
    return repr(value)


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if ord(c) >= 32 and ord(c) != 127 else f"\\u{ord(c):04x}"


def presets(city: City) -> dict[str, Package]:
    """Return the packages one may start from: those of the city, those with one pillar of it, and nothing."""
    known = measures.catalogue()
    found = {name: read_package(name, city.packages, known) for name in city.packages}
    if AS_IT_WENT in found:
        found = {AS_IT_WENT: found.pop(AS_IT_WENT), **found}
        for name, (pillar, title) in _ALONE.items():
            if settings := of_pillar(pillar, found[AS_IT_WENT].settings):
                found.setdefault(name, Package(name, title=title, settings=settings))
    return {NOTHING: read_package(NOTHING, {}, known), **found}


def usual(found: Mapping[str, Package]) -> str:
    """Return with which of the presets a page opens: as it went, else the city's first, else nothing."""
    others = [name for name in found if name != NOTHING]
    return AS_IT_WENT if AS_IT_WENT in found else others[0] if others else NOTHING


def city_of(name: str) -> City:
    """Return a city by its name or folder; raise UsageError or InputError when it cannot be."""
    return load_city(name)


def specs_of(
    city: City, package: Package, against: Package, runs: int, until: str, among: Sequence[World] = ()
) -> list[tuple[RunSpec, RunSpec]]:
    """Return the pairs of runs that a rehearsal makes, in its order: the same runs, under the same names.

    ``among`` are the worlds, for whoever has drawn them already.
    """
    months = month_number(until) - month_number(city.start) + 1
    return [
        (spec_of(city, package.settings, world, months), spec_of(city, against.settings, world, months))
        for world in among or worlds(city, runs)
    ]


def rehearsal_of(
    city: City,
    package: Package,
    against: Package,
    pairs: Sequence[tuple[RunResult, RunResult]],
    until: str,
    only: Iterable[str] | None = None,
    asked: int = 0,
) -> Rehearsal:
    """Return the rehearsal that these pairs of runs make, of ``asked`` in all.

    With ``only``, of these indicators and no others; their verdicts are those that they have among all.
    """
    one_side, other_side = [one for one, _ in pairs], [other for _, other in pairs]
    specs = tuple(run.spec for run in (*one_side, *other_side))
    cards = cards_of([*one_side[0].series, *one_side[0].areas], city.backgrounds)
    found = Comparison.of(one_side, other_side, cards, KINDS, asked)
    return Rehearsal(found if only is None else found.only(only), city, package, against, specs, until)


def indicator_cards(city: City) -> tuple[dict[str, Card], dict[str, Card]]:
    """Return the cards of every number about the city, and of every number about its areas."""
    known = indicators.catalogue(city.backgrounds)
    sides = ([n for n, i in known.items() if not i.by_area], [n for n, i in known.items() if i.by_area])
    return cards_of(sides[0], city.backgrounds), cards_of(sides[1], city.backgrounds)


def shapes_of(city: City) -> list[Any]:
    """Return the outline of every area as a GeoJSON feature, in kilometres, in order."""
    return list(area_shapes(city)[0]["features"])
