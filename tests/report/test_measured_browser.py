"""The page of a measurement in a real browser: offline, in three languages, without script, dark, on a phone, printed."""

import re

import pytest

import mechlin
from mechlin.report.texts import LANGUAGES
from tests.web.conftest import PHONE, barriers

pytestmark = pytest.mark.slow
LOOKS = {
    "en": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
    "nl": {**PHONE, "color_scheme": "dark"},
    "fr": {"viewport": {"width": 1280, "height": 900}},
}
SAID = {"en": "Could not have been seen", "nl": "Kon niet te zien zijn", "fr": "N’aurait pas pu se voir"}
PAGES = 5  # at most, on A4
CHARTS = 4  # the series, the placebo strip, the power curve, the map


@pytest.fixture(scope="module")
def found():
    """Return a figure of one outcome with neighbours set apart and a map."""
    return mechlin.measure("flemish-permits", matters=20.0, rehearsed=30.0, breaks=["2010"])


def test_the_page_is_there_for_everybody(found, browser, tmp_path):
    assert set(LOOKS) <= set(LANGUAGES)
    for code, look in LOOKS.items():
        path = found.to_html(tmp_path / f"{code}.html", code)
        context = browser.new_context(**look, offline=True)
        page = context.new_page()
        asked, wrong = [], []
        page.on("request", lambda r, asked=asked: asked.append(r.url))
        page.on("pageerror", lambda e, wrong=wrong: wrong.append(str(e)))
        page.on("console", lambda m, wrong=wrong: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(path.as_uri())
        assert [u for u in asked if not u.startswith(("data:", path.as_uri()))] == [] and wrong == []
        assert SAID[code] in page.locator(".findings").inner_text(), "the verdict comes first"
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            drawn = [
                box for svg in page.locator("figure svg").all() if (box := svg.bounding_box()) and box["height"] > 60
            ]
            assert len(drawn) == CHARTS, f"{code}: every picture is seen on {media}"
        sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))
        assert 2 <= sheets <= PAGES
        page.emulate_media(media="screen")
        if look.get("java_script_enabled", True):
            assert page.evaluate("document.documentElement.lang") == code
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                "nothing is wider than the screen"
            )
            told = barriers(page)
            assert told == [], f"{code}: {told}"
        context.close()
