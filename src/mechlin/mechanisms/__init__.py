"""One folder per mechanism. Dropping a folder with a ``mechanism.py`` here is all it takes to register it.

``mechanism.py`` declares the parameters, columns and levers. Beside it stand scalar rules that a social scientist can
read and a test can call, and the loops that apply them.
"""

import pkgutil
from functools import cache
from importlib import import_module

from mechlin.core.declare import Mechanism


def catalogue() -> dict[str, Mechanism]:
    """Return every mechanism in this folder by name, sorted."""
    return dict(_found(tuple(__path__)))


@cache
def _found(folders: tuple[str, ...]) -> dict[str, Mechanism]:
    found = {}
    for info in sorted(pkgutil.iter_modules(folders), key=lambda i: i.name):
        declared = import_module(f"{__name__}.{info.name}.mechanism").MECHANISM
        if declared.name != info.name:
            raise ValueError(f"{info.name}/mechanism.py declares a mechanism called {declared.name!r}")
        found[declared.name] = declared
    return found
