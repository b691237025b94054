"""Everything that is wrong with a city's folder, looked for before anything runs, the same for all commands.

`city/tables` checks the tables that residents are made from. Beside them stand files that only some command or page
reads: the packages, the calibration, the map to the record, how findings react, how an effect was shared out.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mechlin import indicators, measures
from mechlin.city.tables.agreement import unusual
from mechlin.city.tables.check import check_folder, start_year
from mechlin.city.tables.model import BACKGROUND, REQUIRED_SERIES, City
from mechlin.city.tables.reading import Folder
from mechlin.city.tables.sources import city_folder, load_city
from mechlin.core.errors import InputError, Problem, nearest
from mechlin.engine.cards import cards_of
from mechlin.engine.package import read_package
from mechlin.engine.simulation import residents
from mechlin.evaluation.observed import placed
from mechlin.study.calibration_plan import check_calibration
from mechlin.study.draws import problems_in
from mechlin.study.levels import solved_levels
from mechlin.study.other_towns import check_other_towns
from mechlin.study.shared_out import ATTRIBUTION_FILE, read_attribution
from mechlin.study.turning import REACTIONS_FILE, read_reactions


def check_city(name_or_path: str | Path) -> list[Problem]:
    """Return every problem of a city's folder; raise UsageError when there is no such city."""
    folder = Folder(city_folder(name_or_path))
    problems = check_folder(folder)
    if not problems:
        return check_beside(load_city(name_or_path))
    return [*problems, *_beside(folder, None)]


def notes_on(name_or_path: str | Path) -> list[Problem]:
    """Return what a city's folder has that is unusual and was taken in all the same, and how."""
    folder = Folder(city_folder(name_or_path))
    check_folder(folder)
    return [*folder.notes, *unusual(folder, start_year(folder))]


def check_build(city: City) -> list[Problem]:
    """Return the margins of the city's tables that its synthetic residents do not meet: nothing may rest on these."""
    try:
        fit = residents(city, 1).fit
    except InputError as error:
        return list(error.problems)
    return [
        Problem(
            f"the residents built do not fit the table: {m.failed} of {m.cells} areas are off in {m.name} "
            f"({', '.join(m.worst)})",
            file="areas.csv",
            allowed="2 % of each count, 3 % of each income",
            repair="`mechlin city build` shows every margin; correct the columns that contradict one another",
        )
        for m in fit.margins
        if m.failed
    ]


def city_doubts(city: City, last_year: int) -> tuple[str, ...]:
    """Return what about a city belongs above any finding, a sentence each; ``last_year`` is the last one simulated."""
    out = []
    apart = float(city.areas["group_quarters"].sum()) if "group_quarters" in city.areas.columns else 0.0
    if apart:
        out.append(
            f"{apart:,.0f} residents of institutions (prisons, halls of residence, homes for the old) are kept apart: they "
            "are in no household, and no finding is about them."
        )
    ends = {n: max(y) for n in REQUIRED_SERIES if (y := city.series.get(n)) and max(y) < last_year}
    if ends:
        said = ", ".join(f"{name} after {year}" for name, year in sorted(ends.items()))
        out.append(f"Outside series are held at their last value where they end: {said}.")
    if city.schools.is_empty():
        out.append(
            "The city's tables have no schools: nothing is said about them, and measures for schools do nothing."
        )
    return (*out, *solved_levels(city).doubts)


def check_beside(city: City) -> list[Problem]:
    """Return what is wrong in a city's folder beside the tables; those were checked when it was loaded."""
    return _beside(Folder(city.folder), city) if city.folder is not None else []


def _beside(folder: Folder, city: City | None) -> list[Problem]:
    packages = {p.stem: p for p in sorted((folder.path / "packages").glob("*.toml"))}
    return [
        *_mapping(folder),
        *check_calibration(folder.path, folder.table("calibration.csv"), packages),
        *_packages(packages, city),
        *_record(city),
        *_studies(folder.path),
    ]


def _mapping(folder: Folder) -> list[Problem]:
    """Return indicators of the map that are not simulated."""
    groups = [c.removeprefix(BACKGROUND) for c in folder.table("areas.csv").columns if c.startswith(BACKGROUND)]
    known, mapping = indicators.catalogue(groups), folder.table("indicator_map.csv")
    return [
        Problem(
            f"{name!r} is not a simulated indicator",
            file="indicator_map.csv",
            row=row,
            column="simulated",
            nearest=nearest(name, known),
            repair="mechlin list indicators",
        )
        for row, name in enumerate(mapping["simulated"] if "simulated" in mapping.columns else (), 2)
        if name and name not in known
    ]


def _packages(packages: dict[str, Path], city: City | None) -> list[Problem]:
    problems: list[Problem] = []
    for package in packages.values():
        try:
            read_package(package, {}, measures.catalogue(), city)
        except InputError as error:
            problems += [replace(p, file=f"packages/{package.name}") for p in error.problems]
    return problems


def _record(city: City | None) -> list[Problem]:
    """Return observations that cannot be for the indicator that simulates them."""
    if city is None:
        return []
    cards = cards_of(indicators.catalogue(city.backgrounds), city.backgrounds)
    return placed(city.history.with_row_index("row", offset=2), city, cards, "history.csv").problems


def _studies(folder: Path) -> list[Problem]:
    """Return what is wrong with what studies left for the page."""
    problems = problems_in(folder)
    checks: tuple[tuple[Callable[[Path], object], Path], ...] = (
        (read_reactions, folder / REACTIONS_FILE),
        (read_attribution, folder / ATTRIBUTION_FILE),
        (check_other_towns, folder),
    )
    for check, place in checks:
        try:
            check(place)
        except InputError as error:
            problems += error.problems
    return problems
