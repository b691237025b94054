"""The page: whole, offline, honest, and safe whatever people write into a package."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from mechlin.report import charts
from mechlin.report.report import report, write_report
from mechlin.study.setting import Setting
from mechlin.study.shared_out import Attribution, Share

QUESTIONS = [
    "What changed in the city?", "How much of it may the city claim?", "Which measures carried it?",
    "Who paid and who was displaced?", "What did it cost?", "What rests on guesses?",
    "What would have to be true for this to be wrong?",
]  # fmt: skip
EVIL = "</script><script>alert(1)</script>\"'<img src=x onerror=alert(2)>&"


class Reader(HTMLParser):
    """Keeps tags with their attributes, and the text outside scripts and styles."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self._open, self.headings = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if "script" not in self._open and "style" not in self._open:
            self.text.append(data)
            if "h2" in self._open:
                self.headings.append(data)


def squares(n):
    shapes = [[[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]] for i in range(n)]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [s]}} for s in shapes
    ]
    return {"type": "FeatureCollection", "features": features}


def a_setting(**changes):
    seen = {"year": 2015, "value": 0.172, "low": 0.16, "high": 0.18, "source": "survey", "tag": "derived", "note": ""}
    base = Setting(
        "Toytown",
        {"with": {"title": "As it went", "author": "Us", "leaves_out": "schools"}, "without": {"title": "Nothing"}},
        {"home_renovation": "Renovation"}, {"poverty": [seen]}, squares(12), True,
        tuple(f"Area {n}" for n in range(12)),
        "mechlin rehearse toy", "import mechlin",
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture(scope="module")
def page(comparison):
    return report(comparison, a_setting())


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.slow
def test_the_questions_stand_in_order(page):
    assert read(page).headings[:9] == ["The message", "The figures", *QUESTIONS]


@pytest.mark.slow
def test_nothing_is_asked_of_any_network(page):
    for tag, attributes in read(page).tags:
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            value = attributes.get(name) or ""
            assert value == "" or value.startswith("#"), (tag, name, value)
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style
    policy = next(a["content"] for t, a in read(page).tags if a.get("http-equiv"))
    assert "default-src 'none'" in policy and "http" not in policy
    assert "<script" not in page
    assert not re.search(r'(?:href|src)="(?!#)', page)


@pytest.mark.slow
def test_the_message_stands_before_everything_else(page):
    told = [part.strip() for part in read(page).text if part.strip()]
    first = {word: told.index(word) for word in ("What it costs and who pays", "How sure", "The figures", "Annex")}
    assert list(first.values()) == sorted(first.values())


def test_the_report_is_small_enough_to_send(page):
    assert len(page.encode()) < 1_500_000
    assert "tooltip" not in page.lower()


def test_the_page_has_language_headings_and_names_for_its_pictures(page):
    tags = read(page).tags
    assert ("html", {"lang": "en"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 2  # the report and its annex
    drawn = [a for _, a in tags if a.get("role") == "img"]
    assert len(drawn) == 4 + 1 + 2 * 5 + 1 + 2 + 1 and all(a["aria-label"] for a in drawn)
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for t, a in tags if t == "a"]
    assert set(links) <= set(ids) and len(links) == 8


def test_titles_speak_of_change_only_when_it_is_earned(page, comparison):
    text = " ".join(read(page).text)
    assert comparison.effect("poverty").verdict == "cannot tell"
    assert re.search(r"Cannot tell whether the package makes a difference to (one number|\d+ numbers)", text)
    assert "Residents in poverty, in 2018: " in text
    assert not re.search(r"Residents in poverty: [\d.]+ (percentage|points)", text)
    assert re.search(r"Net migration of families: \d+ more over 2001 to 2018 with the package \(\d+ to \d+\)", text)


def test_what_is_not_known_is_said(page):
    text = " ".join(read(page).text)
    for words in (
        "Not worked out for this package",
        "Not a forecast",
        "same random numbers",
        "drawn from the centre point",
        "hold chance only",
    ):
        assert words in text


def test_the_record_is_held_against_the_model(page):
    text = " ".join(read(page).text)
    assert "outside the band" in text and "derived" in text


@pytest.mark.slow
def test_whatever_people_write_stays_text(comparison):
    seen = {"year": 2015, "value": 0.1, "low": None, "high": None, "source": EVIL, "tag": EVIL, "note": EVIL}
    words = {
        "title": EVIL,
        "author": EVIL,
        "leaves_out": EVIL,
        "note": EVIL,
        "name": EVIL,
        "settings": {EVIL: {EVIL: EVIL}},
    }
    setting = a_setting(
        city=EVIL, packages={"with": words, "without": words}, titles={"home_renovation": EVIL}, command=EVIL,
        python=EVIL, observed={"poverty": [seen]}, area_names=(EVIL,) * 12,
    )  # fmt: skip
    plain, evil = read(report(comparison, a_setting())), read(report(comparison, setting))
    for tag in ("script", "img", "style", "iframe"):
        assert sum(t == tag for t, _ in evil.tags) == sum(t == tag for t, _ in plain.tags)
    assert not any(name.startswith("on") for _, attributes in evil.tags for name in attributes)
    assert EVIL in "".join(evil.text)


@pytest.mark.slow
def test_a_page_without_city_record_or_costs(build):
    c = build(2)
    bare = replace(c, pairs=tuple((o, o) for _, o in c.pairs), cards={})
    text = " ".join(read(report(bare, Setting())).text)
    assert "Exactly the same" not in text and "exactly 0" in text and "cost nothing" in text


@pytest.mark.slow
def test_the_page_appears_whole_or_not_at_all(comparison, tmp_path, monkeypatch):
    path = write_report(comparison, tmp_path / "deep" / "report.html", a_setting())
    before = path.read_bytes()
    monkeypatch.setattr("mechlin.report.report.report", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(comparison, path, a_setting())
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_charts_are_drawn_by_vega(comparison):
    import vl_convert

    drawings = [
        comparison.plot("poverty"), charts.costs(comparison, {}),
        charts.area_map(comparison, "areas.population", squares(12), [str(n) for n in range(12)], "difference"),
    ]  # fmt: skip
    for drawing in drawings:
        spec = drawing.to_dict()
        spec["width"] = 400
        svg = vl_convert.vegalite_to_svg(spec)
        assert svg.startswith("<svg") and "NaN" not in svg


def test_a_chart_shows_three_references(comparison):
    rows = a_setting().observed["poverty"]
    text = json.dumps(charts.lines(comparison, "poverty", rows).to_dict())
    assert all(f'"{world}"' in text for world in (charts.WITH, charts.WITHOUT, charts.OBSERVED))
    assert '"value": 17.2' in text


def test_grey_areas_are_those_in_which_nobody_can_tell(comparison):
    spec = charts.area_map(
        comparison, "areas.population", squares(12), [str(n) for n in range(12)], "difference"
    ).to_dict()
    text = json.dumps(spec)
    assert "null" in text
    features = spec["data"]["values"]["features"]
    shown = np.array([[v is not None for v in f["properties"]["v"]] for f in features]).T
    np.testing.assert_array_equal(shown, comparison.area_effect("areas.population")["clear"])


@pytest.mark.slow
def test_an_effect_that_cannot_be_told_is_not_shared_out(comparison):
    """A measure's share may look clear over its own worlds; of an effect that the page calls unclear nothing is claimed."""
    verdicts = {n: e.verdict for n in comparison.indicators if (e := comparison.effect(n)) is not None}
    clear = next(n for n, word in verdicts.items() if word in ("up", "down"))
    unclear = next(n for n, word in verdicts.items() if word == "cannot tell")
    cards = {n: replace(comparison.card(n), title=f"Card of {n}") for n in (clear, unclear)}
    shares = tuple(Share(n, "home_renovation", 1.0, 0.5, 1.5, 0.7, "up", 10.0, 10.0, "") for n in (clear, unclear))
    found = Attribution("toy", "p", "nothing", "2018-12", 4, 8, "all sets", cards, {}, shares, (), (), {}, "0")
    text = report(comparison, a_setting(attribution=found))
    assert f"<h3>Card of {clear}</h3>" in text and f"<h3>Card of {unclear}</h3>" not in text
    assert f"cannot be told whether the package as a whole moved them: Card of {unclear}." in text


@pytest.mark.slow
def test_doses_that_are_claims_are_told_with_what_hangs_on_them(build):
    """Families stay as the dose says, in every set of beliefs; of a dose drawn by luck nothing is said to hang on it."""
    c = build(16)
    moved = np.array(
        [w.series["net_migration.families"].sum() - o.series["net_migration.families"].sum() for w, o in c.pairs]
    )
    by_belief = moved.reshape(-1, 2).mean(axis=1)
    follows = np.repeat(np.linspace(0.5, 1.4, 8)[np.argsort(np.argsort(by_belief))], 2)
    page = report(doubted(c, follows), a_setting())
    assert "Doses that are claims" in page and "0.5 to 1.5 times" in page
    assert "by how large “renovations with a grant” of “Renovation” really was" in page
    luck = np.repeat(np.random.default_rng(1).uniform(0.5, 1.4, 8), 2)
    assert "No headline effect visibly hangs on a claimed dose" in report(doubted(c, luck), a_setting())
    assert "Doses that are claims" not in report(c, a_setting())


def doubted(c, times):
    doubt = {"home_renovation": {"homes_per_year": {"2003-01": 10.0}, "doubt": {"homes_per_year": [0.5, 1.5]}}}
    return replace(c, pairs=tuple(
        (replace(w, spec=replace(w.spec, package={"home_renovation": {"homes_per_year": {"2003-01": 10.0 * t}}},
                                 asked={"package": doubt})), o)
        for t, (w, o) in zip(times, c.pairs, strict=True)
    ))  # fmt: skip
