"""A folder of what was measured to start from: the cards of a city's indicators, and its record as observations."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from mechlin import indicators
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import list_cities, load_city
from mechlin.core.declare import Card
from mechlin.core.errors import UsageError
from mechlin.core.files import check_place, write_text
from mechlin.engine.cards import cards_of
from mechlin.evaluation import catalogue
from mechlin.evaluation.cards import BREAKS, CARDS, HEAD, OBSERVATIONS, ORDER
from mechlin.evaluation.observations import read_measured
from mechlin.evaluation.observed import in_unit, placed

_NOT_STATED = "not stated"
_DAY_NOT_KNOWN = "the day of publication is not known; taken as the first day after the year"


def new_folder(folder: str | Path, city: str | Path, publisher: str = "", today: date | None = None) -> Path:
    """Write a folder with the cards of a city's headline and observed indicators and its record; return it.

    Raises UsageError where something stands there already.
    """
    place, path = load_city(city), Path(folder)
    check_place(path, HEAD, CARDS, BREAKS, OBSERVATIONS)
    if there := [name for name in (HEAD, CARDS, BREAKS, OBSERVATIONS) if (path / name).exists()]:
        raise UsageError(f"{path} holds {', '.join(there)} already; name another folder, or add to this one")
    cards = cards_of(indicators.catalogue(place.backgrounds), place.backgrounds)
    history = placed(place.history.with_row_index("row", offset=2), place, cards, "history.csv").rows
    own = [c for name, c in cards.items() if (c.headline or name in history) and not _by_area(name, place)]
    shared = place.name if place.name in list_cities() else str(place.folder) if place.folder else ""
    town = place.title.partition(",")[0]  # some titles end in the month in which the simulation begins
    head = {"title": f"What was observed in {town}", "publisher": publisher or _NOT_STATED, "place": town}
    lines = [f'{key} = "{value}"' for key, value in (head | {"city": shared}).items()]
    write_text(path / HEAD, "\n".join([*lines, ""]))
    write_text(path / CARDS, _csv(ORDER[CARDS], [_card(c) for c in own]))
    write_text(path / BREAKS, _csv(ORDER[BREAKS], []))
    rows = _observations(history, place, today or date.today())
    write_text(path / OBSERVATIONS, _csv(ORDER[OBSERVATIONS], rows))
    catalogue.describe(read_measured(path, cards))
    return path


def _by_area(name: str, city: City) -> bool:
    return indicators.catalogue(city.backgrounds)[name].by_area


def _card(card: Card) -> dict[str, Any]:
    per = f" per {card.denominator}" if card.denominator else ""
    return {
        "name": card.name,
        "title_en": card.title,
        "definition": f"{card.numerator}{per}" if card.numerator else card.title,
        "numerator": card.numerator,
        "denominator": card.denominator,
        "unit": card.unit,
        "better": card.better,
        "level": "city",
        "source": card.source or _NOT_STATED,
        "licence": _NOT_STATED,
    }


def _observations(history: dict[str, list[dict[str, Any]]], city: City, today: date) -> list[dict[str, Any]]:
    rows, there = [], set()
    for name, found in history.items():
        for row in in_unit(found):
            edition = row["source"] or "history.csv"
            if (name, row["year"], edition) in there:
                continue
            there.add((name, row["year"], edition))
            rows.append(
                {
                    "indicator": name,
                    "place": city.title,
                    "period": row["year"],
                    **{end: row[end] for end in ("value", "low", "high")},
                    "edition": edition,
                    "published_on": min(date(row["year"] + 1, 1, 1), today),
                    "status": "final",
                    "source": row["source"],
                    "note": _DAY_NOT_KNOWN,
                }
            )
    return rows


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    lines = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    lines.writeheader()
    lines.writerows({k: "" if v is None else v for k, v in row.items()} for row in rows)
    return text.getvalue()
