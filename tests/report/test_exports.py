"""What leaves the report carries its message, unit, source and caveat."""

import csv
import io

import pypdf
import pytest

from mechlin.report import exports
from mechlin.report.parts import Page
from mechlin.report.texts import language

from .test_report import a_setting


@pytest.mark.slow
def test_everything_is_written(comparison, tmp_path):
    written = exports.write_exports(comparison, tmp_path, a_setting(), "nl")
    assert {p.name for p in tmp_path.iterdir()} == {"numbers.csv", "pictures", "slides.pdf"}
    assert len(written) == 2 + len(comparison.headlines)
    picture = (tmp_path / "pictures" / "poverty.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) < 500_000
    deck = pypdf.PdfReader(tmp_path / "slides.pdf")
    assert len(deck.pages) == 10
    words = " ".join(page.extract_text() for page in deck.pages)
    assert "Geen voorspelling" in words and "Wat niet te zeggen is" in words


def test_numbers_have_their_units(comparison):
    rows = list(csv.DictReader(io.StringIO(exports.numbers(Page(comparison, a_setting(), language("fr"))))))
    assert len(rows) == len(comparison.effects)
    row = next(r for r in rows if r["indicator"] == "poverty" and r["year"] == "2018")
    e = comparison.effect("poverty")
    assert float(row["difference"]) == pytest.approx(e.difference, rel=1e-5)
    assert row["unit"] and row["verdict"] == language("fr")(e.verdict)


@pytest.mark.slow
def test_slides_of_few_pairs_say_that_they_are_provisional(build):
    page = Page(build(4), a_setting())
    drawn = exports.slides(page)
    assert all("Provisional, 4 of 16 pairs" in slide for slide in drawn)
    assert not any("What gets better".upper() in slide for slide in drawn)


def test_text_that_does_not_fit_is_set_smaller():
    small, large = exports._Drawing(400, 200), exports._Drawing(400, 200)
    small.text("word " * 60, 0, 0, 400, 150)
    large.text("word", 0, 0, 400, 150)
    assert 'font-size="30"' in large.svg() and 'font-size="30"' not in small.svg()
    assert small.svg().count("<text") > 3


@pytest.mark.slow
def test_what_people_wrote_is_escaped_on_a_slide(comparison):
    page = Page(comparison, a_setting(city="<script>", packages={"with": {"title": "<b>"}}))
    assert not any("<script>" in slide or "<b>" in slide for slide in exports.slides(page))
