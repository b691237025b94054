"""What the world says about a number: source, strength, how it was read, and why it applies here.

Entries stand in this folder's TOML files, one table each: ``[topic.quantity]``. A parameter points to its
entry by that id; a parameter that points to none is an assumption.
"""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

Design = Literal["randomised", "natural experiment", "register", "survey", "model", "descriptive", "judgement"]
DESIGNS = ("randomised", "natural experiment", "register", "survey", "model", "descriptive", "judgement")
READ = ("full text", "abstract", "page", "from memory", "none")
SIZES = ("as found", "worked out", "judged", "set so", "none")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Evidence:
    """One entry: what was found, on whom, by what design, and how we came to know it.

    ``size`` says how the numbers that rest on it came about: the finding's own figures for the same thing (as found),
    computed from them by a step that ``transfer`` states (worked out), a judgement where the finding gives a direction
    or is about something else (judged), chosen so that simulated figures meet counted ones (set so), or no number rests
    on it (none). ``interval`` holds, by number, what the source leaves possible, in the number's own unit.
    ``disputed`` where studies disagree about the direction, or none says it: numbers that rest on it are believed to lie
    on either side of no effect.
    """

    id: str
    finding: str
    source: str
    design: Design
    read: str
    size: str
    place: str = ""
    year: int = 0
    transfer: str = ""
    doi: str = ""
    disputed: bool = False
    interval: dict[str, list[float]] = field(default_factory=dict)

    @property
    def strength(self) -> str:
        """A word for how far the numbers as used here can be leaned on: not for how good the paper is."""
        if self.design == "judgement" or self.size in ("judged", "set so"):
            return "assumption"
        seen = self.design in ("randomised", "natural experiment", "register") and self.read in READ[:3]
        return "firm" if seen and not self.disputed else "weak"

    def cite(self) -> str:
        """Return source, place and DOI in one line."""
        parts = [self.source, f"{self.place} {self.year or ''}".strip(), f"doi:{self.doi}" if self.doi else ""]
        return ". ".join(part for part in parts if part)


@cache
def evidence() -> dict[str, Evidence]:
    """Return every entry by id, sorted; raise ValueError on an entry that is incomplete or repeated."""
    found: dict[str, Evidence] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for topic, quantities in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for quantity, table in quantities.items():
                entry = _entry(f"{topic}.{quantity}", table, path.name)
                if entry.id in found:
                    raise ValueError(f"{path.name}: {entry.id} stands twice")
                found[entry.id] = entry
    return dict(sorted(found.items()))


def _entry(name: str, table: dict[str, Any], file: str) -> Evidence:
    known = {f.name for f in fields(Evidence)}
    if unknown := set(table) - known:
        raise ValueError(f"{file}: {name} has unknown keys {sorted(unknown)}")
    table = {"size": "", **table}
    entry = Evidence(id=name, **table)
    words = entry.design in DESIGNS and entry.read in READ and entry.size in SIZES
    if not (words and entry.source and entry.finding):
        raise ValueError(f"{file}: {name} needs finding, source, design {DESIGNS}, read {READ} and size {SIZES}")
    return entry
