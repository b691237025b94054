"""``mechlin measure``: what really happened, held against other towns: evaluate, plan, power."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.shared import AsJson, print_rows, to_folder
from mechlin.core.errors import UsageError
from mechlin.core.files import check_place, write_text

measure_app = typer.Typer(
    help="Hold what really happened against other towns.", no_args_is_help=True, rich_markup_mode=None
)
plan_app = typer.Typer(
    help="Write a plan before the figures come, and sign it.", no_args_is_help=True, rich_markup_mode=None
)
measure_app.add_typer(plan_app, name="plan")

PlanFile = Annotated[Path, typer.Argument(help="A plan: a .toml file.")]


@measure_app.command()
def evaluate(
    plan: Annotated[Path | None, typer.Argument(help="A plan (.toml); without one, name a panel.")] = None,
    panel: Annotated[
        str | None,
        typer.Option(help="A long table, a row for each town and period; or a panel that comes with Mechlin."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="The column of towns.")] = None,
    time: Annotated[str | None, typer.Option(help="The column of periods: years, quarters or months.")] = None,
    value: Annotated[list[str] | None, typer.Option(help="The column of the figure; may be repeated.")] = None,
    treated: Annotated[str | None, typer.Option(help="The town with the measure, as the table writes it.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="The first period with the measure.")] = None,
    window: Annotated[tuple[str, str] | None, typer.Option(help="The first and the last period that count.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A town that is no comparison; may be repeated.")] = None,
    towns: Annotated[
        Path | None, typer.Option(help="Where towns lie and what they share: neighbours are set apart.")
    ] = None,
    spill_km: Annotated[float, typer.Option(help="Kilometres within which towns are set apart.")] = 15.0,
    crosswalk: Annotated[Path | None, typer.Option(help="Towns that merged: a table of old and new names.")] = None,
    weight: Annotated[
        str | None, typer.Option(help="The column by which merged towns are averaged, not added.")
    ] = None,
    estimators: Annotated[str, typer.Option(help="Which of did, levels and changes.")] = "did,levels,changes",
    penalty: Annotated[float, typer.Option(help="Draws the weights of donors towards equal ones.")] = 0.0,
    donors: Annotated[int | None, typer.Option(help="So many towns at most, those whose past lies nearest.")] = None,
    matters: Annotated[float | None, typer.Option(help="The smallest effect that would matter.")] = None,
    rehearsed: Annotated[float | None, typer.Option(help="The effect that was rehearsed.")] = None,
    breaks: Annotated[
        list[str] | None, typer.Option("--break", help="When the way of counting changed; may be repeated.")
    ] = None,
    better: Annotated[str, typer.Option(help="Which direction is better: up, down or neither.")] = "neither",
    dose_share: Annotated[float | None, typer.Option(help="The share of the planned doses that was delivered.")] = None,
    doses: Annotated[
        Path | None, typer.Option(help="A table of what was delivered, from which that share is counted.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder for the page and the numbers.", parser=to_folder)] = None,
    language: Annotated[str, typer.Option(help="The language of the page: en, nl, fr or sv.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Hold a town against others: a verdict, what it rests on, and why it is not the next better one.

    By a plan, or on any long table without one; then it is exploratory, and says so.
    """
    from mechlin.evaluation.pool import MOST_DONORS
    from mechlin.report import texts
    from mechlin.study.measurement import measure

    _one_way(
        plan,
        panel,
        [treated, since, unit, time, value, towns, crosswalk, exclude, window, matters, rehearsed, dose_share, doses],
    )
    texts.asked(language)
    if out is not None:
        check_place(out, "measured.html", "measured.json")
    found = measure(
        str(plan or panel),
        treated,
        since,
        unit=unit,
        time=time,
        value=value or None,
        weight=weight,
        window=window or (),
        exclude=exclude or (),
        towns=towns,
        spill_km=spill_km,
        crosswalk=crosswalk,
        estimators=[name.strip() for name in estimators.split(",") if name.strip()],
        penalty=penalty,
        donors_at_most=MOST_DONORS if donors is None else donors,
        matters=matters,
        rehearsed=rehearsed,
        breaks=breaks or (),
        better=better,
        dose_share=dose_share,
        doses=doses,
    )
    if as_json:
        print(found.to_json())
    else:
        found.summary()
    if out is not None:
        page = found.to_html(out / "measured.html", language)
        numbers = write_text(out / "measured.json", found.to_json())
        where = f"\nThe page:    {page.resolve()}\nThe numbers: {numbers.resolve()}"
        print(where, file=sys.stderr if as_json else sys.stdout)


def _one_way(plan: Path | None, panel: str | None, others: list[object]) -> None:
    """Refuse both a plan and what a plan says, or neither a plan nor a panel."""
    if plan is None and panel is None:
        from mechlin.evaluation.shipped import names

        raise UsageError(f"name a plan, or a table with --panel; panels that come with Mechlin: {', '.join(names())}")
    if plan is not None and (panel is not None or any(o is not None and o != [] for o in others)):
        raise UsageError("a plan says everything; write what is to change into it, as a deviation if it was signed")
    if plan is not None and plan.suffix != ".toml":
        raise UsageError(f"{plan} is no plan: a plan ends in .toml; a table is named with --panel {plan}")


@plan_app.command("new")
def new_plan(file: Annotated[Path, typer.Argument(help="The file to write, ending in .toml.")]) -> None:
    """Write a plan to fill in."""
    from mechlin.evaluation.plan import SKELETON

    if file.suffix != ".toml":
        raise UsageError(f"{file} is no name for a plan; write {file.with_suffix('.toml')}")
    if file.exists():
        raise UsageError(f"{file} is there already; name another file")
    check_place(file.parent, file.name)
    print(write_text(file, SKELETON).resolve())


@plan_app.command("sign")
def sign_plan(file: PlanFile, by: Annotated[str, typer.Option(help="Who signs.")]) -> None:
    """Sign a plan: its hash, who and when go into a file beside it."""
    from mechlin.evaluation.plan import read_plan, sign

    plan = read_plan(file)
    where = sign(plan, by)
    known = json.loads(where.read_text(encoding="utf-8"))["known_after"]
    print(f"{where.resolve()}\nhash {plan.hash}")
    print("Publish the hash where others keep it: a file alone proves no date.")
    if known:
        print(f"Note: {known} periods after the start are known already, so that what follows is exploratory.")


@measure_app.command()
def power(file: PlanFile, as_json: AsJson = False) -> None:
    """Say which effect could be seen, from the past alone: before anything is spent."""
    from mechlin.study.measurement import power_of

    found = power_of(file)
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    print_rows([{k: str(v) for k, v in row.items() if k != "curve"} for row in _shown(found)], as_json=False)
    print(
        "\nvisible: the smallest effect that four in five towns would have shown, had it been planted in them."
        "\nsize: how often nothing is called an effect; above 0.10, choose another estimator or figure."
    )


def _shown(found: list[dict[str, object]]) -> list[dict[str, object]]:
    rows = []
    for row in found:
        told = {k: f"{v:.3g}" if isinstance(v, float) else "none" if v is None else v for k, v in row.items()}
        rows.append(told)
    return rows
