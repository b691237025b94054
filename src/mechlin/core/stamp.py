"""The hash of Mechlin's own source: part of every run's name, and of the compiled code's address."""

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


@cache
def source_stamp() -> str:
    """Return sixteen hexadecimal digits that change when any source file of Mechlin changes."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(_ROOT.rglob("*.py")):
        digest.update(path.relative_to(_ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
