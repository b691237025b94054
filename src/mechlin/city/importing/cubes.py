"""Tables of many dimensions as statistics services give them: JSON-stat, PX-Web's JSON, and PC-Axis files.

Each becomes a long table: a column for every dimension with its words, one with its codes, the value, its flag.
"""

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from mechlin.city.importing.grid import Grid
from mechlin.city.tables.encoding import read_text
from mechlin.core.errors import InputError, Problem

VALUE, FLAG, CODE = "value", "flag", " (code)"
_MOST_CELLS = 50_000_000
_MOST_NUMBERED = 10_000  # categories that a document does not name and that are numbered instead
_PX_LINE = re.compile(
    r"([A-Z0-9-]+)(?:\[[a-z]{2}\])?(?:\(\"((?:[^\"]|\"\")*)\"[^)]*\))?\s*=\s*((?:\"[^\"]*\"|[^;\"])*);", re.S
)
_QUOTED = re.compile(r'"([^"]*)"')


def looks_like_json(start: str) -> bool:
    """Return whether a text begins like a JSON document."""
    return start.lstrip("\ufeff \n\r\t")[:1] in ("{", "[")


def read_json_table(path: Path) -> Grid:
    """Return a JSON-stat document or a PX-Web answer as a grid; raise InputError with everything wrong with it."""
    text, _ = read_text(path)
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(
            [Problem(f"not valid JSON: {error}", file=path.name, row=getattr(error, "lineno", None))]
        ) from None
    if isinstance(found, dict) and isinstance(found.get("columns"), list) and isinstance(found.get("data"), list):
        return _px_web(path.name, found)
    dataset = _dataset(found)
    if dataset is None:
        raise InputError(
            [
                Problem(
                    "the document is neither JSON-stat nor an answer of PX-Web",
                    file=path.name,
                    allowed="JSON-stat with id, size, dimension and value; or PX-Web with columns and data",
                    repair="ask the service for json-stat2 or csv",
                )
            ]
        )
    return _json_stat(path.name, dataset)


def _dataset(found: Any) -> dict[str, Any] | None:
    """Return the data set in a document: the document itself, or the first of an older bundle."""
    if not isinstance(found, dict):
        return None
    for one in (found, *found.values()):
        if isinstance(one, dict) and "value" in one and isinstance(one.get("dimension"), dict):
            return one
    return None


def _json_stat(file: str, data: Mapping[str, Any]) -> Grid:
    dimensions: Mapping[str, Any] = data["dimension"]
    ids, size = data.get("id", dimensions.get("id")), data.get("size", dimensions.get("size"))
    if not isinstance(ids, list) or not isinstance(size, list) or len(ids) != len(size):
        raise InputError([Problem("JSON-stat without id and size of the same length", file=file, column="id, size")])
    problems, axes, notes = [], [], ["read as JSON-stat"]
    for name, n in zip(ids, size, strict=True):
        said = dimensions.get(name)
        codes, labels = _categories(said)
        if not codes and isinstance(n, int) and 0 < n <= _MOST_NUMBERED:
            codes = labels = [str(place) for place in range(1, n + 1)]
            notes.append(f"the document does not say what the {n} categories of {name!r} are: numbered")
        if len(codes) != n:
            problems.append(
                Problem(
                    f"the dimension {name!r} has {len(codes)} categories, its size says {n}",
                    file=file,
                    column=f"dimension.{name}.category",
                    repair="ask the service for the whole document",
                )
            )
        axes.append((str(said.get("label", name)) if isinstance(said, dict) else str(name), codes, labels))
    total = 1
    for n in size:
        total *= n if isinstance(n, int) and n > 0 else 0
    if not problems and total > _MOST_CELLS:
        problems.append(Problem(f"a table of {total:,} cells is too large", file=file))
    values = None if problems else _listed(data.get("value"), total)
    flags = None if problems else _listed(data.get("status"), total)
    if not problems and values is None:
        problems.append(
            Problem(f"the document has not the {total} values that its sizes say", file=file, column="value")
        )
    if problems or values is None:
        raise InputError(problems)
    columns: dict[str, list[str]] = {}
    places = list(itertools.product(*(range(len(codes)) for _, codes, _ in axes)))
    for d, (label, codes, labels) in enumerate(axes):
        columns[label] = [labels[p[d]] for p in places]
        if labels != codes:
            columns[label + CODE] = [codes[p[d]] for p in places]
    columns[VALUE] = ["" if v is None else f"{v:.15g}" if isinstance(v, float) else str(v) for v in values]
    if flags is not None and any(flags):
        columns[FLAG] = ["" if f is None else str(f) for f in flags]
    return Grid(file, pl.DataFrame(columns), pl.Series(range(1, total + 1), dtype=pl.Int64), tuple(notes), ".")


def _categories(dimension: Any) -> tuple[list[str], list[str]]:
    """Return the codes and the words of a dimension, in order."""
    category = dimension.get("category") if isinstance(dimension, dict) else None
    if not isinstance(category, dict):
        return [], []
    index, labels = category.get("index"), category.get("label")
    labels = labels if isinstance(labels, dict) else {}
    if isinstance(index, dict):
        whole = all(isinstance(place, int) for place in index.values())
        codes = sorted(index, key=lambda c: index[c]) if whole else list(index)
    else:
        codes = list(index) if isinstance(index, list) else list(labels)
    return [str(c) for c in codes], [str(labels.get(c, c)) for c in codes]


def _listed(values: Any, total: int) -> list[Any] | None:
    """Return as many values as there are cells, given as a list, by place, or one for all; None when they do not fit."""
    if isinstance(values, list):
        return values if len(values) == total else None
    if isinstance(values, dict):
        out: list[Any] = [None] * total
        for place, value in values.items():
            if not str(place).isdigit() or int(place) >= total:
                return None
            out[int(place)] = value
        return out
    return [values] * total if isinstance(values, str) else None


def _px_web(file: str, found: Mapping[str, Any]) -> Grid:
    """Return PX-Web's own JSON: columns with a code, text and type, and data with key and values."""
    heads = [(str(c.get("text", c.get("code", ""))), c.get("type") == "c") for c in found["columns"]]
    names = [name for name, content in heads if not content] + [name for name, content in heads if content]
    try:
        rows = [[*map(str, r["key"]), *map(str, r["values"])] for r in found["data"]]
        table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    except (KeyError, TypeError, pl.exceptions.PolarsError, ValueError) as error:
        raise InputError([Problem(f"PX-Web's columns and data do not fit one another ({error})", file=file)]) from None
    return Grid(
        file, table, pl.Series(range(1, table.height + 1), dtype=pl.Int64), ("read as an answer of PX-Web",), "."
    )


def read_px(path: Path) -> Grid:
    """Return a PC-Axis file as a grid; raise InputError when its values are not as many as its dimensions say."""
    text, code = read_text(path)
    words: dict[tuple[str, str], list[str]] = {}
    raw = ""
    for key, about, said in _PX_LINE.findall(text):
        if key == "DATA":
            raw = said
        words.setdefault((key, about), _QUOTED.findall(said))
    names = [*words.get(("STUB", ""), []), *words.get(("HEADING", ""), [])]
    axes = [(n, words.get(("CODES", n)) or words.get(("VALUES", n), []), words.get(("VALUES", n), [])) for n in names]
    values = re.findall(r'"[^"]*"|[^\s"]+', raw)
    places = list(itertools.product(*(range(len(labels)) for _, _, labels in axes))) if axes else []
    if not places or len(values) != len(places):
        raise InputError(
            [
                Problem(
                    f"the file has {len(values)} values, its dimensions ask for {len(places)}",
                    file=path.name,
                    allowed="a PC-Axis file with STUB, HEADING, VALUES and DATA",
                )
            ]
        )
    columns: dict[str, list[str]] = {}
    for d, (name, codes, labels) in enumerate(axes):
        columns[name] = [labels[p[d]] for p in places]
        if codes != labels and len(codes) == len(labels):
            columns[name + CODE] = [codes[p[d]] for p in places]
    columns[VALUE] = [v.strip('"') for v in values]
    notes = ("read as PC-Axis", *((f"read as {code}",) if code else ()))
    return Grid(path.name, pl.DataFrame(columns), pl.Series(range(1, len(values) + 1), dtype=pl.Int64), notes, ".")
