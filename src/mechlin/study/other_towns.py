"""What other towns did, beside what was rehearsed: where a panel of towns goes with a city.

    other_towns.toml in the city's folder, a heading for each simulated indicator:

    [renovations]
    panel = "flemish-permits"   # one that comes with Mechlin, or a table beside this file
    value = "index"             # its column
    town = "Mechelen"
    start = 2001                # the first year with the package
    one = 1.6                   # what one of the panel's units is in the indicator's
    note = "…"
    towns = "towns.csv"         # where towns lie and what they share: neighbours are set apart (a shipped panel has its own)

    [income_per_head]           # what the model does not simulate: shown among what was measured, beside no rehearsal
    simulated = false
    ...

The rehearsed difference is the model's; the difference from other towns is the record's. They answer one question by two
roads, and a page shows both.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from mechlin import indicators
from mechlin.city.tables.model import City
from mechlin.core.errors import InputError, MechlinError, Problem, nearest
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.engine.cards import cards_of
from mechlin.evaluation import shipped
from mechlin.evaluation.doses import Delivered
from mechlin.evaluation.evaluate import Choices, Evaluation, Outcome, evaluate
from mechlin.evaluation.panel import Panel, read_panel
from mechlin.evaluation.plan import BETTER
from mechlin.evaluation.pool import apart, place_km, towns_table
from mechlin.statistics.intervals import interval
from mechlin.study.comparison import Comparison
from mechlin.study.measurement import Measurement, Origin, share_that_came, shares_of
from mechlin.study.worlds import together

OTHER_TOWNS_FILE = "other_towns.toml"
_DONORS_A_YEAR = 3  # towns for each year before: more of them fit any past in many ways, of which a penalty chooses one
_PENALTY = 0.1  # assumption: towns alike weigh alike, and the fit before hardly suffers (evaluation/estimators.py)
_NEEDED = {"panel": str, "value": str, "town": str, "start": int, "one": (int, float)}
_OPTIONAL = {**dict.fromkeys(("note", "title", "unit", "source", "licence", "towns", "better"), str), "simulated": bool}


class Beside(NamedTuple):
    """A panel that goes with an indicator of a city; ``one`` is what one of its units is in the indicator's."""

    indicator: str
    panel: Path
    value: str
    town: str
    start: int
    one: float
    title: str
    unit: str
    source: str
    licence: str
    note: str = ""
    towns: Path | None = None
    simulated: bool = True
    better: str = "neither"


class OtherTowns(NamedTuple):
    """One indicator held against other towns: what it says, and both lines in the indicator's unit by year.

    Everything is in the indicator's unit. ``rehearsed`` is the median over pairs of the mean difference in the years of
    the panel from the start on, None where they do not overlap.
    """

    beside: Beside
    found: Evaluation
    years: tuple[int, ...]
    observed: tuple[float, ...]
    others: tuple[float, ...]
    rehearsed: float | None

    @property
    def visible(self) -> float | None:
        """The smallest effect that these towns could have shown, or None where none could."""
        size = self.found.main.visible.effect
        return float(size) if np.isfinite(size) else None


def read_other_towns(folder: Path) -> dict[str, Beside]:
    """Return which panel goes with which indicator; none where there is no file. Raises InputError with every problem."""
    file = folder / OTHER_TOWNS_FILE
    if not file.is_file():
        return {}
    text = decoded(file.read_bytes(), file.name)
    found, problems = {}, []
    for name, table in read_toml(text, file.name).items():
        wrong = _wrong(name, table, folder)
        problems += wrong
        if not wrong:
            found[name] = _beside(name, table, folder)
    if problems:
        raise InputError(with_rows(problems, text))
    return found


def _wrong(name: str, table: Any, folder: Path) -> list[Problem]:
    def problem(key: str, what: str, allowed: str = "", nearest: str = "", repair: str = "") -> Problem:
        column = f"{name}.{key}" if key else name
        return Problem(f"{name}: {what}", OTHER_TOWNS_FILE, None, column, allowed, nearest, repair)

    if not isinstance(table, Mapping):
        return [problem("", "is no table", repair=f"write [{name}] on a line of its own, its settings below")]
    known, problems = indicators.catalogue(), []
    if (name in known) == (table.get("simulated") is False):
        said = "the model simulates it" if name in known else "the model does not simulate it"
        fix = "remove simulated = false" if name in known else "name an indicator, or write simulated = false"
        problems.append(problem("simulated", said, nearest=nearest(name, known), repair=fix))
    for key in table:
        if key not in _NEEDED and key not in _OPTIONAL:
            problems.append(problem(key, f"{key!r} is not known", nearest=nearest(key, [*_NEEDED, *_OPTIONAL])))
    for key, kind in (_NEEDED | _OPTIONAL).items():
        if key in _NEEDED and key not in table:
            problems.append(problem("", f"{key} is missing"))
        elif key in table and (not isinstance(table[key], kind) or isinstance(table[key], bool) != (kind is bool)):  # type: ignore[arg-type]
            problems.append(problem(key, f"{key} = {table[key]!r} is not possible"))
    panel = table.get("panel")
    if isinstance(panel, str) and panel not in shipped.names() and not (folder / panel).is_file():
        allowed = "a panel that comes with Mechlin, or a table beside this file"
        close = nearest(panel, shipped.names())
        problems.append(problem("panel", f"there is no panel {panel!r}", nearest=close, allowed=allowed))
    if isinstance(table.get("towns"), str) and not (folder / table["towns"]).is_file():
        problems.append(problem("towns", f"there is no table {table['towns']!r}", allowed="a table beside this file"))
    if table.get("better", "neither") not in BETTER:
        problems.append(problem("better", f"better = {table['better']!r} is not possible", allowed=", ".join(BETTER)))
    return problems


def _beside(name: str, table: Mapping[str, Any], folder: Path) -> Beside:
    known = shipped.shipped().get(table["panel"])
    said = {key: table.get(key, getattr(known, key) if known else "") for key in ("title", "unit", "source", "licence")}
    path = known.path if known else folder / table["panel"]
    return Beside(
        name,
        path,
        table["value"],
        table["town"],
        table["start"],
        float(table["one"]),
        **said,
        note=table.get("note", ""),
        towns=folder / table["towns"] if "towns" in table else known.towns_path if known else None,
        simulated=table.get("simulated", True),
        better=table.get("better", known.better if known else "neither"),
    )


def check_other_towns(folder: Path) -> None:
    """Raise InputError with everything that is wrong with a city's panels, their tables included."""
    problems: list[Problem] = []
    for beside in read_other_towns(folder).values():
        try:
            _panel(beside)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _panel(beside: Beside, until: int | None = None) -> Panel:
    """Return the panel in the indicator's unit; where a rehearsal ends ``until`` then, no later year beside it."""
    columns = {"unit": "town", "time": "year", "value": beside.value}
    panel = read_panel(beside.panel, beside.town, beside.start, columns)
    if until is not None and beside.start <= until < panel.numbers[-1]:
        panel = read_panel(beside.panel, beside.town, beside.start, columns, window=(panel.numbers[0], until))
        panel = replace(panel, notes=(*panel.notes, ("until", {"last": str(until)})))
    if beside.towns:
        panel = apart(panel, towns_table(beside.towns))
    return replace(panel, table=panel.table * beside.one, spill=panel.spill * beside.one)


@lru_cache(maxsize=32)
def _evaluated(beside: Beside, outcome: Outcome, _touched: float, until: int | None = None) -> Evaluation:
    """Return the evaluation, kept while neither the panel's file nor the question changes."""
    panel = _panel(beside, until)
    many = len(panel.donors) > _DONORS_A_YEAR * panel.before
    return evaluate([(panel, outcome)], Choices(penalty=_PENALTY if many else 0.0))[0]


def other_towns(c: Comparison, folder: Path | None) -> dict[str, OtherTowns]:
    """Return what other towns say of the indicators of a rehearsal; a panel that cannot be read is left out.

    What is wrong with it is told when the city is looked through.
    """
    try:
        asked = read_other_towns(folder) if folder else {}
    except InputError:
        return {}
    found = {}
    for name, beside in asked.items():
        if not beside.simulated or name not in c.indicators:
            continue
        try:
            found[name] = _held(c, beside)
        except (MechlinError, OSError):
            continue
    return found


def _held(c: Comparison, beside: Beside) -> OtherTowns:
    until = int(c.years[-1])
    panel = _panel(beside, until)
    differences = _rehearsed(c, beside, panel)
    rehearsed = differences[1] if differences else None
    card = c.card(beside.indicator)
    outcome = Outcome(beside.indicator, card.title, card.unit, card.better, rehearsed=rehearsed)
    found = _evaluated(beside, outcome, beside.panel.stat().st_mtime, until)
    own, line = found.panel.table[0].tolist(), found.main.fit.line.tolist()
    return OtherTowns(beside, found, tuple(int(n) for n in found.panel.numbers), tuple(own), tuple(line), rehearsed)


def _rehearsed(c: Comparison, beside: Beside, panel: Panel) -> tuple[float, float, float] | None:
    """Return low, median and high over pairs of the mean difference in the years from the start on; None where none is."""
    after = [n for n in panel.numbers[panel.before :] if n in set(c.years.tolist())]
    if not after:
        return None
    at = np.isin(c.years, after)
    gaps = (c.values(beside.indicator, "with") - c.values(beside.indicator, "without"))[:, at]
    counted = gaps[np.isfinite(gaps).any(axis=1)]
    if not counted.size:
        return None
    means = np.nanmean(counted, axis=1)
    low, high = interval(means, together(c.varied))
    return float(low), float(np.median(means)), float(high)


def differences_of(c: Comparison, city: City) -> dict[str, tuple[float, float, float]]:
    """Return by indicator what a rehearsal says of the years of the panel that goes with it: low, median, high a year."""
    asked = read_other_towns(city.folder) if city.folder else {}
    found = {n: _rehearsed(c, b, _panel(b)) for n, b in asked.items() if b.simulated and n in c.indicators}
    return {name: ends for name, ends in found.items() if ends is not None}


def measured_beside(
    city: City,
    sealed: Mapping[str, str] = MappingProxyType({}),
    rehearsed: Mapping[str, tuple[float, float, float]] = MappingProxyType({}),
    came: Delivered | None = None,
    until: int | None = None,
) -> Measurement | None:
    """Return what other towns say of a city, a figure for each panel; None where none goes with it.

    ``sealed`` says by indicator on which day a forecast of it was sealed, ``rehearsed`` what a rehearsal says of it (as
    from :func:`differences_of`) and ``until`` in which year it ends, ``came`` what was delivered of what was planned.
    Nothing was planned, so all is exploratory. Raises InputError with everything that is wrong with the panels.
    """
    asked = read_other_towns(city.folder) if city.folder else {}
    if not asked:
        return None
    cards = cards_of([name for name, b in asked.items() if b.simulated], city.backgrounds)
    found, places = [], dict[str, tuple[float, float]]()
    for name, beside in asked.items():
        title, unit, better = beside.title, beside.unit, beside.better
        if name in cards:
            title, unit, better = cards[name].title, cards[name].unit, cards[name].better
        outcome = Outcome(name, title, unit, better, primary=False)
        if name in rehearsed:
            outcome = outcome._replace(rehearsed=rehearsed[name][1])
        if came:
            outcome = outcome._replace(dose_share=share_that_came(came, _panel(beside)))
        last = until if name in rehearsed else None
        found.append(_evaluated(beside, outcome, beside.panel.stat().st_mtime, last))
        told = towns_table(beside.towns) if beside.towns else {}
        places |= {town: where for town, row in told.items() if (where := place_km(row)) is not None}
    origins = tuple(Origin(b.source, b.licence, b.note) for b in asked.values())
    return Measurement(tuple(found), places=places, origins=origins, sealed=sealed, doses=shares_of(came))
