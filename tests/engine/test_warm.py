"""Compiling beside the first run: a city without residents passes through every mechanism."""

import logging

from mechlin.engine import warm
from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.warm import SECOND_HALF, compile_now, prepare


def test_a_december_passes_in_a_city_without_residents():
    assert set(SECOND_HALF) < set(SCHEDULE)
    compile_now(SCHEDULE)


def test_where_nothing_can_be_written_it_is_said_once_and_compiled_once(tmp_path, monkeypatch, caplog):
    (tmp_path / "cache").write_text("a file where a folder should be")
    monkeypatch.setenv("MECHLIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(warm, "_UNKEPT", set())
    years = []
    monkeypatch.setattr(warm, "compile_year", lambda: years.append(1))
    monkeypatch.setattr(warm, "_compile_beside", lambda: years.append("in a process that can keep nothing"))
    with caplog.at_level(logging.INFO, logger="mechlin"):
        for _ in range(3):
            prepare()
    assert years == [1] and not warm.is_compiled()
    assert [text.split(" to ")[0] for text in caplog.messages if "written" in text] == ["Nothing can be written"]
