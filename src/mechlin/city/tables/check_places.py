"""Whether coordinates are kilometres: degrees and metres are the commonest mistakes, and no map shows them at once."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mechlin.core.errors import Problem, nearest

_FAR = 10.0  # times the width of a square as large as the city: nothing of it lies so far from its middle
_NEAR = 0.1  # of that width: a whole city within it has been measured in something else than kilometres
_ANYWHERE_KM = 20_000.0  # half the way round the world
_PROJECTED_KM = 10_000.0  # the largest figure of a usual projection
_SHAPES = {"Polygon": 2, "MultiPolygon": 3}  # how deep the lists of coordinates are nested
_ZONE_WIDTH = 6.0  # degrees of longitude of a zone of the Universal Transverse Mercator grid


class Middle(NamedTuple):
    """Where the city lies, and how wide it is, in kilometres."""

    x: float
    y: float
    width: float


def _middle(areas: pl.DataFrame) -> Middle | None:
    """Return the middle of the areas, or None when their table does not tell."""
    if not {"x_km", "y_km", "area_km2"} <= set(areas.columns):
        return None
    whole = areas.filter(pl.all_horizontal(pl.col("x_km", "y_km", "area_km2").is_not_null()))
    size = float(whole["area_km2"].clip(lower_bound=0).sum())
    if whole.is_empty() or size <= 0:
        return None
    x, y = whole["x_km"].to_numpy(), whole["y_km"].to_numpy()
    return Middle(float(np.median(x)), float(np.median(y)), math.sqrt(size))


def _projected(longitude: float, latitude: float) -> str:
    """Return the repair for degrees: the zone of the Universal Transverse Mercator grid in which they lie."""
    if abs(longitude) > 180 or abs(latitude) > 84:
        return "project them to a flat grid and divide by 1000"
    zone = min(int((longitude + 180) // _ZONE_WIDTH) + 1, 60)
    half, code = ("N", 32600) if latitude >= 0 else ("S", 32700)
    where = f"longitude {longitude:.4g}, latitude {latitude:.4g}: UTM zone {zone}{half}, EPSG:{code + zone}"
    return f"project them ({where}) and divide by 1000; `mechlin city import` does"


def _likely(x: float, y: float, middle: Middle) -> tuple[str, str]:
    """Return what a place outside the city was probably measured in, and the repair."""
    x_km, y_km = (v / 1000 if abs(v) > 1000 else v for v in (x, y))
    if (x_km, y_km) != (x, y) and (_inside(x_km, y_km, middle) or max(abs(x), abs(y)) > _PROJECTED_KM):
        return "; it looks like metres", "divide by 1000"
    if abs(x) <= 180 and abs(y) <= 90:
        return "; it looks like degrees", _projected(x, y)
    return "", "correct the coordinates"


def check_places(places: pl.DataFrame, areas: pl.DataFrame, file: str) -> list[Problem]:
    """Return places in degrees or metres where kilometres are due, and single ones far from the city."""
    middle = _middle(areas)
    if middle is None or not {"x_km", "y_km"} <= set(places.columns):
        return []
    x, y = (places[c].fill_null(float("nan")).to_numpy() for c in ("x_km", "y_km"))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if places is areas:
        whole = _whole_city(x[known], y[known], middle)
        if whole:
            what, repair = whole
            return [
                Problem(what, file=file, row=2, column="x_km", allowed="kilometres in a flat projection", repair=repair)
            ]
    far = [i for i in known if not _inside(x[i], y[i], middle)]
    if len(far) > 0.5 * len(known):
        likely, repair = _likely(x[far[0]], y[far[0]], middle)
        return [
            Problem(
                f"most places lie far from the city{likely.replace('it looks', 'they look')}",
                file=file,
                row=int(far[0]) + 2,
                column="x_km",
                allowed="the kilometres of areas.csv",
                repair=repair,
            )
        ]
    out = []
    for i in far:
        likely, repair = _likely(x[i], y[i], middle)
        away = math.hypot(x[i] - middle.x, y[i] - middle.y)
        out.append(
            Problem(
                f"the place lies {away:,.0f} km from the middle of the city{likely}",
                file=file,
                row=int(i) + 2,
                column="x_km",
                allowed="kilometres in a flat projection",
                repair=repair,
            )
        )
    return out


def _inside(x: float, y: float, middle: Middle) -> bool:
    return math.hypot(x - middle.x, y - middle.y) <= _FAR * middle.width


def _whole_city(x: np.ndarray, y: np.ndarray, middle: Middle) -> tuple[str, str] | None:
    """Return what is wrong with the coordinates of all areas together, and the repair; or None."""
    spread = float(np.median(np.hypot(x - middle.x, y - middle.y)))
    if spread > _FAR * middle.width or max(abs(middle.x), abs(middle.y)) > _ANYWHERE_KM:
        return (
            f"the coordinates look like metres: half of the areas lie more than {spread:,.0f} from the middle of a "
            f"city of {middle.width**2:,.4g} km2"
        ), "divide by 1000"
    degrees = bool((np.abs(x) <= 180).all() and (np.abs(y) <= 90).all())
    if x.size > 1 and degrees and max(np.ptp(x), np.ptp(y)) < _NEAR * middle.width:
        return (
            f"the coordinates look like degrees: all areas lie within {max(np.ptp(x), np.ptp(y)):.3f} of one "
            f"another, in a city of {middle.width**2:,.4g} km2"
        ), _projected(middle.x, middle.y)
    return None


def check_outlines(outlines: dict[str, Any] | None, areas: pl.DataFrame) -> list[Problem]:
    """Return outlines without an area, areas without an outline, and shapes that cannot be drawn."""
    file = "outlines.geojson"
    if outlines is None or "code" not in areas.columns:
        return []
    features = outlines.get("features")
    if outlines.get("type") != "FeatureCollection" or not isinstance(features, list):
        return [Problem("there is no list of features", file=file, allowed="a FeatureCollection")]
    codes, middle = areas["code"].to_list(), _middle(areas)
    out: list[Problem] = []
    far: dict[str, tuple[float, float]] = {}
    seen: set[str] = set()
    for n, feature in enumerate(features, 1):
        code, geometry = _parts(feature)
        if not code:
            out.append(
                Problem(
                    f"feature {n} has no code",
                    file=file,
                    column="code",
                    repair='give it "properties": {"code": ...} as in areas.csv',
                )
            )
            continue
        if code not in codes and "" not in codes:
            out.append(
                Problem(
                    f"feature {n} has the code {code!r}, which areas.csv does not have",
                    file=file,
                    column="code",
                    nearest=nearest(code, codes),
                )
            )
        if code in seen:
            out.append(Problem(f"feature {n}: the code {code!r} stands twice", file=file, column="code"))
        seen.add(code)
        at = _shape_middle(geometry)
        if isinstance(at, str):
            out.append(Problem(f"the outline of {code} {at}", file=file, column=code))
        elif middle is not None and not _inside(*at, middle):
            far[code] = at
    if middle is not None and far:
        code, at = next(iter(far.items()))
        likely, repair = _likely(*at, middle)
        others = f" and of {len(far) - 1} more" if len(far) > 1 else ""
        out.append(
            Problem(
                f"the outline of {code}{others} lies far from the city{likely}",
                file=file,
                column=code,
                allowed="the kilometres of areas.csv",
                repair=repair,
            )
        )
    return out + [
        Problem(f"no outline has the code {code!r}", file=file, column="code", nearest=nearest(code, seen - set(codes)))
        for code in codes
        if code and code not in seen
    ]


def _parts(feature: Any) -> tuple[str, Any]:
    """Return a feature's code and geometry, an empty code when it is no feature."""
    whole = feature if isinstance(feature, dict) else {}
    properties = whole.get("properties")
    code = properties.get("code") if isinstance(properties, dict) else None
    return str(code) if isinstance(code, str | int) else "", whole.get("geometry")


def _shape_middle(geometry: Any) -> tuple[float, float] | str:
    """Return the mean of a shape's points, or what is wrong with the shape."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in _SHAPES:
        return f"is no area but {kind}; allowed: {', '.join(_SHAPES)}"
    try:
        rings = list(_rings(geometry["coordinates"], _SHAPES[kind]))
    except (KeyError, TypeError, ValueError):
        rings = []
    if not rings or any(r.ndim != 2 or r.shape[0] < 4 or r.shape[1] < 2 or not np.isfinite(r).all() for r in rings):
        return "has no closed ring; allowed: rings of four points or more, the last as the first"
    x, y = np.concatenate([r[:, :2] for r in rings]).mean(axis=0)
    return float(x), float(y)


def _rings(coordinates: Any, depth: int) -> Iterator[np.ndarray]:
    """Yield the rings of a Polygon (depth 2) or MultiPolygon (depth 3) as arrays of points."""
    for part in coordinates:
        if depth > 2:
            yield from _rings(part, depth - 1)
        else:
            yield np.array(part, dtype=float)
