"""``mechlin results list|compare|export``: what the store of runs holds."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from mechlin.runs.store import Store

results_app = typer.Typer(help="List, compare or export stored runs.", no_args_is_help=True, rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
RunsIn = Annotated[Path, typer.Option("--in", help="The folder given as --out when the runs were made.")]


@results_app.command("list")
def list_runs(place: RunsIn = Path("report"), as_json: AsJson = False) -> None:
    """List the stored runs: city, measures, seed, months."""
    from mechlin.runs.query import runs_table

    _print(runs_table(_store(place)).drop("settings", "version"), as_json)


@results_app.command("compare")
def compare(
    indicator: Annotated[str, typer.Argument(help="An indicator.")],
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
    place: RunsIn = Path("report"),
    as_json: AsJson = False,
) -> None:
    """Compare an indicator between the packages of the stored runs."""
    from mechlin.runs.query import comparison_table

    _print(comparison_table(_store(place), indicator, year), as_json)


@results_app.command("export")
def export_runs(
    file: Annotated[Path, typer.Argument(help="A file that ends in .csv, .parquet or .xlsx.")],
    place: RunsIn = Path("report"),
) -> None:
    """Export every number of the stored runs to one file."""
    from mechlin.runs.query import export

    rows = export(_store(place), file)
    print(f"{rows} rows: {file.resolve()}")


def _store(place: Path) -> "Store":
    from mechlin.core.errors import UsageError
    from mechlin.runs.store import Store

    folder = place / "runs"
    if not folder.is_dir():
        raise UsageError(f"there are no runs in {place}; `mechlin rehearse --out {place}` makes some")
    return Store(folder)


def _print(table: "pl.DataFrame", as_json: bool) -> None:
    if as_json:
        print(json.dumps(table.to_dicts(), indent=1))
        return
    from mechlin.report.tables import print_table

    rows = [[f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in row] for row in table.iter_rows()]
    print_table(table.columns, rows)
