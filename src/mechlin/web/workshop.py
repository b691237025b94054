"""A workshop: a room with a code, groups with packages and guesses of their own, rounds, and a log of what the room tried.

Rooms live in memory; after every change a room is written whole to a file, so that a restart resumes where it was. There are
no accounts: whoever has the facilitator's address leads, whoever has a group's address is that group.

An answer belongs to one round, one question and one package. It is kept with their mark and shown only where the mark is still
theirs, so no old answer can stand for a new question.
"""

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mechlin.core.errors import InputError, Problem, UsageError
from mechlin.core.files import write_text

ROOMS_MAX, GROUPS_MAX, NAME_MAX = 50, 20, 40
WAYS = ("up", "down", "same")
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; nothing that looks like a digit
_CODE_LENGTH = 6
_LOG_MAX = 5_000  # entries: an hour of twenty groups has some hundreds
_GUESS_MOST = 1e12
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?:\.\d{3})+)")

log = logging.getLogger("mechlin.workshop")


@dataclass
class Group:
    """A group: its secret, its name, the bands and settings it chose, and its guess; the guess goes when a round begins."""

    key: str
    name: str
    bands: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    way: str = ""
    by: float | None = None

    @property
    def ready(self) -> bool:
        """Whether the group has guessed, and so has fixed its package for this round."""
        return bool(self.way)


@dataclass
class Room:
    """A workshop: its question, its groups, whether guesses are open, the answers of this round, the log."""

    code: str
    lead: str
    city: str
    indicator: str
    until: str
    runs: int
    round: int = 1
    revealed: bool = False
    groups: list[Group] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, group: str = "", **more: Any) -> None:
        """Add a line to the log."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.entries.append({"at": at, "kind": kind, "round": self.round, "group": group, **more})
        del self.entries[:-_LOG_MAX]

    def group(self, key: str) -> Group | None:
        """Return the group of this secret."""
        return next((g for g in self.groups if _same(g.key, key)), None)

    def is_led_by(self, key: str) -> bool:
        """Whether this is the facilitator's secret."""
        return _same(self.lead, key)

    # ---------------------------------------------------------------------------------------- what groups do

    def join(self, name: str) -> Group:
        """Add a group of this name; raise UsageError where it is empty, taken, or the room is full."""
        name = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:NAME_MAX]
        if not name:
            raise UsageError("Give the group a name.")
        if any(g.name.casefold() == name.casefold() for g in self.groups):
            raise UsageError("A group of this name is there already; take another.")
        if len(self.groups) >= GROUPS_MAX:
            raise UsageError("This workshop is full.")
        made = Group(secrets.token_urlsafe(9), name)
        self.groups.append(made)
        self.note("joined", name)
        return made

    def guess(self, group: Group, bands: Mapping[str, str], settings: Mapping[str, Any], way: str, by: str) -> None:
        """Take a group's package and guess; raise UsageError once this round's answers are shown, or for no guess."""
        if self.revealed:
            raise UsageError("The answers of this round are shown already; wait for the next round.")
        if way not in WAYS:
            raise UsageError("Say first what you expect: higher, lower, or no difference.")
        group.by = _number(by)
        group.bands, group.settings, group.way = dict(bands), dict(settings), way
        self.note("guessed", group.name, bands=group.bands, way=way, by=group.by)

    def check_round(self, asked: str) -> None:
        """Raise UsageError where a form was made for a round that is over: its guess is of another question."""
        if asked and asked != str(self.round):
            raise UsageError("Another question has been asked meanwhile: this one.")

    # ------------------------------------------------------------------------------- what the facilitator does

    def reveal(self) -> None:
        """Close the guesses and show answers as they come."""
        if not self.revealed:
            self.revealed = True
            self.note("revealed", indicator=self.indicator)

    def next_round(self, indicator: str, runs: int) -> None:
        """Begin a round with a question: guesses and answers go, packages stay to be changed."""
        self.round += 1
        self.indicator, self.runs, self.revealed = indicator, runs, False
        self.answers.clear()
        for group in self.groups:
            group.way, group.by = "", None
        self.note("round", indicator=indicator, runs=runs)

    def remove(self, key: str) -> None:
        """Let a group go; what it tried stays in the log."""
        gone = self.group(key)
        if gone is not None:
            self.groups.remove(gone)
            self.answers.pop(key, None)
            self.note("left", gone.name)

    # ------------------------------------------------------------------------------------------------ answers

    def mark(self, group: Group) -> str:
        """Return what an answer to this question about this group's package is known by."""
        asked = [self.round, self.indicator, self.until, self.runs, group.settings]
        return hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=10).hexdigest()

    def answer(self, group: Group) -> dict[str, Any] | None:
        """Return the answer to what is asked now of what the group chose; None before the reveal and while it is missing."""
        found = self.answers.get(group.key) if self.revealed and group.ready else None
        return found if found is not None and found["mark"] == self.mark(group) else None

    def keep_answer(
        self,
        group: Group,
        mark: str,
        effect: Mapping[str, Any] | None,
        cost_eur: float,
        known: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep an answer, and what it is in things people know, unless something else is asked by now."""
        if group not in self.groups or not self.revealed or mark != self.mark(group):
            return
        answer = {"effect": effect and dict(effect), "cost_eur": cost_eur, "known": known and dict(known)}
        self.answers[group.key] = {"mark": mark, **answer}
        self.note("answer", group.name, indicator=self.indicator, **answer)


class Workshops:
    """All rooms of a workbench, and the folder they are kept in."""

    def __init__(self, folder: Path, city: str) -> None:
        """Read the rooms of this city; a file that cannot be read is left where it is, with a warning."""
        self.folder, self.city = folder, city
        self.rooms: dict[str, Room] = {}
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                room = read_room(path)
            except InputError as error:
                log.warning("%s", error)
                continue
            if room.city == city:
                self.rooms[room.code] = room

    def open(self, indicator: str, until: str, runs: int) -> Room:
        """Open a room with a code that nobody can guess; raise UsageError where there are too many."""
        if len(self.rooms) >= ROOMS_MAX:
            raise UsageError("There are too many workshops in this folder.")
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        room = self.rooms[code] = Room(code, secrets.token_urlsafe(18), self.city, indicator, until, runs)
        room.note("round", indicator=indicator, runs=runs)
        self.save(room)
        return room

    def find(self, code: str) -> Room | None:
        """Return the room of a code, however it is typed."""
        return self.rooms.get(code.strip().upper())

    def save(self, room: Room) -> None:
        """Write a room to its file, whole or not at all."""
        write_text(self.folder / f"{room.code}.json", json.dumps(asdict(room), indent=1))


def read_room(path: Path) -> Room:
    """Return a room as it was kept; raise InputError for a file that is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        groups = [Group(**g) for g in told.pop("groups")]
        return Room(**told, groups=groups)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError([Problem(f"not a workshop as the workbench keeps it: {error}", file=path.name)]) from None


def _same(secret: str, given: str) -> bool:
    return secrets.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


def _number(text: str) -> float | None:
    """Return a number as people write it, with a comma or a point; None for none; UsageError for anything else.

    "1,000", "1.000" and "1 000" are all a thousand, whatever the language; "0,125" is an eighth.
    """
    text = "".join(text.replace("\u2212", "-").split())
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace(".", "")
    text = text.replace(",", ".")
    if not text:
        return None
    try:
        number = abs(float(text))
    except ValueError:
        number = float("nan")
    if not number < _GUESS_MOST:
        raise UsageError("Write by how much as a number, or leave it empty.")
    return number
