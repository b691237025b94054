"""One published file, opened for a mapping: which rows are areas, which headings are years, what its signs mean."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from mechlin.city.importing.grid import Grid
from mechlin.city.importing.labels import Label, is_sum, levels_of, shared_frame, split_label
from mechlin.city.importing.mapping import FileSpec
from mechlin.city.importing.numerals import Numbers, decimal_mark, parse
from mechlin.city.importing.opening import open_grid
from mechlin.city.importing.words import AREAS, YEARS
from mechlin.city.importing.years import YearColumns, year_columns, year_of
from mechlin.city.tables.countries import country_of
from mechlin.city.tables.signs import signs_of
from mechlin.core.errors import InputError, Problem, nearest

_OTHER_OFFICES = {"FR": "insee", "GB": "ons"}  # of countries without a profile, whose signs are known all the same


@dataclass(eq=False)
class Source:
    """A file with what the mapping says about it; ``notes`` grow as things are recognised, ``problems`` as they are met."""

    spec: FileSpec
    grid: Grid
    country: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _numbers: dict[str, Numbers] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """What people call it: the file's name, with the sheet where there are several."""
        return self.grid.file

    @cached_property
    def signs(self) -> dict[str, str]:
        """The meaning of signs: by the office that is named, else by that of the country, over it the mapping's own."""
        office = self.spec.text("office") or _office_of(self.country)
        return signs_of(office, dict(self.spec.options.get("missing", {})))

    @cached_property
    def decimal(self) -> str:
        """The decimal mark of the file: as the mapping says, as most of its columns show, or as its separator hints."""
        if self.spec.text("decimal"):
            return self.spec.text("decimal")
        marks = Counter(decimal_mark(self.grid.cells[h].head(2000)) for h in self.grid.headings)
        sure = [(n, mark) for mark, n in marks.items() if mark in (".", ",")]
        return max(sure)[1] if sure else self.grid.decimal

    @cached_property
    def years(self) -> dict[str, YearColumns]:
        """Headings that differ in their year only, by what they have in common."""
        return year_columns(self.grid.headings)

    @cached_property
    def year_heading(self) -> str:
        """The heading of the column that says each row's year, or an empty word."""
        said = self.spec.options.get("year")
        if isinstance(said, str):
            return said
        for heading in self.grid.headings:
            cells = self.grid.cells[heading].head(50)
            if heading.casefold() in YEARS and all(year_of(c) for c in cells):
                return heading
        return ""

    @cached_property
    def row_years(self) -> pl.Series:
        """The year of every row, null where rows have none."""
        if not self.year_heading:
            return pl.Series([None] * self.grid.cells.height, dtype=pl.Int64)
        cells = self.grid.cells[self.year_heading]
        known = {c: year_of(c) for c in cells.unique()}
        return cells.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64)

    @cached_property
    def label_columns(self) -> tuple[str, ...]:
        """The headings of the columns that name areas: as the mapping says, or as they show."""
        told = [self.spec.text(k) for k in ("code", "name", "area") if self.spec.text(k)]
        for column in told:
            if column not in self.grid.headings:
                self.problems.append(
                    Problem(
                        f"{self.file} has no column {column!r}",
                        column=f"files.{self.spec.key}",
                        allowed=", ".join(self.grid.headings),
                        nearest=nearest(column, self.grid.headings),
                    )
                )
        told = [c for c in told if c in self.grid.headings]
        return tuple(told) or tuple(guessed_labels(self.grid))

    @cached_property
    def labels(self) -> list[Label]:
        """What every row's area is called."""
        columns = self.label_columns
        if not columns:
            return [Label("", "")] * self.grid.cells.height
        code, name = self.spec.text("code"), self.spec.text("name")
        if len(columns) == 2 and not (code and name):
            code, name = columns
        if code and name and {code, name} <= set(self.grid.headings):
            pairs = zip(self.grid.cells[code], self.grid.cells[name], strict=True)
            return [Label(c.strip(), n.strip()) for c, n in pairs]
        cells = self.grid.cells[columns[0]]
        before, behind = shared_frame(sorted(c for c in cells.unique() if c.strip() and not is_sum(split_label(c))))
        if before:
            self.notes.append(f"{before!r} before every name left out")
        known = {c: self._label(c, before, behind, columns[0]) for c in cells.unique()}
        if before == "" and any(label.code and label.name for label in known.values()):
            self.notes.append(f"code and name taken out of one cell of {columns[0]!r}")
        return [known[c] for c in cells]

    def _label(self, cell: str, before: str, behind: str, column: str) -> Label:
        inner = cell.strip()
        if before and inner.startswith(before):
            inner = inner.removeprefix(before)
            inner = inner[: len(inner) - len(behind)] if behind and inner.endswith(behind) else inner
            return Label("", inner.strip())
        if self.spec.text("name") == column:
            return Label("", inner)
        return Label(inner, "") if self.spec.text("code") == column else split_label(inner)

    @cached_property
    def kept(self) -> pl.Series:
        """Whether each row is an area of the level that is meant: sums and other levels are left out with a word."""
        labels = self.labels
        level = self.spec.text("level")
        is_one = {label: is_sum(label) for label in set(labels)}
        sums = [is_one[label] for label in labels]
        found = sorted({label.name or label.code for label, s in zip(labels, sums, strict=True) if s})
        if found:
            self.notes.append(f"{_listed(found)} is the sum of others and was left out")
        codes = [label.code for label in labels]
        levels = levels_of(list(dict.fromkeys(c for c, s in zip(codes, sums, strict=True) if c and not s)))
        if len(levels) > 1 and not level and self.grid.shapes is None and _is_nested(levels):
            told = ", ".join(f"{name or 'no letters'} ({len(members)})" for name, members in levels.items())
            self.problems.append(
                Problem(
                    f"{self.file} has areas of several levels: {told}",
                    column=f"files.{self.spec.key}",
                    allowed="areas of one level",
                    repair=f'write level = "{max(levels, key=lambda k: len(levels[k]))}"',
                )
            )
        if level:
            wrong = [not c.upper().startswith(level.upper()) for c in codes]
            left = len({c for c, w in zip(codes, wrong, strict=True) if w})
            if left:
                self.notes.append(f"{left} areas of other levels than {level} left out")
            sums = [a or b for a, b in zip(sums, wrong, strict=True)]
        again = ~self.grid.cells.select(pl.struct(pl.all()).is_first_distinct()).to_series()
        if again.any() and self.grid.shapes is None:
            rows = ", ".join(str(self.grid.rows[n]) for n in again.arg_true()[:4])
            self.notes.append(f"rows that stand twice word for word were counted once: {rows}")
            sums = [a or b for a, b in zip(sums, again, strict=True)]
        return pl.Series([not s for s in sums], dtype=pl.Boolean)

    def numbers(self, heading: str) -> Numbers:
        """Return a column as numbers, each read once."""
        if heading not in self._numbers:
            self._numbers[heading] = parse(self.grid.cells[heading], self.signs, self.decimal)
        return self._numbers[heading]


def _office_of(country: str) -> str:
    """Return the office whose key of signs holds in a country, or an empty word."""
    profile = country_of(country)
    return profile.office.casefold() if profile else _OTHER_OFFICES.get(country, "")


def _listed(names: list[str]) -> str:
    return ", ".join(repr(n) for n in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _is_nested(levels: dict[str, list[str]]) -> bool:
    """Return whether levels are counted one within another, as GM, WK and BU: one has many fewer than another."""
    sizes = sorted(len(members) for members in levels.values())
    return "" not in levels and sizes[-1] >= 2 * sizes[0]


def guessed_labels(grid: Grid) -> list[str]:
    """Return the headings that name areas where nobody says it: code and name, or one column; the most telling first."""
    found = []
    for heading in grid.headings:
        words = set(re.findall(r"[^\W_]+", heading.casefold()))
        if not (words & AREAS or any(heading.casefold().endswith(w) for w in ("code", "name", "naam", "namn"))):
            continue
        cells = grid.cells[heading].head(2000)
        if cells.n_unique() > 1:
            found.append(heading)
    codes = [h for h in found if "code" in h.casefold() or h.casefold() in ("geo", "ref_area")]
    names = [h for h in found if h not in codes]
    return [codes[0], names[0]] if codes and names else (names or codes)[:1]


def open_source(spec: FileSpec, country: str = "") -> Source:
    """Return a file opened for a mapping; raise InputError when it cannot be read."""
    options = {k: spec.text(k) for k in ("sheet", "layer", "encoding", "separator")}
    grid = open_grid(spec.path, **options)
    return Source(spec, grid, country, list(grid.notes), list(grid.problems))


def open_all(files: dict[str, FileSpec], country: str) -> dict[str, Source]:
    """Return every file opened; raise InputError with what is wrong with all of them."""
    out, problems = {}, list[Problem]()
    for key, spec in files.items():
        try:
            out[key] = open_source(spec, country)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return out
