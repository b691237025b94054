"""The page of a result that has no page of its own: what it says, a chart and a table."""

from pathlib import Path
from typing import TYPE_CHECKING

from mechlin.report.markup import esc, table
from mechlin.report.parts import Parts
from mechlin.report.report import write_page_of
from mechlin.study.results import cell

if TYPE_CHECKING:
    from mechlin.study.results import Result


def write_page(found: "Result", path: Path) -> Path:
    """Write the page of a result and return where it is."""
    parts, rows = Parts(), found.records()
    if rows:
        chart = parts.chart(found.plot(), found.line())
        told = table(found.line(), list(rows[0]), [[cell(value) for value in row.values()] for row in rows])
        parts.add("rows", "The numbers", f"<figure>{chart}</figure>{told}")
    return write_page_of(
        path, type(found).__name__, f"<h1>{esc(type(found).__name__)}</h1><p>{esc(found.line())}</p>", parts
    )
