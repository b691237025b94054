"""``mechlin new programme NAME``: a measure's skeleton, to be filled in."""

import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mechlin.core.errors import UsageError

_TEMPLATE = "service_tenancy"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def new_programme(
    name: Annotated[str, typer.Argument(help="The measure's name: small letters and underscores.")],
    into: Annotated[Path | None, typer.Option(help="The folder; Mechlin's own programmes unless told.")] = None,
) -> None:
    """Write a measure's skeleton and say where it is."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a measure's name; write small letters, like school_transport")
    own = Path(str(files("mechlin.measures")))
    folder = into or own
    target = folder / f"{name}.py"
    if target.exists() or (own / target.name).exists():
        raise UsageError(f"there is a measure {name!r} already: {target}")
    text = (own / f"{_TEMPLATE}.py").read_text(encoding="utf-8")
    text = re.sub(r'title="[^"]*"', f'title="{name.replace("_", " ").capitalize()}"', text, count=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror}); say where with --into FOLDER") from None
    print(target)
    steps: tuple[str, ...] = (
        f"It is a copy of {_TEMPLATE}, under the new name. Change it from top to bottom: who, what, lever, costs,",
        "what is expected, what is doubtful; every number with unit, range and evidence.",
    )
    if into is not None:
        steps = (*steps, f"Mechlin finds it once it stands in {own}.")
    print("\n".join(steps), file=sys.stderr)
