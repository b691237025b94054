"""The mapping file: which column of which published file becomes which column of the city, read and checked at once.

    title = "Malmö"
    country = "SE"
    start = "2020-01"

    [files.tenure]
    file = "scb_malmo_housing_tenure.csv"
    area = "region"

    [areas]
    people = { file = "people", column = "Antal", where = { "födelseregion" = "totalt" } }

A quantity is a heading, a list of quantities to add up, a number that is assumed for every area, or a table that says
more: ``file``, ``column``, ``where``, ``year``, ``unit``, ``times``, ``less``, ``concept``, ``note``.
"""

import math
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mechlin.city.importing.units import CONCEPTS, UNITS
from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.city.tables.price_level import PRICE_LEVEL
from mechlin.city.tables.reading import TABLES
from mechlin.city.tables.signs import KINDS, OFFICES
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import decoded, read_toml, with_rows

GROUPS = {
    "age": 'ages: each band with the quantity that counts it, as "0-17" or "65+"',
    "background": "backgrounds, named as you like",
    "education": "low, mid and high",
    "homes": "owner, private_rent, social, vacant, or the total",
}
_PARTS = {"education": ("low", "mid", "high"), "homes": ("owner", "private_rent", "social", "vacant", "total")}
_FILE_KEYS = (
    "file",
    "sheet",
    "layer",
    "area",
    "code",
    "name",
    "where",
    "year",
    "office",
    "missing",
    "encoding",
    "separator",
    "decimal",
    "level",
    "crs",
    "outlines",
    "x",
    "y",
    "source",
    "licence",
)
_QUANTITY_KEYS = (
    "file",
    "column",
    "where",
    "year",
    "unit",
    "times",
    "less",
    "concept",
    "note",
    "spread",
    "level",
    "value",
    "mean",
    "source",
    "borrowed",
    "years",
)
_HEAD_TEXT = ("title", "country", "language", "majority")
_TOP = (
    *_HEAD_TEXT,
    *("start", "folder", "settings", "files", "areas", "context", "history", "elections"),
    *("schools", "totals", "districts"),
)
VOTES = ("radical_right_city", "mayor_list_city")  # results of one's own city, % of valid votes
_AREA_TEXT = ("kind", "district")
_SETTINGS_OF_AREAS = ("outlines", "same", "leave_out", "unplaced")
_BAND = re.compile(
    r"^\s*(\d{1,3})\s*(?:(?:-|–|to|t/m|tot|till|bis|à)\s*(\d{1,3})|(\+|up|en ouder|and over|och äldre))?\s*$"
)


@dataclass(frozen=True)
class FileSpec:
    """A published file and how to read it; ``area``, or ``code`` and ``name``, say which columns name the areas."""

    key: str
    path: Path
    options: Dict[str, Any]

    def text(self, name: str) -> str:
        """Return an option of text, empty when it is not given."""
        return str(self.options.get(name, ""))


@dataclass(frozen=True)
class Quantity:
    """What stands for a column: headings whose cells are added up, of rows where dimensions have the given values.

    ``times`` is a factor with which a part or another unit is taken; ``spread`` how far it may be off, as a share.
    ``constant`` is a number for every area: published (``source``), ``borrowed`` from elsewhere, or else assumed.
    ``place`` is where it stands in the mapping.
    """

    place: str
    file: str = ""
    columns: tuple[str, ...] = ()
    where: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    year: int | None = None
    unit: str = ""
    times: float = 1.0
    concept: str = ""
    level: float | None = None
    note: str = ""
    spread: float = 0.0
    mean: bool = False
    source: str = ""
    borrowed: str = ""
    constant: float | None = None
    years: Dict[int, float] = field(default_factory=dict)
    more: tuple["Quantity", ...] = ()
    less: tuple["Quantity", ...] = ()

    @property
    def tag(self) -> str:
        """How a number that stands in the mapping itself came to be."""
        return "borrowed" if self.borrowed else "counted" if self.source else "assumed"

    @property
    def said(self) -> str:
        """Where a number that stands in the mapping itself comes from, in words."""
        return "; ".join(
            w for w in (self.source, f"borrowed: {self.borrowed}" if self.borrowed else "", self.note) if w
        )


@dataclass(frozen=True)
class Mapping:
    """A whole mapping, checked as far as it can be without opening the files."""

    path: Path
    text: str
    head: Dict[str, Any]
    files: Dict[str, FileSpec]
    areas: Dict[str, Quantity]
    groups: Dict[str, Dict[str, Quantity]]
    words: Dict[str, str]
    outlines: str
    same: Dict[str, str]
    leave_out: tuple[str, ...]
    unplaced: tuple[str, ...]
    context: Dict[str, Quantity]
    history: Dict[str, Quantity]
    elections: Dict[str, Dict[str, Quantity]]
    totals: Dict[str, float]
    schools: Dict[str, Any]

    @property
    def start_year(self) -> int:
        """The year in which the city starts."""
        return int(str(self.head["start"])[:4])


def read_mapping(path: str | Path) -> Mapping:
    """Return the mapping in a file; raise InputError with everything that is wrong with it."""
    file = Path(path)
    if not file.is_file():
        raise UsageError(
            f"there is no mapping {str(path)!r}; `mechlin city new --country NL --from FILE...` proposes one"
        )
    text = decoded(file.read_bytes(), file.name)
    return _Reader(file, text).mapping(read_toml(text, file.name))


def band_of(label: str) -> tuple[int, int | None] | None:
    """Return the first and last age of a band, the last None where it is open; None when it is no band."""
    found = _BAND.match(label)
    if not found or (found[2] and int(found[2]) < int(found[1])):
        return None
    return int(found[1]), None if found[3] else int(found[2] or found[1])


class _Reader:
    """Reads a mapping, remembering all that is wrong with it."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text
        self.problems: list[Problem] = []

    def wrong(self, what: str, column: str, **rest: Any) -> None:
        self.problems.append(Problem(what, file=self.file.name, column=column, **rest))

    def unknown(self, given: Any, known: tuple[str, ...], place: str) -> None:
        for key in given if isinstance(given, dict) else ():
            if key not in known:
                self.wrong(
                    f"{key!r} is not a known setting",
                    f"{place}.{key}" if place else key,
                    allowed=", ".join(known),
                    nearest=nearest(key, known),
                    repair="rename it, or remove it",
                )

    def mapping(self, found: dict[str, Any]) -> Mapping:
        self.unknown(found, _TOP, "")
        head = {k: found[k] for k in (*_HEAD_TEXT, "start", "settings") if k in found}
        for key in ("title", "country", "start"):
            if not isinstance(head.get(key), str):
                self.wrong(f"{key} is missing", key, repair=f'write {key} = "{"2016-01" if key == "start" else "..."}"')
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(head.get("start", "2000-01"))):
            self.wrong(f"{head['start']!r} is not a month", "start", allowed='a month, as start = "2016-01"')
        files = self.files(found)
        areas = self.table(found, "areas")
        groups = {g: self.group(areas.get(g, {}), g, files) for g in GROUPS}
        columns = (*TABLES["areas.csv"].numbers, *TABLES["areas.csv"].optional_numbers)
        known = (*columns, *GROUPS, *_AREA_TEXT, *_SETTINGS_OF_AREAS)
        self.unknown(areas, known, "areas")
        quantities = {
            k: self.quantity(v, f"areas.{k}", files) for k, v in areas.items() if k in columns and k not in GROUPS
        }
        if "people" not in areas:
            self.wrong("nothing says how many people live in each area", "areas", repair='write people = "..."')
        words = {k: str(areas[k]) for k in _AREA_TEXT if k in areas}
        outlines = str(areas.get("outlines", ""))
        if outlines and outlines not in files:
            self.wrong(f"there is no [files.{outlines}]", "areas.outlines", nearest=nearest(outlines, files))
        context = self.table(found, "context")
        self.unknown(context, (*REQUIRED_SERIES, *OPTIONAL_SERIES, "new_dwellings", PRICE_LEVEL), "context")
        series = {k: self.quantity(v, f"context.{k}", files) for k, v in context.items()}
        observed = {k: self.quantity(v, f"history.{k}", files) for k, v in self.table(found, "history").items()}
        elections = self.table(found, "elections")
        totals = self.numbers(self.table(found, "totals"), "totals")
        named = {k: tuple(map(str, areas.get(k, []))) for k in ("leave_out", "unplaced")}
        mapping = Mapping(
            path=self.file,
            text=self.text,
            head=head,
            files=files,
            areas=quantities,
            groups=groups,
            words=words,
            outlines=outlines,
            same=self.same(areas.get("same", [])),
            leave_out=named["leave_out"],
            unplaced=named["unplaced"],
            context=series,
            history=observed,
            elections={level: self.votes(t, f"elections.{level}", files) for level, t in elections.items()},
            totals=totals,
            schools=self.table(found, "schools"),
        )
        if self.problems:
            raise InputError(with_rows(self.problems, self.text))
        return mapping

    def table(self, found: dict[str, Any], key: str) -> dict[str, Any]:
        value = found.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(f"{key} is not a table", key, repair=f"write [{key}]")
        return {}

    def votes(self, found: Any, place: str, files: Dict[str, FileSpec]) -> dict[str, Quantity]:
        if not isinstance(found, dict):
            self.wrong(f"{place} is not a table", place, repair=f"write [{place}], its results below")
            return {}
        self.unknown(found, VOTES, place)
        return {k: self.quantity(v, f"{place}.{k}", files) for k, v in found.items()}

    def numbers(self, found: dict[str, Any], place: str, least: float = 0.0) -> dict[str, float]:
        out = {}
        allowed = f"a number, {least:g} or more" if math.isfinite(least) else "a number"
        for key, value in found.items():
            known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if not known or value < least:
                self.wrong(f"{key} = {value!r} is not possible", f"{place}.{key}", allowed=allowed)
            else:
                out[key] = float(value)
        return out

    def files(self, found: dict[str, Any]) -> dict[str, FileSpec]:
        out = {}
        folder = (self.file.parent / str(found.get("folder", ""))).resolve()
        for key, spec in self.table(found, "files").items():
            place = f"files.{key}"
            if not isinstance(spec, dict) or not isinstance(spec.get("file"), str):
                self.wrong("no file is named", place, repair='write file = "..."')
                continue
            self.unknown(spec, _FILE_KEYS, place)
            office = spec.get("office", "")
            if office and office not in OFFICES:
                self.wrong(
                    f"the key of {office!r} is not known",
                    f"{place}.office",
                    allowed=", ".join(OFFICES),
                    nearest=nearest(str(office), OFFICES),
                    repair='or write missing = { "-" = "zero" }',
                )
            for sign, kind in spec.get("missing", {}).items():
                if kind not in KINDS:
                    self.wrong(
                        f"{sign!r} = {kind!r} is no kind of missing",
                        f"{place}.missing",
                        allowed=", ".join(KINDS),
                        nearest=nearest(str(kind), KINDS),
                    )
            path = folder / spec["file"]
            if not path.is_file():
                others = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
                self.wrong(f"there is no file {path}", f"{place}.file", nearest=nearest(path.name, others))
            out[key] = FileSpec(key, path, spec)
        if not out and not self.problems:
            self.wrong("no files are named", "files", repair='write [files.NAME] with file = "..."')
        return out

    def group(self, found: Any, name: str, files: Dict[str, FileSpec]) -> dict[str, Quantity]:
        place = f"areas.{name}"
        if not isinstance(found, dict):
            self.wrong(f"{name} is not a table", place, allowed=GROUPS[name], repair=f"write {name} = {{ ... }}")
            return {}
        if name in _PARTS:
            self.unknown(found, _PARTS[name], place)
        if name == "age":
            for label in found:
                if band_of(label) is None:
                    self.wrong(f"{label!r} is no band of ages", place, allowed='as "0-17" or "65+"')
        return {k: self.quantity(v, f"{place}.{k}", files) for k, v in found.items()}

    def quantity(self, said: Any, place: str, files: Dict[str, FileSpec]) -> Quantity:
        """Return a quantity as it is written: a heading, a list, a number, or a table."""
        if isinstance(said, str):
            file, _, column = said.partition(":")
            return Quantity(place, file, (column,)) if column and file in files else Quantity(place, "", (said,))
        if isinstance(said, list) and said:
            return Quantity(place, more=tuple(self.quantity(one, place, files) for one in said))
        if isinstance(said, int | float) and not isinstance(said, bool):
            return Quantity(place, constant=float(said))
        if not isinstance(said, dict):
            self.wrong(f"{said!r} is no quantity", place, allowed="a heading, a list, a number, or { column = ... }")
            return Quantity(place)
        self.unknown(said, _QUANTITY_KEYS, place)
        return self._told(said, place, files)

    def _told(self, said: dict[str, Any], place: str, files: Dict[str, FileSpec]) -> Quantity:
        file, columns = str(said.get("file", "")), said.get("column", ())
        if file and file not in files:
            self.wrong(f"there is no [files.{file}]", place, allowed=", ".join(files), nearest=nearest(file, files))
        for key, known in (("unit", UNITS), ("concept", CONCEPTS)):
            if said.get(key) and said[key] not in known:
                self.wrong(
                    f"{key} {said[key]!r} is not known",
                    place,
                    allowed=", ".join(known),
                    nearest=nearest(str(said[key]), known),
                    repair="or write times = a factor",
                )
        value = said.get("value")
        where = {k: tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in said.get("where", {}).items()}
        less = said.get("less", [])
        numbers = self.numbers({k: said[k] for k in ("times", "spread", "level") if k in said}, place)
        return Quantity(
            place=place,
            file=file,
            columns=(columns,) if isinstance(columns, str) else tuple(map(str, columns)),
            where=where,
            year=said.get("year") if isinstance(said.get("year"), int) else None,
            unit=str(said.get("unit", "")),
            times=numbers.get("times", 1.0),
            concept=str(said.get("concept", "")),
            level=numbers.get("level"),
            note=str(said.get("note", "")),
            spread=numbers.get("spread", 0.0),
            mean=said.get("mean") is True,
            source=str(said.get("source", "")),
            borrowed=str(said.get("borrowed", "")),
            years={int(y): v for y, v in self.numbers(self._years(said, place), f"{place}.years", -math.inf).items()},
            constant=float(value) if isinstance(value, int | float) else None,
            less=tuple(self.quantity(one, place, files) for one in (less if isinstance(less, list) else [less])),
        )

    def _years(self, said: dict[str, Any], place: str) -> dict[str, Any]:
        """Return numbers by year as they stand in the mapping itself."""
        years = said.get("years", {})
        if isinstance(years, dict) and all(str(y).isdigit() for y in years):
            return years
        self.wrong("years are not numbers by year", place, allowed="years = { 2016 = 0.3, 2017 = 1.4 }")
        return {}

    def same(self, said: Any) -> dict[str, str]:
        """Return names that are another's, from lines like ``Bellamybuurt = Kinkerbuurt``: the file's name, the city's."""
        out = {}
        for line in said if isinstance(said, list) else [said]:
            left, mark, right = str(line).partition(" = ")
            if not mark:
                self.wrong(f"{line!r} does not say which names are the same", "areas.same", allowed='"theirs = ours"')
            out[left.strip()] = right.strip()
        return out
