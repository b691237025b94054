"""Findings as a table: drawn on a terminal, plain text in a pipe."""

import sys
from collections.abc import Sequence
from typing import TextIO

from mechlin.report import wording
from mechlin.report.blocks.findings import rest
from mechlin.study.comparison import Comparison

HEADINGS = ("indicator", "when", "with", "without", "difference", "verdict")
_GAP = "  "


def summary_rows(comparison: Comparison, indicators: Sequence[str] | None = None) -> list[tuple[str, ...]]:
    """Return the cells of the summary, one row per indicator (the headline ones unless told)."""
    rows: list[tuple[str, ...]] = []
    for name in indicators or comparison.headlines:
        e = comparison.effect(name)
        if e is None:
            continue
        span = f"{comparison.years[0]}-{comparison.years[-1]}" if e.span.startswith("over") else str(e.year)
        rows.append(
            (
                comparison.card(name).title,
                span,
                wording.level(e.with_, e.unit),
                wording.level(e.without, e.unit),
                wording.gap(e),
                e.verdict,
            )
        )
    return rows


def print_summary(comparison: Comparison, indicators: Sequence[str] | None = None) -> None:
    """Print the findings, how they were made, and what a reader should know."""
    print_table(HEADINGS, summary_rows(comparison, indicators), right=(2, 3), whole=(1, 2, 3, 5))
    beside = rest(comparison, comparison.headlines) if indicators is None else frozenset()
    if count := len(beside):
        clear = [e for e in comparison.clear_others() if e.indicator in beside]
        print(f"\nOf {count} other numbers {len(clear) or 'none'} {'has' if len(clear) < 2 else 'have'} a direction.")
        for e in clear:
            print(f"  {comparison.sentence(e.indicator)}")
    print(f"\n{comparison.caption()}")
    for note in comparison.notes:
        print(f"Note: {note}")


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[int] = (),
    whole: Sequence[int] = (),
    file: TextIO | None = None,
) -> None:
    """Print rows of text: a drawn table on a terminal, columns of plain text elsewhere.

    ``right`` lists the columns that are set flush right, ``whole`` those that a terminal may not break.
    """
    out = file or sys.stdout
    if out.isatty():
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for n, heading in enumerate(headings):
            table.add_column(heading, justify="right" if n in right else "left", overflow="fold", no_wrap=n in whole)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(file=out).print(table)
        return
    widths = [max(len(row[n]) for row in (headings, *rows)) for n in range(len(headings))]
    for row in (headings, *rows):
        cells = [c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))]
        print(_GAP.join(cells).rstrip(), file=out)
