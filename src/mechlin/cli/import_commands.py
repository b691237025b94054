"""``mechlin city import`` and ``mechlin city new``: from the files that an office publishes to a city's folder."""

from pathlib import Path
from typing import Annotated

import typer

_TAGS = ("counted", "derived", "borrowed", "assumed")


def import_city(
    mapping: Annotated[Path, typer.Argument(help="The mapping: which column of which file becomes which of the city.")],
    out: Annotated[
        Path | None, typer.Option(help="The city's folder; without it, beside the mapping and called like it.")
    ] = None,
) -> None:
    """Make a city's folder from published files: whole, or not at all with everything that is wrong."""
    from mechlin.city.importing.steps import import_city as run

    done = run(mapping, out)
    for note in done.notes:
        print(f"  {note}")
    total = sum(done.tags.values())
    shares = ", ".join(f"{done.tags[tag] / total:.0%} {tag}" for tag in _TAGS if done.tags.get(tag))
    print(f"\nWritten: {done.folder} ({done.areas} areas; of {total:,} numbers {shares}; each is in sources.csv)")
    print(f"Next: mechlin city check {done.folder}")
