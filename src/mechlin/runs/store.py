"""The store of runs: one folder per run, named by the run's specification, written once.

    runs/<id>/spec.json         what was run
              series.parquet    year, indicator, value: one number for the city
              areas.parquet     year, indicator, area, value: one number per area
              acted.parquet     year, programme, area, value: where each measure acted
              ledger.parquet    programme, year, payer, kind, euros
              notes.json        whom each measure reached, what a reader should know
              versions.json     what computed it, and a digest of every other file

A run is written into a temporary folder beside the others and then renamed, so it exists whole or not at all,
even when two processes write the same one. What a stopped process left half-written is ignored, and removed
once that process is gone. A run whose files no longer match their digests is damaged and never used.
"""

import hashlib
import json
import os
import platform
import shutil
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import polars as pl

from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult, RunSpec

_FILES = ("spec.json", "series.parquet", "areas.parquet", "acted.parquet", "ledger.parquet", "notes.json")
_SEAL = "versions.json"
_WRITING, _DAMAGED = ".writing", ".damaged"
_STALE_SECONDS = 86_400  # a half-written run of another machine is given up after a day
_LEDGER = {"programme": pl.String, "year": pl.Int32, "payer": pl.String, "kind": pl.String, "eur": pl.Float64}
_turn = count()


class DamagedRun(MechlinError):
    """A stored run whose files are missing, cut short or changed."""

    exit_code = 3


class Store:
    """Runs in a folder; safe to share between threads and processes."""

    def __init__(self, path: str | Path) -> None:
        """Open the store at ``path`` and clear what stopped processes left; the folder is made with the first run."""
        self.path = Path(path)
        self._clean()

    def has(self, run_id: str) -> bool:
        """Return whether the run is there, sealed; its content is checked when it is read."""
        return (self.path / run_id / _SEAL).is_file()

    def list(self) -> tuple[str, ...]:
        """Return the names of all runs, sorted."""
        return tuple(sorted(p.parent.name for p in self.path.glob(f"[!.]*/{_SEAL}")))

    def read(self, run_id: str) -> RunResult:
        """Return a run; raise KeyError when it is not there and DamagedRun when it cannot be trusted."""
        if not self.has(run_id):
            raise KeyError(run_id)
        folder = self.path / run_id
        self._check(folder)
        try:
            return _load(folder)
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
            raise DamagedRun(_refusal(folder, f"it cannot be read ({error})")) from error

    def find(self, run_id: str) -> RunResult | None:
        """Return a run, or None when it has to be computed; a damaged one is put aside with a warning."""
        try:
            return self.read(run_id)
        except KeyError:
            return None
        except DamagedRun as error:
            aside = self.path / f"{_DAMAGED}-{run_id}-{_signature()}"
            try:
                os.replace(self.path / run_id, aside)
            except FileNotFoundError:  # another has put it aside in the meantime
                return None
            warnings.warn(f"{error} It was put aside as {aside.name} and is computed again.", stacklevel=2)
            return None

    def fetch(self, spec: RunSpec, compute: Callable[[], RunResult]) -> RunResult:
        """Return the run of ``spec``, or have it computed and keep it: the one way by which runs come to be."""
        result = self.find(spec.id())
        if result is None:
            result = compute()
            self.write(result)
        return result

    def write(self, result: RunResult) -> None:
        """Write a run; one that is already there stays as it is."""
        run_id = result.spec.id()
        final = self.path / run_id
        if self.has(run_id):
            return
        folder = self.path / f"{_WRITING}-{run_id}-{_signature()}"
        folder.mkdir(parents=True)
        try:
            _save(result, folder)
            folder.rename(final)
        except OSError as error:
            if not self.has(run_id):  # not a race that another process won: a full disk, a lost right
                raise OSError(error.errno, error.strerror or str(error), str(final)) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _check(self, folder: Path) -> None:
        """Raise DamagedRun unless every file has the digest it was sealed with."""
        try:
            sealed = json.loads((folder / _SEAL).read_text(encoding="utf-8"))["files"]
            wrong = [name for name in _FILES if sealed[name] != _digest(folder / name)]
            spec = RunSpec.from_json((folder / "spec.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedRun(_refusal(folder, f"a file is missing or cut short ({error})")) from error
        if wrong:
            raise DamagedRun(_refusal(folder, f"{', '.join(wrong)} changed after it was written"))
        if spec.id() != folder.name:
            raise DamagedRun(_refusal(folder, "its specification is that of another run"))

    def _clean(self) -> None:
        for folder in self.path.glob(f"{_WRITING}-*"):
            if _is_left_behind(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def __iter__(self) -> Iterator[str]:
        """Go through the names of all runs."""
        return iter(self.list())


def _refusal(folder: Path, why: str) -> str:
    return f"The stored run {folder.name} is damaged: {why}. Remove {folder} to have it computed again."


def _signature() -> str:
    """Return a name that no other process, thread or call uses: machine, process, turn."""
    return f"{socket.gethostname()}-{os.getpid()}-{next(_turn)}"


def _is_left_behind(folder: Path) -> bool:
    """Return whether whoever was writing ``folder`` is gone."""
    machine, _, rest = folder.name.rpartition("-")[0].rpartition("-")
    try:
        if machine.endswith(f"-{socket.gethostname()}") and os.name == "posix":
            os.kill(int(rest), 0)
            return False
        return time.time() - folder.stat().st_mtime > _STALE_SECONDS
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _save(result: RunResult, folder: Path) -> None:
    """Write every file of a run into ``folder``, the seal last."""
    years = np.asarray(result.years, np.int32)
    (folder / "spec.json").write_text(result.spec.to_json(), encoding="utf-8")
    series = {k: np.asarray(v, np.float64)[:, None] for k, v in result.series.items()}
    _long(series, years).drop("area").write_parquet(folder / "series.parquet")
    areas = {k: np.asarray(v, np.float64) for k, v in result.areas.items()}
    _long(areas, years).write_parquet(folder / "areas.parquet")
    acted = {k: np.asarray(v, np.float64) for k, v in result.acted.items()}
    _long(acted, years, "programme").write_parquet(folder / "acted.parquet")
    pl.DataFrame(list(result.ledger), schema=_LEDGER).write_parquet(folder / "ledger.parquet")
    notes = {
        "years": years.tolist(),
        "reached": result.reached,
        "notes": list(result.notes),
        "seconds": result.seconds,
        "asked": result.spec.asked,
    }
    (folder / "notes.json").write_text(json.dumps(notes), encoding="utf-8")
    seal = {
        "mechlin": result.spec.version,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "files": {name: _digest(folder / name) for name in _FILES},
    }
    (folder / _SEAL).write_text(json.dumps(seal, indent=1), encoding="utf-8")


def _long(tables: dict[str, np.ndarray], years: np.ndarray, what: str = "indicator") -> pl.DataFrame:
    """Return arrays of one shape (years, places) as one long table, what they are of in its own order."""
    if not tables:
        return pl.DataFrame(schema={"year": pl.Int32, what: pl.String, "area": pl.Int32, "value": pl.Float64})
    values = np.stack([*tables.values()])
    count, _, places = values.shape
    return pl.DataFrame(
        {
            "year": np.tile(np.repeat(years, places), count),
            what: pl.Series([*tables])[np.repeat(np.arange(count), years.size * places)],
            "area": np.tile(np.arange(places, dtype=np.int32), count * years.size),
            "value": values.ravel(),
        }
    )


def _wide(frame: pl.DataFrame, years: int, what: str = "indicator") -> dict[str, np.ndarray]:
    """Return a long table as arrays of shape (years, places)."""
    names = frame[what].unique(maintain_order=True).to_list()
    values = frame["value"].to_numpy().copy()
    return dict(zip(names, values.reshape(len(names), years, -1), strict=True)) if names else {}


def _load(folder: Path) -> RunResult:
    notes = json.loads((folder / "notes.json").read_text(encoding="utf-8"))
    years = np.array(notes["years"])
    spec = RunSpec.from_json((folder / "spec.json").read_text(encoding="utf-8"))
    return RunResult(
        spec=replace(spec, asked=notes.get("asked", {})),
        years=years,
        series={k: v[:, 0] for k, v in _wide(pl.read_parquet(folder / "series.parquet"), years.size).items()},
        areas=_wide(pl.read_parquet(folder / "areas.parquet"), years.size),
        ledger=tuple(pl.read_parquet(folder / "ledger.parquet").to_dicts()),
        reached=notes["reached"],
        acted=_wide(pl.read_parquet(folder / "acted.parquet"), years.size, "programme"),
        notes=tuple(notes["notes"]),
        seconds=notes["seconds"],
    )
