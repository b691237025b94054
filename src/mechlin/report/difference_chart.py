"""The first chart of a number: what the package adds, year by year, with its band and the line of no difference."""

import math
from typing import Any

import altair as alt

from mechlin.report import charts, wording
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison

_HEIGHT = 170
BLUE, _GREY = "#1f7fb8", "#8a9097"


def difference(c: Comparison, indicator: str, say: Language = ENGLISH, coloured: bool | None = None) -> alt.LayerChart:
    """Return the paired difference over the years, its median and its band; grey where nothing has a direction.

    ``coloured`` None takes the verdict of the number; while pairs are missing it is always grey.
    """
    card, e = c.card(indicator), c.effect(indicator)
    clear = e is not None and e.verdict in ("up", "down")
    colour = BLUE if (clear if coloured is None else coloured) and not c.provisional else _GREY
    rows = difference_rows(c, indicator)
    axis = charts.unit_axis(difference_unit(card.unit, say))
    y = alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=True))
    years = alt.Scale(domain=[int(c.years[0]), int(c.years[-1])], nice=False)
    x = alt.X("year:Q", title=None, axis=charts.year_axis(), scale=years)
    base = alt.Chart(alt.Data(values=rows))
    apart, together = charts.apart(base), charts.apart(base, False)
    band = together.mark_area(opacity=0.28, color=colour).encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q")
    bars = apart.mark_rule(opacity=0.28, color=colour, strokeWidth=charts.BAR)
    bars = bars.encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q")
    line = base.mark_line(strokeWidth=2.4, color=colour).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=22, opacity=1, color=colour).encode(x=x, y=y)
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(strokeWidth=1.6, color="#1d2328").encode(y="value:Q")
    return alt.LayerChart(layer=[band, bars, zero, line, dots]).properties(width="container", height=_HEIGHT)


def difference_rows(c: Comparison, indicator: str) -> list[dict[str, Any]]:
    """Return what :func:`difference` draws: low, value and high by year, in the unit for reading."""
    factor = wording.scaled(c.card(indicator).unit)[0]
    rows = []
    for e in c.effects:
        if e.indicator == indicator:
            ends = [e.low, e.high] if math.isfinite(e.low) and math.isfinite(e.high) else [e.difference] * 2
            low, value, high = (float(f"{factor * v:.6g}") for v in (ends[0], e.difference, ends[1]))
            rows.append({"year": e.year, "low": low, "value": value, "high": high})
    return rows


def difference_unit(unit: str, say: Language = ENGLISH) -> str:
    """Return what a difference of this unit is called on an axis: "points" for per cents."""
    behind = wording.scaled(unit)[1].strip()
    return say("points") if behind == "%" else say(behind or unit)
