"""``mechlin results list|compare|export``: what the store of runs holds."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mechlin.cli.shared import AsJson, shown, to_folder

if TYPE_CHECKING:
    import polars as pl

    from mechlin.runs.store import Store

results_app = typer.Typer(help="List, compare or export stored runs.", no_args_is_help=True, rich_markup_mode=None)
RunsIn = Annotated[
    Path, typer.Option("--in", help="The folder given as --out when the runs were made.", parser=to_folder)
]


@results_app.command("list")
def list_runs(place: RunsIn = Path("report"), as_json: AsJson = False) -> None:
    """List the stored runs: city, measures with their settings, seed, months."""
    from mechlin.runs.query import runs_table

    with shown():
        _print(runs_table(_store(place)), as_json)


@results_app.command("compare")
def compare(
    indicator: Annotated[str, typer.Argument(help="An indicator.")],
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
    place: RunsIn = Path("report"),
    as_json: AsJson = False,
) -> None:
    """Compare an indicator between the packages of the stored runs; those that differ in a setting stay apart."""
    from mechlin.runs.query import comparison_table

    with shown():
        _print(comparison_table(_store(place), indicator, year), as_json)


@results_app.command("export")
def export_runs(
    file: Annotated[Path, typer.Argument(help="A file that ends in .csv, .parquet or .xlsx.")],
    place: RunsIn = Path("report"),
) -> None:
    """Export every number of the stored runs to one file; its folder is made where there is none."""
    from mechlin.core.files import check_place
    from mechlin.runs.query import export

    check_place(file.parent, file.name)
    with shown():
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
    """Print a table of runs; packages go by a number, and below each is told once with all its settings."""
    if as_json:
        print(json.dumps(table.to_dicts(), indent=1))
        return
    from mechlin.report.tables import print_table
    from mechlin.runs.query import PACKAGE

    told = [c for c in PACKAGE if c != "city"]
    packages = table.select(PACKAGE).unique(maintain_order=True)
    several = {c for c in told if packages[c].n_unique() > 1} - {"package", "settings", "fixed"}
    numbers = {row: n for n, row in enumerate(packages.iter_rows(), 1)}
    names = [str(numbers[row]) for row in table.select(PACKAGE).iter_rows()]
    kept = table.drop(told)
    at = kept.columns.index("city") + 1
    rows = [
        [*cells[:at], number, *cells[at:]]
        for number, cells in zip(names, ([_cell(c) for c in row] for row in kept.iter_rows()), strict=True)
    ]
    print_table([*kept.columns[:at], "package", *kept.columns[at:]], rows)
    print()
    for n, row in enumerate(packages.to_dicts(), 1):
        also = [f"numbers fixed: {row['fixed']}"] if row["fixed"] else []
        also += [f"{'tables of the city' if c == 'data' else c}: {row[c]}" for c in told if c in several]
        print(f"Package {n}: {row['settings'] or 'nothing'}{'; '.join(['', *also])}")


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
