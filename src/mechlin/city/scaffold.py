"""A small city's folder, to be filled with a real city's figures."""

import shutil
import tempfile
from pathlib import Path

import polars as pl

from mechlin.city.check import check_folder
from mechlin.city.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS
from mechlin.city.reading import Folder
from mechlin.city.toy import toy_city
from mechlin.core.errors import UsageError

_UNITS = {"inflation_belgium": "% a year", "house_price_index_flanders": "start = 1", "unemployment_rate_flanders": "%"}


def write_city(path: Path, name: str) -> Path:
    """Write a valid folder at ``path``, whole or not at all; raise UsageError when something is there already."""
    if path.exists():
        raise UsageError(f"{path} exists already; choose another name or remove it")
    city = toy_city(4000, 6)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as aside:
        made = Path(aside) / "city"
        (made / "packages").mkdir(parents=True)
        (made / "city.toml").write_text(f'title = "{name}, January 2001"\nstart = "2001-01"\n', encoding="utf-8")
        backgrounds = [c for c in city.areas.columns if c.startswith(BACKGROUND)]
        rounded = [pl.col(c).round(6) for c in (*AGE_COLUMNS, *EDUCATION_COLUMNS, *backgrounds)]
        city.areas.with_columns(rounded).write_csv(made / "areas.csv")
        city.schools.write_csv(made / "schools.csv")
        rows = [
            {"year": y, "indicator": n, "value": v, "unit": _UNITS.get(n, "per 1,000 or as named"), "source": "",
             "tag": "assumed", "note": "replace"}
            for n, years in sorted(city.series.items()) for y, v in sorted(years.items())
        ]  # fmt: skip
        pl.DataFrame(rows).write_csv(made / "context.csv")
        (made / "history.csv").write_text(
            "indicator,year,value,low,high,unit,source,tag,note\npopulation,2001,4000,4000,4000,persons,,assumed,replace\n"
        )
        (made / "packages" / "example.toml").write_text(
            'title = "An example"\nauthor = ""\nleaves_out = ""\n\n[home_renovation]\nstart = 2003-01\nhomes_per_year = 20\n'
        )
        problems = check_folder(Folder(made))
        if problems:
            raise AssertionError(f"the skeleton does not pass its own checks: {problems[0]}")
        shutil.move(made, path)
    return path
