"""Backup and restore: every table as JSON Lines in one file, of one moment, with digests; for both databases alike.

Keys lie in a backup under the escrow key of its month. Restoring checks before it answers: what is damaged, cut short
or not sound is refused by name, and nothing of it is stored. What was erased since stays erased.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, func, select

from mechlin.core.errors import InputError, MechlinError, Problem, UsageError
from mechlin.core.files import whole
from mechlin.desk.ground import vault
from mechlin.desk.ground.canonical import canonical
from mechlin.desk.ground.home import Home
from mechlin.desk.ground.log import tip
from mechlin.desk.ground.tables import METADATA

SHAPE = "mechlin desk backup 1"
_LEFT_OUT = ("session",)  # everybody signs in anew
_AT_ONCE = 1_000  # rows
_UNREADABLE = (KeyError, ValueError, TypeError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error)


def backup(home: Home, path: Path) -> dict[str, Any]:
    """Write a backup to ``path``, whole or not at all, and return what it says of itself."""
    month = datetime.now(UTC).strftime("%Y-%m")
    home.keys.prune_escrow(f"{month}-01")
    with home.database.read() as conn, whole(path) as half, zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as file:
        seq, hashed = tip(conn)
        about: dict[str, Any] = {"shape": SHAPE, "month": month, "seq": seq, "head": hashed, "tables": {}}
        for table in _tables():
            rows = _out(home, conn, table, month)
            with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
                about["tables"][table.name] = _written(out, rows)
        file.writestr("about.json", json.dumps(about, indent=1))
    return about


def restore(home: Home, path: Path, sound: Callable[[Connection], list[str]]) -> dict[str, Any]:
    """Fill an empty database from a backup; raise, with nothing stored, unless all of it is there and ``sound``."""
    try:
        file = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UsageError(f"there is no backup {path}") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged(path, "it cannot be opened, or was cut short") from None
    home.database.migrate()
    with file, home.database.write() as conn:
        if any(conn.execute(select(func.count()).select_from(table)).scalar() for table in _tables()):
            raise UsageError(
                "this database is not empty; a backup is restored into an empty one: move the old one out of the way, "
                "or name another in desk.toml"
            )
        about = _about(file, path)
        for table in _tables():
            _fill(home, conn, table, file, path, about)
        vault.forget_again(conn, home.keys)
        if tip(conn) != (about["seq"], about["head"]):
            raise _damaged(path, "it does not end where it says")
        if wrong := sound(conn):
            raise MechlinError(f"{path} is not sound, nothing was restored: {'; '.join(wrong[:5])}")
    return about


def _tables() -> list[Table]:
    return [table for name, table in METADATA.tables.items() if name not in _LEFT_OUT]


def _out(home: Home, conn: Connection, table: Table, month: str) -> Iterator[dict[str, Any]]:
    order = list(table.primary_key.columns)
    for row in conn.execution_options(yield_per=_AT_ONCE).execute(select(table).order_by(*order)).mappings():
        out = dict(row)
        if table.name == "key":
            out["wrapped"] = home.keys.to_escrow(out["id"], out["wrapped"], month)
        yield out


def _written(out: IO[bytes], rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    made, number = hashlib.sha256(), 0
    for row in rows:
        number += 1
        line = canonical(row).encode() + b"\n"
        made.update(line)
        out.write(line)
    return {"rows": number, "sha256": made.hexdigest()}


def _about(file: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        about = json.loads(file.read("about.json"))
    except (
        KeyError,
        ValueError,
        TypeError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        OSError,
        zlib.error,
    ):
        raise _damaged(path, "about.json is not there or cannot be read") from None
    if about.get("shape") != SHAPE:
        raise _damaged(path, f"it is no {SHAPE}")
    found: dict[str, Any] = about
    return found


def _fill(home: Home, conn: Connection, table: Table, file: zipfile.ZipFile, path: Path, about: dict[str, Any]) -> None:
    made, rows, number = hashlib.sha256(), [], 0
    try:
        with file.open(f"{table.name}.jsonl") as lines:
            for line in lines:
                made.update(line)
                row = json.loads(line)
                if table.name == "key":
                    row["wrapped"] = home.keys.from_escrow(row["id"], row["wrapped"], about["month"])
                rows.append(row)
                number += 1
                if len(rows) == _AT_ONCE:
                    conn.execute(table.insert(), rows)
                    rows = []
    except (
        KeyError,
        ValueError,
        TypeError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        EOFError,
        OSError,
        zlib.error,
    ):
        raise _damaged(path, f"{table.name} cannot be read") from None
    if rows:
        conn.execute(table.insert(), rows)
    if about["tables"].get(table.name) != {"rows": number, "sha256": made.hexdigest()}:
        raise _damaged(path, f"{table.name} is not what was written")


def _damaged(path: Path, what: str) -> InputError:
    return InputError([Problem(f"the backup is damaged: {what}", file=str(path), repair="take an older backup")])
