"""Is everything that happened still there, and nothing else? One answer, with the first thing that is wrong.

The chain of hashes, the triggers, the heads handed out, the letters, the rules by which was decided, two hands where
two are asked, and the stored cases against their events.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mechlin.desk.casework.declare import Procedure
from mechlin.desk.casework.office import Office
from mechlin.desk.casework.state import PREPARED, State, fold, row_of
from mechlin.desk.casework.writer import DESK, RULE_SEEN
from mechlin.desk.ground import heads, log
from mechlin.desk.ground.canonical import short_head
from mechlin.desk.ground.log import Event, IncompleteDecision
from mechlin.desk.ground.tables import cases, event, head, letter

_SHOWN = 20  # of each kind of problem


@dataclass(frozen=True)
class Verdict:
    """What was found: how many events, the head, and every problem in a sentence; ``first`` is the first bad event."""

    events: int
    head: str
    problems: tuple[str, ...]
    first: int | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(office: Office, held: Iterable[str] = ()) -> Verdict:
    """Check everything; ``held`` are heads that somebody kept outside: of letters, of mails."""
    with office.home.database.read() as conn:
        return verify_within(office, conn, held)


def verify_within(office: Office, conn: Connection, held: Iterable[str] = ()) -> Verdict:
    """Check everything within a transaction that is open."""
    seq, hashed = log.tip(conn)
    broken = log.first_wrong(log.rows(conn))
    problems = [broken[1]] if broken else []
    problems += [f"the trigger {name} is not there" for name in office.home.database.missing_triggers(conn)]
    problems += _heads(conn, held)
    problems += _letters(conn)
    if not broken:
        problems += _cases(office, conn)
    return Verdict(seq, short_head(seq, hashed), tuple(problems), broken[0] if broken else None)


def _heads(conn: Connection, held: Iterable[str]) -> list[str]:
    days = conn.execute(select(head.c.day, head.c.seq, head.c.hash).order_by(head.c.day))
    kept = [f"head of {row.day}: {why}" for row in days if (why := heads.stands(conn, f"{row.seq}-{row.hash}"))]
    return [*kept[:_SHOWN], *(why for text in held if (why := heads.stands(conn, text)))]


def _letters(conn: Connection) -> list[str]:
    found = conn.execute(
        select(letter.c.id, letter.c.case, letter.c.decision, letter.c.head, event.c.case.label("of"), event.c.hash)
        .join(event, event.c.seq == letter.c.decision, isouter=True)
        .order_by(letter.c.decision)
    )
    out = []
    for row in found:
        if row.hash is None:
            out.append(f"letter {row.id}: its decision, event {row.decision}, is not there")
        elif row.of != row.case or row.head != short_head(row.decision, row.hash):
            out.append(f"letter {row.id} does not fit event {row.decision}")
    return out[:_SHOWN]


def _cases(office: Office, conn: Connection) -> list[str]:
    """Return what is wrong with decisions and with the stored cases against their fold."""
    stored = {row["id"]: dict(row) for row in conn.execute(select(cases)).mappings()}
    lettered = set(conn.execute(select(letter.c.decision)).scalars())
    recorded, out = set[str](), list[str]()
    rows = conn.execute(select(event).order_by(event.c.case != DESK, event.c.case, event.c.version))
    for events in _by_case(log.read(row) for row in rows):
        if events[0].case == DESK:
            recorded |= {e.rule_digest for e in events if e.kind == RULE_SEEN}
            continue
        state = fold(events)
        if stored.pop(state.id, None) != row_of(state):
            out.append(f"case {state.id} is not stored as its events make it")
        procedure = office.procedures.get(state.procedure)
        out += [why for e in events for why in _event(e, events, recorded, lettered, procedure, state)]
    out += [f"case {name} is stored and has no event" for name in sorted(stored)]
    return out[:_SHOWN]


def _event(
    one: Event, events: list[Event], recorded: set[str], lettered: set[int], procedure: Procedure | None, state: State
) -> Iterator[str]:
    if one.rule_digest not in recorded:
        yield f"event {one.seq}: the text of its rule was never recorded"
    if "decision" in one.body:
        try:
            log.check_decision(log.Entry(one.case, one.kind, one.actor, one.role, one.body, one.rule, one.form))
        except IncompleteDecision as error:
            yield f"event {one.seq}: {error}"
        about = state.answers.get(procedure.about) if procedure else None
        if isinstance(about, Mapping) and "person" in about and one.seq not in lettered:
            yield f"event {one.seq}: a decision without its letter"
    if "prepared" in one.body and "stage" in one.body:
        prepared = next((e for e in events if e.seq == one.body["prepared"] and e.kind == PREPARED), None)
        if prepared is None or prepared.actor == one.actor:
            yield f"event {one.seq}: prepared and signed by the same hand"


def _by_case(events: Iterable[Event]) -> Iterator[list[Event]]:
    held: list[Event] = []
    for one in events:
        if held and held[0].case != one.case:
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def rebuild(conn: Connection) -> int:
    """Write the table of cases anew from the log; return how many cases there are."""
    conn.execute(cases.delete())
    rows = conn.execute(select(event).where(event.c.case != DESK).order_by(event.c.case, event.c.version)).all()
    made: list[dict[str, Any]] = [row_of(fold(events)) for events in _by_case(log.read(row) for row in rows)]
    if made:
        conn.execute(cases.insert(), made)
    return len(made)
