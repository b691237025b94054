"""What the commands of the desk share: its folder, who gives the command, and days."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mechlin.cli.shared import to_folder
from mechlin.core.errors import UsageError
from mechlin.core.extras import extra

if TYPE_CHECKING:
    from mechlin.desk.casework.office import Office
    from mechlin.desk.ground.roles import Actor

PASSWORD_VARIABLE = "MECHLIN_DESK_PASSWORD"
NEEDS = ("sqlalchemy", "alembic", "cryptography", "argon2")

Home = Annotated[Path, typer.Option(help="The folder of the desk.", parser=to_folder)]
As = Annotated[
    str, typer.Option("--as", help=f"The account that does it; its password is asked, or {PASSWORD_VARIABLE}.")
]
HOME = Path("desk")


def today() -> str:
    """Return the day."""
    return date.today().isoformat()


def office_in(folder: Path) -> "Office":
    """Open a desk, or say which library is missing."""
    for module in NEEDS:
        extra(module, "desk")
    from mechlin.desk.ground.home import open_home
    from mechlin.desk.procedures import office_of

    return office_of(open_home(folder))


def password_of(name: str) -> str:
    """Return a password from the environment, or ask for it on a terminal."""
    found = os.environ.get(PASSWORD_VARIABLE)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise UsageError(f"the password of {name} is asked on a terminal; without one, set {PASSWORD_VARIABLE}")
    from getpass import getpass

    return getpass(f"Password of {name}: ")


def actor_by(office: "Office", name: str) -> "Actor":
    """Return whoever gives the command, after the password was right."""
    from mechlin.desk.ground import accounts

    with office.home.database.write() as conn:
        accounts.find(conn, name)
        signed_in = accounts.sign_in(conn, name, password_of(name), f"terminal of {name}")
        if signed_in is None:
            raise UsageError(f"that is not the password of {name}, or the account is locked or pauses")
        accounts.sign_out(conn, signed_in.token)
        return accounts.actor_named(conn, name, today())


def day_given(text: str) -> str:
    """Return a day that somebody wrote; raise UsageError where it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a day; write it like 2026-03-14") from None


def look_at(office: "Office", conn: Any, case: str) -> Any:
    """Return a case as a procedure sees it; raise UsageError where there is none."""
    from mechlin.desk.casework.loading import load
    from mechlin.desk.ground.roles import RESIDENT_ACTOR

    state = load(conn, case)
    if not state.id:
        raise UsageError(f"there is no case {case}")
    return office.look(conn, state, today(), RESIDENT_ACTOR)
