"""What really happened, beside other towns: a page of its own, where panels of towns go with the city.

Beside it stand what was rehearsed, where pairs of runs are stored, and what was delivered, where `measured/doses.csv` says so.
"""

from dataclasses import replace
from pathlib import Path

from mechlin.core.errors import InputError
from mechlin.evaluation.chain import read as read_register
from mechlin.evaluation.doses import Delivered
from mechlin.evaluation.forecasts import FILE
from mechlin.report.measured_page import page
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair
from mechlin.study.delivered import FOLDER, other_city
from mechlin.study.doses_package import doses_of
from mechlin.study.measurement import Missing, Rehearsed
from mechlin.study.other_towns import differences_of, measured_beside, read_other_towns
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench

_DOSES = "doses.csv"


def has_panels(bench: Bench) -> bool:
    """Whether there is anything to show: panels, or what is wrong with them."""
    folder = bench.city.folder
    try:
        return folder is not None and bool(read_other_towns(folder))
    except InputError:
        return True


def measured_page(bench: Bench, scenario: Scenario, say: Language) -> str:
    """Return the page, or '' where no panel of other towns goes with the city.

    Raises InputError with everything that is wrong with the panels, or with the table of doses.
    """
    if not has_panels(bench):
        return ""
    folder = Path(FOLDER)
    own = not other_city(folder, bench.city)
    sealed = _sealed(folder / FILE) if own else {}
    rehearsed = _rehearsed(bench, scenario)
    came = _came(bench, folder / _DOSES) if own else None
    says, until = (rehearsed.differences, rehearsed.until) if rehearsed else ({}, None)
    found = measured_beside(bench.city, sealed, says, came, until)
    if found is None:
        return ""
    missing = Missing(bench.rehearse_command(scenario), str(folder / _DOSES))
    return page(replace(found, rehearsed=rehearsed, missing=missing), say.code)


def _rehearsed(bench: Bench, scenario: Scenario) -> Rehearsed | None:
    """Return what the pairs say that are stored of a scenario; None where none is. Nothing is computed."""
    pairs = list[Pair]()
    for one, other in bench.specs(scenario):
        with_, without = (bench.pool.store.find(spec.id()) for spec in (one, other))
        if with_ is not None and without is not None:
            pairs.append((with_, without))
    if not pairs:
        return None
    package, against = bench.packages(scenario)
    c = bench.rehearsal(scenario, pairs).comparison
    titles = package.title or package.name, against.title or against.name
    return Rehearsed(*titles, len(pairs), differences_of(c, bench.city), int(c.years[-1]))


def _came(bench: Bench, file: Path) -> Delivered | None:
    return doses_of(file, bench.city) if file.is_file() else None


def _sealed(register: Path) -> dict[str, str]:
    """Return by indicator on which day the first forecast of it was sealed, in the register of this folder."""
    days: dict[str, str] = {}
    for e in read_register(register).entries if register.is_file() else ():
        if e.get("kind") == "sealed":
            days.setdefault(e.get("indicator", ""), e.get("at", ""))
    return days
