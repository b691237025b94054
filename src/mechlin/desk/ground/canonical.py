"""One way to write a record, so that its digest is the same everywhere: JSON, keys sorted, no spaces, UTF-8."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64  # what stands before the first event
CHAINED = ("seq", "at", "case", "version", "kind", "actor", "role", "form_no", "rule", "form", "rule_digest", "body")
SHORT = 12  # hexadecimal digits of a head on a letter: one in 2.8e14


def canonical(value: Any) -> str:
    """Return ``value`` as JSON that has one spelling only.

    >>> canonical({"b": 1, "a": [None, "é"]})
    '{"a":[null,"é"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def chained(row: Mapping[str, Any], prev: str) -> str:
    """Return the hash of an event: of the hash before it, and of everything that it says."""
    return digest(f"{prev}\n{canonical({name: row[name] for name in CHAINED})}")


def short_head(seq: int, hashed: str) -> str:
    """Return a head as it stands on letters: "1042-9f3ac2d17b60"."""
    return f"{seq}-{hashed[:SHORT]}"
