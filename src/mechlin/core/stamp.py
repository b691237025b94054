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
from typing import Any

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
    told: list[str] = []
    _tell(ast.parse(source), told)
    return " ".join(told)


def _tell(node: ast.AST, told: list[str]) -> None:
    """Write a syntax tree as words, each part after its name; a plain walk is half the time of writing it as Python."""
    told.append(f"({type(node).__name__}")
    left_out: list[Any] = []
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _is_text(node.body[:1]):
        left_out = node.body[:1]
    elif isinstance(node, ast.Call):
        declares = getattr(node.func, "id", "")
        if declares in ("MeasureText", "MechanismText"):
            left_out = node.keywords
        elif declares in _DECLARATIONS:
            left_out = [k for k in node.keywords if k.arg in _TEXTS]
            left_out += [a for a in node.args if isinstance(a, ast.Constant) and " " in str(a.value)]
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            told.append(name)
            _tell(value, told)
        elif isinstance(value, list):
            told.append(f"{name}[")
            for part in value:
                if isinstance(part, ast.AST):
                    if part not in left_out:
                        _tell(part, told)
                else:
                    told.append(repr(part))
            told.append("]")
        elif value is not None:
            told.append(f"{name}={value!r}")
    told.append(")")


def _is_text(first: list[ast.stmt]) -> bool:
    """Return whether a body begins with a docstring."""
    return any(
        isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str) for s in first
    )
