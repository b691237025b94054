"""What a mechanism or programme may see: named tuples of arrays, made from the names of their columns.

A view's class is called after its columns, so that it can be found again by its name alone. That is what lets
compiled code, which remembers the types it was compiled for, be loaded in another process. The class of a table
also names the kind of each column, so that two tables of one class never differ in what their columns hold.
"""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import numpy as np

_JOINT = "__"
_NAMES, _KINDS = "V" + _JOINT, "K" + _JOINT
_record: Any = namedtuple  # classes made at run time, which no type checker can follow


def view_class(names: tuple[str, ...]) -> Any:
    """Return the one named tuple class with these column names."""
    return __getattr__(_NAMES + _JOINT.join(names))


def table_of(columns: Mapping[str, np.ndarray]) -> Any:
    """Return the columns as one table, a named tuple whose class tells the kind of each."""
    return __getattr__(_KINDS + _JOINT.join(f"{name}_{_kind(a)}" for name, a in columns.items()))(**columns)


def tells_kinds(kind: type) -> bool:
    """Whether the class of a value tells what all its columns hold."""
    return kind.__module__ == __name__ and kind.__name__.startswith(_KINDS)


def _kind(column: np.ndarray) -> str:
    written, rows = "rw"[column.flags.writeable], "sc"[column.flags.c_contiguous]
    return f"{column.dtype.kind}{column.dtype.itemsize}x{column.ndim}{written}{rows}"


def __getattr__(name: str) -> Any:
    """Build a view class from its name, once (PEP 562)."""
    if not name.startswith((_NAMES, _KINDS)):
        raise AttributeError(name)
    if name not in globals():
        columns = [column for column in name.split(_JOINT)[1:] if column]
        if name.startswith(_KINDS):
            columns = [column.rpartition("_")[0] for column in columns]
        globals()[name] = _record(name, columns, module=__name__)
    return globals()[name]
