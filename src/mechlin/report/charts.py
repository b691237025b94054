"""Charts as Altair specifications: the same ones in the report, in a notebook and as pictures.

Each shows three references where they exist: with the package, without it, and what was observed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison

if TYPE_CHECKING:
    from mechlin.study.optimisation import Front

WITH, WITHOUT, OBSERVED, OTHERS = "with", "without", "observed", "other towns"
_COLOURS = {WITH: "#1f7fb8", WITHOUT: "#c8641b", OBSERVED: "#8457a8", OTHERS: "#2a8f6a"}
_HEIGHT = 230
BAR = 7  # points: how wide the range of a year that stands alone is drawn
_EVERY_OTHER = 2  # years that an axis names where all would run into one another
_GREY = "#9aa0a6"
_BEYOND = 3  # years of the record that are shown before and after the runs


def lines(
    comparison: Comparison,
    indicator: str,
    observed: Iterable[Mapping[str, Any]] = (),
    words: Mapping[str, str] | None = None,
    others: Iterable[tuple[int, float]] = (),
) -> alt.LayerChart:
    """Return an indicator over the years: both worlds with their bands, what was observed, and what other towns say.

    ``observed`` rows have year, value, low, high, source, tag, note, in the unit of the indicator. ``words`` are
    what "with", "without", "observed" and the unit are called in another language. ``others`` are year and value of the city
    as other towns make it, in the unit for reading.
    """
    said = {world: (words or {}).get(world, world) for world in _COLOURS}
    card = comparison.card(indicator)
    factor, behind = wording.scaled(card.unit)
    seen = [_seen_row(row, factor) for row in observed]
    seen = [{**row, "world": said[OBSERVED]} for row in seen]
    mixed = [{"world": said[OTHERS], "year": year, "value": _figures(value)} for year, value in others]
    worlds = [WITH, WITHOUT, *([OBSERVED] if seen else []), *([OTHERS] if mixed else [])]
    unit = behind.strip() or card.unit
    axis = unit_axis((words or {}).get(unit, unit))
    colour = alt.Color(
        "world:N",
        title=None,
        scale=alt.Scale(domain=[said[w] for w in worlds], range=[_COLOURS[w] for w in worlds]),
        legend=alt.Legend(
            orient="bottom", direction="horizontal", symbolOpacity=1, symbolType="square", symbolStrokeWidth=0
        ),
    )
    years = alt.Scale(domain=_span(comparison, seen), nice=False)
    x = alt.X("year:Q", title=None, scale=years, axis=year_axis())
    y = alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=False))
    tip = ["world:N", alt.Tooltip("year:Q", format="d"), *(_number(n) for n in ("value", "low", "high"))]
    base = alt.Chart(alt.Data(values=world_rows(comparison, indicator, words)))
    alone, along = apart(base, by=["world"]), apart(base, False, by=["world"])
    band = along.mark_area(opacity=0.18).encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour)
    bars = alone.mark_rule(opacity=0.18, strokeWidth=BAR)
    bars = bars.encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour)
    marks = alone.mark_point(filled=True, size=40, opacity=1).encode(x=x, y=y, color=colour)
    dash = alt.condition(alt.datum.world == said[WITHOUT], alt.value([5, 3]), alt.value([1, 0]))
    line = base.mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour, strokeDash=dash)
    dots = base.mark_point(opacity=0, size=80).encode(x=x, y=y, tooltip=tip)
    layers = [band, bars, line, marks, dots]
    if seen:
        first, last = years.domain
        facts = alt.Chart(alt.Data(values=[r for r in seen if first <= r["year"] <= last]))
        whisker = facts.mark_rule(strokeWidth=1.4).encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour)
        known = ["source:N", "how:N", "note:N"]
        mark = facts.mark_point(filled=True, size=55, shape="diamond", opacity=1)
        layers += [whisker, mark.encode(x=x, y=y, color=colour, tooltip=[*tip, *known])]
    if mixed:
        first, last = years.domain
        town = alt.Chart(alt.Data(values=[r for r in mixed if first <= r["year"] <= last]))
        layers.append(town.mark_line(strokeWidth=2, strokeDash=[2, 2]).encode(x=x, y=y, color=colour))
        layers.append(town.mark_point(opacity=0, size=80).encode(x=x, y=y, tooltip=tip[:3]))
    return alt.LayerChart(layer=layers).properties(width="container", height=_HEIGHT)


def apart(chart: alt.Chart, wanted: bool = True, by: Sequence[str] = ()) -> alt.Chart:
    """Return a chart of the rows whose year has no neighbour among them, as of elections; or of all others.

    An area needs two neighbours: of a year alone it would show nothing, of elections years apart what nobody voted.
    """
    told = chart.transform_window(
        before="lag(year)", after="lead(year)", sort=[alt.SortField("year")], groupby=[*by], frame=[None, None]
    )
    far = "(!isValid(datum.before) || datum.year - datum.before > 1)"
    far += " && (!isValid(datum.after) || datum.after - datum.year > 1)"
    found: alt.Chart = told.transform_filter(far if wanted else f"!({far})")
    return found


def words_of(unit: str, say: Language) -> dict[str, str]:
    """Return what a chart of a number of this unit calls its lines and its unit in a language."""
    behind = wording.scaled(unit)[1].strip() or unit
    return {word: say(word) for word in (WITH, WITHOUT, OBSERVED, OTHERS, "points", "difference", behind) if word}


def factor_of(comparison: Comparison, indicator: str) -> float:
    """Return by what a number of an indicator is multiplied for reading."""
    return wording.scaled(comparison.card(indicator).unit)[0]


def costs(comparison: Comparison, titles: Mapping[str, str], unit: str = "EUR million") -> alt.Chart:
    """Return what each measure cost, year by year, as stacked bars; ``unit`` is what the axis is called."""
    tip = ["measure:N", alt.Tooltip("year:Q", format="d"), alt.Tooltip("million:Q", format=",.2f")]
    axis = unit_axis(unit)
    chart: alt.Chart = (
        alt.Chart(alt.Data(values=cost_rows(comparison, titles)))
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("million:Q", axis=axis),
            tooltip=tip,
            color=alt.Color(
                "measure:N",
                title=None,
                scale=alt.Scale(scheme="tableau10"),
                legend=alt.Legend(orient="bottom", columns=1, labelLimit=420),
            ),
        )
        .properties(width="container", height=_HEIGHT)
    )
    return chart


def cost_by_year(comparison: Comparison, unit: str = "EUR million") -> alt.Chart:
    """Return what the package costs year by year, all measures and payers together."""
    rows = [{"year": r["year"], "million": _figures(r["eur"] / 1e6)} for r in comparison.costs("year")]
    chart: alt.Chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=_COLOURS[WITH])
        .encode(
            x=alt.X(
                "year:O", title=None, axis=alt.Axis(labelAngle=0, values=[r["year"] for r in rows[::_EVERY_OTHER]])
            ),
            y=alt.Y("million:Q", axis=unit_axis(unit)),
        )
        .properties(width="container", height=_HEIGHT)
    )
    return chart


def cost_rows(comparison: Comparison, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what :func:`costs` draws: a row for each measure and year."""
    return [
        {"year": r["year"], "million": _figures(r["eur"] / 1e6), "measure": titles.get(r["programme"], r["programme"])}
        for r in comparison.costs("programme", "year")
    ]


def area_values(comparison: Comparison, indicator: str, show: str) -> np.ndarray:
    """Return what :func:`area_map` draws, shape (years, areas), in the unit for reading; NaN where nothing is told."""
    effect = comparison.area_effect(indicator)
    shown = effect[show] if show == "with" else np.where(effect["clear"], effect[show], np.nan)
    return _rounded(shown * wording.scaled(comparison.card(indicator).unit)[0])


def area_map(
    comparison: Comparison,
    indicator: str,
    shapes: Mapping[str, Any],
    names: Sequence[str],
    show: str = "with",
    slider: bool = True,
    words: Mapping[str, str] | None = None,
) -> alt.LayerChart:
    """Return a map of an area indicator in a year to choose.

    ``show`` is "with" (the level) or "difference" (what the package adds; areas in which nobody can tell are
    left grey). ``shapes`` is a GeoJSON FeatureCollection in kilometres, one feature per area in order. ``words`` are
    what the unit, "points" and "difference" are called in another language.
    """
    card = comparison.card(indicator)
    unit = wording.scaled(card.unit)[1].strip() or card.unit
    values = area_values(comparison, indicator, show)
    title = unit if show == "with" else "points" if unit == "%" else "difference"
    title = (words or {}).get(title, title)
    return _map(values, comparison.years, shapes, names, map_scale(values, show), title, slider)


def _map(
    values: np.ndarray,
    years: np.ndarray,
    shapes: Mapping[str, Any],
    names: Sequence[str],
    scale: alt.Scale,
    title: str,
    slider: bool,
) -> alt.LayerChart:
    """Return a map of ``values`` (years, areas) in a year to choose; an area without a value is grey."""
    features = [
        {
            "type": "Feature",
            "geometry": f["geometry"],
            "properties": {"area": names[a], "v": [None if math.isnan(v) else v for v in values[:, a].tolist()]},
        }
        for a, f in enumerate(shapes["features"])
    ]
    first, last = int(years[0]), int(years[-1])
    bind = alt.binding_range(min=first, max=last, step=1, name="Year ") if slider else alt.Undefined
    pick = alt.param(name="year", value=last, bind=bind)
    land = alt.Data(
        values={"type": "FeatureCollection", "features": features},
        format=alt.JsonDataFormat(type="json", property="features"),
    )
    legend = alt.Legend(title=title, orient="bottom", gradientLength=180)
    shape = alt.Chart(land).mark_geoshape(stroke="#ffffff", strokeWidth=0.6)
    shape = shape.transform_calculate(value=f"datum.properties.v[year - {first}]", area="datum.properties.area")
    ground = shape.encode(color=alt.value(_GREY), tooltip=["area:N"])
    known = shape.transform_filter("isValid(datum.value)").encode(
        color=alt.Color("value:Q", scale=scale, legend=legend),
        tooltip=["area:N", alt.Tooltip("value:Q", format=",.3~f", title=title)],
    )
    both = alt.LayerChart(layer=[ground.add_params(pick), known], data=land)
    return both.project(type="identity", reflectY=True).properties(width="container", height=380)


def forecast(
    band: list[dict[str, Any]], seen: list[dict[str, Any]], model: list[dict[str, Any]], unit: str, since: int
) -> alt.LayerChart:
    """Return a forecast with its band, what was observed before and after ``since``, and the model's own level."""
    axis = unit_axis(unit)
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, tickCount=6), scale=alt.Scale(nice=False))
    y = alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=False))
    domain, colours = ["forecast", "known before", "observed"], [_COLOURS[WITH], _GREY, _COLOURS[OBSERVED]]
    colour = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=domain, range=colours),
        legend=alt.Legend(orient="bottom", direction="horizontal"),
    )
    tip = ["what:N", alt.Tooltip("year:Q", format="d"), *(_number(n) for n in ("value", "low", "high"))]
    expected = alt.Chart(alt.Data(values=band))
    facts = alt.Chart(alt.Data(values=seen))
    layers = [
        alt.Chart(alt.Data(values=model)).mark_line(color=_GREY, strokeDash=[2, 3], strokeWidth=1.2).encode(x=x, y=y),
        alt.Chart(alt.Data(values=[{"year": since}])).mark_rule(color=_GREY).encode(x=x),
        expected.mark_rule(strokeWidth=7, opacity=0.3).encode(
            x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour
        ),
        expected.mark_tick(thickness=2.5, size=12).encode(x=x, y=y, color=colour, tooltip=tip),
        facts.mark_rule(strokeWidth=1.2).encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour),
        facts.mark_point(filled=True, size=55, shape="diamond", opacity=1).encode(x=x, y=y, color=colour, tooltip=tip),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=_HEIGHT)


def carried(rows: list[dict[str, Any]], unit: str) -> alt.LayerChart:
    """Return what each measure carried of an effect, with its interval; those nobody can tell are grey."""
    behind = wording.scaled(unit)[1].strip() or unit
    x = alt.X("share:Q", title=f"carried, {'points' if behind == '%' else behind}")
    y = alt.Y("measure:N", sort=None, title=None, axis=alt.Axis(labelLimit=320))
    known = alt.FieldOneOfPredicate(field="verdict", oneOf=["up", "down"])
    colour = alt.condition(known, alt.value(_COLOURS[WITH]), alt.value(_GREY))
    tip = ["measure:N", *(_number(n) for n in ("share", "low", "high")), "verdict:N"]
    base = alt.Chart(alt.Data(values=rows))
    bars = base.mark_bar(opacity=0.6).encode(x=x, y=y, color=colour, tooltip=tip)
    ends = base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    return alt.LayerChart(layer=[bars, ends]).properties(width="container", height=24 * max(len(rows), 3))


def bars(rows: Sequence[Mapping[str, Any]], what: str, size: str) -> alt.Chart:
    """Return rows as bars: one for each ``what``, as long as ``size`` says."""
    shown = [{"what": str(row[what]), "size": row[size]} for row in rows]
    chart: alt.Chart = (
        alt.Chart(alt.Data(values=shown))
        .mark_bar()
        .encode(x=alt.X("size:Q", title=size), y=alt.Y("what:N", title=None, sort=None), tooltip=["what:N", "size:Q"])
        .properties(width="container")
    )
    return chart


def front(found: "Front") -> alt.LayerChart:
    """Return cost against effect of every package tried, and the front that no other package beats."""
    factor, behind = wording.scaled(found.card.unit)
    unit = "points" if behind == " %" else found.card.unit
    best = {id(c) for c in found.front}
    rows = [
        {
            "million": c.cost_eur / 1e6,
            "effect": c.robust_effect * factor,
            "what": "front" if id(c) in best else "tried",
            "measures": ", ".join(n for n, d in c.doses.items() if d != "off") or "none",
        }
        for c in found.tried
    ]
    x = alt.X("million:Q", title="cost, EUR million, all payers")
    y = alt.Y("effect:Q", axis=unit_axis(f"{found.card.title}: gained in nine worlds of ten ({unit})"))
    scale = alt.Scale(domain=["front", "tried"], range=[_COLOURS[WITH], _GREY])
    tip = ["measures:N", _number("million"), _number("effect")]
    base = alt.Chart(alt.Data(values=rows))
    dots = base.mark_point(filled=True, size=50).encode(
        x=x, y=y, color=alt.Color("what:N", scale=scale, title=None), tooltip=tip
    )
    line = base.transform_filter("datum.what == 'front'").mark_line(interpolate="step-after", color=_COLOURS[WITH])
    budget = alt.Chart(alt.Data(values=[{"million": found.budget_eur / 1e6}])).mark_rule(color=_COLOURS[WITHOUT])
    layers = [line.encode(x=x, y=y), dots, budget.encode(x="million:Q")]
    return alt.LayerChart(layer=layers).properties(width=560, height=_HEIGHT)


def year_axis() -> alt.Axis:
    """Return an axis of years whose labels keep their distance."""
    return alt.Axis(format="d", tickMinStep=1, tickCount=6, labelOverlap="greedy", labelSeparation=9)


def unit_axis(unit: str) -> alt.Axis:
    """Return an upright axis with the unit written flat above it."""
    return alt.Axis(title=unit, titleAngle=0, titleAlign="left", titleY=-10, titleX=0, tickCount=6)


def _span(comparison: Comparison, seen: list[dict[str, Any]]) -> list[int]:
    """Return the first and last year to show; the record may reach beyond the runs by a few years."""
    first, last = int(comparison.years[0]), int(comparison.years[-1])
    years = [r["year"] for r in seen if first - _BEYOND <= r["year"] <= last + _BEYOND]
    return [min([first, *years]), max([last, *years])]


def map_scale(values: np.ndarray, show: str) -> alt.Scale:
    """Return one scale for all years, so that a colour means the same when the slider moves."""
    known = values[np.isfinite(values)]
    if show == "with":
        ends = np.quantile(known, [0.02, 0.98]) if known.size else (0.0, 1.0)
        return alt.Scale(scheme="viridis", domain=[float(ends[0]), float(ends[1])], clamp=True)
    far = float(np.quantile(np.abs(known), 0.98)) if known.size else 1.0
    return alt.Scale(scheme="purpleorange", domain=[-far, far], domainMid=0, clamp=True)


def world_rows(comparison: Comparison, indicator: str, words: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return what :func:`lines` draws of the runs: low, value and high by world and year, in the unit for reading."""
    factor = wording.scaled(comparison.card(indicator).unit)[0]
    rows = []
    for world, side in ((WITH, "with"), (WITHOUT, "without")):
        low, middle, high = comparison.band(indicator, side)  # type: ignore[arg-type]
        for year, *numbers in zip(comparison.years.tolist(), low, middle, high, strict=True):
            if math.isfinite(numbers[1]):
                lo, mid, hi = (None if math.isnan(v) else _figures(float(v) * factor) for v in numbers)
                name = (words or {}).get(world, world)
                rows.append({"world": name, "year": year, "low": lo, "value": mid, "high": hi})
    return rows


def _seen_row(row: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Return an observation as the chart wants it; one without a range is its own low and high."""
    known = {name: row["value"] if row.get(name) is None else row[name] for name in ("value", "low", "high")}
    numbers = {name: _figures(value * factor) for name, value in known.items()}
    words = {"source": row.get("source") or "", "how": row.get("tag") or "", "note": row.get("note") or ""}
    return {"world": OBSERVED, "year": row["year"], **numbers, **words}


def _number(name: str) -> alt.Tooltip:
    return alt.Tooltip(f"{name}:Q", format=",.4~r")


def _figures(value: float) -> float:
    """Return a number to six figures: what a chart can show, at half the size of the page."""
    return float(f"{value:.6g}")


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.array([[_figures(v) if math.isfinite(v) else math.nan for v in row] for row in values])
