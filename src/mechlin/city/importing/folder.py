"""A draft as a city's folder: written beside the former one, checked, and only then put in its place, whole."""

import json
import shutil
import tempfile
from collections.abc import Mapping as Dict
from pathlib import Path

import polars as pl

from mechlin.city.borrowing.folder import borrow
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.first_try import write_first_try
from mechlin.city.importing.lacking import is_lent, nobody_lends
from mechlin.city.importing.mapping import Mapping
from mechlin.city.importing.votes import put_votes
from mechlin.city.tables.check import check_folder
from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.city.tables.origins import FILE, Origin, joined, origins_of, origins_text, row_keys
from mechlin.city.tables.price_level import PRICE_LEVEL
from mechlin.city.tables.price_level import UNIT as PRICE_UNIT
from mechlin.city.tables.reading import TABLES, Folder
from mechlin.city.tables.sources import list_cities
from mechlin.core.errors import InputError, UsageError

MAPPING = "mapping.toml"
_HISTORY = "history.csv"
_OBSERVED = ("indicator", "year", "value", "low", "high", "unit", "source", "tag", "note")
_MADE = ("city.toml", "areas.csv", "context.csv", "schools.csv", "outlines.geojson", FILE, MAPPING)


def check_out(path: Path) -> None:
    """Raise UsageError when a city cannot be put at ``path``: one that no import made stays as it is."""
    if path.name in list_cities() and not path.is_dir():
        raise UsageError(f"{path.name!r} is a city that comes with Mechlin; choose another folder with --out")
    if path.exists() and not (path / MAPPING).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} exists and was not made by an import; choose another folder with --out, or move it")


def write_folder(draft: Draft, mapping: Mapping, path: Path, neighbour: str = "") -> list[Origin]:
    """Put a city's folder at ``path``, whole or not at all; return a line for each cell or column that was borrowed.

    What nobody published is borrowed from ``neighbour`` and the country's profile. What the former folder held beside
    the tables that an import makes (packages, history, elections of one's own) stays; without packages it gets one to
    try. Raises InputError with everything that is wrong after that.
    """
    check_out(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".import-") as aside:
        made = Path(aside) / "city"
        made.mkdir()
        kept = _keep(path, made) if path.is_dir() else []
        _write_tables(draft, mapping, made, kept)
        lines = _whole(made, str(mapping.head["country"]), neighbour)
        put_votes(draft, made)
        write_first_try(made, Folder(made).table("areas.csv"), str(mapping.head["start"]))
        former = Path(aside) / "former"
        if path.exists():
            path.rename(former)
        try:
            made.rename(path)
        except BaseException:
            if former.exists():
                former.rename(path)
            raise
    return lines


def _keep(path: Path, made: Path) -> list[Origin]:
    """Copy what an import does not make; return the lines about it. What was borrowed is borrowed afresh."""
    lines = [o for o in origins_of(Folder(path).table(FILE)) if o.table not in _MADE]
    borrowed = {o.table for o in lines if o.tag == "borrowed"}
    for kept in path.iterdir():
        if kept.name not in _MADE and kept.name not in borrowed:
            (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, made / kept.name)
    return [o for o in lines if (made / o.table).is_file()]


def _whole(made: Path, country: str, neighbour: str) -> list[Origin]:
    """Borrow what a folder lacks, and check it; raise InputError with all that is still wrong."""
    if is_lent(country, neighbour):
        return borrow(made, neighbour=neighbour).lines
    if problems := check_folder(Folder(made)):
        raise InputError([nobody_lends(country, "city.toml"), *problems])
    return []


def _write_tables(draft: Draft, mapping: Mapping, made: Path, kept: list[Origin]) -> None:
    (made / "city.toml").write_text(_head_text(mapping), encoding="utf-8")
    areas = draft.table()
    order = [c for c in TABLES["areas.csv"].known if c in areas.columns]
    areas = areas.select([*order, *(c for c in areas.columns if c not in order)])
    areas = areas.with_columns(pl.col(c).round(6) for c in areas.columns if c.startswith("share_"))
    areas.write_csv(made / "areas.csv")
    origins = [*draft.origins(), *kept]
    if draft.series:
        context = _context(draft)
        context.write_csv(made / "context.csv")
    if draft.history:
        own = made / _HISTORY  # of one's own: what the mapping says nothing of stays
        before = (
            Folder(made).table(_HISTORY).filter(~pl.col("indicator").is_in([*draft.history])) if own.is_file() else None
        )
        units = {name: _observed_in(mapping, name) for name in draft.history}
        found = _by_year(draft.history, draft.history_lines, _HISTORY, units)
        found = found.with_columns(pl.lit(None, pl.Float64).alias(end) for end in ("low", "high"))
        tables = [found] if before is None else [before, found]
        pl.concat(tables, how="diagonal_relaxed").select(_OBSERVED).write_csv(own)
        origins = [o for o in origins if o.table != _HISTORY or o.row.rpartition(" ")[0] not in draft.history]
        origins += draft.history_lines
    if draft.schools is not None and draft.schools.height:
        draft.schools.write_csv(made / "schools.csv")
        origins += _school_origins(draft)
    if draft.outlines:
        (made / "outlines.geojson").write_text(draft.outlines, encoding="utf-8")
    (made / FILE).write_text(origins_text(joined(origins, {"areas.csv": draft.codes})), encoding="utf-8")
    (made / MAPPING).write_text(mapping.text, encoding="utf-8")


def _head_text(mapping: Mapping) -> str:
    """Return city.toml: what the mapping says of the city as a whole."""
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in mapping.head.items() if k != "settings"]
    settings = mapping.head.get("settings", {})
    return (
        "\n".join([*lines, *(["", "[settings]"] if settings else []), *(f"{k} = {v}" for k, v in settings.items())])
        + "\n"
    )


def _context(draft: Draft) -> pl.DataFrame:
    """Return the outside series as a table, with the tag and source of every number."""
    units = {name: str(spec[2]) for name, spec in (*REQUIRED_SERIES.items(), *OPTIONAL_SERIES.items())}
    units[PRICE_LEVEL] = PRICE_UNIT
    return _by_year(draft.series, draft.series_lines, "context.csv", units)


def _by_year(
    numbers: Dict[str, dict[int, float]], lines: list[Origin], table: str, units: Dict[str, str]
) -> pl.DataFrame:
    """Return numbers by name and year as a table, each with its unit, source and tag."""
    said = {line.row: line for line in lines}
    rows = []
    for name, years in sorted(numbers.items()):
        for year, value in sorted(years.items()):
            line = said.get(f"{name} {year}", Origin(table, "", "value", "assumed"))
            rows.append((year, name, round(value, 6), units.get(name, ""), line.file, line.tag, line.rule))
    names = ("year", "indicator", "value", "unit", "source", "tag", "note")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def _observed_in(mapping: Mapping, name: str) -> str:
    """Return the unit of what was observed: a share where the mapping says so, else the indicator's own (empty)."""
    return "share" if mapping.history[name].unit in ("per cent", "share") else ""


def _school_origins(draft: Draft) -> list[Origin]:
    schools = draft.schools
    if schools is None:
        return []
    keys = row_keys("schools.csv", schools)
    return [
        Origin("schools.csv", key, column, "counted", draft.school_file, row)
        for column in ("school", "sector", "x_km", "y_km")
        for key, row in zip(keys, draft.school_rows, strict=True)
    ]
