"""The tutorials are run as they stand: every block of a page in order, in a folder of its own."""

import contextlib
import re
import sys
from pathlib import Path

import pytest

from mechlin import measures

TUTORIALS = Path(__file__).resolve().parents[2] / "docs" / "tutorials"
BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SIMULATING = ("cluster", "first-rehearsal", "package", "results-with-polars")


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Work in an empty folder; measures that a page writes there are found like Mechlin's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(measures, "__path__", [*measures.__path__, str(tmp_path / "src/mechlin/measures")])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("mechlin.measures."):
            del sys.modules[name]
            with contextlib.suppress(AttributeError):
                delattr(measures, name.rpartition(".")[2])


def followed(page):
    """Do what a page says and return the names it has made: write each block with a title to that file, run the rest."""
    names = {"__name__": "tutorial"}
    text = (TUTORIALS / f"{page}.md").read_text(encoding="utf-8")
    for language, title, code in BLOCK.findall(text):
        line = text[: text.index(code)].count("\n")
        if title:
            Path(title).parent.mkdir(parents=True, exist_ok=True)
            Path(title).write_text(code, encoding="utf-8")
        elif language == "python":
            exec(compile("\n" * line + code, f"{page}.md", "exec"), names)
    return names


def test_every_tutorial_is_run():
    assert {p.stem for p in TUTORIALS.glob("*.md")} == {*SIMULATING, "measure", "your-own-city"}


def test_a_measure_of_your_own(at_home):
    names = followed("measure")
    assert names["package"].settings == {"street_keepers": {"start": "2002-01", "keepers": 20}}


def test_your_own_city(at_home, capsys):
    names = followed("your-own-city")
    said = capsys.readouterr().out
    assert names["city"].areas.height == 4 and names["made"].tags["counted"] > 20
    for promised in (
        "above the headings left out",
        "note below the table left out",
        "'Totaal' is the sum",
        "add up to",
        "cut at 35",
    ):
        assert promised in said, promised


def test_the_measure_is_gone_afterwards():
    assert "street_keepers" not in measures.catalogue()


@pytest.mark.slow
@pytest.mark.parametrize("page", SIMULATING)
def test_a_tutorial_that_simulates(page, at_home, capsys):
    names = followed(page)
    assert capsys.readouterr().out
    result = names["result"]
    assert len(result.comparison.pairs) == 4 and (at_home / "report/runs").is_dir()
    if page == "package":
        assert len(names["mistakes"]) >= 3
