"""What can be wrong with a city's tables beside the areas: totals, outside series, schools, history, sources."""

import fnmatch
from dataclasses import replace

import polars as pl

from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.city.tables.origins import BY_ROW, KEYS, STATUSES, row_keys
from mechlin.city.tables.price_level import check_prices
from mechlin.city.tables.reading import TABLES, Folder
from mechlin.city.tables.series_values import rows_impossible
from mechlin.core.errors import Problem, nearest

_COUNT_SLACK = 0.005  # of a total, for totals that were rounded
_YEARS = (1800, 2200)


def rows_where(
    table: pl.DataFrame, file: str, column: str, bad: pl.Series, what: str, allowed: str = "", repair: str = ""
) -> list[Problem]:
    """Return one problem for every row where ``bad`` holds; ``what`` may name {value} and {name}."""
    out = []
    for at in bad.fill_null(value=False).arg_true():
        value = table[column][at]
        said = f"{value:.10g}" if isinstance(value, float) else str(value)
        said = what.replace("{value}", said).replace("{name}", _name(table, at))
        out.append(Problem(said, file=file, row=at + 2, column=column, allowed=allowed, repair=repair))
    return out


def _name(table: pl.DataFrame, at: int) -> str:
    """Return what a row is about: the area's or school's name, else its code, else the number of the row."""
    for column in ("name", "school", "indicator", "code", "id"):
        if column in table.columns and table[column][at]:
            return str(table[column][at])
    return f"row {at + 2}"


def check_totals(areas: pl.DataFrame, schools: pl.DataFrame, totals: pl.DataFrame) -> list[Problem]:
    """Return totals that the areas do not add up to, unknown ones, and ones that stand twice."""
    if not {"quantity", "total"} <= set(totals.columns):
        return []
    file, sums = "totals.csv", _sums(areas, schools)
    out = rows_where(
        totals,
        file,
        "quantity",
        ~totals["quantity"].is_first_distinct() & (totals["quantity"] != ""),
        "{value} stands in more than one row",
        "every quantity once",
    )
    for at, (quantity, total) in enumerate(totals.select("quantity", "total").iter_rows()):
        if quantity and quantity not in sums:
            out.append(
                Problem(
                    f"{quantity!r} is not a quantity that areas or schools add up to",
                    file=file,
                    row=at + 2,
                    column="quantity",
                    nearest=nearest(quantity, sums),
                )
            )
            continue
        column, found = sums.get(quantity, ("", None))
        if found is None or total is None or abs(found - total) <= max(_COUNT_SLACK * abs(total), 0.5):
            continue
        out.append(
            Problem(
                f"{quantity}: the areas add up to {found:,.10g}, not {total:,.10g} (off by {found - total:+,.10g})",
                file=file,
                row=at + 2,
                column="total",
                repair=f"correct the total, or {column}",
            )
        )
    return out


def _sums(areas: pl.DataFrame, schools: pl.DataFrame) -> dict[str, tuple[str, float | None]]:
    """Return by quantity the column it stands in, and what the city has of it (None when a cell is unreadable)."""

    def total(value: pl.Expr, *columns: str) -> float | None:
        if not set(columns) <= set(areas.columns):
            return None
        found = areas.select(pl.when(pl.all_horizontal(pl.col(columns).is_not_null())).then(value)).to_series()
        return None if found.null_count() else round(float(found.sum()), 3)

    out: dict[str, tuple[str, float | None]] = {}
    for column in areas.columns:
        if areas[column].dtype == pl.Float64 and column not in ("x_km", "y_km", "income_median_eur", "disorder"):
            out[column] = (f"{column} in areas.csv", total(pl.col(column), column))
    backgrounds = [c for c in areas.columns if c.startswith(BACKGROUND)]
    whose = {"people": (*AGE_COLUMNS, *backgrounds), "people_25_up": EDUCATION_COLUMNS}
    for base, columns in whose.items():
        for column in columns:
            out.pop(column, None)
            found = total(pl.col(column) * pl.col(base), column, base)
            out[column.removeprefix("share_")] = (f"{column} in areas.csv", found)
    incomes = total(pl.col("income_median_eur") * pl.col("households"), "income_median_eur", "households")
    households = total(pl.col("households"), "households")
    mean = incomes / households if incomes is not None and households else None
    out["income_median_household_weighted"] = ("income_median_eur in areas.csv", mean)
    places = schools["entry_places"] if "entry_places" in schools.columns else pl.Series([None])
    entry = float(places.sum()) if schools.height and not places.null_count() else None
    out["school_entry_places"] = ("entry_places in schools.csv", entry)
    return out


def check_context(context: pl.DataFrame, start: int | None) -> list[Problem]:
    """Return outside series that are missing, have gaps, begin too late, or hold what cannot be."""
    if not {"year", "indicator", "value"} <= set(context.columns):
        return []
    file = "context.csv"
    out = _check_years(context, file)
    names = context["indicator"]
    twice = (
        ~context.select("year", "indicator").to_struct().is_first_distinct()
        & context["year"].is_not_null()
        & (names != "")
    )
    out += rows_where(context, file, "indicator", twice, "{value} stands twice for the same year", "one value a year")
    present = set(names.to_list())
    required = {name: unit for name, (_, _, unit) in REQUIRED_SERIES.items()}
    optional = {name: unit for name, (_, _, unit, _) in OPTIONAL_SERIES.items() if name in present}
    for name, unit in {**required, **optional}.items():
        rows = context.filter(names == name)
        if name not in present:
            out.append(
                Problem(
                    f"the series {name!r} is missing",
                    file=file,
                    column="indicator",
                    allowed=unit,
                    nearest=nearest(name, present - set(REQUIRED_SERIES)),
                    repair="one row for each year from the start on",
                )
            )
            continue
        years = sorted({int(y) for y in rows["year"].drop_nulls() if _YEARS[0] <= y <= _YEARS[1]})
        gaps = sorted(set(range(years[0], years[-1])) - set(years)) if years else []
        if start is not None and years and years[0] > start:
            gaps = list(range(start, years[0])) + gaps
        whole = not rows["year"].null_count() and bool((rows["year"] == rows["year"].round(0)).all())
        if gaps and whole:
            out.append(
                Problem(
                    f"the series {name!r} has no value for {_said(gaps)}",
                    file=file,
                    column="year",
                    allowed="every year from the start on",
                    repair="one row for each of these years",
                )
            )
    out += [replace(p, file=file, row=row, column="value") for row, p in rows_impossible(context)]
    return out + check_prices(context, file) + check_tags(context, file)


def _said(years: list[int]) -> str:
    shown = ", ".join(map(str, years[:4]))
    return shown if len(years) <= 4 else f"{shown} and {len(years) - 4} more years"


def _check_years(table: pl.DataFrame, file: str) -> list[Problem]:
    years = table["year"]
    odd = ~years.is_between(*_YEARS) | (years != years.round(0))
    return rows_where(table, file, "year", odd, "{value} is not a year", f"{_YEARS[0]} to {_YEARS[1]}, whole")


def check_tags(table: pl.DataFrame, file: str) -> list[Problem]:
    """Return statuses that nobody will understand."""
    if "tag" not in table.columns:
        return []
    return [
        Problem(
            f"{table['tag'][at]!r} is not a known status",
            file=file,
            row=at + 2,
            column="tag",
            allowed=", ".join(STATUSES),
            nearest=nearest(table["tag"][at], STATUSES),
        )
        for at in (~table["tag"].is_in([*STATUSES, ""])).arg_true()
    ]


def check_schools(schools: pl.DataFrame, areas: pl.DataFrame | None) -> list[Problem]:
    """Return schools in areas that are not there, or without places; ``areas`` is None when it cannot be read."""
    file, out, has = "schools.csv", [], set(schools.columns)
    if "sector" in has and areas is not None and "code" in areas.columns:
        codes = areas["code"].to_list()
        for at in () if "" in codes else (~schools["sector"].is_in([*codes, ""])).arg_true():
            sector = schools["sector"][at]
            out.append(
                Problem(
                    f"{_name(schools, at)} stands in {sector!r}, which areas.csv does not have",
                    file=file,
                    row=at + 2,
                    column="sector",
                    nearest=nearest(sector, codes),
                )
            )
    if "id" in has:
        twice = ~schools["id"].is_first_distinct() & (schools["id"] != "")
        out += rows_where(schools, file, "id", twice, "the id {value} stands in more than one row", "every id once")
    for column in ("entry_places", "class_size"):
        if column in has:
            bad = ~schools[column].is_between(1, 10_000)
            out += rows_where(schools, file, column, bad, "{name}: {value} is not possible", "1 to 10,000")
    if "quality" in has:
        bad = ~schools["quality"].is_between(0, 1)
        out += rows_where(schools, file, "quality", bad, "{name}: {value} is not possible", "0 to 1, 0.5 if unknown")
    return out


def check_history(history: pl.DataFrame) -> list[Problem]:
    """Return observations whose range does not hold their value, or whose year cannot be."""
    if not {"year", "value", "low", "high"} <= set(history.columns):
        return []
    file, value, low, high = "history.csv", history["value"], history["low"], history["high"]
    out = rows_where(history, file, "low", low > value, "{name}: the low {value} is above the value", "low to high")
    out += rows_where(history, file, "high", high < value, "{name}: the high {value} is below the value", "low to high")
    crossed = (low > high) & value.is_null()
    out += rows_where(history, file, "low", crossed, "{name}: the low {value} is above the high", "low to high")
    return out + _check_years(history, file) + check_tags(history, file)


def check_indicator_map(mapping: pl.DataFrame, history: pl.DataFrame | None) -> list[Problem]:
    """Return lines that map nothing, map twice, or say neither what simulates an observation nor why nothing does.

    ``history`` is None when it cannot be read: then nobody knows what it observes.
    """
    if not {"observed", "simulated", "note"} <= set(mapping.columns):
        return []
    file, observed = "indicator_map.csv", mapping["observed"]
    out = rows_where(
        mapping, file, "observed", ~observed.is_first_distinct() & (observed != ""), "{value} stands twice"
    )
    silent = (observed != "") & (mapping["simulated"] == "") & (mapping["note"] == "")
    out += rows_where(
        mapping,
        file,
        "simulated",
        silent,
        "neither an indicator nor a reason why there is none",
        repair="name the simulated indicator, or say why none in the note",
    )
    if history is None or "indicator" not in history.columns:
        return out
    known = history["indicator"].unique().to_list()
    for at in (~observed.is_in([*known, ""])).arg_true():
        out.append(
            Problem(
                f"history.csv has no indicator {observed[at]!r}",
                file=file,
                row=at + 2,
                column="observed",
                nearest=nearest(observed[at], known),
            )
        )
    return out


def check_sources(folder: Folder) -> list[Problem]:
    """Return lines about tables, rows or columns that are not there, and statuses that nobody will understand."""
    sources, file, out = folder.table("sources.csv"), "sources.csv", []
    if not {"table", "column", "status"} <= set(sources.columns):
        return []
    statuses, seen = (*STATUSES, BY_ROW), set[tuple[str, str]]()
    for at, (table, columns, status) in enumerate(sources.select("table", "column", "status").iter_rows()):
        if status and status not in statuses:
            out.append(
                Problem(
                    f"{status!r} is not a known status",
                    file=file,
                    row=at + 2,
                    column="status",
                    allowed=", ".join(statuses),
                    nearest=nearest(status, statuses),
                )
            )
        if (table, columns) in seen:
            continue  # said once of a column, though every cell of it may have a line
        seen.add((table, columns))
        if table and table not in TABLES:
            out.append(
                Problem(
                    f"{table!r} is not a table of a city",
                    file=file,
                    row=at + 2,
                    column="table",
                    allowed=", ".join(TABLES),
                    nearest=nearest(table, TABLES),
                )
            )
            continue
        present = folder.table(table).columns if table else []
        for name in (c.strip() for c in columns.split(",")) if present else ():
            if not fnmatch.filter(present, name):
                out.append(
                    Problem(
                        f"{table} has no column {name!r}",
                        file=file,
                        row=at + 2,
                        column="column",
                        nearest=nearest(name, present),
                    )
                )
    return out + _source_rows(folder, sources)


def _source_rows(folder: Folder, sources: pl.DataFrame) -> list[Problem]:
    """Return lines about one row of a table that has no such row, each row of a table said once."""
    if "row" not in sources.columns:
        return []
    told = sources.with_row_index("at", offset=2).filter(
        (pl.col("row") != "") & ~pl.col("row").str.contains("*", literal=True)
    )
    out = []
    for table, rows in told.unique(["table", "row"], keep="first").sort("at").group_by("table", maintain_order=True):
        file = str(table[0])
        if file not in KEYS or not folder.readable(file) or not set(KEYS[file]) <= set(folder.table(file).columns):
            continue
        known = row_keys(file, folder.table(file))
        absent = rows.filter(~pl.col("row").is_in(known))
        out += [
            Problem(
                f"{file} has no row {row!r}",
                file="sources.csv",
                row=at,
                column="row",
                allowed=f"{' and '.join(KEYS[file])} of a row, or * for every row",
                nearest=nearest(row, known),
            )
            for at, row in absent.select("at", "row").iter_rows()
        ]
    return out
