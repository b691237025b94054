"""What commands share: common options, tables, and the bar that counts runs."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Out = Annotated[Path, typer.Option(help="The folder for pages, numbers and runs.")]
Threads = Annotated[int | None, typer.Option(help="Runs at a time; all cores unless told.")]
Until = Annotated[str, typer.Option(help="The last month.")]


def print_rows(rows: Sequence[dict[str, str]], as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        print(json.dumps(list(rows), indent=1))
        return
    from mechlin.report.tables import print_table

    headings = list(rows[0]) if rows else []
    print_table(headings, [[str(row[h]) for h in headings] for row in rows])


@contextmanager
def _shown() -> Iterator[None]:
    """Show what the library says (such as that code is compiled, once) on standard error."""
    log, handler = logging.getLogger("mechlin"), logging.StreamHandler(sys.stderr)
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows on standard error how many runs are done; show there what is said meanwhile."""
    if not sys.stderr.isatty():
        with _shown():
            yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress, _shown():
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
