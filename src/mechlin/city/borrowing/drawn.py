"""Borrowed figures drawn: each world has its own, as far from what was borrowed as such figures usually are.

Half of the variance is common to a column, for a whole city differs from its country; half is each area's own. Shares
keep adding up to one and tenures to households; figures that were counted never move.
"""

import hashlib
from dataclasses import replace
from functools import lru_cache

import numpy as np
import polars as pl

from mechlin.city.borrowing.filling import TENURES, split
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, City
from mechlin.city.tables.origins import cell_origins
from mechlin.core import rng

_DRAW = rng.stream("population.borrowed")
_COMMON = 0.5  # of the variance, shared by all areas (assumption)
_ONE_KEY = {"leavers_per_1000": "arrivals_per_1000"}  # a city with more of one has more of the other
_SHARES = ("homes_poor_quality_share",)


@lru_cache(maxsize=64)
def drawn(city: City, seed: int) -> City:
    """Return the city with its borrowed figures drawn for this seed; the same city where nothing was borrowed."""
    if (
        city.statuses.is_empty()
        or "spread" not in city.statuses.columns
        or not city.statuses["spread"].fill_null(0).sum()
    ):
        return city
    areas = _areas(city, seed)
    series = _series(city, seed)
    return replace(city, areas=areas, series=series, elections=_elections(city, seed))


def _key(name: str) -> np.uint64:
    """Return the address of a figure's draws."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def _factors(cells: pl.DataFrame, column: str, spread: np.ndarray, seed: int) -> np.ndarray:
    """Return what each cell of a column is multiplied by: 1 on average, 1 exactly without a spread."""
    common = rng.normals(rng.uniforms(seed, _DRAW, 0, np.array([_key(column)], dtype=np.uint64)))[0]
    keys = np.array([_key(f"{column} {row}") for row in cells["row"]], dtype=np.uint64)
    own = rng.normals(rng.uniforms(seed, _DRAW, 1, keys))
    z = np.sqrt(_COMMON) * common + np.sqrt(1.0 - _COMMON) * own
    return np.asarray(np.exp(spread * z - spread**2 / 2))


def _spreads(city: City, file: str, table: pl.DataFrame) -> dict[str, tuple[pl.DataFrame, np.ndarray]]:
    """Return by column of a table the origin of its cells and how far each may be off, for columns with a borrowed one."""
    cells = cell_origins(file, table, city.statuses)
    cells = cells.with_columns(spread=pl.when(pl.col("tag") == "borrowed").then(pl.col("spread")).otherwise(0.0))
    out = {}
    for (column,), part in cells.group_by("column", maintain_order=True):
        spread = part["spread"].to_numpy()
        if spread.any() and table[str(column)].dtype.is_float():
            out[str(column)] = (part, spread)
    return out


def _areas(city: City, seed: int) -> pl.DataFrame:
    areas, moved = city.areas, _spreads(city, "areas.csv", city.areas)
    if not moved:
        return areas
    new = {c: areas[c].to_numpy() * _factors(cells, c, spread, seed) for c, (cells, spread) in moved.items()}
    for name in _SHARES:
        if name in new:
            new[name] = np.clip(new[name], 0.0, 1.0)
    groups = tuple(c for c in areas.columns if c.startswith(BACKGROUND))
    for columns in (AGE_COLUMNS, groups, EDUCATION_COLUMNS):
        _keep_to_one(areas, columns, new, moved)
    for name in ("people", "households", "homes_vacant"):
        if name in new:
            new[name] = np.rint(new[name])
    out = areas.with_columns(pl.Series(c, v) for c, v in new.items())
    return _housed(out) if {"people", "households", *TENURES, "homes_vacant", AGE_COLUMNS[0]} & set(new) else out


def _keep_to_one(
    areas: pl.DataFrame,
    columns: tuple[str, ...],
    new: dict[str, np.ndarray],
    moved: dict[str, tuple[pl.DataFrame, np.ndarray]],
) -> None:
    """Scale the drawn shares of each area to what the others leave of one."""
    if not any(c in new for c in columns):
        return
    table = np.stack([new.get(c, areas[c].to_numpy()) for c in columns], axis=1)
    free = np.stack([moved[c][1] > 0 if c in moved else np.zeros(areas.height, bool) for c in columns], axis=1)
    before = np.stack([areas[c].to_numpy() for c in columns], axis=1).sum(axis=1)
    left = np.maximum(before - np.where(free, 0.0, table).sum(axis=1), 0.0)
    part = np.where(free, table, 0.0)
    scaled = part * (left / np.maximum(part.sum(axis=1), 1e-12))[:, None]
    table = np.where(free, scaled, table)
    for n, column in enumerate(columns):
        new[column] = table[:, n]


def _housed(areas: pl.DataFrame) -> pl.DataFrame:
    """Return the table with no more households than adults, and a home of the drawn tenures for each household."""
    people = areas["people"].to_numpy()
    adults = np.rint((1 - areas[AGE_COLUMNS[0]].to_numpy()) * people)
    households = np.where(people > 0, np.clip(areas["households"].to_numpy(), 1, np.maximum(adults, 1)), 0)
    parts = areas.select(TENURES).to_numpy()
    tenures = np.stack([split(int(n), part + 1e-9) for n, part in zip(households, parts, strict=True)])
    vacant = areas["homes_vacant"].to_numpy()
    columns = {"households": households, "homes": households + vacant}
    columns |= {c: tenures[:, n] for n, c in enumerate(TENURES)}
    if "people_25_up" in areas.columns:
        columns["people_25_up"] = np.minimum(areas["people_25_up"].to_numpy(), adults)
    return areas.with_columns(pl.Series(c, v.astype(float)) for c, v in columns.items())


def _series(city: City, seed: int) -> dict[str, dict[int, float]]:
    """Return the outside series, each borrowed one multiplied as a whole."""
    if city.context.is_empty():
        return city.series
    out = dict(city.series)
    cells = cell_origins("context.csv", city.context, city.statuses).filter(pl.col("column") == "value")
    for name, years in city.series.items():
        lines = cells.filter((pl.col("row").str.starts_with(f"{name} ")) & (pl.col("tag") == "borrowed"))
        spread = float(lines["spread"].fill_null(0.0).to_numpy().max(initial=0.0))
        if spread > 0:
            key = np.array([_key(_ONE_KEY.get(name, name))], dtype=np.uint64)
            z = rng.normals(rng.uniforms(seed, _DRAW, 2, key))[0]
            factor = float(np.exp(spread * z - spread**2 / 2))
            out[name] = {year: value * factor for year, value in years.items()}
    return out


def _elections(city: City, seed: int) -> pl.DataFrame:
    """Return the elections with the city's borrowed result before the start drawn."""
    table = city.elections
    if table.is_empty():
        return table
    new = {}
    for column, (cells, spread) in _spreads(city, "elections.csv", table).items():
        values = table[column].to_numpy() * _factors(cells, "elections.csv", spread, seed)
        new[column] = pl.Series(column, np.clip(values, 0.1, 90.0)).fill_nan(None)
    return table.with_columns(new.values()) if new else table
