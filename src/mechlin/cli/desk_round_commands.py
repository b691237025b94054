"""Commands about a round at the desk: what is published of it, its verifier, its letters, and the rule of another year."""

import json
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.desk_shared import HOME, As, Home, actor_by, look_at, office_in, today
from mechlin.cli.shared import AsJson, print_rows, to_folder
from mechlin.core.errors import UsageError
from mechlin.core.files import write_text


def published(
    case: Annotated[str, typer.Argument(help="A round, or another case with public data.")],
    home: Home = HOME,
    out: Annotated[Path | None, typer.Option(help="The file; the screen unless told.")] = None,
) -> None:
    """Write what anybody may have of a case, without any name: enough to repeat a draw."""
    office = office_in(home)
    with office.home.database.read() as conn:
        look = look_at(office, conn, case)
        if look.procedure.data is None:
            raise UsageError(f"nothing of {look.procedure.title!r} is published as data")
        text = json.dumps(look.procedure.data(look), ensure_ascii=False) + "\n"
    if out:
        write_text(out, text)
    else:
        print(text, end="")


def verifier() -> None:
    """Print the plain program that repeats a draw: mechlin desk verifier > check_draw.py"""
    from importlib.resources import files

    print((files("mechlin.desk") / "check_draw.py").read_text(encoding="utf-8"), end="")


def letters(
    case: Annotated[str, typer.Argument(help="A round: the letters of all that belong to it.")],
    by: As,
    home: Home = HOME,
    out: Annotated[Path, typer.Option(help="The folder for the letters.", parser=to_folder)] = Path("letters"),
) -> None:
    """Write the last letter of every case of a round, each as a page that prints."""
    from importlib.resources import files

    from mechlin.desk.casework.letters import of_children
    from mechlin.desk.ground.roles import may

    office = office_in(home)
    if not may(actor_by(office, by), "send a letter"):
        raise UsageError(f"{by} has no role that may send letters")
    style = (files("mechlin.desk") / "web" / "static" / "desk.css").read_text(encoding="utf-8")
    number = 0
    with office.home.database.read() as conn:
        look = look_at(office, conn, case)
        for made in of_children(look, ""):
            page = made.html.replace('<link rel="stylesheet" href="/static/desk.css">', f"<style>{style}</style>")
            write_text(out / f"{made.case}-{made.id}.html", page)
            number += 1
    print(f"{number} letters, in {out.resolve()}.")


def replay(
    rule: Annotated[str, typer.Option(help="The rule and its form, as school_places@2023.")],
    round_: Annotated[str, typer.Option("--round", help="The round whose real list is run again.")],
    home: Home = HOME,
    distance: Annotated[float | None, typer.Option(min=0, max=1, help="Share of places by distance.")] = None,
    reserved: Annotated[float | None, typer.Option(min=0, max=1, help="Share of places held for a group.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a round's real list through another form of the rule: who would have moved, as counts and numbers."""
    from mechlin.desk.procedures import replays

    office = office_in(home)
    name, _, form = rule.partition("@")
    if name not in replays():
        raise UsageError(f"there is no rule {name} that can be replayed; there are: {', '.join(replays())}")
    with office.home.database.read() as conn:
        told = replays()[name](look_at(office, conn, round_), form, distance, reserved)
    print_rows(told, as_json)


def doses(
    home: Home = HOME,
    year: Annotated[int | None, typer.Option(min=1990, max=2200, help="The year; the last one unless told.")] = None,
    out: Annotated[Path, typer.Option(help="The table that mechlin measure doses reads.")] = Path("doses.csv"),
    as_json: AsJson = False,
) -> None:
    """Count what the desk delivered in a year that is over: homes, hours, places, meetings; nobody can be told from it."""
    from mechlin.desk.casework.doses import counted, table

    office = office_in(home)
    of = year or int(today()[:4]) - 1
    with office.home.database.read() as conn:
        found = counted(office, conn, of, today())
    write_text(out, table(found, of))
    print_rows([{"what": c.name, "delivered": c.told, "procedure": c.procedure} for c in found], as_json)
    if not as_json:
        print(f"\n{of}, in {out.resolve()}. Hold it against a plan with: mechlin measure doses {out} --city CITY")
