"""A city's folder made whole with borrowed figures: checked first, and written whole or not at all."""

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import polars as pl

from mechlin.city.borrowing.donors import Donor, city_donor, country_donor
from mechlin.city.borrowing.filling import fill_areas
from mechlin.city.borrowing.outside import fill_series, national_elections
from mechlin.city.tables.check import check_folder, start_year
from mechlin.city.tables.countries import Country, country_codes, country_of
from mechlin.city.tables.model import REQUIRED_SERIES
from mechlin.city.tables.origins import FILE, Origin, origins_of, write_origins
from mechlin.city.tables.reading import TABLES, Folder
from mechlin.city.tables.sources import city_folder, list_cities, load_city
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_UNTIL = 2024  # the last year that profiles have
_YEARS_AHEAD = 20  # of series that are carried on for a start after that


class Borrowed(NamedTuple):
    """What was borrowed: a line for each cell or column, and where the city lies now."""

    path: Path
    lines: list[Origin]
    lacking: list[str]


def borrow(city: str | Path, country: str = "", neighbour: str | Path = "") -> Borrowed:
    """Fill what a city's folder lacks, mark every filled cell in sources.csv, and write the folder anew.

    ``neighbour`` is a city asked before the ``country`` (that of city.toml unless told). Raises UsageError where there is
    nobody to ask, InputError with all that is still wrong after filling; then nothing is written.
    """
    path = city_folder(city)
    if str(city) in list_cities():
        raise UsageError(f"{city!r} comes with Mechlin and lacks nothing; copy its folder to change it")
    folder = Folder(path)
    own = str(folder.head.get("country", ""))
    profile = country_of(own) if neighbour and not country else _profile(country or own)  # a neighbour is enough
    donors: list[Donor] = [city_donor(load_city(neighbour))] if neighbour else []
    donors += [country_donor(profile)] if profile else []
    if not donors:
        raise UsageError(
            f"nobody to borrow from: say country = ... in city.toml, or --country ({', '.join(country_codes())})"
        )
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".borrow-") as aside:
        made = Path(shutil.copytree(path, Path(aside) / path.name))
        lines, lacking = _filled(folder, made, donors, profile)
        problems = check_folder(Folder(made))
        if problems:
            raise InputError(problems)
        for file in ("areas.csv", "context.csv", "elections.csv", FILE):
            if (made / file).is_file():
                (made / file).replace(path / file)
    return Borrowed(path, lines, lacking)


def _profile(said: str) -> Country | None:
    found = country_of(said) if said else None
    if said and found is None:
        profiles = [p for code in country_codes() if (p := country_of(code)) is not None]
        names = [name for p in profiles for name in p.names]
        close = nearest(said, names)
        hint = f" Did you mean {close!r}?" if close else ""
        raise UsageError(f"there is no profile of {said!r}.{hint} Known: {', '.join(country_codes())}")
    return found


def _filled(folder: Folder, made: Path, donors: list[Donor], profile: Country | None) -> tuple[list[Origin], list[str]]:
    """Write the tables of ``made`` filled; return the lines about what was borrowed, and what nobody lends."""
    areas = folder.table("areas.csv")
    if areas.is_empty() or "code" not in areas.columns:
        raise InputError(folder.problems or [Problem("there are no areas to fill", file="areas.csv")])
    filling = fill_areas(areas, donors)
    order = [c for c in TABLES["areas.csv"].known if c in filling.areas.columns]
    rest = [c for c in filling.areas.columns if c not in order]
    filling.areas.select([*order, *rest]).write_csv(made / "areas.csv")
    lines = list(filling.lines)
    start = start_year(folder) or 2001
    lines += _write_series(folder, made, donors, start, float(filling.areas["people"].fill_null(0).sum()))
    if profile is not None and not (made / "elections.csv").exists():
        table, about = national_elections(profile, str(folder.head.get("start", "2001-01")))
        if table.height:
            table.write_csv(made / "elections.csv")
            lines += about
    if lines:
        write_origins(made, [*origins_of(folder.table(FILE)), *lines])
    return lines, filling.lacking


def _write_series(folder: Folder, made: Path, donors: list[Donor], start: int, people: float) -> list[Origin]:
    context = folder.table("context.csv") if (made / "context.csv").exists() else pl.DataFrame()
    series: dict[str, dict[int, float]] = {}
    if {"indicator", "year", "value"} <= set(context.columns):
        for name, year, value in context.select("indicator", "year", "value").iter_rows():
            if year is not None and value is not None:
                series.setdefault(name, {})[int(year)] = float(value)
    until = max(_UNTIL if start < _UNTIL else start + _YEARS_AHEAD, *(max(y) for y in series.values()), start + 1)
    found, lines = fill_series(series, start, until, people, donors)
    if not found:
        return []
    rows = [
        {
            "year": year,
            "indicator": name,
            "value": value,
            "unit": REQUIRED_SERIES[name][2],
            "source": "",
            "tag": "derived" if name == "population_1_january" else "borrowed",
            "note": "",
        }
        for name, years in found.items()
        for year, value in years.items()
    ]
    new = pl.DataFrame(rows).cast({"year": pl.Int64, "value": pl.Float64})
    if context.width:
        context = context.with_columns(pl.col("year").cast(pl.Int64))
        new = pl.concat([context, new.select(c for c in new.columns if c in context.columns)], how="diagonal_relaxed")
    new.write_csv(made / "context.csv")
    return lines
