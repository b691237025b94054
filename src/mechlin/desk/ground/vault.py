"""Personal data, sealed: one key for each person and each case, wrapped by a master key that is not in the database.

Erasing somebody is destroying that key: the log stays whole, and what the person told is no more than noise. Backups
hold the keys under an escrow key of the month; escrow keys older than ``ESCROW_MONTHS`` are thrown away, and with
them whatever old backups could still tell. Which keys were destroyed is kept beside the master key, so that restoring
a backup does not bring anybody back.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from mechlin.core.clock import month_number
from mechlin.core.errors import MechlinError, UsageError
from mechlin.core.files import write_text
from mechlin.desk.ground.tables import key, sealed

KEY_BYTES, NONCE_BYTES = 32, 12
ESCROW_MONTHS = 2  # this month and the one before: a backup can be restored for a month at least
_PRIVATE = 0o600


class Keyring:
    """The folder of keys outside the database: the master key, escrow keys of backups, and what was destroyed."""

    def __init__(self, folder: Path) -> None:
        """Read the master key; raise UsageError where there is none."""
        self.folder = folder
        try:
            raw = base64.b64decode((folder / "master.key").read_text(encoding="ascii").strip())
            self._master = AESGCM(raw)
            self._seals = hmac.new(raw, b"tokens of forms", hashlib.sha256).digest()
        except FileNotFoundError:
            raise UsageError(
                f"there is no master key in {folder}: without it nobody can read this desk's personal data; "
                "put back the copy that was made at its beginning, or run mechlin desk init for a new desk"
            ) from None
        except ValueError:
            raise UsageError(f"{folder / 'master.key'} is not a master key; put back its copy") from None

    @classmethod
    def make(cls, folder: Path) -> "Keyring":
        """Make a new master key; refuse to replace one that is there."""
        if (folder / "master.key").exists():
            raise UsageError(f"there is a master key in {folder} already; a desk has one for ever")
        _write_private(folder / "master.key", base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        return cls(folder)

    def token(self, text: str) -> str:
        """Return what only this desk can make of a text: the token of a form that belongs to one browser."""
        return hmac.new(self._seals, text.encode(), hashlib.sha256).hexdigest()

    def wrap(self, name: str, raw: bytes) -> str:
        """Return a key as it may lie in the database."""
        return _encrypt(self._master, raw, name)

    def unwrap(self, name: str, wrapped: str) -> bytes:
        """Return a key that lies in the database; raise MechlinError when another master key wrapped it."""
        try:
            return _decrypt(self._master, wrapped, name)
        except (InvalidTag, ValueError):
            raise MechlinError(f"key {name} was not wrapped by the master key in {self.folder}") from None

    def destroyed(self) -> frozenset[str]:
        """Return the names of all keys that were ever destroyed here."""
        try:
            return frozenset((self.folder / "destroyed.txt").read_text(encoding="ascii").split())
        except FileNotFoundError:
            return frozenset()

    def note_destroyed(self, names: list[str]) -> None:
        """Keep on record that these keys are gone, on the disk before anything else happens."""
        with (self.folder / "destroyed.txt").open("a", encoding="ascii") as file:
            file.write("".join(f"{name}\n" for name in names))
            file.flush()
            os.fsync(file.fileno())

    # ------------------------------------------------------------------------------------- keys of backups

    def to_escrow(self, name: str, wrapped: str, month: str) -> str:
        """Return a wrapped key as it may lie in a backup of ``month``: of use only while that month's key is kept."""
        return _encrypt(AESGCM(self._escrow(month, new=True)), wrapped.encode(), name) if wrapped else ""

    def from_escrow(self, name: str, kept: str, month: str) -> str:
        """Return the wrapped key, or nothing where the escrow key of the month is gone."""
        raw = self._escrow(month, new=False)
        return _decrypt(AESGCM(raw), kept, name).decode() if kept and raw else ""

    def prune_escrow(self, today: str) -> list[str]:
        """Throw away escrow keys that are too old, and return their months."""
        oldest = month_number(today[:7]) - ESCROW_MONTHS + 1
        known = self._escrows()
        old = [month for month in known if month_number(month) < oldest]
        if old:
            self._keep_escrows({month: raw for month, raw in known.items() if month not in old})
        return old

    def _escrow(self, month: str, new: bool) -> bytes:
        known = self._escrows()
        if month not in known and new:
            known[month] = base64.b64encode(os.urandom(KEY_BYTES)).decode()
            self._keep_escrows(known)
        return base64.b64decode(known.get(month, ""))

    def _escrows(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self.folder / "escrow.json").read_text(encoding="ascii"))
            return found
        except FileNotFoundError:
            return {}

    def _keep_escrows(self, known: dict[str, str]) -> None:
        write_text(self.folder / "escrow.json", json.dumps(known))
        (self.folder / "escrow.json").chmod(_PRIVATE)


def new_key(conn: Connection, ring: Keyring, subject: str, today: str) -> str:
    """Make a key for a person or a case, and return its name."""
    name = f"K-{secrets.token_hex(8)}"
    wrapped = ring.wrap(name, os.urandom(KEY_BYTES))
    conn.execute(key.insert().values(id=name, subject=subject, wrapped=wrapped, made=today, destroyed=""))
    return name


def key_of(conn: Connection, subject: str) -> str:
    """Return the name of the living key of a person or case; empty where there is none."""
    query = select(key.c.id).where(key.c.subject == subject, key.c.destroyed == "")
    return conn.execute(query).scalar() or ""


def seal(conn: Connection, ring: Keyring, subject: str, value: Any) -> str:
    """Seal a value with the key of its subject, and return the name by which the log may know it."""
    row = conn.execute(select(key.c.id, key.c.wrapped).where(key.c.subject == subject, key.c.destroyed == "")).first()
    if row is None:
        raise MechlinError(f"{subject} has no key any more: its data were erased")
    name = f"V-{secrets.token_hex(10)}"
    blob = _encrypt(AESGCM(ring.unwrap(row.id, row.wrapped)), json.dumps(value).encode(), name)
    conn.execute(sealed.insert().values(id=name, key=row.id, blob=blob))
    return name


def reseal(conn: Connection, ring: Keyring, name: str, value: Any) -> None:
    """Put another value in the place of a sealed one: what was wrong is no longer kept."""
    row = conn.execute(
        select(sealed.c.key, key.c.wrapped)
        .join(key, key.c.id == sealed.c.key)
        .where(sealed.c.id == name, key.c.destroyed == "")
    ).first()
    if row is None:
        raise MechlinError(f"{name} can no longer be changed: its key was destroyed")
    blob = _encrypt(AESGCM(ring.unwrap(row.key, row.wrapped)), json.dumps(value).encode(), name)
    conn.execute(sealed.update().where(sealed.c.id == name).values(blob=blob))


def unseal(conn: Connection, ring: Keyring, name: str) -> Any:
    """Return a sealed value; None where its key was destroyed."""
    row = conn.execute(
        select(sealed.c.blob, key.c.id, key.c.wrapped).join(key, key.c.id == sealed.c.key).where(sealed.c.id == name)
    ).first()
    if row is None or not row.wrapped or not row.blob:
        return None
    return json.loads(_decrypt(AESGCM(ring.unwrap(row.id, row.wrapped)), row.blob, name))


def destroy(conn: Connection, ring: Keyring, subjects: list[str], now: datetime | None = None) -> list[str]:
    """Destroy the keys of persons and cases, and what they sealed; return the names of the keys."""
    names = list(conn.execute(select(key.c.id).where(key.c.subject.in_(subjects), key.c.destroyed == "")).scalars())
    if names:
        ring.note_destroyed(names)
        _forget(conn, names, (now or datetime.now(UTC)).isoformat(timespec="seconds"))
    return names


def forget_again(conn: Connection, ring: Keyring) -> int:
    """Destroy once more what was destroyed before, after a backup was restored; return how many keys that were."""
    known = ring.destroyed()
    alive = [n for n in conn.execute(select(key.c.id).where(key.c.wrapped != "")).scalars() if n in known]
    _forget(conn, alive, datetime.now(UTC).isoformat(timespec="seconds"))
    return len(alive)


def _forget(conn: Connection, names: list[str], at: str) -> None:
    for name in names:
        conn.execute(key.update().where(key.c.id == name).values(wrapped="", destroyed=at))
        conn.execute(sealed.update().where(sealed.c.key == name).values(blob=""))


def _encrypt(cipher: AESGCM, raw: bytes, name: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + cipher.encrypt(nonce, raw, name.encode())).decode()


def _decrypt(cipher: AESGCM, text: str, name: str) -> bytes:
    raw = base64.b64decode(text)
    return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode())


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
