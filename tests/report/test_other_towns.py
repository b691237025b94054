"""Other towns beside the modelled difference: what goes with a city, what is refused, and what the page says."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mechlin.city.tables.sources import list_cities, load_city
from mechlin.city.toy import toy_city
from mechlin.core.declare import Card
from mechlin.core.errors import InputError
from mechlin.core.spec import RunResult, RunSpec
from mechlin.evaluation.shipped import shipped
from mechlin.report import measured_numbers, measured_page
from mechlin.report.report import report
from mechlin.report.texts import language
from mechlin.study.city_check import check_beside
from mechlin.study.comparison import Comparison
from mechlin.study.doses_package import doses_of
from mechlin.study.measurement import Missing, Rehearsed
from mechlin.study.other_towns import check_other_towns, differences_of, measured_beside, other_towns, read_other_towns
from mechlin.study.setting import Setting

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

YEARS = np.arange(2001, 2019)
CARDS = {
    "renovations": Card("renovations", "Homes renovated", "homes", "up", headline=True, role="delivered"),
    "poverty": Card("poverty", "Residents in poverty", "share", "down", headline=True),
}


@pytest.fixture(scope="module")
def renovated():
    """Return sixteen pairs in which the package adds 40 homes a year."""
    sides = []
    for package, more in (({"home_renovation": {}}, 40.0), ({}, 0.0)):
        side = []
        for seed in range(1, 17):
            noise = np.random.default_rng(seed).normal(0, 5, YEARS.size)
            spec = RunSpec("mechelen", package=package, seed=seed, version="test")
            series = {"renovations": 160 + more + noise, "poverty": 0.15 + noise / 1000}
            side.append(RunResult(spec, YEARS, series, {}))
        sides.append(side)
    return Comparison.of(*sides, cards=CARDS)


@pytest.fixture(scope="module")
def beside(renovated):
    """Return what other towns did beside these pairs, by indicator."""
    return other_towns(renovated, load_city("mechelen").folder)


@pytest.fixture(scope="module")
def measured():
    """Return the panels of Mechelen without any rehearsal."""
    return measured_beside(load_city("mechelen"), {"renovations": "2016-05-02T12:00:00Z"})


def text_of(c, found, code="en", heading="What other towns did"):
    page = report(c, Setting(city="Mechelen", other_towns=found), code)
    section = page[page.index(heading) : page.index('<h2 id="measures">')]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split()), page


def test_mechelens_report_says_what_other_towns_did(renovated, beside):
    one = beside["renovations"]
    assert one.rehearsed == pytest.approx(40) and one.years == tuple(range(1996, 2019))
    assert one.observed[0] == pytest.approx(130, abs=0.5)  # of the index back to homes, as they were counted
    assert one.found.main.low < one.found.main.effect < one.found.main.high and one.visible > 40
    told, page = text_of(renovated, beside)
    assert "Homes renovated 2001 to 2018 +40" in told and "could not have been seen" in told
    assert "goes with the city for Residents in poverty" in told and "what the package does itself" in told
    near = {gone.town for gone in one.found.panel.left_out if gone.why == "near"}
    assert near == {"Edegem", "Kontich", "Lier", "Puurs-Sint-Amands"} and near.isdisjoint(one.found.panel.donors)
    assert ">other towns</text>" in page and "Statbel&#x27;s open data licence" in page


def test_a_rehearsal_that_ends_early_stands_beside_the_same_years(renovated):
    """What was rehearsed to 2006 is not held against what came to 2018."""
    short = [[replace(r, years=r.years[:6], series={k: v[:6] for k, v in r.series.items()}) for r in side]
             for side in zip(*renovated.pairs, strict=True)]  # fmt: skip
    c = Comparison.of(*short, cards=CARDS)
    one = other_towns(c, load_city("mechelen").folder)["renovations"]
    assert one.years[-1] == 2006 and ("until", {"last": "2006"}) in one.found.panel.notes
    found = measured_beside(load_city("mechelen"), {}, differences_of(c, load_city("mechelen")), until=2006)
    renovations, income = found.evaluations
    assert renovations.panel.labels[-1] == "2006" and income.panel.labels[-1] == "2013", "not rehearsed: all its years"


@pytest.mark.parametrize(
    ("code", "heading"), [("nl", "Wat andere steden deden"), ("fr", "Ce qu’ont fait d’autres villes")]
)
def test_the_section_is_told_in_the_language_of_the_page(renovated, beside, code, heading):
    told, _ = text_of(renovated, beside, code, heading)
    assert "Statistics Belgium" in told, "sources stay as they are written"
    for english in (
        "The table above",
        "most of it",
        "beside other towns",
        "a year",
        "fitted before",
        "is asked",
        "The line of",
    ):
        assert english not in told


def test_what_was_measured_stands_beside_other_towns_without_any_rehearsal(measured):
    one, other = measured.evaluations
    assert (one.outcome.name, other.outcome.name) == ("renovations", "income_per_head") and measured.exploratory
    assert one.panel.start == "2001" and other.panel.start == "2010" and len(measured.origins) == 2
    text = measured_page.page(measured, "en")
    for part in ("The verdicts", "Effects where nothing was done", "What could have been seen", "Where the donors lie",
                 "What would have to be true for this to be wrong?", "a forecast of it was sealed", "Data, plan and method",
                 "Statistics Belgium (Statbel), fiscal statistics"):  # fmt: skip
        assert part in text
    assert measured_beside(toy_city()) is None
    assert "--rehearsed NUMBER" in text and "--doses FILE.csv" in text, "what is missing is said, and how to get it"


def test_what_was_rehearsed_and_delivered_stands_beside_what_was_measured(renovated, tmp_path):
    mechelen = load_city("mechelen")
    (tmp_path / "doses.csv").write_text(
        "programme,parameter,month,planned,delivered\nhome_renovation,homes_per_year,2001-01,100,40\n"
    )
    says = differences_of(renovated, mechelen)
    assert list(says) == ["renovations"] and says["renovations"] == pytest.approx((40.0, 40.0, 40.0))
    found = measured_beside(mechelen, {}, says, doses_of(tmp_path / "doses.csv", mechelen))
    one, other = found.evaluations
    assert one.outcome.rehearsed == pytest.approx(40.0) and one.outcome.dose_share == pytest.approx(0.4)
    assert one.verdict.word == "could not have been seen" and other.outcome.rehearsed is None
    told = replace(found, rehearsed=Rehearsed("As it went", "Nothing", 16, says, 2018))
    text = " ".join(re.sub(r"<[^>]+>", " ", measured_page.page(told)).split())
    assert "As it went, compared with: Nothing. Stored pairs of runs: 16." in text and "not simulated" in text
    assert (
        "+40 (the same in at least four pairs of five)" in text
        and "home_renovation.homes_per_year" in text
        and "40 %" in text
    )
    assert "--doses" not in text and "--rehearsed" not in text
    lacking = replace(found, doses=(), missing=Missing("mechlin rehearse mechelen", "measured/doses.csv"))
    text = measured_page.page(replace(lacking, evaluations=(other,)))
    assert "this command computes it too: mechlin rehearse mechelen" in text and "measured/doses.csv" in text


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_what_a_shipped_city_writes_of_its_panels_is_there_in_every_language(code):
    say = language(code)
    for name in list_cities():
        for b in read_other_towns(load_city(name).folder).values():
            texts = (b.note, "" if b.simulated else b.title)
            assert [text for text in texts if text and not say.has(text)] == []


def test_a_unit_is_told_in_the_language_of_the_page(beside, measured):
    assert " woningen" in measured_numbers.number(89.0, beside["renovations"].found, language("nl"))
    text = measured_page.page(measured, "nl")
    assert ">16.000</text>" in text and ">16,000</text>" not in text, "numbers in charts too"


def test_a_city_without_panels_says_so(renovated, tmp_path):
    assert other_towns(renovated, tmp_path) == other_towns(renovated, None) == {}
    assert "No panel of other towns goes with this city" in text_of(renovated, {})[0]


def test_panels_of_other_towns_move_no_run(tmp_path):
    """They stand in a city's folder and are no part of what names a run."""
    import shutil

    from mechlin.city.tables.sources import _digest

    folder = tmp_path / "mechelen"
    shutil.copytree(load_city("mechelen").folder, folder)
    before = _digest(folder)
    (folder / "other_towns.toml").unlink()
    (folder / "other_towns").mkdir()
    (folder / "other_towns" / "own.csv").write_text("town,year,value\n")
    assert _digest(folder) == before


GOOD = '[renovations]\npanel = "flemish-permits"\nvalue = "index"\ntown = "Mechelen"\nstart = 2001\none = 1.602\n'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[renovations]", "[renovation]"), "row 1, .*the model does not simulate it; did you mean 'renovations'"),
        (("[renovations]", "[renovations]\nsimulated = false"), "row 2, .*the model simulates it"),
        (("start = 2001", 'start = 2001\ntowns = "towns.csv"'), "there is no table 'towns.csv'"),
        (("start = 2001", 'start = 2001\nbetter = "more"'), "better = 'more' is not possible"),
        (("flemish-permits", "flemish-permit"), "row 2, .*did you mean 'flemish-permits'"),
        (("start = 2001", 'start = "2001"'), "row 5, .*is not possible"),
        (("one = 1.602\n", ""), "one is missing"),
        (("one =", "on ="), "did you mean 'one'"),
        (('"Mechelen"', '"Mechlin"'), "'Mechlin' is not in the table.*did you mean 'Mechelen'"),
        (('"index"', '"indx"'), "there is no column 'indx'"),
        (("start = 2001", "start = 1990"), "flemish-permits"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(tmp_path, change, said):
    assert change[0] in GOOD
    (tmp_path / "other_towns.toml").write_text(GOOD.replace(*change))
    with pytest.raises(InputError) as wrong:
        check_other_towns(tmp_path)
    assert re.search(said, str(wrong.value)), str(wrong.value)


def test_what_goes_with_mechelen_is_sound():
    city = load_city("mechelen")
    assert check_beside(city) == []
    asked = read_other_towns(city.folder)
    assert set(asked) == {"renovations", "income_per_head"} and not asked["income_per_head"].simulated
    assert asked["renovations"].source == shipped()["flemish-permits"].source
