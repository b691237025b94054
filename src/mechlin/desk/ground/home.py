"""Where a desk keeps its things: a folder with its settings, its keys and, for SQLite, its database."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.files import write_text
from mechlin.core.language import LANGUAGES
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.desk.ground.database import Database
from mechlin.desk.ground.vault import Keyring

SETTINGS = "desk.toml"
DEMO = "demonstration"  # a file that holds how many days the clock is ahead; no desk with real cases has one
MOST_AHEAD = 3650  # days
DATABASE_VARIABLE = "MECHLIN_DESK_DATABASE"  # an address with a password stands better here than in a file
_DEFAULT_DATABASE = "sqlite:///desk.db"
_TEXTS = ("town", "address", "database", "keys", "language", "contact")


@dataclass(frozen=True)
class Settings:
    """What a town tells its desk once."""

    town: str
    database: str = _DEFAULT_DATABASE
    keys: str = "keys"
    language: str = "nl"
    address: str = ""  # where residents reach the desk on the web
    contact: str = ""  # the office to turn to: street, telephone


@dataclass(frozen=True)
class Home:
    """A desk that can be used: settings, database, keys. That of a demonstration has a clock that can be put ahead."""

    folder: Path
    settings: Settings
    database: Database
    keys: Keyring

    @property
    def is_demo(self) -> bool:
        """Whether everybody here is invented."""
        return (self.folder / DEMO).exists()

    def moment(self) -> datetime:
        """Return now; in a demonstration as many days ahead as somebody has put the clock."""
        return datetime.now(UTC) + timedelta(days=self._days_ahead())

    def _days_ahead(self) -> int:
        try:
            return int((self.folder / DEMO).read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def put_ahead(self, days: int) -> None:
        """Put the clock of a demonstration ahead; raise UsageError for a desk with real cases."""
        if not self.is_demo:
            raise UsageError("only the clock of a demonstration can be put ahead")
        write_text(self.folder / DEMO, f"{min(self._days_ahead() + days, MOST_AHEAD)}\n")


def init(folder: Path, settings: Settings) -> Home:
    """Make a desk in ``folder``: settings, master key, database; refuse where one is already."""
    if (folder / SETTINGS).exists():
        raise UsageError(f"there is a desk in {folder} already; open it, or name another folder with --home")
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(_address(folder, settings.database))
    database.migrate()
    keys = Keyring.make(folder / settings.keys)
    write_text(folder / SETTINGS, _written(settings))
    return Home(folder, settings, database, keys)


def open_home(folder: Path) -> Home:
    """Open the desk in ``folder``; raise UsageError where there is none, InputError for wrong settings."""
    file = folder / SETTINGS
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"there is no desk in {folder}: run mechlin desk init, or name its folder with --home"
        ) from None
    text = decoded(data, str(file))
    settings = _read(read_toml(text, str(file)), text, str(file))
    return Home(folder, settings, Database(_address(folder, settings.database)), Keyring(folder / settings.keys))


def checked(settings: Settings) -> Settings:
    """Return settings that a desk can work with; raise InputError with everything that is wrong."""
    return _read({name: getattr(settings, name) for name in _TEXTS}, "", SETTINGS)


def _read(found: dict[str, Any], text: str, file: str) -> Settings:
    problems = [
        Problem(
            f"there is no setting {name}", file, column=name, allowed=", ".join(_TEXTS), nearest=nearest(name, _TEXTS)
        )
        for name in found
        if name not in _TEXTS
    ]
    problems += [
        Problem(f"{name} is text", file, column=name, repair=f'write {name} = "..."')
        for name in _TEXTS
        if name in found and not isinstance(found[name], str)
    ]
    if not str(found.get("town", "")).strip():
        problems.append(Problem("the town has no name", file, column="town", repair='write town = "Mechelen"'))
    if found.get("language", "nl") not in LANGUAGES:
        problems.append(
            Problem(f"there is no language {found['language']}", file, column="language", allowed=", ".join(LANGUAGES))
        )
    if problems:
        raise InputError(with_rows(problems, text))
    return Settings(**found)


def _written(settings: Settings) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return "".join(f"{name} = {quoted(getattr(settings, name))}\n" for name in _TEXTS)


def _address(folder: Path, url: str) -> str:
    """Return the address of the database; a file is meant from the folder of the desk."""
    url = os.environ.get(DATABASE_VARIABLE, url)
    start = "sqlite:///"
    if url.startswith(start) and not url.startswith(f"{start}/"):
        return f"{start}{(folder / url.removeprefix(start)).resolve()}"
    return url
