"""Blocks: the same data for the file and the workbench, in one language at a time."""

import re
from dataclasses import replace

import pytest

from mechlin.report.blocks.findings import findings
from mechlin.report.blocks.money import money
from mechlin.report.blocks.people import people
from mechlin.report.blocks.reached import reached
from mechlin.report.blocks.shares import shares
from mechlin.report.report import report
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, LANGUAGES, language
from mechlin.study.attribution import Attribution, Share

from .test_report import EVIL, a_setting

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

TITLES = {"home_renovation": "Renovation"}


def an_attribution(c, verdict="up"):
    names = [n for n in c.indicators if c.effect(n) is not None]
    found = tuple(Share(n, "home_renovation", 1.0, 0.5, 1.5, 0.7, verdict, 10.0, 10.0, "") for n in names)
    return Attribution(
        "toy", "p", "nothing", "2018-12", 4, 8, "all sets", dict(c.cards), TITLES, found, (), (), {}, "0"
    )


def blocks(c, say, titles=TITLES):
    yield findings(c, c.headlines, say, others=True)
    yield money(c, titles, say)
    yield people(c, titles, say)
    yield reached(c, titles, say)
    yield shares(c, an_attribution(c), say)
    yield shares(c, None, say, "mechlin attribute toy --package package.toml", True)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_file_holds_every_block_as_the_workbench_has_it(comparison, code):
    setting = a_setting(attribution=an_attribution(comparison))
    page, say = report(comparison, setting, code), language(code)
    assert f'<html lang="{code}">' in page
    titles = {name: say(title) for name, title in setting.titles.items()}
    for block in (money(comparison, titles, say), reached(comparison, titles, say)):
        assert block_html(block, say) in page
    assert block_html(shares(comparison, setting.attribution, say), say) in page
    assert block_html(findings(comparison, comparison.headlines, say, others=True), say, opened=True) in page


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_a_block_speaks_one_language_and_shows_the_digits_of_english(comparison, code):
    say = language(code)
    for ours, english in zip(blocks(comparison, say), blocks(comparison, ENGLISH), strict=True):
        told, known = block_html(ours, say), block_html(english, ENGLISH)
        assert re.sub(r"\D", "", text_of(told)) == re.sub(r"\D", "", text_of(known))
        assert not re.search(r"\b(the package|the city|over all years|cannot|than)\b", text_of(told), re.I)


def text_of(html):
    return re.sub(r'<[^>]+lang="en".*?</p>|<[^>]+>', " ", html)


def test_nothing_is_claimed_of_a_measure_where_the_whole_effect_cannot_be_told(comparison, build):
    found = shares(build(2), an_attribution(comparison), ENGLISH)
    assert found.tables == () and found.none == () and found.open_
    clear = shares(comparison, an_attribution(comparison, "cannot tell"), ENGLISH)
    assert clear.tables == () and clear.none and clear.open_


def test_too_few_pairs_are_provisional_wherever_findings_are_shown(build):
    for pairs, provisional in ((2, True), (15, True), (16, False)):
        found = findings(build(pairs), build(pairs).headlines, ENGLISH)
        assert found.provisional == provisional and not (provisional and found.told)
        assert bool(found.so_far) == provisional
    assert "Provisional: 2 of 16 pairs" in report(build(2), a_setting())


def test_the_others_are_those_beside_what_is_shown(comparison):
    found = findings(comparison, comparison.headlines, ENGLISH, others=True)
    assert found.others == len(comparison.others) >= len(found.others_told)
    shown = [*comparison.headlines, *comparison.others]
    assert findings(comparison, shown, ENGLISH, others=True).others == 0


def test_what_people_write_stays_text_in_every_block(comparison):
    c = replace(comparison, cards={n: replace(comparison.card(n), title=EVIL) for n in comparison.indicators})
    for block in blocks(c, ENGLISH, {"home_renovation": EVIL}):
        html = block_html(block, ENGLISH)
        assert "<script" not in html and "<img" not in html


def test_a_package_without_costs_says_so(build):
    c = build(2)
    bare = replace(c, pairs=tuple((o, o) for _, o in c.pairs))
    assert "cost nothing" in block_html(money(bare, {}, ENGLISH), ENGLISH)
    assert "Nobody paid anything" in block_html(people(bare, {}, ENGLISH), ENGLISH)
    assert "No measures are on" in block_html(reached(bare, {}, ENGLISH), ENGLISH)
