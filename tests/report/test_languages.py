"""Every sentence of the report stands in every language; a language is one catalogue."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

import mechlin
from mechlin import indicators, measures
from mechlin.city.tables.sources import load_city
from mechlin.core.declare import declared
from mechlin.core.language import Language
from mechlin.engine.cards import cards_of, guesses, mechanism_names, said
from mechlin.evaluation.shipped import shipped
from mechlin.evidence.registry import evidence
from mechlin.indicators.shared.backgrounds import called
from mechlin.report import everyday, fairness, household_words, notes, record, texts, votes, wording
from mechlin.report.blocks.acted import acts_by
from mechlin.report.blocks.summary import summary
from mechlin.report.definitions import definition_of
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, LANGUAGES, language, missing, part_of, what_is_missing

REPORT = Path(mechlin.__path__[0]) / "report"
OTHERS = ["nl", "fr"]  # held whole; another language may have a part, and its pages say which
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


class Listening:
    """A language that remembers what it was asked for and does not have."""

    def __init__(self, code):
        self.say, self.missed = language(code), set()

    def __getattr__(self, name):
        return getattr(self.say, name)

    def __call__(self, text, /, **values):
        self.missed |= set(missing([text], self.say.code))
        return self.say(text, **values)


def declared_in_the_report():
    """Return what measures, mechanisms and indicators declare and the annex says."""
    names, cards = list(measures.catalogue()), known_cards()
    listed = guesses(names)
    found = {said(name, word) for name in names for word in ("Who", "What", "Costs", "Doubt", "Expect")}
    found |= {text for e in evidence().values() for text in (e.finding, *re.split("; |, ", e.place))}
    found |= {e.source for e in evidence().values() if said_in_words(e.source)}
    found |= {text for panel in shipped().values() for text in (panel.title, panel.note)}
    found |= {said(name, "Leaves out") for name in mechanism_names()} | {
        g.owner for g in listed if g.owner not in names
    }
    found |= {text for g in listed for text in (g.meaning, g.unit)}
    found |= {d.param.doc for p in measures.catalogue().values() for d in declared(p.params)}
    found |= {text for name in names for text in acts_by(name)} | {c.unit for c in cards}
    found |= {c.elsewhere.where for c in cards if c.elsewhere}
    found |= {c.source for c in cards}
    return {*found, *notes.FORMS, *record.TAGS.values()} - {""}


NAMES = (
    "school in zicht, historiek|journal of school choice|nber 26834|^[a-z-]+\\.(be|org) [\\w ,]+$|bertelsmann-stiftung"
)


OURS = (
    r"judge|memory|by hand|as (reported|quoted)|size is set|\bour |own service|registered offences|press profiles|same order|"
    "from the labour|against it|as in the rules|as told|in known areas|registered suspects|house prices|on the woon|city of"
)


def said_in_words(source):
    """Return whether a source is words of ours ("Judgement from ...") rather than a work with its year, or a name."""
    ours = re.search(OURS, source, re.I)
    return bool(ours or not re.search(rf"\b(19|20)\d\d\b|{NAMES}", source, re.I))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Judgement", True), ("Smith 2010, West European Politics; size by judgement", True), ("Statbel building permits", True),
        ("Krueger 1999, QJE 114:497", False), ("waaskrant.be 12350", False), ("hln.be a582923c, acf514d5", False),
        ("gva.be dmf20170919_03082466 (the community worker)", True),
    ],
)  # fmt: skip
def test_a_source_is_words_or_a_work(source, words):
    assert said_in_words(source) == words


def known_cards():
    """Return the cards of every indicator of the city that goes with Mechlin."""
    city = load_city("mechelen")
    return list(cards_of(list(indicators.catalogue(city.backgrounds)), city.backgrounds).values())


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


@pytest.mark.slow
@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_the_report_is_there(code):
    texts = texts_of_the_report()
    assert len(texts) > 300
    assert missing(texts, code) == [], f"add these to report/texts/{code}.po"


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_declared_and_stands_in_the_annex_is_there(code):
    texts = declared_in_the_report()
    assert len(texts) > 400
    assert missing(texts, code) == [], f"add these to report/texts/{code}.po"


@pytest.mark.parametrize("code", LANGUAGES)
def test_how_a_source_was_read_and_used_is_said_in_every_language(code):
    say, known = language(code), evidence().values()
    words = (
        {("size", e.size) for e in known}
        | {("read", e.read) for e in known}
        | {("strength", e.strength) for e in known}
    )
    assert len(words) > 10
    assert code == "en" or [w for w in sorted(words) if say.of(*w) == w[1]] == []


@pytest.mark.parametrize("path", sorted(Path(mechlin.__path__[0]).rglob("*fr.po")), ids=lambda path: path.name)
def test_french_marks_are_not_parted_from_their_words_at_the_end_of_a_line(path):
    with path.open("rb") as file:
        said = [m.string for m in read_po(file) if m.id]
    texts = [text for m in said for text in ([m] if isinstance(m, str) else m)]
    assert len(texts) > 20
    assert [t for t in texts if re.search(r"« | [;:!?%»](?!\w)|\w[;!?](?=\s|$)", t)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_part_of_every_title_and_definition_is_there(code):
    say = Listening(code)
    for card in known_cards():
        wording.name_of(card.title, say)
        definition_of(card.numerator, say)
        definition_of(card.denominator, say)
    assert sorted(say.missed) == [], f"add these to report/texts/{code}.po"


def test_a_title_of_which_one_part_is_missing_is_found():
    say = Listening("nl")
    assert wording.name_of("Fines on parents, background of nowhere", say).startswith("Boetes voor ouders, ")
    assert say.missed == {"of nowhere"}


def test_a_definition_of_which_one_part_is_missing_is_found():
    say = Listening("nl")
    told = definition_of("stops of residents of background Atlantis in the year", say)
    assert told == "controles van inwoners, herkomst Atlantis in het jaar" and say.missed == {"Atlantis"}
    assert definition_of("sum over adults of openness, 0 to 1", say) == "som over volwassenen van openheid, 0 tot 1"
    assert definition_of("residents 20 to 29 at the end of the year", language("fr")) == (
        "habitants, de 20 à 29 ans à la fin de l’année"
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("maghreb", "Maghreb"),
        ("eu", "EU"),
        ("other", "other"),
        ("north_africa", "North Africa"),
        ("majority", "majority"),
    ],
)
def test_a_background_is_written_as_a_name(code, told):
    assert called(code) == told
    titles = [i.title for i in indicators.catalogue((code,)).values() if f"background {told}" in i.title]
    assert titles and all("background" not in wording.name_of(t, language("nl")) for t in titles)


@pytest.mark.parametrize("code", [*OTHERS, "sv"])
def test_a_finding_keeps_its_numbers(code):
    """Numbers are written with the language's own marks: only their digits are compared, whatever their order."""
    others = {m.id: m.string for m in language(code).messages if m.id and isinstance(m.id, str)}
    findings = [e.finding for e in evidence().values()]
    for english in findings:
        assert digits(others.get(english, english)) == digits(english), english


def digits(text):
    return sorted(d for d in text if d.isdigit())


def test_a_note_is_said_in_the_language():
    note = "Cameras in public space: touched nobody, because its settings give no places. (In 2 of 16 pairs.)"
    told = notes.note_of(note, language("nl"))
    assert told.startswith("Camera’s in de openbare ruimte: bereikte niemand") and told.endswith("(In 2 van 16 paren.)")
    assert notes.note_of(note, ENGLISH) == note and notes.note_of("Another.", language("fr")) == "Another."


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


def test_swedish_is_a_fourth_language_and_one_file(comparison):
    say = language("sv")
    assert LANGUAGES["sv"] == "Svenska" and part_of("sv") > 0.98
    page = block_html(summary(comparison, comparison.headlines, say), say)
    assert "Vad det kostar och vem som betalar" in page and "What cannot be told" not in page


def test_a_page_says_how_much_of_it_is_translated(monkeypatch):
    assert what_is_missing(ENGLISH) == "" and what_is_missing(language("nl")) == ""
    monkeypatch.setattr(texts, "part_of", lambda code: 0.417)
    assert what_is_missing(language("sv")) == "Omkring 41 % av sidans texter är på svenska; resten står på engelska."


@pytest.mark.parametrize("code", [*OTHERS, "sv"])
def test_no_translation_is_there_twice(code):
    known = [(m.context, m.id) for m in language(code).messages if m.id]
    assert len(known) == len(set(known))
