"""A first package for a city that was just imported: two small measures, so that there is something to rehearse at once."""

from pathlib import Path

import polars as pl

from mechlin.core.clock import month_number, month_text

_PER_WORKER = 20_000  # residents for each youth worker: an example's dose, an assumption
_PER_HOME = 1_000  # homes for each one renovated in a year: likewise
_MONTHS_BEFORE = 5  # after which both begin

_TEXT = """title = "Youth workers and renovation"
author = "An example that came with the import; no plan of the city: change it, or replace it by your own"
leaves_out = "everything else that the city does"

[youth_workers]
workers = {{ "{month}" = {workers} }}

[home_renovation]
start = {month}
homes_per_year = {homes}
"""


def write_first_try(folder: Path, areas: pl.DataFrame, start: str) -> None:
    """Write ``packages/first-try.toml`` into a city's folder that has no packages, sized to its residents and homes."""
    if (folder / "packages").exists():
        return
    (folder / "packages").mkdir()
    workers = max(1, round(int(areas["people"].sum()) / _PER_WORKER))
    homes = max(1, round(int(areas["homes"].sum()) / _PER_HOME))
    text = _TEXT.format(month=month_text(month_number(start) + _MONTHS_BEFORE), workers=workers, homes=homes)
    (folder / "packages" / "first-try.toml").write_text(text, encoding="utf-8")
