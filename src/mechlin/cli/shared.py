"""What commands share: common options, tables, and the bar that counts runs."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from mechlin.core.errors import UsageError
from mechlin.core.files import check_place

_EVERY_SECONDS = 15.0  # between two lines of progress where nothing can be drawn


def to_folder(text: str | Path) -> Path:
    """Return the folder that an option names; an empty name would be the current folder and is refused."""
    if not str(text).strip():
        raise UsageError("an empty name is no folder; write . for the current one")
    return Path(text)


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Out = Annotated[Path, typer.Option(help="The folder for pages, numbers and runs.", parser=to_folder)]
Threads = Annotated[int | None, typer.Option(help="Runs at a time; all cores unless told.")]
Until = Annotated[str, typer.Option(help="The last month.")]
Package = Annotated[
    str | None,
    typer.Option(help="The measures: a name or a .toml file; as-it-went or the city's only one unless told."),
]
Cluster = Annotated[str | None, typer.Option(help="A Dask scheduler, as tcp://host:8786.")]


def ready(out: Path, *files: str) -> None:
    """Refuse, before any run, a folder into which the runs and these files cannot be written."""
    check_place(out, *files)
    check_place(out / "runs")


def print_rows(rows: Sequence[dict[str, str]], as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        print(json.dumps(list(rows), indent=1))
        return
    from mechlin.report.tables import print_table

    headings = list(rows[0]) if rows else []
    print_table(headings, [[str(row[h]) for h in headings] for row in rows])


@contextmanager
def shown() -> Iterator[None]:
    """Show what the library says (such as that code is compiled, once) on standard error."""
    log, handler = logging.getLogger("mechlin"), logging.StreamHandler(sys.stderr)
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


@contextmanager
def bar(title: str, things: str = "runs") -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows on standard error how many runs are done; show there what is said meanwhile.

    ``things`` is what is counted, where it is not runs.

    A terminal gets a bar with the time that has passed. Elsewhere a line says how far it is: the first one at once,
    then every quarter of a minute, whether a run ended or not, so that a log never falls silent.
    """
    with shown(), _drawn(title, things) if sys.stderr.isatty() else _lines(title, things) as told:
        yield told


@contextmanager
def _drawn(title: str, things: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(things),
        TimeElapsedColumn(),
        TextColumn("so far,"),
        TimeRemainingColumn(),
        TextColumn("to go"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _lines(title: str, things: str) -> Iterator[Callable[[int, int], None]]:
    began, over = time.monotonic(), threading.Event()
    state = (0, 0)

    def say() -> None:
        done, total = state
        far = f"{done} of {total} {things}" if total else "reading and checking"
        print(f"{title}: {far}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    def every_so_often() -> None:
        while not over.wait(_EVERY_SECONDS):
            say()

    def told(done: int, total: int) -> None:
        nonlocal state
        first, state = state == (0, 0), (done, total)
        if first:
            say()

    clock = threading.Thread(target=every_so_often, name="progress", daemon=True)
    clock.start()
    try:
        yield told
    finally:
        over.set()
        clock.join()


def plain(value: float | None) -> str:
    """Return a number as a table shows it: whole with commas from a thousand on, else four digits; – for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
