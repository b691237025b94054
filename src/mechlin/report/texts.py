"""One catalogue of texts in English, Dutch and French; numbers and dates as each language writes them.

The English sentence is the key (gettext), so what is not yet translated stands in English. Translators edit
``texts/nl.po`` and ``texts/fr.po`` with any of their tools; nothing is compiled.
"""

import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations, Translations

from mechlin.core.clock import MONTHS, month_number

LANGUAGES = {"en": "English", "nl": "Nederlands", "fr": "Français"}


class Language:
    """A language: call it with an English text to have it said."""

    def __init__(self, code: str) -> None:
        """Read the catalogue of the language; English is its own."""
        self.code = code
        self.locale = Locale.parse(f"{code}_BE" if code != "en" else "en")
        self._texts = _catalogue(code)
        self._marks = str.maketrans({",": get_group_symbol(self.locale), ".": get_decimal_symbol(self.locale)})

    def __call__(self, text: str, /, **values: Any) -> str:
        """Return ``text`` in this language, the ``values`` put in place."""
        said = self._texts.gettext(text) if text else ""
        return said.format(**values) if values else said

    def of(self, context: str, text: str) -> str:
        """Return a word in its context: "none" as a size is not "none" as a number."""
        return str(self._texts.pgettext(context, text)) if text else ""

    def has(self, text: str) -> bool:
        """Return whether the text is there in this language."""
        return self.code == "en" or self._texts.gettext(text) != text or text in _same(self.code)

    def marked(self, number: str) -> str:
        """Return a number as written in English with this language's own marks; the digits stay."""
        return number.translate(self._marks)

    def month(self, text: str) -> str:
        """Return "2003-09" as "September 2003"."""
        from datetime import date

        number = month_number(text)
        return format_date(date(number // MONTHS, number % MONTHS + 1, 1), "MMMM y", locale=self.locale)


@cache
def language(code: str) -> Language:
    """Return the language of that code; English for one that is not there."""
    return Language(code if code in LANGUAGES else "en")


def preferred(accepted: str) -> str:
    """Return the first language of an Accept-Language header that is there, else English."""
    asked = [part.partition(";")[0].strip() for part in accepted.split(",")]
    return negotiate_locale([a for a in asked if a], list(LANGUAGES), sep="-") or "en"


def missing(texts: Iterable[str], code: str) -> list[str]:
    """Return which of these texts the language does not have yet."""
    spoken = language(code)
    return sorted({text for text in texts if text and not spoken.has(text)})


@cache
def _messages(code: str) -> Any:
    with (files("mechlin.report") / "texts" / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _same(code: str) -> frozenset[str]:
    """Return the texts that are the same in the language as in English, and are said to be so."""
    return frozenset(m.id for m in _messages(code) if isinstance(m.id, str) and m.id and m.id == m.string)


def _catalogue(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, _messages(code))
    compiled.seek(0)
    return Translations(compiled)


ENGLISH = language("en")
