"""Charts of what was measured: the town among others, the effects found in every other town, and what could be seen."""

import math
from typing import Any

import altair as alt

from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import measured_numbers as numbers
from mechlin.report import measured_words as words
from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language

_HEIGHT = 280
_STRIP = 58  # points of height for each estimator
_ROOM = {"left": 32, "right": 8, "top": 5, "bottom": 5}  # for long names in letters wider than were reckoned with
_MOST_YEARS = 8  # written below the axis
_MOST_LINES = 60  # other towns that are drawn one by one
_GREY = "#9aa0a6"
_COLOURS = {"own": "#8457a8", "levels": "#1f7fb8", "changes": "#2a8f6a", "did": "#c8641b"}


def series(found: Evaluation, say: Language = ENGLISH, sealed: str = "") -> alt.LayerChart:
    """Return the town, its line by each estimator, and the other towns behind them; ``sealed`` is when a plan was."""
    factor, unit = _unit(found, say)
    own = say("{place}, observed", place=found.panel.town)
    rows = [_row(p, v * factor, own) for p, v in _along(found, found.panel.table[0])]
    names, colours = [own], [_COLOURS["own"]]
    for e in found.estimates:
        name = words.method(e.method, say)
        names.append(name)
        colours.append(_COLOURS[e.method])
        rows += [_row(p, v * factor, name) for p, v in _along(found, e.fit.line)]
    x = _x(found)
    y = alt.Y("value:Q", axis=_axis(unit), scale=alt.Scale(zero=False))
    scale = alt.Scale(domain=names, range=colours)
    legend = alt.Legend(
        orient="bottom", direction="horizontal", columns=2, columnPadding=24, labelLimit=260, symbolType="stroke"
    )
    colour = alt.Color("what:N", title=None, scale=scale, legend=legend)
    layers = [_others(found, factor, x, y), _upright(found.panel.numbers[found.panel.before])]
    if is_within(found, sealed):
        layers.append(_upright(_moment(found, sealed), dash=(4, 3)))
    base = alt.Chart(alt.Data(values=rows))
    thick = alt.condition(alt.datum.what == own, alt.value(2.6), alt.value(1.6))
    dash = alt.condition(alt.datum.what == own, alt.value([1, 0]), alt.value([5, 3]))
    tip = ["what:N", alt.Tooltip("value:Q", format=",.4~r")]
    layers += [
        base.mark_line().encode(x=x, y=y, color=colour, strokeWidth=thick, strokeDash=dash),
        base.mark_point(opacity=0, size=60).encode(x=x, y=y, tooltip=tip),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=_HEIGHT)


def _others(found: Evaluation, factor: float, x: alt.X, y: alt.Y) -> alt.Chart:
    step = max(1, math.ceil(len(found.panel.donors) / _MOST_LINES))
    rows = [
        {**_row(p, v * factor, ""), "town": name}
        for name, figures in list(zip(found.panel.donors, found.panel.table[1:], strict=True))[::step]
        for p, v in _along(found, figures)
    ]
    base = alt.Chart(alt.Data(values=rows))
    lines: alt.Chart = base.mark_line(color=_GREY, opacity=0.28, strokeWidth=1).encode(
        x=x, y=y, detail="town:N", tooltip=["town:N"]
    )
    return lines


def placebo_strip(found: Evaluation, say: Language = ENGLISH) -> alt.LayerChart:
    """Return, for each estimator, the effect on the town among the effects that it finds in every other town."""
    factor, unit = _unit(found, say)
    rows, own = [], []
    for e in found.estimates:
        name = words.method(e.method, say)
        rows += [
            {"effect": _figures(v * factor), "method": name, "town": town}
            for town, v in zip(found.panel.donors, e.placebo_effects, strict=True)
        ]
        ends = {"low": _end(e.low * factor), "high": _end(e.high * factor)}
        own.append({"effect": _figures(e.effect * factor), "method": name, "town": found.panel.town, **ends})
    x = alt.X("effect:Q", title=unit or None, axis=alt.Axis(labelOverlap="greedy", labelSeparation=6))
    y = alt.Y("method:N", title=None, sort=None, axis=alt.Axis(labelLimit=260))
    tip = ["town:N", alt.Tooltip("effect:Q", format=",.3~r")]
    dots = alt.Chart(alt.Data(values=rows)).mark_tick(color=_GREY, opacity=0.75, thickness=1.5, size=22)
    town = alt.Chart(alt.Data(values=own))
    layers = [
        alt.Chart(alt.Data(values=[{"nil": 0}])).mark_rule(color=_GREY, strokeDash=[2, 2]).encode(x="nil:Q"),
        dots.encode(x=x, y=y, tooltip=tip),
        town.transform_filter("isValid(datum.low)")
        .mark_rule(color=_COLOURS["own"], strokeWidth=2, opacity=0.6)
        .encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        town.mark_point(color=_COLOURS["own"], filled=True, size=110, shape="diamond", opacity=1).encode(
            x=x, y=y, tooltip=tip
        ),
    ]
    return alt.LayerChart(layer=layers).properties(
        width="container", height=_STRIP * len(found.estimates), padding=_ROOM
    )


def power_curve(found: Evaluation, say: Language = ENGLISH) -> alt.LayerChart | None:
    """Return how often a planted effect is seen, by its size; None where none can be."""
    factor, unit = _unit(found, say)
    rows = [
        {"effect": _figures(x * factor), "seen": y, "method": words.method(e.method, say)}
        for e in found.estimates
        for x, y in e.visible.curve
    ]
    if not rows:
        return None
    shown = [e for e in found.estimates if e.visible.curve]
    names = [words.method(e.method, say) for e in shown]
    scale = alt.Scale(domain=names, range=[_COLOURS[e.method] for e in shown])
    title = say("planted effect") + (f", {unit}" if unit else "")
    line = alt.Chart(alt.Data(values=rows)).mark_line(interpolate="step-after")
    legend = alt.Legend(orient="bottom", direction="horizontal", columns=1, labelLimit=260)
    layers: list[alt.Chart] = [
        line.encode(
            x=alt.X("effect:Q", title=title, axis=alt.Axis(labelOverlap="greedy", labelSeparation=6)),
            y=alt.Y("seen:Q", axis=_axis(say("towns in which it is seen"), format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("method:N", title=None, scale=scale, legend=legend),
        ),
        alt.Chart(alt.Data(values=[{"seen": found.choices.rules.power}]))
        .mark_rule(color=_GREY, strokeDash=[2, 2])
        .encode(y="seen:Q"),
    ]
    if found.outcome.rehearsed is not None:
        at = [{"effect": abs(found.outcome.rehearsed) * factor}]
        layers.append(alt.Chart(alt.Data(values=at)).mark_rule(color=_COLOURS["own"]).encode(x="effect:Q"))
    return alt.LayerChart(layer=layers).properties(width="container", height=200)


def _unit(found: Evaluation, say: Language) -> tuple[float, str]:
    factor, behind = wording.scaled(found.outcome.unit)
    return factor, say(behind.strip()) if behind.strip() not in ("", "%") else behind.strip() or numbers.unit_of(
        found, say
    )


def _along(found: Evaluation, figures: Any) -> list[tuple[int, float]]:
    return [(n, float(v)) for n, v in zip(found.panel.numbers, figures, strict=True)]


_PER_YEAR = {"year": 1, "quarter": 4, "month": 12}


def _row(at: int, value: float, what: str) -> dict[str, Any]:
    return {"at": at, "value": _figures(value), "what": what}


def _x(found: Evaluation) -> alt.X:
    """Return the axis of periods: years, whatever the periods are."""
    parts = _PER_YEAR[found.panel.kind]
    ends = [found.panel.numbers[0], found.panel.numbers[-1]]
    written = "datum.value" if parts == 1 else f"floor(datum.value / {parts})"
    steps = [n for n in range(ends[0], ends[1] + 1) if n % parts == 0]
    every = max(1, math.ceil(len(steps) / _MOST_YEARS))
    axis = alt.Axis(values=steps[::every], labelExpr=f"format({written}, 'd')", labelOverlap="greedy", grid=False)
    return alt.X("at:Q", title=None, axis=axis, scale=alt.Scale(domain=ends, nice=False))


def _upright(at: float, dash: tuple[int, int] = (1, 0)) -> alt.Chart:
    base = alt.Chart(alt.Data(values=[{"at": at}]))
    rule: alt.Chart = base.mark_rule(color=_GREY, strokeWidth=1.5, strokeDash=list(dash), clip=True).encode(x="at:Q")
    return rule


def is_within(found: Evaluation, date: str) -> bool:
    """Return whether a date lies on the axis of periods."""
    return bool(date) and found.panel.numbers[0] <= _moment(found, date) <= found.panel.numbers[-1]


def _moment(found: Evaluation, date: str) -> float:
    """Return where a date ("2024-05-01...") lies on the axis of periods."""
    year, month = int(date[:4]), int(date[5:7])
    return (year + (month - 1) / 12) * _PER_YEAR[found.panel.kind]


def _axis(title: str, **more: Any) -> alt.Axis:
    return alt.Axis(title=title or None, titleAngle=0, titleAlign="left", titleY=-10, titleX=0, tickCount=6, **more)


def _end(value: float) -> float | None:
    return _figures(value) if math.isfinite(value) else None


def _figures(value: float) -> float:
    return float(f"{value:.6g}")
