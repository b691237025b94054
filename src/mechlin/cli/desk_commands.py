"""``mechlin desk``: real cases. The work is done in ``mechlin.desk``, an optional part: ``pip install 'mechlin[desk]'``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mechlin.cli.desk_round_commands import doses, letters, published, replay, verifier
from mechlin.cli.desk_shared import HOME, NEEDS, As, Home, actor_by, day_given, office_in, password_of, today
from mechlin.cli.shared import AsJson, print_rows
from mechlin.core.errors import UsageError
from mechlin.core.extras import extra
from mechlin.core.files import write_text

_PLAIN: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None, "add_completion": False}
desk_app = typer.Typer(help="Real cases: the same rules, which a clerk signs and anybody can check.", **_PLAIN)
user_app = typer.Typer(help="Accounts and their roles.", **_PLAIN)
retention_app = typer.Typer(help="What must go: list it, have it signed, destroy it.", **_PLAIN)
desk_app.add_typer(user_app, name="user")
desk_app.add_typer(retention_app, name="retention")

for command in (doses, letters, published, replay, verifier):
    desk_app.command(command.__name__)(command)


@desk_app.command()
def init(
    town: Annotated[str, typer.Option(help="The name of the town.")] = "",
    home: Home = HOME,
    database: Annotated[str, typer.Option(help="Where the database is: SQLite in the folder unless told.")] = (
        "sqlite:///desk.db"
    ),
    language: Annotated[str, typer.Option(help="The language of letters where none is known: nl, fr, en.")] = "nl",
    contact: Annotated[str, typer.Option(help="The office that residents turn to.")] = "",
    user: Annotated[str, typer.Option(help="The first account; it keeps the others.")] = "admin",
    demo: Annotated[bool, typer.Option("--demo", help="An invented town with a whole year of cases, to try.")] = False,
) -> None:
    """Make a desk: a database, a master key, and the first account; or an invented town to walk through."""
    for module in NEEDS:
        extra(module, "desk")
    from mechlin.desk.ground import accounts
    from mechlin.desk.ground.home import Settings, checked
    from mechlin.desk.ground.home import init as make
    from mechlin.desk.ground.roles import RoleGiven

    if demo:
        _demonstrate(home, database, language)
        return
    settings = checked(Settings(town=town, database=database, language=language, contact=contact))
    password = password_of(user)
    accounts.check_password(password)
    made = make(home, settings)
    with made.database.write() as conn:
        accounts.add_account(conn, user, password, today())
        accounts.give_role(conn, user, RoleGiven("admin"), today())
    print(f"A desk for {town} in {home.resolve()}; the first account is {user}.")
    print(
        f"Copy {(home / settings.keys).resolve()} to a safe place now: without the master key nobody can read anything."
    )


def _demonstrate(home: Path, database: str, language: str) -> None:
    """Make the demonstration town, and say how to walk in."""
    from mechlin.desk.casework.verify import verify as verify_all
    from mechlin.desk.demo import demonstration
    from mechlin.desk.demo.people import PASSWORD, TOWN
    from mechlin.desk.procedures import office_of

    found = verify_all(office_of(demonstration(home, database, language)))
    print(f"{TOWN}, an invented town, in {home.resolve()}: {found.events} events of a year and of these weeks.")
    print(f"Accounts are called after their roles (clerk, signer, school ...); the password of each is: {PASSWORD}")
    print(f"Walk in with: mechlin desk serve --home {home}")


@user_app.command("add")
def user_add(name: Annotated[str, typer.Argument(help="The name to sign in with.")], home: Home = HOME) -> None:
    """Add an account; its password is asked."""
    from mechlin.desk.ground import accounts

    office = office_in(home)
    with office.home.database.write() as conn:
        number = accounts.add_account(conn, name, password_of(name), today())
    print(f"{name} has the account {number}. It may do nothing yet: mechlin desk user role {name} ROLE")


@user_app.command("role")
def user_role(
    name: Annotated[str, typer.Argument(help="The account.")],
    role: Annotated[str, typer.Argument(help="The role.")],
    home: Home = HOME,
    procedure: Annotated[str, typer.Option(help="Only for this procedure.")] = "*",
    area: Annotated[str, typer.Option(help="Only for this area.")] = "*",
    since: Annotated[str, typer.Option("--from", help="The first day; today unless told.")] = "",
    until: Annotated[str, typer.Option(help="The last day.")] = "9999-12-31",
    deputy_of: Annotated[str, typer.Option(help="In whose place.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End the role instead, at once.")] = False,
) -> None:
    """Give an account a role, or end one."""
    from mechlin.desk.ground import accounts
    from mechlin.desk.ground.roles import RoleGiven

    office = office_in(home)
    if procedure != "*" and procedure not in office.procedures:
        raise UsageError(f"there is no procedure {procedure}; there are: {', '.join(office.procedures) or 'none'}")
    first = day_given(since or today())
    with office.home.database.write() as conn:
        if end:
            ended = accounts.end_roles(conn, name, role, first)
            print(f"{name} had the role {role} {ended} times; it ended.")
            return
        accounts.give_role(conn, name, RoleGiven(role, procedure, area, deputy_of), first, day_given(until))
    print(f"{name} is {role} from {first} to {until}.")


@user_app.command("password")
def user_password(name: Annotated[str, typer.Argument(help="The account.")], home: Home = HOME) -> None:
    """Give an account another password; its sessions end."""
    from mechlin.desk.ground import accounts

    with office_in(home).home.database.write() as conn:
        accounts.set_password(conn, name, password_of(name))
    print(f"{name} has another password.")


@user_app.command("lock")
def user_lock(
    name: Annotated[str, typer.Argument(help="The account.")],
    home: Home = HOME,
    unlock: Annotated[bool, typer.Option("--open", help="Open it again instead.")] = False,
) -> None:
    """Lock an account, or open it again; its sessions end at once."""
    from mechlin.desk.ground import accounts

    with office_in(home).home.database.write() as conn:
        accounts.lock(conn, name, not unlock)
    print(f"{name} is {'open' if unlock else 'locked'}.")


@user_app.command("matrix")
def user_matrix(home: Home = HOME, as_json: AsJson = False) -> None:
    """Print who may do what: every action with the roles that may take it."""
    from mechlin.desk.casework.matrix import matrix

    office = office_in(home)
    rows = [
        {"action": action, "roles": ", ".join(sorted(roles))} for action, roles in matrix(office.procedures).items()
    ]
    print_rows(rows, as_json)


@desk_app.command()
def check(home: Home = HOME) -> None:
    """Say everything that is wrong with the settings, the accounts and the procedures, at once."""
    from mechlin.desk.casework.matrix import wrong_with

    found = wrong_with(office_in(home), today())
    for line in found:
        print(line)
    if found:
        raise typer.Exit(1)
    print("Nothing is wrong.")


@desk_app.command()
def verify(
    held: Annotated[list[str] | None, typer.Argument(help="Heads from letters or mails, or files of them.")] = None,
    home: Home = HOME,
    as_json: AsJson = False,
) -> None:
    """Check that everything that happened is still there, and nothing else."""
    from mechlin.desk.casework.verify import verify as verify_all

    heads = [word for text in held or () for word in _heads(text)]
    found = verify_all(office_in(home), heads)
    if as_json:
        print(
            json.dumps({"events": found.events, "head": found.head, "first": found.first, "problems": found.problems})
        )
    else:
        for line in found.problems:
            print(line)
        if found.first is not None:
            print(f"The log is broken from event {found.first} on: restore the last backup, mechlin desk restore FILE")
        if found.sound:
            print(f"Sound: {found.events} events, head {found.head}.")
    if not found.sound:
        raise typer.Exit(1)


def _heads(text: str) -> list[str]:
    path = Path(text)
    return path.read_text(encoding="utf-8").split() if path.is_file() else [text]


@desk_app.command()
def head(home: Home = HOME) -> None:
    """Print the head of the log, to be mailed every day to two officers."""
    from mechlin.desk.ground import log
    from mechlin.desk.ground.canonical import short_head

    with office_in(home).home.database.read() as conn:
        print(short_head(*log.tip(conn)))


@desk_app.command()
def backup(path: Annotated[Path, typer.Argument(help="The file to write.")], home: Home = HOME) -> None:
    """Write everything to one file, of one moment; the keys' folder is copied apart."""
    from mechlin.desk.ground.backup import backup as write

    about = write(office_in(home).home, path)
    print(f"{about['seq']} events, to {path.resolve()}.")


@desk_app.command()
def restore(path: Annotated[Path, typer.Argument(help="The backup.")], home: Home = HOME) -> None:
    """Fill an empty database from a backup; it is verified before it answers."""
    from mechlin.desk.casework.verify import verify_within
    from mechlin.desk.ground.backup import restore as fill

    office = office_in(home)
    about = fill(office.home, path, lambda conn: list(verify_within(office, conn).problems))
    print(f"{about['seq']} events restored and verified.")


@desk_app.command()
def due(
    home: Home = HOME,
    days: Annotated[int, typer.Option(min=0, max=3650, help="How far ahead.")] = 14,
    as_json: AsJson = False,
) -> None:
    """List what is late or soon due, with whose it is."""
    from mechlin.desk.casework.keeping import due as list_due

    with office_in(home).home.database.read() as conn:
        found = list_due(conn, today(), days)
    rows = [
        {"due": d.due, "case": d.case, "stage": d.stage, "officer": d.officer, "late": "late" if d.late else ""}
        for d in found
    ]
    if rows or as_json:
        print_rows(rows, as_json)
    else:
        print("Nothing is due.")


@retention_app.command("list")
def retention_list(home: Home = HOME) -> None:
    """List the cases whose time of keeping is over and that nothing holds back."""
    from mechlin.desk.casework.keeping import must_go

    office = office_in(home)
    with office.home.database.read() as conn:
        print("\n".join(must_go(office, conn, today())) or "Nothing must go.")


@retention_app.command("prepare")
def retention_prepare(
    cases: Annotated[list[str], typer.Argument(help="The cases that must go.")], by: As, home: Home = HOME
) -> None:
    """Put a list of cases before the data protection officer; nothing is destroyed yet."""
    from mechlin.desk.casework.keeping import prepare_destruction

    office = office_in(home)
    listed = prepare_destruction(office, actor_by(office, by), cases)
    print(f"List {listed.seq}. To be signed by another: mechlin desk retention sign {listed.seq} --as NAME")


@retention_app.command("sign")
def retention_sign(
    listed: Annotated[int, typer.Argument(help="The number of the list.")],
    by: As,
    home: Home = HOME,
    out: Annotated[Path | None, typer.Option(help="A file for the certificate.")] = None,
) -> None:
    """Sign a list and destroy its keys: nobody can read these cases' personal data ever again."""
    from mechlin.desk.casework.keeping import sign_destruction

    office = office_in(home)
    certificate = sign_destruction(office, actor_by(office, by), listed)
    print(certificate)
    if out:
        write_text(out, certificate)


@desk_app.command()
def export(
    case: Annotated[str, typer.Argument(help="A case, or ALL.")],
    home: Home = HOME,
    personal: Annotated[bool, typer.Option("--personal", help="With what is sealed; of one case only.")] = False,
    by: Annotated[str, typer.Option("--as", help="The account that asks for what is sealed.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file; the screen unless told.")] = None,
) -> None:
    """Write a case, or the whole log, as JSON Lines."""
    from mechlin.desk.casework.keeping import exported
    from mechlin.desk.ground.roles import may

    office = office_in(home)
    if personal and (case == "ALL" or not by):
        raise UsageError("what is sealed leaves for one case only, and for an account: --as NAME")
    if personal and not may(actor_by(office, by), "export a case"):
        raise UsageError(f"{by} has no role that may export a case")
    with office.home.database.read() as conn:
        text = "".join(f"{line}\n" for line in exported(office, conn, case, personal))
    if out:
        write_text(out, text)
    else:
        print(text, end="")


@desk_app.command("import")
def import_steps(
    file: Annotated[Path, typer.Argument(help="Steps as JSON Lines: procedure or case, action, answers.")],
    by: As,
    home: Home = HOME,
) -> None:
    """Take every step in a file, all of them or none: for forms on paper that were typed elsewhere."""
    from mechlin.core.toml import decoded
    from mechlin.desk.casework.keeping import imported

    office = office_in(home)
    lines = decoded(file.read_bytes(), str(file)).splitlines()
    for receipt in imported(office, actor_by(office, by), lines, str(file)):
        print(receipt.case, receipt.seq)


@desk_app.command()
def serve(
    home: Home = HOME,
    host: Annotated[
        str, typer.Option(help="Where to listen; anything but this machine needs TLS in front.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 8010,
) -> None:
    """Open the desk in a browser."""
    from mechlin.desk.web.serve import serve as serve_desk

    serve_desk(office_in(home), host, port)
