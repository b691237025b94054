"""Everything that can be wrong with a city's folder, said at once: file, row, column, what is allowed, the repair.

This file looks at the areas and puts all checks together; `check_tables.py` looks at the other tables,
`check_places.py` at coordinates and outlines, `reading.py` at whether the files can be read at all.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from mechlin.city.tables.agreement import check_agreement
from mechlin.city.tables.check_elections import check_elections
from mechlin.city.tables.check_places import check_outlines, check_places
from mechlin.city.tables.check_tables import (
    check_context,
    check_history,
    check_indicator_map,
    check_schools,
    check_sources,
    check_totals,
    rows_where,
)
from mechlin.city.tables.grouping import grouped
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, HOME_COLUMNS, SETTINGS
from mechlin.city.tables.nobody import institutions, nobody_lives
from mechlin.city.tables.reading import Folder
from mechlin.city.tables.sums import check_levels
from mechlin.core.clock import month_number
from mechlin.core.errors import Problem, UsageError, nearest
from mechlin.core.toml import with_rows

_SHARE_SLACK = 0.005  # shares are rounded
_ROUNDED = 0.035  # off by so much at most where each of up to seven shares was rounded to two digits
_DENSITY_MAX = 300_000  # people per km2; the densest quarters of the world have about half
_KINDS_MAX = 120  # as many as the simulation can number
_COUNTS = ("people", "group_quarters", "households", "homes", *HOME_COLUMNS, "shops", "shops_vacant", "people_25_up")
# Residents per household on average over an area: the means of countries run from 2.0 to about 8.5 (United Nations,
# Database on household size and composition 2022), those of a neighbourhood a little further.
_PER_HOUSEHOLD = 9.0
_HEAD = ("title", "start", "country", "language", "majority", "settings")


def check_folder(folder: Folder) -> list[Problem]:
    """Return every problem of a city's folder, in the order of its files and rows.

    What could not be read is said once; nothing is held against it, so that one mistake gives one answer.
    """
    areas, schools = folder.table("areas.csv"), folder.table("schools.csv")
    problems = with_rows(check_head(folder, areas), folder.head_text)
    levels: list[Problem] = []
    if folder.readable("areas.csv"):
        levels = check_levels(areas)
        problems += [*check_areas(areas), *levels]
        problems += check_totals(areas, schools, folder.table("totals.csv"))
        apart = check_places(areas, areas, "areas.csv")
        problems += apart or check_places(schools, areas, "schools.csv")
        problems += check_outlines(folder.outlines, areas)
    problems += check_schools(schools, areas if folder.readable("areas.csv") else None)
    if folder.readable("context.csv"):
        problems += check_context(folder.table("context.csv"), start_year(folder))
    problems += check_history(folder.table("history.csv"))
    problems += check_elections(folder.table("elections.csv"), str(folder.head.get("start", "2001-01")))
    unread = (folder.path / "history.csv").exists() and not folder.readable("history.csv")
    problems += check_indicator_map(folder.table("indicator_map.csv"), None if unread else folder.table("history.csv"))
    problems += check_agreement(folder, start_year(folder), counted=not levels)
    folder.table("calibration.csv")  # which numbers there are is known to others; here, whether it can be read
    problems += check_sources(folder)
    return grouped(list(dict.fromkeys([*folder.problems, *(_in_file(p, folder.left_out) for p in problems)])))


def _in_file(problem: Problem, left_out: list[int]) -> Problem:
    """Return the problem with its row as the file has it, where rows of areas.csv were left out before."""
    if problem.file != "areas.csv" or problem.row is None or not left_out:
        return problem
    row = problem.row
    for at in left_out:
        row += at + 2 <= row
    return replace(problem, row=row)


def start_year(folder: Folder) -> int | None:
    """Return the year in which the city starts, or None when city.toml gives no possible month."""
    start = folder.head.get("start", "2001-01")
    return int(start[:4]) if isinstance(start, str) and re.fullmatch(r"\d{4}-\d{2}", start) else None


def check_head(folder: Folder, areas: pl.DataFrame) -> list[Problem]:
    """Return settings in city.toml that are unknown or cannot be."""
    head, file = folder.head, "city.toml"
    out = [
        Problem(
            f"{key!r} is not a known setting",
            file=file,
            column=key,
            allowed=", ".join(_HEAD),
            nearest=nearest(key, _HEAD),
            repair="rename it, or remove it",
        )
        for key in head
        if key not in _HEAD
    ]
    out += [
        Problem(f"{key} = {head[key]!r} is not text", file=file, column=key, repair=f'write {key} = "..."')
        for key in ("title", "country", "language")
        if key in head and not isinstance(head[key], str)
    ]
    if "start" in head:
        try:
            if start_year(folder) is None:
                raise UsageError(f"'{head['start']}' is not a month; write it like 2001-01")
            month_number(head["start"])
        except UsageError as error:
            out.append(Problem(str(error), file=file, column="start", allowed="a month, as start = 2001-01"))
    groups = [c.removeprefix(BACKGROUND) for c in areas.columns if c.startswith(BACKGROUND)]
    majority = head.get("majority", "")
    if majority and groups and majority not in groups:
        out.append(
            Problem(
                f"majority = {majority!r}: areas.csv has no column {BACKGROUND}{majority}",
                file=file,
                column="majority",
                allowed=", ".join(groups),
                nearest=nearest(str(majority), groups),
            )
        )
    settings = head.get("settings", {})
    if not isinstance(settings, dict):
        return [*out, Problem("settings is not a table", file=file, column="settings", repair="write [settings]")]
    for key, value in settings.items():
        if key not in SETTINGS:
            out.append(
                Problem(
                    f"{key!r} is not a known setting",
                    file=file,
                    column=f"settings.{key}",
                    allowed=", ".join(SETTINGS),
                    nearest=nearest(key, SETTINGS),
                )
            )
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            out.append(
                Problem(
                    f"{key} = {value!r} is not possible",
                    file=file,
                    column=f"settings.{key}",
                    allowed=f"0 or more ({SETTINGS[key]})",
                )
            )
    return out


def check_areas(areas: pl.DataFrame) -> list[Problem]:
    """Return impossible counts and shares, and columns of one area that contradict one another."""
    file, out, has = "areas.csv", [], set(areas.columns)
    for column in (c for c in _COUNTS if c in has):
        out += rows_where(areas, file, column, areas[column] < 0, "{name}: {value} is negative", "0 or more")
        part = (areas[column] - areas[column].round(0)).abs() > 1e-6
        out += rows_where(areas, file, column, part, "{name}: {value} is not a whole number", "a count")
    for column in ("area_km2", "income_median_eur"):
        if column in has:
            out += rows_where(areas, file, column, areas[column] <= 0, "{name}: {value} is not possible", "more than 0")
    for column in (c for c in areas.columns if c.startswith("share_") or c in ("homes_poor_quality_share", "disorder")):
        bad = ~areas[column].is_between(0, 1)
        out += rows_where(
            areas, file, column, bad, "{name}: {value} is not a share", "0 to 1", "divide per cents by 100"
        )
    if "people" in has and areas["people"].sum() == 0:
        out.append(Problem("nobody lives in the city", file=file, column="people", allowed="more than 0"))
    if "kind" in has and areas["kind"].n_unique() > _KINDS_MAX:
        out.append(
            Problem(
                f"there are {areas['kind'].n_unique()} kinds of area",
                file=file,
                row=1,
                column="kind",
                allowed=f"at most {_KINDS_MAX}",
            )
        )
    if "code" in has:
        twice = ~areas["code"].is_first_distinct() & (areas["code"] != "")
        out += rows_where(areas, file, "code", twice, "the code {value} stands in more than one row", "every code once")
    return [*out, *_check_shares(areas), *_check_homes(areas), *_check_parts(areas)]


def _check_shares(areas: pl.DataFrame) -> list[Problem]:
    """Return areas in which the shares of age, background or education do not add up to one."""
    file, out = "areas.csv", []
    backgrounds = [c for c in areas.columns if c.startswith(BACKGROUND)]
    if not backgrounds:
        out.append(
            Problem(
                f"no column {BACKGROUND}... gives the residents' backgrounds",
                file=file,
                row=1,
                repair=f"add at least {BACKGROUND}majority",
            )
        )
    for label, columns in (("age", AGE_COLUMNS), ("background", backgrounds), ("education", EDUCATION_COLUMNS)):
        if not columns or not {*columns, "people"} <= set(areas.columns):
            continue
        total = areas.select(pl.sum_horizontal(columns, ignore_nulls=False)).to_series()
        each = areas.select(pl.all_horizontal(pl.col(columns).is_between(0, 1))).to_series()
        bad = ((total - 1.0).abs() > _SHARE_SLACK) & each & ~nobody_lives(areas)
        for at in bad.fill_null(value=False).arg_true():
            out += rows_where(
                areas,
                file,
                columns[0],
                _only(areas, at),
                f"{{name}}: shares of {label} add up to {total[at]:.4g}, off by {total[at] - 1:+.3f}",
                f"1 (within {_SHARE_SLACK})",
                _scaled(areas, at, columns, total[at]),
            )
    return out


def _scaled(areas: pl.DataFrame, at: int, columns: Sequence[str], total: float) -> str:
    """Return the repair for shares that do not add up: scaled to one where rounding explains it."""
    if abs(total - 1) > _ROUNDED:
        return f"correct one of {', '.join(columns)}"
    return "scaled to 1 they are " + ", ".join(f"{c} {areas[c][at] / total:.4f}" for c in columns)


def _check_homes(areas: pl.DataFrame) -> list[Problem]:
    """Return areas whose homes are not the sum of their tenures, or do not house their households."""
    if not {"homes", "households", *HOME_COLUMNS} <= set(areas.columns):
        return []
    parts = areas.select(pl.sum_horizontal(HOME_COLUMNS, ignore_nulls=False)).to_series()
    sound = areas.select(pl.min_horizontal("homes", *HOME_COLUMNS)).to_series() >= 0
    homes, off = areas["homes"], areas["homes"] - parts
    households, occupied = areas["households"], homes - areas["homes_vacant"]
    rules = (
        ("homes", homes, parts, "homes are not the sum of owner, private rent, social and vacant"),
        ("households", households, occupied, "households are not the occupied homes (homes less vacant ones)"),
    )
    out = []
    for column, left, right, what in rules:
        bad = ((left - right).abs() > 0.5) & sound
        if column == "households":  # wrong homes make wrong occupied homes: said once
            bad &= (off.abs() <= 0.5) | ((households - parts + areas["homes_vacant"]).abs() > 0.5)
        for at in bad.fill_null(value=False).arg_true():
            out += rows_where(
                areas,
                "areas.csv",
                column,
                _only(areas, at),
                f"{{name}}: {what}: {left[at]:g} against {right[at]:g}, off by {left[at] - right[at]:+g}",
                repair="correct one of them; every household has one home at the start",
            )
    return out


def _check_parts(areas: pl.DataFrame) -> list[Problem]:
    """Return parts that are more than their whole, and areas too dense or without households."""
    file, out, has = "areas.csv", [], set(areas.columns)
    wholes = [("shops_vacant", "shops", areas["shops"], 0)] if {"shops_vacant", "shops"} <= has else []
    private = areas["people"] - institutions(areas) if "people" in has else None
    if private is not None and set(AGE_COLUMNS) <= has:
        whole_ages = (pl.sum_horizontal(AGE_COLUMNS, ignore_nulls=False) - 1).abs() <= _SHARE_SLACK
        adults = areas.select(pl.when(whole_ages).then(((1 - pl.col("share_age_0_17")) * private).round(0))).to_series()
        wholes += [(c, "people of 18 and over", adults, 1) for c in ("people_25_up", "households") if c in has]
    for part, whole, most, slack in wholes:
        for at in ((areas[part] > most + slack) & (most >= 0)).fill_null(value=False).arg_true():
            over = areas[part][at] - most[at]
            out += rows_where(
                areas,
                file,
                part,
                _only(areas, at),
                f"{{name}}: {{value}} is more than {whole} ({most[at]:g}), {over:g} too many",
                f"at most {whole}",
            )
    if private is not None and "group_quarters" in has:
        over = areas["group_quarters"] > areas["people"]
        out += rows_where(
            areas, file, "group_quarters", over, "{name}: {value} is more than its residents", "at most people"
        )
    if private is not None and "households" in has:
        out += _check_households(areas, private)
    if {"people", "area_km2"} <= has:
        dense = (areas["people"] > _DENSITY_MAX * areas["area_km2"]) & (areas["area_km2"] > 0)
        out += rows_where(
            areas,
            file,
            "area_km2",
            dense,
            "{name}: {value} km2 is too small for its people",
            f"at most {_DENSITY_MAX:,} people per km2",
            "give the area in km2",
        )
    return out


def _check_households(areas: pl.DataFrame, private: pl.Series) -> list[Problem]:
    """Return areas whose residents do not go with their households: institutions that were counted as homes, mostly."""
    out, households = [], areas["households"]
    names = areas["name"] if "name" in areas.columns else areas["households"].cast(pl.String)
    for at in ((households > 0) & (private <= 0)).fill_null(value=False).arg_true():
        out.append(
            Problem(
                f"{names[at]}: {households[at]:g} households in an area where nobody lives in one",
                file="areas.csv",
                row=at + 2,
                column="households",
                allowed="households where people live, and only there",
            )
        )
    whole = float(households.sum() or 0)
    usual = float(private.sum() or 0) / whole if whole > 0 else 0.0
    for at in (
        ((private > 0) & (private > _PER_HOUSEHOLD * households) & (households >= 0)).fill_null(value=False).arg_true()
    ):
        people, homes = private[at], households[at]
        apart = f"{people:,.0f}" if homes == 0 else f"about {max(people - min(usual, 4.0) * homes, 0):,.0f}"
        said = f"{people / homes:.3g} people per household" if homes else "an institution?"
        out.append(
            Problem(
                f"{names[at]}: {people:,.0f} people in {homes:,.0f} households ({said})",
                file="areas.csv",
                row=at + 2,
                column="households",
                allowed=f"at most {_PER_HOUSEHOLD:g} people per household; 1.5 to 4 is usual",
                repair="say in a column group_quarters how many of its people live in institutions, as prisons, halls of "
                f"residence and homes for the old (here {apart}), or correct people or households",
            )
        )
    return out


def _only(table: pl.DataFrame, at: int) -> pl.Series:
    """Return a mask that holds in one row."""
    return pl.Series(range(table.height)) == at
