"""Stored runs as tables: what there is, how two packages differ, and everything in a file of one's own.

The store's files are plain Parquet: Polars, DuckDB or anything else reads ``runs/*/series.parquet`` as it lies. Here
are the three questions that are asked most.
"""

from pathlib import Path

import polars as pl

from mechlin.core.errors import UsageError
from mechlin.core.spec import RunSpec
from mechlin.runs.store import Store

FORMATS = (".csv", ".parquet", ".xlsx")
_EXCEL_ROWS = 1_048_575


def runs_table(store: Store) -> pl.DataFrame:
    """Return a row for each stored run: its name, city, measures, residents, seed, months and model version."""
    rows = []
    for run_id in store.list():
        spec = RunSpec.from_json((store.path / run_id / "spec.json").read_text(encoding="utf-8"))
        rows.append({
            "run": run_id, "city": spec.city, "package": ", ".join(sorted(spec.package)) or "nothing",
            "settings": _settings(spec), "seed": spec.seed, "population": spec.population, "start": spec.start,
            "months": spec.months, "version": spec.version,
        })  # fmt: skip
    schema = {"run": pl.String, "city": pl.String, "package": pl.String, "settings": pl.String, "seed": pl.Int64,
              "population": pl.Int64, "start": pl.String, "months": pl.Int64, "version": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _settings(spec: RunSpec) -> str:
    return "; ".join(f"{name}: {', '.join(f'{k}={v}' for k, v in sorted(values.items()))}"
                     for name, values in sorted(spec.package.items()))  # fmt: skip


def series_table(store: Store) -> pl.DataFrame:
    """Return every number about a city of every stored run: run, city, package, seed, year, indicator, value."""
    about = runs_table(store)
    if about.is_empty():
        raise UsageError(f"there are no runs in {store.path}; `mechlin rehearse` makes some")
    parts = [
        pl.read_parquet(store.path / run / "series.parquet").with_columns(pl.lit(run).alias("run"))
        for run in about["run"]
    ]
    names = about.select("run", "city", "package", "seed", "population")
    return names.join(pl.concat(parts), on="run").filter(pl.col("value").is_finite())


def comparison_table(store: Store, indicator: str, year: int | None = None) -> pl.DataFrame:
    """Return an indicator by package: runs, low, median, high (80 % of runs), in one year or in all."""
    table = series_table(store).filter(pl.col("indicator") == indicator)
    if year is not None:
        table = table.filter(pl.col("year") == year)
    if table.is_empty():
        raise UsageError(f"no stored run has {indicator!r}{f' in {year}' if year else ''}; `mechlin list indicators`")
    value = pl.col("value")
    return (
        table.group_by("city", "package", "year")
        .agg(value.len().alias("runs"), value.quantile(0.1).alias("low"), value.median().alias("median"),
             value.quantile(0.9).alias("high"))
        .sort("city", "year", "package")
    )  # fmt: skip


def export(store: Store, path: Path) -> int:
    """Write every number of every stored run to a CSV, Parquet or Excel file; return the rows written."""
    if path.suffix not in FORMATS:
        raise UsageError(f"{path.name}: write to a file that ends in {', '.join(FORMATS)}")
    table = series_table(store)
    half = path.with_name(f".{path.stem}.writing{path.suffix}")
    if path.suffix == ".csv":
        table.write_csv(half)
    elif path.suffix == ".parquet":
        table.write_parquet(half)
    else:
        _excel(table, half)
    half.replace(path)
    return table.height


def _excel(table: pl.DataFrame, path: Path) -> None:
    if table.height > _EXCEL_ROWS:
        raise UsageError(f"{table.height} rows are more than a sheet of Excel holds; export to .csv or .parquet")
    try:
        table.write_excel(path, worksheet="series")
    except ModuleNotFoundError:
        raise UsageError("writing Excel needs one more library: pip install 'mechlin[excel]'") from None
