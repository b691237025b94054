"""Triggers by which both databases refuse to change, delete or skip what is written once.

Whoever owns the database can drop them; the chain of hashes and the heads that others hold show it then.
"""

from collections.abc import Iterable

_WHY = "is written once and never changed"


def append_only(dialect: str, tables: Iterable[str]) -> list[str]:
    """Return the statements that make ``tables`` append-only, and the log without gaps, on one kind of database."""
    made = [s for table in tables for s in (_sqlite(table) if dialect == "sqlite" else _postgres(table))]
    return [*made, *(_SQLITE_ORDER if dialect == "sqlite" else _POSTGRES_ORDER)]


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} {_WHY}'); END"
        for what in ("update", "delete")
    ]


_SQLITE_ORDER = [
    "CREATE TRIGGER event_in_order BEFORE INSERT ON event "
    "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event) "
    "BEGIN SELECT RAISE(ABORT, 'an event follows on the last one'); END"
]


def _postgres(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} {_WHY}'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


_POSTGRES_ORDER = [
    "CREATE OR REPLACE FUNCTION event_follows() RETURNS trigger AS $$ BEGIN "
    "IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event) THEN "
    "RAISE EXCEPTION 'an event follows on the last one'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER event_in_order BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_follows()",
]
NAMES = {  # what must stand in each database
    "sqlite": {*(f"{t}_no_{w}" for t in ("event", "head", "letter") for w in ("update", "delete")), "event_in_order"},
    "postgresql": {
        *(f"{t}_no_{w}" for t in ("event", "head", "letter") for w in ("update", "truncate")),
        "event_in_order",
    },
}
