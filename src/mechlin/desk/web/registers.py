"""Public registers: every case of a procedure that shows a line of itself, as a page with a map, and as open data."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from mechlin.desk.casework.declare import Procedure
from mechlin.desk.casework.state import State
from mechlin.desk.web import pages
from mechlin.desk.web.door import RefusedError, Visit

_WIDTH, _EDGE, _HIGHEST = 640.0, 24.0, 420.0  # of the map, in its own units
_DEGREE_KM, _FORMULA = 111.2, ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Map:
    """A plan of places without a background: north is up."""

    width: float
    height: float
    points: tuple[tuple[str, float, float], ...]
    km: float  # that a bar of a quarter of the width stands for


def register(found: Visit, procedure: str) -> Response:
    """The public register of a procedure."""
    known, rows = _rows(found, procedure)
    return pages.html(
        found, "register.html", known.title, procedure=known, rows=rows, plan=plan(rows), stage=known.stage
    )


def register_data(found: Visit, procedure: str) -> Response:
    """The register as a table for other programs; a cell that a spreadsheet would compute is written as text."""
    _, rows = _rows(found, procedure)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["number"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _plain(v) for k, v in row.items()} for row in rows)
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8")


def _rows(found: Visit, name: str) -> tuple[Procedure, list[dict[str, Any]]]:
    procedure = found.office.procedures.get(name)
    if procedure is None or procedure.row is None:
        raise RefusedError(404, "There is nothing here.")
    with found.office.home.database.read() as conn:
        states = found.office.look(conn, State(), pages.today(found), found.actor, name).beside(name)
        looks = [found.office.look(conn, state, pages.today(found), found.actor) for state in states]
        return procedure, [procedure.row(look) for look in looks]


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def plan(rows: list[dict[str, Any]]) -> Map | None:
    """Return where the places of a register lie, seen from above; None where none says where it is."""
    from math import cos, radians

    there = [(r["number"], r["east"], r["north"]) for r in rows if _number(r.get("east")) and _number(r.get("north"))]
    if not there:
        return None
    middle = cos(radians(sum(north for _, _, north in there) / len(there)))
    flat = [(name, east * middle, -north) for name, east, north in there]
    left, top = min(x for _, x, _ in flat), min(y for _, _, y in flat)
    wide = max(max(x for _, x, _ in flat) - left, 1e-6)
    high = max(max(y for _, _, y in flat) - top, 1e-6)
    scale = min((_WIDTH - 2 * _EDGE) / wide, (_HIGHEST - 2 * _EDGE) / high)
    points = tuple((name, _EDGE + (x - left) * scale, _EDGE + (y - top) * scale) for name, x, y in flat)
    return Map(_WIDTH, high * scale + 4 * _EDGE, points, _WIDTH / 4 / scale * _DEGREE_KM)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))
