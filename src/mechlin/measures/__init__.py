"""One file per programme. Dropping a file here is all it takes to register it: the file's name is its name.

Folders hold what several programmes share.
"""

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module

from mechlin.core.declare import Programme


def catalogue() -> dict[str, Programme]:
    """Return every programme in this folder by name, sorted."""
    return dict(_found(tuple(__path__)))


@cache
def _found(folders: tuple[str, ...]) -> dict[str, Programme]:
    found = {}
    for info in sorted(pkgutil.iter_modules(folders), key=lambda i: i.name):
        if info.ispkg:
            continue
        declared = import_module(f"{__name__}.{info.name}").PROGRAMME
        found[info.name] = replace(declared, name=info.name)
    return found
