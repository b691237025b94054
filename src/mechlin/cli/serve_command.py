"""``mechlin serve``: the workbench in a browser."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.shared import Out, Threads


def serve(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    out: Out = Path("report"),
    host: Annotated[
        str, typer.Option(help="Where to listen. Anything but this machine demands a token, shown once.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 8000,
    threads: Threads = None,
    learn: Annotated[
        int,
        typer.Option(
            min=0,
            max=512,
            help="So many made-up packages are run while nobody asks; the page then estimates others at once.",
        ),
    ] = 0,
) -> None:
    """Open the workbench in a browser: move the measures, see the city answer."""
    from mechlin.engine.warm import is_compiled
    from mechlin.web.serve import serve as serve_city

    if not is_compiled():
        print(
            "Compiling, once: the page is there in a moment, its first run takes about a minute more ...",
            file=sys.stderr,
        )
    serve_city(city, out, host, port, threads, learn)
