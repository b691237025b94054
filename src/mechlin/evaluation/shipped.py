"""Panels that come with Mechlin: known answers of the literature, and demonstrations with their source and licence."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.evaluation.evaluate import Outcome

_FOLDER = "panels"


class Shipped(NamedTuple):
    """A panel that comes with Mechlin: what it is about, where it is from, and what is usually asked of it.

    ``towns`` names a table of where its towns lie, by which neighbours are set apart; '' where there is none.
    """

    name: str
    title: str
    value: str
    unit: str
    place: str
    start: int
    better: str
    source: str
    licence: str
    note: str
    towns: str = ""

    @property
    def towns_path(self) -> Path | None:
        """Where the table of its towns stands, or None."""
        return self.path.with_name(self.towns) if self.towns else None

    @property
    def path(self) -> Path:
        """Where its table stands."""
        return Path(str(files("mechlin.evaluation") / _FOLDER / f"{self.name}.csv"))

    @property
    def outcome(self) -> Outcome:
        """Its usual figure."""
        return Outcome(self.value, self.title, self.unit, self.better)


@cache
def shipped() -> dict[str, Shipped]:
    """Return every panel that comes with Mechlin by its name."""
    text = (files("mechlin.evaluation") / _FOLDER / "panels.toml").read_text(encoding="utf-8")
    told: dict[str, dict[str, Any]] = tomllib.loads(text)
    return {name: Shipped(name, **about) for name, about in told.items()}


def names() -> tuple[str, ...]:
    """Return the names of the panels that come with Mechlin."""
    return tuple(shipped())


def place(panel: str) -> Path:
    """Return where a panel stands: a shipped one by name, else the file of that path."""
    return shipped()[panel].path if panel in shipped() else Path(panel)
