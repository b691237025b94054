"""Mechlin rehearses a city's approach to segregation, safety and belonging, resident by resident.

    import mechlin
    city = mechlin.load_city("mechelen")
    result = mechlin.rehearse(city, package="as-it-went", against="nothing", runs=16)
    result.summary()

Importing it loads nothing else: each name below is fetched from its module when it is first used.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mechlin.study import pages as _pages

if TYPE_CHECKING:
    from mechlin.city.tables.model import City as City
    from mechlin.city.tables.sources import load_city as load_city
    from mechlin.core.errors import InputError as InputError
    from mechlin.core.errors import MechlinError as MechlinError
    from mechlin.core.errors import Problem as Problem
    from mechlin.core.errors import UsageError as UsageError
    from mechlin.core.spec import RunResult as RunResult
    from mechlin.core.spec import RunSpec as RunSpec
    from mechlin.engine.simulation import run as run
    from mechlin.runs.store import Store as Store
    from mechlin.study.asked import read_package as read_package
    from mechlin.study.attribution import attribute as attribute
    from mechlin.study.backtesting import backtest as backtest
    from mechlin.study.calibration import calibrate as calibrate
    from mechlin.study.comparison import Comparison as Comparison
    from mechlin.study.discovery import discover as discover
    from mechlin.study.household import HouseholdStory as HouseholdStory
    from mechlin.study.household import follow as follow
    from mechlin.study.measurement import Measurement as Measurement
    from mechlin.study.measurement import measure as measure
    from mechlin.study.optimisation import optimise as optimise
    from mechlin.study.register import Forecasts as Forecasts
    from mechlin.study.register import open_forecasts as open_forecasts
    from mechlin.study.rehearsal import Rehearsal as Rehearsal
    from mechlin.study.rehearsal import rehearse as rehearse
    from mechlin.study.sensitivity import screen as screen

_MODULE_OF = {
    "City": "city.tables.model",
    "Comparison": "study.comparison",
    "Forecasts": "study.register",
    "HouseholdStory": "study.household",
    "InputError": "core.errors",
    "Measurement": "study.measurement",
    "MechlinError": "core.errors",
    "Problem": "core.errors",
    "Rehearsal": "study.rehearsal",
    "RunResult": "core.spec",
    "RunSpec": "core.spec",
    "Store": "runs.store",
    "UsageError": "core.errors",
    "attribute": "study.attribution",
    "backtest": "study.backtesting",
    "calibrate": "study.calibration",
    "discover": "study.discovery",
    "follow": "study.household",
    "load_city": "city.tables.sources",
    "measure": "study.measurement",
    "open_forecasts": "study.register",
    "optimise": "study.optimisation",
    "read_package": "study.asked",
    "rehearse": "study.rehearsal",
    "run": "engine.simulation",
    "screen": "study.sensitivity",
}

__all__ = [
    "City",
    "Comparison",
    "Forecasts",
    "HouseholdStory",
    "InputError",
    "Measurement",
    "MechlinError",
    "Problem",
    "Rehearsal",
    "RunResult",
    "RunSpec",
    "Store",
    "UsageError",
    "__version__",
    "attribute",
    "backtest",
    "calibrate",
    "discover",
    "follow",
    "load_city",
    "measure",
    "open_forecasts",
    "optimise",
    "read_package",
    "rehearse",
    "run",
    "screen",
]

_PAGES = {
    "attribution": "attribution_page.write_page",
    "backtest": "backtest_page.write_page",
    "bars": "charts.bars",
    "calibration": "calibration_page.write_page",
    "caption": "wording.caption",
    "exports": "exports.write_exports",
    "household": "household_page.write_page",
    "household summary": "household_page.print_summary",
    "language": "texts.asked",
    "lines": "charts.lines",
    "measured": "measured_page.write_page",
    "measured chart": "measured_charts.series",
    "measured line": "measured_told.line",
    "measured summary": "measured_told.print_summary",
    "measured words": "measured_told.spoken",
    "report": "report.write_report",
    "result": "result_page.write_page",
    "sentence": "wording.sentence",
    "summary": "tables.print_summary",
    "table": "tables.print_table",
}


def _when_asked(module: str, function: str) -> Callable[..., Any]:
    """Return a function of the report that is imported when it is called."""

    def make(*given: Any) -> Any:
        return getattr(import_module(f"{__name__}.report.{module}"), function)(*given)

    return make


_pages.MAKERS.update({name: _when_asked(*place.split(".")) for name, place in _PAGES.items()})


def __getattr__(name: str) -> Any:
    """Fetch a public name from its module, once."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            found: Any = version("mechlin")
        except PackageNotFoundError:
            found = "0"
    elif name in _MODULE_OF:
        found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names; the folders of the package are not among them."""
    return sorted(__all__)
