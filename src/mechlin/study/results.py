"""What every result of a study can do: be looked at, and leave as a frame, as JSON, as a chart, as a page."""

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mechlin.core.extras import extra
from mechlin.study import pages

if TYPE_CHECKING:
    import altair

_SHOWN = 20  # rows in a notebook, where a result may be the last line of a cell


class Result:
    """A result with a line that says it and records that hold it; both are its own, the rest follows from them."""

    bars = ("", "")  # which columns of the records a chart draws: what each bar is of, and how long it is

    def line(self) -> str:
        """Return the result in one line."""
        raise NotImplementedError

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows of numbers and text."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return one line, however much there is."""
        return f"<{type(self).__name__}: {self.line()}>"

    def _repr_html_(self) -> str:
        """Return the line and the first rows, as a notebook shows them."""
        rows = self.records()
        more = f"<p>and {len(rows) - _SHOWN:,} more rows: to_frame()</p>" if len(rows) > _SHOWN else ""
        return f"<p>{escape(self.line())}</p>{_table(rows[:_SHOWN])}{more}"

    def summary(self) -> None:
        """Print the result: a table on a terminal, plain text in a pipe."""
        rows = self.records()
        if rows:
            pages.maker("table")(list(rows[0]), [[cell(value) for value in row.values()] for row in rows])
        print(f"\n{self.line()}" if rows else self.line())

    def to_frame(self) -> pl.DataFrame:
        """Return the records as a Polars frame."""
        return frame(self.records())

    def to_pandas(self) -> Any:
        """Return the records as a pandas frame; raise UsageError when pandas is not installed."""
        return extra("pandas", "study").DataFrame(self.to_frame().to_dicts())

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps({"result": self.line(), "rows": [_finite(row) for row in self.records()]}, indent=1)

    def plot(self) -> "altair.Chart":
        """Return a chart of the records, as an Altair chart."""
        return drawn(self.records(), *self.bars)

    def to_html(self, path: str | Path) -> Path:
        """Write the result as one page that works offline, and return where it is."""
        return pages.write("result", Path(path), self)


def drawn(rows: Sequence[Mapping[str, Any]], what: str, size: str) -> "altair.Chart":
    """Return rows as bars: one for each ``what``, as long as ``size`` says."""
    chart: altair.Chart = pages.maker("bars")(rows, what, size)
    return chart


def frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a Polars frame, its types found by looking at all of them."""
    return pl.DataFrame(list(rows), infer_schema_length=None)


def cell(value: Any) -> str:
    """Return a value as a table shows it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell(v))}</td>" for v in row.values()) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
