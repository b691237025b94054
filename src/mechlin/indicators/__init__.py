"""What is measured about the city, one file per concept; dropping a file here is all it takes.

A file declares ``INDICATORS``. Where a number exists once for every background that the city's source statistic
names, it also declares ``of_backgrounds``, a function of those names. Each indicator carries its definition card.
What several files share stands in the folder ``shared``.
"""

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from mechlin.core.declare import Indicator


def catalogue(backgrounds: Iterable[str] = ()) -> dict[str, Indicator]:
    """Return every indicator by name, sorted; ``backgrounds`` are the city's, in the order of its table.

    Raise ValueError when two files use one name.
    """
    return dict(_found(tuple(backgrounds), tuple(__path__)))


@cache
def _found(names: tuple[str, ...], folders: tuple[str, ...]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for info in pkgutil.iter_modules(folders):
        if info.ispkg:
            continue
        module = import_module(f"{__name__}.{info.name}")
        for indicator in (*module.INDICATORS, *getattr(module, "of_backgrounds", _none)(names)):
            if indicator.name in found:
                raise ValueError(f"{info.name}.py declares {indicator.name!r}, which another file has declared")
            found[indicator.name] = indicator
    return dict(sorted(found.items()))


def _none(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    return ()
