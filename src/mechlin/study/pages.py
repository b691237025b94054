"""Where results find their words, charts and pages, so that no result imports a page.

``mechlin/__init__.py`` puts the functions of the report here; whoever wants other pages puts theirs in their place.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mechlin.core.errors import MechlinError

MAKERS: dict[str, Callable[..., Any]] = {}


def maker(name: str) -> Callable[..., Any]:
    """Return the function that says, draws or writes ``name``; raise MechlinError when there is none."""
    if name not in MAKERS:
        raise MechlinError(f"nothing makes {name!r}: the report was not put into mechlin.study.pages.MAKERS")
    return MAKERS[name]


def write(name: str, path: Path, result: Any, *more: Any) -> Path:
    """Write the page ``name`` of a result to ``path`` and return it."""
    written: Path = maker(name)(result, path, *more)
    return written
