"""Libraries that only some studies need: fetched when needed, or a sentence on how to install them."""

from importlib import import_module
from typing import Any

from mechlin.core.errors import UsageError


def extra(module: str, name: str) -> Any:
    """Return a module of the optional part ``name``; raise UsageError that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(
            f"this needs a library that is not installed ({error.name}): pip install 'mechlin[{name}]'"
        ) from None
