"""Where Mechlin keeps things of its own on a machine: computed runs, and what is quick to make again."""

import os
import tempfile
from pathlib import Path


def data_home() -> Path:
    """Return the folder for what should last, such as computed runs, and make it; MECHLIN_DATA moves it."""
    return _made(_place("MECHLIN_DATA", "XDG_DATA_HOME", Path.home() / ".local" / "share"))


def cache_home() -> Path:
    """Return the folder for what can be made again, and make it; MECHLIN_CACHE moves it."""
    return _made(cache_place())


def cache_place() -> Path:
    """Return the folder for what can be made again; it may not exist yet."""
    return _place("MECHLIN_CACHE", "XDG_CACHE_HOME", Path.home() / ".cache")


def _place(own: str, common: str, usual: Path) -> Path:
    return Path(os.environ.get(own) or os.environ.get(common) or usual) / "mechlin"


def _made(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir()) / "mechlin"
        home.mkdir(parents=True, exist_ok=True)
    return home
