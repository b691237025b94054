"""One catalogue of texts in English, Dutch and French for the report and the workbench.

Translators edit ``texts/nl.po`` and ``texts/fr.po`` with any of their tools; see :mod:`mechlin.core.language`.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from mechlin.core import language as spoken
from mechlin.core.errors import UsageError
from mechlin.core.language import LANGUAGES, Language, preferred

__all__ = ["ENGLISH", "LANGUAGES", "Language", "asked", "language", "missing", "preferred"]


@cache
def language(code: str) -> Language:
    """Return the language of that code; English for one that is not there."""
    known = code if code in LANGUAGES else "en"
    return Language(known, [files("mechlin.report") / "texts" / f"{known}.po"])


def asked(code: str) -> Language:
    """Return the language that somebody asks for by its code; raise UsageError where it is not there."""
    if code not in LANGUAGES:
        told = ", ".join(f"{known} ({name})" for known, name in LANGUAGES.items())
        raise UsageError(f"there is no language {code!r}; write {told}")
    return language(code)


def missing(texts: Iterable[str], code: str) -> list[str]:
    """Return which of these texts the language does not have yet."""
    return spoken.missing(texts, language(code))


ENGLISH = language("en")
