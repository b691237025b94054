"""Cells out of published files: for a quantity of the mapping, a number for every area, and where each was read."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import numpy as np
import polars as pl

from mechlin.city.importing.labels import Label, join
from mechlin.city.importing.mapping import Mapping, Quantity
from mechlin.city.importing.other_areas import CUT_SPREAD, Overlay
from mechlin.city.importing.source import Source
from mechlin.city.importing.taken import Taken, combined, rest_of
from mechlin.city.importing.units import UNITS
from mechlin.city.importing.words import TOTALS
from mechlin.city.importing.years import nearest_year
from mechlin.city.tables.signs import BLANK
from mechlin.core.errors import Problem, nearest

_MOST_SAID = 4  # examples in one message


@dataclass(eq=False)
class Collector:
    """Takes quantities out of the files of a mapping, for the areas of one roster; remembers notes and problems."""

    mapping: Mapping
    sources: Dict[str, Source]
    roster: list[Label] = dataclass_field(default_factory=list)
    sums: list[Label] = dataclass_field(default_factory=list)  # rows that are the sum of the roster, found by number
    problems: list[Problem] = dataclass_field(default_factory=list)
    notes: list[str] = dataclass_field(default_factory=list)
    shapes: np.ndarray | None = None
    people: np.ndarray | None = None
    _overlays: dict[str, Overlay] = dataclass_field(default_factory=dict)
    _rows: dict[tuple[Any, ...], tuple[pl.Series, int | None] | None] = dataclass_field(default_factory=dict)
    _places: dict[str, pl.Series] = dataclass_field(default_factory=dict)

    def wrong(self, what: str, place: str, **rest: Any) -> None:
        """Remember a problem with the quantity that stands at ``place`` in the mapping."""
        self.problems.append(Problem(what, file=self.mapping.path.name, column=place, **rest))

    # -------------------------------------------------------------------------------- which file and columns

    def source_of(self, q: Quantity) -> Source | None:
        """Return the file a quantity is in; a heading that one file alone has needs no file named."""
        if q.file:
            return self.sources.get(q.file)
        has = [key for key, s in self.sources.items() if all(c in s.grid.headings or c in s.years for c in q.columns)]
        if len(has) == 1:
            return self.sources[has[0]]
        said = " and ".join(map(repr, q.columns))
        if has:
            self.wrong(
                f"{said} stands in {', '.join(has)}",
                q.place,
                repair=f'name one: "{has[0]}:{q.columns[0]}" or file = "..."',
            )
        else:
            known = [h for s in self.sources.values() for h in (*s.grid.headings, *s.years)]
            self.wrong(
                f"no file has a column {said}", q.place, nearest=nearest(q.columns[0] if q.columns else "", known)
            )
        return None

    def headings(self, q: Quantity, source: Source) -> tuple[list[str], int | None]:
        """Return the headings to add up, and the year that was chosen where they stand for several."""
        out, year = [], None
        for column in q.columns:
            if column in source.grid.headings:
                out.append(column)
            elif column in source.years:
                by_year = source.years[column].by_year
                year = nearest_year(q.year or self.mapping.start_year, sorted(by_year))
                out.append(by_year[year])
            else:
                self.wrong(
                    f"{source.file} has no column {column!r}",
                    q.place,
                    nearest=nearest(column, (*source.grid.headings, *source.years)),
                )
        return out, year

    # ------------------------------------------------------------------------------------------ which rows

    def rows_of(self, q: Quantity, source: Source, year: int | None = None) -> tuple[pl.Series, int | None] | None:
        """Return which rows of the file a quantity is about, and the year of rows that have one; None when it is wrong."""
        key = (source.spec.key, tuple(q.where.items()), q.year, year)
        if key not in self._rows:
            self._rows[key] = self._rows_meant(q, source, year)
        return self._rows[key]

    def _rows_meant(self, q: Quantity, source: Source, year: int | None) -> tuple[pl.Series, int | None] | None:
        """Return rows as :meth:`rows_of` does, looked for afresh."""
        cells, mask = source.grid.cells, source.kept
        where = {k: tuple(v) if isinstance(v, list) else (v,) for k, v in source.spec.options.get("where", {}).items()}
        for heading, wanted in {**where, **q.where}.items():
            if heading not in source.grid.headings:
                self.wrong(
                    f"{source.file} has no column {heading!r}", q.place, nearest=nearest(heading, source.grid.headings)
                )
                return None
            known = {c.strip().casefold(): c for c in cells[heading].unique()}
            absent = [w for w in map(str, wanted) if w.strip().casefold() not in known]
            if absent:
                self.wrong(
                    f"no row of {source.file} has {absent[0]!r} in {heading!r}",
                    q.place,
                    allowed=", ".join(sorted(known.values())[:12]),
                    nearest=nearest(absent[0], known.values()),
                )
                return None
            mask = mask & cells[heading].is_in([known[str(w).strip().casefold()] for w in wanted])
        if source.year_heading and year is None:
            years = sorted(set(source.row_years.filter(mask).drop_nulls()))
            if years:
                year = nearest_year(q.year or self.mapping.start_year, years)
                mask = mask & (source.row_years == year).fill_null(value=False)
        return self._totals(mask, q, source), year

    def _totals(self, mask: pl.Series, q: Quantity, source: Source) -> pl.Series:
        """Return rows with, of dimensions that nobody spoke of, only the total where they have one."""
        spoken = {
            *q.where,
            *source.spec.options.get("where", {}),
            *source.label_columns,
            source.year_heading,
            *q.columns,
        }
        for heading in source.grid.headings:
            if heading in spoken:
                continue
            cells = source.grid.cells[heading].filter(mask)
            words = {c.strip().casefold(): c for c in cells.unique()} if cells.n_unique() <= 200 else {}
            total = [c for w, c in words.items() if w in TOTALS]
            if len(words) > 1 and total:
                mask = mask & (source.grid.cells[heading] == total[0])
                note = f"of {heading!r} the rows with {total[0].strip()!r} were taken"
                if note not in source.notes:
                    source.notes.append(note)
        return mask

    def places(self, source: Source) -> pl.Series:
        """Return for every row of a file which area of the roster it is about, null where none is."""
        if source.spec.key not in self._places:
            labels = list(dict.fromkeys(source.labels))
            joined = join(labels, self.roster, self.mapping.same)
            at = dict(zip(labels, joined.places, strict=True))
            wanted = [label for label, keep in zip(source.labels, source.kept, strict=True) if keep]
            lost = [label for label in wanted if at[label] is None and label not in self.sums]
            if lost and source.grid.shapes is None:
                self._tell_lost(source, list(dict.fromkeys(lost)), joined.near)
            if joined.by_likeness:
                self.notes.append(
                    f"{source.file}: joined although written otherwise: "
                    + _some([f"{a} = {b}" for a, b in joined.by_likeness.items()])
                )
            self._places[source.spec.key] = pl.Series([at[label] for label in source.labels], dtype=pl.Int64)
        return self._places[source.spec.key]

    def _tell_lost(self, source: Source, lost: list[Label], near: dict[str, list[str]]) -> None:
        """Say once, for all rows that name no area of the city, which they are and what they may be."""
        said = []
        for label in lost[:_MOST_SAID]:
            name = label.name or label.code
            said.append(name + (f" (nearest: {', '.join(near[name])})" if near.get(name) else ""))
        more = f" and {len(lost) - _MOST_SAID} more" if len(lost) > _MOST_SAID else ""
        first = next(n for n, label in zip(source.grid.rows, source.labels, strict=True) if label == lost[0])
        leave = self.mapping.leave_out
        if all((label.name in leave or label.code in leave) for label in lost):
            return
        self.problems.append(
            Problem(
                f"{len(lost)} area{'s are' if len(lost) > 1 else ' is'} none of the city's: {'; '.join(said)}{more}",
                file=source.file,
                row=first,
                column=", ".join(source.label_columns),
                repair='write same = ["their name = our name"] in [areas], or name them in leave_out',
            )
        )

    # --------------------------------------------------------------------------------------------- the cells

    def take(self, q: Quantity) -> Taken | None:
        """Return a quantity for every area, or None after noting what is wrong."""
        if q.constant is not None and q.less:
            return rest_of(q.constant, combined([self.take(one) for one in q.less], "+"), q.times, q.spread)
        if q.constant is not None:
            n = len(self.roster)
            rule = q.said or "the same number for every area"
            tag = "derived" if q.tag == "counted" else q.tag  # a figure of the city, held for each of its areas
            return Taken(
                np.full(n, q.constant * q.times), [""] * n, [""] * n, "mapping.toml", q.place, rule, tag, q.spread
            )
        taken = combined([self.take(one) for one in q.more], "+") if q.more else self._from_file(q)
        less = [self.take(one) for one in q.less]
        if taken is not None and less:
            taken = combined([taken, *less], "-")
        if taken is None:
            return None
        factor = UNITS.get(q.unit, 1.0) * q.times
        if factor != 1.0:
            taken.values = taken.values * factor
            taken.rule = "; ".join(
                r for r in (taken.rule, f"times {factor:.6g}{f' ({q.unit})' if q.unit else ''}") if r
            )
        if q.times != 1.0 or q.spread:
            taken.tag = "derived"
            taken.spread = max(taken.spread, q.spread)
        if q.borrowed:
            taken.tag = "borrowed"
        taken.rule = "; ".join(r for r in (taken.rule, q.said) if r)
        return taken

    def _from_file(self, q: Quantity) -> Taken | None:
        source = self.source_of(q)
        if source is None:
            return None
        headings, year = self.headings(q, source)
        found = self.rows_of(q, source, year) if headings else None
        if found is None or len(headings) < len(q.columns):
            return None
        mask, year = found
        overlay = self._overlay(source, q)
        if source.spec.text("outlines") and overlay is None:
            return None
        places = self.places(source) if overlay is None else overlay.places(source)
        frame = pl.DataFrame({"row": source.grid.rows, "area": places}).filter(mask)
        columns = [source.numbers(h) for h in headings]
        for heading, numbers in zip(headings, columns, strict=True):
            self._tell_bad(source, heading, numbers.bad & mask & places.is_not_null(), numbers.unsure)
        frame = frame.with_columns(
            pl.sum_horizontal([n.values.filter(mask) for n in columns], ignore_nulls=False).alias("value"),
            pl.coalesce([n.kinds.filter(mask) for n in columns]).alias("kind"),
        ).filter(pl.col("area").is_not_null())
        groups = frame.group_by("area").agg(
            pl.col("value").sum(),
            pl.col("value").is_null().any().alias("gap"),
            pl.col("kind").drop_nulls().first(),
            pl.col("row").sort().cast(pl.String).str.join(", "),
            pl.len().alias("n"),
        )
        self._tell_many(q, source, groups, mask)
        percent = any(n.percent for n in columns)
        if overlay is None:
            return self._placed(groups, source, headings, year, percent, len(self.roster))
        theirs = self._placed(groups, source, headings, year, percent, len(overlay.roster))
        return _laid_over(theirs, overlay, q.mean or percent)

    def _overlay(self, source: Source, q: Quantity) -> Overlay | None:
        """Return the areas of a file laid over ours, where it is about others than the city's."""
        key = source.spec.text("outlines")
        if key and source.spec.key not in self._overlays:
            drawn = self.sources.get(key)
            if drawn is None or drawn.grid.shapes is None or self.shapes is None:
                what = "the city has no outlines" if self.shapes is None else f"{key!r} is no map"
                self.wrong(f"areas of {source.file} cannot be laid over the city's: {what}", f"files.{source.spec.key}")
                return None
            country = str(self.mapping.head["country"])
            overlay = self._overlays[source.spec.key] = Overlay(source, drawn, self.shapes, country, self.people)
            self.notes.append(
                f"{source.file}: {len(overlay.roster)} other areas laid over the city's by the outlines of {key}"
            )
            if overlay.lost:
                self.notes.append(f"{source.file}: without an outline and left out: {_some(overlay.lost)}")
        return self._overlays.get(source.spec.key)

    def _placed(
        self, groups: pl.DataFrame, source: Source, headings: list[str], year: int | None, percent: bool, n: int
    ) -> Taken:
        values, kinds, rows = np.full(n, np.nan), ["not in the file"] * n, [""] * n
        for area, value, gap, kind, row, _ in groups.iter_rows():
            values[area] = np.nan if gap else value
            kinds[area] = (kind or "no number") if gap else ""
            rows[area] = row
        start, rules = self.mapping.start_year, []
        if len(headings) > 1:
            rules.append("sum of columns")
        if (groups["n"] > 1).any():
            rules.append("sum of rows")
        if year is not None and year != start:
            rules.append(f"counted in {year}, {abs(year - start)} year{'s' * (abs(year - start) > 1)} from the start")
        return Taken(
            values, kinds, rows, source.file, " + ".join(headings), "; ".join(rules), year=year, percent=percent
        )

    def _tell_bad(self, source: Source, heading: str, bad: pl.Series, unsure: bool) -> None:
        at = bad.fill_null(value=False).arg_true()
        if unsure:
            self.problems.append(
                Problem(
                    "whether a mark stands before decimals or between thousands cannot be told",
                    file=source.file,
                    column=heading,
                    repair=f'write decimal = "," or decimal = "." in [files.{source.spec.key}]',
                )
            )
        if len(at):
            cells = source.grid.cells[heading]
            said = _some(list(dict.fromkeys(repr(cells[i]) for i in at)))
            self.problems.append(
                Problem(
                    f"{len(at)} cell{'s are' if len(at) > 1 else ' is'} no number: {said}",
                    file=source.file,
                    row=source.grid.rows[at[0]],
                    column=heading,
                    allowed="a number, or a sign with a meaning",
                    repair=f'say what a sign means with missing = {{ "..." = "suppressed" }} in [files.{source.spec.key}]',
                )
            )

    def _tell_many(self, q: Quantity, source: Source, groups: pl.DataFrame, mask: pl.Series) -> None:
        """Say that several rows stand for one area, unless the mapping says which values to add up."""
        several = groups.filter(pl.col("n") > 1).height
        added = any(len(v) > 1 for v in q.where.values())
        if not several or added:
            return
        spoken = {*source.label_columns, source.year_heading, *q.columns, *q.where}
        spoken |= {h for columns in source.years.values() for h in columns.by_year.values()}
        told = []
        for heading in source.grid.headings:
            words = source.grid.cells[heading].filter(mask).unique().to_list()
            if (
                heading not in spoken
                and 1 < len(words) <= 30
                and source.numbers(heading).values.null_count() == len(mask)
            ):
                told.append(f"{heading!r}: {', '.join(sorted(words)[:8])}")
        most = groups.sort("n", descending=True).row(0, named=True)
        label = self.roster[most["area"]] if most["area"] < len(self.roster) else Label("", "")
        self.wrong(
            f"{source.file} has {most['n']} rows for one area ({label.name or label.code}: rows {most['row']})",
            q.place,
            allowed="one row for each area, or several that are to be added up",
            repair="say which with where = { ... }; " + ("; ".join(told) or "the same area stands twice"),
        )


def _laid_over(theirs: Taken, overlay: Overlay, mean: bool) -> Taken:
    """Return numbers of other areas as numbers of the city's."""
    values = overlay.shared_out(theirs.values, mean)
    kinds = ["" if np.isfinite(v) else "no area of the file lies there" for v in values]
    how = "mean over the ground" if mean else "shared out by ground and people"
    rule = "; ".join(r for r in (theirs.rule, f"of other areas, {how}") if r)
    spread = CUT_SPREAD if overlay.is_cut().any() else 0.0
    return Taken(
        values, kinds, overlay.rows_of(theirs.rows), theirs.file, theirs.column, rule, "derived", spread, theirs.year
    )


def _some(words: list[str]) -> str:
    return ", ".join(words[:_MOST_SAID]) + (f" and {len(words) - _MOST_SAID} more" if len(words) > _MOST_SAID else "")


def missing_said(taken: Taken, names: list[str], people: np.ndarray | None) -> list[str]:
    """Return a word about the cells without a number, by kind; blank where nobody lives is not missing."""
    out: dict[str, list[int]] = {}
    for n, kind in enumerate(taken.kinds):
        empty = people is not None and people[n] == 0
        if kind and not (empty and kind == BLANK):
            out.setdefault(kind, []).append(n)
    return [
        f"{taken.column}: {kind} in {len(at)} of {len(names)} areas ({_some([names[i] for i in at])})"
        for kind, at in out.items()
    ]
