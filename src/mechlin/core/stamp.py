"""The stamp of what computes numbers: part of every run's name.

It covers the rooms that a simulated number passes through, as syntax trees: comments, docstrings, layout and the texts
of declarations are left out, so that editing a page, a text or a docstring keeps every computed run.
"""

import ast
import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from mechlin.core.files import write_text
from mechlin.core.places import cache_place

_ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "statistics", "law", "city", "mechanisms", "measures", "indicators", "engine")
_DECLARATIONS = frozenset({"Param", "Field", "Lever", "Indicator", "Programme", "Mechanism", "Card"})
_TEXTS = frozenset({"doc", "title", "numerator", "denominator", "source", "evidence"})  # what they say to readers


@cache
def source_stamp() -> str:
    """Return sixteen hexadecimal digits that change when any code that computes numbers changes."""
    known = cache_place() / "stamps" / _digest(_ROOT, lambda text: text)
    try:
        return known.read_text(encoding="ascii")
    except (OSError, ValueError):
        stamp = stamp_of(_ROOT)
    with suppress(OSError):  # for the next process: reading the trees takes a second
        write_text(known, stamp)
    return stamp


def stamp_of(root: Path) -> str:
    """Return the stamp of the source in a folder."""
    return _digest(root, _what_it_does)


def _digest(root: Path, reading: Callable[[str], str]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in (path for room in ROOMS for path in sorted((root / room).rglob("*.py"))):
        digest.update(f"{path.relative_to(root).as_posix()}\0{reading(path.read_text(encoding='utf-8'))}\0".encode())
    return digest.hexdigest()


def _what_it_does(source: str) -> str:
    """Return source text without comments, layout, docstrings and the texts of declarations."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
        elif isinstance(node, ast.Call):
            declares = getattr(node.func, "id", "")
            if declares in ("MeasureText", "MechanismText"):
                node.keywords = []
            elif declares in _DECLARATIONS:
                node.keywords = [k for k in node.keywords if k.arg not in _TEXTS]
                node.args = [a for a in node.args if not (isinstance(a, ast.Constant) and " " in str(a.value))]
    return ast.unparse(tree)
