"""Where areas and schools lie: from outlines where there are some, otherwise assumed, and said to be."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from mechlin.city.importing.collect import Collector, _some
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.labels import join
from mechlin.city.importing.outlines import (
    area_of_points,
    as_geojson,
    discs_around,
    in_kilometres,
    joined_pieces,
    middles,
    overlaps,
)
from mechlin.city.importing.source import Source
from mechlin.city.importing.taken import Taken
from mechlin.core.errors import Problem, nearest
from mechlin.core.extras import extra

DENSITY = 4000.0  # people per km2 of a built-up area of a European city: assumption, used where there is no map
_NEAR = 0.1  # times the width of a square as large as the city: middles so near one another are no kilometres
_METRES_APART = 1000.0  # km: no city is as wide
_DEGREES = "EPSG:4326"
_SCHOOL = {"entry_places": 25.0, "class_size": 22.0, "quality": 0.5}  # assumptions, where a list of schools has no more


def place_areas(collector: Collector, draft: Draft) -> None:
    """Give every area its middle and size in kilometres, from the outlines that the mapping names."""
    key = collector.mapping.outlines
    source = collector.sources.get(key) if key else None
    if source is None or source.grid.shapes is None:
        if source is not None:
            collector.wrong(
                f"{source.file} has no outlines", "areas.outlines", allowed="GeoJSON, GeoPackage or Shapefile"
            )
        return
    country = str(collector.mapping.head["country"])
    placed = in_kilometres(source.grid.shapes, source.grid.crs, country, source.spec.text("crs"))
    draft.projection = placed.projection
    draft.notes += [f"{source.file}: {note}" for note in placed.notes]
    labels = source.labels
    joined = join(labels, collector.roster, collector.mapping.same)
    shapes, pieces = joined_pieces(placed.shapes, joined.places, len(collector.roster))
    _tell(collector, draft, source, joined.places, joined.near, joined.by_likeness, pieces)
    draft.shapes = collector.shapes = shapes
    x, y, ground = middles(shapes)
    by_area: dict[int | None, list[str]] = {}
    for row, place in zip(source.grid.rows, joined.places, strict=True):
        by_area.setdefault(place, []).append(str(row))
    rows = [", ".join(by_area.get(n, ())) for n in range(len(pieces))]
    taken = Taken(x, [""] * len(x), rows, source.file, "geometry", f"outline in {placed.projection}", "counted")
    for column, values, rule in (
        ("x_km", x.round(4), "middle of the outline"),
        ("y_km", y.round(4), "middle of the outline"),
        ("area_km2", ground.round(5), "ground within the outline"),
    ):
        draft.put(column, values, taken, rule)
    for a, b, part in overlaps(shapes)[:3]:
        draft.notes.append(f"{source.file}: {draft.names[a]} and {draft.names[b]} overlap by {part:.0%} of the smaller")


def _tell(
    collector: Collector,
    draft: Draft,
    source: Source,
    places: list[int | None],
    near: dict[str, list[str]],
    loosely: dict[str, str],
    pieces: np.ndarray,
) -> None:
    """Say which outlines and areas did not find one another, with what they may be."""
    spare = list(
        dict.fromkeys(label.name or label.code for label, p in zip(source.labels, places, strict=True) if p is None)
    )
    without = [draft.names[n] for n in np.flatnonzero(pieces == 0)]
    several = [f"{draft.names[n]} ({pieces[n]})" for n in np.flatnonzero(pieces > 1)]
    if several:
        draft.notes.append(f"{source.file}: areas put together from several outlines: {_some(several)}")
    if loosely:
        found = {b: a for a, b in loosely.items()}
        draft.notes.append(
            f"{source.file}: joined although written otherwise: " + _some([f"{a} = {b}" for b, a in found.items()])
        )
    if spare:
        draft.notes.append(
            f"{source.file}: {len(spare)} outlines are none of the city's areas and were left out: {_some(spare)}"
        )
    allowed = set(collector.mapping.leave_out) | set(collector.mapping.unplaced)
    asked = [name for name in without if name not in allowed and "*" not in allowed]
    if asked:
        told = []
        for name in asked:
            close = nearest(name, spare)
            told.append(f'"{close} = {name}"' if close else f"{name} (nothing near)")
        collector.problems.append(
            Problem(
                f"{len(asked)} area{'s have' if len(asked) > 1 else ' has'} no outline: {', '.join(told[:30])}",
                file=source.file,
                column=", ".join(source.label_columns),
                allowed="an outline for every area",
                repair="write those that are right into same = [...] of [areas], and the others into unplaced = [...]",
            )
        )


def turn_points(collector: Collector, draft: Draft) -> None:
    """Turn middles of areas that a table gives in degrees or metres into kilometres, and say so."""
    if not {"x_km", "y_km"} <= set(draft.columns) or draft.shapes is not None:
        return
    x, y = draft.columns["x_km"], draft.columns["y_km"]
    known = np.isfinite(x) & np.isfinite(y)
    wide = np.sqrt(np.nansum(draft.columns.get("area_km2", np.array([np.nan]))))
    apart = max(np.ptp(x[known]), np.ptp(y[known])) if known.sum() > 1 else 0.0
    degrees = bool(known.any() and np.abs(x[known]).max() <= 180 and np.abs(y[known]).max() <= 90)
    near, far = apart < _NEAR * wide and degrees, apart > _METRES_APART
    if not known.any() or not (near or far):
        return
    points = extra("shapely", "import").points(x[known], y[known])
    placed = in_kilometres(points, _DEGREES if degrees else "", str(collector.mapping.head["country"]))
    x[known], y[known] = (v.round(4) for v in middles(placed.shapes)[:2])
    draft.notes += placed.notes
    for column in ("x_km", "y_km"):
        draft.lines[column] = [
            o._replace(tag="derived", rule=f"projected to {placed.projection}") for o in draft.lines[column]
        ]


def assume_places(draft: Draft) -> None:
    """Place areas without an outline, and say that it is assumed: beside their neighbours in the list, or on a grid."""
    n = len(draft.codes)
    x, y = (draft.columns.get(c, np.full(n, np.nan)).copy() for c in ("x_km", "y_km"))
    ground = draft.columns.get("area_km2", np.full(n, np.nan)).copy()
    lost, people = ~np.isfinite(x), np.nan_to_num(draft.columns["people"])
    if lost.all():
        side = int(np.ceil(np.sqrt(n)))
        step = float(np.sqrt(max(people.mean(), 1.0) / DENSITY))
        rows, columns = np.arange(n) // side, np.arange(n) % side
        x, y = step * np.where(rows % 2, side - 1 - columns, columns), step * rows
        draft.notes.append(
            "there is no map: areas stand side by side in the order of their list, so distances mean little"
        )
    elif lost.any():
        known = np.flatnonzero(~lost)
        for at in np.flatnonzero(lost):
            around = known[np.argsort(np.abs(known - at), kind="stable")[:2]]
            x[at], y[at] = x[around].mean(), y[around].mean()
        told = _some([draft.names[i] for i in np.flatnonzero(lost)])
        draft.notes.append(f"without an outline, placed between their neighbours in the list: {told}")
    small = ~np.isfinite(ground)
    ground[small] = np.maximum(people[small] / DENSITY, 0.01)
    gone = np.where(lost, "", "x")
    if draft.shapes is not None:
        discs = discs_around(x[lost], y[lost], ground[lost])
        draft.shapes[lost] = discs
        draft.outlines = as_geojson(draft.shapes, draft.codes)
    for column, values, mask, rule in (
        ("x_km", x.round(4), lost, "no outline: between its neighbours in the list"),
        ("y_km", y.round(4), lost, "no outline: between its neighbours in the list"),
        ("area_km2", ground.round(5), small, f"no outline: {DENSITY:,.0f} people per km2"),
    ):
        kept = {o.row: o for o in draft.lines.get(column, ())}
        taken = Taken(values, list(gone), [""] * n, rule=rule, tag="assumed")
        draft.put(column, values, taken)
        draft.lines[column] = [o if mask[i] else kept.get(o.row, o) for i, o in enumerate(draft.lines[column])]


def place_schools(collector: Collector, draft: Draft) -> None:
    """Take the schools of a list: each in the area that it names, or in which its place lies."""
    said = collector.mapping.schools
    source = collector.sources.get(str(said.get("file", "")))
    if not said or source is None:
        if said:
            collector.wrong(
                "no file is named", "schools", allowed=", ".join(collector.sources), repair='write file = "..."'
            )
        return
    absent = [
        v
        for k, v in said.items()
        if k not in ("file", "entry_places", "class_size", "quality") and v not in source.grid.headings
    ]
    absent += [v for k in _SCHOOL if isinstance(v := said.get(k), str) and v not in source.grid.headings]
    for heading in absent:
        collector.wrong(
            f"{source.file} has no column {heading!r}", "schools", nearest=nearest(str(heading), source.grid.headings)
        )
    if absent:
        return
    cells, n = source.grid.cells, source.grid.cells.height
    x, y = _points(collector, draft, source, said)
    if "area" in said:
        places = join(source.labels, collector.roster, collector.mapping.same).places
    elif draft.shapes is not None and np.isfinite(x).all():
        places = area_of_points(x, y, draft.shapes)
    else:
        collector.wrong(
            "nothing says in which area each school stands", "schools", repair='write area = "...", or x and y'
        )
        return
    outside = [i for i, p in enumerate(places) if p is None]
    names = cells[said["name"]].to_list() if "name" in said else [f"School {i + 1}" for i in range(n)]
    if outside:
        told = f"{len(outside)} schools stand in none of the city's areas and were left out"
        draft.notes.append(f"{source.file}: {told}: {_some([names[i] for i in outside])}")
    kept = [i for i, p in enumerate(places) if p is not None]
    at = np.array([places[i] for i in kept], dtype=int)
    numbers = {}
    for column, usual in _SCHOOL.items():
        given = said.get(column)
        values = (
            source.numbers(given).values.to_numpy()[kept]
            if isinstance(given, str)
            else np.full(len(kept), float(given or usual))
        )
        numbers[column] = np.where(np.isfinite(values), values, usual)
    draft.schools = pl.DataFrame(
        {
            "id": [str(cells[said["id"]][i]) if "id" in said else f"S{i + 1:03d}" for i in kept],
            "school": [names[i] or f"School {i + 1}" for i in kept],
            "sector": [draft.codes[p] for p in at],
            "x_km": np.where(np.isfinite(x[kept]), x[kept], draft.columns["x_km"][at]).round(4),
            "y_km": np.where(np.isfinite(y[kept]), y[kept], draft.columns["y_km"][at]).round(4),
            **numbers,
        }
    )
    draft.school_rows = [str(source.grid.rows[i]) for i in kept]
    draft.school_file = source.file


def _points(
    collector: Collector, draft: Draft, source: Source, said: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Return where each school stands in kilometres, NaN where nobody says it."""
    n = source.grid.cells.height
    if source.grid.shapes is not None:
        country = str(collector.mapping.head["country"])
        placed = in_kilometres(source.grid.shapes, source.grid.crs, country, source.spec.text("crs"))
        return middles(placed.shapes)[:2]
    if "x" in said and "y" in said:
        x, y = (source.numbers(said[k]).values.to_numpy() for k in ("x", "y"))
        points = extra("shapely", "import").points(np.nan_to_num(x), np.nan_to_num(y))
        placed = in_kilometres(points, "", str(collector.mapping.head["country"]), source.spec.text("crs"))
        return middles(placed.shapes)[:2]
    return np.full(n, np.nan), np.full(n, np.nan)
