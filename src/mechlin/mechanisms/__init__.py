"""One file per mechanism. Dropping a file here is all it takes to register it."""

import pkgutil
from importlib import import_module

from mechlin.core.declare import Mechanism


def catalogue() -> dict[str, Mechanism]:
    """Return every mechanism in this folder by name, sorted."""
    found = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda i: i.name):
        declared = import_module(f"{__name__}.{info.name}").MECHANISM
        if declared.name != info.name:
            raise ValueError(f"{info.name}.py declares a mechanism called {declared.name!r}")
        found[declared.name] = declared
    return found
