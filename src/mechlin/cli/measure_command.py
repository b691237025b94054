"""``mechlin measure``: what really happened, held against what was rehearsed and against other towns."""

import typer

measure_app = typer.Typer(
    help="Hold what really happened against other towns.", no_args_is_help=True, rich_markup_mode=None
)


@measure_app.callback()
def measured() -> None:
    """Hold what really happened against other towns."""
