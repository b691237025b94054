"""What a desk delivered in a year, as counts that name nobody: the table of doses that measuring and rehearsing read.

A procedure says of each case what it delivered by a day (``doses``). A name with a dot is a setting of a measure, the
others are told beside. What is counted by the year (a name that ends in ``_per_year``, or has no dot) is what came in
the year; what is held at one time (homes, cameras) is counted on the fifteenth of every month, and the mean is taken.

Every month of a year holds the year's figure, and only years that are over are told: so no month, and no table that
is published later, gives back by subtraction what happened to one household. A count of one to four that is about
people is told as four of which one is sure: from one to four. Public registers are public, and told as they are.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from mechlin.core.errors import Problem, UsageError
from mechlin.desk.casework.declare import Procedure
from mechlin.desk.casework.office import Office
from mechlin.desk.casework.state import State, fold
from mechlin.desk.ground.log import Event
from mechlin.desk.ground.roles import SYSTEM_ACTOR

MASKED_BELOW = 5  # as in evaluation/doses.py; a test holds the two together
_MONTHS, _COUNTED_ON, _WEEKS = 12, 15, 365.25 / 7
COLUMNS = ("programme", "parameter", "month", "planned", "delivered", "confirmed_share", "counted_from")
RATES = {  # of what was delivered in all: for each of what is counted, in which unit of time
    "service_tenancy.hours_week": ("hours_confirmed", "service_tenancy.homes", _WEEKS),
    "mixed_activities.grant_eur": ("granted_eur", "mixed_activities.streets_per_year", 1.0),
    "mixed_activities.places_per_street": ("people_came", "mixed_activities.streets_per_year", 1.0),
}


@dataclass(frozen=True)
class Counted:
    """One figure of a year: how much, from which procedure, and whether it is masked."""

    name: str
    procedure: str
    amount: float
    masked: bool

    @property
    def told(self) -> str:
        """What is shown of it."""
        return f"1 to {MASKED_BELOW - 1}" if self.masked else f"{self.amount:.6g}"


def counted(office: Office, conn: Connection, year: int, today: str) -> list[Counted]:
    """Return what was delivered in a year that is over; raise UsageError for one that is not."""
    if year >= int(today[:4]):
        raise UsageError(
            str(
                Problem(
                    f"{year} is not over: part of a year could point at one household",
                    allowed=f"{int(today[:4]) - 1} or before",
                )
            )
        )
    sums: dict[str, float] = {}
    of: dict[str, Procedure] = {}
    for procedure in office.procedures.values():
        if procedure.doses is None:
            continue
        for state in office.look(conn, State(), today, SYSTEM_ACTOR, procedure.name).beside(procedure.name):
            for name, amount in _of_case(office, conn, procedure, state, year).items():
                sums[name] = sums.get(name, 0.0) + amount
                of[name] = procedure
    out = [_masked(name, of[name], amount) for name, amount in sorted(sums.items()) if amount]
    return sorted([*out, *_rates(out)], key=lambda c: c.name)


def _of_case(office: Office, conn: Connection, procedure: Procedure, state: State, year: int) -> dict[str, float]:
    """Return what one case delivered in a year."""
    if state.opened[:4] > str(year) or procedure.doses is None:
        return {}
    days = [date(year, month, _COUNTED_ON).isoformat() for month in range(1, _MONTHS + 1)]
    ends = [f"{year - 1}-12-31", f"{year}-12-31"]
    told: dict[str, Mapping[str, float]] = {}
    for day in (*days, *ends):
        then = fold(_until(state.events, day))
        told[day] = procedure.doses(office.look(conn, then, day, SYSTEM_ACTOR)) if then.id else {}
    out: dict[str, float] = {}
    for name in {n for found in told.values() for n in found}:
        if _is_flow(name):
            before, after = (told[end].get(name, 0.0) for end in ends)
            out[name] = max(after - before, 0.0)
        else:
            out[name] = sum(told[day].get(name, 0.0) for day in days) / _MONTHS
    return out


def _until(events: Iterable[Event], day: str) -> list[Event]:
    return [e for e in events if e.body["day"] <= day]


def _is_flow(name: str) -> bool:
    return "." not in name or name.endswith("_per_year")


def _masked(name: str, procedure: Procedure, amount: float) -> Counted:
    is_public = procedure.public is not None and not procedure.about
    return Counted(name, procedure.name, amount, not is_public and 0 < amount < MASKED_BELOW)


def _rates(found: list[Counted]) -> list[Counted]:
    """Return what was delivered for each home, street and the like; nothing where that would tell of fewer than five."""
    by_name = {c.name: c for c in found}
    out = []
    for name, (what, each, units) in RATES.items():
        if what in by_name and each in by_name and not (by_name[what].masked or by_name[each].masked):
            amount = by_name[what].amount / by_name[each].amount / units
            out.append(Counted(name, by_name[what].procedure, amount, False))
    return out


def table(found: Iterable[Counted], year: int) -> str:
    """Return the settings of measures among what was counted, as the table that ``mechlin measure doses`` reads."""
    rows = [
        {
            "programme": c.name.partition(".")[0],
            "parameter": c.name.partition(".")[2],
            "month": f"{year}-{month:02d}",
            "planned": "",
            "delivered": MASKED_BELOW - 1 if c.masked else float(f"{c.amount:.6g}"),
            "confirmed_share": 1 / (MASKED_BELOW - 1) if c.masked else "",
            "counted_from": f"desk: {c.procedure}",
        }
        for c in found
        if "." in c.name
        for month in range(1, _MONTHS + 1)
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
