"""Rehearse a package: many cities of the same people, each lived twice, with the package and without."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mechlin import measures
from mechlin.city.tables.geography import area_shapes
from mechlin.city.tables.model import City
from mechlin.city.tables.standing import standing
from mechlin.core.errors import whole_number
from mechlin.core.files import check_place
from mechlin.core.places import data_home
from mechlin.core.spec import RunResult, RunSpec
from mechlin.engine.cards import cards_of
from mechlin.engine.package import NOTHING, Package, Source, read_package
from mechlin.evaluation.observed import in_unit, placed
from mechlin.runs.cluster import executor_at
from mechlin.runs.ensemble import run_all
from mechlin.runs.store import Store
from mechlin.study import pages
from mechlin.study.asked import UNTIL, checked
from mechlin.study.city_check import city_doubts
from mechlin.study.comparison import Comparison
from mechlin.study.delivered import NAME as DELIVERED
from mechlin.study.draws import Draws, draws_of
from mechlin.study.household import HOUSEHOLD_FILE, HouseholdStory, read_household
from mechlin.study.levels import solved_levels
from mechlin.study.other_towns import other_towns
from mechlin.study.pairs import Effect
from mechlin.study.results import Result
from mechlin.study.setting import Setting
from mechlin.study.shared_out import ATTRIBUTION_FILE, Attribution, read_attribution
from mechlin.study.turning import REACTIONS_FILE, Reaction, read_reactions
from mechlin.study.worlds import KINDS, SEEDS_MAX, World, fixed, kinds, model_stamp, spec_of, worlds

if TYPE_CHECKING:
    import altair

OTHER_CITIES = "other-cities"  # the package of what cities like this one usually did


@dataclass(frozen=True, repr=False)
class Rehearsal(Result):
    """A comparison of a city with and without a package, and everything needed to make it again.

    ``usual`` compares the package with what other cities did, where that goes with the city.
    """

    comparison: Comparison
    city: City
    package: Package
    against: Package
    specs: tuple[RunSpec, ...]
    until: str = UNTIL
    out: Path | None = None
    seed: int = 1
    vary: str = "all"
    numbers: Mapping[str, float] = field(default_factory=dict)
    usual: Comparison | None = None

    def effect(self, indicator: str, year: int | None = None) -> Effect | None:
        """Return what is to be said about an indicator; see :meth:`Comparison.effect`."""
        return self.comparison.effect(indicator, year)

    def sentence(self, indicator: str, year: int | None = None) -> str:
        """Return the finding about an indicator as one sentence with its doubt."""
        return self.comparison.sentence(indicator, year)

    def line(self) -> str:
        """Return the rehearsal in one line."""
        return f"{self.package.name} against {self.against.name}; {self.comparison.line()}"

    def records(self) -> list[dict[str, Any]]:
        """Return every effect as a row."""
        return self.comparison.records()

    def series_frame(self, *indicators: str) -> pl.DataFrame:
        """Return the series of each run as a Polars frame; see :meth:`Comparison.series_frame`."""
        return self.comparison.series_frame(*indicators)

    def _repr_html_(self) -> str:
        """Return the findings as a notebook shows them."""
        return self.comparison._repr_html_()

    def summary(self, *indicators: str) -> None:
        """Print the findings: a table on a terminal, plain text in a pipe."""
        self.comparison.summary(indicators or None)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return every effect as a row."""
        return self.comparison.to_rows()

    def to_json(self) -> str:
        """Return everything as JSON: what the city's figures are worth first.

        ``against_usual`` holds the headline effects against what other cities did.
        """
        worth = standing(self.city)
        city: dict[str, Any] = {
            "name": self.city.name,
            **worth.to_row(),
            "borrowed": list(worth.borrowed),
            "donors": list(worth.donors),
        }
        levels = solved_levels(self.city)
        city["levels"] = {"solved": levels.values, "counted": levels.counted, "found": levels.found}
        told = {"city": city, "doubts": list(self.doubts), **json.loads(self.comparison.to_json())}
        if self.usual is not None:
            told["against_usual"] = self.usual.headline_rows()
        return json.dumps(told, indent=1, allow_nan=False)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What about the city belongs above the findings, a sentence each."""
        return city_doubts(self.city, self.comparison.years[-1])

    def plot(self, indicator: str) -> "altair.LayerChart":  # type: ignore[override]
        """Return a chart of an indicator: with, without, and what was observed."""
        chart: altair.LayerChart = pages.maker("lines")(self.comparison, indicator, self.observed.get(indicator, ()))
        return chart

    def to_html(self, path: str | Path, language: str = "en") -> Path:
        """Write the report as one page that works offline, in English ("en") or in "nl", "fr" or "sv"."""
        return pages.write("report", Path(path), self.comparison, self.setting(), language)

    def export(self, folder: str | Path, language: str = "en") -> tuple[Path, ...]:
        """Write the numbers with their units, a picture of each figure and ten slides into a folder, and return them."""
        written: tuple[Path, ...] = pages.maker("exports")(self.comparison, Path(folder), self.setting(), language)
        return written

    @property
    def observed(self) -> dict[str, list[dict[str, Any]]]:
        """What was observed in the city, by the indicator that simulates it, in its unit."""
        history = self.city.history.with_row_index("row", offset=2)
        found = placed(history, self.city, self.comparison.cards, "history.csv").rows
        return {name: in_unit(rows) for name, rows in found.items() if name in self.comparison.indicators}

    def setting(self) -> Setting:
        """Return what the report says beside the runs."""
        shapes, drawn_from_points = area_shapes(self.city)
        command, python = self._again()
        return Setting(
            city=self.city.title,
            packages={"with": self.package.__dict__, "without": self.against.__dict__},
            titles={n: p.title for n, p in measures.catalogue().items()},
            observed=self.observed,
            shapes=shapes,
            drawn_from_points=drawn_from_points,
            area_names=self.city.area_labels,
            backgrounds=self.city.backgrounds,
            command=command,
            python=python,
            standing=standing(self.city),
            doubts=self.doubts,
            reactions=self._reactions(),
            attribution=self._attribution(),
            draws=self._draws(),
            usual=self.usual,
            household=self._household(),
            other_towns=other_towns(self.comparison, self.city.folder),
        )

    def _draws(self) -> Draws | None:
        """Return the draws that the worlds of this rehearsal were taken from, where its package is that of the record."""
        found = draws_of(self.city)
        taken = found and kinds(self.vary) == KINDS and not self.numbers and found.model == model_stamp()
        return found if found and taken and found.package == self.package.name else None

    def _again(self) -> tuple[str, str]:
        """Return the command and the Python that make this rehearsal again; no command where none can.

        What is not a package of the city's own is written out as settings; the command line has neither these nor seeds.
        """
        sides = {"package": self.package, "against": self.against}
        named = {side: package.name for side, package in sides.items() if self._is_named(package)}
        runs, name = len(self.comparison.pairs), self.city.name
        given = {side: named.get(side, package.settings) for side, package in sides.items()}
        asked: dict[str, Any] = {**given, "runs": runs, "until": self.until}
        words = ["mechlin", "rehearse", name, *(w for side in named for w in (f"--{side}", named[side]))]
        words += ["--until", self.until, "--runs", str(runs)]
        if self.vary != "all":
            asked["vary"] = self.vary
            words += ["--vary", self.vary]
        if self.numbers:
            asked["numbers"] = dict(self.numbers)
            words += [w for number, value in self.numbers.items() for w in ("--set", f"{number}={value:g}")]
        if self.seed != 1:
            asked["seed"] = self.seed
        told = ", ".join(f"{key}={value!r}" for key, value in asked.items())
        command = shlex.join(words) if len(named) == len(sides) and self.seed == 1 else ""
        return command, f"import mechlin\nresult = mechlin.rehearse({name!r}, {told})"

    def _is_named(self, package: Package) -> bool:
        """Whether the city, or the folder of what was measured, has this very package under its name."""
        if package.name == DELIVERED and DELIVERED not in self.city.packages:
            return True
        if package.name != NOTHING and package.name not in self.city.packages:
            return False
        return read_package(package.name, self.city.packages, measures.catalogue()).settings == package.settings

    def _reactions(self) -> tuple[Reaction, ...]:
        """Return how findings about this package react to numbers, where a screening of this model goes with the city."""
        found = read_reactions(self.city.folder / REACTIONS_FILE) if self.city.folder else []
        return tuple(r for r in found if (r.package, r.model) == (self.package.name, model_stamp()))

    def _attribution(self) -> Attribution | None:
        """Return how the effect was shared out before, beside the runs or with the city; of these settings and beliefs."""
        for folder in (self.out, self.city.folder):
            found = read_attribution(folder / ATTRIBUTION_FILE) if folder else None
            asked = (self.package.settings, self.against.name, model_stamp())
            if found and (found.settings, found.against, found.model) == asked:
                return found
        return None

    def _household(self) -> HouseholdStory | None:
        """Return the household that was followed before, beside the runs; of this city, these settings and beliefs."""
        found = read_household(self.out / HOUSEHOLD_FILE) if self.out else None
        asked = (self.city.name, json.loads(json.dumps(self.package.settings)), self.against.name, model_stamp())
        return found if found and (found.city, found.settings, found.against, found.model) == asked else None


def rehearse(
    city: City | str | Path = "mechelen",
    package: Source | None = None,
    against: Source = NOTHING,
    runs: int = 16,
    until: str | None = None,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    store: Store | None = None,
    vary: str = "all",
    numbers: Mapping[str, float] | None = None,
    cluster: str | None = None,
    seed: int = 1,
    also: Iterable[Callable[[], object]] = (),
) -> Rehearsal:
    """Rehearse ``package`` in ``city`` and compare it with ``against``, pair by pair.

    A package is a name, a TOML file, or settings by measure ({"cameras": {"cameras": 12}}); unless told it is what
    really went, or the only one that the city has. Another ``seed`` gives other residents and luck.
    ``runs`` pairs, each with residents, luck and beliefs of its own, the same in both worlds; ``vary`` says which of
    "chance", "knowledge" and "structure" differ from pair to pair ("all"), ``numbers`` fixes some in every pair
    ({"transport.factor": 1.0}). ``until`` is the last month ("2018-12"); ``cluster`` the address of a Dask scheduler.
    What ``store`` already holds is not computed again (by default a folder ``runs`` in ``out``, else in the user's
    data folder), so a rehearsal that was stopped goes on where it was. ``progress`` is told how many runs of how
    many are there. ``also`` are checks of the caller's own, each of which raises what is wrong. Raises InputError or
    UsageError with every problem at once.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> cameras = {"cameras": {"start": "2001-06", "cameras": 4}}
    >>> result = mechlin.rehearse(toy_city(600), cameras, runs=2, until="2002-12")
    >>> result.series_frame("population").columns
    ['world', 'pair', 'seed', 'run', 'year', 'indicator', 'value']
    >>> result.comparison.caption()[:17]
    '2 pairs of runs. '
    """
    folder = Path(out) if out else None
    own: list[Callable[[], object]] = [partial(kinds, vary), partial(fixed, World(1, {}, {}), numbers or {})]
    own += [partial(whole_number, "seed", seed, 1, SEEDS_MAX), *also]
    if folder:
        own += [partial(read_attribution, folder / ATTRIBUTION_FILE), partial(read_household, folder / HOUSEHOLD_FILE)]
        own.append(partial(check_place, folder))
    place, one, other, months, until = checked(city, package, against, runs, until, threads, more=own)
    varied = kinds(vary)
    seen = [fixed(world, numbers or {}) for world in worlds(place, runs, varied, seed)]
    sides = [(package.settings, w) for package in (one, other) for w in seen]
    third = _usual(place, one, other)
    sides += [(third.settings, w) for w in seen] if third else []
    specs = [spec_of(place, settings, w, months) for settings, w in sides]
    kept = store or Store((folder or data_home()) / "runs")
    with executor_at(cluster) as executor:
        results = run_all(specs, place, kept, threads, progress, executor)
    with_runs, without_runs, usual_runs = (
        [results[s.id()] for s in specs[n * runs : (n + 1) * runs]] for n in range(3)
    )
    names = [*with_runs[0].series, *with_runs[0].areas]
    cards = cards_of(names, place.backgrounds)
    comparison = Comparison.of(with_runs, without_runs, cards, varied)
    usual = Comparison.of(with_runs, usual_runs, cards, varied) if third else None
    return Rehearsal(
        comparison, place, one, other, tuple(specs[: 2 * runs]), until, folder, seed, vary, numbers or {}, usual
    )


def _usual(city: City, package: Package, against: Package) -> Package | None:
    """Return what other cities did, where it goes with the city and is neither side; a comparison with nothing has it too."""
    if against.name != NOTHING or OTHER_CITIES not in city.packages or package.name in (NOTHING, OTHER_CITIES):
        return None
    return read_package(OTHER_CITIES, city.packages, measures.catalogue(), city)


def one_world(
    city: City,
    package: Source | None,
    runs: int,
    until: str,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    vary: str = "all",
    cluster: str | None = None,
) -> list[RunResult]:
    """Return ``runs`` runs of one package, in the worlds of a rehearsal and in their order."""
    place, one, _, months, _ = checked(city, package, package, runs, until, threads, more=[partial(kinds, vary)])
    specs = [spec_of(place, one.settings, world, months) for world in worlds(place, runs, kinds(vary))]
    with executor_at(cluster) as executor:
        results = run_all(specs, place, store or Store(data_home() / "runs"), threads, progress, executor)
    return [results[spec.id()] for spec in specs]
