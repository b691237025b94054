"""Cards of indicators that are counted in the real city: what is counted, by whom, in which unit, under which name.

    measured.toml      title and publisher of the folder, its place, and the city whose simulation shares its names
    indicators.csv     one card a row
    breaks.csv         when a definition, a questionnaire or a border changed: no series crosses such a year unseen
    observations.csv   see `observations.py`
    forecasts.jsonl    see `forecasts.py`

An indicator has one name, in the card, the simulation, a forecast and an observation. A card's digest covers what
defines the number; a forecast keeps it, so that nobody settles it with another number of the same name.

Source of the form: Frictionless Table Schema, https://specs.frictionlessdata.io/table-schema.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.city.tables.reading import Folder, Table
from mechlin.core.declare import Card, Direction
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.evaluation.observed import factor_between, is_share

HEAD, CARDS, BREAKS, OBSERVATIONS = "measured.toml", "indicators.csv", "breaks.csv", "observations.csv"
TABLES = {
    CARDS: Table(
        ("name", "title_en", "definition", "unit", "better", "source", "licence", "level"),
        optional_numbers=("survey_n", "survey_margin"),
        optional=("title_nl", "title_fr", "numerator", "denominator", "next_release", "survey_mode", "wording"),
        gaps=True,
    ),
    BREAKS: Table(
        ("indicator", "period", "what"), optional_numbers=("size",), optional=("note",), gaps=True, bare=True
    ),
    OBSERVATIONS: Table(
        ("indicator", "period", "edition", "published_on", "status"),
        ("value",),
        optional_numbers=("low", "high", "n"),
        optional=("place", "retrieved_on", "source", "supersedes", "note"),
        gaps=True,
        bare=True,
    ),
}
ORDER = {
    CARDS: (
        *("name", "title_en", "title_nl", "title_fr", "definition", "numerator", "denominator", "unit", "better"),
        *("level", "source", "licence", "next_release", "survey_n", "survey_margin", "survey_mode", "wording"),
    ),
    BREAKS: ("indicator", "period", "what", "size", "note"),
    OBSERVATIONS: (
        *("indicator", "place", "period", "value", "low", "high", "n", "edition", "published_on", "retrieved_on"),
        *("status", "source", "supersedes", "note"),
    ),
}
DIRECTIONS: tuple[Direction, ...] = ("up", "down", "neither")
LEVELS = ("city", "area", "town")
_HEAD_KEYS = ("title", "publisher", "place", "city", "home")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_DEFINES = ("definition", "numerator", "denominator", "unit", "level", "survey_mode", "wording")
_DIGEST_BYTES = 8
YEARS = (1800, 2200)  # in which a period can lie


class Definition(NamedTuple):
    """The card of an indicator: what the number is, in which unit, by whom, and when the next one is due.

    ``wording`` is the question of a survey as it was put, ``survey_margin`` half the width of its 95 % interval in the
    indicator's unit; ``next_release`` a date (2028-05-15), or ''.
    """

    name: str
    title_en: str
    definition: str
    unit: str
    better: Direction
    source: str
    licence: str
    level: str
    title_nl: str = ""
    title_fr: str = ""
    numerator: str = ""
    denominator: str = ""
    next_release: str = ""
    survey_mode: str = ""
    wording: str = ""
    survey_n: float | None = None
    survey_margin: float | None = None

    def digest(self) -> str:
        """Return sixteen hexadecimal digits that change when what is counted changes, and not with a title or a date."""
        text = json.dumps({key: " ".join(getattr(self, key).split()) for key in _DEFINES}, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()

    def card(self) -> Card:
        """Return it as the card that observed rows are checked against."""
        return Card(self.name, self.title_en, self.unit, self.better, self.numerator, self.denominator, self.source)


class Break(NamedTuple):
    """The first period that cannot be compared with those before it, and why; ``size`` in the indicator's unit."""

    indicator: str
    period: int
    what: str
    size: float | None = None


class Head(NamedTuple):
    """What a folder says of itself: title, publisher, place, the city that shares its names, and its address."""

    title: str = ""
    publisher: str = ""
    place: str = ""
    city: str = ""
    home: str = ""


def read_head(folder: Path) -> Head:
    """Return what stands in measured.toml; raise UsageError where there is no such folder, InputError with all problems."""
    file = folder / HEAD
    if not file.is_file():
        why = f"{folder} has no {HEAD}" if folder.is_dir() else f"there is no folder {str(folder)!r}"
        raise UsageError(f"{why}; `mechlin measure indicators new {folder} --city mechelen` makes one to start from")
    text = decoded(file.read_bytes(), HEAD)
    table = read_toml(text, HEAD)
    problems = [
        Problem(f"{key!r} is not a known heading", file=HEAD, column=key, nearest=nearest(key, _HEAD_KEYS))
        for key in table
        if key not in _HEAD_KEYS
    ]
    problems += [
        Problem(f"{key} = {table[key]!r} is not text", file=HEAD, column=key, repair=f'write {key} = "..."')
        for key in _HEAD_KEYS
        if not isinstance(table.get(key, ""), str)
    ]
    problems += [
        Problem(f"{key} is missing", file=HEAD, repair=f'write {key} = "..."')
        for key in ("title", "publisher", "place")
        if not str(table.get(key, "")).strip()
    ]
    if problems:
        raise InputError(with_rows(problems, text))
    return Head(**{key: table.get(key, "") for key in _HEAD_KEYS})


def read_cards(
    source: Folder, simulated: Mapping[str, Card] | None = None
) -> tuple[dict[str, Definition], list[Break]]:
    """Return the cards by name, and the breaks in order; what is wrong is added to the problems of ``source``.

    ``simulated`` are the indicators of the city whose simulation shares the names.
    """
    cards: dict[str, Definition] = {}
    for row, found in enumerate(source.table(CARDS).to_dicts(), 2):
        if not found.get("name"):
            continue
        card = Definition(**{key: value for key, value in found.items() if key in Definition._fields} | _absent(found))
        source.problems += _wrong_card(card, row, cards, simulated or {})
        cards.setdefault(card.name, card)
    return cards, _breaks(source, cards)


def _absent(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table without some column has in its place."""
    needed = [key for key in Definition._fields if key not in Definition._field_defaults]
    return {key: "" for key in needed if not found.get(key)}


def _wrong_card(
    card: Definition, row: int, before: Mapping[str, Definition], simulated: Mapping[str, Card]
) -> list[Problem]:
    def wrong(column: str, what: str, **rest: str) -> Problem:
        return Problem(f"{card.name}: {what}", file=CARDS, row=row, column=column, **rest)

    problems = []
    if not _NAME.fullmatch(card.name):
        problems.append(
            wrong("name", "no name of an indicator", allowed="small letters, digits, _ and . as in facts.theft")
        )
    if card.name in before:
        problems.append(wrong("name", "stands twice", repair="keep one card for each indicator"))
    for column, known in (("better", DIRECTIONS), ("level", LEVELS)):
        value = getattr(card, column)
        if value and value not in known:
            problems.append(
                wrong(column, f"{value!r} is no {column}", allowed=", ".join(known), nearest=nearest(value, known))
            )
    if card.next_release and as_date(card.next_release) is None:
        problems.append(wrong("next_release", f"{card.next_release!r} is no date", repair="write it like 2028-05-15"))
    if card.survey_n is not None and not (card.survey_n >= 1 and float(card.survey_n).is_integer()):
        problems.append(
            wrong("survey_n", f"{card.survey_n:g} is no number of people", allowed="a whole number from 1 on")
        )
    if card.survey_margin is not None and card.survey_margin < 0:
        problems.append(wrong("survey_margin", f"{card.survey_margin:g} is negative", allowed="0 or more"))
    return problems + _wrong_name(card, row, simulated)


def _wrong_name(card: Definition, row: int, simulated: Mapping[str, Card]) -> list[Problem]:
    """Return why a card is not the indicator of its name in the simulation."""
    known = simulated.get(card.name)
    if known is None or not card.unit or card.unit == known.unit or (is_share(card.unit) and is_share(known.unit)):
        return []
    return [
        Problem(
            f"{card.name}: {card.unit!r} is not the unit in which the simulation counts it",
            file=CARDS,
            row=row,
            column="unit",
            allowed=known.unit if not is_share(known.unit) else "share, or %",
            repair="give the indicator another name if it counts something else",
        )
    ]


def factor(card: Definition, simulated: Card) -> float:
    """Return what turns a simulated number into the card's unit."""
    return factor_between(card.unit, simulated.unit)


def _breaks(source: Folder, cards: Mapping[str, Definition]) -> list[Break]:
    found = []
    for row, one in enumerate(source.table(BREAKS).to_dicts(), 2):
        name, text = one.get("indicator") or "", one.get("period") or ""
        if not name:
            continue
        if name not in cards:
            source.problems.append(unknown_indicator(name, cards, BREAKS, row))
        period = as_year(text)
        if period is None:
            source.problems.append(no_year(text, BREAKS, row))
        else:
            found.append(Break(name, period, one.get("what") or "", one.get("size")))
    return sorted(found, key=lambda b: (b.indicator, b.period))


def unknown_indicator(name: str, cards: Mapping[str, Definition], file: str, row: int | None) -> Problem:
    """Return the problem of a name for which there is no card."""
    return Problem(
        f"there is no card of {name!r}",
        file=file,
        row=row,
        column="indicator",
        nearest=nearest(name, cards),
        repair=f"add its card to {CARDS}",
    )


def no_year(text: str, file: str, row: int | None) -> Problem:
    """Return the problem of a period that is no year."""
    return Problem(
        f"{text!r} is no year",
        file=file,
        row=row,
        column="period",
        allowed=f"a year from {YEARS[0]} to {YEARS[1]}",
        repair="write it like 2027",
    )


def as_year(text: str) -> int | None:
    """Return a year from "2027", or None where it is none that can be."""
    return int(text) if re.fullmatch(r"[0-9]{4}", text) and YEARS[0] <= int(text) <= YEARS[1] else None


def as_date(text: str) -> date | None:
    """Return a date from "2027-05-15", or None where it is no such date."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
