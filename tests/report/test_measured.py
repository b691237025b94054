"""What was measured, in words, charts and as a page."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import mechlin
from mechlin.evaluation.evaluate import Outcome, evaluate
from mechlin.evaluation.panel import LeftOut, Panel
from mechlin.evaluation.shipped import shipped
from mechlin.evaluation.verdict import CANNOT, HOLDS, LEANS, NO_LARGER, UNSEEN, WORDS, Reason, Verdict
from mechlin.report import measured_charts as charts
from mechlin.report import measured_numbers as numbers
from mechlin.report import measured_words as words
from mechlin.report.donor_map import donor_map
from mechlin.report.texts import LANGUAGES, language
from mechlin.study.measurement import Measurement

CHANGE = re.compile(r"\b(rises?|rose|falls?|fell|grew|drops?|dropped|increased?|decreased?|higher|lower|more|fewer)\b")


@pytest.fixture(scope="module")
def found():
    return mechlin.measure("proposition-99", matters=5.0, rehearsed=3.0)


@pytest.fixture(scope="module")
def with_everything():
    """Return an evaluation with towns set apart, left out, notes and every kind of reason."""
    rng = np.random.default_rng(1)
    table = 20 + rng.normal(size=(14, 9))
    names = tuple(f"Town {k}" for k in range(14))
    left = (LeftOut("B", "near", "3 km"), LeftOut("C", "gaps", "2003"), LeftOut("D", "constant", "5"),
            LeftOut("E", "shared", "police_zone x"), LeftOut("F", "named", ""))  # fmt: skip
    notes = (("late", {"first": "2001"}), ("hole", {"periods": "2003"}), ("jump", {"at": "2004"}),
             ("merged", {"ended": "G", "began": "H", "at": "2004"}), ("nearest", {"kept": 13, "gone": 4}))  # fmt: skip
    panel = Panel(names, "year", tuple(range(2000, 2009)), table, 6, left, notes, table[1:3] + 1, ("B", "E"))
    return evaluate([(panel, Outcome("y", "A figure", "share", "down"))])[0]


REASONS = [
    Reason("short", {"before": 3, "least": 4}), Reason("few", {"donors": 3, "least": 10}), Reason("fit", {"share": 0.6}),
    Reason("signs", {"effects": [1, -1]}), Reason("fake", {"start": "2004", "method": "did", "p": 0.04, "most": 0.1}),
    Reason("one_out", {"methods": ["did"]}), Reason("equal_sign", {"methods": ["levels"]}),
    Reason("equal", {"methods": ["changes"], "share": 0.01}), Reason("regression", {"p": 0.3, "most": 0.1}),
    Reason("regression_sign", {}), Reason("p_plain", {"p": 0.3, "most": 0.1}), Reason("p_matched", {"p": None, "most": 0.1}),
    Reason("p_matched", {"p": 0.3, "most": 0.1}), Reason("break", {"at": "2004"}), Reason("dose", {"share": 0.2, "least": 0.5}),
    Reason("unseen", {"least": 0.1, "rehearsed": 0.05}), Reason("matters", {}),
    Reason("set", {"matters": 0.1, "low": -0.3, "high": 0.2}),
]  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_verdict_and_reason_can_be_said(with_everything, code):
    say = language(code)
    for word in WORDS:
        better = "" if word == HOLDS else LEANS
        told = with_everything._replace(verdict=Verdict(word, 0.1, better, tuple(REASONS)))
        told = told._replace(outcome=told.outcome._replace(rehearsed=0.05))
        assert len({*words.reasons(told, say)}) == len(REASONS)
        for text in (words.sentence(told, say), words.because(told, say), *words.reasons(told, say),
                     *words.notes(told, say), *words.overturned(told, say)):  # fmt: skip
            assert text and "{" not in text and not re.search(r"\bnan\b|None", text)
            assert not CHANGE.search(words.sentence(told, say))


def test_sentences(found):
    e = found.evaluations[0]
    said = {
        HOLDS: "Cigarettes sold in California after Proposition 99: an effect of −11.1 to −27.3 packs a head and year in "
        "California from 1989 on holds against other towns",
        NO_LARGER: "Cigarettes sold in California after Proposition 99: no effect larger than 5.0 packs a head and year in "
        "California from 1989 on",
        UNSEEN: "Cigarettes sold in California after Proposition 99: an effect of 3.0 packs a head and year, as rehearsed, "
        "could not have been seen in California",
        CANNOT: "Cigarettes sold in California after Proposition 99: cannot tell whether there was an effect in California "
        "from 1989 on",
    }
    for word, text in said.items():
        assert words.sentence(e._replace(verdict=Verdict(word, 5.0, LEANS, ()))) == text


def test_shares_are_told_in_points(with_everything):
    said = words.sentence(with_everything._replace(verdict=Verdict(HOLDS, None, "", ())))
    assert re.search(r"an effect of −?[\d,.]+ to −?[\d,.]+ points in Town 0", said)


def test_whether_an_effect_goes_the_way_that_is_better(found):
    e = found.evaluations[0]
    assert e.outcome.better == "down" and words.wanted(e) == "That is the direction wanted."
    assert "against" in words.wanted(e._replace(outcome=e.outcome._replace(better="up")))
    assert words.wanted(e._replace(outcome=e.outcome._replace(better="neither"))) == ""
    assert words.wanted(e._replace(verdict=Verdict(CANNOT, None, LEANS, ()))) == ""


def test_a_rate_a_head_is_not_rounded_to_nothing(found):
    small = found.evaluations[0]._replace(outcome=Outcome("rate"))
    assert numbers.number(-3.94e-6, small) == "−0.00000394" and numbers.number(0.25, small) == "0.25"
    assert numbers.amount(-3.9e-6, -4.7e-6, 1e-7, small) == "−0.00000390 (−0.00000470 to 0.00000010)"


def test_a_p_is_never_zero():
    assert numbers.p_value(0.004) == "0.004" and numbers.p_value(2 / 39) == "0.051" and numbers.p_value(None) == "–"
    assert numbers.p_value(0.0) == "< 0.001" and numbers.p_value(0.0, language("nl")) == "< 0,001"
    assert numbers.limit_of(0.2) == "0.2" and numbers.limit_of(0.05, language("nl")) == "0,05"


@pytest.mark.slow
def test_charts_hold_the_town_its_lines_and_the_others(found):
    e = found.evaluations[0]
    spec = charts.series(e, sealed="1985-07-01T00:00:00").to_dict()
    assert len({r["town"] for r in spec["layer"][0]["data"]["values"]}) == 38
    assert [layer["data"]["values"][0]["at"] for layer in spec["layer"][1:3]] == [1989, 1985.5]
    rows = [r for layer in spec["layer"] for r in layer["data"]["values"] if r.get("what") == "California, observed"]
    assert rows[0] == {"at": 1970, "value": 123.0, "what": "California, observed"}
    strip = charts.placebo_strip(e).to_dict()
    assert len(strip["layer"][1]["data"]["values"]) == 3 * 38
    curve = charts.power_curve(e).to_dict()
    assert curve["layer"][2]["data"]["values"] == [{"effect": 3.0}], "the rehearsed effect stands in it"
    assert found.plot().to_dict()["layer"]


def test_a_map_of_donors_where_their_places_are_known(with_everything):
    places = {f"Town {k}": (float(k), 2.0 * k) for k in range(10)} | {"B": (9.0, 9.0)}
    rows = donor_map(with_everything, places).to_dict()["layer"][0]["data"]["values"]
    assert len(rows) == 11 and {r["what"] for r in rows} == {"Town 0", "donor", "set apart"}
    assert donor_map(with_everything, {}) is None


def test_names_on_the_map_lie_over_no_other_name(with_everything):
    """Towns in a heap: those that weigh most are named, each beside its circle, as many as there is room for."""
    e, n = with_everything, len(with_everything.panel.donors)
    main = e.main._replace(fit=e.main.fit._replace(weights=np.linspace(1.0, 0.0, n) / np.linspace(1.0, 0.0, n).sum()))
    heap = e._replace(estimates=tuple(main._replace(method=x.method) for x in e.estimates))
    places = {t: (0.3 * (k % 4), 0.2 * (k // 4)) for k, t in enumerate(e.panel.towns)} | {"B": (60.0, 40.0)}
    spec = donor_map(heap, places).to_dict()
    told = spec["layer"][1]["data"]["values"]
    assert 1 < len(told) < n and told[0]["town"] == e.panel.town and e.panel.donors[-1] not in {r["town"] for r in told}
    wide = [spec["layer"][0]["encoding"][axis]["scale"]["domain"] for axis in "xy"]
    points = spec["width"] / (wide[0][1] - wide[0][0])
    assert points == pytest.approx(spec["height"] / (wide[1][1] - wide[1][0])), "a kilometre is as long either way"
    for k, one in enumerate(told):
        for other in told[k + 1 :]:
            far = abs(one["x"] - other["x"]) * points, abs(one["y"] - other["y"]) * points
            assert far[0] > 6 * 5.5 or far[1] > 12


def test_a_table_that_fits_on_a_page_stays_whole_in_print():
    from mechlin.report.markup import table

    assert 'class="scroll whole"' in table("", ["a"], [["1"]] * 12) and "whole" not in table("", ["a"], [["1"]] * 13)


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_holds_everything_and_fetches_nothing(found, tmp_path, code):
    page = found.to_html(tmp_path / "p.html", code).read_text(encoding="utf-8")
    own = page
    assert f'<html lang="{code}">' in page and "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="https?:', own)
    for name in ("verdicts", "figure0", "donors", "wrong", "data"):
        assert f'<h2 id="{name}">' in own
    assert "<script" not in page and own.count('role="img"') == 3
    assert "Apache-2.0 (CausalPy)" in own and "Utah" in own


@pytest.mark.slow
def test_what_people_wrote_is_escaped(found, tmp_path):
    bad = "<script>alert(1)</script>"
    e = found.evaluations[0]
    panel = replace(e.panel, towns=(bad, *e.panel.towns[1:]), left_out=(LeftOut(bad, "named", bad),), source=bad)
    evil = e._replace(panel=panel, outcome=e.outcome._replace(title=bad, unit=bad))
    page = Measurement((evil,), places={}).to_html(tmp_path / "p.html").read_text(encoding="utf-8")
    assert bad not in page and "&lt;script&gt;alert(1)" in page


def test_a_result_like_the_others(found, capsys):
    assert found.to_frame().shape[0] == 3 and found.to_frame()["estimator"].to_list() == ["did", "levels", "changes"]
    assert "<table>" in found._repr_html_() and repr(found).startswith("<Measurement: Cigarettes")
    assert json.loads(found.to_json())["evaluations"][0]["outcome"]["matters"] == 5.0
    found.summary()
    assert capsys.readouterr().out.startswith("LEANS.")


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_panels_that_come_along_speak_every_language(code):
    say = language(code)
    panels = shipped().values()
    missing = [t for s in panels for t in (s.title, s.note, s.unit) if t and not say.has(t) and s.unit != "EUR"]
    assert missing == []


def test_spans_of_periods_hold_no_english_word():
    assert words.left_out_why("gaps", "2003 to 2004, 2009 and 2 more", language("nl")).endswith("2003–2004, 2009 + 2")
