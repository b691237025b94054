"""Every sentence of the report stands in every language; a language is one catalogue."""

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

import mechlin
from mechlin.core.language import Language
from mechlin.report import everyday, fairness, household_words, votes
from mechlin.report.blocks.summary import summary
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, LANGUAGES, language, missing

REPORT = Path(mechlin.__path__[0]) / "report"
OTHERS = [code for code in LANGUAGES if code != "en"]
_SPEAKS = ("say",)


def said_in(source):
    """Return every text that a module says, within formatted strings too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            first = node.args[0]
            for part in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                if name in _SPEAKS and isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.add(part.value)
    return found - {""}


def texts_of_the_report():
    """Return every text of the report: of its modules, its templates, and what it lists."""
    found = household_words.texts() | set(everyday.FORMS) | {c.heading for c in fairness.COUNTED}
    found |= {*fairness.HOMES, *fairness._FIFTHS.values(), *fairness._AGES.values(), *votes._LISTS.values()}
    for path in [*REPORT.glob("*.py"), *(REPORT / "blocks").glob("*.py")]:
        found |= said_in(path.read_text(encoding="utf-8"))
    for path in (REPORT / "templates").glob("*.html"):
        with path.open("rb") as file:
            found |= {m[0] if isinstance(m, tuple) else m for _, _, m, _ in babel_extract(file, ("say",), (), {})}
    return found - {"", None}


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_the_report_is_there(code):
    texts = texts_of_the_report()
    assert len(texts) > 300
    assert missing(texts, code) == [], f"add these to report/texts/{code}.po"


def test_a_sentence_that_nobody_translated_is_found():
    source = (
        "def told(say):\n    return f'<p>{say(\"Never translated.\")}</p>' + say('Nor this.' if say else 'Nor that.')"
    )
    assert missing(said_in(source), "nl") == ["Never translated.", "Nor that.", "Nor this."]


def test_a_language_is_one_catalogue(comparison, tmp_path):
    """Swedish, made up here from a file of texts alone: what the file has is said, the rest stands in English."""
    catalogue = Catalog(locale="sv")
    for english, swedish in (
        ("What it costs and who pays", "Vad det kostar och vem som betalar"),
        ("How sure", "Hur säkert"),
        ("{title}:", "{title}:"),
        ("Who pays: {payers}.", "Vem betalar: {payers}."),
    ):
        catalogue.add(english, swedish)
    file = tmp_path / "sv.po"
    with file.open("wb") as out:
        write_po(out, catalogue)
    say = Language("sv", [file])
    page = block_html(summary(comparison, comparison.headlines, say), say)
    assert "Vad det kostar och vem som betalar" in page and "Vem betalar: " in page
    assert "What cannot be told" in page  # not in the file yet
    assert "Hur säkert" not in block_html(summary(comparison, comparison.headlines, ENGLISH), ENGLISH)


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_there_twice(code):
    known = [(m.context, m.id) for m in language(code).messages if m.id]
    assert len(known) == len(set(known))
