"""The model held against the record: where what was observed lies outside the band of the runs."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import table
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison

_MISSED_BY_NOTHING = 0.5  # of the value: a band wider than that says nothing by holding it

TAGS = {  # how a figure of the record is known, as history.csv writes it
    "official": "official",
    "derived": "derived",
    "press": "from the press",
    "self_report": "as the city reports",
    "reconstructed": "reconstructed from larger areas",
    "assumed": "assumed",
}


def against_record(c: Comparison, observed: Mapping[str, Sequence[Mapping[str, Any]]], say: Language = ENGLISH) -> str:
    """Return a table of how far the world with the package is from what was observed, by indicator."""
    rows = []
    for name, seen in observed.items():
        if name not in c.indicators:
            continue
        low, middle, high = c.band(name, "with")
        at = {int(y): n for n, y in enumerate(c.years)}
        both = [r for r in seen if r["year"] in at and math.isfinite(middle[at[r["year"]]])]
        if not both:
            continue
        gaps = [r["value"] - middle[at[r["year"]]] for r in both]
        outside = sum(not _meets(r, low[at[r["year"]]], high[at[r["year"]]]) for r in both)
        wide = all(high[at[r["year"]]] - low[at[r["year"]]] > _MISSED_BY_NOTHING * abs(r["value"]) for r in both)
        far = int(np.argmax(np.abs(gaps)))
        card = c.card(name)
        year, seen_then = both[far]["year"], wording.level(both[far]["value"], card.unit, say)
        told = wording.level(float(middle[at[year]]), card.unit, say)
        known = tag_of(both[far].get("tag") or "", say)
        rows.append(
            [
                wording.name_of(card.title, say),
                str(len(both)),
                say("0, but the band is too wide to be missed") if wide and not outside else str(outside),
                str(year),
                seen_then,
                told,
                known,
            ]
        )
    if not rows:
        none = say("No observed series bears the name of an indicator: nothing here is held against a record.")
        return f"<p>{none}</p>"
    head = [
        say("Indicator"),
        say("years compared"),
        say("outside the band"),
        say("widest gap in"),
        say("observed"),
        say("model"),
        say("how known"),
    ]
    title = say("The world with the package against the record. The record is of the city as it really went.")
    return table(title, head, rows)


def tag_of(tag: str, say: Language) -> str:
    """Return in words how an observed figure is known."""
    return say(TAGS.get(tag, tag.replace("_", " ")))


def _meets(row: Mapping[str, Any], low: float, high: float) -> bool:
    """Return whether an observation's own range and the band of the runs have a value in common."""
    below = row["low"] if row.get("low") is not None else row["value"]
    above = row["high"] if row.get("high") is not None else row["value"]
    return bool(above >= low and below <= high)
