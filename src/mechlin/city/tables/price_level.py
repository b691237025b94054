"""Consumer prices as an index with any base year: what most offices publish, and what yearly inflation follows from."""

import polars as pl

from mechlin.core.errors import Problem

PRICE_LEVEL, INFLATION = "price_level", "inflation"
UNIT = "index, any base year"
_AGREE = 1.0  # points: a yearly mean and a December to December rate differ by less (assumption)
_COLUMNS = ("year", "indicator", "value")
_SAID = 3  # years that are named in one message


def with_inflation(context: pl.DataFrame) -> pl.DataFrame:
    """Return the outside series with the yearly change of ``price_level`` as ``inflation``, in years that have none.

    The index may be 100 in any year: only its change from one year to the next counts.
    """
    if not set(_COLUMNS) <= set(context.columns):
        return context
    known = set(context.filter(pl.col("indicator") == INFLATION)["year"])
    rates = {y: r for y, r in yearly_rates(context).items() if float(y) not in known}
    if not rates:
        return context
    unit = {"unit": ["% a year"] * len(rates)} if "unit" in context.columns else {}
    rows = {"year": list(rates), "indicator": [INFLATION] * len(rates), "value": list(rates.values()), **unit}
    new = pl.DataFrame(rows).cast({c: context.schema[c] for c in rows})
    return pl.concat([context, new], how="diagonal")


def yearly_rates(context: pl.DataFrame) -> dict[int, float]:
    """Return by year how far prices stand above those of the year before, %; for years of which both are there."""
    rows = context.filter(pl.col("indicator") == PRICE_LEVEL).select(_COLUMNS).drop_nulls()
    level = {int(y): float(v) for y, _, v in rows.iter_rows() if v > 0}
    return {y: round(100.0 * (v / level[y - 1] - 1.0), 4) for y, v in sorted(level.items()) if y - 1 in level}


def check_prices(context: pl.DataFrame, file: str) -> list[Problem]:
    """Return rates of ``inflation`` that differ from the yearly change of ``price_level``."""
    told = {int(y): v for y, n, v in context.select(_COLUMNS).drop_nulls().iter_rows() if n == INFLATION}
    off = {y: r for y, r in yearly_rates(context).items() if y in told and abs(told[y] - r) > _AGREE}
    if not off:
        return []
    said = ", ".join(f"{y} ({told[y]:g} and {r:.1f} %)" for y, r in list(off.items())[:_SAID])
    what = f"inflation and the change of price_level differ by year: {said}"
    return [Problem(what, file=file, column="value", allowed=f"within {_AGREE:g} point", repair="keep one of the two")]
