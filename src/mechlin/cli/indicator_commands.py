"""``mechlin measure indicators new|check|list|export`` and ``mechlin measure add``: what is counted in the real city."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mechlin.cli.shared import AsJson, plain, print_rows, to_folder

if TYPE_CHECKING:
    from mechlin.evaluation.observations import Moved

indicators_app = typer.Typer(
    help="Cards and observations of a folder of what was measured.", no_args_is_help=True, rich_markup_mode=None
)
Folder = Annotated[Path, typer.Argument(help="A folder of what was measured.", parser=to_folder)]
MeasuredIn = Annotated[Path, typer.Option("--in", help="The folder of what was measured.", parser=to_folder)]
MEASURED = Path("measured")


@indicators_app.command("new")
def new(
    folder: Folder = MEASURED,
    city: Annotated[str, typer.Option(help="The city whose indicators and record to begin with.")] = "mechelen",
    publisher: Annotated[str, typer.Option(help="Who publishes the folder: an office.")] = "",
) -> None:
    """Write a folder to start from: the cards of a city's indicators, and its record as observations."""
    from mechlin.study.foreseen import open_measured
    from mechlin.study.measured_folder import new_folder

    new_folder(folder, city, publisher)
    found = open_measured(folder)
    print(f"{folder.resolve()}: {len(found.cards)} cards, {len(found.observations)} observations")
    print("Look through indicators.csv first: licences, sources and the next release are yours to fill in.")


@indicators_app.command("check")
def check(folder: Folder = MEASURED) -> None:
    """Say everything that is wrong with a folder, at once; exit code 3 if anything is."""
    from mechlin.core.errors import InputError
    from mechlin.study.foreseen import check_measured, open_measured

    if problems := check_measured(folder):
        raise InputError(problems)
    found = open_measured(folder)
    print(
        f"{len(found.cards)} cards, {len(found.observations)} observations, {len(found.breaks)} breaks: nothing is wrong."
    )


@indicators_app.command("list")
def list_cards(folder: Folder = MEASURED, as_json: AsJson = False) -> None:
    """List the indicators: unit, last observation, next release, and whether a rehearsal simulates them."""
    from mechlin.study.foreseen import open_measured, simulated_cards

    found, simulated = open_measured(folder), simulated_cards(folder)
    rows = []
    for name, card in found.cards.items():
        seen = found.current(name, found.head.place)
        last = seen[-1] if seen else None
        rows.append(
            {
                "indicator": name,
                "title": card.title_en,
                "unit": card.unit,
                "years": _years([o.period for o in seen]),
                "last": f"{plain(last.value)} ({last.status})" if last else "",
                "next release": card.next_release,
                "simulated": "yes" if name in simulated else "no",
                **({"source": card.source, "licence": card.licence} if as_json else {}),
            }
        )
    print_rows(rows, as_json) if rows else print("[]" if as_json else "No card yet.")


@indicators_app.command("export")
def export(folder: Folder = MEASURED) -> None:
    """Write what others read: datapackage.json (Frictionless) and catalogue.jsonld (DCAT-AP)."""
    from mechlin.evaluation import catalogue
    from mechlin.study.foreseen import open_measured

    found = open_measured(folder)
    for path in (catalogue.describe(found), catalogue.export(found)):
        print(path.resolve())


def add(
    file: Annotated[Path, typer.Argument(help="A table of new editions (CSV).")],
    place: MeasuredIn = MEASURED,
    as_json: AsJson = False,
) -> None:
    """Add new editions of observations; nothing is overwritten, and what a number moved is said."""
    from mechlin.evaluation import catalogue
    from mechlin.evaluation.observations import add as add_editions
    from mechlin.study.foreseen import observed_names, open_measured

    found = open_measured(place)
    moved = add_editions(found, file, _today(), observed_names(found))
    catalogue.describe(open_measured(place))
    if as_json:
        print(json.dumps([_told(m) for m in moved], indent=1))
        return
    if not moved:
        print("Nothing new: every row is there to the digit.")
        return
    print_rows([{key: _cell(value) for key, value in _told(m).items()} for m in moved], as_json=False)
    corrected = sum(m.before is not None for m in moved)
    print(f"First editions: {len(moved) - corrected}. Editions that supersede one, which stays: {corrected}.")


def _today() -> date:
    return date.today()


def _told(m: "Moved") -> dict[str, str | float | int | None]:
    o = m.observation
    return {
        "indicator": o.indicator,
        "place": o.place,
        "period": o.period,
        "edition": o.edition,
        "status": o.status,
        "value": o.value,
        "supersedes": m.before.edition if m.before else None,
        "was": m.before.value if m.before else None,
        "moved by": m.by,
    }


def _cell(value: str | float | int | None) -> str:
    return "" if value is None else plain(value) if isinstance(value, float) else str(value)


def _years(years: list[int]) -> str:
    if not years:
        return "none"
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}, {len(years)} seen"
