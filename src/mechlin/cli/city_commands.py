"""``mechlin city check|show`` and ``mechlin new city``: look at a city's tables before anything is simulated."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

city_app = typer.Typer(help="Check, show or build a city.", no_args_is_help=True, rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_FOUND_PROBLEMS = 1


@city_app.command("check")
def check(
    path: Annotated[str, typer.Argument(help="A city's folder, or the name of one that comes with Mechlin.")],
    as_json: AsJson = False,
) -> None:
    """Read a city's folder and list everything that is wrong with it: file, row, column, rule and repair."""
    from mechlin.study.city_check import check_city, notes_on

    problems = check_city(path)
    notes = notes_on(path)
    if as_json:
        print(json.dumps([{**p.__dict__} for p in problems], indent=1))
        if problems:
            raise typer.Exit(_FOUND_PROBLEMS)
        return
    for note in notes:
        print(f"Note: {note}")
    if problems:
        for n, problem in enumerate(problems, 1):
            print(f"{n:3d}. {problem}")
        print(f"\n{len(problems)} problem{'s' if len(problems) > 1 else ''}. Nothing can run until they are repaired.")
    else:
        from mechlin.city.tables.sources import load_city
        from mechlin.city.tables.standing import standing

        print(f"No problems: the tables agree with one another.\n{standing(load_city(path)).sentence}")
        print("Which is which: mechlin city show --table areas, and the lines of sources.csv.")
    if problems:
        raise typer.Exit(_FOUND_PROBLEMS)


@city_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    table: Annotated[
        str, typer.Option(help="Print one table whole: areas, schools, context, history, totals or elections.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what a city's figures are, and for each how it came to be: found, derived or reconstructed."""
    from mechlin.city.tables.sources import load_city
    from mechlin.core.errors import UsageError, nearest

    city = load_city(name)
    tables = {
        "areas": city.areas,
        "schools": city.schools,
        "context": city.context,
        "history": city.history,
        "totals": city.totals,
        "elections": city.elections,
    }
    if table:
        if table not in tables:
            close = nearest(table, tables)
            raise UsageError(f"there is no table {table!r}" + (f"; did you mean {close!r}?" if close else ""))
        rows = tables[table].to_dicts()
        print(json.dumps(rows, indent=1, default=str) if as_json else tables[table].write_csv(), end="")
        return
    told: dict[str, Any] = {
        "title": city.title,
        "start": city.start,
        "areas": city.areas.height,
        "schools": city.schools.height,
        "totals": city.totals.to_dicts(),
        "status": city.statuses.to_dicts(),
        "tags": _tags(tables),
    }
    if as_json:
        print(json.dumps(told, indent=1, default=str))
        return
    from mechlin.report.tables import print_table

    print(f"{city.title}: {city.areas.height} areas, {city.schools.height} schools\n\nTotals")
    print_table(
        ["quantity", "total", "status", "how"],
        [[r["quantity"], f"{r['total']:,.6g}", r.get("tag", ""), r.get("note", "")] for r in told["totals"]],
        right=(1,),
    )
    print("\nColumns: how they came to be")
    print_table(
        ["table", "column", "status", "method"],
        [[r["table"], r["column"], r["status"], r["method"]] for r in told["status"]],
    )
    print("\nSingle values by status (each row of these tables names its source; --table prints them)")
    print_table(["table", "status", "values"], [[r["table"], r["status"], str(r["values"])] for r in told["tags"]])


def _tags(tables: dict[str, Any]) -> list[dict[str, Any]]:
    """Count the values of each status in the tables that carry one in every row."""
    out = []
    for name, frame in tables.items():
        column = "tag" if "tag" in frame.columns else "geometry_tag"
        if column in frame.columns and frame.height:
            counts = frame.group_by(column).len().sort(column)
            label = name if column == "tag" else f"{name} (outlines)"
            out += [{"table": label, "status": s or "not marked", "values": n} for s, n in counts.iter_rows()]
    return out


def new_city(
    name: Annotated[str, typer.Argument(help="The city's name; also the name of its folder.")],
    folder: Annotated[Path, typer.Option(help="Where to put the folder.")] = Path(),
) -> None:
    """Write a small city's folder that passes the checks, for its figures to be replaced by one's own."""
    from mechlin.city.tables.scaffold import write_city
    from mechlin.core.errors import UsageError

    if name in ("", ".", "..") or "/" in name or "\\" in name or not name.isprintable():
        raise UsageError(f"{name!r} cannot be the name of a folder; say where to put it with --folder")
    path = write_city(folder / name, name)
    print(f"Written: {path}\nReplace the figures, then: mechlin city check {path}")
