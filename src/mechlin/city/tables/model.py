"""A city as its folder describes it, before anything happens: tables, outside series, history, sources."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mechlin.city.tables.countries import Country
from mechlin.city.tables.elections import ELECTION_SERIES, election_series, no_elections
from mechlin.core.codes import MAJORITY, Tenure
from mechlin.core.errors import InputError, Problem, nearest

BACKGROUND = "share_background_"
EDUCATIONS = ("low", "mid", "high")
AGE_BANDS = ((0, MAJORITY - 1), (MAJORITY, 34), (35, 64), (65, 104))
AGE_COLUMNS = ("share_age_0_17", "share_age_18_34", "share_age_35_64", "share_age_65_up")
EDUCATION_COLUMNS = tuple(f"share_education_{level}" for level in EDUCATIONS)
HOMES_BY_TENURE = {Tenure.OWNER: "homes_owner", Tenure.PRIVATE: "homes_private_rent", Tenure.SOCIAL: "homes_social"}
HOME_COLUMNS = (*HOMES_BY_TENURE.values(), "homes_vacant")
# What every run reads from context.csv: the lowest and highest that can be, and the unit.
REQUIRED_SERIES = {
    "population_1_january": (1, 1e8, "people"),
    "births_per_1000": (0.1, 100, "per 1,000 residents and year"),
    "deaths_per_1000": (0.1, 100, "per 1,000 residents and year"),
    "arrivals_per_1000": (0, 500, "per 1,000 residents and year"),
    "leavers_per_1000": (0.1, 500, "per 1,000 residents and year"),
    "foreign_origin_share_of_arrivals": (0, 1, "share"),
    "unemployment_rate_region": (0, 100, "% of the labour force"),
    "house_price_index_region": (0.001, 1000, "index"),
    "inflation": (-50, 1000, "% a year"),
}
# What a run reads where the city's context.csv has it; elsewhere the last number stands for every year: no tide.
OPTIONAL_SERIES = {
    "national_recorded_crime_index": (0.01, 100, "2001 = 1", 1.0),
    "national_trust_mood": (0, 100, "% with much trust in government", 20.0),
    "radical_right_country_last": (0, 100, "% of valid votes", 15.5),
}
SETTINGS = {"social_waiting_list": "households waiting for a social home at the start"}


@dataclass(frozen=True, eq=False, repr=False)
class City:
    """One city: every table checked, every figure with its source and status.

    ``series`` maps an outside series to {year: value}; ``history`` holds what was observed (indicator, year,
    value, low, high, unit, source, tag, note); ``elections`` has a row per election; ``indicator_map`` says
    which of our indicators simulates an observed one, or why none; ``statuses`` says of each column or row how
    it came to be.
    """

    name: str
    title: str
    start: str
    hash: str
    areas: pl.DataFrame
    schools: pl.DataFrame
    series: dict[str, dict[int, float]]
    history: pl.DataFrame
    totals: pl.DataFrame
    context: pl.DataFrame
    statuses: pl.DataFrame
    elections: pl.DataFrame = field(default_factory=no_elections)
    indicator_map: dict[str, tuple[str, str]] = field(default_factory=dict)
    settings: dict[str, float] = field(default_factory=dict)
    packages: dict[str, Path] = field(default_factory=dict)
    country: Country | None = None
    calibration: tuple[dict[str, dict[str, float]], ...] = ()
    outlines: dict[str, Any] | None = None
    folder: Path | None = None
    _packed: list[bytes] = field(default_factory=list, init=False, repr=False)

    def __repr__(self) -> str:
        """Return one line, however much there is: a city may be the last line of a cell."""
        return f"<City: {self.name}, {self.title}, {self.areas.height} areas, from {self.start}>"

    def __reduce__(self) -> "tuple[Callable[[bytes], City], tuple[bytes]]":
        """Arrive in another process as the same one city each time, so that what is kept for it there is found again."""
        if not self._packed:
            self._packed.append(pickle.dumps({**self.__dict__, "_packed": []}))
        return _unpacked, (self._packed[0],)

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """The backgrounds that the source statistic distinguishes; the first is the majority's."""
        return tuple(c.removeprefix(BACKGROUND) for c in self.areas.columns if c.startswith(BACKGROUND))

    @property
    def area_labels(self) -> tuple[str, ...]:
        """The areas' names as a map shows them: where nobody lives it says so."""
        rows = zip(self.areas["name"], self.areas["people"], strict=True)
        return tuple(name if people > 0 else f"{name} (nobody lives here)" for name, people in rows)

    def calibrated(self, draw: int | None) -> dict[str, dict[str, float]]:
        """Return one accepted draw of the calibration (taken in turn), or with None the first, its middle.

        A city that was never calibrated has what its country's profile says; beyond that the declared values stand.
        """
        if not self.calibration:
            return {} if self.country is None else {owner: dict(v) for owner, v in self.country.numbers.items()}
        accepted = self.calibration[1:] or self.calibration
        return self.calibration[0] if draw is None else accepted[draw % len(accepted)]

    def series_by_month(self, name: str, start: str, months: int) -> np.ndarray:
        """Return an outside series by month: a year's value holds through the year, ends are held on.

        Raises InputError when the city has no such series.
        """
        if name in ELECTION_SERIES:
            return election_series(self.elections, name, start, months)
        if not self.series.get(name) and name in OPTIONAL_SERIES:
            return np.full(months, OPTIONAL_SERIES[name][-1])
        if not self.series.get(name):
            raise InputError(
                [
                    Problem(
                        f"the series {name!r} is missing",
                        file="context.csv",
                        column="indicator",
                        nearest=nearest(name, self.series),
                    )
                ]
            )
        years = sorted(self.series[name])
        first = int(start[:4]) * 12 + int(start[5:7] or 1) - 1
        out = np.empty(months)
        for t in range(months):
            year = min(max((first + t) // 12, years[0]), years[-1])
            while year not in self.series[name]:
                year -= 1
            out[t] = self.series[name][year]
        return out


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> City:
    """Return the city that was packed so."""
    city = object.__new__(City)
    city.__dict__.update(pickle.loads(packed))
    return city
