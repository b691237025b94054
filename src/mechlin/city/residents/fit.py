"""How well a synthetic population fits the tables it was made from: a verdict for every margin."""

from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

import numpy as np

from mechlin.core.declare import Param

_SAID = 0.5  # deviations below half a unit are rounding


class Tolerance(NamedTuple):
    """How far a simulated count or median may lie from the table before its cell fails."""

    count_share: Annotated[float, Param("share", 0, 1, "Of the cell's count")] = 0.02
    count_least: Annotated[float, Param("count", 0, 100, "Never less than this")] = 2.0
    income_share: Annotated[float, Param("share", 0, 1, "Of the median income")] = 0.03
    income_people: Annotated[int, Param("people", 0, 10**5, "Residents below which a median is not judged")] = 100


@dataclass(frozen=True)
class Margin:
    """One margin over all areas: how many cells, how many fail, the worst of them."""

    name: str
    cells: int
    failed: int
    wanted: float
    found: float
    largest: float  # deviation of the worst cell, in persons, households, homes or euros
    worst: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The word for this margin."""
        return "pass" if self.failed == 0 else "fail"


@dataclass(frozen=True)
class FitReport:
    """The verdict on a population: every margin, and what had to be moved."""

    margins: tuple[Margin, ...]
    moved: dict[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Pass when every margin passes."""
        return "pass" if all(m.failed == 0 for m in self.margins) else "fail"

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one row for each margin."""
        return [
            {
                "margin": m.name,
                "cells": m.cells,
                "failed": m.failed,
                "wanted": m.wanted,
                "found": m.found,
                "largest": m.largest,
                "verdict": m.verdict,
                "worst": "; ".join(m.worst),
            }
            for m in self.margins
        ]


def count_margin(name: str, wanted: np.ndarray, found: np.ndarray, areas: list[str], p: Tolerance) -> Margin:
    """Judge counts by area; ``wanted`` and ``found`` have shape (areas,)."""
    off = np.abs(found - wanted)
    bad = ~(off <= np.maximum(p.count_share * wanted, p.count_least))  # what is unknown does not fit
    return _margin(name, wanted, found, bad, off, areas, float(wanted.sum()), float(found.sum()))


def income_margin(
    name: str, wanted: np.ndarray, found: np.ndarray, people: np.ndarray, areas: list[str], p: Tolerance
) -> Margin:
    """Judge medians by area, where enough people live to speak of one."""
    off = np.abs(found - wanted)
    bad = ~(off <= p.income_share * wanted) & (people >= p.income_people)
    weight = people / max(people.sum(), 1)
    return _margin(name, wanted, found, bad, off, areas, float(wanted @ weight), float(np.nan_to_num(found) @ weight))


def _margin(
    name: str,
    wanted: np.ndarray,
    found: np.ndarray,
    bad: np.ndarray,
    off: np.ndarray,
    areas: list[str],
    total_wanted: float,
    total_found: float,
) -> Margin:
    off = np.where(np.isnan(off), np.inf, off)
    order = [i for i in np.argsort(-off, kind="stable") if off[i] >= _SAID][:3]
    largest = float(off.max(initial=0.0))
    worst = tuple(f"{areas[i]}: {found[i]:.0f} for {wanted[i]:.0f}" for i in order)
    return Margin(name, int(wanted.size), int(bad.sum()), total_wanted, total_found, largest, worst)
