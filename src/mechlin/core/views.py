"""What a mechanism or measure may see of the state, and how compiled code gets it: one pointer a table.

A :class:`Table` holds the columns of one table. In Python a column is an array, ``table.rent_eur``. Compiled code gets
the address of a block of numbers, three for each column (where its data begin, rows, width), and loads what it uses
where it uses it. A block costs the same to hand over whatever the number of columns; a tuple of arrays would hand over
seven numbers for each of them on every call. When the state has grown, :meth:`Table.point_to` rewrites the block, and
whoever holds the table sees the new columns.

The Numba type of a table is the names and kinds of its columns, with whether each may be written: so an undeclared
write does not compile, and machine code kept on disk is found by any process.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np.numpy_support import from_dtype

_WORDS = 3  # numbers that describe a column: address, rows, width
_LOCK = threading.Lock()


class TableType(types.Type):
    """The type of a table in compiled code: name and array type of every column, in order.

    Two types are the same when their names are, and the name is a digest of the columns: the same in every process.
    """

    def __init__(self, columns: tuple[tuple[str, types.Array], ...]) -> None:
        self.columns = dict(columns)
        text = ",".join(f"{name}:{kind.name}" for name, kind in columns)
        super().__init__(f"Table[{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}]")


_TYPES: dict[tuple[tuple[str, str, int, bool], ...], TableType] = {}


def _type_of(columns: Mapping[str, np.ndarray]) -> TableType:
    """Return the one type of tables with these columns; threads that ask at the same moment get the same."""
    kinds = tuple((name, a.dtype.str, a.ndim, a.flags.writeable) for name, a in columns.items())
    with _LOCK:  # Numba would number two equal types made at the same moment differently
        found = _TYPES.get(kinds)
        if found is None:
            found = _TYPES[kinds] = TableType(
                tuple(
                    (name, types.Array(from_dtype(a.dtype), a.ndim, "C", readonly=not a.flags.writeable))
                    for name, a in columns.items()
                )
            )
    return found


class Table:
    """The columns of one table: arrays by name in Python, one pointer in compiled code.

    ``shown`` maps a column's name to its array, contiguous and with one or two dimensions; an array that is read-only
    cannot be written by compiled code either. Raises ValueError for an array of another shape.
    """

    _numba_type_: TableType
    _address: int

    def __init__(self, shown: Mapping[str, np.ndarray]) -> None:
        self._block = np.zeros(max(_WORDS * len(shown), 1), dtype=np.uint64)
        self._address = self._block.ctypes.data
        self._numba_type_ = _type_of(shown)
        self._names = tuple(shown)
        self.point_to(shown)

    def point_to(self, shown: Mapping[str, np.ndarray]) -> None:
        """Show other arrays of the same kinds from now on, for instance longer ones."""
        if _type_of(shown) is not self._numba_type_:
            raise ValueError("a table goes on with columns of the same names and kinds only")
        for at, (name, array) in enumerate(shown.items()):
            if not array.flags.c_contiguous or array.ndim not in (1, 2):
                raise ValueError(f"column {name} is not one contiguous array of one or two dimensions")
            width = array.shape[1] if array.ndim > 1 else 1
            self._block[_WORDS * at : _WORDS * (at + 1)] = array.ctypes.data, array.shape[0], width
        self.__dict__.update(shown)

    def __getattr__(self, name: str) -> np.ndarray:
        """Say which columns there are: this is asked only for one that there is not."""
        raise AttributeError(f"this table shows no column {name!r}, only {', '.join(self.__dict__.get('_names', ()))}")

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the columns."""
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        """Whether the table shows a column of this name."""
        return name in self._names

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse to be copied or sent: a block of addresses means nothing elsewhere."""
        raise TypeError("a table shows columns of its own process; send the columns")


class NumbersType(types.Type):
    """The type of a record of numbers in compiled code: the name of each, and whether it is whole."""

    def __init__(self, numbers: tuple[tuple[str, str], ...]) -> None:
        self.numbers = {name: getattr(types, kind) for name, kind in numbers}
        text = ",".join(f"{name}:{kind}" for name, kind in numbers)
        super().__init__(f"Numbers[{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}]")


_NUMBERS_TYPES: dict[tuple[tuple[str, str], ...], NumbersType] = {}


class Numbers:
    """Numbers by name, such as a mechanism's parameters, handed to compiled code as one pointer.

    ``values`` is a named tuple of whole numbers and floats; reading one of them reads the same as from the tuple.
    """

    _numba_type_: NumbersType
    _address: int

    def __init__(self, values: Any) -> None:
        named = values._asdict()
        self._values = values
        self._block = np.zeros(max(len(named), 1), dtype=np.float64)
        whole = self._block.view(np.int64)
        for at, value in enumerate(values):
            (whole if isinstance(value, int) else self._block)[at] = value
        self._address = self._block.ctypes.data
        kinds = tuple((name, "int64" if isinstance(value, int) else "float64") for name, value in named.items())
        with _LOCK:
            if kinds not in _NUMBERS_TYPES:
                _NUMBERS_TYPES[kinds] = NumbersType(kinds)
        self._numba_type_ = _NUMBERS_TYPES[kinds]
        self.__dict__.update(named)

    def __getattr__(self, name: str) -> Any:
        """Say which numbers there are: this is asked only for one that there is not."""
        raise AttributeError(f"{type(self.__dict__.get('_values')).__name__} has no number {name!r}")

    def _replace(self, **values: Any) -> "Numbers":
        """Return a record with other values, as a named tuple does."""
        return Numbers(self._values._replace(**values))

    def __reduce__(self) -> tuple[Any, ...]:
        """Be the same numbers in another process."""
        return Numbers, (self._values,)


class View:
    """The tables that a mechanism or measure may see, by name: ``view.people.income_eur``."""

    def __init__(self, **tables: Any) -> None:
        self.__dict__.update(tables)

    def __getattr__(self, name: str) -> Any:
        """Say which tables there are: this is asked only for one that there is not."""
        raise AttributeError(f"this view shows no table {name!r}, only {', '.join(self.__dict__)}")

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.__dict__)

    def __contains__(self, name: object) -> bool:
        """Whether the view shows a table of this name."""
        return name in self.__dict__

    def with_tables(self, **tables: Any) -> "View":
        """Return a view that shows these tables too."""
        return View(**{**self.__dict__, **tables})


# ----------------------------------------------------------------------------------- how Numba is told of it

register_model(TableType)(models.OpaqueModel)
register_model(NumbersType)(models.OpaqueModel)


@typeof_impl.register(Table)
@typeof_impl.register(Numbers)
def _typeof(shown: Table | Numbers, _context: Any) -> types.Type:
    return shown._numba_type_


@unbox(TableType)
@unbox(NumbersType)
def _unbox(kind: types.Type, shown: Any, c: Any) -> NativeValue:
    """Hand over the address of the block."""
    number = c.pyapi.object_getattr_string(shown, "_address")
    address = c.pyapi.number_as_ssize_t(number)
    c.pyapi.decref(number)
    return NativeValue(c.builder.inttoptr(address, c.context.get_value_type(kind)))


@infer_getattr
class _ColumnsByName(AttributeTemplate):
    key = TableType

    def generic_resolve(self, kind: Any, name: str) -> types.Array | None:  # type: ignore[override]
        return kind.columns.get(name)  # type: ignore[no-any-return]


@infer_getattr
class _NumbersByName(AttributeTemplate):
    key = NumbersType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.numbers.get(name)


def _word(builder: Any, block: Any, n: int, kind: Any) -> Any:
    """Load one word of a block, which stays the same while compiled code runs."""
    words = builder.bitcast(block, kind.as_pointer())
    loaded = builder.load(cgutils.gep_inbounds(builder, words, n))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def column_parts(context: Any, builder: Any, kind: TableType, block: Any, name: str) -> tuple[Any, list[Any]]:
    """Return where a column's data begin, and its lengths."""
    array_kind, word = kind.columns[name], ir.IntType(64)
    first = _WORDS * list(kind.columns).index(name)
    pointer = context.get_data_type(array_kind.dtype).as_pointer()
    data = builder.inttoptr(_word(builder, block, first, word), pointer)
    return data, [_word(builder, block, first + 1 + d, word) for d in range(array_kind.ndim)]


@lower_getattr_generic(TableType)
def load_column(context: Any, builder: Any, kind: TableType, block: Any, name: str) -> Any:
    """Make the array of one column from its three numbers."""
    array_kind = kind.columns[name]
    data, shape = column_parts(context, builder, kind, block, name)
    array = context.make_array(array_kind)(context, builder)
    item = ir.Constant(ir.IntType(64), context.get_abi_sizeof(context.get_data_type(array_kind.dtype)))
    strides = [item] if array_kind.ndim == 1 else [builder.mul(shape[1], item), item]
    context.populate_array(array, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None)
    return impl_ret_borrowed(context, builder, array_kind, array._getvalue())


@lower_getattr_generic(NumbersType)
def _load_number(context: Any, builder: Any, kind: NumbersType, block: Any, name: str) -> Any:
    number = kind.numbers[name]
    return _word(builder, block, list(kind.numbers).index(name), context.get_value_type(number))
