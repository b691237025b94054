"""Maps: GeoJSON, GeoPackage, Shapefile and whatever else GDAL reads; one row of text for every shape."""

from pathlib import Path

import polars as pl

from mechlin.city.importing.grid import Grid
from mechlin.core.errors import InputError, Problem, nearest
from mechlin.core.extras import extra

SUFFIXES = (".geojson", ".gpkg", ".shp", ".gml", ".kml", ".fgb", ".topojson")


def read_map(path: Path, layer: str = "") -> Grid:
    """Return a layer of a map as a grid with shapes; raise InputError when it is not said which of several."""
    pyogrio, shapely = extra("pyogrio", "import"), extra("shapely", "import")
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (pyogrio.errors.DataSourceError, OSError) as error:
        raise InputError([Problem(f"not a map that can be read ({error})", file=path.name)]) from None
    if layer and layer not in layers:
        problem = Problem(
            f"there is no layer {layer!r}", file=path.name, allowed=", ".join(layers), nearest=nearest(layer, layers)
        )
        raise InputError([problem])
    if not layer and len(layers) > 1:
        raise InputError(
            [Problem("it has several layers", file=path.name, allowed=", ".join(layers), repair='write layer = "..."')]
        )
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer or layers[0])
    columns = {
        str(name): pl.Series([("" if _absent(v) else str(v)) for v in values], dtype=pl.String)
        for name, values in zip(meta["fields"], fields, strict=True)
    }
    shapes = shapely.from_wkb(geometry) if geometry is not None else None
    rows = pl.Series(range(1, len(geometry) + 1), dtype=pl.Int64)
    said = path.name if len(layers) == 1 else f"{path.name}, layer {layer}"
    return Grid(said, pl.DataFrame(columns), rows, shapes=shapes, crs=str(meta.get("crs") or ""))


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)
