"""What really happened, beside other towns: a page of its own, where panels of towns go with the city."""

from pathlib import Path

from mechlin.core.errors import InputError
from mechlin.evaluation.chain import read as read_register
from mechlin.evaluation.forecasts import FILE
from mechlin.report.measured_page import page
from mechlin.report.texts import Language
from mechlin.study.delivered import FOLDER
from mechlin.study.other_towns import measured_beside, read_other_towns
from mechlin.web.bench import Bench


def has_panels(bench: Bench) -> bool:
    """Whether there is anything to show: panels, or what is wrong with them."""
    folder = bench.city.folder
    try:
        return folder is not None and bool(read_other_towns(folder))
    except InputError:
        return True


def measured_page(bench: Bench, say: Language) -> str:
    """Return the page, or '' where no panel of other towns goes with the city."""
    found = measured_beside(bench.city, _sealed(Path(FOLDER) / FILE))
    return page(found, say.code) if found else ""


def _sealed(register: Path) -> dict[str, str]:
    """Return by indicator on which day the first forecast of it was sealed, in the register of this folder."""
    days: dict[str, str] = {}
    for e in read_register(register).entries if register.is_file() else ():
        if e.get("kind") == "sealed":
            days.setdefault(e.get("indicator", ""), e.get("at", ""))
    return days
