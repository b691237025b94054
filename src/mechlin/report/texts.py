"""One catalogue of texts for each language of the report and the workbench, in the folder ``texts``.

A language is one file there (``sv.po``): put beside the others it can be chosen everywhere, and what it does not say yet
stands in English. Translators edit it with any of their tools; see :mod:`mechlin.core.language`.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from mechlin.core import language as spoken
from mechlin.core.errors import UsageError
from mechlin.core.language import Language, languages_in

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Language",
    "asked",
    "language",
    "missing",
    "part_of",
    "preferred",
    "what_is_missing",
]

_FOLDER = files("mechlin.report") / "texts"
_IN_PART = "About {part} of this page’s texts are in this language; the rest stands in English."
LANGUAGES = languages_in(_FOLDER)


@cache
def language(code: str) -> Language:
    """Return the language of that code; English for one that is not there."""
    known = code if code in LANGUAGES else "en"
    return Language(known, [_FOLDER / f"{known}.po"])


def asked(code: str) -> Language:
    """Return the language that somebody asks for by its code; raise UsageError where it is not there."""
    if code not in LANGUAGES:
        told = ", ".join(f"{known} ({name})" for known, name in LANGUAGES.items())
        raise UsageError(f"there is no language {code!r}; write {told}")
    return language(code)


def preferred(accepted: str) -> str:
    """Return the first language of an Accept-Language header that is there, else English."""
    return spoken.preferred(accepted, LANGUAGES)


@cache
def part_of(code: str) -> float:
    """Return which part of the texts that any catalogue has this language has too, 0 to 1; English is its own."""
    if code == "en":
        return 1.0
    every = {other: {(m.context, m.id) for m in language(other).messages if m.id} for other in LANGUAGES}
    return len(every[code]) / len(set().union(*every.values()))


def what_is_missing(say: Language) -> str:
    """Return, in the language, how much of the texts it has, where some still stand in English; '' where none does."""
    part = part_of(say.code)
    return "" if part >= 1.0 else say(_IN_PART, part=f"{int(100 * part)} %")


def missing(texts: Iterable[str], code: str) -> list[str]:
    """Return which of these texts the language does not have yet."""
    return spoken.missing(texts, language(code))


ENGLISH = language("en")
