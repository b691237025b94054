"""The message on top: as strong as its interval and no stronger, in things people know, in each language."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mechlin.core.declare import Card
from mechlin.report import everyday
from mechlin.report.blocks.findings import findings
from mechlin.report.blocks.summary import summary
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, language

DIRECTION = re.compile(r"\babout [\d.,]+ %? ?(more|fewer|higher|lower)\b")
OFFENCES = Card("offences", "Offences", "per 100 residents", "down", headline=True)


def with_offences(c, gap):
    """Return the comparison with a rate of offences in which the package makes this difference, by pair."""
    pairs = []
    for (one, other), step in zip(c.pairs, gap, strict=True):
        rate = np.full(one.years.size, 6.0)
        pairs.append(
            tuple(replace(r, series={**r.series, "offences": rate + d}) for r, d in ((one, step), (other, 0.0)))
        )
    return replace(c, pairs=tuple(pairs), cards={**c.cards, "offences": OFFENCES})


def test_a_rate_is_told_as_what_is_counted(build):
    c = with_offences(build(16), np.linspace(-0.6, -0.3, 16))
    (line,) = summary(c, ["offences"], ENGLISH).better
    assert line.text == "about 390 fewer offences a year (270 to 510)"
    assert line.behind == "in 2018; without the package 6.00 per 100 residents, difference −0.45 (−0.59 to −0.31)"


def test_before_all_pairs_are_there_nothing_has_a_direction(build):
    c = with_offences(build(4), np.full(4, -0.5))
    found = summary(c, c.headlines, ENGLISH, others=True)
    assert not (found.better or found.worse or found.moved or found.unclear or found.small or found.others)
    assert len(found.so_far) == len(c.headlines)
    page = block_html(found, ENGLISH)
    assert "Provisional, 4 of 16 pairs" in page and not DIRECTION.search(page)
    assert "What gets better" not in page and "What gets worse" not in page


def test_what_is_the_same_so_far_is_not_called_the_same(build):
    """The first pair moves nothing, the second does: a picture of the page after the first is not wrong."""
    c = with_offences(build(2), np.array([0.0, -0.5]))
    early = replace(c, pairs=c.pairs[:1])
    for names in (["offences"], ["births"]):
        found = summary(early, names, ENGLISH)
        assert not found.small and "exactly 0" in found.so_far[0].text
        assert not findings(early, names, ENGLISH).same and findings(early, names, ENGLISH).so_far


def test_a_number_without_things_to_count_stands_beside_its_unit(build):
    c = with_offences(build(2), np.array([-0.4, -0.5])).only(["offences"])
    (line,) = summary(c, ["offences"], ENGLISH).so_far
    assert line.title == "Offences (per 100 residents)" and line.text == "−0.45 (−0.50 to −0.40)"


@pytest.mark.parametrize("amounts", [[80.4, 15.3, 4.3], [1, 1, 1], [99.6, 0.2, 0.2], [0.0, 0.0], [5]])
def test_parts_of_a_whole_add_up(amounts):
    assert sum(everyday.of_100(amounts)) == (100 if sum(amounts) else 0)


def test_a_direction_is_told_where_there_is_one_and_nowhere_else(build):
    c = with_offences(build(16), np.linspace(-0.6, 0.3, 16))
    found = summary(c, c.headlines, ENGLISH, others=True)
    assert "offences" in {one.indicator for one in found.unclear}
    for side in ("unclear", "small", "so_far"):
        assert not any(DIRECTION.search(one.text) for one in getattr(found, side))
    for one in (*found.better, *found.worse, *found.moved):
        assert c.effect(one.indicator).verdict in ("up", "down")
    known = {"better": found.better, "worse": found.worse}
    for side, lines in known.items():
        for one in lines:
            assert (c.card(one.indicator).better == one.verdict) == (side == "better")


def test_a_package_without_costs_and_a_city_without_residents_are_told(build):
    c = build(16)
    bare = replace(c, pairs=tuple((other, other) for _, other in c.pairs))
    assert summary(bare, ["poverty"], ENGLISH).cost == ("The package costs nothing that the model keeps accounts of.",)
    alone = c.only(["poverty"])
    assert "for each resident" not in " ".join(summary(alone, ["poverty"], ENGLISH).cost)
    assert "for each resident" in " ".join(summary(c, ["poverty"], ENGLISH).cost)


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_the_message_stands_in_one_language_with_the_digits_of_english(build, code):
    c, say = with_offences(build(16), np.linspace(-0.6, -0.3, 16)), language(code)
    told, known = (block_html(summary(c, c.headlines, s, others=True), s) for s in (say, ENGLISH))
    assert re.sub(r"\D", "", told) == re.sub(r"\D", "", known)
    assert not re.search(r"\b(the package|about|fewer|more|without|pairs of|rest on)\b", re.sub(r"<[^>]*>", " ", told))


@pytest.mark.parametrize(
    ("numbers", "form", "said"),
    [
        ((-0.3, -1.8, -0.004), "of 100", "just above 0 to 1.8 fewer of every 100 votes"),
        ((3.0, -10.0, 20.0), "count", "anything from 10 fewer to 20 more votes"),
        ((3.0, 0.4, 20.0), "count", "just above 0 to 20 more votes"),
        ((1.2, 0.1, 4.24), "per cent", "0.1 to 4.2 % higher"),
        ((0.0, float("nan"), float("nan")), "count", ""),
    ],
)
def test_ranges_in_words(numbers, form, said):
    assert everyday.ends(everyday.Known("votes", form, *numbers)) == said
