"""``mechlin city borrow``: fill what a city lacks, openly."""

from typing import Annotated

import typer

_SHOWN = 30  # lines about single cells before "and so many more"


def borrow_figures(
    path: Annotated[str, typer.Argument(help="The city's folder.")],
    country: Annotated[
        str, typer.Option(help="Whose national figures to borrow; unless told, that of city.toml.")
    ] = "",
    neighbour: Annotated[str, typer.Option("--from", help="A city to be asked first: its name or folder.")] = "",
) -> None:
    """Fill what a city's folder lacks from a neighbour, its country or a model; every filled cell is marked as borrowed."""
    from mechlin.city.borrowing.folder import borrow
    from mechlin.city.tables.sources import load_city
    from mechlin.city.tables.standing import standing

    done = borrow(path, country, neighbour)
    for line in done.lines[:_SHOWN]:
        off = f", may be off by {line.spread:.0%}" if line.spread else ""
        who = f" from {line.file}" if line.file else ""
        print(f"{line.table} {line.row} {line.column}: {line.tag}{who} ({line.rule}{off})")
    if len(done.lines) > _SHOWN:
        print(f"... and {len(done.lines) - _SHOWN} more lines in sources.csv")
    if not done.lines:
        print("Nothing was missing.")
    print(standing(load_city(done.path)).sentence)
