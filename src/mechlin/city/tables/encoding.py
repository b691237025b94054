"""Text out of bytes: the encoding that an office used is told from what its letters would be in each.

UTF-8 is recognised for certain. The older encodings of one byte a letter all accept nearly anything; the right one is
that in which the letters outside ASCII are those that the languages of Europe use, in words that look like words.
"""

import re
from pathlib import Path

from mechlin.core.errors import InputError, Problem

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# By how usual they are: Windows and Latin-1 differ only in marks that names do not have.
_OLD = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (code page 850)", "cp1250": "Windows-1250"}
_USUAL = set("éèêëáàâäåæçíìîïñóòôöøœúùûüÿßÉÈÀÂÄÅÆÇÎÖØÜ")
_RARE = set("ÁÊËÍÌÏÑÓÒÔÚÙÛãõÃÕłńśżźčřšžěůŁŚŻČŘŠŽąęĄĘőű")
_MARKS_IN_TEXT = set("€°²³½–—‘’“”«»§…± ·µ£")
_WORD_AMISS = re.compile(r"[a-zß-ÿ][A-ZÀ-ÖØ-Þ](?=[a-zß-ÿ])|[a-zß-ÿ][A-ZÀ-ÖØ-Þ]\b")
_NUL_SHARE = 0.2  # of bytes: text of 16 bits a letter is half empty


def read_text(path: Path, encoding: str = "") -> tuple[str, str]:
    """Return a file's text, with every line ending in one line feed, and a word about its encoding ("" for UTF-8).

    Raises InputError when it is no text at all, or not in the ``encoding`` that was given.
    """
    data = path.read_bytes()
    try:
        text, name = _decoded(data, encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(
            [
                Problem(
                    f"the file is not text in {encoding or 'a known encoding'} ({error})",
                    file=path.name,
                    repair="leave out the encoding to let it be recognised, or save the file as UTF-8",
                )
            ]
        ) from None
    return re.sub(r"\r+\n|\r", "\n", text), name


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec), "" if codec == "utf-8-sig" else "UTF-16"
    if is_sixteen_bits(data):
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), "UTF-16"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        codec = _likely(data)
        return data.decode(codec, errors="replace"), _OLD[codec]


def is_sixteen_bits(data: bytes) -> bool:
    """Return whether the bytes are text of sixteen bits a letter, by its mark or by how many are zero."""
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) > _NUL_SHARE * max(len(data), 1)


def likely_encoding(data: bytes) -> str:
    """Return the name of the older encoding in which the bytes outside ASCII are most like a European language."""
    return _OLD[_likely(data)]


def _likely(data: bytes) -> str:
    return max(_OLD, key=lambda name: likeness(data, name))


def likeness(data: bytes, codec: str) -> float:
    """Return how much like a European language the bytes read in ``codec``: more is likelier."""
    lines = [line for line in data.split(b"\n") if any(b > 127 for b in line)]
    text = b"\n".join(lines).decode(codec, errors="replace")
    score = 0.0
    for letter in text:
        if ord(letter) > 127:
            score += 2 if letter in _USUAL else 1 if letter in _RARE else 0.5 if letter in _MARKS_IN_TEXT else -2
    return score - 3 * len(_WORD_AMISS.findall(text))
