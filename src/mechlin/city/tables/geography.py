"""Where areas lie: distances, and shapes to draw; outlines where the city has them, else cells round centroids."""

from typing import Any

import numpy as np
from scipy.spatial import Voronoi

from mechlin.city.tables.model import City

_CORNERS = 28  # of the circle that keeps a cell to a likely size
_ROOM = 1.45  # radius of that circle against that of a disk as large as the area
_FAR = 100.0  # km, where helping points stand so that every cell is closed


def distances_km(city: City) -> np.ndarray:
    """Return the distance between the centroids of all areas in kilometres, shape (areas, areas)."""
    x, y = city.areas["x_km"].to_numpy(), city.areas["y_km"].to_numpy()
    found: np.ndarray = np.hypot(x[:, None] - x[None], y[:, None] - y[None])
    return found


def area_shapes(city: City) -> tuple[dict[str, Any], bool]:
    """Return (a GeoJSON FeatureCollection in kilometres, one feature per area; whether drawn from centroids)."""
    codes, names = city.areas["code"].to_list(), city.areas["name"].to_list()
    if city.outlines is not None:
        by_code = {str(f["properties"]["code"]): f["geometry"] for f in city.outlines["features"]}
        shapes = [by_code[c] for c in codes]
    else:
        shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in _cells(city)]
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"code": code, "name": name}}
        for code, name, shape in zip(codes, names, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}, city.outlines is None


def _cells(city: City) -> list[list[list[float]]]:
    """Return a closed ring for every area: what is nearer to its centroid than to any other, within a circle."""
    points = np.stack([city.areas["x_km"].to_numpy(), city.areas["y_km"].to_numpy()], axis=1)
    middle = points.mean(axis=0)
    points = points + np.linspace(0, 1e-6, len(points))[:, None]  # no two centroids on one spot
    helpers = middle + _FAR * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    found = Voronoi(np.concatenate([points, helpers]))
    radii = _ROOM * np.sqrt(city.areas["area_km2"].to_numpy() / np.pi)
    rings = []
    for i, point in enumerate(points):
        cell = found.vertices[[v for v in found.regions[found.point_region[i]] if v >= 0]]
        angle = np.arctan2(cell[:, 1] - point[1], cell[:, 0] - point[0])
        ring = _clip(cell[np.argsort(angle)], _circle(point, radii[i]))
        rings.append([[round(float(x), 4), round(float(y), 4)] for x, y in [*ring, ring[0]]])
    return rings


def _circle(centre: np.ndarray, radius: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    return np.asarray(centre + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _clip(polygon: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Return the part of a convex polygon inside a convex window (Sutherland & Hodgman 1974)."""
    kept = list(polygon)
    for a, b in zip(window, np.roll(window, -1, axis=0), strict=True):
        edge, before = b - a, kept
        kept = []
        for p, q in zip(before, [*before[1:], before[0]] if before else [], strict=True):
            in_p = edge[0] * (p[1] - a[1]) - edge[1] * (p[0] - a[0])
            in_q = edge[0] * (q[1] - a[1]) - edge[1] * (q[0] - a[0])
            if in_p >= 0:
                kept.append(p)
            if (in_p >= 0) != (in_q >= 0):
                kept.append(p + (q - p) * in_p / (in_p - in_q))
    return np.array(kept) if kept else window
