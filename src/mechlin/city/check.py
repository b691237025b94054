"""Everything that can be wrong with a city's folder, said at once: file, row, column, what is allowed, the repair.

Rows are numbered as a spreadsheet shows them: the heading is row 1.
"""

import json
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from mechlin.city.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, HOME_COLUMNS, REQUIRED_SERIES  # fmt: skip
from mechlin.core.errors import Problem, nearest

_SIZE_MAX = 50_000_000  # bytes
_SHARE_SLACK = 0.005
_COUNT_SLACK = 0.005  # of a total, for totals that were rounded
_COUNTS = ("people_2001", "households_2001", "homes", *HOME_COLUMNS, "shops", "shops_vacant", "people_25_up")
_AREA_TEXT = ("code", "name", "district", "kind")
_AREA_NUMBERS = ("x_km", "y_km", "area_km2", "income_median_eur", "homes_poor_quality_share", "disorder")
_AREA_OPTIONAL = ("wijk12", "geometry_tag", "source", "people_25_up", "shops", "shops_vacant", "disorder", "district")
_SCHOOL_COLUMNS = ("id", "school", "sector", "x_km", "y_km", "entry_places", "class_size", "quality")
_SCHOOL_OPTIONAL = ("district", "network", "queue_reported", "name_tag", "network_tag", "place_tag", "note", "source")
_TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]] = {
    "areas.csv": ((*_AREA_TEXT, *_AREA_NUMBERS, *_COUNTS, *AGE_COLUMNS, *EDUCATION_COLUMNS), _AREA_OPTIONAL, True),
    "context.csv": (("year", "indicator", "value"), ("unit", "source", "tag", "note"), True),
    "schools.csv": (_SCHOOL_COLUMNS, _SCHOOL_OPTIONAL, False),
    "history.csv": (("indicator", "year", "value", "low", "high", "unit"), ("source", "tag", "note"), False),
    "totals.csv": (("quantity", "total"), ("tag", "note"), False),
    "indicator_map.csv": (("observed", "simulated", "note"), (), False),
    "sources.csv": (("table", "column", "status", "method"), (), False),
}
_NUMBERS = {
    "areas.csv": {*_AREA_NUMBERS, *_COUNTS, *AGE_COLUMNS, *EDUCATION_COLUMNS},
    "context.csv": {"year", "value"},
    "schools.csv": {"x_km", "y_km", "entry_places", "class_size", "quality"},
    "history.csv": {"year", "value", "low", "high"},
    "totals.csv": {"total"},
}
_MAY_BE_EMPTY = {"history.csv": {"value", "low", "high"}}


class Folder:
    """A city's folder: reads each table once, as text first, and remembers what is wrong with the reading."""

    def __init__(self, path: Path) -> None:
        """Remember the path; nothing is read yet."""
        self.path = path
        self.problems: list[Problem] = []
        self._tables: dict[str, pl.DataFrame] = {}

    def table(self, file: str) -> pl.DataFrame:
        """Return a table with numbers as numbers; an empty one when the file is absent or unreadable."""
        if file not in self._tables:
            self._tables[file] = self._read(file)
        return self._tables[file]

    def _empty(self, file: str) -> pl.DataFrame:
        columns = _TABLES[file][0]
        numbers = _NUMBERS.get(file, set())
        return pl.DataFrame(schema={c: pl.Float64 if c in numbers else pl.String for c in columns})

    def _read(self, file: str) -> pl.DataFrame:
        path = self.path / file
        required, optional, needed = _TABLES[file]
        if not path.is_file():
            if needed:
                self.problems.append(Problem("the file is missing", file=file, repair="mechlin new city shows one"))
            return self._empty(file)
        if path.stat().st_size > _SIZE_MAX:
            self.problems.append(Problem("the file is too large", file=file, allowed=f"{_SIZE_MAX // 10**6} MB"))
            return self._empty(file)
        text = self._text(path, file)
        if text is None:
            return self._empty(file)
        if not text.strip():
            self.problems.append(Problem("the file is empty", file=file, repair=f"start with: {','.join(required)}"))
            return self._empty(file)
        try:
            raw = pl.read_csv(text.encode(), infer_schema=False, truncate_ragged_lines=False)
        except pl.exceptions.PolarsError as error:
            self.problems.append(Problem(f"not a table of commas: {str(error).splitlines()[0]}", file=file,
                                         repair="one row of headings, as many commas in every row"))  # fmt: skip
            return self._empty(file)
        self._headings(file, raw.columns, required, optional)
        if raw.height == 0:
            self.problems.append(Problem("the table has headings but no rows", file=file))
        return self._numbers(file, raw)

    def _text(self, path: Path, file: str) -> str | None:
        data = path.read_bytes()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            row = data[: error.start].count(b"\n") + 1
            likely = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "Windows-1252"
            self.problems.append(Problem(f"the file is not UTF-8 (it looks like {likely})", file=file, row=row,
                                         allowed="UTF-8", repair="save it again as 'CSV UTF-8'"))  # fmt: skip
            return None

    def _headings(self, file: str, found: list[str], required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        known = (*required, *optional)
        for column in found:
            allowed = file == "areas.csv" and column.startswith(BACKGROUND)
            if column not in known and not allowed:
                missing = [c for c in required if c not in found]
                self.problems.append(Problem(f"{column!r} is not a known column", file=file, row=1, column=column,
                                             nearest=nearest(column, missing or known),
                                             repair="rename it, or remove it"))  # fmt: skip
        for column in required:
            if column not in found and column not in optional:
                close = nearest(column, [c for c in found if c not in known])
                self.problems.append(Problem(f"the column {column!r} is missing", file=file, row=1, column=column,
                                             nearest=close))  # fmt: skip

    def _numbers(self, file: str, raw: pl.DataFrame) -> pl.DataFrame:
        """Turn number columns into numbers, noting every cell that is none."""
        numeric = _NUMBERS.get(file, set()) | {c for c in raw.columns if c.startswith(BACKGROUND)}
        columns = []
        for column in raw.columns:
            text = raw[column]
            if column not in numeric:
                columns.append(text.fill_null(""))
                continue
            values = text.str.strip_chars().cast(pl.Float64, strict=False)
            bad = values.is_null() | values.is_nan() | values.is_infinite()
            if column in _MAY_BE_EMPTY.get(file, set()):
                bad = bad & (text.fill_null("").str.strip_chars() != "")
            for at in bad.arg_true():
                cell = text[at]
                what = "the cell is empty" if cell is None or not cell.strip() else f"{cell!r} is not a number"
                comma = cell is not None and "," in cell
                self.problems.append(Problem(what, file=file, row=at + 2, column=column, allowed="a number",
                                             repair="write a point for the decimal comma" if comma else ""))  # fmt: skip
            columns.append(values)
        return pl.DataFrame(columns)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The settings in city.toml, empty when it cannot be read."""
        path = self.path / "city.toml"
        if not path.is_file():
            self.problems.append(Problem("the file is missing", file="city.toml", repair='write title = "..." in it'))
            return {}
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.problems.append(Problem(f"not valid TOML: {error}", file="city.toml"))
            return {}

    def outlines(self) -> dict[str, Any] | None:
        """Return the outlines of areas (GeoJSON), or None when the city has none."""
        path = self.path / "outlines.geojson"
        if not path.is_file():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            self.problems.append(Problem(f"not valid GeoJSON: {error}", file="outlines.geojson"))
            return None
        return found if isinstance(found, dict) else None


def check_folder(folder: Folder) -> list[Problem]:
    """Return every problem of a city's folder, in the order of its files and rows."""
    areas = folder.table("areas.csv")
    problems: list[Problem] = []
    problems += _check_head(folder)
    problems += _check_areas(areas)
    problems += _check_totals(areas, folder.table("totals.csv"))
    problems += _check_context(folder.table("context.csv"))
    problems += _check_schools(folder.table("schools.csv"), areas)
    problems += _check_history(folder.table("history.csv"))
    problems += _check_outlines(folder.outlines(), areas)
    for file in ("indicator_map.csv", "sources.csv"):
        folder.table(file)
    every = [*folder.problems, *problems]
    return sorted(dict.fromkeys(every), key=lambda p: (p.file, p.row or 0, p.column))


def _check_head(folder: Folder) -> list[Problem]:
    known = ("title", "start", "settings", "language", "country")
    return [
        Problem(f"{key!r} is not a known setting", file="city.toml", column=key, allowed=", ".join(known),
                nearest=nearest(key, known))
        for key in folder.head if key not in known
    ]  # fmt: skip


def _each(table: pl.DataFrame, file: str, column: str, bad: pl.Series, what: str, allowed: str = "",
          repair: str = "") -> list[Problem]:  # fmt: skip
    """Return one problem for every row where ``bad`` holds; ``what`` may name {value} and {name}."""
    out = []
    for at in bad.fill_null(value=False).arg_true():
        name = table["name"][at] if "name" in table.columns else ""
        value = table[column][at]
        said = f"{value:g}" if isinstance(value, float) else str(value)
        out.append(Problem(what.format(value=said, name=name), file=file, row=at + 2, column=column,
                           allowed=allowed, repair=repair))  # fmt: skip
    return out


def _check_areas(areas: pl.DataFrame) -> list[Problem]:
    file, out, has = "areas.csv", [], set(areas.columns)
    for column in (c for c in _COUNTS if c in has):
        out += _each(areas, file, column, areas[column] < 0, "{name}: {value} is negative", "0 or more")
        whole = (areas[column] - areas[column].round(0)).abs() > 1e-6
        out += _each(areas, file, column, whole, "{name}: {value} is not a whole number", "a count")
    shares = [c for c in areas.columns if c.startswith("share_") or c == "homes_poor_quality_share" or c == "disorder"]
    for column in shares:
        bad = (areas[column] < 0) | (areas[column] > 1)
        out += _each(areas, file, column, bad, "{name}: {value} is not a share", "0 to 1",
                     "divide per cents by 100")  # fmt: skip
    backgrounds = [c for c in areas.columns if c.startswith(BACKGROUND)]
    if not backgrounds:
        out.append(Problem(f"no column {BACKGROUND}... gives the residents' backgrounds", file=file, row=1,
                           repair=f"add at least {BACKGROUND}majority"))  # fmt: skip
    for label, columns in (("age", AGE_COLUMNS), ("background", backgrounds), ("education", EDUCATION_COLUMNS)):
        if columns and set(columns) <= has:
            total = areas.select(pl.sum_horizontal(columns)).to_series()
            people = areas["people_2001"] if "people_2001" in has else total
            bad = ((total - 1.0).abs() > _SHARE_SLACK) & (people > 0)
            for at in bad.fill_null(value=False).arg_true():
                out.append(Problem(f"{areas['name'][at]}: shares of {label} add up to {total[at]:.3f}", file=file,
                                   row=at + 2, column=columns[0], allowed="1 (within 0.005)",
                                   repair=f"correct one of {', '.join(columns)}"))  # fmt: skip
    out += _check_margins(areas)
    if "code" in has:
        out += _each(areas, file, "code", areas["code"].is_duplicated() & (areas["code"] != ""),
                     "the code {value} stands in more than one row", "every code once")  # fmt: skip
        out += _each(areas, file, "code", areas["code"] == "", "the code is empty")
    return out + _check_places(areas, file)


def _check_places(table: pl.DataFrame, file: str) -> list[Problem]:
    """Return problems with coordinates: degrees or metres where kilometres are due, or no area at all."""
    out: list[Problem] = []
    if {"x_km", "y_km"} <= set(table.columns) and table.height > 1:
        x, y = table["x_km"].drop_nulls(), table["y_km"].drop_nulls()
        width = max(_span(x), _span(y))
        degrees = width < 0.5 and abs(x.to_numpy()).max() <= 180 and abs(y.to_numpy()).max() <= 90
        if degrees:
            out.append(Problem(f"the coordinates look like degrees: all lie within {width:.3f}", file=file, row=2,
                               column="x_km", allowed="kilometres in a flat projection",
                               repair="project them (in Belgium to EPSG:31370) and divide by 1000"))  # fmt: skip
        elif width > 1000:
            out.append(Problem(f"the coordinates look like metres: they span {width:,.0f}", file=file, row=2,
                               column="x_km", allowed="kilometres", repair="divide by 1000"))  # fmt: skip
    for column in ("area_km2", "income_median_eur"):
        if column in table.columns:
            out += _each(table, file, column, table[column] <= 0, "{name}: {value} is not possible", "more than 0")
    return out


def _span(values: pl.Series) -> float:
    return float(values.to_numpy().max() - values.to_numpy().min()) if values.len() else 0.0


def _check_margins(areas: pl.DataFrame) -> list[Problem]:
    """Return margins that contradict one another, with the area and by how much."""
    file, out, has = "areas.csv", [], set(areas.columns)

    def differ(column: str, left: pl.Series, right: pl.Series, what: str, repair: str) -> None:
        for at in ((left - right).abs() > 0.5).fill_null(value=False).arg_true():
            out.append(Problem(f"{areas['name'][at]}: {what} ({left[at]:g} against {right[at]:g}, off by "
                               f"{left[at] - right[at]:+g})", file=file, row=at + 2, column=column, repair=repair))  # fmt: skip

    if {"homes", *HOME_COLUMNS} <= has:
        parts = areas.select(pl.sum_horizontal(HOME_COLUMNS)).to_series()
        differ("homes", areas["homes"], parts, "homes are not the sum of owner, private rent, social and vacant",
               "correct one of them")  # fmt: skip
        if "households_2001" in has:
            occupied = areas["homes"] - areas["homes_vacant"]
            differ("households_2001", areas["households_2001"], occupied, "households are not the occupied homes",
                   "every household has one home at the start")  # fmt: skip
    for part, whole in (("households_2001", "people_2001"), ("shops_vacant", "shops"), ("people_25_up", "people_2001")):
        if {part, whole} <= has:
            out += _each(areas, file, part, areas[part] > areas[whole], f"{{name}}: {{value}} is more than {whole}",
                         f"at most {whole}")  # fmt: skip
    return out


def _check_totals(areas: pl.DataFrame, totals: pl.DataFrame) -> list[Problem]:
    """Return totals that the areas do not add up to."""
    out = []
    for at, (quantity, total) in enumerate(totals.select("quantity", "total").iter_rows()):
        column = {"people": "people_2001", "households": "households_2001"}.get(quantity, quantity)
        if column not in areas.columns or areas[column].dtype != pl.Float64 or total is None:
            continue
        if column.startswith("income") or areas[column].is_null().any():
            continue
        found = float(areas[column].sum())
        if abs(found - total) > max(_COUNT_SLACK * abs(total), 0.5):
            out.append(Problem(f"{quantity}: the areas add up to {found:g}, not {total:g} (off by {found - total:+g})",
                               file="totals.csv", row=at + 2, column="total",
                               repair=f"correct the total, or {column} in areas.csv"))  # fmt: skip
    return out


def _check_context(context: pl.DataFrame) -> list[Problem]:
    if not {"year", "indicator", "value"} <= set(context.columns):
        return []
    out = []
    present = set(context["indicator"].to_list())
    for name in REQUIRED_SERIES if context.height else ():
        if name not in present:
            out.append(Problem(f"the series {name!r} is missing", file="context.csv", column="indicator",
                               nearest=nearest(name, present - set(REQUIRED_SERIES)),
                               repair="one row for each year from the start on"))  # fmt: skip
    twice = context.select("year", "indicator").is_duplicated()
    out += _each(context, "context.csv", "indicator", twice, "{value} stands twice for the same year")
    odd = (context["year"] < 1900) | (context["year"] > 2200)
    out += _each(context, "context.csv", "year", odd, "{value} is not a year", "1900 to 2200")
    negative = (context["value"] < 0) & context["indicator"].is_in(
        [n for n in REQUIRED_SERIES if n != "inflation_belgium"]
    )
    return out + _each(context, "context.csv", "value", negative, "{value} is negative", "0 or more")


def _check_schools(schools: pl.DataFrame, areas: pl.DataFrame) -> list[Problem]:
    if not {"id", "sector"} <= set(schools.columns) or schools.height == 0:
        return []
    file, codes = "schools.csv", areas["code"].to_list() if "code" in areas.columns else []
    out = []
    for at in (~schools["sector"].is_in(codes)).arg_true():
        sector = schools["sector"][at]
        out.append(Problem(f"the school stands in {sector!r}, which areas.csv does not have", file=file, row=at + 2,
                           column="sector", nearest=nearest(sector, codes)))  # fmt: skip
    out += _each(schools, file, "id", schools["id"].is_duplicated(), "the id {value} stands in more than one row")
    for column in ("entry_places", "class_size"):
        if column in schools.columns:
            out += _each(schools, file, column, schools[column] <= 0, "{value} is not possible", "1 or more")
    return out


def _check_history(history: pl.DataFrame) -> list[Problem]:
    if not {"value", "low", "high"} <= set(history.columns):
        return []
    out = _each(history, "history.csv", "low", history["low"] > history["value"], "the low {value} is above the value")
    out += _each(
        history, "history.csv", "high", history["high"] < history["value"], "the high {value} is below the value"
    )
    odd = (history["year"] < 1800) | (history["year"] > 2200)
    return out + _each(history, "history.csv", "year", odd, "{value} is not a year", "1800 to 2200")


def _check_outlines(outlines: dict[str, Any] | None, areas: pl.DataFrame) -> list[Problem]:
    if outlines is None or "code" not in areas.columns:
        return []
    features = outlines.get("features")
    if not isinstance(features, list):
        return [Problem("there is no list of features", file="outlines.geojson", allowed="a FeatureCollection")]
    codes = {str(f.get("properties", {}).get("code", "")) for f in features if isinstance(f, dict)}
    missing = [c for c in areas["code"].to_list() if c not in codes]
    return [
        Problem(f"no outline has the code {code!r}", file="outlines.geojson", nearest=nearest(code, codes))
        for code in missing
    ]
