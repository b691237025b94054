"""What areas are called: code and name out of one cell, sums and levels recognised, two lists of areas joined.

Names are compared without capitals, accents, hyphens and the like; codes without the zeros that spreadsheets lose.
What does not join is told with the nearest, and never joined by guess.
"""

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from mechlin.city.importing.words import SUMS

_BOTH = re.compile(r"^\s*((?=[\w.-]*[0-9])[\w.-]{2,12})\s*(?:[-–:|]\s*|\s)\s*(\S*[^\W\d].*?)\s*$")
_BOTH_BEHIND = re.compile(r"^\s*(.*[^\W\d].*?)\s*[(\[]((?=[\w.-]*[0-9])[\w.-]{3,12})[)\]]\s*$")
_PART = re.compile(r"\s*\(\d{1,3}\)$")  # "Waterland (12)": one piece of an area of several
_PREFIX = re.compile(r"^[A-Za-z]+")
_SUM_START = re.compile(r"^(?:total|totaal|totalt|summa|insgesamt|ensemble|som|sum|gemeente|hela)\b", re.I)
_NEAR = 0.6  # likeness from which a name is worth mentioning


class Label(NamedTuple):
    """What an area is called in one file; either may be empty."""

    code: str
    name: str


def split_label(cell: str) -> Label:
    """Return code and name out of a cell that may have one or both: ``036300 Area 1``, ``Area 1 (036300)``.

    >>> split_label("036300 Area 1")
    Label(code='036300', name='Area 1')
    """
    text = cell.strip()
    if found := _BOTH.match(text):
        return Label(found[1], found[2])
    if found := _BOTH_BEHIND.match(text):
        return Label(found[2], found[1])
    if text and not re.search(r"\s", text) and any(c.isdigit() for c in text):
        return Label(text, "")
    return Label("", text)


def shared_frame(cells: Sequence[str]) -> tuple[str, str]:
    """Return what all names have before and behind them, as ``Malmö (RegSO-`` and ``)``; empty words where nothing."""
    if len(cells) < 3:
        return "", ""
    before = _shared_start(cells)
    while before and before[-1].isalnum():
        before = before[:-1]
    if not re.search(r"[(\[:/_-]\s*$", before):
        before = ""
    rest = [c[len(before) :] for c in cells]
    behind = _shared_start([c[::-1] for c in rest])[::-1] if before.count("(") > before.count(")") else ""
    return before, behind if behind == ")" else ""


def _shared_start(words: Sequence[str]) -> str:
    low, high = min(words), max(words)
    n = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return low[:n]


def is_sum(label: Label) -> bool:
    """Return whether an area is called what offices call the sum of the others."""
    word = _plain(label.name or label.code)
    return word in SUMS or bool(_SUM_START.match(label.name.strip()))


def family(code: str) -> str:
    """Return the letters and length that codes of one level share: GM0363 and WK036300 are of two levels."""
    letters = _PREFIX.match(code)
    return (letters[0].upper() if letters and len(letters[0]) > 1 else "") + f"#{len(code)}"


def levels_of(codes: Sequence[str]) -> dict[str, list[str]]:
    """Return the codes by level where letters before them tell several, such as GM, WK and BU; else one level."""
    out = defaultdict(list)
    for code in codes:
        letters = _PREFIX.match(code)
        out[letters[0].upper() if letters and len(letters[0]) > 1 else ""].append(code)
    return dict(out)


def parents(codes: Sequence[str]) -> set[str]:
    """Return codes that stand for the sum of others: others of the file begin with them and are longer."""
    known = set(codes)
    short = {c for c in known for n in range(2, len(c)) if c[:n] in known and c[:n] != c for c in (c[:n],)}
    longer = Counter(len(c) for c in known)
    usual = max(longer, key=lambda n: longer[n]) if longer else 0
    return {c for c in short if len(c) < usual}


class Joined(NamedTuple):
    """For each label its place in the other list or None, and what those without may be: label -> nearest names."""

    places: list[int | None]
    near: dict[str, list[str]]
    by_likeness: dict[str, str]


def join(labels: Sequence[Label], to: Sequence[Label], same: Mapping[str, str] | None = None) -> Joined:
    """Return where each label stands in the list ``to``; ``same`` says of names that they are another's."""
    renamed = {_plain(a): b for a, b in (same or {}).items()}
    tables = [_by(key, to) for key in _KEYS]
    places: list[int | None] = []
    near: dict[str, list[str]] = {}
    loosely: dict[str, str] = {}
    names = {_plain(label.name or label.code): label.name or label.code for label in to}
    for label in labels:
        other = renamed.get(_plain(label.name)) or renamed.get(_plain(label.code))
        wanted = Label(other, other) if other else label
        place = next(
            (p for p in (t.get(key(wanted)) for key, t in zip(_KEYS, tables, strict=True)) if p is not None), None
        )
        places.append(place)
        said = label.name or label.code
        if place is None:
            close = difflib.get_close_matches(_plain(said), list(names), n=2, cutoff=_NEAR)
            near[said] = [names[c] for c in close]
        elif to[place].name != label.name and to[place].code != label.code and not other:
            loosely[said] = to[place].name or to[place].code
    return Joined(places, near, loosely)


def _plain(text: str) -> str:
    """Return a name without capitals, accents and marks."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


def _bare_code(code: str) -> str:
    return code.lstrip("0") if code.strip("0").isdigit() else code.casefold()


# How two areas may be the same, the surest first; an empty key joins nothing.
_KEYS = (
    lambda label: ("code", label.code) if label.code else None,
    lambda label: ("name", label.name) if label.name else None,
    lambda label: ("code", _bare_code(label.code)) if label.code else None,
    lambda label: ("name", _plain(label.name)) if label.name else None,
    lambda label: ("name", _plain(_PART.sub("", label.name))) if label.name else None,
)


def _by(key: Callable[[Label], object], labels: Iterable[Label]) -> dict[object, int]:
    """Return the place of every label by a key; a key of two labels is nobody's."""
    out: dict[object, int] = {}
    twice = set()
    for n, label in enumerate(labels):
        word = key(label)
        if word in out:
            twice.add(word)
        if word is not None:
            out[word] = n
    return {word: n for word, n in out.items() if word not in twice}
