"""Outlines of areas: projection recognised, degrees turned into kilometres, pieces joined, other areas' counts shared out.

Every country has a flat projection of its own, in which its maps are drawn; a city elsewhere gets the zone it lies in.
"""

import json
from typing import Any, NamedTuple

import numpy as np

from mechlin.core.extras import extra

# The flat projection in metres that a country's offices use, and others met in its maps.
_PROJECTIONS = {
    "BE": ("EPSG:31370", "EPSG:3812"),
    "NL": ("EPSG:28992",),
    "SE": ("EPSG:3006", "EPSG:3008"),
    "DE": ("EPSG:25832", "EPSG:25833", "EPSG:31467"),
    "FR": ("EPSG:2154",),
    "GB": ("EPSG:27700",),
    "DK": ("EPSG:25832",),
    "AT": ("EPSG:31287",),
    "ES": ("EPSG:25830",),
    "IT": ("EPSG:32632",),
}
_DEGREES = "EPSG:4326"
_METRES = 1000.0
_SIMPLE_M = 5.0  # m: corners nearer to a straight line than this are left out of what is drawn
_TINY = 0.02  # of a shape: an overlap as small as this comes from drawing borders twice


class Placed(NamedTuple):
    """Shapes in kilometres, the projection they are in, and what had to be recognised."""

    shapes: np.ndarray
    projection: str
    notes: list[str]


def in_kilometres(shapes: np.ndarray, crs: str, country: str, wanted: str = "") -> Placed:
    """Return shapes in kilometres in the flat projection of their country.

    ``crs`` is what the file says of its coordinates; where they cannot be that (metres called degrees, or nothing
    said), they are recognised. ``wanted`` is what the mapping says, and is believed.
    """
    pyproj, shapely = extra("pyproj", "import"), extra("shapely", "import")
    notes: list[str] = []
    bounds = shapely.total_bounds(shapes)
    degrees = bool(np.abs(bounds[[0, 2]]).max() <= 180 and np.abs(bounds[[1, 3]]).max() <= 90)
    source = wanted or crs
    if not source or (not degrees and pyproj.CRS(source).is_geographic):
        source = _DEGREES if degrees else _likely(bounds, country, pyproj)
        notes.append(f"coordinates taken to be {_name(source, pyproj)}, for the file does not say it")
    target = _flat(bounds, source, country, pyproj)
    if source != target:
        turn = pyproj.Transformer.from_crs(source, target, always_xy=True)
        shapes = shapely.transform(shapes, lambda xy: np.stack(turn.transform(xy[:, 0], xy[:, 1]), axis=1))
        notes.append(f"coordinates turned from {_name(source, pyproj)} to {_name(target, pyproj)}, in kilometres")
    shapes = shapely.make_valid(shapely.transform(shapes, lambda xy: xy / _METRES))
    return Placed(shapes, target, notes)


def _name(crs: str, pyproj: Any) -> str:
    return f"{pyproj.CRS(crs).name} ({crs})"


def _likely(bounds: np.ndarray, country: str, pyproj: Any) -> str:
    """Return the projection in which coordinates in metres lie within the country they are said to be in."""
    x, y = float(bounds[[0, 2]].mean()), float(bounds[[1, 3]].mean())
    choices = [*_PROJECTIONS.get(country, ()), *(c for codes in _PROJECTIONS.values() for c in codes), "EPSG:3857"]
    for code in choices:
        lon, lat = pyproj.Transformer.from_crs(code, _DEGREES, always_xy=True).transform(x, y)
        use = pyproj.CRS(code).area_of_use
        if use and use.west <= lon <= use.east and use.south <= lat <= use.north:
            return code
    return choices[0]


def _flat(bounds: np.ndarray, source: str, country: str, pyproj: Any) -> str:
    """Return the flat projection of the country, or of the zone of 6 degrees around the place."""
    x, y = float(bounds[[0, 2]].mean()), float(bounds[[1, 3]].mean())
    lon, lat = pyproj.Transformer.from_crs(source, _DEGREES, always_xy=True).transform(x, y)
    for code in _PROJECTIONS.get(country, ()):
        use = pyproj.CRS(code).area_of_use
        if use and use.west <= lon <= use.east and use.south <= lat <= use.north:
            return code
    return f"EPSG:{32600 if lat >= 0 else 32700}{int((lon + 180) // 6) + 1:02d}".replace("32600", "326").replace(
        "32700", "327"
    )


def joined_pieces(shapes: np.ndarray, places: list[int | None], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of ``n`` areas the union of its pieces (None where it has none), and how many there were."""
    shapely = extra("shapely", "import")
    pieces: list[list[int]] = [[] for _ in range(n)]
    for row, place in enumerate(places):
        if place is not None:
            pieces[place].append(row)
    out = np.array([shapely.union_all(shapes[rows]) if rows else None for rows in pieces], dtype=object)
    return out, np.array([len(rows) for rows in pieces])


def middles(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middle of each shape (x and y) and its area in square kilometres; NaN where there is no shape."""
    shapely = extra("shapely", "import")
    points = shapely.centroid(shapes)
    return shapely.get_x(points), shapely.get_y(points), shapely.area(shapes)


def overlaps(shapes: np.ndarray) -> list[tuple[int, int, float]]:
    """Return pairs of areas that cover one another, with the share of the smaller that is covered."""
    shapely = extra("shapely", "import")
    known = np.flatnonzero([s is not None for s in shapes])
    left, right = shapely.STRtree(shapes[known]).query(shapes[known], predicate="intersects")
    pairs = [(known[a], known[b]) for a, b in zip(left, right, strict=True) if a < b]
    out = []
    for a, b in pairs:
        common = shapely.area(shapely.intersection(shapes[a], shapes[b]))
        part = common / max(min(shapely.area(shapes[a]), shapely.area(shapes[b])), 1e-12)
        if part > _TINY:
            out.append((int(a), int(b), float(part)))
    return out


def weights(theirs: np.ndarray, ours: np.ndarray, people: np.ndarray | None = None) -> np.ndarray:
    """Return how much of each of their areas falls to each of ours, shape (theirs, ours); rows add up to one at most.

    Counts are shared out by the ground that both have in common, weighted with how densely it is lived on where
    ``people`` of our areas are known (areal interpolation).
    """
    shapely = extra("shapely", "import")
    common = overlap_ground(theirs, ours)
    density = np.ones(len(ours))
    if people is not None:
        ground = shapely.area(ours)
        density = np.divide(people, ground, out=np.zeros(len(ours)), where=(ground > 0) & (people > 0))
    lived = common * density[None]
    covered = np.minimum(common.sum(axis=1) / np.maximum(shapely.area(theirs), 1e-12), 1.0)
    sums = lived.sum(axis=1)
    found: np.ndarray = lived * np.divide(covered, sums, out=np.zeros(len(theirs)), where=sums > 0)[:, None]
    return found


def overlap_ground(theirs: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """Return the ground that each of their areas has in common with each of ours, in square kilometres."""
    shapely = extra("shapely", "import")
    known = np.flatnonzero([s is not None for s in ours])
    out = np.zeros((len(theirs), len(ours)))
    a, b = shapely.STRtree(ours[known]).query(theirs, predicate="intersects")
    out[a, known[b]] = shapely.area(shapely.intersection(theirs[a], ours[known[b]]))
    return out


def area_of_points(x: np.ndarray, y: np.ndarray, shapes: np.ndarray) -> list[int | None]:
    """Return the area in which each point lies, None where in none."""
    shapely = extra("shapely", "import")
    known = np.flatnonzero([s is not None for s in shapes])
    at, found = shapely.STRtree(shapes[known]).query(shapely.points(x, y), predicate="within")
    out: list[int | None] = [None] * len(x)
    for point, shape in zip(at, found, strict=True):
        out[point] = int(known[shape])
    return out


def discs_around(x: np.ndarray, y: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Return discs of the given ground round points, to stand for areas without an outline."""
    shapely = extra("shapely", "import")
    return np.asarray(shapely.buffer(shapely.points(x, y), np.sqrt(ground / np.pi)), dtype=object)


def as_geojson(shapes: np.ndarray, codes: list[str]) -> str:
    """Return the outlines of areas as GeoJSON in kilometres, drawn as finely as a map of the city shows."""
    shapely = extra("shapely", "import")
    simple = shapely.set_precision(shapely.simplify(shapes, _SIMPLE_M / _METRES), 0.001)
    features = [
        f'{{"type":"Feature","properties":{{"code":{json.dumps(code, ensure_ascii=False)}}},"geometry":{shape}}}'
        for code, shape in zip(codes, shapely.to_geojson(_areas_only(simple, shapely)), strict=True)
        if shape is not None
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _areas_only(shapes: np.ndarray, shapely: Any) -> np.ndarray:
    """Return shapes without the lines and points that mending a ring may leave beside it."""
    out = []
    for shape in shapes:
        if shape is not None and shape.geom_type == "GeometryCollection":
            shape = shapely.union_all([g for g in shape.geoms if g.area > 0])
        out.append(shape)
    return np.array(out, dtype=object)
