"""The command ``mechlin``: one function per command; the work is done elsewhere.

Exit codes: 0 done, 1 a check found problems, 2 wrong use, 3 bad input data. What goes wrong is said in plain
sentences on standard error, all at once. Nothing heavy is imported until a command needs it.
"""

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mechlin.cli.borrow_command import borrow_figures
from mechlin.cli.build_command import build
from mechlin.cli.calibrate_command import calibrate
from mechlin.cli.city_commands import city_app, new_city
from mechlin.cli.desk_commands import desk_app
from mechlin.cli.doses_command import doses
from mechlin.cli.follow_command import follow
from mechlin.cli.forecast_command import forecast_app
from mechlin.cli.import_commands import import_city, propose_mapping
from mechlin.cli.indicator_commands import add, indicators_app
from mechlin.cli.look_command import look_at
from mechlin.cli.measure_command import measure_app
from mechlin.cli.results_commands import results_app
from mechlin.cli.serve_command import serve
from mechlin.cli.shared import AsJson, Cluster, Out, Package, Threads, bar, print_rows, ready
from mechlin.cli.skeleton import new_measure
from mechlin.cli.study_commands import assumptions, discover, optimise, sensitivity
from mechlin.core.errors import MechlinError
from mechlin.core.extras import extra
from mechlin.core.files import write_text

if TYPE_CHECKING:
    pass

_PLAIN: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None, "add_completion": False}
_BAD_INPUT = 3
_INTERRUPTED = 130

app = typer.Typer(
    name="mechlin",
    pretty_exceptions_enable=False,
    **_PLAIN,
    help="Rehearse a city's approach to segregation, safety and belonging, resident by resident.",
)
new_app = typer.Typer(help="Write a skeleton: a city folder, or a measure.", **_PLAIN)
app.add_typer(city_app, name="city")
app.add_typer(measure_app, name="measure")
measure_app.add_typer(indicators_app, name="indicators")
measure_app.command("add")(add)
measure_app.command("doses")(doses)
app.add_typer(new_app, name="new")
app.add_typer(desk_app, name="desk")
app.add_typer(results_app, name="results")
app.add_typer(forecast_app, name="forecast")
city_app.command("build")(build)
city_app.command("borrow")(borrow_figures)
city_app.command("import")(import_city)
city_app.command("new")(propose_mapping)
city_app.command("look")(look_at)
new_app.command("city")(new_city)
for word in ("measure", "programme"):
    new_app.command(word)(new_measure)
for study in (follow, calibrate, sensitivity, assumptions, discover, optimise, serve):
    app.command(study.__name__)(study)


class Listed(StrEnum):
    """What can be listed."""

    cities = "cities"
    programmes = "programmes"
    packages = "packages"
    indicators = "indicators"
    mechanisms = "mechanisms"


def _version(asked: bool) -> None:
    if asked:
        from mechlin.core.spec import model_version

        print(f"mechlin {model_version()}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Rehearse a city's approach to segregation, safety and belonging, resident by resident."""


@app.command()
def rehearse(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    package: Package = None,
    against: Annotated[str, typer.Option(help="What to compare with: a name or a .toml file.")] = "nothing",
    until: Annotated[str, typer.Option(help="The last month.")] = "2018-12",
    runs: Annotated[int, typer.Option(help="How many pairs of runs.")] = 16,
    out: Out = Path("report"),
    threads: Threads = None,
    vary: Annotated[
        str, typer.Option(help="What differs from pair to pair: all, or chance, knowledge, structure.")
    ] = "all",
    fix: Annotated[
        list[str] | None, typer.Option("--set", help="Fix a number in every run: owner.number=value; may be repeated.")
    ] = None,
    cluster: Cluster = None,
    language: Annotated[str, typer.Option(help="The language of the page: en, nl, fr or sv.")] = "en",
    export: Annotated[
        bool, typer.Option("--export", help="Also write slides.pdf, numbers.csv and a picture of each figure.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Rehearse a package in a city: a table here, and a page in a folder."""
    from mechlin.report import texts
    from mechlin.study.rehearsal import rehearse as rehearse_city

    also: list[Callable[[], object]] = [partial(texts.asked, language)]
    if export:
        also.append(partial(extra, "pypdf", "slides"))
    ready(out, "report.html", "results.json")
    given = _numbers(fix)
    with bar("Rehearsing") as progress:
        done = rehearse_city(
            city,
            package,
            against,
            runs,
            until,
            out,
            threads,
            progress,
            vary=vary,
            numbers=given,
            cluster=cluster,
            also=also,
        )
    page = done.to_html(out / "report.html", language)
    more = done.export(out, language) if export else ()
    numbers = write_text(out / "results.json", done.to_json())
    if as_json:
        print(done.to_json())
    else:
        done.summary()
    told = [f"\nThe page:    {page.resolve()}", f"The numbers: {numbers.resolve()}"]
    if more:
        told.append(f"The slides:  {more[-1].resolve()}; beside them numbers.csv and the folder pictures")
    print("\n".join(told), file=sys.stderr if as_json else sys.stdout)


def _numbers(pairs: Sequence[str] | None) -> dict[str, float]:
    """Return {"owner.number": value} from "owner.number=value"; raise UsageError for anything else."""
    from mechlin.core.errors import UsageError

    out: dict[str, float] = {}
    wrong = []
    for pair in pairs or ():
        name, _, value = (part.strip() for part in pair.partition("="))
        try:
            number = float(value)
        except ValueError:
            wrong.append(f"--set {pair} means nothing; write owner.number=value, as --set transport.factor=1")
            continue
        if repr(out.setdefault(name, number)) != repr(number):  # nan is one value too, and refused later with its range
            wrong.append(f"--set gives {name} two values, {out[name]:g} and {number:g}; write it once")
    if wrong:
        raise UsageError("\n".join(wrong))
    return out


@app.command()
def attribute(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    package: Package = None,
    against: Annotated[str, typer.Option(help="What to compare with: a name or a .toml file.")] = "nothing",
    indicator: Annotated[list[str] | None, typer.Option(help="Share out this effect; may be repeated.")] = None,
    until: Annotated[str, typer.Option(help="The last month.")] = "2018-12",
    runs: Annotated[
        int | None, typer.Option(help="How many worlds; enough for a quarter of an hour unless told.")
    ] = None,
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Say which measure carried how much of each effect, what goes together, and what it cost."""
    from mechlin.report.attribution_tables import SHARE_HEADINGS, share_table, together_lines
    from mechlin.report.tables import print_table
    from mechlin.runs.store import Store
    from mechlin.study.attribution import attribute as share_out

    ready(out, "attribution.html", "attribution.json")
    with bar("Sharing out") as progress:
        store = Store(out / "runs")
        found = share_out(
            city, package, against, indicator or (), runs, until, store, threads, progress, cluster=cluster
        )
    page = found.to_html(out / "attribution.html")
    write_text(out / "attribution.json", found.to_json())
    if as_json:
        print(found.to_json())
    for name in () if as_json else found.indicators:
        print(f"\n{found.cards[name].title}")
        print_table(SHARE_HEADINGS, share_table(found, name), whole=(2, 3))
        for line in together_lines(found, name):
            print(f"  {line}")
    print(
        f"\n{found.method}; {found.runs} runs.\nThe page: {page.resolve()}", file=sys.stderr if as_json else sys.stdout
    )


@app.command()
def backtest(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder.")],
    observed: Annotated[Path, typer.Option(help="A table of indicator, year, value, low, high, unit (CSV).")],
    since: Annotated[int, typer.Option("--from", help="The year at whose start the forecasts are made.")],
    package: Package = None,
    runs: Annotated[int, typer.Option(help="How many runs.")] = 16,
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Hold forecasts against what was observed: coverage, CRPS, and skill against two naive forecasts."""
    from mechlin.report.tables import print_table
    from mechlin.runs.store import Store
    from mechlin.study.backtesting import HEADINGS
    from mechlin.study.backtesting import backtest as hold_against

    ready(out, "backtest.html", "backtest.json")
    with bar("Running") as progress:
        found = hold_against(city, observed, since, package, runs, Store(out / "runs"), threads, progress, cluster)
    page = found.to_html(out / "backtest.html")
    write_text(out / "backtest.json", found.to_json())
    if as_json:
        print(found.to_json())
    else:
        print_table(HEADINGS, found.to_rows(), right=(1, 2, 4, 5), whole=(6,))
        for rows, name, why in found.left_out_told:
            print(f"Left out: {name} (row {rows}): {why}")
    print(f"\nThe page: {page.resolve()}", file=sys.stderr if as_json else sys.stdout)


@app.command("list")
def list_names(
    what: Annotated[Listed, typer.Argument(help="What to list.")],
    city: Annotated[str, typer.Option(help="The city whose packages to list.")] = "mechelen",
    as_json: AsJson = False,
) -> None:
    """List cities, programmes, packages, indicators or mechanisms."""
    from mechlin.cli.explain import listing

    print_rows(listing(what.value, city), as_json)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A programme, mechanism, indicator, parameter or package.")],
    city: Annotated[str, typer.Option(help="The city whose packages are meant.")] = "mechelen",
    as_json: AsJson = False,
) -> None:
    """Explain a programme, mechanism, indicator, parameter or package: meaning, range, belief, evidence, sources."""
    from mechlin.cli.explain import explanation

    told = explanation(name, city)
    if as_json:
        print(json.dumps(told, indent=1))
        return
    print(f"{told['name']}: {told['kind']}\n")
    print(told["text"].rstrip())
    if told["parameters"]:
        print("\nParameters")
        print_rows(told["parameters"], as_json=False)
    for line in told["sources"]:
        print(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are sentences, never tracebacks."""
    try:
        given = list(arguments) if arguments is not None else None
        code = app(given, prog_name="mechlin", standalone_mode=False)
    except MechlinError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except typer.TyperException as error:
        said = error.format_message()
        print(said if said.startswith("Usage") else f"{said}\nSee: mechlin --help", file=sys.stderr)
        return error.exit_code
    except OSError as error:  # a folder that cannot be written, a disk that is full
        print(f"{error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return _BAD_INPUT
    if code == _INTERRUPTED:
        print("Stopped. What was computed is kept; the same command goes on from there.", file=sys.stderr)
    return code if isinstance(code, int) else 0
