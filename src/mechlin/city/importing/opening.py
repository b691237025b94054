"""Open any file that an office publishes: what it is shows in its first bytes, not in its name alone."""

import json
import zipfile
from pathlib import Path

from mechlin.city.importing.cubes import looks_like_json, read_json_table, read_px
from mechlin.city.importing.delimited import read_delimited
from mechlin.city.importing.grid import Grid
from mechlin.city.importing.maps import SUFFIXES, read_map
from mechlin.city.importing.sheets import fullest_sheet, read_parquet, read_sheet
from mechlin.core.errors import InputError, Problem, UsageError, nearest

_SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_START = 4096  # bytes that tell what a file is


def open_grid(path: Path, sheet: str = "", layer: str = "", encoding: str = "", separator: str = "") -> Grid:
    """Return the table or map in a file; raise UsageError when there is none, InputError when it cannot be read."""
    if path.is_dir() or not path.exists():
        others = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, others)
        raise UsageError(
            f"there is no file {str(path)!r}"
            + (f"; did you mean {close!r}?" if close else "; give a file, not a folder")
        )
    if path.stat().st_size == 0:
        raise InputError([Problem("the file is empty", file=path.name)])
    with path.open("rb") as file:
        start = file.read(_START)
    suffix = path.suffix.lower()
    if start.startswith(b"PAR1"):
        return read_parquet(path)
    if start.startswith(b"SQLite format 3") or suffix in SUFFIXES:
        return read_map(path, layer)
    if _is_workbook(path, start):
        return read_sheet(path, sheet)
    text = start.decode("latin-1").removeprefix("\xef\xbb\xbf")
    if text.startswith(("CHARSET=", "AXIS-VERSION=")) or suffix == ".px":
        return read_px(path)
    if looks_like_json(text):
        return read_map(path, layer) if _is_geojson(path) else read_json_table(path)
    return read_delimited(path, encoding, separator)


def likely_sheet(path: Path) -> tuple[str, list[str]]:
    """Return the sheet that a file's table is likely to be on, and its others; an empty name where it has no choice."""
    if not path.is_file() or path.stat().st_size == 0:
        return "", []
    with path.open("rb") as file:
        start = file.read(_START)
    return fullest_sheet(path) if _is_workbook(path, start) else ("", [])


def _is_workbook(path: Path, start: bytes) -> bool:
    packed = start.startswith(b"PK") and (path.suffix.lower() in _SHEETS or _holds_sheets(path))
    return packed or start.startswith(_OLD_EXCEL)


def _holds_sheets(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            return any(name.startswith("xl/") for name in packed.namelist())
    except zipfile.BadZipFile:
        return False


def _is_geojson(path: Path) -> bool:
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("type") in ("FeatureCollection", "Feature", "GeometryCollection")
