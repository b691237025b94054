"""``mechlin city look``: a mapping's files and what comes out of them, side by side on one page."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mechlin.core.errors import Problem

_AGAIN_S = 2  # how often a followed page reads itself anew


def look_at(
    mapping: Annotated[Path, typer.Argument(help="The mapping, as `mechlin city new --from FILE...` proposes it.")],
    out: Annotated[
        Path | None, typer.Option(help="The page; without it, beside the mapping and called like it.")
    ] = None,
    neighbour: Annotated[str, typer.Option(help="A city that is to lend what no file gives, as in the import.")] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="Write the page anew whenever the mapping is saved, until Ctrl-C.")
    ] = False,
) -> None:
    """Show on one page what stands in the files, what comes out of them, and a map; import nothing."""
    from mechlin.core.errors import InputError

    page = out or mapping.with_suffix(".html")
    problems = _written(mapping, page, _AGAIN_S if follow else 0, neighbour)
    if not follow:
        print(f"The page: {page}")
        if problems:
            raise InputError(problems)
        lent = f" --neighbour {neighbour}" if neighbour else ""
        print(f"Next: mechlin city import {mapping}{lent}, which looks the whole city through")
        return
    print(f"The page: {page}\nCorrect {mapping} in an editor: the page follows. Ctrl-C ends it.")
    seen = _saved(mapping)
    while True:
        print(f"  {time.strftime('%H:%M:%S')}  {_told(len(problems))}", flush=True)
        while _saved(mapping) == seen:
            time.sleep(_AGAIN_S / 2)
        seen = _saved(mapping)
        problems = _written(mapping, page, _AGAIN_S, neighbour)


def _told(problems: int) -> str:
    return f"{problems} problem{'s' if problems != 1 else ''}" if problems else "no problem in the mapping"


def _saved(file: Path) -> float:
    return file.stat().st_mtime if file.is_file() else 0.0  # an editor may take it away for a moment


def _written(mapping: Path, page: Path, again_s: int, neighbour: str) -> "list[Problem]":
    """Write the page of a mapping as it stands now; return what is wrong with it."""
    from mechlin.city.importing.mapping import read_mapping
    from mechlin.city.importing.steps import taking_of
    from mechlin.core.errors import InputError
    from mechlin.core.files import write_text
    from mechlin.core.toml import decoded
    from mechlin.report.mapping_page import mapping_page, refused_page

    try:
        taking = taking_of(read_mapping(mapping), neighbour)
    except InputError as error:
        text = decoded(mapping.read_bytes(), mapping.name)
        write_text(page, refused_page(mapping.name, text, error.problems, again_s))
        return list(error.problems)
    write_text(page, mapping_page(taking, again_s))
    return list(taking.problems)
