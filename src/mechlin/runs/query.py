"""Stored runs as tables: what there is, how two packages differ, and everything in a file of one's own.

The store's files are plain Parquet: Polars, DuckDB or anything else reads ``runs/*/series.parquet`` as it lies. Here
are the three questions that are asked most. A run that is damaged is named and left out; it is computed again, and so
mended, by the command that needs it.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from mechlin.core.errors import UsageError
from mechlin.core.files import whole
from mechlin.core.spec import RunResult
from mechlin.runs.store import DamagedRun, Store

LOG = logging.getLogger("mechlin")
FORMATS = (".csv", ".parquet", ".xlsx")
PACKAGE = ("city", "data", "package", "settings", "fixed", "start", "version")  # runs alike in these are compared
_EXCEL_ROWS = 1_048_575
_ABOUT = {
    "run": pl.String,
    "city": pl.String,
    "data": pl.String,
    "package": pl.String,
    "settings": pl.String,
    "fixed": pl.String,
    "seed": pl.Int64,
    "population": pl.Int64,
    "start": pl.String,
    "months": pl.Int64,
    "version": pl.String,
}


def runs_table(store: Store) -> pl.DataFrame:
    """Return a row for each sound run: its name, city, measures and their settings, residents, seed, months, version.

    ``data`` tells apart the city's tables, ``settings`` holds what the package says (not what a world drew for it),
    ``fixed`` the numbers that were given for every world.
    """
    return pl.DataFrame([_about(result) for result in _sound(store)], schema=_ABOUT)


def series_table(store: Store) -> pl.DataFrame:
    """Return every number about a city of every sound run, beside what the run was: a row by year and indicator."""
    about = runs_table(store)
    if about.is_empty():
        raise UsageError(f"there are no sound runs in {store.path}; `mechlin rehearse` makes some")
    parts = [
        pl.read_parquet(store.path / run / "series.parquet").with_columns(pl.lit(run).alias("run"))
        for run in about["run"]
    ]
    return about.drop("months").join(pl.concat(parts), on="run").filter(pl.col("value").is_finite())


def comparison_table(store: Store, indicator: str, year: int | None = None) -> pl.DataFrame:
    """Return an indicator by package: runs, low, median, high (80 % of runs), in one year or in all.

    Packages that differ in a setting, in a number fixed, in the city's tables or in the model are never taken together.
    """
    table = series_table(store).filter(pl.col("indicator") == indicator)
    if year is not None:
        table = table.filter(pl.col("year") == year)
    if table.is_empty():
        raise UsageError(f"no stored run has {indicator!r}{f' in {year}' if year else ''}; `mechlin list indicators`")
    value = pl.col("value")
    return (
        table.group_by(*PACKAGE, "year")
        .agg(
            value.len().alias("runs"),
            value.quantile(0.1).alias("low"),
            value.median().alias("median"),
            value.quantile(0.9).alias("high"),
        )
        .sort("city", "data", "year", "package", "settings", "fixed", "start", "version")
    )


def export(store: Store, path: Path) -> int:
    """Write every number of every sound run to a CSV, Parquet or Excel file; return the rows written."""
    if path.suffix not in FORMATS:
        raise UsageError(f"{path.name}: write to a file that ends in {', '.join(FORMATS)}")
    table = series_table(store)
    with whole(path) as half:
        if path.suffix == ".csv":
            table.write_csv(half)
        elif path.suffix == ".parquet":
            table.write_parquet(half)
        else:
            _excel(table, half)
    return table.height


def _sound(store: Store) -> Iterator[RunResult]:
    """Yield every run that can be trusted; name the others."""
    for run_id in store.list():
        try:
            yield store.read(run_id)
        except DamagedRun as error:
            LOG.warning("Left out: %s", error)


def _about(result: RunResult) -> dict[str, Any]:
    spec = result.spec
    package = spec.asked.get("package", spec.package)
    return {
        "run": spec.id(),
        "city": spec.city,
        "data": spec.city_hash,
        "package": ", ".join(sorted(package)) or "nothing",
        "settings": "; ".join(f"{name}: {_settings(package[name])}" for name in sorted(package)),
        "fixed": _told(spec.asked.get("fixed", {})),
        "seed": spec.seed,
        "population": spec.population,
        "start": spec.start,
        "months": spec.months,
        "version": spec.version,
    }


def _settings(values: Any) -> str:
    """Return the settings of a measure as text; those of several phases one after the other."""
    phases = values if isinstance(values, list) else [values]
    return " | ".join(_told(phase) for phase in phases) or "as it is by itself"


def _told(values: Any) -> str:
    if isinstance(values, dict):
        parts = {k: f"{{{_told(v)}}}" if isinstance(v, dict) else _told(v) for k, v in sorted(values.items())}
        return ", ".join(f"{name}={text}" for name, text in parts.items())
    return f"[{', '.join(map(str, values))}]" if isinstance(values, list | tuple) else str(values)


def _excel(table: pl.DataFrame, path: Path) -> None:
    if table.height > _EXCEL_ROWS:
        raise UsageError(f"{table.height} rows are more than a sheet of Excel holds; export to .csv or .parquet")
    try:
        table.write_excel(path, worksheet="series")
    except ModuleNotFoundError:
        raise UsageError("writing Excel needs one more library: pip install 'mechlin[excel]'") from None
