"""The log: events that only ever follow on one another, each holding the hash of the one before.

``append`` is the only way to write one. Where an event decides something about somebody it does not enter the log
without its rule, form, article and reasons.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from mechlin.core.errors import MechlinError
from mechlin.desk.ground.canonical import CHAINED, GENESIS, canonical, chained
from mechlin.desk.ground.tables import event

CLOCK_BACK = timedelta(minutes=5)  # a clock that stands further back than this is wrong
DECIDED = ("outcome", "conditions", "reasons", "article", "rule", "form", "rule_digest")


class IncompleteDecision(MechlinError):
    """A decision without its rule, form, article or reasons."""


@dataclass(frozen=True)
class Entry:
    """What is to be written; numbers and hashes are given on writing."""

    case: str
    kind: str
    actor: str
    role: str
    body: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    form: str = ""
    rule_digest: str = ""
    form_no: str | None = None


@dataclass(frozen=True)
class Event:
    """One event as it stands in the log; ``at`` is UTC."""

    seq: int
    at: str
    case: str
    version: int
    kind: str
    actor: str
    role: str
    form_no: str | None
    rule: str
    form: str
    rule_digest: str
    body: dict[str, Any]
    prev: str
    hash: str

    @property
    def day(self) -> str:
        """The day (UTC) on which it was written."""
        return self.at[:10]


def append(conn: Connection, entry: Entry, now: datetime | None = None) -> Event:
    """Write one event behind the last one, within the caller's transaction, and return it."""
    check_decision(entry)
    last = conn.execute(select(event.c.seq, event.c.at, event.c.hash).order_by(event.c.seq.desc()).limit(1)).first()
    version = conn.execute(select(func.max(event.c.version)).where(event.c.case == entry.case)).scalar() or 0
    row: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "at": _moment(now or datetime.now(UTC), last.at if last else ""),
        "case": entry.case,
        "version": version + 1,
        "kind": entry.kind,
        "actor": entry.actor,
        "role": entry.role,
        "form_no": entry.form_no,
        "rule": entry.rule,
        "form": entry.form,
        "rule_digest": entry.rule_digest,
        "body": canonical(dict(entry.body)),
    }
    row["prev"] = last.hash if last else GENESIS
    row["hash"] = chained(row, row["prev"])
    conn.execute(event.insert().values(row))
    return read(row)


def check_decision(entry: Entry) -> None:
    """Raise IncompleteDecision where a decision lacks what whoever it is about must be told."""
    if "decision" not in entry.body:
        return
    decision = entry.body["decision"]
    lacks = [name for name in DECIDED if not decision.get(name) and name != "conditions"]
    lacks += [] if isinstance(decision.get("conditions"), list) else ["conditions"]
    lacks += [
        f"the condition {c.get('name')!r}: {part}"
        for c in decision.get("conditions") or ()
        for part in ("name", "met", "article")
        if not c.get(part)
    ]
    if (decision.get("rule"), decision.get("form")) != (entry.rule, entry.form):
        lacks.append("the rule and form of its event")
    if lacks:
        raise IncompleteDecision(f"a decision without {', '.join(lacks)} is no decision; nothing was stored")


def read(row: Row[Any] | Mapping[str, Any]) -> Event:
    """Return a row of the table as an event."""
    found = dict(row) if isinstance(row, Mapping) else row._asdict()
    return Event(**{**found, "body": json.loads(found["body"])})


def of_case(conn: Connection, case: str) -> list[Event]:
    """Return the events of one case in order."""
    rows = conn.execute(select(event).where(event.c.case == case).order_by(event.c.version))
    return [read(row) for row in rows]


def by_form(conn: Connection, form_no: str | None) -> Event | None:
    """Return the event that a form has already led to."""
    if not form_no:
        return None
    row = conn.execute(select(event).where(event.c.form_no == form_no)).first()
    return read(row) if row else None


def tip(conn: Connection) -> tuple[int, str]:
    """Return number and hash of the last event."""
    row = conn.execute(select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, GENESIS)


def first_wrong(rows: Iterable[Mapping[str, Any]]) -> tuple[int, str] | None:
    """Return the number of the first event that does not follow on the one before, and why; None when all do."""
    prev, expected = GENESIS, 1
    for row in rows:
        if row["seq"] != expected:
            return expected, f"event {expected} is missing: event {row['seq']} stands in its place"
        if row["prev"] != prev:
            return expected, f"event {expected} does not follow on event {expected - 1}"
        if row["hash"] != chained(row, prev):
            return expected, f"event {expected} is not what was written"
        prev, expected = row["hash"], expected + 1
    return None


def rows(conn: Connection, after: int = 0) -> Iterable[Mapping[str, Any]]:
    """Yield the raw rows of the log in the order of their numbers."""
    columns = [event.c[name] for name in (*CHAINED, "prev", "hash")]
    found = conn.execution_options(yield_per=5000).execute(
        select(*columns).where(event.c.seq > after).order_by(event.c.seq)
    )
    for row in found.mappings():
        yield dict(row)


def _moment(now: datetime, last: str) -> str:
    """Return the time of an event: never before that of the last one; refuse a clock that was set back."""
    if last and now + CLOCK_BACK < datetime.fromisoformat(last):
        raise MechlinError(
            f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, and the last event was at {last[:16]}; "
            "nothing was stored: set the clock right"
        )
    return max(now.astimezone(UTC).isoformat(timespec="microseconds"), last)
