"""Heads: number and hash of the last event, handed out so that nobody can cut off the end of the log unseen.

The first write of a day keeps the head of the evening before; every letter carries the head of its own decision.
"""

import re

from sqlalchemy import Connection, select

from mechlin.core.errors import UsageError
from mechlin.desk.ground.canonical import SHORT, short_head
from mechlin.desk.ground.log import tip
from mechlin.desk.ground.tables import event, head

_SHAPE = re.compile(rf"(\d{{1,18}})-([0-9a-f]{{{SHORT},64}})")


def keep(conn: Connection, today: str) -> None:
    """Keep the head with which a day begins, once."""
    if conn.execute(select(head.c.day).where(head.c.day == today)).first() is None:
        seq, hashed = tip(conn)
        if seq:
            conn.execute(head.insert().values(day=today, seq=seq, hash=hashed))


def kept(conn: Connection) -> list[tuple[str, str]]:
    """Return every day with its head, newest first."""
    rows = conn.execute(select(head).order_by(head.c.day.desc()))
    return [(row.day, short_head(row.seq, row.hash)) for row in rows]


def parsed(text: str) -> tuple[int, str]:
    """Return number and first digits of a hash; raise UsageError for what is no head."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text[:60]!r} is not a head; it is like 1042-{'9f3ac2d17b60'}, as on a letter")
    return int(found[1]), found[2]


def stands(conn: Connection, text: str) -> str:
    """Return why a head that somebody holds does not fit the log; nothing when it does."""
    seq, start = parsed(text)
    found = conn.execute(select(event.c.hash).where(event.c.seq == seq)).scalar()
    if found is None:
        return f"the log ends before event {seq}: its end was cut off after {text} was handed out"
    if not found.startswith(start):
        return f"event {seq} is not the one that was there when {text} was handed out"
    return ""
