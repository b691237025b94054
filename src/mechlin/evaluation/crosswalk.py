"""Towns that merged: their figures added up, or averaged, under the name of the town that they became."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from mechlin.core.errors import Problem, nearest
from mechlin.evaluation import periods
from mechlin.evaluation.grid import Grid, named
from mechlin.evaluation.table import HEADING, read


def merged(grid: Grid, path: Path) -> tuple[Grid, list[Problem]]:
    """Return the grid with the towns that a crosswalk (old, new) names added up under their new name.

    Counts are added; with weights, figures are weighted means. A sum of which a part is missing is missing.
    """
    file, table = read(path)
    if missing := [c for c in ("old", "new") if c not in table.columns]:
        return grid, [
            Problem(f"there is no column {c!r}", file=file, row=1, allowed="old, new", repair="name it")
            for c in missing
        ]
    place = {name: k for k, name in enumerate(grid.towns)}
    pairs, problems = dict[str, str](), list[Problem]()
    for row, cells in enumerate(table.select("old", "new").rows(), HEADING):
        old, new = (named(cell or "") for cell in cells)
        if not (old or new):
            continue
        wrong = None
        if not (old and new):
            wrong = Problem(f"{old or new} has no {'new' if old else 'old'} name", repair="write both in every row")
        elif pairs.get(old, new) != new:
            wrong = Problem(f"{old} became both {pairs[old]} and {new}", repair="keep one row for each old name")
        elif old not in place:
            fix = "write its name as in the panel"
            wrong = Problem(f"{old} is not in the panel", column="old", nearest=nearest(old, place), repair=fix)
        if wrong:
            problems.append(replace(wrong, file=file, row=row))
        else:
            pairs[old] = new
    groups: dict[str, list[int]] = {}
    for old, new in pairs.items():
        groups.setdefault(new, []).append(place[old])
    towns = [t for t in grid.towns if t not in pairs]
    towns = sorted({*towns, *groups})
    values = np.full((len(towns), grid.numbers.size), np.nan)
    for k, name in enumerate(towns):
        own = grid.values[place[name]] if name in place else np.full(grid.numbers.size, np.nan)
        if name not in groups:
            values[k] = own
            continue
        parts = [p for p in groups[name] if grid.towns[p] != name]
        summed = _summed(grid, [*parts, *([place[name]] if name in pairs else [])])
        both = ~np.isnan(own) & ~np.isnan(grid.values[parts]).all(axis=0)
        if both.any() and name not in pairs:
            at = periods.label(grid.kind, int(grid.numbers[int(np.argmax(both))]))
            what = f"{name} has figures of its own and of towns that became it, in {at} for one"
            problems.append(Problem(what, file=file, repair="keep one of the two in each period"))
        values[k] = np.where(np.isnan(summed) if name not in pairs else False, own, summed)
    return Grid(towns, grid.kind, grid.numbers, values), problems


def _summed(grid: Grid, rows: list[int]) -> np.ndarray:
    parts = grid.values[rows]
    if grid.weights is None:
        return np.asarray(parts.sum(axis=0))
    weights = grid.weights[rows]
    with np.errstate(invalid="ignore"):  # where nothing has weight, nothing is known
        return np.asarray((parts * weights).sum(axis=0) / weights.sum(axis=0))
