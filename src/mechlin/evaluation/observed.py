"""Observed rows put beside what the model simulates: which indicator, which unit, and what is wrong with a row."""

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from mechlin.city.tables.model import City
from mechlin.core.declare import Card
from mechlin.core.errors import Problem, nearest

PERCENT = 100.0


def mapped(
    table: pl.DataFrame, city: City, cards: Mapping[str, Card], file: str
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]], list[Problem]]:
    """Return the rows by the indicator that simulates them, those left out with the reason, and what cannot be."""
    found: dict[str, list[dict[str, Any]]] = {}
    left_out, problems = [], []
    for row in table.to_dicts():
        seen = row["indicator"]
        name, why = city.indicator_map.get(seen, (seen if seen in cards else "", ""))
        impossible = _impossible(row, cards.get(name), file)
        if impossible:
            problems.append(impossible)
        elif name not in cards:
            close = nearest(seen, [*city.indicator_map, *cards])
            hint = f" (did you mean {close!r}?)" if close and seen not in city.indicator_map else ""
            reason = why or f"the model does not simulate it{hint}"
            left_out.append({"row": row["row"], "indicator": seen, "year": _year(row), "why": reason})
        elif row["value"] is None:
            left_out.append(
                {"row": row["row"], "indicator": seen, "year": _year(row), "why": "only a direction is known"}
            )
        else:
            factor = PERCENT if row["unit"].startswith("%") and cards[name].unit == "share" else 1.0
            found.setdefault(name, []).append({**row, "year": _year(row), "factor": factor})
    return found, left_out, problems


def _year(row: Mapping[str, Any]) -> int:
    return int(row["year"])


def _impossible(row: Mapping[str, Any], card: Card | None, file: str) -> Problem | None:
    """Return why a value cannot be for its indicator, or None."""
    numbers = [row[n] for n in ("value", "low", "high") if row[n] is not None]
    unit = row["unit"] or (card.unit if card else "")
    change = " on " in unit or "change" in row["indicator"] or unit == "sign"
    signed = change or (card is not None and "net_migration" in card.name)
    column = next((n for n in ("value", "low", "high") if row[n] is not None and row[n] < 0), "value")
    if not signed and any(v < 0 for v in numbers):
        return Problem(f"{row['indicator']}: {row[column]:g} is negative", file=file, row=row["row"], column=column,
                       allowed="0 or more", repair="leave the cell empty where the number is not known")  # fmt: skip
    top = (
        PERCENT
        if unit.startswith("%")
        else 1.0
        if card is not None and card.unit == "share" and unit == "share"
        else math.inf
    )
    if not change and any(v > top for v in numbers):
        column = next(n for n in ("value", "low", "high") if row[n] is not None and row[n] > top)
        return Problem(f"{row['indicator']}: {row[column]:g} is more than all of it", file=file, row=row["row"],
                       column=column, allowed=f"0 to {top:g} ({unit})",
                       repair="write shares from 0 to 1 with the unit share, or from 0 to 100 with the unit %")  # fmt: skip
    return None
