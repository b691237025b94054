"""Rows that are sums of other rows: a city's total left below its areas, or districts among their neighbourhoods.

Offices publish them in one table; counted as areas they make a city twice its size.
"""

import re

import numpy as np
import polars as pl

from mechlin.city.tables.grouping import listed
from mechlin.city.tables.model import HOME_COLUMNS
from mechlin.core.errors import Problem

_COUNTED = ("people", "households", "homes", *HOME_COLUMNS)
_SLACK = 0.002  # of a sum: counts that an office has rounded one by one
_CALLED_SLACK = 0.05  # where the row is called a total: counts that an office has perturbed
_LEAST = 2  # rows that a sum is of
_LEAST_SURE = 3  # rows with people that a sum of people alone is of
_CALLED = re.compile(
    r"\b(tota\w*|gesamt\w*|insgesamt|summa|sum|summe|hela|whole|stad|city|alle|ensemble|samtliga)\b", re.IGNORECASE
)


def total_rows(areas: pl.DataFrame) -> list[int]:
    """Return the places of rows that are the sum of all others, in people, households and homes alike.

    A row that is called a total may be off by what an office perturbs.
    """
    counts = _counts(areas)
    if counts is None or counts.shape[0] <= _LEAST:
        return []
    others = counts.sum(axis=0) - counts
    called = np.array([_CALLED.search(f"{name} {code}") is not None for code, name in _said(areas)])
    share = np.where(called, _CALLED_SLACK, _SLACK)[:, None]
    same = (np.abs(counts - others) <= np.maximum(share * counts, 0.5)).all(axis=1) & (counts[:, 0] > 0)
    return [int(i) for i in np.flatnonzero(same)]


def sum_at_end(people: np.ndarray) -> int | None:
    """Return the place of a first or last row that has as many people as all others together, shape (areas,), or None.

    For a table whose office calls its total by a word that is not known; of too few areas it could be chance.
    """
    known = np.nan_to_num(people)
    if int((known > 0).sum()) <= _LEAST_SURE:
        return None
    for n in (0, len(known) - 1):
        if abs(2 * known[n] - known.sum()) <= max(_SLACK * known[n], 0.5):
            return n
    return None


def check_levels(areas: pl.DataFrame) -> list[Problem]:
    """Return, as one problem, rows that are each the sum of the rows right after or right before them."""
    counts = _counts(areas)
    if counts is None or counts.shape[0] <= _LEAST:
        return []
    found = {**_blocks(counts[::-1], from_end=True), **_blocks(counts)}
    if not found:
        return []
    first, (start, end) = min(found.items())
    rows = listed([str(i + 2) for i in sorted(found)])
    return [
        Problem(
            f"{_said(areas)[first][1]} is the sum of rows {start + 2} to {end + 2}; so many levels in one table count residents "
            f"twice (sums stand in {'row' if len(found) == 1 else 'rows'} {rows})",
            file="areas.csv",
            row=first + 2,
            column="people",
            allowed="areas of one level, none inside another",
            repair="remove the sums, or keep them and remove what they are sums of",
        )
    ]


def _counts(areas: pl.DataFrame) -> np.ndarray | None:
    """Return the counts of every area, shape (areas, kinds), or None where they cannot be read."""
    if not {*_COUNTED, "code"} <= set(areas.columns):
        return None
    table = areas.select(_COUNTED).to_numpy()
    return None if np.isnan(table).any() else table


def _said(areas: pl.DataFrame) -> list[tuple[str, str]]:
    names = areas["name"] if "name" in areas.columns else areas["code"]
    return list(zip(areas["code"], names, strict=True))


def _blocks(counts: np.ndarray, from_end: bool = False) -> dict[int, tuple[int, int]]:
    """Return by row the first and last of the rows right after it that add up to it exactly."""
    n, out = counts.shape[0], {}
    sums = np.concatenate([np.zeros((1, counts.shape[1])), np.cumsum(counts, axis=0)])
    for i in range(n - _LEAST):
        if counts[i, 0] <= 0:
            continue
        last = int(np.searchsorted(sums[:, 0], sums[i + 1, 0] + counts[i, 0] - 0.5))
        if last - (i + 1) < _LEAST or last > n:
            continue
        if (np.abs(sums[last] - sums[i + 1] - counts[i]) < 0.5).all() and counts[i + 1 : last, 0].min() > 0:
            out[n - 1 - i if from_end else i] = (n - last, n - 2 - i) if from_end else (i + 1, last - 1)
    return out
