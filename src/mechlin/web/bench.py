"""The workbench itself: a city with its packages and controls, and the pool that runs what pages ask for."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import month_number, month_text
from mechlin.core.declare import Card
from mechlin.core.errors import InputError
from mechlin.core.spec import RunResult, RunSpec, model_version
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair, Pool
from mechlin.runs.store import Store
from mechlin.study.asked import AS_IT_WENT
from mechlin.study.controls import Control, controls, titles
from mechlin.study.foretold import Estimate, Stock
from mechlin.study.rehearsal import Rehearsal
from mechlin.study.scenario import NOTHING, Package, checked, city_of, indicator_cards, presets, rehearsal_of, specs_of
from mechlin.study.shared_out import Attribution, read_attribution
from mechlin.study.worlds import World, model_stamp, worlds
from mechlin.web.address import MONTHS_MAX, Ground, Scenario
from mechlin.web.drawings import Drawings

_YEARS_USUAL = 18 * 12
_HORIZONS = 5


@dataclass(eq=False)
class Bench:
    """A city on the table. Everything that is slow to find out is found out once."""

    city: City
    pool: Pool
    out: Path
    version: str
    given: str = "mechelen"
    horizons: tuple[int, ...] = ()  # months until which estimates were asked for, the last ones

    @classmethod
    def of(cls, city: str, out: Path, workers: int | None = None) -> "Bench":
        """Read the city and open the store that the command line uses too, in ``out``."""
        place = city_of(city)
        found = cls(place, Pool(Store(out / "runs"), workers), out, model_version(), city)
        found.pool.heard = found.stock.add
        return found

    @cached_property
    def stock(self) -> Stock:
        """What runs of this city are there to estimate from, before any run of a new package."""
        return Stock(self.city, self.version, self.cards[0])

    @cached_property
    def presets(self) -> dict[str, Package]:
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
    def cards(self) -> tuple[dict[str, Card], dict[str, Card]]:
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
        return Drawings(self.city.area_labels)

    def prepare(self, scenario: Scenario, names: Iterable[str], say: Language) -> None:
        """Make the charts of these numbers ready, so that the first answer does not wait for them."""
        first = int(self.city.start[:4])
        years = np.arange(first, int(scenario.until[:4]) + 1)
        zeros = {name: np.zeros(years.size) for name in names}
        run = RunResult(RunSpec(self.city.name), years, zeros, {})
        found = self.rehearsal(scenario, [(run, run)])
        for name in zeros:
            self.drawings.lines(found.comparison, name, found.observed.get(name, []), say)
            self.drawings.difference(found.comparison, name, say)

    @property
    def years(self) -> tuple[int, int]:
        """The first year, and the last that may be simulated."""
        first = month_number(self.city.start)
        return first // 12, (first + MONTHS_MAX - 1) // 12

    def preset_of(self, scenario: Scenario) -> Package | None:
        """Return the package to start from that has exactly these settings, whichever the page started from."""
        among = (self.presets[scenario.base], *self.presets.values())
        return next((package for package in among if package.settings == scenario.settings), None)

    def packages(self, scenario: Scenario) -> tuple[Package, Package]:
        """Return the package of a scenario and the one it is held against."""
        known, base = self.preset_of(scenario), self.presets[scenario.base]
        if known is not None and not scenario.title:
            return known, self.presets[scenario.against]
        title = scenario.title or f"{base.title or base.name}, changed"
        return checked(scenario.settings, title, self.city), self.presets[scenario.against]

    def specs(self, scenario: Scenario, runs: int | None = None) -> list[tuple[RunSpec, RunSpec]]:
        """Return the pairs of runs of a scenario: the same ones as on the command line."""
        count = runs or scenario.runs
        return specs_of(self.city, *self.packages(scenario), count, scenario.until, self._worlds(count))

    def estimate(self, scenario: Scenario) -> Estimate:
        """Return what stored runs say of a scenario, before any of its own."""
        months = month_number(scenario.until) - month_number(self.city.start) + 1
        self.horizons = (*self.horizons, months)[-_HORIZONS:] if months not in self.horizons else self.horizons
        worlds = self._nothing_in_worlds(scenario.runs, scenario.until)
        return self.stock.estimate(scenario.settings, self.presets[scenario.against].settings, worlds, months)

    @lru_cache(maxsize=8)  # noqa: B019 a bench lives as long as its server
    def _nothing_in_worlds(self, runs: int, until: str) -> list[RunSpec]:
        """Return the runs of nothing in the worlds of a scenario, by which these are told apart."""
        nothing = Package(NOTHING)
        return [one for one, _ in specs_of(self.city, nothing, nothing, runs, until, self._worlds(runs))]

    @lru_cache(maxsize=16)  # noqa: B019 a bench lives as long as its server
    def _worlds(self, runs: int) -> list[World]:
        """Return the worlds of so many pairs: drawn once, not a quarter of a second for every page that asks."""
        return worlds(self.city, runs)

    def rehearsal(self, scenario: Scenario, pairs: list[Pair], only: Iterable[str] | None = None) -> Rehearsal:
        """Return what these pairs say."""
        return rehearsal_of(self.city, *self.packages(scenario), pairs, scenario.until, only, scenario.runs)

    def between(self, scenario: Scenario, other: Scenario, pairs: list[Pair]) -> Rehearsal:
        """Return what pairs of runs say of which both sides are packages of scenarios."""
        one, two = self.packages(scenario)[0], self.packages(other)[0]
        return rehearsal_of(self.city, one, two, pairs, scenario.until, None, scenario.runs)

    def attribution(self, scenario: Scenario) -> Attribution | None:
        """Return the shares of the measures, where `mechlin attribute` has computed them for these very settings."""
        one, other = self.packages(scenario)
        asked = (self.city.name, json.loads(json.dumps(one.settings)), other.name, scenario.until, model_stamp())
        for folder in (self.out, self.city.folder):
            found = _read(folder / "attribution.json") if folder else None
            if (
                found
                and (found.city, found.settings, found.against, found.until, found.model) == asked
                and found.shares
            ):
                return found
        return None

    def attribute_command(self, scenario: Scenario) -> str:
        """Return the command after which :meth:`attribution` finds the shares of this scenario."""
        return self._command("attribute", scenario)

    def rehearse_command(self, scenario: Scenario) -> str:
        """Return the command that rehearses this scenario into the store that the workbench reads."""
        return self._command("rehearse", scenario)

    def _command(self, name: str, scenario: Scenario) -> str:
        one, other = self.packages(scenario)
        package = one.name if self._is_named(one) else "package.toml"
        against = other.name if self._is_named(other) else f"{other.name}.toml"
        given = ["mechlin", name, self.given, "--package", package, "--against", against]
        return shlex.join([*given, "--until", scenario.until, "--out", str(self.out)])

    def needs_file(self, scenario: Scenario) -> bool:
        """Return whether a command can have one of the two packages only as a file."""
        return not all(self._is_named(package) for package in self.packages(scenario))

    def _is_named(self, package: Package) -> bool:
        return package.name == NOTHING or package.name in self.city.packages


def _read(path: Path) -> Attribution | None:
    """Return an attribution; None where there is none that can be read."""
    try:
        return read_attribution(path)
    except (OSError, InputError):
        return None
