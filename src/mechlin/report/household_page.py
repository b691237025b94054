"""A simulated household in two worlds, as a page of its own and on the terminal."""

from pathlib import Path

from mechlin.core.files import write_text
from mechlin.report.blocks.household import household
from mechlin.report.markup import esc
from mechlin.report.parts import Parts
from mechlin.report.report import page_of
from mechlin.report.tables import print_table
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, Language, asked
from mechlin.study.household import HouseholdStory


def write_page(story: HouseholdStory, path: Path, code: str = ENGLISH.code) -> Path:
    """Write the page of a story and return where it is."""
    return write_text(path, page(story, code))


def page(story: HouseholdStory, code: str = ENGLISH.code) -> str:
    """Return the page of a story as text."""
    title, opening, parts = _parts(story, asked(code))
    return page_of(title, opening, parts, code)


def _parts(story: HouseholdStory, say: Language) -> tuple[str, str, Parts]:
    parts = Parts(say)
    title = say("One household in two worlds")
    parts.add("household", esc(_heading(story, say)), block_html(household(story, say), say))
    held = say("{city}, until {month}.", city=story.title, month=say.month(story.until))
    return title, f"<h1>{esc(title)}</h1><p>{esc(held)}</p>", parts


def _heading(story: HouseholdStory, say: Language) -> str:
    return say("A household like this one in {area}", area=story.area or story.title)


def print_summary(story: HouseholdStory) -> None:
    """Print who is meant, what befell them, and what all followed saw."""
    found = household(story, ENGLISH)
    for sentence in (found.who, found.how, found.doubt):
        print(f"{sentence}\n")
    if found.walk:
        print_table(("month", "with", "without"), found.walk, whole=(0,))
    print()
    print_table(("", "at the start", "at the end, with", "at the end, without"), found.stands)
    print(f"\nOf {found.followed} households followed, how many saw it at least once:")
    print_table(("", "with", "without"), found.counted, right=(1, 2))
