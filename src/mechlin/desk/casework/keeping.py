"""What is due, what must go, and what may leave: deadlines by officer, destruction with its certificate, exports."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mechlin.core.errors import InputError, MechlinError, Problem, UsageError
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.office import (
    NotAllowedError,
    NotLawfulError,
    Office,
    Receipt,
    Request,
    check_other_hand,
    day_of,
)
from mechlin.desk.casework.writer import DESK
from mechlin.desk.ground import log, vault
from mechlin.desk.ground.canonical import canonical, short_head
from mechlin.desk.ground.database import NothingStored
from mechlin.desk.ground.log import Entry, Event
from mechlin.desk.ground.roles import GROUND, Actor
from mechlin.desk.ground.tables import account, cases, event, key

LISTED, DESTROYED = "destruction prepared", "destroyed"


@dataclass(frozen=True)
class Due:
    """A case whose next step is due, and whose it is."""

    case: str
    procedure: str
    stage: str
    due: str
    officer: str
    late: bool


def due(
    conn: Connection, today: str, days: int = 14, procedures: Collection[str] | None = None, most: int | None = None
) -> list[Due]:
    """Return what is late or falls due within ``days``, the most urgent first: of these procedures, and ``most`` of it."""
    until = (date.fromisoformat(today) + timedelta(days=days)).isoformat()
    query = (
        select(cases, account.c.name)
        .join(account, account.c.id == cases.c.officer, isouter=True)
        .where(cases.c.closed == "", cases.c.due != "", cases.c.due <= until)
        .order_by(cases.c.due, cases.c.id)
        .limit(most)
    )
    rows = conn.execute(query if procedures is None else query.where(cases.c.procedure.in_(procedures)))
    return [Due(r.id, r.procedure, r.stage, r.due, r.name or "", r.due < today) for r in rows]


# ------------------------------------------------------------------------------------------- destruction


def must_go(office: Office, conn: Connection, today: str) -> list[str]:
    """Return the cases whose time of keeping is over and that nothing holds back."""
    out = []
    living = {row.subject for row in conn.execute(select(key.c.subject).where(key.c.destroyed == ""))}
    for row in conn.execute(select(cases).where(cases.c.closed != "").order_by(cases.c.id)):
        procedure = office.procedures.get(row.procedure)
        if procedure and row.id in living and _years_later(row.closed, procedure.keep_years) <= today:
            if not load(conn, row.id).objection and not _open_below(conn, row.id):
                out.append(row.id)
    return out


def prepare_destruction(office: Office, actor: Actor, listed: list[str], now: datetime | None = None) -> Event:
    """Put a list of cases before the data protection officer; nothing is destroyed yet."""
    now = now or office.home.moment()
    given = actor.role_for(GROUND["prepare destruction"])
    if given is None:
        raise NotAllowedError("a list of what must go is prepared by: clerk")
    with office.home.database.write() as conn:
        problems = [Problem(why, column=case) for case in listed if (why := _held_back(conn, case))]
        if problems or not listed:
            raise InputError(problems or [Problem("the list is empty")])
        body = {"cases": sorted(set(listed)), "day": day_of(now), "browser": actor.browser, "for": given.deputy_of}
        return log.append(conn, Entry(DESK, LISTED, actor.account, given.role, body), now)


def sign_destruction(office: Office, actor: Actor, seq: int, now: datetime | None = None) -> str:
    """Destroy the keys of a list that another has prepared; return the certificate."""
    now = now or office.home.moment()
    given = actor.role_for(GROUND["sign destruction"])
    if given is None:
        raise NotAllowedError("destruction is signed by: data protection officer")
    with office.home.database.write() as conn:
        listed = next((e for e in log.of_case(conn, DESK) if e.seq == seq and e.kind == LISTED), None)
        if listed is None:
            raise UsageError(f"there is no list of destruction {seq}")
        check_other_hand(actor, listed)
        if any(e.kind == DESTROYED and e.body["prepared"] == seq for e in log.of_case(conn, DESK)):
            raise NotLawfulError(f"list {seq} was signed before")
        if problems := [Problem(why, column=case) for case in listed.body["cases"] if (why := _held_back(conn, case))]:
            raise InputError(problems)
        subjects = [s for case in listed.body["cases"] for s in _subjects(conn, case, set(listed.body["cases"]))]
        names = vault.destroy(conn, office.home.keys, subjects, now)
        body = {
            "cases": listed.body["cases"],
            "keys": sorted(names),
            "prepared": seq,
            "day": day_of(now),
            "prepared_by": listed.actor,
        }
        done = log.append(conn, Entry(DESK, DESTROYED, actor.account, given.role, body), now)
        signers = {r.id: r.name for r in conn.execute(select(account.c.id, account.c.name))}
    leave_no_trace(office)
    office.home.keys.prune_escrow(day_of(now))
    return _certificate(done, signers)


def leave_no_trace(office: Office) -> None:
    """Have the database forget what stood where something was erased."""
    database = office.home.database
    raw = database.engine.raw_connection()
    driver: Any = raw.driver_connection
    try:
        if database.is_sqlite:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return
        raw.rollback()
        driver.autocommit = True
        for name in ("key", "sealed"):
            raw.cursor().execute(f'VACUUM "{name}"')
    finally:
        if not database.is_sqlite:
            driver.autocommit = False
        raw.close()


def _certificate(done: Event, names: dict[str, str]) -> str:
    first, second = done.body["prepared_by"], done.actor
    listed = "\n".join(f"  {case}" for case in done.body["cases"])
    return (
        f"Certificate of destruction\n\nOn {done.body['day']} the keys of {len(done.body['cases'])} cases were destroyed "
        f"({len(done.body['keys'])} keys):\n{listed}\n\nPrepared by {names.get(first, first)}, signed by "
        f"{names.get(second, second)}. In the log: {short_head(done.seq, done.hash)}.\n"
        "The log of what was decided stays; whom it was about can no longer be read.\n"
    )


def _held_back(conn: Connection, case: str) -> str:
    state = load(conn, case)
    if not state.id:
        return "there is no such case"
    if not state.closed:
        return f"it is open, in the stage {state.stage!r}"
    if state.objection:
        return "an objection is not answered yet"
    return "a case that belongs to it is open" if _open_below(conn, case) else ""


def _open_below(conn: Connection, case: str) -> bool:
    return (
        conn.execute(select(cases.c.id).where(cases.c.parent == case, cases.c.closed == "").limit(1)).first()
        is not None
    )


def _subjects(conn: Connection, case: str, going: set[str]) -> Iterator[str]:
    """Yield the case and everybody in it who is in no case that stays."""
    yield case
    for person in load(conn, case).persons:
        where = conn.execute(
            select(event.c.case).where(event.c.body.contains(f'"{person}"', autoescape=True))
        ).scalars()
        if set(where) <= going | {case}:
            yield person


def _years_later(day: str, years: int) -> str:
    return f"{int(day[:4]) + years:04d}{day[4:]}"


# ----------------------------------------------------------------------------------------------- exports


def exported(office: Office, conn: Connection, case: str, personal: bool = False) -> Iterator[str]:
    """Yield a case, or ALL, as JSON Lines: events as they stand, and what is sealed only where it is asked for."""
    query = select(event).order_by(event.c.seq)
    if case != "ALL":
        if not load(conn, case).id:
            raise UsageError(f"there is no case {case}")
        query = query.where(event.c.case == case)
    for row in conn.execution_options(yield_per=1000).execute(query).mappings():
        yield canonical({**row, "body": json.loads(row["body"])})
    if personal:
        state = load(conn, case)
        for one in state.events:
            for name in _sealed_in(one.body):
                yield canonical({"sealed": name, "event": one.seq, "says": vault.unseal(conn, office.home.keys, name)})


def _sealed_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("sealed"), str):
            yield value["sealed"]
        for inner in value.values():
            yield from _sealed_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sealed_in(inner)


def imported(office: Office, actor: Actor, lines: list[str], file: str, now: datetime | None = None) -> list[Receipt]:
    """Take the steps in a file of JSON Lines, all or none; raise every problem with its row."""
    problems: list[Problem] = []
    out: list[Receipt] = []
    with office.home.database.write() as conn:
        for row, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                asked = Request(**json.loads(line))
                out.append(office.act_within(conn, actor, asked, now))
            except InputError as error:
                problems += [
                    Problem(p.what, file, row, p.column, p.allowed, p.nearest, p.repair) for p in error.problems
                ]
            except NothingStored:
                raise
            except MechlinError as error:  # not lawful, not allowed, no such case: told with all else that is wrong
                problems.append(Problem(str(error), file, row))
            except (ValueError, TypeError) as error:
                problems.append(Problem(f"this is no step ({error})", file, row))
        if problems:
            raise InputError(problems)
    return out


# --------------------------------------------------------------------------------------------- oversight


def oversight(conn: Connection, today: str) -> list[dict[str, Any]]:
    """Return counts for the council: by procedure and area, what is open, late, decided otherwise, objected to."""
    out: dict[tuple[str, str], dict[str, Any]] = {}

    def line(procedure: str, area: str) -> dict[str, Any]:
        empty = {
            "procedure": procedure,
            "area": area or "–",
            "open": 0,
            "late": 0,
            "decisions": 0,
            "favourable": 0,
            "overrides": 0,
            "objections": 0,
            "upheld": 0,
        }
        return out.setdefault((procedure, area), empty)

    where: dict[str, dict[str, Any]] = {}
    for row in conn.execute(select(cases)):
        found = where[row.id] = line(row.procedure, row.area)
        found["open"] += row.closed == ""
        found["late"] += row.closed == "" and "" < row.due < today
    for row in conn.execute(select(event.c.case, event.c.kind, event.c.body).where(event.c.case != DESK)):
        body, found = json.loads(row.body), where[row.case]
        decision = body.get("decision")
        if decision and row.kind != "objection decided":
            found["decisions"] += 1
            found["favourable"] += bool(decision["favourable"])
            found["overrides"] += decision.get("override") is not None
        found["objections"] += row.kind == "objection"
        found["upheld"] += row.kind == "objection decided" and bool(decision and decision["favourable"])
    return [out[k] for k in sorted(out)]
