"""A simulated household in two worlds: who is meant, what befell them by month, how they stand, and what all of them saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from mechlin.report import household_words as words
from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.study.household import HouseholdStory, Now, Told

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Household:
    """The household in sentences, then three tables: month by month, at the start and at the end, and all followed."""

    who: str
    how: str
    doubt: str
    walk: Rows
    stands: Rows
    counted: Rows
    followed: int


def household(story: HouseholdStory, say: Language) -> Household:
    """Return what is to be shown of a story."""
    kind = say(words.KINDS.get(story.kind, story.kind))
    where = story.area or story.title
    given = {"kind": kind, "area": where, "month": say.month(story.events[0].month) if story.events else ""}
    who = say(
        "Nobody you know: {kind} in {area}, made up by a computer from totals of the city. It has no name and stands for no "
        "real household. In both worlds it meets the same luck; what differs begins with the package.",
        **given,
    )
    how = say(
        "It was not picked for its story. Of {there} such households {followed} were drawn by lot and followed; this is the "
        "middle one: as many of the others saw more differ between the two worlds as saw less. Background played no part.",
        there=story.there,
        followed=story.followed,
    )
    doubt = say(
        "What differs for one household may be luck: a home that somebody else took, a queue that moved up one place. Of the "
        "{followed} households, {touched} saw something differ. Which differences last, only many pairs of runs can tell.",
        followed=story.followed,
        touched=story.touched,
    )
    seen = tuple((say(words.COUNTED.get(s.kind, s.kind)), str(s.with_), str(s.without)) for s in story.seen)
    return Household(who, how, doubt, _walk(story, say), _stands(story, say), seen, story.followed)


def _walk(story: HouseholdStory, say: Language) -> Rows:
    rows = []
    for month, events in groupby(story.events, key=lambda e: e.month):
        found = list(events)
        rows.append((say.month(month), _said(found, "with", story, say), _said(found, "without", story, say)))
    return tuple(rows)


def _said(events: Sequence[Told], world: str, story: HouseholdStory, say: Language) -> str:
    here = [e for e in events if e.world in (world, "both")]
    begun = [e for e in here if e.kind == "acts here"]
    sentences = [words.told(e, story, say) for e in here if e.kind != "acts here"]
    if begun:
        sentences.append(words.begins([story.titles.get(e.detail, e.detail) for e in begun], say))
    return " ".join(dict.fromkeys(sentences)) or "–"


def _stands(story: HouseholdStory, say: Language) -> Rows:
    sides = (story.start, story.end, story.end_without)
    across = say("of encounters, with people of other backgrounds")

    def row(name: str, of: str) -> tuple[str, ...]:
        return (name, *("–" if side is None else _cell(side, of, say) for side in sides))

    return (
        row(say("adults"), "adults"),
        row(say("children"), "children"),
        row(say("at work"), "working"),
        row(say("where"), "area"),
        row(say("home"), "tenure"),
        row(say("income a month"), "income_eur"),
        row(say("rent or mortgage a month"), "cost_eur"),
        row(across, "across"),
    )


def _cell(side: Now, of: str, say: Language) -> str:
    value = getattr(side, of)
    if value is None:
        return "–"
    if of.endswith("_eur"):
        return wording.level(value, "EUR/month", say)
    if of == "across":
        return wording.level(value, "share", say)
    return say(words.TENURES.get(value, value)) if of == "tenure" else str(value)
