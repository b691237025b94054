"""Areas in which no household lives: harbours, parks, works, and institutions that stand alone.

Their shares and incomes are blank or zero in every office's tables. Neither is a figure, so neither may enter a
statistic: shares count for nothing where nobody lives, and an income is set to the city's, so that nothing divides by it.
"""

import polars as pl

_INCOME = "income_median_eur"
_KEPT = ("x_km", "y_km", "area_km2", "people", "group_quarters", "disorder")


def nobody_lives(areas: pl.DataFrame) -> pl.Series:
    """Return in which areas no household lives: no residents, or only those of institutions."""
    return (areas["people"] - institutions(areas) <= 0).fill_null(value=False)


def institutions(areas: pl.DataFrame) -> pl.Series:
    """Return how many residents of each area live in institutions; zero where the table does not say, or says too many."""
    if "group_quarters" not in areas.columns:
        return pl.Series([0.0] * areas.height, dtype=pl.Float64)
    said = areas["group_quarters"].fill_null(0.0)
    return said.set((said > areas["people"]).fill_null(value=False), 0.0)


def where_nobody_lives(areas: pl.DataFrame) -> pl.DataFrame:
    """Return the table with blanks of such areas filled: zero, but for the income, which is the mean of the others."""
    if "people" not in areas.columns:
        return areas
    empty = nobody_lives(areas)
    if not empty.any():
        return areas
    filled = []
    for column in areas.columns:
        values = areas[column]
        if not values.dtype.is_float() or column in _KEPT:
            continue
        if column == _INCOME:
            usual = values.filter(~empty & (values > 0)).mean()
            gone = empty & (values.is_null() | (values <= 0)).fill_null(value=True)
            filled.append(values.set(gone, usual if isinstance(usual, float) else None))
        else:
            filled.append(values.set(empty & values.is_null(), 0.0))
    return areas.with_columns(filled)
