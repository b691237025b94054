"""``mechlin city build``: make a city's residents and say how well they fit its tables."""

import json
from typing import Annotated

import typer

_FOUND_PROBLEMS = 1


def build(
    path: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    seed: Annotated[int, typer.Option(help="The seed of the synthetic residents.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Build a city's synthetic residents and give a verdict on every margin of its tables."""
    from mechlin.city.residents.population import build_population
    from mechlin.city.tables.sources import load_city

    population = build_population(load_city(path), seed)
    rows, sizes = population.fit.to_rows(), population.sizes
    if as_json:
        told = {"verdict": population.fit.verdict, "sizes": sizes, "moved": population.fit.moved, "margins": rows}
        print(json.dumps(told, indent=1))
    else:
        from mechlin.report.tables import print_table

        print(
            f"{sizes['people']:,} residents in {sizes['households']:,} households and {sizes['homes']:,} homes "
            f"(planned ones included), seed {seed}\n"
        )
        print_table(
            ["margin", "areas", "fail", "table", "built", "verdict", "worst cells"],
            [
                [
                    r["margin"],
                    str(r["cells"]),
                    str(r["failed"]),
                    f"{r['wanted']:,.0f}",
                    f"{r['found']:,.0f}",
                    r["verdict"],
                    r["worst"],
                ]
                for r in rows
            ],
            right=(1, 2, 3, 4),
        )
        for what, count in population.fit.moved.items():
            print(f"{what}: {count:,}")
        print(f"\nVerdict: {population.fit.verdict}")
    if population.fit.verdict != "pass":
        raise typer.Exit(_FOUND_PROBLEMS)
