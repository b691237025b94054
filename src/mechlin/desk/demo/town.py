"""A town to walk through: one whole year of procedures with invented people, and what is going on now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mechlin.core.files import write_text
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.office import Office, Request
from mechlin.desk.casework.state import State
from mechlin.desk.demo.people import CONTACT, PASSWORD, TOWN, People
from mechlin.desk.ground import accounts, home
from mechlin.desk.ground.home import DEMO, Home, Settings
from mechlin.desk.ground.roles import RESIDENT_ACTOR, ROLES, Actor, RoleGiven

_ACCOUNTS = {**{role: role for role in ROLES}, "jury2": "jury"}  # two read a motivation
_HOUR = 9  # of the morning at which days begin, UTC
_ACTED = timedelta(seconds=20)  # between two steps


@dataclass
class Town:
    """An office in one transaction, and a clock that goes through the year: what is done, is done by an account."""

    office: Office
    conn: Connection
    people: People
    year: int
    today: date
    now: datetime
    actors: Mapping[str, Actor] = field(default_factory=dict)

    def on(self, day: date) -> None:
        """Go on to a day; never back."""
        self.now = max(self.now + _ACTED, datetime(day.year, day.month, day.day, _HOUR, tzinfo=UTC))

    def act(self, who: str, action: str, case: str = "", answers: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Take a step, as anybody at a desk would; return the number of the case."""
        self.now += _ACTED
        asked = Request(action, answers or {}, case=case, **more)
        return self.office.act_within(self.conn, self.actors[who], asked, self.now).case

    def signed(self, who: str, action: str, case: str, answers: Mapping[str, Any] | None = None) -> str:
        """Take a step that the head of service signs."""
        number = self.act(who, action, case, answers)
        self.sign(number)
        return number

    def sign(self, case: str, who: str = "signer") -> None:
        """Sign what waits in a case."""
        self.now += _ACTED
        self.office.sign_within(self.conn, self.actors[who], case, None, None, self.now)

    def state(self, case: str) -> State:
        """Return a case as it stands."""
        return load(self.conn, case)

    def beside(self, procedure: str) -> list[State]:
        """Return every case of a procedure."""
        look = self.office.look(self.conn, State(), self.day(), self.actors["clerk"], procedure)
        return look.beside(procedure)

    def day(self, days: int = 0) -> str:
        """Return the day of the town's clock, or one some days later, as forms write it."""
        return (self.now.date() + timedelta(days=days)).isoformat()


Event = tuple[date, Callable[[Town], None]]  # what happens on a day


def make(folder: Path, database: str, language: str, plans: Callable[[Town], list[Event]], office_of: Any) -> Home:
    """Make a demonstration town in ``folder`` and live through its year; return its desk."""
    settings = Settings(town=TOWN, database=database, language=language, contact=CONTACT)
    made = home.init(folder, home.checked(settings))
    write_text(folder / DEMO, "0\n")
    today = datetime.now(UTC).date()
    year = today.year - 1
    with made.database.write() as conn:
        for name, role in _ACCOUNTS.items():
            accounts.add_account(conn, name, PASSWORD, f"{year}-01-01")
            accounts.give_role(conn, name, RoleGiven(role), f"{year}-01-01")
        actors = {
            name: replace(accounts.actor_named(conn, name, today.isoformat()), browser=f"desk of {name}")
            for name in _ACCOUNTS
        }
        begin = datetime(year, 1, 1, _HOUR, tzinfo=UTC)
        town = Town(office_of(made), conn, People(year), year, today, begin, {**actors, "resident": RESIDENT_ACTOR})
        for day, happens in sorted(plans(town), key=lambda event: event[0]):
            if day <= today:
                town.on(day)
                happens(town)
    return made
