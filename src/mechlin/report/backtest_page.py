"""The page of a back-test: a verdict for each indicator, its series with the forecast, and what is left out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mechlin.report import charts, wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Parts
from mechlin.report.report import write_page_of
from mechlin.statistics.scores import medians

if TYPE_CHECKING:
    from mechlin.study.backtesting import Backtest, Track

_WORDS = {
    "better": "better than both naive forecasts",
    "mixed": "better than one naive forecast, not than the other",
    "worse": "worse than the naive forecasts",
    "cannot tell": "cannot tell: fewer than two observations, or none before",
}


def write_page(found: "Backtest", path: Path) -> Path:
    """Write the page of a back-test and return where it is."""
    parts = Parts()
    o = found.overall
    told = "–" if o.coverage_80 is None else wording.per_cent(o.coverage_80)
    opening = (
        f"<h1>{esc(found.city.title)}: forecasts from {found.since} held against the record</h1>"
        f"<p>{o.observations} observations of {sum(bool(t.scores) for t in found.tracks)} indicators. {told} lie inside "
        f"the middle 80 % of the forecast; over all of them the forecasts are {esc(_WORDS[o.verdict])}.</p>"
        '<p class="doubt">Each forecast starts at the last observation before that year; change is the model’s, the '
        "country around the city is taken as it went. The band holds chance, knowledge, structure and what the model "
        "got wrong before.</p>"
    )
    parts.add("scores", "The scores", _scores(found))
    figures = "".join(_figure(t, found.since, parts) for t in found.tracks if t.scores)
    parts.add("series", "Each series", f'<div class="grid">{figures}</div>')
    rows = [[name, rows, why] for rows, name, why in found.left_out_told]
    told = table("Rows that are not scored.", ["Indicator", "rows", "why"], rows) if rows else "<p>None.</p>"
    parts.add("left", "What is left out", told)
    return write_page_of(path, f"{found.city.title}: back-test from {found.since}", opening, parts)


def _scores(found: "Backtest") -> str:
    from mechlin.study.backtesting import HEADINGS

    note = "Skill: 1 is perfect, 0 no better than the naive forecast, below 0 worse. CRPS: 0 is perfect."
    return table(note, [h.capitalize() for h in HEADINGS], found.to_rows())


def _figure(track: "Track", since: int, parts: Parts) -> str:
    chart = parts.chart(_chart(track, since), f"{track.card.title}: forecast and what was observed")
    s = track.summary
    return (
        f"<figure><h3>{esc(track.card.title)}: {esc(s.verdict)}</h3>{chart}"
        f"<figcaption>{esc(_WORDS[s.verdict].capitalize())}. Band: middle 80 % of the forecast. Diamonds: observed; "
        f"the line up to {since}: known before.</figcaption></figure>"
    )


def _chart(track: "Track", since: int) -> alt.LayerChart:
    band = [
        {"year": s.seen.year, "low": s.low, "value": s.middle, "high": s.high, "what": "forecast"} for s in track.scores
    ]
    seen: list[dict[str, Any]] = [
        {"year": s.year, "value": s.value, "low": s.low, "high": s.high, "what": "known before"} for s in track.before
    ]
    seen += [
        {"year": s.seen.year, "value": s.seen.value, "low": s.seen.low, "high": s.seen.high, "what": "observed"}
        for s in track.scores
    ]
    model = medians(track.runs)
    line = [{"year": int(y), "value": float(v)} for y, v in zip(track.years, model, strict=True) if np.isfinite(v)]
    return charts.forecast(band, seen, line, track.unit, since)
