"""A panel: one figure for many towns over many periods, read from a long table and looked through before any use.

Everything that is wrong is told at once, with row and repair. What is only unfit as a comparison (a town with gaps, a
series that never moves) is left out with its reason; what concerns the town itself is refused.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mechlin.core.errors import InputError, Problem, nearest
from mechlin.evaluation import periods
from mechlin.evaluation.crosswalk import merged
from mechlin.evaluation.grid import Columns, Grid, looked_through, named
from mechlin.evaluation.table import read

LEAST_DONORS = 2  # with fewer nothing can be taken in the town's place; a verdict needs more
_PLAIN_NAMES = {  # what the three columns are called where nobody says otherwise
    "unit": ("town", "unit", "place", "municipality", "gemeente", "commune", "name", "id"),
    "time": ("year", "time", "period", "jaar", "annee", "année", "month", "date"),
    "value": ("value", "waarde", "valeur", "y", "outcome"),
}


class LeftOut(NamedTuple):
    """A town that is no comparison, and why: a word for the reason and what belongs to it."""

    town: str
    why: str
    more: str = ""


@dataclass(frozen=True)
class Panel:
    """The town (row 0) and its donors over the periods, complete; and who was left out.

    ``before`` is how many of the periods lie before the start. ``spill`` are rows for donors set apart because the
    measure may reach them, ``notes`` what a reader should know about the table.
    """

    towns: tuple[str, ...]
    kind: str
    numbers: tuple[int, ...]
    table: np.ndarray
    before: int
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    spill: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    spill_towns: tuple[str, ...] = ()
    source: str = ""
    column: str = ""

    @property
    def labels(self) -> list[str]:
        """The periods as they are written."""
        return [periods.label(self.kind, n) for n in self.numbers]

    @property
    def town(self) -> str:
        """The town that the evaluation is about."""
        return self.towns[0]

    @property
    def donors(self) -> tuple[str, ...]:
        """The towns it is compared with."""
        return self.towns[1:]

    @property
    def start(self) -> str:
        """The first period with the measure."""
        return periods.label(self.kind, self.numbers[self.before])

    def digest(self, of_past: bool = False) -> str:
        """Return a fingerprint of the figures; ``of_past``: of those before the start alone."""
        end = self.before if of_past else len(self.numbers)
        said = f"{self.towns}{self.numbers[:end]}".encode()
        return hashlib.sha256(said + np.ascontiguousarray(self.table[:, :end]).tobytes()).hexdigest()

    def keeping(self, rows: Sequence[int]) -> "Panel":
        """Return the panel with the town and the donors in these rows of the table alone."""
        kept = [0, *rows]
        return replace(self, towns=tuple(self.towns[r] for r in kept), table=self.table[kept])


def columns_of(names: Sequence[str], given: Mapping[str, str | None], file: str) -> Columns:
    """Return which columns hold town, period and figure; raise InputError, with all that are not there."""
    found: dict[str, str] = {}
    problems = []
    spread = [n for n in names if periods.period(n)]
    if len(spread) > 1:
        what = f"the table has a column for each period ({spread[0]}, {spread[1]} and so on)"
        fix = "give it a row for each town and period, with the three columns town, year, value"
        raise InputError([Problem(what, file=file, row=1, repair=fix)])
    for part, usual in _PLAIN_NAMES.items():
        said = given.get(part)
        fits = [n for n in names if n == said] if said else [n for n in names if n.casefold() in usual]
        left = [n for n in names if n not in found.values()]
        if not (said or fits) and len(found) == len(_PLAIN_NAMES) - 1 and len(left) == 1:
            fits = left  # of three columns the one that is neither town nor period
        if len(fits) == 1:
            found[part] = fits[0]
            continue
        what = f"there is no column {said!r}" if said else f"which column holds the {part} is not clear"
        close = nearest(said, names) if said else ""
        problems.append(Problem(what, file, 1, "", ", ".join(names), close, f"name it with --{part}"))
    weight = given.get("weight") or ""
    if weight and weight not in names:
        what, fix = f"there is no column {weight!r}", "name it with --weight"
        problems.append(Problem(what, file, 1, "", ", ".join(names), nearest(weight, names), fix))
    if len({*found.values(), weight}) < len(found) + 1:
        problems.append(
            Problem("one column is named for two things", file=file, row=1, repair="name a column for each")
        )
    if problems:
        raise InputError(problems)
    others = tuple(n for n in names if n not in (*found.values(), weight))
    return Columns(found["unit"], found["time"], found["value"], weight, others)


def read_panel(
    source: str | Path | pl.DataFrame,
    town: str,
    start: str | int,
    given: Mapping[str, str | None] | None = None,
    crosswalk: str | Path | None = None,
    window: Sequence[str | int] = (),
    excluded: Mapping[str, str] | None = None,
    past_only: bool = False,
) -> Panel:
    """Return the panel in a long table about ``town``, where something began in ``start``.

    ``given`` names the columns (unit, time, value, weight). ``crosswalk`` is a table of old, new for towns that
    merged, ``window`` the first and last period, ``excluded`` towns left out with their reason. ``past_only`` keeps what
    was known before the start; the start may then lie after every figure.
    Raises InputError with every problem found.
    """
    town, excluded = named(town), {named(name): why for name, why in (excluded or {}).items()}
    columns = Columns("", "", "")

    def chosen(names: Sequence[str], file: str) -> list[str]:
        nonlocal columns
        columns = columns_of(names, given or {}, file)
        return [c for c in columns[:4] if c]

    file, frame = read(source, chosen)
    grid, problems = looked_through(frame, columns, file)
    if crosswalk is not None and grid.towns:
        grid, wrong = merged(grid, Path(crosswalk))
        problems += wrong
    known = grid.towns
    first, wrong = _start(start, grid, file)
    problems += wrong
    if known and town not in known:
        problems.append(
            Problem(
                f"{town!r} is not in the table",
                file=file,
                column=columns.unit,
                allowed=f"one of {len(known):,} towns, from {known[0]} to {known[-1]}",
                nearest=nearest(town, known),
                repair="write its name as in the table",
            )
        )
    problems += [
        Problem(f"{n!r} is excluded and not in the table", file=file, nearest=nearest(n, known))
        for n in sorted(set(excluded) - set(known))
        if known
    ]
    if len(known) == 1:
        problems.append(
            Problem(
                f"{known[0]} is the only town in the table",
                file=file,
                repair="add towns in which the measure was not taken: at least 10, rather 20 or more",
            )
        )
    ends = [periods.first_of(w, grid.kind) for w in window]
    if ends and (len(ends) != 2 or None in ends or ends[0] >= ends[1]):  # type: ignore[operator]
        said = " to ".join(str(w) for w in window)
        fix = "name a first and a later last period, as the table writes them"
        problems.append(Problem(f"the window {said} is no span of the table", file=file, repair=fix))
    if problems and not window and crosswalk is None and _is_whole(frame, columns, town, grid):
        own = grid.values[known.index(town)]
        shown = ~np.isnan(own)
        numbers = grid.numbers[shown]
        after = None if past_only else first
        problems += _town_problems(town, numbers, numbers, own[shown], after, grid.kind, columns, file)
    if problems or first is None:
        raise InputError(problems)
    if ends:
        inside = (grid.numbers >= ends[0]) & (grid.numbers <= ends[1])
        grid = grid._replace(numbers=grid.numbers[inside], values=grid.values[:, inside])
    if past_only:
        inside = grid.numbers < first
        grid = grid._replace(numbers=grid.numbers[inside], values=grid.values[:, inside])
    return _arranged(grid, town, first, columns, file, excluded or {}, past_only)


def _is_whole(frame: pl.DataFrame, columns: Columns, town: str, grid: Grid) -> bool:
    """Return whether every row of the town could be read, so that what is wrong with its series follows from no cell."""
    rows = sum(named(name) == town for name in frame[columns.unit].to_list() if name is not None)
    return town in grid.towns and 0 < rows == int((~np.isnan(grid.values[grid.towns.index(town)])).sum())


def _start(start: str | int, grid: Grid, file: str) -> tuple[int | None, list[Problem]]:
    """Return the number of the first period with the measure, or what is wrong with it."""
    first = periods.first_of(start, grid.kind)
    if first is not None or not grid.numbers.size:
        return first, []
    ends = " to ".join(periods.label(grid.kind, int(grid.numbers[k])) for k in (0, -1))
    what = f"the start {str(start)!r} is no {grid.kind} of the table"
    fix = "name the first period with the measure, as the table writes it"
    return None, [Problem(what, file=file, allowed=f"a {grid.kind} within {ends}", repair=fix)]


def _arranged(
    grid: Grid, town: str, first: int, columns: Columns, file: str, excluded: Mapping[str, str], past_only: bool
) -> Panel:
    """Return the table of the town and its donors; raise InputError where the town itself has gaps or never moves."""
    here = grid.towns.index(town)
    shown = ~np.isnan(grid.values[here])
    numbers, every = grid.numbers[shown], grid.numbers
    own = grid.values[here, shown]
    problems = _town_problems(town, numbers, every, own, None if past_only else first, grid.kind, columns, file)
    if problems:
        raise InputError(problems)
    table = grid.values[:, shown]
    gaps = np.isnan(table)
    broken, still = gaps.any(axis=1), np.max(table, axis=1) == np.min(table, axis=1)
    named = np.array([t in excluded for t in grid.towns])
    left_out = [LeftOut(t, "named", why) for t, why in sorted(excluded.items())]
    left_out += [
        LeftOut(grid.towns[k], "gaps", _spans(numbers[gaps[k]], grid.kind))
        if broken[k]
        else LeftOut(grid.towns[k], "constant", f"{table[k, 0]:g}")
        for k in np.flatnonzero((broken | still) & ~named)
        if k != here
    ]
    kept = [k for k in np.flatnonzero(~broken & ~still & ~named).tolist() if k != here]
    if len(kept) < LEAST_DONORS:
        raise InputError([_too_few(len(kept), left_out, file)])
    order = [here, *kept]
    past = table[order][:, numbers < first]
    if past.shape[1] > 1 and not np.ptp(past, axis=1).any():
        what = f"nothing moves in any town before {periods.label(grid.kind, first)}: was it counted then?"
        fix = "give the figures of before, or name with --window the periods that were counted"
        raise InputError([Problem(what, file=file, column=columns.value, repair=fix)])
    towns = tuple(grid.towns[k] for k in order)
    before = int((numbers < first).sum())
    notes = _notes(numbers, every, grid, table[order])
    return Panel(
        towns,
        grid.kind,
        tuple(int(n) for n in numbers),
        table[order],
        before,
        tuple(left_out),
        notes,
        source=file,
        column=columns.value,
    )


_WHY_FEW = {  # by reason: how many, and the repair
    "gaps": ("{} with gaps", "fill the gaps, of {} for one"),
    "constant": ("{} that never move", "give a figure that can move"),
    "named": ("{} excluded", "exclude fewer"),
}


def _too_few(kept: int, left_out: Sequence[LeftOut], file: str) -> Problem:
    """Return the problem of a town that has nothing to be compared with, and the repair for what most others lack."""
    why = Counter(t.why for t in left_out)
    what = f"{'one town alone is' if kept else 'no town is'} left to compare with"
    if not why:
        return Problem(what, file=file, repair="add towns: at least 10, rather 20 or more")
    most = why.most_common(1)[0][0]
    fix = _WHY_FEW[most][1].format(next(t.town for t in left_out if t.why == most))
    return Problem(
        f"{what}, beside {', '.join(_WHY_FEW[w][0].format(n) for w, n in why.items())}", file=file, repair=fix
    )


def _town_problems(
    town: str,
    numbers: np.ndarray,
    every: np.ndarray,
    own: np.ndarray,
    first: int | None,
    kind: str,
    columns: Columns,
    file: str,
) -> list[Problem]:
    """Return what makes the town's own series unfit: no past, nothing after, gaps, a line that never moves."""
    where: dict[str, Any] = {"file": file, "column": columns.value}
    if numbers.size == 0:
        return [Problem(f"{town} has no figure", **where, repair="add its figures: its name stands there with none")]
    said = f"{periods.label(kind, int(numbers[0]))} to {periods.label(kind, int(numbers[-1]))}"
    problems = []
    if first is not None and first <= numbers[0]:
        problems.append(
            Problem(
                f"{town} has no figure before {periods.label(kind, first)}",
                **where,
                allowed=f"a start within {said}, after the first",
                repair="add earlier figures, or name a later start with --from",
            )
        )
    if first is not None and first > numbers[-1]:
        problems.append(
            Problem(
                f"{town} has no figure from {periods.label(kind, first)} on",
                **where,
                allowed=f"a start within {said}",
                repair="wait for the figures; until then `mechlin measure power` says what could be seen",
            )
        )
    inner = every[(every >= numbers[0]) & (every <= numbers[-1])]
    if gaps := sorted(set(inner.tolist()) - set(numbers.tolist())):
        problems.append(
            Problem(
                f"{town} has no figure for {_spans(np.array(gaps), kind)}, which other towns have",
                **where,
                repair="add the figures, or name a window without the gap with --window",
            )
        )
    if numbers.size > 1 and np.ptp(own) == 0.0:
        problems.append(
            Problem(f"{town} has {own[0]:g} in every period", **where, repair="give a figure that can move")
        )
    return problems


def _spans(numbers: np.ndarray, kind: str) -> str:
    """Return periods in words: "2004 to 2006, 2010"."""
    runs: list[list[int]] = []
    for n in sorted(int(n) for n in numbers):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    told = [
        periods.label(kind, r[0]) if len(r) == 1 else f"{periods.label(kind, r[0])} to {periods.label(kind, r[-1])}"
        for r in runs
    ]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")


_JUMP = 8.0  # times the usual movement of the middle town: a change of how things are counted, not of things (assumed)


def _notes(
    numbers: np.ndarray, every: np.ndarray, grid: Grid, table: np.ndarray
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Return what a reader should know: periods that no town has, towns that end as others begin, a common jump."""
    notes: list[tuple[str, Mapping[str, Any]]] = []
    whole = np.arange(numbers[0], numbers[-1] + 1)
    if numbers[0] > every[0]:
        notes.append(("late", {"first": periods.label(grid.kind, int(numbers[0]))}))
    if missing := sorted(set(whole.tolist()) - set(numbers.tolist())):
        notes.append(("hole", {"periods": _spans(np.array(missing), grid.kind)}))
    notes += _replaced(grid)
    steps = np.abs(np.median(np.diff(table, axis=1), axis=0))
    usual = float(np.median(steps))
    notes += [
        ("jump", {"at": periods.label(grid.kind, int(numbers[k + 1]))})
        for k in np.flatnonzero(steps > _JUMP * usual)
        if steps.size > 3 and usual > 0.0
    ]
    return tuple(notes)


def _replaced(grid: Grid) -> list[tuple[str, Mapping[str, Any]]]:
    """Return where towns end and others begin at once: they may have merged."""
    known = ~np.isnan(grid.values)
    known = known[known.any(axis=1)]
    names = [t for t, row in zip(grid.towns, ~np.isnan(grid.values), strict=True) if row.any()]
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    out: list[tuple[str, Mapping[str, Any]]] = []
    for at in range(1, known.shape[1]):
        ended, began = np.flatnonzero(last == at - 1), np.flatnonzero(first == at)
        if ended.size and began.size:
            told = [", ".join(names[k] for k in which[:4]) for which in (ended, began)]
            at_ = periods.label(grid.kind, int(grid.numbers[at]))
            out.append(("merged", {"ended": told[0], "began": told[1], "at": at_}))
    return out
