"""Which towns a town may be compared with: those that the measure may have reached are set apart by rule."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mechlin.core.errors import InputError, Problem, nearest
from mechlin.evaluation import periods
from mechlin.evaluation.grid import named
from mechlin.evaluation.panel import LEAST_DONORS, LeftOut, Panel
from mechlin.evaluation.table import HEADING, read

SPILL_KM = 15.0  # neighbours within it are set apart unless a plan says otherwise (assumption)
MOST_DONORS = 200  # beyond it those nearest before are taken: more add time and no evidence (assumption)
_PLACE = ("x_km", "y_km", "lat", "lon")
_SINCE = "treated_from"
SHARED = ("police_zone", "programme", "school_platform")
_KM_PER_DEGREE = 111.2  # of latitude, on a sphere of the Earth's mean radius


def towns_table(path: str | Path) -> dict[str, dict[str, str]]:
    """Return what a table of towns says of each: x_km and y_km (or lat and lon), what they share, treated_from."""
    file, frame = read(path)
    if "town" not in frame.columns:
        raise InputError([Problem("there is no column 'town'", file=file, row=1, allowed=", ".join(frame.columns))])
    told: dict[str, dict[str, str]] = {}
    problems = []
    for row, cells in enumerate(frame.to_dicts(), HEADING):
        name = named(cells["town"] or "")
        if not name:
            continue
        if name in told:
            problems.append(Problem(f"{name} stands twice", file=file, row=row, column="town", repair="keep one row"))
        said = {k: (v or "").strip() for k, v in cells.items()}
        for column in _PLACE:
            if not _is_place(said.get(column) or "0"):
                what = f"{said[column]!r} is no number"
                problems.append(Problem(what, file=file, row=row, column=column, repair="write a point for decimals"))
        since = said.get(_SINCE, "")
        if since and periods.period(since) is None:
            what = f"{since!r} is no period"
            problems.append(Problem(what, file=file, row=row, column=_SINCE, allowed=periods.ALLOWED))
        told[name] = said | {"row": str(row), "file": file}
    if problems:
        raise InputError(problems)
    return told


def _is_place(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def place_km(town: Mapping[str, str]) -> tuple[float, float] | None:
    """Return where a town lies, in kilometres, or None."""
    if town.get("x_km") and town.get("y_km"):
        return float(town["x_km"]), float(town["y_km"])
    if town.get("lat") and town.get("lon"):
        lat = float(town["lat"])
        return float(town["lon"]) * _KM_PER_DEGREE * math.cos(math.radians(lat)), lat * _KM_PER_DEGREE
    return None


def _distance(a: Mapping[str, str], b: Mapping[str, str]) -> float | None:
    """Return how far two towns lie apart in kilometres; None where it is not told."""
    one, two = place_km(a), place_km(b)
    if one is None or two is None:
        return None
    if not (a.get("x_km") and b.get("x_km")):  # degrees: both at the latitude between them
        middle = math.cos(math.radians((float(a["lat"]) + float(b["lat"])) / 2))
        east = (float(a["lon"]) - float(b["lon"])) * _KM_PER_DEGREE * middle
        return math.hypot(east, (float(a["lat"]) - float(b["lat"])) * _KM_PER_DEGREE)
    return math.dist(one, two)


def apart(
    panel: Panel, towns: Mapping[str, Mapping[str, str]], km: float = SPILL_KM, excluded: Iterable[str] = ()
) -> Panel:
    """Return the panel with donors set apart that lie near the town or share a police zone, programme or platform.

    Raises InputError where a donor took the measure itself, or where the town is not in the table of towns.
    """
    own = towns.get(panel.town)
    if own is None:
        problem = Problem(f"{panel.town} is not in the table of towns", nearest=nearest(panel.town, towns))
        raise InputError([replace(problem, repair="add a row for it")])
    problems, gone = [], dict[int, LeftOut]()
    for row, name in enumerate(panel.donors, 1):
        town = towns.get(name)
        if town is None:
            continue
        since = periods.around(town[_SINCE], panel.kind) if town.get(_SINCE) else None
        if since is not None and since <= panel.numbers[-1] and name not in set(excluded):
            problems.append(
                Problem(
                    f"{name} took the measure too, from {town[_SINCE]}",
                    file=town["file"],
                    row=int(town["row"]),
                    column=_SINCE,
                    repair="exclude it, in the plan or with --exclude",
                )
            )
        far = _distance(own, town)
        shared = [c for c in SHARED if town.get(c) and town[c] == own.get(c)]
        if far is not None and far <= km:
            gone[row] = LeftOut(name, "near", f"{far:.0f} km")
        elif shared:
            gone[row] = LeftOut(name, "shared", f"{shared[0]} {town[shared[0]]}")
    if problems:
        raise InputError(problems)
    if len(panel.donors) - len(gone) < LEAST_DONORS:
        what = f"{len(gone)} of {len(panel.donors)} towns lie near it or share something with it: too few are left"
        raise InputError([Problem(what, repair="add towns farther away")])
    kept = [r for r in range(1, len(panel.towns)) if r not in gone]
    fewer = panel.keeping(kept)
    names = tuple(panel.towns[r] for r in gone)
    if not gone:
        return replace(panel, notes=(*panel.notes, ("alone", {"km": f"{km:g}"})))
    return replace(fewer, left_out=(*panel.left_out, *gone.values()), spill=panel.table[list(gone)], spill_towns=names)


def nearest_before(panel: Panel, most: int) -> Panel:
    """Return the panel with at most ``most`` donors: those whose past lies nearest to the town's, period by period."""
    if len(panel.donors) <= most:
        return panel
    past = panel.table[:, : panel.before]
    far = np.sqrt(((past[1:] - past[0]) ** 2).mean(axis=1))
    order = np.argsort(far, kind="stable")
    kept, gone = sorted((order[:most] + 1).tolist()), len(panel.donors) - most
    fewer = panel.keeping(kept)
    return replace(fewer, notes=(*panel.notes, ("nearest", {"kept": most, "gone": gone})))
