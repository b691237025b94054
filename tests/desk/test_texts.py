"""What residents read is there in Dutch and French: templates, what procedures declare, and sentences of letters."""

import pytest

from mechlin.core.language import missing
from mechlin.desk.casework import letters
from mechlin.desk.procedures import catalogue
from tests.desk.said import ROOT, of_procedure, of_source, of_templates


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_pages_for_everybody_are_translated(code):
    texts = of_templates() | of_templates(("today", "case", "retention")) | of_source(ROOT / "casework")
    assert missing(texts, letters.language(code)) == []


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
