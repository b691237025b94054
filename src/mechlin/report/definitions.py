"""What an indicator counts, and out of whom, in the language of the page: whole, or part by part."""

import re

from mechlin.report.texts import ENGLISH, Language
from mechlin.report.wording import BACKGROUND, group_of

_IN_THE_YEAR, _AT_ITS_END = " in the year", " at the end of the year"
_FIRST = ", 1 the lowest"  # of the fifths of incomes; their name says it in other languages
_YEARS = r"(?:age )?\d+ (?:to|and) (?:\d\d|over)(?: years)?|under \d+"
_GROUP = re.compile(rf"(.+?),?(?: of)? (background (?:{BACKGROUND})|income fifth \d|{_YEARS})")


def definition_of(text: str, say: Language = ENGLISH) -> str:
    """Return what an indicator counts; of one made up of parts ("stops of residents of background EU in the year") so too."""
    if say.has(text):
        return say(text)
    if text.endswith(_IN_THE_YEAR):
        return say("{what} in the year", what=definition_of(text.removesuffix(_IN_THE_YEAR), say))
    if text.endswith(_AT_ITS_END):
        return say("{what} at the end of the year", what=definition_of(text.removesuffix(_AT_ITS_END), say))
    if group := _GROUP.fullmatch(text.removesuffix(_FIRST)):
        return f"{definition_of(group[1], say)}, {group_of(group[2], say)}"
    return say(text)
