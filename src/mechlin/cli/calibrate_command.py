"""``mechlin calibrate``: fit a city's levels to its record, and say what the record cannot tell."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.shared import AsJson, Cluster, Out, Threads, bar, print_rows, ready
from mechlin.core.files import write_text


def calibrate(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder; its calibration.toml says what is free.")],
    runs: Annotated[int, typer.Option(help="How many runs.")] = 160,
    draws: Annotated[int, typer.Option(help="How many accepted draws to keep.")] = 64,
    joint: Annotated[
        int, typer.Option(help="How many draws of everything believed to look at; those that the record rules out go.")
    ] = 128,
    quick: Annotated[
        bool, typer.Option("--quick", help="Within minutes, by an ensemble smoother in place of a search.")
    ] = False,
    until: Annotated[int | None, typer.Option(help="The last year of the record, in place of the city's own.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Put the accepted draws into the city's folder.")] = False,
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Fit the free levels of a city to its observed history, and say what that history cannot tell."""
    from mechlin.city.tables.sources import load_city
    from mechlin.report.calibration_page import misfit_table, number_table, told_lines
    from mechlin.runs.store import Store
    from mechlin.study.calibration import calibrate as fit
    from mechlin.study.calibration_plan import DRAWS_FILE, read_plan

    place = load_city(city)
    plan = read_plan(place)
    plan = plan._replace(until=until) if until is not None else plan
    ready(out, "calibration.html", "calibration.json")
    with bar("Calibrating") as progress:
        found = fit(place, runs, draws, plan, Store(out / "runs"), threads, progress, cluster, joint, quick)
    page = found.to_html(out / "calibration.html")
    write_text(out / "calibration.json", found.to_json())
    folder = place.folder if save and place.folder else out
    kept = found.save(folder / DRAWS_FILE)
    found.save_joint(folder)
    if as_json:
        print(found.to_json())
    else:
        print_rows(number_table(found), as_json=False)
        print()
        print_rows(misfit_table(found), as_json=False)
        print()
        for line in told_lines(found):
            print(line)
    where = "now part of the city" if save else "the city is as it was; --save puts them into its folder"
    print(
        f"\nThe page:  {page.resolve()}\nThe draws: {kept.resolve()} ({where})",
        file=sys.stderr if as_json else sys.stdout,
    )
