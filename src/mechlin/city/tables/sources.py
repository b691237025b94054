"""Read a city's folder into a checked :class:`City`.

A folder holds ``city.toml`` and tables in CSV; `check.py` says everything that is wrong with them at once.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import polars as pl

from mechlin.city.tables.check import check_folder
from mechlin.city.tables.countries import country_of
from mechlin.city.tables.model import BACKGROUND, City
from mechlin.city.tables.nobody import institutions
from mechlin.city.tables.reading import SIZE_MAX, Folder
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_EMBEDDED = Path(__file__).resolve().parents[2] / "cities"


def list_cities() -> list[str]:
    """Return the names of the cities that come with Mechlin."""
    return sorted(p.name for p in _EMBEDDED.iterdir() if (p / "city.toml").is_file())


def city_folder(name_or_path: str | Path) -> Path:
    """Return the folder of an embedded city or of a path; raise UsageError when there is neither, or both."""
    name, path = str(name_or_path), Path(name_or_path)
    here = path.is_dir()
    if isinstance(name_or_path, str) and name in list_cities():
        embedded = _EMBEDDED / name
        if here and any((path / file).is_file() for file in ("city.toml", "areas.csv")) and not path.samefile(embedded):
            raise UsageError(
                f"{name!r} is a city that comes with Mechlin, and there is a city in the folder {name} here; "
                f"write ./{name} for the folder, or rename it"
            )
        return embedded
    if here:
        return path
    close = nearest(name, list_cities())
    hint = f" Did you mean {close!r}?" if close else ""
    raise UsageError(f"there is no city {name!r}.{hint} Known: {', '.join(list_cities())}; or give a folder")


def check_city(name_or_path: str | Path) -> list[Problem]:
    """Return everything that is wrong with a city's folder; an empty list when nothing is."""
    return check_folder(Folder(city_folder(name_or_path)))


_MOVES_NO_RUN = ("calibration.toml", "reactions.csv", "other_towns.toml", "other_towns")


@lru_cache(maxsize=8)
def _load(folder: Path, digest: str) -> City:
    source = Folder(folder)
    problems = check_folder(source)
    if problems:
        raise InputError(problems)
    return city_of(source, digest)


def load_city(city: str | Path | City) -> City:
    """Return the city of that name or in that folder; raise InputError with every problem when it cannot be.

    A city that is loaded already is returned as it is.

    >>> load_city("mechelen").title
    'Mechelen'
    """
    if isinstance(city, City):
        return city
    if not isinstance(city, str | Path):
        raise UsageError(
            f"{city!r} is not a city; give its name ({', '.join(list_cities())}), its folder, "
            "or what load_city returned"
        )
    folder = city_folder(city)
    return _load(folder, _digest(folder))


def _digest(folder: Path) -> str:
    """Return the hash of every file in the folder; those too large to be read are refused by the checks.

    What is to be calibrated, how findings were seen to react, and what other towns did (the file and a folder for its
    tables) move no run: they leave every stored run as it is.
    """
    digest = hashlib.blake2b(digest_size=10)
    read = (p for p in folder.rglob("*") if p.suffix in (".csv", ".toml", ".geojson") and p.is_file())
    read = (p for p in read if p.relative_to(folder).parts[0] not in _MOVES_NO_RUN)
    for path in sorted(p for p in read if p.stat().st_size <= SIZE_MAX):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def city_of(source: Folder, digest: str) -> City:
    """Return the city in a folder that has passed its checks."""
    head, areas = source.head, source.table("areas.csv")
    context = source.table("context.csv")
    series: dict[str, dict[int, float]] = {}
    for year, name, value in context.select("year", "indicator", "value").iter_rows():
        series.setdefault(str(name), {})[int(year)] = float(value)
    mapping = source.table("indicator_map.csv")
    areas = areas.with_columns(people=pl.col("people") - institutions(areas))
    if "majority" in head:
        areas = _with_first(areas, f"{BACKGROUND}{head['majority']}")
    return City(
        name=source.path.resolve().name,
        title=str(head.get("title", source.path.resolve().name)),
        start=str(head.get("start", "2001-01")),
        country=country_of(str(head.get("country", ""))),
        hash=digest,
        areas=areas,
        schools=source.table("schools.csv"),
        series=series,
        history=source.table("history.csv"),
        totals=source.table("totals.csv"),
        context=context,
        statuses=source.table("sources.csv"),
        elections=source.table("elections.csv"),
        indicator_map={r["observed"]: (r["simulated"], r["note"]) for r in mapping.iter_rows(named=True)},
        settings={k: float(v) for k, v in head.get("settings", {}).items()},
        packages={p.stem: p for p in sorted((source.path / "packages").glob("*.toml"))},
        calibration=tuple(_by_owner(row) for row in source.table("calibration.csv").to_dicts()),
        outlines=source.outlines,
        folder=source.path,
    )


def _by_owner(row: dict[str, float]) -> dict[str, dict[str, float]]:
    """Return a row of owner.number columns as owner -> number -> value."""
    out: dict[str, dict[str, float]] = {}
    for name, value in row.items():
        owner, _, number = name.partition(".")
        out.setdefault(owner, {})[number] = value
    return out


def _with_first(areas: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the table with this background before the others: background 0 is the majority's."""
    groups = [c for c in areas.columns if c.startswith(BACKGROUND)]
    others = [c for c in areas.columns if c not in groups]
    return areas.select([*others, column, *(c for c in groups if c != column)])


def empty(columns: tuple[str, ...]) -> pl.DataFrame:
    """Return a table with these text columns and no rows."""
    return pl.DataFrame({c: pl.Series([], dtype=pl.String) for c in columns})
