"""Finished English sentences in another language: what stands in the way of a step, and what is wrong with an answer.

Such sentences are made where something is refused, with what it is about already in them. A catalogue holds their
patterns ("applying begins on {day}"); whoever reads them on a page gets them in their own language.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from importlib.resources.abc import Traversable

from mechlin.core.language import Language

_HOLE = re.compile(r"\{(\w+)[^{}]*\}")
_LITERAL_LEAST = 6  # letters a pattern has besides its holes: less would match anything
_QUOTED = re.compile(r"'(.*)'", re.DOTALL)


class Spoken(Language):
    """A language of the desk."""

    def __init__(self, code: str, catalogues: Sequence[Traversable] = ()) -> None:
        """Read the catalogues."""
        super().__init__(code, catalogues)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Every catalogued sentence with holes, as what it matches and its translation; the most certain first."""
        found = []
        for message in self.messages:
            text = message.id if isinstance(message.id, str) else ""
            literal = _HOLE.sub("", text)
            if "{" in text and sum(c.isalpha() for c in literal) >= _LITERAL_LEAST:
                found.append((len(literal), _matching(text), str(message.string)))
        return [(pattern, said) for _, pattern, said in sorted(found, key=lambda f: -f[0])]

    def told(self, text: str) -> str:
        """Return a finished sentence in this language; as it is where no pattern fits."""
        if self.code == "en" or not text or self.has(text):
            return self(text)
        for pattern, said in self._patterns:
            if match := pattern.fullmatch(text):
                values = {name: self._value(value) for name, value in match.groupdict().items()}
                return said.format(**values)
        return text

    def _value(self, value: str) -> str:
        """Return what stands in a sentence: a word of the catalogue too, with or without quotes, a day as it is written."""
        if quoted := _QUOTED.fullmatch(value):
            return f"'{self(quoted[1])}'" if self.has(quoted[1]) else value
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return self.day(value)
        return self(value) if self.has(value) else value


def _matching(text: str) -> re.Pattern[str]:
    out, at, seen = "", 0, set[str]()
    for hole in _HOLE.finditer(text):
        name = hole[1]
        out += re.escape(text[at : hole.start()]) + (f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = hole.end()
    return re.compile(out + re.escape(text[at:]), re.DOTALL)
