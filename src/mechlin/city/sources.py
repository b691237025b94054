"""Read a city's folder into a checked :class:`City`.

A folder holds ``city.toml`` and tables in CSV; `check.py` says everything that is wrong with them at once.
"""

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from mechlin.city.check import Folder, check_folder
from mechlin.city.model import City
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_EMBEDDED = Path(__file__).resolve().parents[1] / "cities"


def list_cities() -> list[str]:
    """Return the names of the cities that come with Mechlin."""
    return sorted(p.name for p in _EMBEDDED.iterdir() if (p / "city.toml").is_file())


def city_folder(name_or_path: str | Path) -> Path:
    """Return the folder of an embedded city or of a path; raise UsageError when there is neither."""
    embedded = _EMBEDDED / str(name_or_path)
    if str(name_or_path) in list_cities():
        return embedded
    path = Path(name_or_path)
    if path.is_dir():
        return path
    close = nearest(str(name_or_path), list_cities())
    hint = f" Did you mean {close!r}?" if close else ""
    raise UsageError(
        f"there is no city {str(name_or_path)!r}.{hint} Known: {', '.join(list_cities())}; or give a folder"
    )


def check_city(name_or_path: str | Path) -> list[Problem]:
    """Return everything that is wrong with a city's folder; an empty list when nothing is."""
    return check_folder(Folder(city_folder(name_or_path)))


@lru_cache(maxsize=8)
def _load(folder: Path, digest: str) -> City:
    source = Folder(folder)
    problems = check_folder(source)
    if problems:
        raise InputError(problems)
    return city_of(source, digest)


def load_city(name_or_path: str | Path) -> City:
    """Return the city of that name or in that folder; raise InputError with every problem when it cannot be."""
    folder = city_folder(name_or_path)
    return _load(folder, _digest(folder))


def _digest(folder: Path) -> str:
    """Return the hash of every file in the folder."""
    digest = hashlib.blake2b(digest_size=10)
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".csv", ".toml", ".geojson")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def city_of(source: Folder, digest: str) -> City:
    """Return the city in a folder that has passed its checks."""
    head: dict[str, Any] = tomllib.loads((source.path / "city.toml").read_text(encoding="utf-8"))
    context = source.table("context.csv")
    series: dict[str, dict[int, float]] = {}
    for year, name, value in context.select("year", "indicator", "value").iter_rows():
        series.setdefault(str(name), {})[int(year)] = float(value)
    mapping = source.table("indicator_map.csv")
    return City(
        name=source.path.name,
        title=str(head.get("title", source.path.name)),
        start=str(head.get("start", "2001-01")),
        hash=digest,
        areas=source.table("areas.csv"),
        schools=source.table("schools.csv"),
        series=series,
        history=source.table("history.csv"),
        totals=source.table("totals.csv"),
        context=context,
        statuses=source.table("sources.csv"),
        indicator_map={r["observed"]: (r["simulated"] or "", r["note"] or "") for r in mapping.iter_rows(named=True)},
        settings={k: float(v) for k, v in head.get("settings", {}).items()},
        packages={p.stem: p for p in sorted((source.path / "packages").glob("*.toml"))},
        outlines=source.outlines(),
        folder=source.path,
    )


def empty(columns: tuple[str, ...]) -> pl.DataFrame:
    """Return a table with these text columns and no rows."""
    return pl.DataFrame({c: pl.Series([], dtype=pl.String) for c in columns})
