"""Reading what was filled in: values of the right kind, or every problem at once in words for whoever filled it in."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mechlin.core.errors import Problem, nearest
from mechlin.core.language import LANGUAGES
from mechlin.desk.casework import declare
from mechlin.desk.casework.declare import Choices, Field

if TYPE_CHECKING:
    from mechlin.desk.casework.declare import Look

LONG = 10_000  # characters in a long text
MOST_ROWS = 5_000  # of a table
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
OLDEST_YEAR, LAST_YEAR = 1900, 2200

PERSON_FIELDS = (
    Field("given", "Given name", longest=200),
    Field("family", "Family name", longest=200, required=False),
    Field("born", "Born on", declare.DAY),
    Field("street", "Street and number", longest=200),
    Field("place", "Postcode and place", longest=200),
    Field("reach", "E-mail or telephone", longest=200, required=False),
    Field("language", "Language of letters", declare.CHOICE, choices=tuple(LANGUAGES.items())),
    Field("post", "Letters by post", declare.YES_NO),
)


@dataclass(frozen=True)
class Secret:
    """What must be sealed before anything of it is stored: a text, or the answers about a person."""

    value: Any
    is_person: bool = False


def read(fields: tuple[Field, ...], raw: Mapping[str, Any], look: "Look") -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of ``fields`` in ``raw``, as text from a form or as JSON, and every problem."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in fields:
        try:
            value = _value(field, raw, look)
        except _WrongError as error:
            problems += error.problems
            continue
        if value is not None:
            values[field.name] = value
        elif field.required:
            problems.append(Problem("an answer is needed", column=field.name))
    return values, problems


def choices_of(field: Field, look: "Look | None") -> Choices:
    """Return what may be chosen in a field, for the case as it stands."""
    if callable(field.choices):
        return field.choices(look) if look else ()
    return field.choices


class _WrongError(Exception):
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


def _wrong(field: Field, what: str, allowed: str = "", nearest: str = "", repair: str = "") -> _WrongError:
    return _WrongError(Problem(what, column=field.name, allowed=allowed, nearest=nearest, repair=repair))


def _value(field: Field, raw: Mapping[str, Any], look: "Look") -> Any:
    """Return the value of one field; None where nothing was filled in."""
    if field.kind == declare.PERSON:
        return _person(field, raw)
    if field.kind == declare.ORDER:
        return _order(field, raw, look)
    if field.kind == declare.CHOICES:
        return _several(field, raw.get(field.name), look)
    if field.kind == declare.TABLE:
        return _table(field, raw.get(field.name), look)
    return _single(field, raw.get(field.name), choices_of(field, look))


def _single(field: Field, given: Any, choices: Choices) -> Any:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, (list, tuple, dict)):
        raise _wrong(field, "one answer is asked for, not several")
    text = str(given).strip()
    if field.not_known and text == declare.NOT_KNOWN:
        return declare.NOT_KNOWN
    if field.kind in (declare.NUMBER, declare.WHOLE):
        return _number(field, text)
    if field.kind == declare.DAY:
        return _day(field, text)
    if field.kind == declare.YES_NO:
        return _one_of(field, text, ((declare.YES, ""), (declare.NO, "")))
    if field.kind == declare.CHOICE:
        return _one_of(field, text, choices)
    return _text(field, text)


def _text(field: Field, text: str) -> Any:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    longest = LONG if field.kind == declare.LONG_TEXT else field.longest
    if len(text) > longest:
        raise _wrong(field, f"the text has {len(text):,} characters", allowed=f"{longest:,} at most")
    if _CONTROL.search(text):
        raise _wrong(field, "the text holds signs that cannot be printed", repair="write it anew, without copying")
    if field.kind != declare.LONG_TEXT and "\n" in text:
        raise _wrong(field, "one line is asked for")
    return text if field.kind == declare.PUBLIC_TEXT else Secret(text)


def _number(field: Field, text: str) -> float | int:
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise _wrong(field, f"{text[:40]!r} is not a number", repair="write digits, as 12 or 12.5")
    number = float(plain.replace(",", "."))
    if field.kind == declare.WHOLE and number != math.floor(number):
        raise _wrong(field, f"{text} is not a whole number")
    low = -math.inf if field.low is None else field.low
    high = math.inf if field.high is None else field.high
    if not low <= number <= high:
        allowed = f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
        raise _wrong(field, f"{text} is outside what is possible", allowed=allowed)
    return int(number) if field.kind == declare.WHOLE else number


def _day(field: Field, text: str) -> str:
    slashed = _SLASHED.fullmatch(text)
    written = f"{slashed[3]}-{int(slashed[2]):02d}-{int(slashed[1]):02d}" if slashed else text
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise _wrong(field, f"{text[:40]!r} is not a day", repair="write it like 2026-03-14 or 14/03/2026") from None
    if not OLDEST_YEAR <= day.year <= LAST_YEAR:
        raise _wrong(field, f"{text} is outside what is possible", allowed=f"{OLDEST_YEAR} to {LAST_YEAR}")
    return day.isoformat()


def _one_of(field: Field, text: str, choices: Choices) -> str:
    known = [value for value, _ in choices]
    if text not in known:
        raise _wrong(
            field, f"{text[:40]!r} cannot be chosen", allowed=", ".join(known[:20]), nearest=nearest(text, known)
        )
    return text


def _several(field: Field, given: Any, look: "Look") -> list[str] | None:
    listed = [given] if isinstance(given, str) else list(given or ())
    chosen = [_one_of(field, str(one), choices_of(field, look)) for one in listed if str(one).strip()]
    if len(set(chosen)) != len(chosen):
        raise _wrong(field, "the same answer is chosen twice")
    return chosen or None


def _order(field: Field, raw: Mapping[str, Any], look: "Look") -> list[str] | None:
    """Read wishes in order: a list, or one answer each as name_1, name_2; what is left empty between is passed over."""
    listed = raw.get(field.name)
    if listed is None:
        numbered = [
            (int(k.rpartition("_")[2]), v)
            for k, v in raw.items()
            if re.fullmatch(re.escape(field.name) + r"_\d{1,3}", k)
        ]
        listed = [v for _, v in sorted(numbered, key=lambda pair: pair[0])]
    elif isinstance(listed, str):
        listed = [part.strip() for part in listed.split(",")]
    chosen = _several(field, listed, look)
    if chosen and field.high is not None and len(chosen) > field.high:
        raise _wrong(field, f"{len(chosen)} wishes are too many", allowed=f"{field.high:g} at most")
    return chosen


def _table(field: Field, given: Any, look: "Look") -> list[dict[str, Any]] | None:
    """Read a table as text with commas or semicolons, or as a list of rows; report every wrong cell with its row."""
    if not given:
        return None
    rows = given if isinstance(given, list) else _rows(field, str(given))
    if len(rows) > MOST_ROWS:
        raise _wrong(field, f"the table has {len(rows):,} rows", allowed=f"{MOST_ROWS:,} at most")
    known = [c.name for c in field.columns]
    problems = [
        Problem(f"there is no column {name}", field.name, 1, str(name), ", ".join(known), nearest(str(name), known))
        for name in dict.fromkeys(k for row in rows for k in row if k is not None)
        if name not in known
    ]
    out = []
    for number, row in enumerate(rows, 2):
        values, wrong = read(field.columns, row, look)
        problems += [Problem(p.what, field.name, number, p.column, p.allowed, p.nearest, p.repair) for p in wrong]
        out.append(values)
    if problems:
        raise _WrongError(*problems)
    return out


def _rows(field: Field, text: str) -> list[dict[str, Any]]:
    text = text.lstrip("\ufeff").strip()
    first = text.split("\n", 1)[0]
    mark = ";" if first.count(";") > first.count(",") else "\t" if "\t" in first else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=mark, strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise _wrong(
            field, f"this is not a table ({error})", repair="one row a line, columns apart by commas"
        ) from None
    long = [n for n, row in enumerate(rows, 2) if None in row]
    if long:
        raise _WrongError(*(Problem("there are more cells than columns", field.name, n) for n in long))
    return [{k.strip(): v for k, v in row.items()} for row in rows]


def _person(field: Field, raw: Mapping[str, Any]) -> Secret | None:
    given = raw.get(field.name)
    if not isinstance(given, Mapping):
        start = f"{field.name}."
        given = {k.removeprefix(start): v for k, v in raw.items() if k.startswith(start)}
    if not any(str(v).strip() for k, v in given.items() if k not in ("language", "post")):
        return None
    values: dict[str, Any] = {}
    problems = []
    for part in PERSON_FIELDS:
        try:
            value = _single(part, given.get(part.name), part.choices if not callable(part.choices) else ())
        except _WrongError as error:
            problems += [
                Problem(p.what, column=f"{field.name}.{p.column}", allowed=p.allowed, repair=p.repair)
                for p in error.problems
            ]
            continue
        if value is None and part.required:
            problems.append(Problem("an answer is needed", column=f"{field.name}.{part.name}"))
        values[part.name] = value.value if isinstance(value, Secret) else value
    if problems:
        raise _WrongError(*problems)
    return Secret(values, is_person=True)
