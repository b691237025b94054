"""Cases read from the log."""

from typing import Any

from sqlalchemy import Connection, select

from mechlin.desk.casework.state import State, fold
from mechlin.desk.ground import log
from mechlin.desk.ground.tables import event


def load(conn: Connection, case: str) -> State:
    """Return a case; one without events has no number."""
    return fold(log.of_case(conn, case))


def load_several(conn: Connection, ids: Any) -> list[State]:
    """Return the cases that a query of numbers finds, in the order of their numbers."""
    rows = conn.execute(select(event).where(event.c.case.in_(ids)).order_by(event.c.case, event.c.version))
    found: list[State] = []
    events: list[log.Event] = []
    for row in rows:
        one = log.read(row)
        if events and events[0].case != one.case:
            found.append(fold(events))
            events = []
        events.append(one)
    return [*found, fold(events)] if events else found
