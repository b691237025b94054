"""The state of a simulated city: tables of declared columns, and views that show only what was asked for.

Every table is a set of equally long arrays. Rows never move. A table that people are born into has spare
rows at its end; a row that is freed waits ``REUSE_DELAY`` months in a queue before somebody else gets it, so
a reference to somebody who has just left cannot silently point at a stranger. Spare rows are refilled between
months by a rare, larger copy, never inside a month. Nothing depends on how many they are.

What a mechanism needs only while it works (``Field.scratch``) stands in one working space that all stages of a month
share, each with a layout of its own: it is as large as the largest of them needs.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from mechlin.core.compiled import compiled
from mechlin.core.declare import Field
from mechlin.core.views import Table, View

REUSE_DELAY = 3  # months
SPARE_SHARE = 0.03  # of the rows in use, free after a table has been lengthened; half of it at the least
_SPARE_ROWS = 256
_ROWS_PER_FREE = 4  # a queue of free rows has one place for so many rows of its table, and a thousand more
_TABLES_THAT_GROW = ("people", "households")
_QUEUE = 3  # numbers that describe a queue
_LINE = 64  # bytes: where a column in the working space may begin
_FEWEST_ENTRIES = 1024  # of a list that is shorter than its table, beside its share of the rows


@dataclass
class State:
    """Columns by full name ("homes.rent_eur"), and how many rows each table holds."""

    sizes: dict[str, int]
    fields: dict[str, Field]
    widths: dict[str, int] = field(default_factory=dict)
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    space: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.uint8), repr=False)
    spare_share: float = SPARE_SHARE
    _shown: dict[tuple[str, tuple[tuple[str, bool], ...]], Table] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return the column called ``name``, whole (spare rows included)."""
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        """Whether the column exists."""
        return name in self.columns

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(self.sizes)

    def bytes(self) -> int:
        """Return the memory of all columns and of the working space."""
        return self.space.nbytes + sum(c.nbytes for name, c in self.columns.items() if not self.fields[name].scratch)

    def copy(self, widths: dict[str, int] | None = None) -> "State":
        """Return another state with the same in every column; columns of a named width among ``widths`` are empty."""
        columns = {name: column.copy() for name, column in self.columns.items() if not self.fields[name].scratch}
        other = State(dict(self.sizes), self.fields, dict(self.widths), columns, spare_share=self.spare_share)
        for name, f in self.fields.items():
            if widths and isinstance(f.width, str) and f.width in widths:
                other.widths[name] = widths[f.width]
                columns[name] = new_column(f, self.sizes[f.table], widths[f.width])
        other.lend_space()
        return other

    def view(self, reads: Iterable[str], writes: Iterable[str] = (), grows: Iterable[str] = ()) -> View:
        """Return a view of some columns, table by table; it goes on showing them when the state has grown.

        Columns are read-only except those in ``writes``; a table in ``grows`` also shows its queue of free rows.
        """
        writes = set(writes)
        for table in grows:
            writes |= {f"{table}.{part}" for part in ("alive", "free_row", "freed_month", "queue")}
        by_table: dict[str, dict[str, bool]] = {}
        for name in sorted(set(reads) | writes):
            table, _, column = name.partition(".")
            by_table.setdefault(table, {})[column] = name in writes
        return View(**{table: self._table(table, columns) for table, columns in by_table.items()})

    def _table(self, name: str, columns: dict[str, bool]) -> Table:
        """Return a table of columns (and whether each may be written), the same for all who ask for the same."""
        key = (name, tuple(columns.items()))
        if key not in self._shown:
            self._shown[key] = Table(self._arrays(name, columns))
        return self._shown[key]

    def _arrays(self, table: str, columns: dict[str, bool]) -> dict[str, np.ndarray]:
        """Return a table's columns, each as an array that may be written or not."""
        arrays = {}
        for column, written in columns.items():
            array = arrays[column] = self.columns[f"{table}.{column}"].view()
            array.flags.writeable = written
        return arrays

    def zero_flows(self) -> None:
        """Start a year: set every column that counts through a year to zero."""
        for name, declared in self.fields.items():
            if declared.flow:
                self.columns[name][...] = 0

    def spare(self, table: str, t: int) -> int:
        """Return how many rows of a growing table somebody may get in month ``t``."""
        freed = waiting_rows(self.columns[f"{table}.freed_month"], self.columns[f"{table}.queue"])
        return int(np.count_nonzero(freed + REUSE_DELAY <= t))

    def grow(self, t: int) -> bool:
        """Refill the spare rows of tables that run low for month ``t``; return whether any array was replaced."""
        grew = False
        for table in _TABLES_THAT_GROW:
            if f"{table}.queue" not in self.columns:
                continue
            queue, ready = self.columns[f"{table}.queue"], self.spare(table, t)
            wanted = self._wanted(table)
            if ready * 2 < wanted:
                self._lengthen(table, wanted - ready)
                grew = True
            elif ready > wanted and queue[1] * 2 > self.columns[f"{table}.free_row"].size:
                drop = ready - wanted  # a city that empties: so many rows that the queue may not hold the next
                queue[0] = (queue[0] + drop) % self.columns[f"{table}.free_row"].size
                queue[1] -= drop
        return grew

    def _wanted(self, table: str) -> int:
        """Return how many spare rows a table is to have when it has been lengthened."""
        used = np.count_nonzero(self.columns[f"{table}.alive"])
        return int(used * self.spare_share) + _SPARE_ROWS

    def _lengthen(self, table: str, extra: int) -> None:
        """Add ``extra`` free rows to ``table`` and put them in its queue."""
        old = self.sizes[table]
        queue = self.columns[f"{table}.queue"]
        waiting = waiting_rows(self.columns[f"{table}.free_row"], queue)
        months = waiting_rows(self.columns[f"{table}.freed_month"], queue)
        self.sizes[table] = old + extra
        for name, declared in self.fields.items():
            if declared.table == table and declared.column != "queue" and not declared.scratch:
                longer = new_column(declared, old + extra, self.widths.get(name, 1))
                longer[: self.columns[name].shape[0]] = self.columns[name]
                self.columns[name] = longer
        free, freed = self.columns[f"{table}.free_row"], self.columns[f"{table}.freed_month"]
        free[:extra], freed[:extra] = np.arange(old, old + extra), -REUSE_DELAY
        free[extra : extra + waiting.size], freed[extra : extra + waiting.size] = waiting, months
        queue[:] = 0, extra + waiting.size, 0
        self.lend_space()
        for (name, columns), shown in self._shown.items():
            shown.point_to(self._arrays(name, dict(columns)))

    def lend_space(self) -> None:
        """Make the working space anew, as large as its largest stage, and lay every stage's columns out in it."""
        taken: dict[str, int] = {}
        places = {}
        for name, f in self.fields.items():
            if f.scratch:
                begin = places[name] = taken.get(f.scratch, 0)
                size = math.prod(shape_of(f, self.sizes[f.table], self.widths[name])) * np.dtype(f.dtype).itemsize
                taken[f.scratch] = begin + -(-size // _LINE) * _LINE
        self.space = np.zeros(max(taken.values(), default=0), dtype=np.uint8)
        for name, begin in places.items():
            f = self.fields[name]
            shape = shape_of(f, self.sizes[f.table], self.widths[name])
            self.columns[name] = np.ndarray(shape, f.dtype, self.space.data, begin)

    def start_month(self) -> None:
        """Remember which free rows come next: those taken from there on are this month's newcomers."""
        for table in _TABLES_THAT_GROW:
            if f"{table}.queue" in self.columns:
                queue = self.columns[f"{table}.queue"]
                queue[2] = queue[0]


def waiting_rows(ring: np.ndarray, queue: np.ndarray) -> np.ndarray:
    """Return the part of a queue's ring that is waiting, first come first."""
    found: np.ndarray = ring[(queue[0] + np.arange(queue[1])) % ring.size]
    return found


def new_column(declared: Field, rows: int, width: int) -> np.ndarray:
    """Return an array for ``declared`` filled with its empty value."""
    return np.full(shape_of(declared, rows, width), declared.empty, dtype=declared.dtype)


def shape_of(declared: Field, rows: int, width: int) -> tuple[int, ...]:
    """Return the shape of a column of a table with so many rows."""
    entries = rows if declared.rows_per_entry == 1 else rows // declared.rows_per_entry + _FEWEST_ENTRIES
    return (entries,) if declared.width == 1 else (entries, width)


def row_queue(table: str) -> tuple[Field, ...]:
    """Return the columns that a growing table needs: who is alive, and which rows are free."""
    return (
        Field(f"{table}.key", np.uint64, "identity", 0, "Who this is: the address of every random number"),
        Field(f"{table}.alive", np.bool_, "yes/no", 0, "Whether the row is in use"),
        _queued(table, "free_row", np.int32, f"row of {table}", "Rows waiting to be used"),
        _queued(table, "freed_month", np.int16, "month", "When each waiting row was freed"),
        Field(
            f"{table}.queue",
            np.int64,
            "first, count, first",
            0,
            "Where the queue of free rows starts, how long it is, where it started this month",
        ),
    )


def _queued(table: str, name: str, dtype: type, unit: str, doc: str) -> Field:
    return Field(f"{table}.{name}", dtype, f"{unit} by place in a list", -1, doc, rows_per_entry=_ROWS_PER_FREE)


def build_state(
    fields: Iterable[Field],
    filled: dict[str, np.ndarray],
    sizes: dict[str, int],
    widths: dict[str, int],
    spare_share: float = SPARE_SHARE,
) -> State:
    """Return a state with every declared column, the ``filled`` ones copied in.

    ``sizes`` gives the rows of each table; tables with a queue get spare rows on top, at the least ``spare_share``
    of those in use. ``widths`` resolves the named widths of two-dimensional columns (for instance "backgrounds").
    """
    declared = {f.name: f for f in fields}
    state = State(sizes=dict(sizes), fields=declared, spare_share=max(spare_share, SPARE_SHARE))
    state.widths = {n: widths[f.width] if isinstance(f.width, str) else f.width for n, f in declared.items()}
    for name, f in declared.items():
        if f.column == "queue":
            state.columns[name] = np.zeros(_QUEUE, dtype=np.int64)
            continue
        state.sizes.setdefault(f.table, 1)
        if not f.scratch:
            state.columns[name] = new_column(f, state.sizes[f.table], state.widths[name])
    state.lend_space()
    for name, values in filled.items():
        if name not in declared:
            raise KeyError(f"{name} is filled but nobody declared it")
        state.columns[name][: len(values)] = values
    for table in _TABLES_THAT_GROW:
        if f"{table}.queue" in declared:
            state._lengthen(table, int(state.sizes[table] * state.spare_share) + _SPARE_ROWS)
    return state


@compiled
def take_row(free_row, freed_month, queue, alive, t):
    """Return a free row of a table, or -1 when none has waited long enough; the row is alive from now on."""
    if queue[1] == 0 or freed_month[queue[0]] + REUSE_DELAY > t:
        return np.int32(-1)
    row = free_row[queue[0]]
    queue[0] = (queue[0] + 1) % free_row.size
    queue[1] -= 1
    alive[row] = True
    return row


@compiled
def count_taken(table):
    """Return how many rows of a table have been taken this month."""
    return (table.queue[0] - table.queue[2]) % table.free_row.size


@compiled
def taken(table, n):
    """Return the row of a table that was taken as the month's number ``n``; it may have been released since."""
    return table.free_row[(table.queue[2] + n) % table.free_row.size]


@compiled
def release_row(free_row, freed_month, queue, alive, row, t):
    """Put ``row`` at the end of the queue of free rows; it is not alive from now on."""
    alive[row] = False
    if queue[1] == free_row.size:  # a quarter of the table freed in a month: nobody gets the row again
        return
    place = (queue[0] + queue[1]) % free_row.size
    free_row[place] = row
    freed_month[place] = t
    queue[1] += 1
