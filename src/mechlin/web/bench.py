"""The workbench itself: a city with its packages and controls, and the pool that runs what pages ask for."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mechlin.core.clock import month_number, month_text
from mechlin.core.spec import RunResult, RunSpec, model_version
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair, Pool
from mechlin.runs.store import Store
from mechlin.study.controls import AS_IT_WENT, Control, controls, titles
from mechlin.study.scenario import checked, city_of, indicator_cards, presets, rehearsal_of, specs_of
from mechlin.web.address import MONTHS_MAX, Ground, Scenario
from mechlin.web.drawings import Drawings

_YEARS_USUAL = 18 * 12


@dataclass
class Bench:
    """A city on the table. Everything that is slow to find out is found out once."""

    city: Any
    pool: Pool
    out: Path
    version: str
    given: str = "mechelen"

    @classmethod
    def of(cls, city: str, out: Path, workers: int | None = None) -> "Bench":
        """Read the city and open the store that the command line uses too, in ``out``."""
        place = city_of(city)
        return cls(place, Pool(Store(out / "runs"), workers), out, model_version(), city)

    @cached_property
    def presets(self) -> dict[str, Any]:
        """The packages to start from, by name."""
        return presets(self.city)

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """Every measure as a person may move it."""
        went = self.presets.get(AS_IT_WENT)
        return controls(went.settings if went else {})

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of every measure."""
        return titles()

    @cached_property
    def cards(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The cards of the numbers about the city, and of those about its areas."""
        return indicator_cards(self.city)

    @cached_property
    def ground(self) -> Ground:
        """What an address is read against."""
        until = month_text(month_number(self.city.start) + _YEARS_USUAL - 1)
        return Ground(self.presets, self.city.start, until, tuple(self.cards[0]), tuple(self.cards[1]))

    @cached_property
    def drawings(self) -> Drawings:
        """The charts made so far."""
        return Drawings(self.city.areas["name"].to_list())

    def prepare(self, scenario: Scenario, names: Iterable[str], say: Language) -> None:
        """Make the charts of these numbers ready, so that the first answer does not wait for them."""
        first = int(self.city.start[:4])
        years = np.arange(first, int(scenario.until[:4]) + 1)
        nought = {name: np.zeros(years.size) for name in names}
        run = RunResult(RunSpec(self.city.name), years, nought, {})
        found = self.rehearsal(scenario, [(run, run)])
        for name in nought:
            self.drawings.lines(found.comparison, name, found.observed.get(name, []), say)

    @property
    def years(self) -> tuple[int, int]:
        """The first year, and the last that may be simulated."""
        first = month_number(self.city.start)
        return first // 12, (first + MONTHS_MAX - 1) // 12

    def packages(self, scenario: Scenario) -> tuple[Any, Any]:
        """Return the package of a scenario and the one it is held against."""
        base = self.presets[scenario.base]
        if scenario.settings == base.settings and not scenario.title:
            return base, self.presets[scenario.against]
        title = scenario.title or f"{base.title or base.name}, changed"
        return checked(scenario.settings, title, self.city), self.presets[scenario.against]

    def specs(self, scenario: Scenario, runs: int | None = None) -> list[Any]:
        """Return the pairs of runs of a scenario: the same ones as on the command line."""
        return specs_of(self.city, *self.packages(scenario), runs or scenario.runs, scenario.until)

    def rehearsal(self, scenario: Scenario, pairs: list[Pair], only: Any = None) -> Any:
        """Return what these pairs say."""
        return rehearsal_of(self.city, *self.packages(scenario), pairs, scenario.until, only)

    def attribution(self, scenario: Scenario) -> dict[str, Any] | None:
        """Return the shares of the measures, where `mechlin attribute` has computed them for this very package."""
        one, other = self.packages(scenario)
        try:
            found = json.loads((self.out / "attribution.json").read_text(encoding="utf-8"))
            same = (found["city"], found["package"], found["against"]) == (self.city.name, one.name, other.name)
            return dict(found) if same and found["until"] == scenario.until and found["shares"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
