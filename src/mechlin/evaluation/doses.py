"""What was delivered of what was planned: a table by measure, parameter, area and month, and the package it makes.

A plan is not a dose. What is not known is never counted as zero: a month without a row, an empty cell or a share of
services that did not report is a range, from nothing more to as much as was planned, and the unconfirmed is a range from
nothing to what was said. A rehearsal of the delivered package draws from these ranges, so what is not known widens its
band.

A count of people below five is never told: wherever it stands it counts as one to four. Every number that is shown or
written is made from cells treated so, so that no subtraction of totals gives it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.city.tables.reading import Folder, Table
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Declared, Programme, declared
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_TABLE = "doses.csv"
_TABLES = {
    _TABLE: Table(
        ("programme", "parameter", "month"),
        ("planned", "delivered"),
        optional_numbers=("confirmed_share", "missing_share"),
        optional=("area", "unit", "counted_from", "note"),
        gaps=True,
    )
}
MASKED_BELOW = 5  # people: a smaller count could point at somebody
_MASKED = (1.0, 4.0)
_SOME = 0.5  # told of a masked count that is confirmed in part: the share itself could give it back
_PEOPLE = ("people", "families", "pairs", "pupils", "households")
_COUNTED = (
    *_PEOPLE,
    *(
        "homes",
        "streets",
        "shops",
        "grants",
        "squares",
        "schools",
        "meetings",
        "cameras",
        "spots",
        "places",
        "full-time",
    ),
)
_DIGITS = 6  # of a dose that was worked out from shares
ENOUGH = 0.5  # of the plan: below it a forecast's condition was not met


class Dose(NamedTuple):
    """What was delivered of one parameter in one area and month: the lowest it can have been, the likely, the highest.

    ``area`` is '' for the whole city, ``month`` counted from year 0, ``planned`` None where nothing was. ``confirmed``
    and ``missing`` are shares: of what was delivered, and of those who should have reported. ``gap`` marks a month
    without a row; ``masked`` a count of people below five.
    """

    programme: str
    parameter: str
    area: str
    month: int
    planned: float | None
    low: float
    middle: float
    high: float
    confirmed: float
    missing: float
    counted_from: str = ""
    gap: bool = False
    masked: bool = False
    row: int = 0

    @property
    def name(self) -> str:
        """Measure and parameter, as packages name them."""
        return f"{self.programme}.{self.parameter}"


class Delivered(NamedTuple):
    """All doses, in order of measure, parameter, area and month, the gaps among them filled in."""

    doses: tuple[Dose, ...]

    def gaps(self) -> list[str]:
        """Return what is not known, in words: months without a row, and shares that did not report."""
        told = []
        for (name, area), found in groupby(self.doses, key=lambda d: (d.name, d.area)):
            where = f"{name}{f' in {area}' if area else ''}"
            rows = [d for d in found if d.gap or d.missing > 0]
            for gap, months in groupby(rows, key=lambda d: (d.gap, round(d.missing, 3))):
                spans = _spans([d.month for d in months])
                what = (
                    "no row"
                    if gap[0]
                    else "nothing reported"
                    if gap[1] >= 1
                    else f"{100 * gap[1]:.0f} % did not report"
                )
                told.append(f"{where}, {spans}: {what}; counted as missing, not as zero")
        return told


class Share(NamedTuple):
    """Planned and delivered of one parameter, a month on average, and how sure that is."""

    name: str
    area: str
    unit: str
    first: int
    last: int
    months: int
    planned: float | None
    delivered: float
    low: float
    high: float
    confirmed: float
    missing: float

    @property
    def of_plan(self) -> float | None:
        """What was delivered as a share of the plan; None where nothing was planned."""
        return self.delivered / self.planned if self.planned else None


# ------------------------------------------------------------------------------------------------- reading


def read_doses(path: str | Path, known: Mapping[str, Programme], areas: AbstractSet[str] = frozenset()) -> Delivered:
    """Return the doses in a CSV file; raise UsageError when there is none, InputError with every problem at once.

    ``known`` are the measures, ``areas`` the names that an area can have (any, where there are none).
    """
    file = Path(path)
    if not file.is_file():
        columns = ", ".join((*_TABLES[_TABLE].required, "confirmed_share", "missing_share", "area", "unit"))
        raise UsageError(f"there is no file {str(path)!r}; give a table with {columns}")
    source = Folder(file.parent, {_TABLE: file.name}, _TABLES)
    doses, problems = [], []
    for row, found in enumerate(source.table(_TABLE).to_dicts(), 2):
        if not found.get("programme") or not found.get("parameter") or not found.get("month"):
            continue
        one, wrong = _dose(found, row, known, areas)
        problems += wrong
        if one is not None:
            doses.append(one)
    problems += _twice(doses)
    found_problems = [*source.problems, *problems]
    if found_problems:
        raise InputError(Problem(**{**p.__dict__, "file": file.name}) for p in found_problems)
    return Delivered(tuple(_filled(doses, known)))


def _dose(
    found: Mapping[str, Any], row: int, known: Mapping[str, Programme], areas: AbstractSet[str]
) -> tuple[Dose | None, list[Problem]]:
    programme, parameter, area = found["programme"], found["parameter"], found.get("area") or ""
    name, problems = f"{programme}.{parameter}", list[Problem]()

    def wrong(column: str, what: str, **rest: str) -> None:
        problems.append(Problem(f"{name}: {what}", row=row, column=column, **rest))

    if programme not in known:
        wrong("programme", f"there is no measure {programme!r}", nearest=nearest(programme, known))
        return None, problems
    declares = {d.name: d for d in declared(known[programme].params)}
    if parameter not in declares:
        wrong("parameter", f"it has no setting {parameter!r}", nearest=nearest(parameter, declares))
        return None, problems
    param = declares[parameter].param
    if (unit := found.get("unit") or "") and unit != param.unit:
        wrong("unit", f"{unit!r} is not its unit", allowed=param.unit, repair="count it in that unit")
    if area and areas and area not in areas:
        wrong(
            "area",
            f"there is no area {area!r}",
            nearest=nearest(area, areas),
            repair="leave it empty for the whole city",
        )
    try:
        month = month_number(found["month"])
    except UsageError as error:
        wrong("month", str(error))
        month = 0
    for column in ("planned", "delivered"):
        value = found.get(column)
        if value is not None and (problem := param.problem(column, value)):
            wrong(column, problem.what, allowed=problem.allowed)
    for column in ("confirmed_share", "missing_share"):
        value = found.get(column)
        if value is not None and not 0 <= value <= 1:
            wrong(column, f"{value:g} is no share", allowed="0 to 1")
    planned, delivered = found.get("planned"), found.get("delivered")
    if planned is None and delivered is None:
        wrong("delivered", "neither planned nor delivered", repair="write at least one of the two")
    if problems:
        return None, problems
    confirmed, missing = found.get("confirmed_share"), found.get("missing_share")
    missing = 1.0 if delivered is None else missing or 0.0
    low, middle, high = _range(
        declares[parameter], planned, delivered, 1.0 if confirmed is None else confirmed, missing
    )
    masked = delivered is not None and _counts(param.unit, _PEOPLE) and 0 < delivered < MASKED_BELOW
    if masked:  # nothing that is kept of it tells which of one to four it was
        low, middle, high = _MASKED[0], sum(_MASKED) / 2, max(_MASKED[1], planned or 0.0 if missing > 0 else 0.0)
        if confirmed is not None and confirmed < 1:
            low, confirmed = 0.0, _SOME
    one = Dose(
        programme,
        parameter,
        area,
        month,
        planned,
        low,
        middle,
        high,
        1.0 if confirmed is None else confirmed,
        missing,
        found.get("counted_from") or "",
        masked=masked,
        row=row,
    )
    return one, []


def _counts(unit: str, what: Sequence[str]) -> bool:
    """Whether a unit counts such things ("homes", "families/year") and is no rate for each of something."""
    return unit.partition("/")[0] in what


def _range(
    d: Declared, planned: float | None, delivered: float | None, confirmed: float, missing: float
) -> tuple[float, float, float]:
    """Return the lowest, likely and highest that was delivered, within what is possible for the parameter.

    Of a count, those who did not report may have delivered nothing or all that was planned; of a rate (hours a week,
    a share) the mean of all lies between those who reported and the plan in the same way. What is likely is that they
    did as those who reported.
    """
    if delivered is None:
        low, middle, high = 0.0, (planned or 0.0) / 2, planned or 0.0
    elif _counts(d.param.unit, _COUNTED):
        likely = delivered / (1.0 - missing) if missing < 1 else delivered
        most = max(planned or 0.0, likely)
        low, high = confirmed * delivered, delivered + missing * most
        middle = min(likely, high)
    else:
        low = confirmed * (1.0 - missing) * delivered
        middle, high = delivered, (1.0 - missing) * delivered + missing * max(planned or 0.0, delivered)
    least, most = float(d.param.low), float(d.param.high)
    low, middle, high = (float(f"{min(max(v, least), most):.{_DIGITS}g}") for v in (low, middle, high))
    return low, middle, high


def _twice(doses: Iterable[Dose]) -> list[Problem]:
    problems, first = [], dict[tuple[str, str, int], Dose]()
    whole: dict[tuple[str, int], set[bool]] = {}
    for d in doses:
        old = first.setdefault((d.name, d.area, d.month), d)
        if old is not d:
            what = f"{d.name}, {month_text(d.month)}{f', {d.area}' if d.area else ''}: row {old.row} says it already"
            problems.append(Problem(what, row=d.row, column="month", repair="keep one row a month and area"))
        kinds = whole.setdefault((d.name, d.month), set())
        if kinds and (not d.area) not in kinds:
            what = f"{d.name}, {month_text(d.month)}: a row of the whole city beside rows of areas"
            problems.append(Problem(what, row=d.row, column="area", repair="keep the areas, or the whole city"))
        kinds.add(not d.area)
    return problems


def _filled(doses: Iterable[Dose], known: Mapping[str, Programme]) -> Iterable[Dose]:
    """Yield the doses in order, and one for every month between the first and the last of a series that has no row."""
    ordered = sorted(doses, key=lambda d: (d.programme, d.parameter, d.area, d.month))
    for (programme, parameter, _), group in groupby(ordered, key=lambda d: d[:3]):
        declares = {d.name: d for d in declared(known[programme].params)}[parameter]
        series = list(group)
        for before, d in pairwise(series):
            yield before
            for month in range(before.month + 1, d.month):
                planned = next((p for p in (before.planned, d.planned) if p is not None), max(before.high, d.high))
                low, middle, high = _range(declares, planned, None, 1.0, 1.0)
                yield Dose(programme, parameter, d.area, month, planned, low, middle, high, 1.0, 1.0, gap=True)
        yield series[-1]


def _spans(months: Sequence[int]) -> str:
    """Return months in words: 2026-05 to 2026-07, 2026-09."""
    spans, start = [], months[0]
    for here, following in zip(months, [*months[1:], None], strict=True):
        if following != here + 1:
            spans.append(month_text(start) if start == here else f"{month_text(start)} to {month_text(here)}")
            start = following if following is not None else here
    return ", ".join(spans)


# ------------------------------------------------------------------------------------------------- adding up


def by_month(doses: Iterable[Dose], known: Mapping[str, Programme]) -> list[Dose]:
    """Return the doses of the whole city: counts of areas added, rates of areas averaged, month by month."""
    out = []
    ordered = sorted(doses, key=lambda d: (d.programme, d.parameter, d.month, d.area))
    for (programme, parameter, month), found in groupby(ordered, key=lambda d: (d.programme, d.parameter, d.month)):
        group = list(found)
        unit = _unit(known, programme, parameter)
        per = 1 if _counts(unit, _COUNTED) else len(group)
        plans = [d.planned for d in group if d.planned is not None]
        low, middle, high = (sum(getattr(d, end) for d in group) / per for end in ("low", "middle", "high"))
        planned = sum(plans) / per if plans else None
        confirmed, missing = _mean(d.confirmed for d in group), _mean(d.missing for d in group)
        told = Dose(programme, parameter, "", month, planned, low, middle, high, confirmed, missing)
        out.append(told._replace(gap=all(d.gap for d in group), masked=any(d.masked for d in group)))
    return out


def shares(delivered: Delivered, known: Mapping[str, Programme], by_area: bool = False) -> list[Share]:
    """Return planned against delivered by parameter, a month on average; with ``by_area`` for each area by itself."""
    doses = list(delivered.doses) if by_area else by_month(delivered.doses, known)
    out = []
    for (name, area), found in groupby(doses, key=lambda d: (d.name, d.area)):
        group = list(found)
        plans = [d.planned for d in group if d.planned is not None]
        programme, _, parameter = name.partition(".")
        out.append(
            Share(
                name,
                area,
                _unit(known, programme, parameter),
                group[0].month,
                group[-1].month,
                len(group),
                _mean(plans) if plans else None,
                _mean(d.middle for d in group),
                _mean(d.low for d in group),
                _mean(d.high for d in group),
                _mean(d.confirmed for d in group),
                _mean(d.missing for d in group),
            )
        )
    return out


def _unit(known: Mapping[str, Programme], programme: str, parameter: str) -> str:
    return next(d.param.unit for d in declared(known[programme].params) if d.name == parameter)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def conditions_met(settings: Mapping[str, Any], doses: Iterable[Dose], until: int) -> str:
    """Return whether half of what a package planned was delivered by the end of a year: met, not met, cannot tell.

    "not counted" where there is no dose of any of its measures.
    """
    group = [d for d in doses if d.programme in settings and d.month < (until + 1) * 12 and d.planned]
    if not group:
        return "not counted"
    words = [
        "met" if low >= ENOUGH else "not met" if high < ENOUGH else "cannot tell"
        for low, high in of_plans(group).values()
    ]
    return next((word for word in ("not met", "cannot tell") if word in words), "met")


def of_plans(doses: Iterable[Dose]) -> dict[str, tuple[float, float]]:
    """Return by number the least and most that was delivered of all that was planned, as shares of it."""
    out = {}
    for name, found in groupby(sorted((d for d in doses if d.planned), key=lambda d: d.name), key=lambda d: d.name):
        series = list(found)
        plan = sum(d.planned or 0.0 for d in series)
        out[name] = sum(d.low for d in series) / plan, sum(d.high for d in series) / plan
    return out


def least_share(doses: Iterable[Dose], first: int, last: int) -> float | None:
    """Return the least share of any number's plan that surely came from one month to another; None where none was planned.

    More than planned of one thing makes up for nothing of another.
    """
    found = of_plans(d for d in doses if first <= d.month <= last)
    return min((min(low, 1.0) for low, _ in found.values()), default=None)
