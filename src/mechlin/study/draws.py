"""The draws a city keeps: beliefs, structure and levels together, none of which its record rules out.

Levels are fitted to a record with the beliefs of the middle. Joined with other beliefs they no longer fit: a city of
86,000 is told with 67,000 or 96,000 residents. So each draw gets levels of its own (`statistics/smoother.py`), is run
once more, and is kept only when no indicator is further from the record than all doubt allows (history matching).
An indicator from which most draws stay far has not ruled them out: it is beyond the model, and is named as that.

Source: Vernon, Goldstein & Bower 2010, Bayesian Analysis 5:619 (implausibility).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.city.tables.model import City
from mechlin.core.declare import declared
from mechlin.core.errors import Problem
from mechlin.core.files import write_text

DRAWS_FILE = "draws.json"
APART = 4  # draws of beliefs looked at for each setting of the disputed alternatives; two of them are kept
_KEYS = ("until", "package", "model", "looked_at", "ruled_out", "beyond", "levels", "draws")
_REPAIR = "remove the file, or have it written again: mechlin calibrate CITY --save"


class Kept(NamedTuple):
    """A draw that is kept: which of the settings of structure, which of the beliefs, and the levels."""

    structure: int
    knowledge: int
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Draws:
    """What was kept of the draws looked at, and by what how many of the others were ruled out.

    ``ruled_out`` counts draws by the indicator that contradicts them (one draw may be contradicted by several),
    ``beyond`` names indicators that hardly any draw comes near to. ``model`` is the stamp of what was believed.
    """

    until: int
    package: str
    model: str
    looked_at: int
    ruled_out: Mapping[str, int]
    beyond: Mapping[str, float]
    levels: tuple[str, ...]
    draws: tuple[Kept, ...]

    @property
    def cells(self) -> tuple[Kept, ...]:
        """The draws in the order of worlds: two sets of beliefs for every setting of structure that has as many."""
        by_structure: dict[int, list[Kept]] = {}
        for kept in self.draws:
            by_structure.setdefault(kept.structure, []).append(kept)
        return tuple(k for both in by_structure.values() if len(both) > 1 for k in both[:2])

    def values(self, kept: Kept) -> dict[str, dict[str, float]]:
        """Return the levels of a draw: owner -> number -> value."""
        out: dict[str, dict[str, float]] = {}
        for name, value in zip(self.levels, kept.levels, strict=True):
            owner, _, number = name.partition(".")
            out.setdefault(owner, {})[number] = value
        return out

    def save(self, path: Path) -> Path:
        """Write the file that goes with the city; whole or not at all."""
        told = {
            **self.__dict__,
            "draws": [[k.structure, k.knowledge, *(float(f"{v:.6g}") for v in k.levels)] for k in self.draws],
        }
        rows = ",\n  ".join(json.dumps(row) for row in told.pop("draws"))
        head = json.dumps(told, indent=1)[:-2]
        return write_text(path, f'{head},\n "draws": [\n  {rows}\n ]\n}}\n')


def stamp(owners: Mapping[str, Any]) -> str:
    """Return a stamp of everything believed: every number's name, default and prior. Draws of others are not these."""
    told = [
        (owner, d.name, d.default, d.param.low, d.param.high, d.param.likely, d.param.structure)
        for owner, thing in owners.items()
        for d in declared(thing.params)
    ]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()


def draws_of(city: City) -> Draws | None:
    """Return the draws that go with a city; None where there are none. What is wrong with them `city check` says."""
    path = city.folder / DRAWS_FILE if city.folder is not None else None
    if path is None or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)[0]


def problems_in(folder: Path) -> list[Problem]:
    """Return what is wrong with the draws in a city's folder."""
    path = folder / DRAWS_FILE
    return _read(path, path.stat().st_mtime_ns)[1] if path.is_file() else []


@lru_cache(maxsize=8)
def _read(path: Path, _: int) -> tuple[Draws | None, list[Problem]]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(told, dict) or set(told) != set(_KEYS):
            raise ValueError(f"it needs {', '.join(_KEYS)}")
        levels = tuple(str(name) for name in told["levels"])
        draws = tuple(Kept(int(r[0]), int(r[1]), tuple(map(float, r[2:]))) for r in told["draws"])
        if any(len(k.levels) != len(levels) for k in draws):
            raise ValueError(f"each draw needs its two numbers and {len(levels)} levels")
    except (UnicodeDecodeError, ValueError, TypeError, IndexError) as error:
        return None, [Problem(f"these are not draws of a city: {error}", file=path.name, repair=_REPAIR)]
    named = {key: told[key] for key in _KEYS[:-2]}
    return Draws(**named, levels=levels, draws=draws), []
