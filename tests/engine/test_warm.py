"""Compiling beside the first run: a city without residents passes through every mechanism."""

from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.warm import SECOND_HALF, compile_now


def test_a_december_passes_in_a_city_without_residents():
    assert set(SECOND_HALF) < set(SCHEDULE)
    compile_now(SCHEDULE)
