"""Tables of text: the separator is told from the rows, a line ``sep=;`` that Excel writes is heeded."""

import csv
import io
import re
from collections import Counter
from pathlib import Path

from mechlin.city.importing.grid import Grid, grid_of
from mechlin.city.tables.encoding import read_text
from mechlin.core.errors import InputError, Problem

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAID = re.compile(r"\s*\"?sep=(.)\"?\s*\n")
_LOOKED_AT = 60  # rows, to tell the separator
csv.field_size_limit(10_000_000)  # characters of one cell; outlines as text are long


def read_delimited(path: Path, encoding: str = "", separator: str = "") -> Grid:
    """Return the table in a file of text; raise InputError when there is none."""
    text, code = read_text(path, encoding)
    notes = [f"read as {code}"] if code else []
    first = 1
    if said := _SAID.match(text):
        separator, text, first = separator or said[1], text[said.end() :], 2
        notes.append(f"the first line says sep={said[1]}")
    if not text.strip():
        raise InputError([Problem("the file is empty", file=path.name)])
    separator = separator or told_separator(text)
    if separator != "," and not said:
        notes.append(f"cells are separated by {_SEPARATORS.get(separator, repr(separator))}")
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True))
    return grid_of(path.name, records, notes, "," if separator == ";" else "", first)


def told_separator(text: str) -> str:
    """Return the separator that cuts the first rows into the most cells of which all rows have as many."""
    lines = [line for line in text.split("\n", 4 * _LOOKED_AT)[: 4 * _LOOKED_AT] if line.strip()][:_LOOKED_AT]
    best, found = (0.0, 0), ","
    for separator in _SEPARATORS:
        widths = Counter(len(r) for r in csv.reader(lines, delimiter=separator, skipinitialspace=True) if r)
        width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = (often / sum(widths.values()) if width > 1 else 0.0, width)
        if (round(score[0], 1), score[1]) > (round(best[0], 1), best[1]):
            best, found = score, separator
    return found
