"""Text out of a table's bytes, and a word on what the file is where it is no such text."""

import re

from mechlin.city.tables.encoding import is_sixteen_bits, likely_encoding
from mechlin.core.errors import Problem

_STARTS = {
    b"PK\x03\x04": "a spreadsheet (Excel or the like)",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "Parquet",
}
_IMPORT = "`mechlin city import` reads it and writes the city's tables"


def text_of(data: bytes, file: str, start: str) -> str | Problem:
    """Return the text of a file, or what is wrong with it; ``start`` is how its first line begins, where that is known."""
    for mark, kind in _STARTS.items():
        if data.startswith(mark):
            return Problem(f"the file is {kind}, not text", file=file, allowed="CSV in UTF-8", repair=_IMPORT)
    utf16 = is_sixteen_bits(data)
    try:
        text, at = data.decode("utf-8-sig"), data.find(0)
    except UnicodeDecodeError as error:
        text, at = "", error.start
    if utf16 or at >= 0:
        likely = "looks like UTF-16" if utf16 else "holds a NUL" if text else f"looks like {likely_encoding(data)}"
        return Problem(
            f"the file is not UTF-8 text (it {likely})",
            file=file,
            row=1 if utf16 else data[:at].count(b"\n") + 1,
            allowed="UTF-8",
            repair="save it again as 'CSV UTF-8', or choose UTF-8 when exporting; `mechlin city import` reads it as it is",
        )
    if not text.strip():
        return Problem("the file is empty", file=file, repair=start)
    return text if not file.endswith(".csv") else _table_text(text, file)


def _table_text(text: str, file: str) -> str | Problem:
    """Return the text without what spreadsheets put round a table, or the word for another format."""
    first = text.lstrip()[:1]
    if first in "{[":
        stat = '"dimension"' in text or ('"class"' in text and '"dataset"' in text)
        kind = "a JSON-stat document" if stat else "a JSON document"
        return Problem(f"the file is {kind}, not a table of commas", file=file, row=1, allowed="CSV", repair=_IMPORT)
    if first == "<":
        return Problem("the file is a web page or XML, not a table of commas", file=file, row=1, allowed="CSV")
    text = re.sub(r"\r+\n", "\n", text)  # CR CR LF: written in text mode twice
    return re.sub(r"\A\"?sep=.\"?\r?\n", "", text, flags=re.IGNORECASE)  # a word to Excel, which does not show it
