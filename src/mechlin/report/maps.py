"""Maps of a city's areas as still pictures: the outlines stand once in a page, each map only colours them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import esc
from mechlin.report.texts import ENGLISH, Language

_GREY = "#9aa0a6"
_LEVELS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")  # viridis (van der Walt & Smith)
_GAPS = ("#7f3b08", "#f1a340", "#f7f7f7", "#998ec3", "#542788")  # purple and orange (ColorBrewer)


def outlines(shapes: Mapping[str, Any] | None) -> str:
    """Return the outlines of all areas, once, for every map of the page to use; '' where there are none."""
    if shapes is None:
        return ""
    paths = "".join(f'<path id="area{n}" d="{_path(f)}"/>' for n, f in enumerate(shapes["features"]))
    return f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{paths}</defs></svg>'


def area_map(
    values: np.ndarray,
    shapes: Mapping[str, Any],
    names: Sequence[str],
    label: str,
    unit: str,
    gaps: bool = False,
    say: Language = ENGLISH,
) -> str:
    """Return a map of one value for each area; grey where there is none. ``gaps`` are coloured by their side of zero."""
    known = values[np.isfinite(values)]
    if gaps:
        far = float(np.quantile(np.abs(known), 0.98)) if known.size else 1.0
        low, high, colours = -far, far, _GAPS
    else:
        ends = np.quantile(known, (0.02, 0.98)) if known.size else (0.0, 1.0)
        low, high, colours = float(ends[0]), float(ends[1]), _LEVELS
    decimals = wording.places_for(high, low, high)
    areas = []
    for n, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        told = "" if math.isnan(value) else f": {wording.plain(value, decimals, say)}"
        colour = _GREY if math.isnan(value) else _colour(value, low, high, colours)
        areas.append(f'<use href="#area{n}" fill="{colour}"><title>{esc(name)}{told}</title></use>')
    box = _box(shapes)
    line = box[2] / 400
    drawn = (
        f'<svg viewBox="{" ".join(f"{v:.2f}" for v in box)}" role="img" aria-label="{esc(label)}" stroke="#fff" '
        f'stroke-width="{line:.3f}">{"".join(areas)}</svg>'
    )
    ends_told = [wording.plain(v, decimals, say) for v in (low, high)]
    bar = f'<span class="bar" style="background:linear-gradient(90deg,{",".join(colours)})"></span>'
    return f'<div class="chart still map">{drawn}<p class="scale">{ends_told[0]} {bar} {ends_told[1]} {esc(unit)}</p></div>'


def _path(feature: Mapping[str, Any]) -> str:
    parts = []
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            points = " ".join(f"{float(x):.2f} {-float(y):.2f}" for x, y, *_ in ring)
            parts.append(f"M{points}z")
    return "".join(parts)


def _box(shapes: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of all outlines together, the north up."""
    points: list[tuple[float, float]] = []
    for feature in shapes["features"]:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        points += [(float(x), -float(y)) for polygon in polygons for ring in polygon for x, y, *_ in ring]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _colour(value: float, low: float, high: float, colours: Sequence[str]) -> str:
    """Return the colour of a value on a scale, between two of its colours on a straight line."""
    at = min(max((value - low) / (high - low) if high > low else 0.5, 0.0), 1.0) * (len(colours) - 1)
    first = min(int(at), len(colours) - 2)
    one, other = ([int(c[n : n + 2], 16) for n in (1, 3, 5)] for c in colours[first : first + 2])
    return "#" + "".join(f"{round(a + (b - a) * (at - first)):02x}" for a, b in zip(one, other, strict=True))
