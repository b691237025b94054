"""What a mechanism or programme may see: named tuples of arrays, made from the names of their columns.

A view's class is called after its columns, so that it can be found again by its name alone. That is what lets
compiled code, which remembers the types it was compiled for, be loaded in another process.
"""

from collections import namedtuple
from typing import Any

_JOINT = "__"
_record: Any = namedtuple  # classes made at run time, which no type checker can follow


def view_class(names: tuple[str, ...]) -> Any:
    """Return the one named tuple class with these column names."""
    return __getattr__("V" + _JOINT + _JOINT.join(names))


def __getattr__(name: str) -> Any:
    """Build a view class from its name, once (PEP 562)."""
    if not name.startswith("V" + _JOINT):
        raise AttributeError(name)
    if name not in globals():
        globals()[name] = _record(name, [column for column in name.split(_JOINT)[1:] if column], module=__name__)
    return globals()[name]
