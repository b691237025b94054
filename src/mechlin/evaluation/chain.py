r"""A file to which lines are only ever added: each carries a hash of itself and that of the line before it.

    {"hash":"9f…","n":17,"prev":"c4…","at":"2026-11-28T09:12:03Z","kind":"sealed",…}

The hash is SHA-256 over everything in the line behind the hash itself (from the first quotation mark after its comma to
the closing brace), so that whoever has the file and `sha256sum` can check it without Mechlin. A changed letter, a line
taken out, put in, moved or dated back breaks the chain. Whoever can write the file can also write all of it anew, or cut
its end; that shows only against a head (the last hash, with the number of lines) that was published elsewhere before.

Adding writes a whole new file and then puts it in the place of the old one: a process that is killed at any moment
leaves the register as it was or with the new lines, never between.

Source of the form: RFC 6962 (append-only logs); its tree is not needed for thousands of lines.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from mechlin.core.errors import MechlinError, UsageError
from mechlin.core.files import whole

FIRST = hashlib.sha256(b"mechlin register, form 1").hexdigest()  # what the first line follows
_OPENING, _CLOSING = b'{"hash":"', b'",'
_HASH_AT = slice(len(_OPENING), len(_OPENING) + len(FIRST))
_REST_AT = len(_OPENING) + len(FIRST) + len(_CLOSING)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_SHOWN = 12  # digits of a hash in a sentence
Entry = Mapping[str, Any]


class BrokenRegister(MechlinError):
    """A register whose lines do not follow one another: nothing is added to it."""

    exit_code = 3


class Head(NamedTuple):
    """How many lines a register had, and the hash of the last."""

    lines: int
    hash: str

    def __str__(self) -> str:
        """Return it as it is published and read back: ``17:9f…``."""
        return f"{self.lines}:{self.hash}"

    @classmethod
    def of(cls, text: str) -> "Head":
        """Return the head that ``text`` gives; raise UsageError where it is none."""
        lines, _, digits = text.strip().partition(":")
        if not lines.isdigit() or len(digits) != len(FIRST) or set(digits) - set("0123456789abcdef"):
            raise UsageError(f"{text!r} is no head; write it as `mechlin forecast head` prints it, NUMBER:HASH")
        return cls(int(lines), digits)


class Register(NamedTuple):
    """What a register says, line by line, and everything by which it is not whole."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]

    @property
    def head(self) -> Head:
        """Its number of lines and its last hash."""
        return Head(len(self.entries), self.entries[-1]["hash"] if self.entries else FIRST)


def read(path: Path) -> Register:
    """Return the lines of a register, an empty one where there is no file; whatever is wrong with them is told by line."""
    raw = path.read_bytes() if path.is_file() else b""
    lines = raw.split(b"\n")
    problems = []
    if lines[-1] == b"":
        lines.pop()
    else:
        problems.append(f"line {len(lines)} has no end: it was cut, or something was written behind it")
    entries = []
    for number, line in enumerate(lines, 1):
        entry, wrong = _entry(line, number)
        problems += wrong
        if entry is not None:
            entries.append(entry)
    return Register(tuple(entries), (*problems, *_out_of_step(entries)))


def _entry(line: bytes, number: int) -> tuple[Entry | None, list[str]]:
    rest = line[_REST_AT:]
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None, [f"line {number} cannot be read: it was changed after it was sealed"]
    if not isinstance(entry, dict) or not line.startswith(_OPENING) or not isinstance(entry.get("id"), str):
        return None, [f"line {number} is no entry: it was changed after it was sealed"]
    if hashlib.sha256(rest).hexdigest().encode() != line[_HASH_AT]:
        return entry, [f"line {number} ({entry['id']}) was changed after it was sealed: its hash is another"]
    return entry, []


def _out_of_step(entries: Sequence[Entry]) -> list[str]:
    """Return where a line does not follow the one before it: another one was there, or its date lies before."""
    problems = []
    opening = {"hash": FIRST, "n": 0, "at": "", "id": "the beginning"}
    for before, one in pairwise((opening, *entries)):
        what = f"entry {one.get('n')} ({one['id']})"
        if one.get("n") != before["n"] + 1 or one.get("prev") != before["hash"]:
            after = f"entry {before['n']}" if before["n"] else "the beginning"
            problems.append(f"{what} does not follow {after}: an entry was taken out, put in, changed or moved")
        if str(one.get("at", "")) < str(before["at"]):
            problems.append(f"{what} is dated {one.get('at')}, before the entry that it follows ({before['at']})")
    return problems


def against(register: Register, heads: Iterable[Head], now: datetime | None = None) -> list[str]:
    """Return by which published heads a register is not the one that was published; and dates that lie in the future."""
    problems = []
    hashes = {e.get("n"): e["hash"] for e in register.entries}
    for head in heads:
        short = f"the published head {head.lines}:{head.hash[:_SHOWN]}…"
        if head.lines > len(register.entries):
            cut = head.lines - len(register.entries)
            problems.append(f"{short} had {head.lines} entries, here are {len(register.entries)}: {cut} were taken out")
        elif head.lines and hashes.get(head.lines) != head.hash:
            problems.append(f"{short} is not that of entry {head.lines} here: something up to there was written anew")
    latest = told(now) if now else ""
    problems += [
        f"entry {e.get('n')} ({e['id']}) is dated {e.get('at')}, which is yet to come"
        for e in register.entries
        if latest and str(e.get("at", "")) > latest
    ]
    return problems


def append(path: Path, entries: Sequence[Entry], now: datetime) -> Register:
    """Add entries, each with kind and id, to a register, all or none; return it as it is then.

    Raises BrokenRegister where what is there is not whole, and where the clock of this machine says an earlier time than
    the last entry.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        old = read(path)
        if old.problems:
            more = "\n".join(old.problems)
            raise BrokenRegister(f"{path.name}: nothing is added to a register that is not whole\n{more}")
        at = told(now)
        if old.entries and at < old.entries[-1]["at"]:
            raise BrokenRegister(
                f"{path.name}: the last entry is of {old.entries[-1]['at']} and the clock of this machine says {at}; "
                "set the clock, or ask who wrote that entry"
            )
        head, text, added = old.head, bytearray(path.read_bytes() if path.is_file() else b""), []
        for entry in entries:
            rest = _rest({"n": head.lines + 1, "prev": head.hash, "at": at, **entry})
            head = Head(head.lines + 1, hashlib.sha256(rest).hexdigest())
            line = _OPENING + head.hash.encode() + _CLOSING + rest
            text += line + b"\n"
            added.append(json.loads(line))
        with whole(path) as half, half.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    return Register((*old.entries, *added), ())


def _rest(entry: Entry) -> bytes:
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()[1:]


def told(moment: datetime) -> str:
    """Return a moment as entries have it: to the second, in universal time."""
    return moment.astimezone(UTC).strftime(_TIME)
