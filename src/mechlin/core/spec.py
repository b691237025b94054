"""What a run depends on, and what came out of it: plain data, hashed, written as JSON.

A run's name is the hash of its specification. The same specification is the same run on every machine,
so it is computed once; anything that could change a number (the source included) changes the name.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from mechlin.core.errors import whole_number
from mechlin.core.stamp import source_stamp

SEED_MAX = 2**64 - 1
_MONTHS_MAX = 12_000


@cache
def model_version() -> str:
    """Return the version of Mechlin and the stamp of its source."""
    try:
        return f"{version('mechlin')}+{source_stamp()}"
    except PackageNotFoundError:
        return f"0+{source_stamp()}"


@dataclass(frozen=True)
class RunSpec:
    """Everything a run depends on, and nothing else.

    ``package`` maps a programme to its settings (numbers, or month -> number for a dose that changes; names of
    areas), or to a list of them, one for each phase;
    ``params`` maps a mechanism to settings that replace its defaults; ``population`` is the seed of the
    synthetic residents, ``seed`` that of the months that follow. ``asked`` moves no number and is no part of the name:
    it keeps the ``package`` as it was written and the numbers ``fixed`` in every world, without what this one drew.
    """

    city: str
    city_hash: str = ""
    package: dict[str, Any] = field(default_factory=dict)
    params: dict[str, dict[str, float]] = field(default_factory=dict)
    seed: int = 1
    population: int = 1
    start: str = "2001-01"
    months: int = 216
    version: str = field(default_factory=model_version)
    asked: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Raise UsageError for impossible seeds and months; keep NumPy's numbers as Python's."""
        for name, low, high in (("seed", 0, SEED_MAX), ("population", 0, SEED_MAX), ("months", 1, _MONTHS_MAX)):
            object.__setattr__(self, name, whole_number(name, getattr(self, name), low, high))

    def to_json(self) -> str:
        """Return the canonical JSON: sorted names, no spaces."""
        moves = {name: value for name, value in self.__dict__.items() if name != "asked"}
        return json.dumps(moves, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """Return the specification written by :meth:`to_json`."""
        return cls(**json.loads(text))

    def id(self) -> str:
        """Return the run's name: twenty hexadecimal digits."""
        return hashlib.blake2b(self.to_json().encode(), digest_size=10).hexdigest()


@dataclass(frozen=True, repr=False)
class RunResult:
    """What came out of a run.

    ``years`` has shape (years,), every array of ``series`` the same (NaN where an indicator has no value),
    every array of ``areas`` (years, areas). ``ledger`` holds one row per programme, year, payer and kind.
    ``acted`` says where each programme acted: its pull, or how many it held, by year and area, the mean of a month.
    ``notes`` says what a reader should know, such as why a measure touched nobody.
    """

    spec: RunSpec
    years: np.ndarray
    series: dict[str, np.ndarray]
    areas: dict[str, np.ndarray]
    ledger: tuple[dict[str, Any], ...] = ()
    reached: dict[str, list[int]] = field(default_factory=dict)
    acted: dict[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def __repr__(self) -> str:
        """Return one line, however much there is: a result may be the last line of a cell."""
        spec, count = self.spec, len(self.spec.package)
        acting = f"{count} measure{'s' if count > 1 else ''}" if count else "no measures"
        return f"<RunResult: {spec.city}, {self.years[0]} to {self.years[-1]}, {acting}, seed {spec.seed}>"
