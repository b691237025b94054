"""Observations of the real city: what was published, in which edition, and when; later editions beside earlier ones.

A row is never changed and never removed. A new edition is a new row that names the edition it supersedes; the one that
counts for a period is the one published last. Every row keeps the day on which it was published, because a forecast is
only one if it was sealed before that.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.city.tables.reading import Folder
from mechlin.core.declare import Card
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.files import write_text
from mechlin.evaluation.cards import (
    CARDS,
    OBSERVATIONS,
    ORDER,
    TABLES,
    Break,
    Definition,
    Head,
    as_date,
    as_year,
    no_year,
    read_cards,
    read_head,
    unknown_indicator,
)
from mechlin.evaluation.observed import PERCENT, impossible

STATUSES = ("provisional", "final", "revised")
_ENDS = ("value", "low", "high")
_CLEARLY_PER_CENT = 20.0  # where all earlier numbers lie above this, one of at most 1 is a share, not a per cent


class Observation(NamedTuple):
    """One published number: of which indicator, place and year, in which edition, and how sure (low to high).

    ``row`` is where it stands in its file, as a spreadsheet numbers rows.
    """

    indicator: str
    place: str
    period: int
    value: float
    low: float | None
    high: float | None
    n: float | None
    edition: str
    published_on: date
    retrieved_on: date | None
    status: str
    source: str
    supersedes: str
    note: str
    row: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Of what it is the number: indicator, place, period."""
        return self.indicator, self.place, self.period

    @property
    def range(self) -> tuple[float, float]:
        """Its low and high; its value where nothing is said of how sure it is."""
        return (self.value if self.low is None else self.low), (self.value if self.high is None else self.high)


class Moved(NamedTuple):
    """What a new edition changed: the edition before it and its value, the new ones, and the difference."""

    observation: Observation
    before: Observation | None

    @property
    def by(self) -> float | None:
        """How far the value moved; None where there was none before."""
        return None if self.before is None else self.observation.value - self.before.value


@dataclass(frozen=True)
class Measured:
    """A folder of what was measured: its head, cards, breaks, and all observations in the order of the file."""

    folder: Path
    head: Head
    cards: Mapping[str, Definition]
    breaks: tuple[Break, ...]
    observations: tuple[Observation, ...]

    def current(self, indicator: str = "", place: str = "") -> list[Observation]:
        """Return the edition that counts for each period, in order; of all indicators and places unless told."""
        chosen = (o for o in self.observations if indicator in ("", o.indicator) and place in ("", o.place))
        return current(chosen)

    def first_published(self, indicator: str, place: str, period: int) -> Observation | None:
        """Return the observation of a period that was published first, or None while there is none."""
        found = [o for o in self.observations if o.key == (indicator, place, period)]
        return min(found, key=lambda o: (o.published_on, o.row)) if found else None

    def breaks_between(self, indicator: str, after: int, until: int) -> list[Break]:
        """Return the breaks of an indicator by which ``until`` cannot be compared with ``after``."""
        return [b for b in self.breaks if b.indicator == indicator and after < b.period <= until]


def current(observations: Iterable[Observation]) -> list[Observation]:
    """Return of each period the observation published last, by indicator, place and period."""
    last: dict[tuple[str, str, int], Observation] = {}
    for one in sorted(observations, key=lambda o: (o.published_on, o.row)):
        last[one.key] = one
    return [last[key] for key in sorted(last)]


def read_measured(folder: str | Path, simulated: Mapping[str, Card] | None = None) -> Measured:
    """Return what stands in a folder; raise UsageError when there is none, InputError with every problem at once."""
    found, problems = looked_through(folder, simulated)
    if problems:
        raise InputError(problems)
    return found


def looked_through(folder: str | Path, simulated: Mapping[str, Card] | None = None) -> tuple[Measured, list[Problem]]:
    """Return what can be read of a folder, and everything that is wrong with it."""
    place = Path(folder)
    head = read_head(place)
    source = Folder(place, tables=TABLES)
    if not (place / CARDS).is_file():
        repair = f"write it with the columns {','.join(TABLES[CARDS].required)}"
        source.problems.append(Problem("the file is missing", file=CARDS, repair=repair))
    cards, breaks = read_cards(source, simulated)
    rows, wrong = _rows(source, OBSERVATIONS, cards, head.place)
    problems = [*source.problems, *wrong, *_in_order(rows, (), OBSERVATIONS)]
    return Measured(place, head, cards, tuple(breaks), tuple(rows)), problems


def add(
    measured: Measured, file: str | Path, today: date, names: Mapping[str, tuple[str, str]] | None = None
) -> list[Moved]:
    """Add the new editions in a CSV file to a folder; return what each of them moved. Nothing is overwritten.

    What stands there already, to the digit, is passed by. ``names`` maps an observed name to the one under which it is
    simulated (a city's indicator_map). Raises InputError with every problem at once, and then nothing is added.
    """
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"there is no file {str(file)!r}; give a table with {', '.join(_needed())}")
    if path.resolve() == (measured.folder / OBSERVATIONS).resolve():
        raise UsageError(f"{path} is the folder's own table; give the new editions in a file of their own")
    source = Folder(path.parent, {OBSERVATIONS: path.name}, TABLES)
    rows, wrong = _rows(source, OBSERVATIONS, measured.cards, measured.head.place, names or {})
    wrong += [
        Problem(
            f"{o.indicator} {o.period}: published on {o.published_on}, which is not there yet",
            row=o.row,
            column="published_on",
            allowed=f"up to today, {today}",
        )
        for o in rows
        if o.published_on > today
    ]
    known = {(*o.key, o.edition): o for o in measured.observations}
    same = {o.row for o in rows if (old := known.get((*o.key, o.edition))) and _said(old) == _said(o)}
    rows = [o for o in rows if o.row not in same]
    problems = [*source.problems, *wrong, *_in_order(rows, measured.observations, OBSERVATIONS)]
    problems += _mixed_up(rows, measured, OBSERVATIONS)
    if problems:
        raise InputError(replace(p, file=path.name) for p in problems)
    return _appended(measured, rows)


def _needed() -> tuple[str, ...]:
    return TABLES[OBSERVATIONS].required


def _said(o: Observation) -> tuple[Any, ...]:
    return o.value, o.low, o.high, o.n, o.published_on, o.status


def _appended(measured: Measured, rows: Sequence[Observation]) -> list[Moved]:
    """Write the rows below what is there and return what they moved."""
    last = {o.key: o for o in measured.current()}
    moved = []
    for one in sorted(rows, key=lambda o: (o.published_on, o.row)):
        before = last.get(one.key)
        kept = one._replace(supersedes=before.edition if before else "")
        moved.append(Moved(kept, before))
        last[one.key] = kept
    path = measured.folder / OBSERVATIONS
    old = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    columns = next(csv.reader(io.StringIO(old)), list(ORDER[OBSERVATIONS]))
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    if not old.strip():
        lines.writerow(columns)
    lines.writerows([_cell(getattr(m.observation, c.strip(), "")) for c in columns] for m in moved)
    if moved:
        write_text(path, f"{old}{'' if not old or old.endswith(chr(10)) else chr(10)}{text.getvalue()}")
    return moved


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)


def _rows(
    source: Folder,
    file: str,
    cards: Mapping[str, Definition],
    place: str = "",
    names: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[list[Observation], list[Problem]]:
    """Return the rows of a table that can be observations, and what is wrong with the others."""
    table, problems, rows = source.table(file), [], []
    for at, found in enumerate(table.to_dicts(), 2):
        found = {key: "" if value is None and key not in (*_ENDS, "n") else value for key, value in found.items()}
        name = found.get("indicator", "")
        if not name:
            continue
        found["indicator"] = name if name in cards else (names or {}).get(name, ("", ""))[0] or name
        one, wrong = _observation(found, at, file, cards, place)
        problems += wrong
        if one is not None:
            rows.append(one)
    return rows, problems


def _observation(
    found: Mapping[str, Any], row: int, file: str, cards: Mapping[str, Definition], place: str
) -> tuple[Observation | None, list[Problem]]:
    name = found["indicator"]
    card, problems = cards.get(name), []

    def wrong(column: str, what: str, **rest: str) -> None:
        problems.append(Problem(f"{name}: {what}", file=file, row=row, column=column, **rest))

    if card is None:
        problems.append(unknown_indicator(name, cards, file, row))
    period = as_year(found.get("period", ""))
    if period is None and found.get("period", ""):
        problems.append(no_year(found["period"], file, row))
    dates = {}
    for column in ("published_on", "retrieved_on"):
        text = found.get(column, "")
        dates[column] = as_date(text)
        if text and dates[column] is None:
            wrong(column, f"{text!r} is no date", repair="write it like 2027-05-12")
    published, retrieved = dates["published_on"], dates["retrieved_on"]
    if published and retrieved and retrieved < published:
        wrong("retrieved_on", f"retrieved on {retrieved}, before it was published on {published}")
    if published and period and published.year < period:
        wrong("published_on", f"published on {published}, before {period} began")
    status = found.get("status", "")
    if status and status not in STATUSES:
        wrong("status", f"{status!r} is no status", allowed=", ".join(STATUSES), nearest=nearest(status, STATUSES))
    if found.get("value") is None:
        wrong("value", "the cell is empty", repair="leave the row out until there is a number")
    if found.get("n") is not None and not (found["n"] >= 1 and float(found["n"]).is_integer()):
        wrong("n", f"{found['n']:g} is no number of people", allowed="a whole number from 1 on")
    problems += _out_of_range(found, card, row, file)
    if problems or period is None or published is None or not found.get("edition"):
        return None, problems
    seen = Observation(
        name,
        found.get("place", "") or place,
        period,
        found["value"],
        found.get("low"),
        found.get("high"),
        found.get("n"),
        found["edition"],
        published,
        retrieved,
        status,
        found.get("source", ""),
        found.get("supersedes", ""),
        found.get("note", ""),
        row,
    )
    return seen, []


def _out_of_range(found: Mapping[str, Any], card: Definition | None, row: int, file: str) -> list[Problem]:
    """Return why a value cannot be for its indicator, or does not lie between its low and high."""
    ends = {key: found.get(key) for key in _ENDS}
    if card is None or ends["value"] is None:
        return []
    at = {"indicator": card.name, "row": row, "unit": card.unit, **ends}
    if problem := impossible(at, card.card(), file):
        return [problem]
    problems = []
    for column, value in (("low", ends["low"]), ("high", ends["high"])):
        if value is not None and (value > ends["value"] if column == "low" else value < ends["value"]):
            what = f"{card.name}: the {column} {value:g} is {'above' if column == 'low' else 'below'} the value"
            problems.append(Problem(what, file=file, row=row, column=column, allowed="low to high"))
    return problems


def _mixed_up(rows: Iterable[Observation], measured: Measured, file: str) -> list[Problem]:
    """Return the rows that give a share from 0 to 1 where the folder has per cents."""
    problems = []
    for one in rows:
        known = [o.value for o in measured.current(one.indicator, one.place)]
        if (
            measured.cards[one.indicator].unit.startswith("%")
            and known
            and one.value <= 1 < _CLEARLY_PER_CENT < min(known)
        ):
            problems.append(
                Problem(
                    f"{one.indicator} {one.period}: {one.value:g} %, where the folder has {min(known):g} to {max(known):g} %",
                    file=file,
                    row=one.row,
                    column="value",
                    repair=f"a share from 0 to 1 is written in per cents here: {one.value * PERCENT:g}",
                )
            )
    return problems


def _in_order(rows: Iterable[Observation], before: Iterable[Observation], file: str) -> list[Problem]:
    """Return the rows that say something else of an edition that is there, or come before one that is."""
    said = {(*o.key, o.edition): o for o in before}
    latest, there = {o.key: o for o in current(said.values())}, set(said)
    problems = []
    for one in sorted(rows, key=lambda o: (o.published_on, o.row)):
        old = said.setdefault((*one.key, one.edition), one)
        last = latest.setdefault(one.key, one)
        what = f"{one.indicator} {one.place} {one.period}: edition {one.edition!r}"
        if old is not one:
            where = "the folder" if (*one.key, one.edition) in there else f"row {old.row}"
            problems.append(
                Problem(
                    f"{what} says {one.value:g}, where {where} says {old.value:g}",
                    file=file,
                    row=one.row,
                    column="edition",
                    repair="give a corrected number an edition of its own",
                )
            )
        elif one.published_on < last.published_on:
            problems.append(
                Problem(
                    f"{what} was published on {one.published_on}, before edition {last.edition!r} that is there "
                    f"({last.published_on})",
                    file=file,
                    row=one.row,
                    column="published_on",
                    repair="editions are added in the order in which they were published",
                )
            )
        else:
            latest[one.key] = one
    return problems
