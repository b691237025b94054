"""Texts in English, Dutch and French from catalogues that translators edit; numbers and dates as each writes them.

The English sentence is the key (gettext), so what is not yet translated stands in English. Nothing is compiled.
"""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations, Translations

from mechlin.core.clock import MONTHS, month_number

LANGUAGES = {"en": "English", "nl": "Nederlands", "fr": "Français"}  # of letters and the desk

_BELGIAN = ("nl", "fr", "de")  # written as in Belgium


class Language:
    """A language: call it with an English text to have it said."""

    def __init__(self, code: str, catalogues: Sequence[Traversable] = ()) -> None:
        """Read the catalogues of the language; English is its own."""
        self.code = code
        self.locale = Locale.parse(f"{code}_BE" if code in _BELGIAN else code)
        self.messages = [m for file in catalogues for m in _messages(file, code)] if code != "en" else []
        self._texts = _compiled(self.messages, code) if self.messages else NullTranslations()
        self._same = frozenset(m.id for m in self.messages if isinstance(m.id, str) and m.id and m.id == m.string)
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
        return self.code == "en" or self._texts.gettext(text) != text or text in self._same

    def joined(self, parts: Iterable[str]) -> str:
        """Return texts one after another, parted as this language does: "a; b", in French "a ; b"."""
        return self("; ").join(parts)

    def marked(self, number: str) -> str:
        """Return a number as written in English with this language's own marks; the digits stay."""
        return number.translate(self._marks)

    def month(self, text: str) -> str:
        """Return "2003-09" as "September 2003"."""
        from datetime import date

        number = month_number(text)
        return format_date(date(number // MONTHS, number % MONTHS + 1, 1), "MMMM y", locale=self.locale)

    def day(self, text: str) -> str:
        """Return "2026-03-09" as "9 March 2026"; nothing for no day."""
        return _day(text, self.locale) if text else ""


@lru_cache(maxsize=4096)  # a list of cases holds the same days over and over
def _day(text: str, locale: Locale) -> str:
    from datetime import date

    return format_date(date.fromisoformat(text), "d MMMM y", locale=locale)


def preferred(accepted: str, known: Iterable[str] = LANGUAGES) -> str:
    """Return the first language of an Accept-Language header that is ``known``, else English."""
    asked = [part.partition(";")[0].strip() for part in accepted.split(",")]
    return negotiate_locale([a for a in asked if a], list(known), sep="-") or "en"


def languages_in(folder: Traversable) -> dict[str, str]:
    """Return English and every language that has a catalogue in the folder, ``nl.po`` for one, each in its own words."""
    codes = sorted(f.name.removesuffix(".po") for f in folder.iterdir() if f.name.endswith(".po"))
    return {"en": "English", **{code: str(Locale.parse(code).get_display_name(code)).capitalize() for code in codes}}


def missing(texts: Iterable[str], spoken: Language) -> list[str]:
    """Return which of these texts the language does not have yet."""
    return sorted({text for text in texts if text and not spoken.has(text)})


def _messages(file: Traversable, code: str) -> list[Any]:
    with file.open("rb") as opened:
        return list(read_po(opened, locale=code))


def _compiled(messages: Iterable[Any], code: str) -> Translations:
    catalogue = Catalog(locale=code)
    for message in messages:
        catalogue[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
