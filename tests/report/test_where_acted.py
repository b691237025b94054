"""Where each measure acted, on the map of the page; and who paid for it."""

import re
from dataclasses import replace

import pytest

from mechlin.core.errors import UsageError
from mechlin.report import where_acted
from mechlin.report.blocks.acted import acts_by
from mechlin.report.blocks.people import people
from mechlin.report.parts import Page
from mechlin.report.report import report
from mechlin.report.texts import ENGLISH
from mechlin.study.setting import Setting

from .test_report import a_setting


def test_where_a_measure_acted_is_the_median_over_runs(build):
    c = build(3)  # seeds 1, 2, 3: pulls of 0.5, 1.0 and 1.5 in every third area
    acted = c.acted("home_renovation")
    assert acted.shape == (18, 12) and c.acting() == ("home_renovation", "service_tenancy")
    assert acted[1].tolist() == [0.0] * 12
    assert acted[5].tolist() == [0.0, 1.0, 2.0] * 4
    assert c.acting("without") == ()
    with pytest.raises(UsageError, match="home_renovation"):
        c.acted("home_renovations")


def test_areas_in_which_it_did_nothing_are_grey(comparison):
    page = where_acted.acted_maps(Page(comparison, a_setting()))
    colours = re.findall(r'<use href="#area\d+" fill="(#\w+)">', page)
    assert [colour == "#9aa0a6" for colour in colours] == [True, False, False] * 4


def test_what_the_number_means_comes_from_the_lever():
    unit, meaning = acts_by("visible_patrol")
    assert unit == "full-time" and "Officers" in meaning
    assert acts_by("family_therapy") == ("city", "How many take part")
    assert acts_by("no_such_measure")[0] == ""


@pytest.mark.slow
def test_the_page_shows_where_and_says_nowhere(comparison):
    page = report(comparison, a_setting(titles={"home_renovation": "Renovation", "service_tenancy": "Service"}))
    assert "Where each measure acted" in page and "Service: nowhere." in page and "8 of 12 areas" in page
    assert sum("Map: where Renovation acted" in label for label in re.findall(r'aria-label="(.*?)"', page)) == 1
    assert "Where each measure acted" not in report(comparison, Setting())


def test_who_paid_for_what(build):
    c = build(1)  # seed 1 adds 100 euros to each row; 18 years
    found = people(c, {"home_renovation": "Renovation"}, ENGLISH)
    assert found.by_measure[0] == ("Renovation", "EUR 16.2 million", "EUR 0", "EUR 43.2 million")
    assert found.payers == ("the city", "the region", "the residents")
    bare = replace(c, pairs=tuple((replace(o, ledger=()), o) for _, o in c.pairs))
    assert people(bare, {}, ENGLISH).by_measure == ()
