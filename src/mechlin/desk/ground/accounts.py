"""Accounts, their roles, and sessions. A role that is taken back ends at once: it is looked up at every request."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, select

from mechlin.core.errors import Problem, UsageError, nearest
from mechlin.desk.ground.roles import ROLES, Actor, RoleGiven
from mechlin.desk.ground.tables import account, role_given, session

SESSION_HOURS = 9  # a working day
SHORTEST_PASSWORD = 12  # characters
TRIES, PAUSE = 10, timedelta(minutes=15)  # wrong passwords, and how long nobody gets in after them
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # an unknown name takes as long as a wrong password


@dataclass(frozen=True)
class SignedIn:
    """A session: its token, which only the browser keeps, and whose it is."""

    token: str
    account: str


def add_account(conn: Connection, name: str, password: str, today: str) -> str:
    """Add an account, and return its number; raise UsageError for a name that is taken or a poor password."""
    known = set(conn.execute(select(account.c.name)).scalars())
    wrong = _password_wrong(password)
    if not name.strip() or name != name.strip() or len(name) > 60:
        wrong.append(f"{name!r} is not a name for an account")
    if name in known:
        wrong.append(f"there is an account {name} already")
    if wrong:
        raise UsageError("\n".join(wrong))
    number = f"A-{len(known) + 1:04d}"
    conn.execute(
        account.insert().values(
            id=number, name=name, password=_HASHER.hash(password), locked=0, failed=0, failed_at="", made=today
        )
    )
    return number


def set_password(conn: Connection, name: str, password: str) -> None:
    """Give an account another password; its sessions end."""
    number = find(conn, name)
    if wrong := _password_wrong(password):
        raise UsageError("\n".join(wrong))
    conn.execute(account.update().where(account.c.id == number).values(password=_HASHER.hash(password), failed=0))
    conn.execute(delete(session).where(session.c.account == number))


def lock(conn: Connection, name: str, locked: bool = True) -> None:
    """Lock an account, or open it again; its sessions end at once."""
    number = find(conn, name)
    conn.execute(account.update().where(account.c.id == number).values(locked=int(locked), failed=0))
    conn.execute(delete(session).where(session.c.account == number))


def find(conn: Connection, name: str) -> str:
    """Return the number of the account of that name; raise UsageError with the nearest one."""
    known = {row.name: row.id for row in conn.execute(select(account.c.name, account.c.id))}
    if name not in known:
        raise UsageError(str(Problem(f"there is no account {name}", nearest=nearest(name, known))))
    found: str = known[name]
    return found


def give_role(conn: Connection, name: str, given: RoleGiven, from_day: str, to_day: str = "9999-12-31") -> None:
    """Give an account a role from one day to another."""
    if given.role not in ROLES:
        problem = Problem(
            f"there is no role {given.role}", allowed=", ".join(ROLES), nearest=nearest(given.role, ROLES)
        )
        raise UsageError(str(problem))
    number = find(conn, name)
    deputy_of = find(conn, given.deputy_of) if given.deputy_of else ""
    if deputy_of == number:
        raise UsageError("nobody is a deputy of their own")
    conn.execute(
        role_given.insert().values(
            id=f"R-{secrets.token_hex(6)}",
            account=number,
            role=given.role,
            procedure=given.procedure,
            area=given.area,
            from_day=from_day,
            to_day=to_day,
            deputy_of=deputy_of,
        )
    )


def end_roles(conn: Connection, name: str, role: str, day: str) -> int:
    """End a role of an account as from ``day``; return how many ended."""
    number = find(conn, name)
    ended = conn.execute(
        role_given.update()
        .where(role_given.c.account == number, role_given.c.role == role, role_given.c.to_day >= day)
        .values(to_day=(datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat())
    )
    return ended.rowcount


def sign_in(conn: Connection, name: str, password: str, browser: str, now: datetime | None = None) -> SignedIn | None:
    """Open a session, or return None: a wrong name, a wrong password, a locked account and a pause look alike."""
    now = now or datetime.now(UTC)
    row = conn.execute(select(account).where(account.c.name == name)).first()
    right = _is_password(row.password if row else _NOBODY, password)
    if row is None:
        return None
    paused = row.failed >= TRIES and row.failed_at and now < datetime.fromisoformat(row.failed_at) + PAUSE
    if not right or row.locked or paused:
        failed = 1 if row.failed >= TRIES and not paused else row.failed + 1
        if not paused:
            conn.execute(account.update().where(account.c.id == row.id).values(failed=failed, failed_at=_iso(now)))
        return None
    conn.execute(account.update().where(account.c.id == row.id).values(failed=0, failed_at=""))
    conn.execute(delete(session).where(session.c.ends_at < _iso(now)))
    token = secrets.token_urlsafe(32)
    conn.execute(
        session.insert().values(
            digest=hidden(token),
            account=row.id,
            browser=hidden(browser),
            made_at=_iso(now),
            ends_at=_iso(now + timedelta(hours=SESSION_HOURS)),
        )
    )
    return SignedIn(token, row.id)


def sign_out(conn: Connection, token: str) -> None:
    """End a session."""
    conn.execute(delete(session).where(session.c.digest == hidden(token)))


def whose(conn: Connection, token: str, now: datetime | None = None) -> Actor | None:
    """Return whose session this is, with the roles of today; None where there is none any more."""
    now = now or datetime.now(UTC)
    row = conn.execute(
        select(session.c.account, session.c.browser, session.c.ends_at, account.c.name, account.c.locked)
        .join(account, account.c.id == session.c.account)
        .where(session.c.digest == hidden(token))
    ).first()
    if row is None or row.locked or row.ends_at < _iso(now):
        return None
    return Actor(row.account, row.name, roles_of(conn, row.account, now.date().isoformat()), row.browser)


def actor_named(conn: Connection, name: str, today: str) -> Actor:
    """Return the actor of an account by name, for the command line."""
    number = find(conn, name)
    return Actor(number, name, roles_of(conn, number, today), f"terminal of {number}")


def roles_of(conn: Connection, number: str, today: str) -> tuple[RoleGiven, ...]:
    """Return the roles that an account has today."""
    found = conn.execute(
        select(role_given)
        .where(role_given.c.account == number, role_given.c.from_day <= today, role_given.c.to_day >= today)
        .order_by(role_given.c.id)
    )
    return tuple(RoleGiven(r.role, r.procedure, r.area, r.deputy_of) for r in found)


def hidden(token: str) -> str:
    """Return what is stored of a token: nobody who reads the database can use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_password(stored: str, given: str) -> bool:
    try:
        return _HASHER.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False


def check_password(password: str) -> None:
    """Raise UsageError for a password that is too short."""
    if wrong := _password_wrong(password):
        raise UsageError("\n".join(wrong))


def _password_wrong(password: str) -> list[str]:
    short = len(password) < SHORTEST_PASSWORD
    return [f"a password has {SHORTEST_PASSWORD} characters or more; a few words will do"] if short else []


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
