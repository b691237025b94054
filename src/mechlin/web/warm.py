"""Compile before the first question: a year of a city without residents passes through every mechanism."""

from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.warm import compile_now, prepare
from mechlin.report.report import vega_bundle


def warm_up() -> None:
    """Load or compile every mechanism and make the chart library ready; harmless beside runs."""
    prepare()
    compile_now(SCHEDULE)
    vega_bundle()
