"""A small city's folder, to be filled with a real city's figures."""

import json
import shutil
import tempfile
from pathlib import Path

import polars as pl

from mechlin.city.tables.check import check_folder
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, REQUIRED_SERIES, City
from mechlin.city.tables.reading import Folder
from mechlin.city.tables.sources import list_cities
from mechlin.city.toy import toy_city
from mechlin.core.errors import UsageError

_EXAMPLE = """title = "An example"
author = ""
leaves_out = ""

[home_renovation]
start = 2003-01
homes_per_year = 20
"""
_HISTORY = """indicator,year,value,low,high,unit,source,tag,note
population,2001,4000,4000,4000,persons,,assumed,replace
"""
_MAP = """observed,simulated,note
population,population,
"""
_SOURCES = """table,column,status,method
areas.csv,*,assumed,Made up: replace column by column and say here where each comes from
schools.csv,*,assumed,Made up: replace
context.csv,value,by row,The column tag says of every value how it was found
history.csv,value,by row,The column tag says of every value how it was found
elections.csv,radical_right_country,by row,The column tag says of every row how it was found; rival_pull is a judgement
"""


def write_city(path: Path, name: str) -> Path:
    """Write a valid folder at ``path``, whole or not at all; raise UsageError when something is there already."""
    if path.name in list_cities():
        raise UsageError(f"{path.name!r} is a city that comes with Mechlin; choose another name for your own")
    if path.exists():
        raise UsageError(f"{path} exists already; choose another name or remove it")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as aside:
        made = write_tables(Path(aside) / "city", toy_city(4000, 6), f"{name}, January 2001")
        (made / "packages").mkdir()
        texts = {
            "history.csv": _HISTORY,
            "indicator_map.csv": _MAP,
            "sources.csv": _SOURCES,
            "packages/example.toml": _EXAMPLE,
        }
        for file, text in texts.items():
            (made / file).write_text(text, encoding="utf-8")
        problems = check_folder(Folder(made))
        if problems:
            raise AssertionError(f"the skeleton does not pass its own checks: {problems[0]}")
        shutil.move(made, path)
    return path


def write_tables(path: Path, city: City, title: str) -> Path:
    """Write a city's areas, schools, elections and outside series as a folder at ``path``; return the path."""
    path.mkdir()
    said = json.dumps(title, ensure_ascii=False).replace("\x7f", "")
    (path / "city.toml").write_text(f"title = {said}\nstart = {city.start}\n", encoding="utf-8")
    shares = [c for c in city.areas.columns if c.startswith(BACKGROUND)] + [*AGE_COLUMNS, *EDUCATION_COLUMNS]
    city.areas.with_columns(pl.col(shares).round(6)).write_csv(path / "areas.csv")
    city.schools.write_csv(path / "schools.csv")
    if city.elections.height:
        city.elections.write_csv(path / "elections.csv")
    units = {**{n: unit for n, (_, _, unit) in REQUIRED_SERIES.items()}, "new_dwellings": "dwellings a year"}
    rows = [
        {
            "year": y,
            "indicator": n,
            "value": v,
            "unit": units.get(n, ""),
            "source": "",
            "tag": "assumed",
            "note": "replace",
        }
        for n, years in sorted(city.series.items())
        for y, v in sorted(years.items())
    ]
    pl.DataFrame(rows).write_csv(path / "context.csv")
    return path
