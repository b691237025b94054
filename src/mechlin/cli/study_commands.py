"""``mechlin sensitivity|assumptions|discover|optimise``: how far findings may be leaned on, and what to choose."""

import json
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.shared import AsJson, Cluster, Out, Package, Threads, Until, bar, print_rows, ready
from mechlin.core.files import check_place

City = Annotated[str, typer.Argument(help="A city by name, or its folder.")]
Against = Annotated[str, typer.Option(help="What to compare with: a name or a .toml file.")]
People = Annotated[int, typer.Option(help="Residents of the smaller copy of the city; 0 keeps it whole.")]


def sensitivity(
    city: City = "mechelen",
    package: Package = None,
    against: Against = "nothing",
    trajectories: Annotated[int, typer.Option(help="Morris trajectories.")] = 4,
    survivors: Annotated[int, typer.Option(help="Numbers whose Sobol indices follow; 0 for none.")] = 0,
    people: People = 10_000,
    until: Until = "2018-12",
    save: Annotated[Path | None, typer.Option(help="Keep the reactions in this file, to go with the city.")] = None,
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Find the numbers on which the findings hang: Morris screening, then Sobol indices of the few that matter."""
    from mechlin.runs.store import Store
    from mechlin.study.sensitivity import screen

    ready(out)
    if save is not None:
        check_place(save.parent, save.name)
    with bar("Screening") as progress:
        found = screen(
            city,
            package,
            against,
            trajectories,
            survivors,
            people=people or None,
            until=until,
            store=Store(out / "runs"),
            threads=threads,
            progress=progress,
            cluster=cluster,
        )
    if save is not None:
        found.save(save)
    rows = [{"number": name, "reaction": f"{size:.3f}"} for name, size in found.ranking()]
    if as_json:
        parts = {"reactions": [r._asdict() for r in found.reactions], "indices": [i._asdict() for i in found.indices]}
        print(json.dumps({"ranking": rows, **parts}, indent=1))
        return
    print_rows(rows[:40], as_json=False)
    if found.indices:
        print_rows(
            [{k: f"{v:.2f}" if isinstance(v, float) else v for k, v in i._asdict().items()} for i in found.indices],
            False,
        )
    print(f"\n{len(rows)} numbers, {found.runs} runs. Reaction 1: no other number moves any headline more.")


def assumptions(city: City = "mechelen", as_json: AsJson = False) -> None:
    """List every number that rests on judgement, those first to which the main findings react most."""
    from mechlin.city.tables.sources import load_city
    from mechlin.study.sensitivity import assumptions as listed
    from mechlin.study.turning import read_reactions

    place = load_city(city)
    reactions = read_reactions(place.folder / "reactions.csv") if place.folder else []
    print_rows(listed(place, reactions), as_json)
    if not reactions and not as_json:
        print(
            "\nHow much the findings react was not measured for this city yet: mechlin sensitivity --save reactions.csv"
        )


def discover(
    city: City,
    indicator: Annotated[str, typer.Option(help="The headline on which the package may fail.")],
    package: Package = None,
    against: Against = "nothing",
    at_least: Annotated[float, typer.Option(help="An effect up to this, in the better direction, is a failure.")] = 0.0,
    count: Annotated[int, typer.Option(help="How many worlds.")] = 128,
    people: People = 10_000,
    until: Until = "2018-12",
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Say in which worlds a package fails: a box of few numbers in which failure is common (PRIM)."""
    from mechlin.runs.store import Store
    from mechlin.study.discovery import discover as find

    ready(out)
    with bar("Looking for failures") as progress:
        found = find(
            city,
            indicator,
            package,
            against,
            at_least,
            count,
            people or None,
            until,
            Store(out / "runs"),
            threads,
            progress,
            cluster,
        )
    if as_json:
        print(found.to_json())
        return
    print(found.sentence())
    for limit in found.limits:
        print(f"  {limit.number}: {limit.meaning}")


def optimise(
    city: City,
    budget: Annotated[float, typer.Option(help="Euros of 2018, all payers, all years.")],
    indicator: Annotated[str, typer.Option(help="What is to become better.")],
    package: Package = None,
    trials: Annotated[int, typer.Option(help="Packages to try.")] = 60,
    runs: Annotated[int, typer.Option(help="Worlds in which each is tried.")] = 4,
    until: Until = "2018-12",
    out: Out = Path("report"),
    threads: Threads = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
) -> None:
    """Search for the best package within a budget, robust over worlds; draw the front of cost and effect."""
    from mechlin.report import charts, wording
    from mechlin.runs.store import Store
    from mechlin.study.optimisation import optimise as search

    ready(out, "front.png")
    with bar("Trying packages") as progress:
        store = Store(out / "runs")
        found = search(city, budget, indicator, package, trials, runs, until, store, threads, progress, cluster)
    picture = out / "front.png"
    charts.front(found).save(picture)
    best = found.best
    if as_json:
        print(
            json.dumps(
                {"best": best._asdict() if best else None, "front": [c._asdict() for c in found.front]}, indent=1
            )
        )
        return
    rows = [
        {
            "cost": wording.eur(c.cost_eur),
            "effect in 9 worlds of 10": f"{c.robust_effect:.4g}",
            "mean": f"{c.mean_effect:.4g}",
            "measures": ", ".join(f"{n} ({d})" for n, d in c.doses.items() if d != "off") or "none",
        }
        for c in found.front
    ]
    print_rows(rows, as_json=False)
    print(
        f"\n{len(found.tried)} packages tried. "
        + (
            f"Best within {wording.eur(budget)}: {', '.join(f'{n} ({d})' for n, d in best.doses.items() if d != 'off')}."
            if best
            else f"None within {wording.eur(budget)} helps in nine worlds of ten."
        )
        + f"\nThe front: {picture.resolve()}"
    )
