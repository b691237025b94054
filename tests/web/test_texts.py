"""One catalogue: English says what the reports say, every text of the page is there in Dutch and French."""

import ast
import io
import re
from pathlib import Path

import numpy as np
import pytest
from babel.messages.extract import extract, extract_python
from jinja2.ext import babel_extract

import mechlin
from mechlin import indicators, measures
from mechlin.core.declare import declared
from mechlin.report import everyday, wording
from mechlin.report.attribution_tables import SHARE_HEADINGS
from mechlin.report.texts import LANGUAGES, language, missing, preferred
from mechlin.study.controls import PILLARS
from mechlin.study.pairs import Effect
from mechlin.web import answers, refusals, view

SOURCE = Path(mechlin.__path__[0])
OTHERS = ["nl", "fr"]  # held whole; another language may have a part, and its pages say which
FIELD = re.compile(r"\{(\w+)\}")


def texts_of_the_page():
    """Return every text that a template or a module of the page says."""
    found = {*view.SPOKEN.values(), *view._STRENGTH.values(), *refusals.FORMS, *answers._TAGS.values()}
    found |= {*SHARE_HEADINGS, *("point", "one", "up", "down")}
    for path in sorted([*(SOURCE / "web" / "page").glob("*.html"), *(SOURCE / "report" / "templates").glob("*.html")]):
        with path.open("rb") as file:
            found |= {text(m) for _, _, m, _ in babel_extract(file, ("say",), (), {})}
    found |= {
        *wording._FORMS.values(),
        *(form for *_, form in wording._BIG),
        *everyday.FORMS,
        wording._MAY_BE_LUCK,
        "points",
        "percentage points",
        "EUR a month",
    }
    report = SOURCE / "report"
    ours = [
        report / name
        for name in ("wording.py", "everyday.py", "where_acted.py", "attribution_tables.py", "other_towns.py")
    ]
    ours += report.glob("measured_*.py")
    for path in [*(SOURCE / "web").glob("*.py"), *(report / "blocks").glob("*.py"), *ours]:
        found |= {text(m[1]) for m in extract(extract_python, io.BytesIO(path.read_bytes()), {"say": None})}
    for path in (SOURCE / "web").glob("workshop*.py"):
        found |= refused_in(path.read_text(encoding="utf-8"))
    return found - {""}


def refused_in(source):
    """Return the sentences with which a module refuses something: they are said where they are caught."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and n.args]
    refusals = [n.args[0] for n in calls if getattr(n.func, "id", "") == "UsageError"]
    return {a.value for a in refusals if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def text(message):
    """Return the text of an extracted call, without the values that are filled in."""
    return (message[0] if isinstance(message, tuple) else message) or ""


def declared_texts():
    """Return what measures and main numbers declare and the page shows."""
    known = measures.catalogue().values()
    doses = [d.param for p in known for d in declared(p.params) if d.name in p.inert]
    main = [i for i in indicators.catalogue().values() if i.headline]
    return {*(p.title for p in known), *(d.doc for d in doses), *(d.unit for d in doses), *(i.title for i in main),
            *(i.unit for i in main)}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_page_is_there(code):
    texts = texts_of_the_page()
    assert len(texts) > 100
    assert missing(texts, code) == [], f"add these to report/texts/{code}.po"


@pytest.mark.parametrize("code", OTHERS)
def test_what_measures_declare_is_there(code):
    assert len(declared_texts()) > 20
    assert missing(declared_texts(), code) == [], f"add these to report/texts/{code}.po"


@pytest.mark.parametrize("code", OTHERS)
def test_words_with_a_context_are_there(code):
    say = language(code)
    words = [("pillar", p) for p in PILLARS] + [("payer", p) for p in wording._PAYERS.values()]
    words += [("band", b) for b in ("none", "pilot", "as it went", "usual", "large", *view._LARGE.values())]
    words += [("strength", s) for s in ("firm", "weak", "assumption")] + [
        ("kind", k) for k in ("investment", "running")
    ]
    words += [("thing", things) for things in everyday.THINGS]
    words += [("enrolled", p.table) for p in measures.catalogue().values()]
    known = {(m.context, m.id) for m in language(code).messages}
    assert [w for w in words if w not in known] == []
    assert say.of("band", "none") != "none"


@pytest.mark.parametrize("code", [*OTHERS, "sv"])
def test_translations_keep_what_is_filled_in(code):
    for message in language(code).messages:
        if message.id:
            assert set(FIELD.findall(message.id)) == set(FIELD.findall(message.string)), message.id
            assert message.string.strip(), message.id


def an_effect(unit, verdict, difference, low, high, span="in 2018"):
    return Effect("x", unit, 2018, span, 1.0, 0.5, difference, low, high, 16, 0, verdict)


CASES = [
    (unit, verdict, *numbers, span)
    for unit in ("share", "persons", "EUR/month", "index", "% proud")
    for verdict, *numbers in (
        ("up", 0.0312, 0.011, 0.05), ("down", -1234.5, -2000.25, -300.0), ("cannot tell", 0.1, -0.2, 0.3),
        ("no change", 0.0, 0.0, 0.0), ("cannot tell", 0.1, np.nan, np.nan),
    )
    for span in ("in 2018", "over 2001 to 2018")
]  # fmt: skip


@pytest.mark.parametrize("code", [*OTHERS, "sv"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_finding_is_said_in_one_language_with_the_digits_of_english(case, code):
    unit, verdict, difference, low, high, span = case
    e, say = an_effect(unit, verdict, difference, low, high, span), language(code)
    ours = [wording.finding("Residents in poverty", e, say), wording.gap(e, say), wording.level(difference, unit, say)]
    english = [wording.finding("Residents in poverty", e), wording.gap(e), wording.level(difference, unit)]
    for told, known in zip(ours, english, strict=True):
        assert re.sub(r"\D", "", told) == re.sub(r"\D", "", known)
    assert not re.search(r"\b(to|with|poverty|exactly|higher|lower|more|fewer|anything)\b", " ".join(ours))


def test_a_finding_in_dutch_and_in_french():
    e = an_effect("share", "down", -0.0123, -0.02, -0.004)
    assert wording.finding("Residents in poverty", e, language("nl")) == (
        "Inwoners in armoede: 1,2 procentpunten lager in 2018 met het pakket (0,4 tot 2,0)"
    )
    assert wording.gap(e, language("nl")) == "−1,2 (−2,0 tot −0,4) punten"
    assert wording.gap(e, language("fr")) == "−1,2 (−2,0 à −0,4) points"


def test_every_language_shows_the_same_digits_of_money():
    """Marks differ, digits do not: rounding is done once."""
    for code in LANGUAGES:
        text = wording.eur(1_234_567_890.0, language(code)) + wording.level(78_268.4, "persons", language(code))
        assert re.sub(r"\D", "", text) == "12378268"
    assert wording.level(78_268.0, "persons", language("nl")) == "78.268"
    assert wording.level(0.1234, "share", language("fr")).replace("\u202f", " ") == "12,3 %"


def test_months_in_words():
    assert [language(c).month("2003-09") for c in ("en", "nl", "fr")] == [
        "September 2003",
        "september 2003",
        "septembre 2003",
    ]


def test_what_is_missing_stands_in_english():
    assert language("nl")("A text that nobody has translated") == "A text that nobody has translated"
    assert (
        wording.name_of("Residents in poverty: age 18 to 34", language("nl")) == "Inwoners in armoede: 18 tot 34 jaar"
    )


@pytest.mark.parametrize(
    ("asked", "given"),
    [("nl-BE,nl;q=0.9", "nl"), ("fr", "fr"), ("de-DE,fr;q=0.4", "fr"), ("", "en"), ("*", "en"), ("xx;;,,", "en")],
)
def test_the_language_asked_for(asked, given):
    assert preferred(asked) == given
