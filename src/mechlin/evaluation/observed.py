"""Observed rows put beside what the model simulates: which indicator, in which unit, and what is wrong with a row.

The one translator of a record, for charts, calibration and back-test alike. A row keeps the unit it was written in;
its ``factor`` turns a simulated number into that unit. `in_unit` turns rows into another one.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from mechlin.city.tables.model import City
from mechlin.core.declare import Card
from mechlin.core.errors import Problem, nearest

PERCENT = 100.0
_TOP = 1e12  # no count or sum of a city is larger
_ENDS = ("value", "low", "high")


class Placed(NamedTuple):
    """A record by the indicator that simulates it, the rows left out with the reason, and what is wrong."""

    rows: dict[str, list[dict[str, Any]]]
    left_out: list[dict[str, Any]]
    problems: list[Problem]


def in_unit(rows: Iterable[Mapping[str, Any]], factor: float = 1.0) -> list[dict[str, Any]]:
    """Return rows in the unit of this ``factor``, the model's own unless told: 69 % is 0.69 where it gives a share."""
    return [
        {**row}
        if row["factor"] == factor
        else {**row, "factor": factor, **{e: row[e] / row["factor"] * factor for e in _ENDS if row[e] is not None}}
        for row in rows
    ]


def placed(table: pl.DataFrame, city: City, cards: Mapping[str, Card], file: str) -> Placed:
    """Put every row of a record (indicator, year, value, low, high, unit, row) beside what simulates it.

    ``problems`` are impossible values, units that are not those of the indicator, and two values of one indicator
    for one year that are not the same, by one source.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    left_out, problems = [], []
    for row in table.to_dicts():
        seen = row["indicator"]
        name, why = city.indicator_map.get(seen, (seen if seen in cards else "", ""))
        card = cards.get(name)
        wrong = impossible(row, card, file) or _foreign(row, card, file)
        if wrong:
            problems.append(wrong)
        elif card is None:
            left_out.append(_without(row, why or _unknown(seen, city, cards)))
        elif row["value"] is None:
            left_out.append(_without(row, "only a direction is known"))
        else:
            found.setdefault(name, []).append(
                {**row, "year": int(row["year"]), "factor": factor_between(row["unit"], card.unit)}
            )
    return Placed(found, left_out, [*problems, *_twice(found, file)])


def _unknown(seen: str, city: City, cards: Mapping[str, Card]) -> str:
    close = nearest(seen, [*city.indicator_map, *cards]) if seen not in city.indicator_map else ""
    return "the model does not simulate it" + (f" (did you mean {close!r}?)" if close else "")


def _without(row: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {"row": row["row"], "indicator": row["indicator"], "year": int(row["year"]), "why": why}


def _in_percent(unit: str) -> bool:
    return unit.startswith("%")


def is_share(unit: str) -> bool:
    """Whether a unit is that of a share, from 0 to 1 or in per cent."""
    return unit == "share" or _in_percent(unit)


def factor_between(unit: str, simulated: str) -> float:
    """Return what turns a number in the ``simulated`` unit into ``unit``."""
    if _in_percent(unit) and simulated == "share":
        return PERCENT
    return 1.0 / PERCENT if unit == "share" and _in_percent(simulated) else 1.0


def _foreign(row: Mapping[str, Any], card: Card | None, file: str) -> Problem | None:
    """Return why a unit is not that of its indicator, or None; an empty cell means the indicator's own."""
    unit = row["unit"].strip()
    if card is None or not unit or unit == card.unit or (is_share(card.unit) and is_share(unit)):
        return None  # "% valid votes" says of what
    allowed = "share, or %" if is_share(card.unit) else card.unit
    return Problem(
        f"{row['indicator']}: {unit!r} is not its unit",
        file=file,
        row=row["row"],
        column="unit",
        allowed=allowed,
        repair="write the value in that unit, or leave the cell empty if it is",
    )


def impossible(row: Mapping[str, Any], card: Card | None, file: str) -> Problem | None:
    """Return why a value, low or high of a row cannot be for its indicator, or None."""
    unit = row["unit"] or (card.unit if card else "")
    change = " on " in unit or "change" in row["indicator"] or unit == "sign"
    signed = change or (card is not None and "net_migration" in card.name)
    top = (
        PERCENT if _in_percent(unit) else 1.0 if card is not None and is_share(card.unit) and unit == "share" else _TOP
    )
    for column in _ENDS:
        value = row[column]
        if value is None:
            continue
        if not signed and value < 0:
            return Problem(
                f"{row['indicator']}: {value:g} is negative",
                file=file,
                row=row["row"],
                column=column,
                allowed="0 or more",
                repair="leave the cell empty where the number is not known",
            )
        if abs(value) > (_TOP if change else top):
            share = is_share(unit)
            return Problem(
                f"{row['indicator']}: {value:g} is more than {'all of it' if share else 'any city has'}",
                file=file,
                row=row["row"],
                column=column,
                allowed=f"0 to {top:g} ({unit})" if share else f"up to {_TOP:g}",
                repair="write shares from 0 to 1 with the unit share, or from 0 to 100 with the unit %"
                if share
                else "",
            )
    return None


def bounds(unit: str, observed_unit: str = "") -> tuple[float, float]:
    """Return the lowest and highest that a number of an indicator can be."""
    if unit == "sign" or unit == "persons" or observed_unit == "sign":
        return -math.inf, math.inf
    per_cent = (observed_unit or unit).startswith("%")
    return 0.0, PERCENT if per_cent else 1.0 if "share" in (unit, observed_unit) else math.inf


def _twice(found: Mapping[str, Iterable[Mapping[str, Any]]], file: str) -> list[Problem]:
    """Return the rows that say another value for a year than a row above them of the same source, or also of none."""
    problems, said = [], dict[tuple[str, int, str], Mapping[str, Any]]()
    for name, rows in found.items():
        for row in rows:
            first = said.setdefault((name, row["year"], row.get("source") or ""), row)
            if any(row[end] != first[end] for end in _ENDS):
                problems.append(
                    Problem(
                        f"{row['indicator']}: {row['value']:g} in {row['year']}, where row {first['row']} says "
                        f"{first['value']:g}",
                        file=file,
                        row=row["row"],
                        column="value",
                        repair="keep one row a year, what is not sure as low and high; or name their sources",
                    )
                )
    return problems
