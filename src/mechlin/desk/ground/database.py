"""The database of a desk: one transaction to write, one to read; SQLite by default, PostgreSQL by its address.

SQLite: write-ahead log, every commit on the disk before it is acknowledged, and the lock for writing taken first (a
reader that turns into a writer fails at once and waits for nobody). PostgreSQL, 15 or newer: read committed and one
advisory lock for whoever writes. So events get their numbers without gaps on both.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from mechlin.core.errors import MechlinError, UsageError
from mechlin.core.extras import extra
from mechlin.desk.ground.triggers import NAMES

WAIT_SECONDS = 5  # how long a writer waits for another
_READERS = 40  # connections kept open: as many as threads answer at a time, so that none is made for one page
_POSTGRES_OLDEST = 15
_WRITERS_LOCK = 7_206_117_344  # any number that no other program on the same server uses
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={WAIT_SECONDS * 1000}",
    "foreign_keys=ON",
    "secure_delete=ON",
    "recursive_triggers=ON",
)


class NothingStored(MechlinError):
    """The database could not take a change: nothing of it was stored."""


class Database:
    """One database, whichever of the two it is."""

    def __init__(self, url: str) -> None:
        """Prepare to speak with the database at ``url``; raise UsageError for what is no address."""
        self.url = url
        self.engine = _engine(url)
        self._writing = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction that alone may write; all of it is stored, or nothing."""
        if not self._writing.acquire(timeout=WAIT_SECONDS):
            raise NothingStored("somebody else is writing; nothing was stored: try again")
        try:
            with _told(), self.engine.connect().execution_options(writes=True) as conn, conn.begin():
                if not self.is_sqlite:
                    conn.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
                    conn.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _WRITERS_LOCK})
                yield conn
        finally:
            self._writing.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that sees one moment of the database and writes nothing."""
        with _told(), self.engine.connect() as conn:
            if not self.is_sqlite:
                conn = conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with conn.begin():
                yield conn

    def migrate(self) -> bool:
        """Bring the tables to the form that this version needs; return whether they had another."""
        config = Config()
        config.set_main_option("script_location", "mechlin.desk.ground:migrations")
        with self.write() as conn:
            config.attributes["connection"] = conn
            before = MigrationContext.configure(conn).get_current_revision()
            command.upgrade(config, "head")
            return before != MigrationContext.configure(conn).get_current_revision()

    def missing_triggers(self, conn: Connection) -> list[str]:
        """Return the triggers against changes that are not there."""
        query = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if self.is_sqlite
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
        there = set(conn.execute(text(query)).scalars())
        return sorted(NAMES[self.engine.dialect.name] - there)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return _sqlite(
                create_engine(
                    address,
                    hide_parameters=True,
                    pool_size=_READERS,
                    connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
                )
            )
        if address.get_backend_name() == "postgresql":
            if address.drivername == "postgresql":
                address = address.set(drivername="postgresql+pg8000")
            if address.drivername.endswith("pg8000"):
                extra("pg8000", "postgres")
            return _postgres(create_engine(address, hide_parameters=True, pool_pre_ping=True))
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise UsageError(f"not the address of a database ({error}); write {_LIKE}") from None
    raise UsageError(f"a desk keeps no files in {address.get_backend_name()}; write {_LIKE}")


_LIKE = "sqlite:///desk.db or postgresql://user:password@host/name"


def _sqlite(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")

    return engine


def _postgres(engine: Engine) -> Engine:
    @event.listens_for(engine, "first_connect")
    def _check_version(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
        if version < _POSTGRES_OLDEST:
            raise UsageError(f"PostgreSQL {version} is too old for a desk: {_POSTGRES_OLDEST} or newer")

    return engine


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what the database refused for reasons of its own."""
    try:
        yield
    except OperationalError as error:
        raise NothingStored(_why(error)) from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and not isinstance(error.orig, sqlite3.IntegrityError):
            raise NothingStored(_why(error)) from error
        if error.connection_invalidated or "lock_timeout" in str(error.orig) or "55P03" in str(error.orig):
            raise NothingStored(_why(error)) from error
        raise
    except (ConnectionError, TimeoutError) as error:
        raise NothingStored(f"the database does not answer ({error}); nothing was stored") from error


def _why(error: DBAPIError) -> str:
    said = str(error.orig)
    if "locked" in said or "55P03" in said or "lock timeout" in said:
        return "somebody else is writing; nothing was stored: try again"
    if "full" in said:
        return "the disk is full; nothing was stored: make room, then try again"
    if "malformed" in said or "not a database" in said:
        return f"the database is damaged ({said}); nothing was stored: restore the last backup"
    if "no such table" in said:
        return "this database holds no desk: run mechlin desk init"
    return f"the database does not answer ({said}); nothing was stored"
