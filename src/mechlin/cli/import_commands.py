"""``mechlin city import`` and ``mechlin city new``: from the files that an office publishes to a city's folder."""

from pathlib import Path
from typing import Annotated

import typer

_TAGS = ("counted", "derived", "borrowed", "assumed")
_FIRST_YEARS = 1  # that a first rehearsal goes beyond its first: long enough to see something, short enough to wait for


def import_city(
    mappings: Annotated[
        list[Path],
        typer.Argument(metavar="MAPPING...", help="Mappings: which column of which file becomes which of the city."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The city's folder; without it, beside the mapping and called like it.")
    ] = None,
    neighbour: Annotated[
        str, typer.Option(help="A city to borrow from what nobody published, before its country is asked.")
    ] = "",
) -> None:
    """Make a city's folder from published files: whole, or not at all with everything that is wrong."""
    from mechlin.city.importing.steps import import_city as run
    from mechlin.core.errors import UsageError

    if out is not None and len(mappings) > 1:
        raise UsageError("--out is for one mapping; several cities are written beside their mappings")
    for mapping in mappings:
        done = run(mapping, out, neighbour)
        for note in done.notes:
            print(f"  {note}")
        total = sum(done.tags.values())
        shares = ", ".join(f"{done.tags[tag] / total:.0%} {tag}" for tag in _TAGS if done.tags.get(tag))
        print(f"\nWritten: {done.folder} ({done.areas} areas; of {total:,} numbers {shares}; each is in sources.csv)")
        print(f"Next: mechlin city check {done.folder}")
        until = int(done.start[:4]) + _FIRST_YEARS
        print(f"A first rehearsal: mechlin rehearse {done.folder} --runs 2 --until {until}-12")


def propose_mapping(
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files.")] = None,
    country: Annotated[str, typer.Option(help="The country, as NL, BE, SE, FR, DE or GB.")] = "",
    first: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="A published file: table or map; may be repeated."),
    ] = None,
    name: Annotated[str, typer.Option(help="The city's name; its mapping is called like it.")] = "city",
    start: Annotated[str, typer.Option(help="The first month; without it, the first year that was counted.")] = "",
    out: Annotated[Path | None, typer.Option(help="The mapping to write; without it, NAME.toml here.")] = None,
) -> None:
    """Propose a mapping from the headings, codes and cells of published files, with how sure each guess is and why."""
    from mechlin.city.importing.proposal_text import ENOUGH, mapping_text
    from mechlin.city.importing.propose import propose
    from mechlin.city.tables.sources import list_cities
    from mechlin.core.errors import UsageError
    from mechlin.core.files import write_text
    from mechlin.report.tables import print_table

    if not country:
        raise UsageError("--country is missing: write --country NL, BE, SE, FR, DE or GB")
    path = out or Path(f"{name.lower()}.toml")
    if path.exists():
        raise UsageError(f"{path} exists already; name another with --out, or remove it")
    found = propose([*(first or []), *(more or [])], country.upper())
    text = mapping_text(found, country.upper(), name, start, path.parent)
    rows = [[g.file, g.column, _said(g.target), f"{g.sure:.0%}", g.why[:90]] for g in found.guesses]
    print_table(["file", "column", "is probably", "sure", "why"], rows)
    for source in found.sources.values():
        if source.grid.notes:
            print(f"  {source.file}: {'; '.join(source.grid.notes)}")
    sure = sum(g.sure >= ENOUGH for g in found.guesses)
    write_text(path, text)
    print(f"\n{sure} of {len(found.guesses)} columns are clear enough to be used or left out.")
    print(f"Written: {path}\nSee it beside the files: mechlin city look {path}")
    taken = (
        f" --out my-{path.stem}" if path.stem in list_cities() else ""
    )  # a folder called like a city that comes along
    print(f"Correct it, then: mechlin city import {path}{taken}")


def _said(target: str) -> str:
    return {"-": "not needed", "": "not known", "dimension": "tells rows apart"}.get(target, target)
