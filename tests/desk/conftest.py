"""A desk to try things on: on SQLite always, and on PostgreSQL where MECHLIN_TEST_POSTGRES holds an address."""

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

from mechlin.desk.casework.declare import (
    CHOICE,
    NUMBER,
    PERSON,
    PUBLIC_TEXT,
    WHOLE,
    YES_NO,
    Action,
    Condition,
    Decision,
    Field,
    Objection,
    Procedure,
    Stage,
    say,
)
from mechlin.desk.casework.keeping import leave_no_trace
from mechlin.desk.casework.office import Office, Request
from mechlin.desk.casework.usual import completed
from mechlin.desk.ground import accounts, home, roles
from mechlin.desk.ground.database import Database
from mechlin.desk.ground.roles import RESIDENT_ACTOR, RoleGiven
from mechlin.desk.ground.tables import APPEND_ONLY, METADATA


def _of_this_worker(address):
    """Return the address of a database that no other worker empties meanwhile, made where it is not there yet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not (address and worker):
        return address
    name = f"desk_{worker}"
    with Database(address).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).first():
            conn.execute(text(f"CREATE DATABASE {name}"))
    return f"{address.rpartition('/')[0]}/{name}"


POSTGRES = _of_this_worker(os.environ.get("MECHLIN_TEST_POSTGRES", ""))
KINDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(not POSTGRES, reason="no PostgreSQL: set MECHLIN_TEST_POSTGRES to its address"),
    ),
]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "een lang wachtwoord"
ROLES = tuple(roles.ROLES)
SECONDS = ("clerk", "jury", "official")  # roles that two accounts have: jury2 is the second member of a jury


def decides(look, values):
    open_to_all = values["open"] == "yes"
    return Decision(
        "A bench is placed" if open_to_all else "No bench is placed",
        open_to_all,
        "by-law on benches, article 3 [GK]",
        (say("The bench would stand at {place}.", place=values["place"]),),
        (Condition.of("Everybody may sit on it", open_to_all, "by-law on benches, article 2"),),
    )


BENCHES = completed(
    Procedure(
        "benches", "B", "Benches in the street", "mechlin.law.grants", lambda day: "2017",
        stages=(Stage("asked", "asked for", days=30), Stage("placed", ends=True), Stage("refused", ends=True)),
        actions=(
            Action("asked", "Ask for a bench", ("clerk", "resident"), after="asked", fields=(
                Field("who", "Who asks?", PERSON), Field("why", "Why?"), Field("seats", "Seats", WHOLE, low=1, high=9),
            )),
            Action("decided", "Decide", ("clerk",), ("asked",),
                   after=lambda look, values, decision: "placed" if decision.favourable else "refused",
                   fields=(Field("open", "May everybody sit on it?", YES_NO), Field("place", "Where", PUBLIC_TEXT)),
                   article="by-law on benches, article 3 [GK]", consequence="The bench comes, or does not.",
                   signed_by=("signer",), decides=decides,
                   outcomes=(("A bench is placed", "A bench is placed"), ("No bench is placed", "No bench is placed")),
                   overrides=(("hardship", "it would be hard on somebody"),)),
            Action("measured", "Note the width", ("clerk",), ("asked",), fields=(
                Field("width", "Width of the pavement, m", NUMBER, low=0, high=99),
                Field("side", "Side", CHOICE, choices=(("left", "left"), ("right", "right"))),
            )),
        ),
        objection=Objection(30, "the municipal executive", "by-law on benches, article 9", reopens="asked"),
        about="who", minors=True, stops=(("illness", "illness"),), keep_years=10,
    )
)  # fmt: skip
PERSON_GIVEN = {
    "given": "Aïcha", "family": "Peeters-Özdemir", "born": "1990-02-03", "street": "Bruul 1", "place": "2800 Mechelen",
    "reach": "015 00 00 00", "language": "fr", "post": "yes",
}  # fmt: skip


@dataclass
class Desk:
    """An office with accounts, and a clock that one moves."""

    office: Office
    now: datetime = NOW

    def actor(self, name):
        with self.office.home.database.read() as conn:
            return replace(accounts.actor_named(conn, name, self.now.date().isoformat()), browser=f"browser of {name}")

    def act(self, name, action, case="", answers=None, **more):
        actor = RESIDENT_ACTOR if name == "resident" else self.actor(name)
        asked = Request(action, answers or {}, case=case, **more)
        return self.office.act(actor, asked, self.now)

    def later(self, **span):
        self.now += timedelta(**span)

    def ask(self, **more):
        answers = {"who": PERSON_GIVEN, "why": "My knees hurt.", "seats": 3, **more}
        return self.act("resident", "asked", procedure="benches", answers=answers)

    def state(self, case):
        from mechlin.desk.casework.loading import load

        with self.office.home.database.read() as conn:
            return load(conn, case)

    def decided(self, case, open_to_all="yes", **more):
        self.act("clerk", "decided", case, {"open": open_to_all, "place": "Bruul"}, **more)
        return self.office.sign(self.actor("signer"), case, None, now=self.now)


@cache
def server():
    """Return the database on the server, with its tables."""
    database = Database(POSTGRES)
    database.migrate()
    return database


def emptied():
    """Return the server's database with nothing in it: what an earlier test left is gone, triggers or not."""
    with server().engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text(f"TRUNCATE {', '.join(chr(34) + name + chr(34) for name in METADATA.tables)}"))
        for table in APPEND_ONLY:
            conn.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    return server()


def with_accounts(made):
    with made.database.write() as conn:
        for role in ROLES:
            accounts.add_account(conn, role, PASSWORD, "2026-01-01")
            accounts.give_role(conn, role, RoleGiven(role), "2026-01-01")
        for role in SECONDS:
            accounts.add_account(conn, f"{role}2", PASSWORD, "2026-01-01")
            accounts.give_role(conn, f"{role}2", RoleGiven(role), "2026-01-01")
        accounts.add_account(conn, "both", PASSWORD, "2026-01-01")  # somebody with two roles
        for role in ("jury", "official"):
            accounts.give_role(conn, "both", RoleGiven(role), "2026-01-01")
    return made


@cache
def template():
    """Return the folder of a desk on SQLite, to be copied."""
    folder = Path(tempfile.mkdtemp()) / "desk"
    made = with_accounts(home.init(folder, home.Settings(town="Mechelen", contact="Grote Markt 21")))
    leave_no_trace(Office(made, {}))
    made.database.close()
    return folder


def make_desk(folder: Path, kind: str, procedures):
    """Return a desk in ``folder`` with an account for each role, named after it."""
    shutil.copytree(template(), folder)
    made = home.open_home(folder)
    if kind != "sqlite":
        made = with_accounts(replace(made, database=emptied()))
    return Desk(Office(made, procedures))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords with little work: the tests sign in often."""
    from argon2 import PasswordHasher

    before = accounts._HASHER
    accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    accounts._HASHER = before


@pytest.fixture(params=KINDS)
def desk(request, tmp_path):
    """A desk with one made-up procedure, on each database."""
    made = make_desk(tmp_path / "desk", request.param, {"benches": BENCHES})
    yield made
    if request.param == "sqlite":
        made.office.home.database.close()
