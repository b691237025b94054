"""The map of donors: where they lie, how much each weighs, and the names of those that weigh, none over another."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt

from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import pictures
from mechlin.report.texts import ENGLISH, Language

_GREY, _OWN, _DONOR = "#9aa0a6", "#8457a8", "#1f7fb8"
_NAMED = 0.005  # a donor with less weight rounds to 0 % and has no name on the map
_TALLEST, _LOWEST = 380.0, 160.0  # points of height
_MARGIN = 0.08  # of the map's longer side, around the outermost towns
_SMALLEST, _LARGEST = 30.0, 900.0  # points of area of a circle without weight, and with all of it
_LETTER, _LINE = 6.1, 13.0  # points that a letter of the names takes on average, and a line of them
_FONT = 11
_GAP = 2.0  # points between a circle and its name


class _Frame(NamedTuple):
    """What part of the ground is shown, in kilometres, and how many points a kilometre has: the same both ways."""

    x: tuple[float, float]
    y: tuple[float, float]
    points: float

    @property
    def height(self) -> float:
        return (self.y[1] - self.y[0]) * self.points


class _Box(NamedTuple):
    """A box in points, by its middle and half its sides."""

    x: float
    y: float
    wide: float
    high: float

    def meets(self, other: "_Box") -> bool:
        return abs(self.x - other.x) < self.wide + other.wide and abs(self.y - other.y) < self.high + other.high


def donor_map(found: Evaluation, places: Mapping[str, tuple[float, float]], say: Language = ENGLISH) -> Any:
    """Return where the donors lie, sized by their weight in the estimate told first; None where it is not known."""
    panel, main = found.panel, found.main
    if panel.town not in places:
        return None
    weights = dict(zip(panel.donors, main.fit.weights.tolist(), strict=True))
    kinds = {panel.town: panel.town, **dict.fromkeys(panel.spill_towns, say("set apart"))}
    towns = [t for t in (panel.town, *panel.donors, *panel.spill_towns) if t in places]
    frame = _frame([places[t] for t in towns])
    rows = [
        {
            "town": town,
            "x": round(places[town][0], 2),
            "y": round(places[town][1], 2),
            "weight": round(weights.get(town, 0.0), 4),
            "what": kinds.get(town, say("donor")),
        }
        for town in towns
    ]
    hidden = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    x = alt.X("x:Q", axis=hidden, scale=alt.Scale(domain=list(frame.x), nice=False, zero=False))
    y = alt.Y("y:Q", axis=hidden, scale=alt.Scale(domain=list(frame.y), nice=False, zero=False))
    shown = 3 if panel.spill_towns else 2
    kinds_shown = [panel.town, say("donor"), say("set apart")][:shown]
    scale = alt.Scale(domain=kinds_shown, range=[_OWN, _DONOR, _GREY][:shown])
    dots = alt.Chart(alt.Data(values=rows)).mark_circle(opacity=0.85)
    names = alt.Chart(alt.Data(values=_names(rows, panel.town, frame))).mark_text(color=pictures.INK, fontSize=_FONT)
    layers = [
        dots.encode(
            x=x,
            y=y,
            size=alt.Size("weight:Q", scale=alt.Scale(domain=[0, 1], range=[_SMALLEST, _LARGEST]), legend=None),
            color=alt.Color("what:N", title=None, scale=scale, legend=alt.Legend(orient="bottom")),
            tooltip=["town:N", "what:N", alt.Tooltip("weight:Q", format=".2f")],
        ),
        names.encode(x=x, y=y, text="town:N"),
    ]
    return alt.LayerChart(layer=layers).properties(width=pictures.WIDTH, height=frame.height)


def _frame(places: Sequence[tuple[float, float]]) -> _Frame:
    """Return the ground that holds all places, its kilometres as long from west to east as from south to north."""
    xs, ys = zip(*places, strict=True)
    around = max(max(xs) - min(xs), max(ys) - min(ys), 1.0) * _MARGIN
    width, height = max(xs) - min(xs) + 2 * around, max(ys) - min(ys) + 2 * around
    points = min(pictures.WIDTH / width, _TALLEST / height)
    wide, high = pictures.WIDTH / points / 2, max(height, _LOWEST / points) / 2
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return _Frame((x - wide, x + wide), (y - high, y + high), points)


def _names(rows: Sequence[Mapping[str, Any]], own: str, frame: _Frame) -> list[dict[str, Any]]:
    """Return the names that fit, the heaviest first, each beside its circle and over no other name or weighty circle."""
    weighty = [r for r in rows if r["town"] == own or r["weight"] >= _NAMED]
    weighty.sort(key=lambda r: (r["town"] != own, -r["weight"], r["town"]))
    circles = {r["town"]: _circle(r, frame) for r in weighty}
    told: list[dict[str, Any]] = []
    taken: list[_Box] = []
    for row in weighty:
        others = [box for town, box in circles.items() if town != row["town"]]
        around = _beside(row["town"], circles[row["town"]])
        box = next((b for b in around if _fits(b, [*taken, *others], frame)), None)
        if row["town"] == own and box is None:  # whose map it is stands in it, be it over a circle
            box = next((b for b in around if _fits(b, [], frame)), None)
        if box is not None:
            taken.append(box)
            at = {"x": frame.x[0] + box.x / frame.points, "y": frame.y[0] + box.y / frame.points}
            told.append({"town": row["town"], **{k: round(v, 2) for k, v in at.items()}})
    return told


def _circle(row: Mapping[str, Any], frame: _Frame) -> _Box:
    """Return the square around a town's circle, in points from the lower left corner."""
    radius = ((_SMALLEST + (_LARGEST - _SMALLEST) * row["weight"]) / 3.1416) ** 0.5
    return _Box((row["x"] - frame.x[0]) * frame.points, (row["y"] - frame.y[0]) * frame.points, radius, radius)


def _beside(name: str, circle: _Box) -> list[_Box]:
    """Return where a name may stand: above its circle, below, right, left."""
    wide, high = len(name) * _LETTER / 2, _LINE / 2
    up, aside = circle.high + high + _GAP, circle.wide + wide + _GAP
    return [_Box(circle.x + dx, circle.y + dy, wide, high) for dx, dy in ((0, up), (0, -up), (aside, 0), (-aside, 0))]


def _fits(box: _Box, taken: Sequence[_Box], frame: _Frame) -> bool:
    inside = box.wide <= box.x <= pictures.WIDTH - box.wide and box.high <= box.y <= frame.height - box.high
    return inside and not any(box.meets(other) for other in taken)
