"""The page of a mapping: for each column what stands in the files, what comes out of it, and a map; problems first.

In English, as the rules and notes of an import are.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mechlin.city.importing.draft import Draft
from mechlin.city.importing.lacking import lacking
from mechlin.city.importing.mapping import Mapping
from mechlin.city.importing.source import Source
from mechlin.city.importing.steps import Taking
from mechlin.city.tables.columns import AREA_COLUMNS, Column
from mechlin.city.tables.origins import Origin
from mechlin.city.tables.reading import TABLES
from mechlin.core.errors import Problem
from mechlin.report import maps, wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Parts
from mechlin.report.report import page_of

_FIRST = 4  # areas of the list that are shown of every column, beside those with the least and the most
_ROWS = 4  # of a file that are shown
_CELLS = 4  # of a file that stand beside one number
_MOST_MAPS = 1500  # areas: beyond it the map of people alone is drawn
_GROUPS = {"share_age_": "age", "share_education_": "education", "share_background_": "background", "homes_": "homes"}
_PLACES = ("x_km", "y_km", "area_km2")
_WRAPPED = ' style="white-space:pre-wrap"'
_TAGS = ("counted", "derived", "borrowed", "assumed")


def mapping_page(taking: Taking, again_s: int = 0) -> str:
    """Return the page of what a mapping takes out of its files; with ``again_s`` it reads itself anew so often."""
    draft, title = taking.draft, str(taking.mapping.head["title"])
    parts, outlines = Parts(), ""
    if taking.problems:
        parts.add("wrong", "What is wrong", _problems(taking.problems))
    if draft is not None and "people" in draft.columns:
        shapes = _shapes(draft)
        outlines = maps.outlines(shapes)
        parts.add("columns", "Column by column: the files, and what comes out", _columns(taking, draft, shapes))
        parts.add("years", "Figures by year", _series(draft))
    parts.add("lacks", "What no file gives", _lacking(draft))
    parts.add("files", "The files", "".join(_file(taking, s) for s in taking.sources.values()))
    if draft is not None and draft.notes:
        told = "".join(f"<li>{esc(note)}</li>" for note in draft.notes)
        parts.add("notes", "Recognised, and made to fit", f"<ul>{told}</ul>")
    parts.add("mapping", esc(taking.mapping.path.name), _text(taking.mapping.text))
    return _page(f"{title}: its mapping", _opening(taking, title) + outlines, parts, again_s)


def refused_page(name: str, text: str, problems: Sequence[Problem], again_s: int = 0) -> str:
    """Return the page of a mapping that cannot be followed at all: what is wrong, and the mapping with its rows."""
    parts = Parts()
    parts.add("wrong", "What is wrong", _problems(problems))
    parts.add("mapping", esc(name), _text(text))
    return _page(f"{name}: its mapping", f"<h1>{esc(name)}</h1>", parts, again_s)


def _page(title: str, opening: str, parts: Parts, again_s: int) -> str:
    page = page_of(title, opening, parts, foot="Nothing has been imported yet.")
    again = f'<meta http-equiv="refresh" content="{again_s}"><meta name="viewport"'
    return page.replace('<meta name="viewport"', again, 1) if again_s else page


def _shapes(draft: Draft) -> dict[str, Any] | None:
    if not draft.outlines:
        return None
    found: dict[str, Any] = json.loads(draft.outlines)
    return found if len(found["features"]) == len(draft.codes) else None


def _opening(taking: Taking, title: str) -> str:
    draft = taking.draft
    if draft is None or "people" not in draft.columns:
        told = "The areas cannot be told yet."
    else:
        lines = [o for lines in draft.lines.values() for o in lines]
        shares = ", ".join(f"{wording.per_cent(n / len(lines))} {tag}" for tag in _TAGS if (n := _count(lines, tag)))
        people = wording.plain(float(np.nansum(draft.columns["people"])), 0)
        told = f"{len(draft.codes)} areas, {people} residents; of {wording.plain(len(lines), 0)} numbers {shares}."
    do = (
        f"Correct <code>{esc(taking.mapping.path.name)}</code> in an editor and look again; "
        f"when it is right: <code>mechlin city import {esc(taking.mapping.path)}</code>"
    )
    problems = f"{len(taking.problems)} problems stand in the way of an import. " if taking.problems else ""
    return f'<h1>{esc(title)}: its mapping</h1><p>{esc(told)}</p><p class="doubt">{esc(problems)}{do}</p>'


def _count(lines: Iterable[Origin], tag: str) -> int:
    return sum(o.tag == tag for o in lines)


def _problems(problems: Sequence[Problem]) -> str:
    """Return problems one below the other: beside one another a long list of what is allowed squeezes all the rest."""
    return f'<ol class="problems">{"".join(map(_problem, problems))}</ol>'


def _problem(p: Problem) -> str:
    told = (("Where", p.where), ("Allowed", p.allowed), ("Nearest", p.nearest), ("Repair", p.repair))
    rows = "".join(f"<dt>{word}</dt><dd>{esc(text)}</dd>" for word, text in told if text)
    return f"<li><strong>{esc(p.what)}</strong>{f'<dl>{rows}</dl>' if rows else ''}</li>"


# ------------------------------------------------------------------------------------------------- columns


def _columns(taking: Taking, draft: Draft, shapes: dict[str, Any] | None) -> str:
    known = [c for c in TABLES["areas.csv"].known if c in draft.columns]
    order = sorted([*known, *(c for c in draft.columns if c not in known)], key=lambda c: c in _PLACES)
    cells = {s.file: _Cells(s) for s in taking.sources.values()}
    few = len(draft.codes) <= _MOST_MAPS
    no_map = "" if shapes else "<p>No map is named, so that none is drawn: write outlines = ... in [areas].</p>"
    return no_map + "".join(
        _column(taking, draft, name, cells, shapes if few or name == "people" else None) for name in order
    )


def _column(taking: Taking, draft: Draft, name: str, cells: dict[str, "_Cells"], shapes: dict[str, Any] | None) -> str:
    values, about = draft.columns[name], _about(name)
    lines = {o.row: o for o in draft.lines.get(name, ())}
    rows = []
    files = list(dict.fromkeys(o.file for o in lines.values() if o.file))
    for n in _shown(values):
        o = lines.get(draft.codes[n])
        there = cells[o.file].at(o) if o and o.file in cells else ""
        where = o.source_row if o else ""
        if o and o.file and len(files) > 1:
            where = f"{o.file}, {where}"
        rows.append([draft.names[n], where, there, wording.figure(float(values[n])), o.tag if o else "missing"])
    first = next(iter(lines.values()), None)
    rule = f"<p>{esc(first.rule)}</p>" if first and first.rule else ""
    said = "".join(f"{n:>4}  {esc(line)}\n" for n, line in _written(taking.mapping.text, _key(name)))
    source = f"<pre{_WRAPPED}>{said}</pre>" if said else ""
    gaps = int((~np.isfinite(values)).sum())
    unit = about.unit if about else ""
    head = ["Area", "row", "stands there", "comes out", "as"]
    said_of = (files[0] if len(files) == 1 else "", unit, f"{gaps} areas without a number" if gaps else "")
    caption = "; ".join(filter(None, said_of))
    drawn = ""
    if shapes is not None and name not in _PLACES and np.isfinite(values).any():
        drawn = f"<figure>{maps.area_map(values, shapes, draft.names, f'Map of {name}', '')}</figure>"
    beside = f"<div>{source}{rule}{table(caption, head, rows)}</div>"
    meaning = f'<p class="soft">{esc(about.meaning)}</p>' if about else ""
    return f'<h3 id="{esc(name)}">{esc(name)}</h3>{meaning}<div class="grid">{beside}{drawn}</div>'


def _about(name: str) -> Column | None:
    return next((AREA_COLUMNS[c] for c in (name, "share_background_*") if c in AREA_COLUMNS and _is(c, name)), None)


def _is(known: str, name: str) -> bool:
    return name == known or (known.endswith("*") and name.startswith(known[:-1]))


def _shown(values: np.ndarray) -> list[int]:
    """Return which areas are shown of a column: the first of the list, those with the least and the most, one without."""
    at = list(range(min(_FIRST, len(values))))
    known = np.flatnonzero(np.isfinite(values))
    if known.size:
        at += [int(known[np.argmin(values[known])]), int(known[np.argmax(values[known])])]
    return list(dict.fromkeys([*at, *np.flatnonzero(~np.isfinite(values))[:1].tolist()]))


def _key(name: str) -> str:
    """Return the word of the mapping that a column comes from."""
    if name in _PLACES:
        return "outlines"
    return next((key for start, key in _GROUPS.items() if name.startswith(start)), name)


def _written(text: str, key: str) -> list[tuple[int, str]]:
    """Return the rows of [areas] in a mapping that speak of a word, with their numbers."""
    out, table_of, inside = list[tuple[int, str]](), "", False
    for n, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[+([^\]]+)\]", line):
            table_of, inside = head[1].strip(), False
            if table_of == f"areas.{key}" or table_of.startswith(f"areas.{key}."):
                out.append((n, line.rstrip()))
        elif table_of == f"areas.{key}" or table_of.startswith(f"areas.{key}."):
            if line.strip():
                out.append((n, line.rstrip()))
        elif table_of == "areas" and (inside or re.match(rf"\s*{re.escape(key)}\s*[.=]", line)):
            out.append((n, line.rstrip()))
            inside = sum(part.count("[") + part.count("{") - part.count("]") - part.count("}") for _, part in out) > 0
    return out


class _Cells:
    """The cells of one file by the number of their row."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.at_row = {str(row): n for n, row in enumerate(source.grid.rows)}

    def at(self, origin: Origin) -> str:
        """Return the cells that a number was read from, as they stand there."""
        headings = [h for h in origin.source_column.split(" + ") if h in self.source.grid.headings]
        rows = [self.at_row[r] for r in origin.source_row.split(", ") if r in self.at_row]
        found = [self.source.grid.cells[h][r] for r in rows for h in headings]
        more = f" and {len(found) - _CELLS} more" if len(found) > _CELLS else ""
        return " | ".join(found[:_CELLS]) + more


# ------------------------------------------------------------------------------------- years, gaps, files


def _series(draft: Draft) -> str:
    lines = [*draft.series_lines, *draft.history_lines]
    if not lines:
        return "<p>The mapping names none; what a run needs is borrowed.</p>"
    rows = []
    for o in lines:
        name, _, year = o.row.rpartition(" ")
        numbers = draft.series if o.table == "context.csv" else draft.history
        value = wording.figure(float(numbers[name][int(year)]))
        read = ", ".join(w for w in (o.file, f"row {o.source_row}" if o.source_row else "", o.source_column) if w)
        rows.append([name, year, value, read, o.rule, o.tag])
    return table("", ["Figure", "year", "comes out", "read in", "rule", "as"], rows)


def _lacking(draft: Draft | None) -> str:
    rows = [[name, c.meaning, c.instead, c.hangs] for name, c in lacking(draft).items()]
    if not rows:
        return "<p>Nothing: every column and series is there.</p>"
    caption = "The import borrows it, openly, from the country or from --neighbour, unless the mapping gives it."
    return table(caption, ["Figure", "means", "what stands in", "hangs on it"], rows)


def _file(taking: Taking, source: Source) -> str:
    """Return the first rows of a file, its columns that are used apart from those that are not."""
    used = _used(taking, source)
    headings = source.grid.headings
    head = ["row", *(f"{h} ✓" if h in used else h for h in headings)]
    rows = [
        [str(source.grid.rows[n]), *(source.grid.cells[h][n] for h in headings)]
        for n in range(min(_ROWS, source.grid.cells.height))
    ]
    left = [h for h in headings if h not in used]
    told = f"Not used: {', '.join(left)}." if left else "Every column is used."
    many = f"{wording.plain(source.grid.cells.height, 0)} rows; ✓ stands at what is used."
    shown = table(many, head, rows) if headings else ""
    return f"<h3>{esc(source.file)}</h3>{shown}<p class='soft'>{esc(told)}</p>"


def _used(taking: Taking, source: Source) -> set[str]:
    used = {*source.label_columns, source.year_heading, *_dimensions(taking.mapping)}
    for o in taking.draft.origins() if taking.draft is not None else ():
        if o.file == source.file:
            used |= set(o.source_column.split(" + "))
    return used


def _dimensions(mapping: Mapping) -> set[str]:
    """Return the headings by whose cells quantities choose their rows."""
    found = set[str]()
    todo = [*mapping.areas.values(), *mapping.context.values(), *mapping.history.values()]
    todo += [q for group in (*mapping.groups.values(), *mapping.elections.values()) for q in group.values()]
    while todo:
        q = todo.pop()
        found |= set(q.where)
        todo += [*q.more, *q.less]
    return found


def _text(text: str) -> str:
    numbered = "\n".join(f"{n:>4}  {line}" for n, line in enumerate(text.splitlines(), 1))
    return f"<pre{_WRAPPED}>{esc(numbered)}</pre>"
