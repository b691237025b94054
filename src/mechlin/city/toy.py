"""Made-up cities, generated in code, for tests, tutorials and benchmarks; and other cities in another size."""

from dataclasses import replace

import numpy as np
import polars as pl

from mechlin.city.tables.elections import RANGES, SCHEMA
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, HOMES_BY_TENURE, City
from mechlin.city.tables.sources import empty

_YEARS = range(1999, 2031)
_PEOPLE_AN_AREA = 800
_COUNTED = ("population_1_january", "new_dwellings", "renovations_permitted")  # series that count, not rates
_SERIES = {
    "births_per_1000": 12.0,
    "deaths_per_1000": 9.5,
    "arrivals_per_1000": 42.0,
    "leavers_per_1000": 40.0,
    "foreign_origin_share_of_arrivals": 0.4,
    "unemployment_rate_region": 5.0,
    "house_price_index_region": 1.0,
    "inflation": 2.0,
}
_RIGHT = 15.5  # % of the region's votes for the radical right, in every year: no tide
_ELECTIONS = (
    ("1999-06", "regional", 22.0),
    ("2000-10", "municipal", 22.0),
    ("2004-06", "regional", None),
    ("2006-10", "municipal", None),
    ("2009-06", "regional", None),
    ("2012-10", "municipal", None),
    ("2014-05", "federal", None),
    ("2018-10", "municipal", None),
)


def _elections() -> pl.DataFrame:
    """Return made-up elections: everybody has to vote, no tide, no new rival; the mayor has a list."""
    rows = []
    for date, level, known in _ELECTIONS:
        mayors = level == "municipal"
        rows.append(
            (
                date,
                level,
                1.0,
                _RIGHT,
                float(mayors),
                float(mayors and known is None),
                0.0,
                known,
                25.0 if mayors and known is not None else None,
                *[None] * len(RANGES),
                "",
                "assumed",
                "replace",
            )
        )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _split(total: int, shares: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to ``shares`` that add up to ``total`` (largest remainders)."""
    exact = total * shares / shares.sum()
    out = np.floor(exact).astype(int)
    out[np.argsort(-(exact - out), kind="stable")[: total - out.sum()]] += 1
    found: np.ndarray = out
    return found


def _counts(total: int, shares: list[float], rng: np.random.Generator, spread: float = 0.25) -> np.ndarray:
    return _split(total, np.array(shares) * np.exp(spread * rng.standard_normal(len(shares))))


def toy_city(people: int = 4000, areas: int | None = None, vacancy: float = 0.06, seed: int = 1) -> City:
    """Return a made-up city of about ``people`` residents; its tables pass the checks.

    ``vacancy`` is the share of homes that stand empty. The same arguments give the same city.
    """
    rng = np.random.default_rng(seed)
    n = areas or max(4, people // _PEOPLE_AN_AREA)
    sizes = _split(people, rng.uniform(0.5, 1.5, n))
    side = int(np.ceil(np.sqrt(n)))
    rows = []
    for a, size in enumerate(sizes):
        wealth = rng.normal(0, 1)
        households = int(round(size / rng.uniform(2.1, 2.5)))
        homes = int(round(households / (1 - vacancy)))
        ages = _counts(size, [0.21, 0.22, 0.39, 0.18], rng, 0.1)
        foreign = float(np.clip(0.17 - 0.08 * wealth, 0.02, 0.7))
        backgrounds = _counts(size, [1 - foreign, 0.2 * foreign, 0.8 * foreign], rng, 0.1)
        adults = int(ages[2] + ages[3] + round(0.59 * ages[1]))
        low = float(np.clip(0.45 - 0.1 * wealth, 0.1, 0.8))
        levels = _counts(adults, [low, 0.28, max(0.72 - low, 0.05)], rng, 0.1)
        tenures = _counts(households, [0.67, 0.23, max(0.1 - 0.05 * wealth, 0.01)], rng, 0.1)
        rows.append(
            {
                "code": f"T{a:04d}",
                "name": f"Area {a + 1}",
                "district": f"District {a // 4 + 1}",
                "kind": "toy",
                "x_km": 0.9 * (a % side) + rng.uniform(0, 0.3),
                "y_km": 0.9 * (a // side) + rng.uniform(0, 0.3),
                "area_km2": 0.8,
                "people": float(size),
                "group_quarters": 0.0,
                "households": float(households),
                **dict(zip(AGE_COLUMNS, ages / size, strict=True)),
                **dict(
                    zip((f"{BACKGROUND}{b}" for b in ("majority", "europe", "other")), backgrounds / size, strict=True)
                ),
                **dict(zip(EDUCATION_COLUMNS, levels / adults, strict=True)),
                "income_median_eur": 1750.0 + 180 * wealth,
                "homes": float(homes),
                **dict(zip(HOMES_BY_TENURE.values(), map(float, tenures), strict=True)),
                "homes_vacant": float(homes - households),
                "homes_poor_quality_share": float(np.clip(0.14 - 0.05 * wealth, 0.02, 0.4)),
                "shops": float(size // 50),
                "shops_vacant": float(size // 400),
                "disorder": float(np.clip(0.4 - 0.15 * wealth, 0.02, 0.95)),
                "people_25_up": float(adults),
            }
        )
    series = {name: dict.fromkeys(_YEARS, v) for name, v in _SERIES.items()}
    series["population_1_january"] = {y: float(people) for y in _YEARS}
    series["new_dwellings"] = {y: float(round(people * 0.0035)) for y in _YEARS}
    return _city(f"toy-{people}-{n}-{vacancy:g}-{seed}", pl.DataFrame(rows), _schools(rows), series)


def _schools(rows: list[dict[str, float]]) -> pl.DataFrame:
    schools = [
        {
            "id": f"S{i:03d}",
            "school": f"School {i + 1}",
            "sector": row["code"],
            "x_km": row["x_km"],
            "y_km": row["y_km"],
            "entry_places": 28.0,
            "class_size": 22.0,
            "quality": 0.5,
        }
        for i, row in enumerate(rows[::2])
    ]
    return pl.DataFrame(schools)


def _city(name: str, areas: pl.DataFrame, schools: pl.DataFrame, series: dict[str, dict[int, float]]) -> City:
    history = ("indicator", "year", "value", "low", "high", "unit", "source", "tag", "note")
    return City(
        name=name,
        title="A made-up city",
        start="2001-01",
        hash=name,
        areas=areas,
        schools=schools,
        series=series,
        history=empty(history),
        totals=empty(("quantity", "total")),
        context=empty(("year", "indicator", "value")),
        statuses=empty(("table", "column", "status", "method")),
        elections=_elections(),
    )


def scaled_city(city: City, people: int) -> City:
    """Return the same city with every count scaled to about ``people`` residents; its areas and shares stay.

    Whole numbers are shared out so that the city's totals are met; the pieces of an area still add up. What was
    observed in the real city is left out: it is not about this one.
    """
    areas, factor = city.areas, people / float(city.areas["people"].sum())
    residents = _split(people, areas["people"].to_numpy())
    households = np.minimum(np.rint(areas["households"].to_numpy() * factor), _adults(areas, residents))
    households = np.where(residents > 0, np.maximum(households, 1), 0).astype(int)
    parts = areas.select("homes_owner", "homes_private_rent", "homes_social").to_numpy()
    tenures = np.stack([_split(n, part + 1e-9) for n, part in zip(households, parts, strict=True)])
    vacant = np.rint(areas["homes_vacant"].to_numpy() * factor)
    counts = {
        "people": residents,
        "households": households,
        "homes": households + vacant,
        "homes_vacant": vacant,
        "homes_owner": tenures[:, 0],
        "homes_private_rent": tenures[:, 1],
        "homes_social": tenures[:, 2],
    }
    counts |= {
        c: np.rint(areas[c].to_numpy() * factor)
        for c in ("group_quarters", "shops", "shops_vacant")
        if c in areas.columns
    }
    if "people_25_up" in areas.columns:
        ratio = areas["people_25_up"].to_numpy() / np.maximum(areas["people"].to_numpy(), 1)
        counts["people_25_up"] = np.minimum(np.rint(ratio * residents), _adults(areas, residents))
    series = {
        name: {y: round(v * factor, 3) if name in _COUNTED else v for y, v in years.items()}
        for name, years in city.series.items()
    }
    return replace(
        city,
        name=f"{city.name}-{people}",
        title=f"{city.title}, scaled to {people:,} residents",
        hash=f"{city.hash}-{people}",
        areas=areas.with_columns(pl.Series(n, v, pl.Float64) for n, v in counts.items()),
        schools=_scaled_schools(city.schools, factor),
        series=series,
        history=city.history.clear(),
        totals=city.totals.clear(),
        context=city.context.clear(),
        outlines=city.outlines,
        folder=None,
        settings={name: value * factor for name, value in city.settings.items()},
    )


def _adults(areas: pl.DataFrame, residents: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint((1 - areas["share_age_0_17"].to_numpy()) * residents))


def _scaled_schools(schools: pl.DataFrame, factor: float) -> pl.DataFrame:
    if schools.is_empty():
        return schools
    return schools.with_columns((pl.col("entry_places") * factor).round(0).clip(lower_bound=1))
