"""What residents read is there in Dutch and French: templates, what procedures declare, and sentences of letters."""

import pytest

from mechlin.core.language import missing
from mechlin.desk.casework import letters
from mechlin.desk.casework.state import CORRECTED, PREPARED, SENT_BACK
from mechlin.desk.procedures import catalogue
from mechlin.law import parental_procedure as law
from tests.desk.said import ROOT, of_errors, of_procedure, of_source, of_templates


@pytest.mark.slow
@pytest.mark.parametrize("code", ["nl", "fr"])
def test_pages_for_everybody_are_translated(code):
    texts = of_templates() | of_templates(("today", "case", "retention")) | of_source(ROOT / "casework")
    texts |= {PREPARED, SENT_BACK, CORRECTED}  # what happens to a case besides the steps of its procedure
    assert missing(texts, letters.language(code)) == []


@pytest.mark.parametrize("code", ["nl", "fr"])
@pytest.mark.parametrize("name", sorted(catalogue()))
def test_what_staff_read_of_a_procedure_is_translated(name, code):
    assert missing(of_procedure(catalogue()[name], roles=()), letters.language(code)) == []


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_every_reason_why_something_cannot_be_done_is_translated(code):
    assert missing(of_errors(), letters.language(code)) == []
    assert "a sentence never translated" in {*missing(["a sentence never translated"], letters.language(code))}


def test_a_finished_sentence_is_told_in_the_language_of_whoever_reads_it():
    nl = letters.language("nl")
    assert nl.told("applying begins on 2026-03-02") == "aanmelden begint op 2 maart 2026"
    told = nl.told("'Close' cannot follow on 'closed' in the form '2023': it follows on 'open for applications'")
    assert told == "'Afsluiten' kan niet volgen op 'gesloten' in de vorm '2023': het volgt op 'open voor aanmeldingen'"
    assert (
        nl.told("Nobody wrote this.") == "Nobody wrote this." and letters.language("en").told("applying") == "applying"
    )


def test_what_stands_in_the_way_of_a_fine_is_told_whole():
    nl = letters.language("nl")
    void = "the procedure is void: a lawyer was not asked, mediation was not offered; close it without a fine"
    told = "de procedure is nietig: er werd geen advocaat gevraagd en geen bemiddeling aangeboden; sluit ze af zonder boete"
    assert nl.told(void) == told
    assert (
        missing((*law.EVENTS, *law.STAGES[1:]), nl)
        == missing((*law.EVENTS, *law.STAGES[1:]), letters.language("fr"))
        == []
    )
    told = nl.told("'appeal rejected' cannot follow on 'plan followed' in the form of 2013")
    assert told == "'beroep afgewezen' kan niet volgen op 'plan loopt' in de vorm van 2013"


@pytest.mark.parametrize("code", ["nl", "fr"])
@pytest.mark.parametrize("name", sorted(catalogue()))
def test_what_residents_read_of_a_procedure_is_translated(name, code):
    assert missing(of_procedure(catalogue()[name]), letters.language(code)) == []


@pytest.mark.parametrize("code", ["nl", "fr"])
@pytest.mark.parametrize("place", sorted(p.name for p in (ROOT / "procedures").iterdir() if not p.name.startswith("_")))
def test_sentences_of_letters_are_translated(place, code):
    assert missing(of_source(ROOT / "procedures" / place), letters.language(code)) == []


def test_a_text_that_is_missing_is_found():
    assert missing(["This was never translated."], letters.language("nl")) == ["This was never translated."]
