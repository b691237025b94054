"""Many cities, or very large ones, one after the other: memory holds one city, whatever the list's length.

Each finished city is written as a small Parquet file, so a stopped stream goes on where it was and any tool can read
the folder as one table.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl

from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core.errors import InputError, UsageError
from mechlin.core.files import whole
from mechlin.engine.package import NOTHING
from mechlin.engine.simulation import forget_residents
from mechlin.runs.store import Store
from mechlin.study.rehearsal import rehearse

_SCHEMA = {
    "city": pl.String,
    "indicator": pl.String,
    "unit": pl.String,
    "year": pl.Int64,
    "with": pl.Float64,
    "without": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "pairs": pl.Int64,
    "verdict": pl.String,
}


def cities_in(source: str | Path) -> list[str]:
    """Return the cities of a list: a folder of city folders, or a text file with one name or folder a line."""
    path = Path(source)
    if path.is_dir():
        return [str(p.parent) for p in sorted(path.glob("*/city.toml"))]
    if not path.is_file():
        raise UsageError(f"there is no list of cities {str(source)!r}; give a folder of cities or a text file of names")
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


def stream(
    cities: Iterable[str | City],
    package: str | Path,
    against: str | Path = NOTHING,
    out: str | Path = "report",
    runs: int = 4,
    until: str | None = None,
    threads: int | None = None,
    vary: str = "all",
    refused: Callable[[str, str], None] | None = None,
) -> Iterator[Path]:
    """Rehearse a package in each city and yield the file of its effects; cities are read one at a time.

    A city that is already there is not computed again. One whose tables are impossible is told to ``refused`` (name, why)
    and the next one follows; without ``refused`` the error is raised.
    """
    folder = Path(out) / "cities"
    folder.mkdir(parents=True, exist_ok=True)
    for named in cities:
        name = named.name if isinstance(named, City) else Path(named).name
        final = folder / f"{name}.parquet"
        if final.is_file():
            yield final
            continue
        try:
            city = load_city(named)
            found = rehearse(
                city, package, against, runs, until, threads=threads, store=Store(Path(out) / "runs" / name), vary=vary
            )
        except (InputError, UsageError) as error:
            if refused is None:
                raise
            refused(name, str(error))
            continue
        rows = [{"city": name, **{k: v for k, v in row.items() if k in _SCHEMA}} for row in found.to_rows()]
        with whole(final) as half:
            pl.DataFrame(rows, schema=_SCHEMA).write_parquet(half)
        forget_residents()
        yield final
