"""``mechlin measure doses``: planned against delivered, and the package that came of it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.indicator_commands import MEASURED, MeasuredIn
from mechlin.cli.shared import AsJson, plain, print_rows


def doses(
    file: Annotated[
        Path,
        typer.Argument(help="A table of programme, parameter, month, planned, delivered, and what is known of them."),
    ],
    city: Annotated[str, typer.Option(help="The city in which it was delivered.")] = "mechelen",
    plan: Annotated[
        str | None, typer.Option(help="The package that was meant; what was not counted stays as it says.")
    ] = None,
    by_area: Annotated[bool, typer.Option("--by-area", help="Show every area by itself.")] = False,
    place: MeasuredIn = MEASURED,
    as_json: AsJson = False,
) -> None:
    """Hold what was delivered against what was planned, name the gaps, and write the package `delivered`."""
    from mechlin.core.clock import month_text
    from mechlin.core.files import check_place
    from mechlin.evaluation.doses import shares
    from mechlin.study.delivered import FILE
    from mechlin.study.doses_package import delivered_in

    check_place(place, FILE)
    found, known, package, path = delivered_in(file, city, plan, place)
    told = shares(found, known, by_area)
    if as_json:
        rows = [
            s._asdict() | {"first": month_text(s.first), "last": month_text(s.last), "of_plan": s.of_plan} for s in told
        ]
        parts = {"gaps": found.gaps(), "settings": package.settings}
        print(json.dumps({"doses": rows, **parts, "package": str(path.resolve())}, indent=1))
        return
    print_rows(
        [
            {
                "dose": s.name,
                **({"area": s.area or "whole city"} if by_area else {}),
                "unit": s.unit,
                "months": f"{month_text(s.first)} to {month_text(s.last)}",
                "planned": plain(s.planned),
                "delivered": plain(s.delivered),
                "between": "" if s.low == s.high else f"{plain(s.low)} and {plain(s.high)}",
                "of plan": "" if s.of_plan is None else _percent(s.of_plan),
                "confirmed": _percent(s.confirmed),
                "missing": _percent(s.missing),
            }
            for s in told
        ],
        as_json=False,
    )
    print("\nPlanned and delivered are a month on average.")
    for gap in found.gaps():
        print(gap)
    print(f"\nThe package: {path.resolve()}\nRehearse it here with: mechlin rehearse {city} --package delivered")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
